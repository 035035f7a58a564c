/*
 * db.h - one MariaDB connection, prepared statements, rows.
 *
 * A program's SQL is a closed table of constants.  Arguments are typed and
 * bound, never pasted.  Errors are sticky: after a failed statement of a
 * transaction the following do nothing and return no rows, and the router asks
 * db_failed() once.  A lost connection is not mended: the worker ends and its
 * supervisor starts another, which is cheap and keeps connect() out of the sandbox.
 */
#ifndef XIAOAO_DB_H
#define XIAOAO_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"
#include "pool.h"

/* A statement: `program.verb` for the logs, and its text. */
struct sql {
	const char *name;
	const char *text;
};

enum arg_type { ARG_END, ARG_NULL, ARG_INT, ARG_TEXT, ARG_DECIMAL, ARG_BYTES };

struct arg {
	enum arg_type type;
	int64_t i;
	const char *s;
	size_t n;
};

struct arg arg_int(int64_t i);
struct arg arg_text(const char *s);              /* NULL is NULL */
struct arg arg_some(enum arg_type t, const char *s); /* NULL and "" are NULL */
struct arg arg_bytes(const void *s, size_t n);

#define I(x) arg_int(x)
#define S(x) arg_text(x)
#define T(x) arg_some(ARG_TEXT, x)    /* optional text: "" is stored as NULL */
#define D(x) arg_some(ARG_TEXT, x)    /* a date or time: "" is NULL */
#define M(x) arg_some(ARG_DECIMAL, x) /* a decimal: "" is NULL */
#define B(s, n) arg_bytes(s, n)
#define ARGS(...) ((const struct arg[]){ __VA_ARGS__ __VA_OPT__(,) { ARG_END, 0, NULL, 0 } })

/* Rows of one result; the further results of a CALL hang behind it.  Lives in the pool. */
struct rows {
	size_t n;
	size_t ncols;
	const char *const *names;
	const char *const *cells;  /* n * ncols, row by row; NULL is NULL */
	const size_t *lengths;     /* of the cells, for bytes */
	const struct rows *next;
};

/* The value of a column by its alias; NULL reads as "".  Aborts on a name the
 * statement does not have: a mistake of the programmer. */
const char *row_str(const struct rows *rows, size_t i, const char *name);
int64_t row_int(const struct rows *rows, size_t i, const char *name);
bool row_null(const struct rows *rows, size_t i, const char *name);

/* The next result of a CALL; an empty one after a failure. */
const struct rows *rows_next(const struct rows *rows);

/* Row i alone, sharing its values. */
struct rows rows_one(const struct rows *rows, size_t i);

/* The index of a column, or -1. */
int row_col(const struct rows *rows, const char *name);

enum db_failure {
	DB_OK,
	DB_AGAIN,     /* deadlock, lock wait, changed record: nothing happened, run again */
	DB_LOST,      /* connection or server gone: the outcome of a commit is unknown */
	DB_BUSY,      /* overload, a limit of time, a full disk: later, with the same key */
	DB_REFUSED,   /* a business rule said no: db_refusal() has its code */
	DB_NO_SESSION,/* SQLSTATE 28000 of a portal procedure */
	DB_BROKEN     /* anything else: a fault of ours */
};

struct db;

enum { DB_WAIT_S = 60 }; /* as long as a server takes that was killed */

/* Connects, waiting with growing pauses for the server; ends the program after so long. */
struct db *db_open(const struct conf *conf, unsigned wait_s);
void db_close(struct db *db);

/* Prepares all n statements of a table; false (and a log line each) when some cannot be. */
bool db_prepare(struct db *db, const struct sql *sql, size_t n);

/* Runs a statement and returns its rows, never NULL; no rows after a failure. */
const struct rows *db_query(struct db *db, struct pool *pool, const struct sql *sql,
    const struct arg *args);

/* Runs a statement that changes rows; returns how many it matched, 0 after a failure. */
int64_t db_exec(struct db *db, const struct sql *sql, const struct arg *args);

/* The id the last INSERT made. */
int64_t db_last_id(const struct db *db);

/* Rows one at a time, in constant memory.  fn gets one row (rows->n == 1) and
 * stops the walk by returning false. */
bool db_each(struct db *db, struct pool *pool, const struct sql *sql, const struct arg *args,
    bool (*fn)(void *arg, const struct rows *row), void *arg);

/* Forgets the failure before, and rolls back what it left open. */
void db_begin(struct db *db, bool read_only);
bool db_commit(struct db *db);
void db_rollback(struct db *db); /* also forgets the failure: after it nobody can be told of it */

/* A place in the transaction to come back to: for work on many rows, each with its own answer. */
void db_mark(struct db *db);

/* Whether a business rule said no since db_mark(): that is undone, and the transaction
 * goes on; db_refusal() has the reason. */
bool db_forgive(struct db *db);

enum db_failure db_failed(const struct db *db);

/* After DB_REFUSED: `code|field|arg=value|…`; constraint names of the schema
 * become codes (uq_product_code → "uq_product_code|code"). */
const char *db_refusal(const struct db *db);

/* Statements run and microseconds spent since the last call. */
void db_spent(struct db *db, unsigned *statements, uint64_t *us);

#endif

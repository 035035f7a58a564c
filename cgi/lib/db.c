/* See db.h. */
#include "db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mysql.h>

#include "db_outcome.h"
#include "db_bulk.h"
#include "db_refuse.h"
#include "db_rows.h"
#include "log.h"

enum { MAX_STATEMENTS = 512, MAX_ARGS = 128 };

struct statement {
	const struct sql *sql; /* of a program's table, or NULL: then found by its text */
	char *text;
	MYSQL_STMT *stmt;
};

struct db {
	MYSQL *mysql;
	struct statement statements[MAX_STATEMENTS];
	size_t n;
	enum db_failure failure;
	char refusal[512];
	int64_t last_id;
	bool in_transaction;
	unsigned count;
	uint64_t us;
};

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static bool
connect_once(struct db *db, const struct conf *conf)
{
	bool report = false;
	unsigned timeout_s = 10;

	db->mysql = mysql_init(NULL);
	if (db->mysql == NULL)
		abort();
	mysql_options(db->mysql, MYSQL_OPT_CONNECT_TIMEOUT, &timeout_s);
	mysql_options(db->mysql, MYSQL_REPORT_DATA_TRUNCATION, &report);
	mysql_options(db->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(db->mysql, MYSQL_INIT_COMMAND, "SET time_zone = '+00:00'");
	if (mysql_real_connect(db->mysql, NULL, conf->db_user, conf->db_password, conf->db_name, 0,
	    conf->db_socket, CLIENT_FOUND_ROWS | CLIENT_MULTI_RESULTS) != NULL)
		return true;
	log_warn("db.wait", "error", mysql_error(db->mysql));
	mysql_close(db->mysql);
	return false;
}

struct db *
db_open(const struct conf *conf, unsigned wait_s)
{
	struct db *db = calloc(1, sizeof(*db));
	uint64_t until = now_us() + (uint64_t)wait_s * 1000000;
	struct timespec pause = { 0, 10000000 };

	if (db == NULL)
		abort();
	while (!connect_once(db, conf)) {
		if (now_us() > until) {
			log_error("db.unreachable", "socket", conf->db_socket);
			exit(1);
		}
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 160000000)
			pause.tv_nsec *= 2;
	}
	return db;
}

static void
forget(struct statement *s)
{
	mysql_stmt_close(s->stmt);
	free(s->text);
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < db->n; i++)
		forget(&db->statements[i]);
	mysql_close(db->mysql);
	free(db);
	mysql_library_end();
}

static enum db_failure
classify(struct db *db, unsigned code, const char *state, const char *message)
{
	enum db_failure failure = db_outcome(code, state);

	if (failure == DB_REFUSED)
		snprintf(db->refusal, sizeof(db->refusal), "%s", message);
	if (failure == DB_BROKEN && db_refuses(code, message, db->refusal, sizeof(db->refusal)))
		failure = DB_REFUSED;
	return failure;
}

static void
fail(struct db *db, const char *name, unsigned code, const char *state, const char *message)
{
	char number[16];

	db->failure = classify(db, code, state, message);
	snprintf(number, sizeof(number), "%u", code);
	if (db->failure == DB_BROKEN || db->failure == DB_LOST || db->failure == DB_BUSY)
		log_error("db.error", "statement", name, "code", number, "message", message);
	else
		log_debug("db.refused", "statement", name, "code", number, "message", message);
}

static void
fail_stmt(struct db *db, const char *name, MYSQL_STMT *s)
{
	fail(db, name, mysql_stmt_errno(s), mysql_stmt_sqlstate(s), mysql_stmt_error(s));
}

static MYSQL_STMT *
prepare(struct db *db, const struct sql *sql)
{
	bool max_length = true;
	MYSQL_STMT *s = mysql_stmt_init(db->mysql);

	if (s == NULL)
		abort();
	if (mysql_stmt_prepare(s, sql->text, strlen(sql->text)) != 0) {
		fail_stmt(db, sql->name, s);
		mysql_stmt_close(s);
		return NULL;
	}
	mysql_stmt_attr_set(s, STMT_ATTR_UPDATE_MAX_LENGTH, &max_length);
	return s;
}

/* When all places are taken, the statements of no table make room. */
static void
make_room(struct db *db)
{
	size_t kept = 0;

	for (size_t i = 0; i < db->n; i++) {
		if (db->statements[i].sql == NULL)
			forget(&db->statements[i]);
		else
			db->statements[kept++] = db->statements[i];
	}
	db->n = kept;
	if (kept == MAX_STATEMENTS)
		abort();
}

static MYSQL_STMT *
find(const struct db *db, const struct sql *sql)
{
	for (size_t i = 0; i < db->n; i++) {
		if (db->statements[i].sql == sql)
			return db->statements[i].stmt;
	}
	for (size_t i = 0; i < db->n; i++) {
		if (strcmp(db->statements[i].text, sql->text) == 0)
			return db->statements[i].stmt;
	}
	return NULL;
}

/* The prepared statement of sql; table says that sql outlives the connection. */
static MYSQL_STMT *
statement(struct db *db, const struct sql *sql, bool table)
{
	MYSQL_STMT *s = find(db, sql);

	if (s != NULL)
		return s;
	s = prepare(db, sql);
	if (s == NULL)
		return NULL;
	if (db->n == MAX_STATEMENTS)
		make_room(db);
	db->statements[db->n++] = (struct statement){ table ? sql : NULL, strdup(sql->text), s };
	return s;
}

bool
db_prepare(struct db *db, const struct sql *sql, size_t n)
{
	bool good = true;

	for (size_t i = 0; i < n; i++) {
		if (statement(db, &sql[i], true) == NULL) {
			log_error("db.prepare", "statement", sql[i].name, "text", sql[i].text);
			good = false;
			db->failure = DB_OK;
		}
	}
	return good;
}

static void
bind_arg(MYSQL_BIND *b, const struct arg *a)
{
	static const enum enum_field_types types[] = {
		[ARG_NULL] = MYSQL_TYPE_NULL,
		[ARG_INT] = MYSQL_TYPE_LONGLONG,
		[ARG_TEXT] = MYSQL_TYPE_STRING,
		[ARG_DECIMAL] = MYSQL_TYPE_NEWDECIMAL,
		[ARG_BYTES] = MYSQL_TYPE_BLOB,
	};

	b->buffer_type = types[a->type];
	if (a->type == ARG_INT) {
		b->buffer = (void *)(uintptr_t)&a->i;
	} else if (a->type != ARG_NULL) {
		b->buffer = (void *)(uintptr_t)a->s;
		b->buffer_length = a->n;
	}
}

/* Sends a statement; NULL after a failure, now or before. */
static MYSQL_STMT *
run(struct db *db, const struct sql *sql, const struct arg *args)
{
	MYSQL_BIND binds[MAX_ARGS];
	MYSQL_STMT *s;
	size_t n = 0;

	if (db->failure != DB_OK)
		return NULL;
	s = statement(db, sql, false);
	if (s == NULL)
		return NULL;
	memset(binds, 0, sizeof(binds));
	for (; args[n].type != ARG_END; n++) {
		if (n == MAX_ARGS)
			abort();
		bind_arg(&binds[n], &args[n]);
	}
	if (n != mysql_stmt_param_count(s)) {
		log_error("db.arguments", "statement", sql->name);
		abort();
	}
	db->count++;
	if ((n > 0 && mysql_stmt_bind_param(s, binds) != 0) || mysql_stmt_execute(s) != 0) {
		fail_stmt(db, sql->name, s);
		return NULL;
	}
	return s;
}

/* Reads all results of a CALL; the last is the procedure's status and has no columns. */
static const struct rows *
read_results(struct db *db, struct pool *pool, const struct sql *sql, MYSQL_STMT *s)
{
	struct rows *first = NULL, **tail = &first;
	int more;

	do {
		if (mysql_stmt_field_count(s) > 0) {
			struct rows *rows = db_rows_read(pool, s);

			if (rows == NULL) {
				fail_stmt(db, sql->name, s);
				break;
			}
			*tail = rows;
			tail = (struct rows **)(uintptr_t)&rows->next;
		}
		more = mysql_stmt_more_results(s) ? mysql_stmt_next_result(s) : -1;
		if (more > 0)
			fail_stmt(db, sql->name, s);
	} while (more == 0);
	mysql_stmt_free_result(s);
	return first;
}

const struct rows *
db_query(struct db *db, struct pool *pool, const struct sql *sql, const struct arg *args)
{
	static const struct rows none = { 0, 0, NULL, NULL, NULL, NULL };
	uint64_t start = now_us();
	MYSQL_STMT *s = run(db, sql, args);
	const struct rows *rows = s == NULL ? NULL : read_results(db, pool, sql, s);

	db->us += now_us() - start;
	return rows == NULL || db->failure != DB_OK ? &none : rows;
}

bool
db_each(struct db *db, struct pool *pool, const struct sql *sql, const struct arg *args,
    bool (*fn)(void *, const struct rows *), void *arg)
{
	uint64_t start = now_us();
	MYSQL_STMT *s = run(db, sql, args);
	bool good = false;

	if (s != NULL) {
		good = db_rows_each(pool, s, fn, arg);
		if (!good && mysql_stmt_errno(s) != 0)
			fail_stmt(db, sql->name, s);
		mysql_stmt_free_result(s);
		while (mysql_stmt_more_results(s) && mysql_stmt_next_result(s) == 0)
			mysql_stmt_free_result(s);
	}
	db->us += now_us() - start;
	return good;
}

int64_t
db_exec(struct db *db, const struct sql *sql, const struct arg *args)
{
	uint64_t start = now_us();
	MYSQL_STMT *s = run(db, sql, args);
	int64_t n = 0;

	if (s != NULL) {
		n = (int64_t)mysql_stmt_affected_rows(s);
		db->last_id = (int64_t)mysql_stmt_insert_id(s);
		mysql_stmt_free_result(s);
		while (mysql_stmt_more_results(s)) {
			if (mysql_stmt_next_result(s) > 0) {
				fail_stmt(db, sql->name, s);
				break;
			}
			mysql_stmt_free_result(s);
		}
	}
	db->us += now_us() - start;
	return db->failure == DB_OK && n > 0 ? n : 0;
}

void
db_bulk(struct db *db, const struct sql *sql, const struct arg *cell, size_t n)
{
	uint64_t start = now_us();
	struct pool *p = pool_new();
	MYSQL_STMT *s = db->failure == DB_OK ? statement(db, sql, false) : NULL;

	db->count++;
	if (s != NULL && (!db_bulk_bind(s, p, cell, n) || mysql_stmt_execute(s) != 0))
		fail_stmt(db, sql->name, s);
	pool_free(p);
	db->us += now_us() - start;
}

int64_t
db_last_id(const struct db *db)
{
	return db->last_id;
}

static bool
plain(struct db *db, const char *name, const char *text)
{
	uint64_t start = now_us();
	int rc = mysql_real_query(db->mysql, text, strlen(text));

	db->us += now_us() - start;
	db->count++;
	if (rc != 0)
		fail(db, name, mysql_errno(db->mysql), mysql_sqlstate(db->mysql),
		    mysql_error(db->mysql));
	return rc == 0;
}

/* A page reads one snapshot.  A change locks rows as they are now: a snapshot
 * taken before the lock would make each wait for it end in error 1020. */
void
db_begin(struct db *db, bool read_only)
{
	if (db->in_transaction)
		db_rollback(db); /* START TRANSACTION would commit what failed half way */
	db->failure = DB_OK;
	if (read_only)
		db->in_transaction = plain(db, "begin", "START TRANSACTION READ ONLY");
	else
		db->in_transaction =
		    plain(db, "begin", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED") &&
		    plain(db, "begin", "START TRANSACTION");
}

bool
db_commit(struct db *db)
{
	if (db->failure != DB_OK || !db->in_transaction)
		return false;
	db->in_transaction = false;
	return plain(db, "commit", "COMMIT");
}

void
db_rollback(struct db *db)
{
	enum db_failure was = db->failure;

	db->failure = DB_OK;
	if (was != DB_LOST && db->in_transaction)
		plain(db, "rollback", "ROLLBACK");
	db->in_transaction = false;
}

void
db_mark(struct db *db)
{
	if (db->failure == DB_OK)
		plain(db, "mark", "SAVEPOINT mark");
}

bool
db_forgive(struct db *db)
{
	if (db->failure != DB_REFUSED)
		return false;
	db->failure = DB_OK;
	return plain(db, "forgive", "ROLLBACK TO SAVEPOINT mark");
}

enum db_failure
db_failed(const struct db *db)
{
	return db->failure;
}

const char *
db_refusal(const struct db *db)
{
	return db->refusal;
}

void
db_spent(struct db *db, unsigned *statements, uint64_t *us)
{
	*statements = db->count;
	*us = db->us;
	db->count = 0;
	db->us = 0;
}

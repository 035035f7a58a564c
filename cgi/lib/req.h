/*
 * req.h - one request, as a handler sees it.
 *
 * A handler reads input, runs statements, adds nodes below r->page and returns
 * an HTTP status: 200 for a page, 303 by req_redirect(), 404, 409 (the condition
 * in a write matched nothing), 422 after req_error().  It frees and commits nothing.
 */
#ifndef XIAOAO_REQ_H
#define XIAOAO_REQ_H

#include <stdbool.h>
#include <stdint.h>

#include <libxml/tree.h>

#include "app.h"
#include "conf.h"
#include "db.h"
#include "multipart.h"
#include "pool.h"
#include "sink.h"
#include "tabular.h"
#include "xml.h"

enum format { FORMAT_HTML, FORMAT_XML, FORMAT_CSV, FORMAT_XLSX };

struct words;

struct user {
	int64_t id;        /* 0: nobody */
	int64_t party;     /* portal: the company; for display, procedures find it themselves */
	const char *name;
	const char *login;
	const char *org;
	const char *role;
	const char *theme;
	uint64_t perms;
	int64_t waiting;   /* entries of the inbox */
	int64_t unread;    /* notifications, 100 at most */
};

/* An error of the input: beside its field, or on top of the form when it has none. */
struct req_error {
	const char *field;
	const char *code;
	const char *args[8]; /* name, value, … NULL */
	struct req_error *next;
};

struct req {
	struct pool *pool;
	const struct conf *conf;
	const struct app *app;
	const struct route *route;
	struct db *db;
	struct upload_service *uploads; /* of a program with uploads, else NULL */
	struct user user;
	const char *token;      /* of the session; NULL: none.  Portal procedures take it */
	bool keyed;             /* the token is a machine's key: no cookies, no forms */
	bool limited;           /* … which came too often */
	struct incoming *incoming; /* the file of a STREAM route, NULL: none was sent */
	const char *visitor;    /* random cookie of a browser not signed in, for its CSRF token */
	const char *lang;       /* zh-CN | en */
	const struct words *words; /* of that language, for exports */
	enum format format;
	xmlNodePtr page;        /* root of the answer */
	xmlNodePtr heading;
	struct parts in;        /* query and form, checked against the route's fields */
	const char *path;       /* /orders/view */
	const char *query;      /* as sent */
	const char *address;    /* of the client */
	const char *agent;
	const char *host;       /* as the browser names this site; to show, not to trust */
	const char *cookies;    /* as sent, NULL for none */
	const char *id;         /* in logs and in X-Request-Id */
	struct req_error *errors;
	bool again;             /* the form is shown again: fields keep what was typed */
	bool conflict;          /* … because another's change came first */
	bool keep;              /* an error is shown, but what was written stays */
	bool drop;              /* no error, but what was written does not stay */

	/* The answer, when it is not the page. */
	const char *location;
	const char *body;
	size_t body_n;
	const char *body_type;
	const char *body_name;  /* of the file to save it as */
	int fresh_s;            /* how long this browser may keep the answer; 0: not at all */
	struct buf *headers;    /* whole lines, by req_header() and req_cookie() */
	const struct sink *out; /* to the client */
	bool streamed;          /* the answer went there already, by req_stream() */
};

/* ---- input: typed by the route's field table, already valid ---- */

const char *req_str(const struct req *r, const char *name);       /* "" when absent */
int64_t req_int(const struct req *r, const char *name, int64_t absent);
bool req_given(const struct req *r, const char *name);            /* there and not empty */
const struct part *req_file(const struct req *r, const char *name); /* NULL: none chosen */

/*
 * The rows of an uploaded CSV or XLSX file (tabular.h), read in the upload child: the program says
 * .uploads = true.  False: the error stands beside the field, and the table is empty.
 */
bool req_table(struct req *r, const char *name, struct table *to);

/* The rows of a text that was pasted into a textarea; as req_table(). */
bool req_pasted(struct req *r, const char *name, struct table *to);

/* The values of a repeated input; the array ends with NULL. */
const char *const *req_many(const struct req *r, const char *name, size_t *n);

/* The value of `name.index` of a MANY field: one cell of a grid.  NULL when it was not sent. */
const char *req_at(const struct req *r, const char *name, int64_t index);

/* ---- errors: code is a catalogue key `error.<code>`; pairs of name, value end with NULL ---- */

void req_error(struct req *r, const char *field, const char *code, ...)
    __attribute__((sentinel));
bool req_good(const struct req *r); /* no error so far */

/* The values of an error below its message, typed by their names, so that amounts read as on the
 * page; theirs: the type of its field, which another's change has too. */
void req_error_values(xmlNodePtr message, const struct req_error *e, enum type theirs);

/* The refusal of a routine, `code|field|name=value|…`, or the name of a constraint, as an error. */
void req_refusal(struct req *r, const char *refusal);

/* ---- statements of the program's table ---- */

const struct rows *req_query_args(struct req *r, size_t statement, const struct arg *args);
int64_t req_exec_args(struct req *r, size_t statement, const struct arg *args);

#define req_query(r, ...) REQ_CALL(req_query_args, r, __VA_ARGS__)
#define req_exec(r, ...) REQ_CALL(req_exec_args, r, __VA_ARGS__)
#define REQ_CALL(fn, r, statement, ...) fn(r, statement, ARGS(__VA_ARGS__))

int64_t req_last_id(const struct req *r);

/* The value of the first row's column, or "" when there is no row. */
const char *req_value(struct req *r, const struct rows *rows, const char *name);

/* ---- the answer ---- */

/* Whether this user may: for the <action>s of a page.  Routes are checked by the router. */
bool req_may(const struct req *r, enum perm p);

/* 303 to a path of this site ("/orders/view?id=%lld"). */
int req_redirect(struct req *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A notice on the next page: catalogue key `notice.<key>`. */
void req_notice(struct req *r, const char *key);

/* A file instead of the page; always sent as an attachment. */
int req_send(struct req *r, const char *type, const char *name, const void *bytes, size_t n);

/*
 * Starts a file that is written while it is read from the database, in constant
 * memory: the head goes out at once, the caller writes the rest into the sink.
 */
struct sink req_stream(struct req *r, const char *type, const char *name);

/* Page id, `<site>.<program>[.<name>]`; without it the route's path names the page. */
void req_page(struct req *r, const char *name);

/* What the page is about: title text filled into `page.<id>` as {title}, its state, trail. */
void req_title(struct req *r, const char *title);
void req_state(struct req *r, const char *set, const char *status);
void req_trail(struct req *r, const char *rel, const char *href);

/*
 * Head of the page of one record, the first row: its number in the title, its
 * state (column `status`, words of set) and the way back to the program's list.
 * False when there is no row: nothing is the user's by that id.
 */
bool req_record(struct req *r, const char *page, const struct rows *row, const char *number,
    const char *set, const char *status);

/*
 * Head of the form of one record: of the first row, named by its column `title`, or, where row is
 * NULL or has no version, of a new one.  False when the record is not there.
 */
bool req_editing(struct req *r, const struct rows *row, const char *title);

/*
 * After a routine that returns a row when it did its work: 409 when there is none
 * (the page was stale), else the notice and a redirect.
 */
int req_done(struct req *r, const struct rows *row, const char *notice, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* A header or cookie line; control characters end the program: a mistake of ours. */
void req_header(struct req *r, const char *name, const char *value);
void req_cookie(struct req *r, const char *name, const char *value, long max_age_s);

/* The value of a cookie of ours that came with the request, or NULL. */
const char *req_cookie_sent(struct req *r, const char *name);

/* The business day, in the company's time zone: yyyy-mm-dd. */
const char *req_today(struct req *r);

/* This address with one parameter set (NULL value: removed), others kept. */
const char *req_url_with(struct req *r, const char *name, const char *value);

/* A value as a URL takes it. */
void req_encode(struct buf *b, const char *value);

#endif

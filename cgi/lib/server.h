/*
 * server.h - the parts of a running program; for app.c, router.c, reply.c,
 * describe.c and metrics.c.
 */
#ifndef XIAOAO_SERVER_H
#define XIAOAO_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "req.h"
#include "sheet.h"

enum { LANGUAGES = 2 };

/* Languages of the pages, the first is the company's. */
extern const char *const languages[LANGUAGES];

struct metrics;

struct server {
	const struct conf *conf;
	const struct app *app;
	struct db *db;
	struct upload_service *uploads; /* when the program takes files */
	const struct sheet *sheets[LANGUAGES];
	struct metrics *metrics;
	struct pool *pool;       /* of the request at hand */
	struct sink out;         /* to its client */
	const void *body;        /* what follows the answer's head, or NULL */
	size_t body_n;
	bool leaving;            /* after this request the worker ends */
	bool silent;             /* … without an answer, so that nginx asks another worker */
};

/* Where the rest of a body comes from: up to n bytes, 0 at its end. */
struct source {
	size_t (*read)(void *arg, void *to, size_t n);
	void *arg;
};

/* What the web server handed over, copied out of libfcgi's memory. */
struct wire {
	const char *method;
	const char *path;
	const char *query;
	const char *content_type;
	const char *cookies;
	const char *accept;
	const char *accept_language;
	const char *origin;
	const char *host;
	const char *fetch_site;
	const char *authorization;
	const char *address;
	const char *agent;
	const char *id;
	bool doubled; /* a header that may come once came twice */
	long long content_length;
	const char *body;
	size_t body_n;
	struct source more; /* behind it, where a route takes its file while it comes in */
};

/* Answers one request: status line and headers in out, what follows them there or in s->body. */
void router_answer(struct server *s, const struct wire *wire, struct buf *out);

/* The longest body this address takes; *front: how much of it is read before it is answered. */
size_t router_body_limit(const struct server *s, const struct wire *wire, size_t *front);

/* Status line and headers of a handled request; the rendered page (or file) is s->body. */
void reply_write(struct server *s, struct req *r, int status, struct buf *out);

/* Starts the page document: root, session, menu, heading. */
void reply_begin(struct server *s, struct req *r);

/* Makes the page one <problem>: what is not so, and why. */
void reply_problem(struct server *s, struct req *r, int status);

/* Errors without a field on the page, and the notice the last page left. */
void reply_notices(struct req *r, const char *cookies);

/* Routes, permissions, fields and lists as XML on stdout. */
void describe(const struct app *app, const struct conf *conf);

/* Prepares every statement and list against the schema; the exit code. */
int self_test(struct server *s);

#endif

/* The way of a request around its handler.  See server.h. */
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "auth.h"
#include "incoming.h"
#include "input.h"
#include "log.h"
#include "metrics.h"
#include "upload.h"
#include "views.h"

enum { FORM_LIMIT = 65536, LARGE_LIMIT = 1048576, UPLOAD_LIMIT = 10485760, ATTEMPTS = 8,
	LARGE_FIELDS = 4000 };

const char *const languages[LANGUAGES] = { "zh-CN", "en" };

/* The part of the path behind /<program>, "/" at least; NULL: not ours. */
static const char *
local_path(const struct app *app, const char *path)
{
	size_t n = strlen(app->name);

	if (path[0] != '/' || strncmp(path + 1, app->name, n) != 0)
		return NULL;
	path += 1 + n;
	return path[0] == '\0' ? "/" : path[0] == '/' ? path : NULL;
}

static const struct route *
match_in(const struct route *routes, const char *path, const char *method, bool *known)
{
	enum method m = strcmp(method, "POST") == 0 ? POST : GET;

	for (const struct route *t = routes; t->path != NULL; t++) {
		if (strcmp(t->path, path) != 0)
			continue;
		*known = true;
		if (t->method == m)
			return t;
	}
	return NULL;
}

/* The route of a path and method; *known tells a wrong method from a wrong path. */
static const struct route *
match(const struct app *app, const char *path, const char *method, bool *known)
{
	const struct route *t;

	*known = false;
	t = match_in(app->routes, path, method, known);
	if (t == NULL && !*known && views_offered(app))
		t = match_in(views_routes, path, method, known);
	return t;
}

size_t
router_body_limit(const struct server *s, const struct wire *wire, size_t *front)
{
	const char *path = local_path(s->app, wire->path);
	const struct route *t = NULL;
	size_t limit = FORM_LIMIT;
	bool known;

	if (path != NULL)
		t = match(s->app, path, wire->method, &known);
	if (t != NULL)
		limit = (t->flags & STREAM) != 0 ? INCOMING_BODY :
		    (t->flags & UPLOAD) != 0 ? UPLOAD_LIMIT :
		    (t->flags & LARGE) != 0 ? LARGE_LIMIT : FORM_LIMIT;
	*front = t != NULL && (t->flags & STREAM) != 0 ? INCOMING_FRONT : limit;
	return limit;
}

static void
pick_language(struct req *r, const struct wire *wire)
{
	const char *cookie = NULL;
	const char *error;

	if (wire->cookies != NULL &&
	    cookie_find(r->pool, wire->cookies, "xo_lang", &cookie, &error) && cookie != NULL) {
		for (size_t i = 0; i < LANGUAGES; i++) {
			if (strcmp(cookie, languages[i]) == 0)
				r->lang = languages[i];
		}
	}
}

/* After the session: its locale may be one we do not have. */
static void
settle_language(struct server *s, struct req *r, const struct wire *wire)
{
	size_t i = 0;

	if (r->lang == NULL)
		i = (size_t)accept_language(wire->accept_language, languages, LANGUAGES);
	else if (strcmp(r->lang, languages[1]) == 0)
		i = 1;
	r->lang = languages[i];
	r->words = sheet_words(s->sheets[i]);
}

static void
pick_format(struct req *r, const struct wire *wire)
{
	static const char *const types[] = { "text/html", "application/xml", "text/csv",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };
	static const char *const names[] = { "html", "xml", "csv", "xlsx" };
	const char *asked = req_str(r, "format");
	int i = accept_media(wire->accept, types, LEN(types));

	r->format = i > 0 ? (enum format)i : r->keyed ? FORMAT_XML : FORMAT_HTML;
	for (size_t k = 0; k < LEN(names); k++) {
		if (strcmp(asked, names[k]) == 0)
			r->format = (enum format)k;
	}
}

/* A browser that is not signed in gets a random cookie, so its forms can be told from others'. */
static void
know_visitor(struct req *r, const struct wire *wire)
{
	const char *value = NULL;
	const char *error;

	if (r->token != NULL)
		return;
	if (wire->cookies != NULL &&
	    cookie_find(r->pool, wire->cookies, "xo_visitor", &value, &error) && value != NULL &&
	    strlen(value) == TOKEN_LENGTH && strspn(value, "0123456789abcdef") == TOKEN_LENGTH) {
		r->visitor = value;
	} else if (strcmp(wire->method, "POST") != 0) {
		r->visitor = auth_new_token(r->pool);
		req_cookie(r, "xo_visitor", r->visitor, -1);
	}
}

static int
deny(struct req *r)
{
	const char *here;

	if (perm_in(r->user.perms, PERM_HALF_SIGNED_IN) && r->route->method == GET)
		return req_redirect(r, "/login/code");
	if (r->user.id != 0)
		return 403;
	if (r->format != FORMAT_HTML || r->route->method != GET)
		return 401;
	here = r->query[0] == '\0' ? r->path : pool_printf(r->pool, "%s?%s", r->path, r->query);
	r->path = "/login/";
	r->query = "";
	return req_redirect(r, "%s", req_url_with(r, "next", here));
}

/* All input but the CSRF token, so that one key cannot stand for two intentions. */
static void
hash_input(const struct req *r, unsigned char hash[32])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, 32);
	crypto_generichash_update(&state, (const unsigned char *)r->path, strlen(r->path) + 1);
	for (size_t i = 0; i < r->in.n; i++) {
		const struct part *in = &r->in.part[i];

		if (strcmp(in->name, "_csrf") == 0 || strcmp(in->name, "_key") == 0)
			continue;
		crypto_generichash_update(&state, (const unsigned char *)in->name,
		    strlen(in->name) + 1);
		crypto_generichash_update(&state, (const unsigned char *)in->value, in->n);
		crypto_generichash_update(&state, (const unsigned char *)"", 1);
	}
	crypto_generichash_final(&state, hash, 32);
}

static bool
has_key(const struct req *r)
{
	return r->route->method == POST && (r->route->flags & (READS | REPEATABLE | STREAM)) == 0 &&
	    r->user.id != 0 && req_given(r, "_key");
}

/* Runs the handler once for its key; a key that was used answers as it did then. */
static int
run_once(struct req *r)
{
	static const struct sql begin[] = {
		{ "idem.office", "CALL office_idem(?, ?, ?)" },
		{ "idem.portal", "CALL portal_idem(?, ?, ?)" },
	};
	static const struct sql done[] = {
		{ "idem.office_done", "CALL office_idem_done(?, ?, ?)" },
		{ "idem.portal_done", "CALL portal_idem_done(?, ?, ?)" },
	};
	bool portal = strcmp(r->conf->site, "portal") == 0;
	const char *key = req_str(r, "_key");
	unsigned char hash[32];
	const struct rows *had;
	int status;

	if (!has_key(r))
		return r->route->handler(r);
	hash_input(r, hash);
	had = db_query(r->db, r->pool, &begin[portal], ARGS(S(r->token), S(key), B(hash, 32)));
	if (had->n > 0 && row_int(had, 0, "fresh") == 0) {
		if (row_int(had, 0, "same") == 0)
			return 409;
		return req_redirect(r, "%s", row_str(had, 0, "location"));
	}
	status = r->route->handler(r);
	if (status < 400 && db_failed(r->db) == DB_OK)
		db_exec(r->db, &done[portal],
		    ARGS(S(r->token), S(key), S(r->location == NULL ? r->path : r->location)));
	return status;
}

static void
pause_before(int attempt)
{
	struct timespec pause = { 0, (long)(1 + randombytes_uniform(1u << attempt)) * 1000000 };

	nanosleep(&pause, NULL);
}

static bool
writes(const struct req *r)
{
	return r->route->method == POST && (r->route->flags & READS) == 0;
}

/* Shows the form the input came from again, with what is wrong. */
static int
show_form(struct server *s, struct req *r, int status)
{
	if (r->route->form == NULL || r->keyed) {
		if (r->errors == NULL)
			return status;
		reply_problem(s, r, status);
		return status;
	}
	r->again = true;
	r->conflict = status == 409 && r->errors == NULL;
	r->location = NULL;
	r->body = NULL;
	reply_begin(s, r);
	db_begin(r->db, true);
	if (r->route->form(r) != 200 || !db_commit(r->db)) {
		db_rollback(r->db);
		r->again = false;
		reply_problem(s, r, status);
	}
	return status;
}

static int
judge(struct server *s, struct req *r, int status)
{
	enum db_failure failure = db_failed(r->db);

	/* A wrong password is refused and counted. */
	if (!r->keep || status != 422 || !db_commit(r->db)) {
		if (failure == DB_OK)
			failure = db_failed(r->db);
		db_rollback(r->db);
	}
	switch (failure) {
	case DB_LOST:
		s->leaving = true;
		s->silent = r->route->method == GET;
		return 503;
	case DB_AGAIN:
	case DB_BUSY:
		return 503;
	case DB_NO_SESSION:
		r->user = (struct user){ 0 };
		return deny(r);
	case DB_REFUSED:
		if (strcmp(db_refusal(r->db), "conflict|version") == 0)
			return show_form(s, r, 409);
		req_refusal(r, db_refusal(r->db));
		return show_form(s, r, 422);
	case DB_BROKEN:
		return 500;
	case DB_OK:
		break;
	}
	if (status < 400)
		return 500; /* it was not committed, whatever the handler thought */
	return (status == 422 || status == 409) ? show_form(s, r, status) : status;
}

static int
run(struct server *s, struct req *r, unsigned *retries)
{
	size_t headers = r->headers->n;
	int status = 0;

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		reply_begin(s, r);
		db_begin(r->db, !writes(r));
		status = run_once(r);
		if (r->errors != NULL && status < 400)
			status = 422;
		if (status < 400 && r->drop && db_failed(r->db) == DB_OK) {
			db_rollback(r->db);
			return status;
		}
		if (status < 400 && db_commit(r->db))
			return status;
		/* After the last attempt the failure stands: judge() tells it. */
		if (db_failed(r->db) != DB_AGAIN || attempt == ATTEMPTS - 1 ||
		    r->streamed || r->incoming != NULL)
			break;
		db_rollback(r->db);
		++*retries;
		r->headers->n = headers;
		r->errors = NULL;
		r->location = NULL;
		r->body = NULL;
		pause_before(attempt);
	}
	/* A notice or cookie of what did not happen is not sent. */
	if (!r->keep)
		r->headers->n = headers;
	return judge(s, r, status);
}

static bool
read_body(struct req *r, const struct wire *wire, const char **error)
{
	if ((r->route->flags & STREAM) != 0)
		return incoming_open(r, wire, error);
	return parts_body(&r->in, wire->content_type, wire->body, wire->body_n, error);
}

/* Everything before the handler: a status that ends the request, or 0. */
static int
admit(struct req *r, const struct wire *wire)
{
	const char *error = "";
	int status = wire->doubled ? 400 : auth_key(r, wire);

	if (status != 0)
		return status;
	if (!auth_token(r, wire->cookies))
		return 400;
	r->in.max = (r->route->flags & LARGE) != 0 ? LARGE_FIELDS : 0;
	if (!parts_urlencoded(&r->in, wire->query, strlen(wire->query), &error) ||
	    (r->route->method == POST && !read_body(r, wire, &error))) {
		log_info("input.refused", "why", error);
		return 400;
	}
	auth_session(r);
	if (db_failed(r->db) != DB_OK)
		return -1;
	if (r->limited)
		return 429;
	if (r->user.id == 0)
		r->token = NULL;
	know_visitor(r, wire);
	return 0;
}

static int
allow(struct req *r, const struct wire *wire)
{
	if (r->route->perm != PERM_PUBLIC && !perm_in(r->user.perms, r->route->perm))
		return deny(r);
	if (r->route->method == POST && !r->keyed &&
	    !auth_csrf_good(r, wire->origin, wire->host, wire->fetch_site))
		return 403;
	if (r->route->method == GET && req_given(r, "lang")) {
		req_cookie(r, "xo_lang", strcmp(req_str(r, "lang"), languages[1]) == 0 ?
		    languages[1] : languages[0], 31536000);
		return req_redirect(r, "%s", req_url_with(r, "lang", NULL));
	}
	if (!input_check(r))
		return 400;
	return 0;
}

static int
handle(struct server *s, struct req *r, const struct wire *wire, unsigned *retries)
{
	const char *path = local_path(s->app, wire->path);
	bool known = false;
	int status;

	pick_language(r, wire);
	if (path != NULL)
		r->route = match(s->app, path, wire->method, &known);
	if (r->route == NULL || (wire->method[0] != 'G' && wire->method[0] != 'P')) {
		settle_language(s, r, wire);
		return known || path == NULL ? 405 : 404;
	}
	status = admit(r, wire);
	settle_language(s, r, wire);
	pick_format(r, wire);
	if (status < 0)
		return judge(s, r, 500);
	if (status == 0)
		status = allow(r, wire);
	if (status != 0)
		return status;
	if (!req_good(r))
		return show_form(s, r, 422);
	return run(s, r, retries);
}

static void
log_done(struct req *r, const struct wire *wire, int status, uint64_t us, uint64_t db_us)
{
	char code[8], time_us[24], db[24], user[24];

	snprintf(code, sizeof(code), "%d", status);
	snprintf(time_us, sizeof(time_us), "%llu", (unsigned long long)us);
	snprintf(db, sizeof(db), "%llu", (unsigned long long)db_us);
	snprintf(user, sizeof(user), "%lld", (long long)r->user.id);
	log_info("request", "method", wire->method, "path", wire->path, "status", code, "us",
	    time_us,
	    "db_us", db, "user", user, "address", wire->address);
}

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static bool
answer_internal(struct server *s, const struct wire *wire, struct buf *out)
{
	static const struct sql ping = { "healthz", "SELECT 1 AS one" };
	const char *path = local_path(s->app, wire->path);

	if (path == NULL || (strcmp(path, "/healthz") != 0 && strcmp(path, "/metrics") != 0))
		return false;
	if (path[1] == 'm') {
		buf_str(out, "Status: 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\r\n");
		metrics_write(s->metrics, s->conf->site, s->app->name, out);
		return true;
	}
	db_query(s->db, s->pool, &ping, ARGS());
	if (db_failed(s->db) == DB_OK) {
		buf_str(out, "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nok\n");
	} else {
		buf_str(out, "Status: 503 Service Unavailable\r\nContent-Type: text/plain\r\n\r\n"
		    "no database\n");
		s->leaving = true;
	}
	return true;
}

void
router_answer(struct server *s, const struct wire *wire, struct buf *out)
{
	struct req r = { .pool = s->pool, .conf = s->conf, .app = s->app, .db = s->db,
		.uploads = s->uploads, .out = &s->out,
		.path = wire->path, .query = wire->query, .address = wire->address,
		.agent = wire->agent, .host = wire->host, .cookies = wire->cookies,
		.id = wire->id };
	uint64_t start = now_us(), us, db_us;
	unsigned retries = 0, statements;
	int status;

	if (answer_internal(s, wire, out))
		return;
	r.in.pool = s->pool;
	r.headers = buf_new(s->pool);
	log_request(wire->id);
	status = handle(s, &r, wire, &retries);
	s->leaving = s->leaving || (s->app->uploads && !upload_alive(s->uploads));
	/* Half a file must not look like a whole one: the connection breaks. */
	s->silent = s->silent || (r.streamed && status != 200);
	if (s->silent)
		return;
	if (status >= 400 && (r.page == NULL || (!r.again && status != 422)))
		reply_problem(s, &r, status);
	if (status != 303 && r.page != NULL && r.body == NULL)
		reply_notices(&r, wire->cookies);
	if (!r.streamed)
		reply_write(s, &r, status, out);
	us = now_us() - start;
	db_spent(s->db, &statements, &db_us);
	metrics_add(s->metrics, status, us, db_us, statements, retries);
	log_done(&r, wire, status, us, db_us);
	log_request(NULL);
}

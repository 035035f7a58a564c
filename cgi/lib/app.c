/* See app.h: start, accept loop, end. */
#include "app.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <fcgiapp.h>
#include <sodium.h>

#include "arena.h"
#include "log.h"
#include "memory.h"
#include "metrics.h"
#include "respawn.h"
#include "sandbox.h"
#include "server.h"
#include "upload.h"

enum { KEEP_FREE = 4 << 20 }; /* bytes a worker keeps for its next request */

static volatile sig_atomic_t leave;

/* Closing the listening socket ends the race between the flag and accept(). */
static void
on_term(int signal)
{
	(void)signal;
	leave = 1;
	close(0);
}

static const char *
param(struct pool *p, const FCGX_Request *request, const char *name)
{
	return pool_strdup(p, FCGX_GetParam(name, request->envp));
}

static const char *
param_or(struct pool *p, const FCGX_Request *request, const char *name, const char *absent)
{
	const char *value = param(p, request, name);

	return value == NULL ? absent : value;
}

/* A header that decides who asks, or what for, comes once: libfcgi gives the first of two,
 * who stands between might have looked at the other (TRUST T26). */
static bool
doubled(char **envp)
{
	static const char *const once[] = { "HTTP_COOKIE=", "HTTP_AUTHORIZATION=", "HTTP_ORIGIN=",
		"HTTP_SEC_FETCH_SITE=", "HTTP_HOST=", "HTTP_CONTENT_TYPE=" };
	unsigned seen = 0;

	for (; *envp != NULL; envp++) {
		for (size_t i = 0; i < LEN(once); i++) {
			if (strncmp(*envp, once[i], strlen(once[i])) != 0)
				continue;
			if ((seen & 1u << i) != 0)
				return true;
			seen |= 1u << i;
		}
	}
	return false;
}

static struct wire
read_wire(struct pool *p, const FCGX_Request *request)
{
	struct wire w = {
		.method = param_or(p, request, "REQUEST_METHOD", "GET"),
		.path = param_or(p, request, "DOCUMENT_URI", "/"),
		.query = param_or(p, request, "QUERY_STRING", ""),
		.content_type = param(p, request, "CONTENT_TYPE"),
		.cookies = param(p, request, "HTTP_COOKIE"),
		.accept = param(p, request, "HTTP_ACCEPT"),
		.accept_language = param(p, request, "HTTP_ACCEPT_LANGUAGE"),
		.origin = param(p, request, "HTTP_ORIGIN"),
		.host = param(p, request, "HTTP_HOST"),
		.fetch_site = param(p, request, "HTTP_SEC_FETCH_SITE"),
		.authorization = param(p, request, "HTTP_AUTHORIZATION"),
		.address = param_or(p, request, "REMOTE_ADDR", ""),
		.agent = param_or(p, request, "HTTP_USER_AGENT", ""),
		.id = param_or(p, request, "REQUEST_ID", "-"),
		.doubled = doubled(request->envp),
	};
	const char *length = FCGX_GetParam("CONTENT_LENGTH", request->envp);

	w.content_length = length == NULL ? 0 : strtoll(length, NULL, 10);
	return w;
}

static size_t
read_client(void *arg, void *to, size_t n)
{
	int got = FCGX_GetStr(to, (int)n, arg);

	return got > 0 ? (size_t)got : 0;
}

/* The body, or the front of one that is streamed; false: too long, or shorter than it said. */
static bool
read_body(const struct server *s, const FCGX_Request *request, struct wire *w)
{
	size_t n = (size_t)w->content_length, front = 0;
	char *body;

	if (w->content_length < 0 || n > router_body_limit(s, w, &front))
		return false;
	n = n < front ? n : front;
	body = pool_alloc(s->pool, n + 1);
	for (size_t at = 0; at < n;) {
		size_t got = read_client(request->in, body + at, n - at);

		if (got == 0)
			return false;
		at += got;
	}
	w->body = body;
	w->body_n = n;
	w->more = (struct source){ read_client, request->in };
	return true;
}

/* An answer before the end of the body would break the connection under it. */
static void
read_rest(const struct wire *w)
{
	char bytes[8192];

	while (w->more.read != NULL && w->more.read(w->more.arg, bytes, sizeof(bytes)) > 0)
		;
}

static void
put_client(void *arg, const void *bytes, size_t n)
{
	FCGX_PutStr(bytes, (int)n, arg);
}

static void
serve(struct server *s, FCGX_Request *request)
{
	struct wire w = read_wire(s->pool, request);
	struct buf *out = buf_new(s->pool);

	s->out = (struct sink){ put_client, request->out };
	s->body = NULL;
	arena_begin();
	if (read_body(s, request, &w))
		router_answer(s, &w, out);
	else
		buf_str(out, "Status: 413 Content Too Large\r\n"
		    "Content-Type: text/plain\r\n\r\n413\n");
	arena_end();
	read_rest(&w);
	/* Gone without an answer, nginx asks another worker: only for what changes nothing. */
	if (s->silent)
		_exit(0);
	put_client(request->out, out->s, out->n);
	if (s->body != NULL)
		put_client(request->out, s->body, s->body_n);
	FCGX_Finish_r(request);
	pool_reset(s->pool);
}

static void
accept_loop(struct server *s)
{
	FCGX_Request request;
	long served = 0;

	memory_serving();
	FCGX_InitRequest(&request, 0, FCGI_FAIL_ACCEPT_ON_INTR);
	while (!leave && !s->leaving && FCGX_Accept_r(&request) == 0) {
		serve(s, &request);
		if (s->conf->max_requests > 0 && ++served >= s->conf->max_requests)
			break;
	}
	FCGX_Free(&request, 1);
}

static void
load_sheets(struct server *s)
{
	for (size_t i = 0; i < LANGUAGES; i++) {
		const struct words *words = words_load(s->conf->words_dir, languages[i]);

		s->sheets[i] = words == NULL ? NULL : sheet_load(s->conf->sheet_dir, words,
		    s->conf->site, s->app->name);
		if (s->sheets[i] == NULL)
			exit(1);
	}
}

static void
set_signals(void)
{
	/* Else a write that waits for nginx fails by it, and the answer is lost. */
	struct sigaction term = { .sa_handler = on_term, .sa_flags = SA_RESTART };
	struct sigaction none = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &term, NULL);
	sigaction(SIGPIPE, &none, NULL);
}

static _Noreturn void
usage(const char *name)
{
	fprintf(stderr, "usage: %s -c FILE          serve on descriptor 0\n"
	    "       %s -c FILE -t       check every statement against the schema\n"
	    "       %s -c FILE --describe  routes, permissions and fields as XML\n", name, name,
	    name);
	exit(2);
}

/* What a worker of this program is whenever it begins: sheets, time zone, randomness. */
static void
prepare(struct server *s)
{
	/* What one request gives back the next one takes: not by way of the kernel. */
	mallopt(M_TRIM_THRESHOLD, KEEP_FREE);
	mallopt(M_MMAP_THRESHOLD, KEEP_FREE);
	arena_init();
	if (sodium_init() < 0)
		exit(1);
	setenv("TZ", s->conf->time_zone, 1);
	tzset();
	load_sheets(s);
	if (s->app->start != NULL)
		s->app->start();
}

/* Opens the rest of what the sandbox will forbid.  Who only checks does not wait for a database. */
static void
connect_all(struct server *s, unsigned wait_s)
{
	s->metrics = metrics_open(s->conf->metrics_dir, s->conf->site, s->app->name);
	s->db = db_open(s->conf, wait_s);
	if (!db_prepare(s->db, s->app->sql, s->app->nsql))
		exit(1);
	s->pool = pool_new();
}

int
app_main(const struct app *app, int argc, char **argv)
{
	static struct server s;
	const char *mode = argc == 4 ? argv[3] : "";

	if (argc < 3 || argc > 4 || strcmp(argv[1], "-c") != 0)
		usage(argv[0]);
	s.app = app;
	s.conf = conf_read(argv[2]);
	log_open(app->name, s.conf->log_level);
	if (strcmp(mode, "--describe") == 0) {
		describe(app, s.conf);
		return 0;
	}
	if (mode[0] != '\0' && strcmp(mode, "-t") != 0)
		usage(argv[0]);
	prepare(&s);
	if (mode[0] == '\0') {
		sandbox_user(s.conf->run_as);
		respawn();
	}
	connect_all(&s, mode[0] == '\0' ? DB_WAIT_S : 0);
	if (mode[0] != '\0')
		return self_test(&s);
	/* Sets signal handlers, which the sandbox forbids; ours replace them. */
	FCGX_Init();
	set_signals();
	if (app->uploads)
		s.uploads = upload_start();
	if (app->uploads && s.uploads == NULL)
		return 1;
	if (s.conf->sandbox && !sandbox_close())
		return 1;
	accept_loop(&s);
	db_close(s.db);
	pool_free(s.pool);
	return 0;
}

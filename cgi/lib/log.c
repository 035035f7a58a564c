/* See log.h. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const level_names[] = { "debug", "info", "warn", "error" };

static const char *program_name = "?";
static enum log_level threshold = LEVEL_INFO;
static char request_id[65];

struct line {
	char s[4096];
	size_t n;
};

static void
put_char(struct line *l, char c)
{
	if (l->n < sizeof(l->s) - 2)
		l->s[l->n++] = c;
}

static void
put_raw(struct line *l, const char *s)
{
	while (*s != '\0')
		put_char(l, *s++);
}

/* A JSON string; control characters become \u00XX, the rest passes as UTF-8. */
static void
put_string(struct line *l, const char *s)
{
	put_char(l, '"');
	for (; *s != '\0' && l->n < sizeof(l->s) - 64; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\') {
			put_char(l, '\\');
			put_char(l, *s);
		} else if (c < 0x20 || c == 0x7f) {
			char code[7];

			snprintf(code, sizeof(code), "\\u%04x", (unsigned)c);
			put_raw(l, code);
		} else {
			put_char(l, *s);
		}
	}
	put_char(l, '"');
}

static void
put_pair(struct line *l, const char *name, const char *value)
{
	put_char(l, ',');
	put_string(l, name);
	put_char(l, ':');
	put_string(l, value == NULL ? "" : value);
}

static void
put_time(struct line *l)
{
	struct timespec now;
	struct tm tm;
	char seconds[32];
	char text[64];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "{\"at\":\"%s.%03uZ\"", seconds,
	    (unsigned)(now.tv_nsec / 1000000) % 1000);
	put_raw(l, text);
}

void
log_open(const char *program, const char *level)
{
	program_name = program;
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
		if (level != NULL && strcmp(level, level_names[i]) == 0)
			threshold = (enum log_level)i;
	}
}

void
log_request(const char *id)
{
	snprintf(request_id, sizeof(request_id), "%s", id == NULL ? "" : id);
}

void
log_event(enum log_level level, const char *event, ...)
{
	struct line l = { .n = 0 };
	const char *name;
	va_list ap;
	ssize_t written;

	if (level < threshold)
		return;
	put_time(&l);
	put_pair(&l, "level", level_names[level]);
	put_pair(&l, "program", program_name);
	if (request_id[0] != '\0')
		put_pair(&l, "request", request_id);
	put_pair(&l, "event", event);
	va_start(ap, event);
	while ((name = va_arg(ap, const char *)) != NULL)
		put_pair(&l, name, va_arg(ap, const char *));
	va_end(ap);
	put_char(&l, '}');
	l.s[l.n++] = '\n';
	written = write(STDERR_FILENO, l.s, l.n);
	(void)written;
}

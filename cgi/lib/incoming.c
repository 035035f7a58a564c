/* See incoming.h. */
#include "incoming.h"

#include <string.h>
#include <strings.h>

enum { WINDOW = 256 << 10 };

/* What of the body is in memory lies at window[at..n); end is where the file ends, once known. */
struct incoming {
	struct source more;
	const char *delimiter; /* NULL: the body is the file */
	size_t delimiter_n;
	char *window;
	size_t at;
	size_t n;
	size_t end;
	bool ended;
};

/* Moves what is left to the front of the window and reads as much as it takes. */
static void
fill(struct incoming *in)
{
	size_t got = 1;

	memmove(in->window, in->window + in->at, in->n - in->at);
	in->n -= in->at;
	in->at = 0;
	while (in->n < WINDOW && got > 0) {
		got = in->more.read(in->more.arg, in->window + in->n, WINDOW - in->n);
		in->n += got;
	}
}

/* Bytes at hand that are the file's for sure. */
static size_t
sure(struct incoming *in)
{
	const char *s = in->window + in->at;
	const char *found;

	if (in->ended)
		return in->end - in->at;
	if (in->delimiter == NULL)
		return in->n - in->at;
	found = memmem(s, in->n - in->at, in->delimiter, in->delimiter_n);
	if (found != NULL) {
		in->ended = true;
		in->end = (size_t)(found - in->window);
		return in->end - in->at;
	}
	return in->n - in->at < in->delimiter_n ? 0 : in->n - in->at - in->delimiter_n + 1;
}

size_t
incoming_read(struct incoming *in, void *to, size_t n)
{
	size_t have = sure(in);

	if (have == 0 && !in->ended) {
		fill(in);
		have = sure(in);
	}
	if (have > n)
		have = n;
	memcpy(to, in->window + in->at, have);
	in->at += have;
	return have;
}

bool
incoming_whole(struct incoming *in)
{
	char *s;
	size_t n;

	if (in->delimiter == NULL)
		return true;
	if (!in->ended)
		return false;
	in->ended = false;
	in->at = in->end + in->delimiter_n;
	fill(in);
	s = in->window;
	n = in->n;
	return (n == 2 || (n == 4 && memcmp(s + 2, "\r\n", 2) == 0)) && memcmp(s, "--", 2) == 0;
}

/* Media types of bodies that are a file themselves. */
static bool
is_table(const char *type)
{
	static const char *const types[] = { "application/xml", "text/xml", "text/csv",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };
	size_t n = strcspn(type, "; \t");

	for (size_t i = 0; i < LEN(types); i++) {
		if (strlen(types[i]) == n && strncasecmp(types[i], type, n) == 0)
			return true;
	}
	return false;
}

static void
keep(struct req *r, const struct wire *wire, const char *first, size_t n, const char *delimiter)
{
	struct incoming *in = pool_alloc(r->pool, sizeof(*in));

	in->more = wire->more;
	in->delimiter = delimiter;
	in->delimiter_n = delimiter == NULL ? 0 : strlen(delimiter);
	in->window = pool_alloc(r->pool, WINDOW);
	in->n = n;
	memcpy(in->window, first, n);
	r->incoming = in;
}

bool
incoming_open(struct req *r, const struct wire *wire, const char **error)
{
	const char *type = wire->content_type == NULL ? "" : wire->content_type;
	const char *delimiter = NULL;
	const struct part *last;

	if (r->keyed && is_table(type)) {
		struct part file = { .name = "file", .value = wire->body, .n = wire->body_n,
			.filename = "", .type = type };

		keep(r, wire, wire->body, wire->body_n, NULL);
		return parts_file(&r->in, &file, error);
	}
	if (!parts_front(&r->in, type, wire->body, wire->body_n, &delimiter, error))
		return false;
	last = r->in.n == 0 ? NULL : &r->in.part[r->in.n - 1];
	if (last != NULL && last->filename != NULL)
		keep(r, wire, last->value, wire->body_n - (size_t)(last->value - wire->body),
		    delimiter);
	return true;
}

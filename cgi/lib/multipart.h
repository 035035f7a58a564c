/*
 * multipart.h - what a request carries: query string, form body, cookies, preferences.
 *
 * Strict on purpose: what a browser would not send is refused, not repaired.  Text arrives as
 * utf8_clean() text with line ends as LF; only files are raw bytes.  Repeated names are kept in
 * order; the router refuses those that its route does not declare as a list.
 *
 * Errors are codes for the log and the 400 page: form.encoding (percent escape, UTF-8, control
 * character), form.fields (too many), form.name (empty or too long), form.too_big (text in all),
 * form.type (media type unknown), form.multipart (structure), cookie.bad, cookie.repeated.
 */
#ifndef XIAOAO_MULTIPART_H
#define XIAOAO_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "pool.h"

enum {
	PARTS_MAX = 256,         /* fields of one request, unless parts.max says otherwise */
	PARTS_NAME_MAX = 100,    /* bytes of a name */
	PARTS_FILENAME_MAX = 255,
	PARTS_TEXT_MAX = 262144  /* bytes of all text values together, after decoding */
};

struct part {
	const char *name;
	const char *value;    /* text with a NUL; of a file: bytes inside the body, no NUL */
	size_t n;             /* bytes of the value */
	const char *filename; /* as sent, "" for no file chosen, NULL in a text field */
	const char *type;     /* media type claimed for a file, NULL otherwise: a claim, no fact */
};

/* Zero it, set pool, and parse into it as often as needed: query first, then body. */
struct parts {
	struct pool *pool; /* of names and text values */
	struct part *part;
	size_t n;
	size_t max;        /* 0: PARTS_MAX */
	size_t cap;        /* private */
	size_t text;       /* private: bytes of text so far */
};

/* name=value&name=value, as in a query string.  False: *error says why, and the parts are void. */
bool parts_urlencoded(struct parts *to, const char *s, size_t n, const char **error);

/*
 * A request body by its Content-Type: application/x-www-form-urlencoded or multipart/form-data.
 * The body must live as long as the parts: files point into it.
 */
bool parts_body(struct parts *to, const char *content_type, const char *body, size_t n,
    const char **error);

/*
 * The front of a multipart body, n bytes of it: the fields before its file, whole, and the file as
 * the last part, whose value is as much of it as is there.  Without a file all of the body must be
 * there.  delimiter: what ends the file, in the pool.
 */
bool parts_front(struct parts *to, const char *content_type, const char *body, size_t n,
    const char **delimiter, const char **error);

/* One more part that is a file: a body that is nothing else. */
bool parts_file(struct parts *to, const struct part *file, const char **error);

/* The first part of this name, or NULL. */
const struct part *parts_find(const struct parts *parts, const char *name);

/*
 * The value of one cookie in a Cookie header, in the pool.  *value is NULL when it is not there.
 * False: the header is malformed, or names this cookie twice (two headers joined, or an attack).
 */
bool cookie_find(struct pool *p, const char *header, const char *name, const char **value,
    const char **error);

/*
 * Of n offers, the index of the one an Accept header likes best, the earlier on equal terms;
 * 0 when the header is NULL, empty or broken, -1 when it wants none of them.
 */
int accept_media(const char *header, const char *const *offers, size_t n);

/* The same for Accept-Language: `zh`, `zh-Hans-CN` and `zh-TW` all take `zh-CN`; never -1. */
int accept_language(const char *header, const char *const *offers, size_t n);

#endif

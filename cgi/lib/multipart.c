/* See multipart.h. */
#include "multipart.h"

#include <string.h>
#include <strings.h>

#include "utf8.h"

enum { BOUNDARY_MAX = 70, HEADERS_MAX = 8, HEADER_LINE_MAX = 1024 };

/* A stretch of bytes that is being read. */
struct span {
	const char *s;
	size_t n;
};

static bool
refuse(const char **error, const char *code)
{
	*error = code;
	return false;
}

static bool
add_part(struct parts *to, const struct part *part, const char **error)
{
	size_t max = to->max != 0 ? to->max : PARTS_MAX;

	if (to->n == max)
		return refuse(error, "form.fields");
	if (to->n == to->cap) {
		size_t cap = to->cap != 0 ? to->cap * 2 : 16;
		struct part *more = pool_alloc(to->pool, cap * sizeof(*more));

		if (to->n > 0)
			memcpy(more, to->part, to->n * sizeof(*more));
		to->part = more;
		to->cap = cap;
	}
	to->part[to->n++] = *part;
	return true;
}

static bool
check_name(const char *name, size_t n, const char **error)
{
	if (n == 0 || n > PARTS_NAME_MAX)
		return refuse(error, "form.name");
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] < 0x20)
			return refuse(error, "form.name");
	return true;
}

/* Checks text in place and turns CRLF into LF; n is the new length. */
static bool
clean_text(struct parts *to, char *s, size_t *n, const char **error)
{
	size_t out = 0;

	to->text += *n;
	if (to->text > PARTS_TEXT_MAX)
		return refuse(error, "form.too_big");
	if (!utf8_clean(s, *n))
		return refuse(error, "form.encoding");
	for (size_t i = 0; i < *n; i++)
		if (s[i] != '\r' || i + 1 == *n || s[i + 1] != '\n')
			s[out++] = s[i];
	s[out] = '\0';
	*n = out;
	return true;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* NULL when an escape is bad. */
static char *
decode_percent(struct pool *p, const char *s, size_t n, size_t *length)
{
	char *to = pool_alloc(p, n + 1);
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '%') {
			int high = n - i > 2 ? hex_value(s[i + 1]) : -1;
			int low = n - i > 2 ? hex_value(s[i + 2]) : -1;

			if (high < 0 || low < 0)
				return NULL;
			to[out++] = (char)(high << 4 | low);
			i += 2;
		} else {
			to[out++] = s[i] == '+' ? ' ' : s[i];
		}
	}
	*length = out;
	return to;
}

static bool
add_pair(struct parts *to, struct span pair, const char **error)
{
	const char *equals = memchr(pair.s, '=', pair.n);
	size_t name_n = equals != NULL ? (size_t)(equals - pair.s) : pair.n;
	const char *raw = equals != NULL ? equals + 1 : pair.s + pair.n;
	size_t raw_n = equals != NULL ? pair.n - name_n - 1 : 0;
	struct part part = { 0 };
	char *name;
	char *value;

	if (raw_n > PARTS_TEXT_MAX * 3U)
		return refuse(error, "form.too_big");
	if (name_n > PARTS_NAME_MAX * 3U)
		return refuse(error, "form.name");
	name = decode_percent(to->pool, pair.s, name_n, &name_n);
	value = decode_percent(to->pool, raw, raw_n, &part.n);
	if (name == NULL || value == NULL)
		return refuse(error, "form.encoding");
	if (!clean_text(to, name, &name_n, error) || !check_name(name, name_n, error) ||
	    !clean_text(to, value, &part.n, error))
		return false;
	part.name = name;
	part.value = value;
	return add_part(to, &part, error);
}

bool
parts_urlencoded(struct parts *to, const char *s, size_t n, const char **error)
{
	while (n > 0) {
		const char *end = memchr(s, '&', n);
		struct span pair = { s, end != NULL ? (size_t)(end - s) : n };

		if (pair.n > 0 && !add_pair(to, pair, error))
			return false;
		s += pair.n;
		n -= pair.n;
		if (n > 0) {
			s++;
			n--;
		}
	}
	return true;
}

static bool
is_token_char(char c)
{
	unsigned char u = (unsigned char)c;

	return u > 0x20 && u < 0x7F && strchr("()<>@,;:\\\"/[]?={}", u) == NULL;
}

static void
skip_blanks(struct span *at)
{
	while (at->n > 0 && (*at->s == ' ' || *at->s == '\t')) {
		at->s++;
		at->n--;
	}
}

static struct span
take_token(struct span *at)
{
	struct span token = { at->s, 0 };

	while (at->n > 0 && is_token_char(*at->s)) {
		at->s++;
		at->n--;
		token.n++;
	}
	return token;
}

/* Between quotes; browsers write a quote inside as %22, so a backslash is just a character. */
static bool
take_quoted(struct span *at, struct span *value)
{
	const char *end;

	if (at->n == 0 || *at->s != '"')
		return false;
	end = memchr(at->s + 1, '"', at->n - 1);
	if (end == NULL)
		return false;
	value->s = at->s + 1;
	value->n = (size_t)(end - value->s);
	at->n -= value->n + 2;
	at->s = end + 1;
	return true;
}

/* ; name=value, the value a token or quoted.  False when nothing well-formed is there. */
static bool
take_parameter(struct span *at, struct span *name, struct span *value)
{
	skip_blanks(at);
	if (at->n == 0 || *at->s != ';')
		return false;
	at->s++;
	at->n--;
	skip_blanks(at);
	*name = take_token(at);
	if (name->n == 0 || at->n == 0 || *at->s != '=')
		return false;
	at->s++;
	at->n--;
	if (at->n > 0 && *at->s == '"')
		return take_quoted(at, value);
	*value = take_token(at);
	return value->n > 0;
}

static bool
span_is(struct span span, const char *word)
{
	return span.n == strlen(word) && strncasecmp(span.s, word, span.n) == 0;
}

static bool
find_boundary(const char *content_type, struct span *boundary)
{
	struct span at = { content_type, strlen(content_type) };
	struct span name;
	struct span value;

	at.s += strcspn(content_type, ";");
	at.n -= (size_t)(at.s - content_type);
	boundary->n = 0;
	while (take_parameter(&at, &name, &value)) {
		if (!span_is(name, "boundary"))
			continue;
		if (boundary->n != 0)
			return false;
		*boundary = value;
	}
	skip_blanks(&at);
	return at.n == 0 && boundary->n > 0 && boundary->n <= BOUNDARY_MAX;
}

/* Browsers write a quote inside a name as %22, and escape nothing else but line ends. */
static char *
decode_name(struct pool *p, struct span from, size_t *n)
{
	char *to = pool_strndup(p, from.s, from.n);
	size_t out = 0;

	for (size_t i = 0; i < from.n; i++) {
		bool quote = from.n - i > 2 && strncmp(from.s + i, "%22", 3) == 0;

		to[out++] = quote ? '"' : from.s[i];
		i += quote ? 2 : 0;
	}
	to[out] = '\0';
	*n = out;
	return to;
}

static bool
read_disposition(struct parts *to, struct span at, struct part *part, const char **error)
{
	struct span word = take_token(&at);
	struct span name;
	struct span value;
	size_t n;

	if (!span_is(word, "form-data") || part->name != NULL)
		return refuse(error, "form.multipart");
	while (take_parameter(&at, &name, &value)) {
		char *text = decode_name(to->pool, value, &n);

		if (!utf8_clean(text, n))
			return refuse(error, "form.encoding");
		if (span_is(name, "name") && part->name == NULL) {
			if (!check_name(text, n, error))
				return false;
			part->name = text;
		} else if (span_is(name, "filename") && part->filename == NULL) {
			if (n > PARTS_FILENAME_MAX)
				return refuse(error, "form.name");
			part->filename = text;
		} else {
			return refuse(error, "form.multipart");
		}
	}
	skip_blanks(&at);
	if (at.n != 0 || part->name == NULL)
		return refuse(error, "form.multipart");
	return true;
}

static bool
read_header(struct parts *to, struct span line, struct part *part, const char **error)
{
	struct span name = take_token(&line);

	if (name.n == 0 || line.n == 0 || *line.s != ':')
		return refuse(error, "form.multipart");
	line.s++;
	line.n--;
	skip_blanks(&line);
	if (span_is(name, "Content-Disposition"))
		return read_disposition(to, line, part, error);
	if (span_is(name, "Content-Type")) {
		if (!utf8_clean(line.s, line.n))
			return refuse(error, "form.encoding");
		part->type = pool_strndup(to->pool, line.s, line.n);
		return true;
	}
	/* Transfer encodings are dead, and the only other header that could change the value. */
	return span_is(name, "Content-Transfer-Encoding") ? refuse(error, "form.multipart") : true;
}

/* Reads the headers and the empty line after them. */
static bool
read_headers(struct parts *to, struct span *at, struct part *part, const char **error)
{
	for (int i = 0; i <= HEADERS_MAX; i++) {
		const char *end = memmem(at->s, at->n, "\r\n", 2);
		struct span line;

		if (end == NULL || end - at->s > HEADER_LINE_MAX)
			return refuse(error, "form.multipart");
		line = (struct span){ at->s, (size_t)(end - at->s) };
		at->n -= line.n + 2;
		at->s = end + 2;
		if (line.n == 0)
			return part->name != NULL ? true : refuse(error, "form.multipart");
		if (!read_header(to, line, part, error))
			return false;
	}
	return refuse(error, "form.multipart");
}

/*
 * Reads one part up to and including the delimiter that ends it.  A file that does not end here is
 * taken as far as it goes when open says so, and leaves nothing behind it.
 */
static bool
read_part(struct parts *to, struct span *at, struct span delimiter, bool open,
    const char **error)
{
	struct part part = { 0 };
	const char *end;

	if (!read_headers(to, at, &part, error))
		return false;
	end = memmem(at->s, at->n, delimiter.s, delimiter.n);
	part.value = at->s;
	part.n = end != NULL ? (size_t)(end - at->s) : at->n;
	if (open && part.filename != NULL) {
		at->n = 0;
		return add_part(to, &part, error);
	}
	if (end == NULL)
		return refuse(error, "form.multipart");
	at->n -= part.n + delimiter.n;
	at->s = end + delimiter.n;
	if (part.filename == NULL) {
		char *text;

		if (part.n > PARTS_TEXT_MAX)
			return refuse(error, "form.too_big");
		text = pool_strndup(to->pool, part.value, part.n);
		if (!clean_text(to, text, &part.n, error))
			return false;
		part.value = text;
		part.type = NULL;
	}
	return add_part(to, &part, error);
}

static bool
read_multipart(struct parts *to, struct span boundary, struct span at, const char **open,
    const char **error)
{
	const char *d = pool_printf(to->pool, "\r\n--%.*s", (int)boundary.n, boundary.s);
	struct span delimiter = { d, strlen(d) };

	if (open != NULL)
		*open = d;
	/* The first delimiter has no line end before it. */
	if (at.n < delimiter.n - 2 || memcmp(at.s, d + 2, delimiter.n - 2) != 0)
		return refuse(error, "form.multipart");
	at.s += delimiter.n - 2;
	at.n -= delimiter.n - 2;
	while (at.n >= 2 && memcmp(at.s, "\r\n", 2) == 0) {
		at.s += 2;
		at.n -= 2;
		if (!read_part(to, &at, delimiter, open != NULL, error))
			return false;
		if (open != NULL && to->part[to->n - 1].filename != NULL)
			return true;
	}
	if ((at.n == 2 || (at.n == 4 && memcmp(at.s + 2, "\r\n", 2) == 0)) &&
	    memcmp(at.s, "--", 2) == 0)
		return true;
	return refuse(error, "form.multipart");
}

static bool
read_body(struct parts *to, const char *content_type, struct span body, const char **open,
    const char **error)
{
	struct span type = { content_type, strcspn(content_type, "; \t") };
	struct span boundary = { NULL, 0 };

	if (span_is(type, "application/x-www-form-urlencoded"))
		return parts_urlencoded(to, body.s, body.n, error);
	if (!span_is(type, "multipart/form-data"))
		return refuse(error, "form.type");
	if (!find_boundary(content_type, &boundary))
		return refuse(error, "form.multipart");
	return read_multipart(to, boundary, body, open, error);
}

bool
parts_body(struct parts *to, const char *content_type, const char *body, size_t n,
    const char **error)
{
	return read_body(to, content_type, (struct span){ body, n }, NULL, error);
}

bool
parts_front(struct parts *to, const char *content_type, const char *body, size_t n,
    const char **delimiter, const char **error)
{
	return read_body(to, content_type, (struct span){ body, n }, delimiter, error);
}

bool
parts_file(struct parts *to, const struct part *file, const char **error)
{
	return add_part(to, file, error);
}

const struct part *
parts_find(const struct parts *parts, const char *name)
{
	for (size_t i = 0; i < parts->n; i++)
		if (strcmp(parts->part[i].name, name) == 0)
			return &parts->part[i];
	return NULL;
}

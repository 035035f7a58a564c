/* See tabular.h. */
#include "tabular.h"

#include <string.h>

#include "charset.h"
#include "rowreader.h"
#include "utf8.h"

static bool
refuse(const char **error, const char *code)
{
	*error = code;
	return false;
}

void
tabular_init(void)
{
	charset_init();
}

bool
tabular_encode(struct buf *to, const void *bytes, size_t n, const char **error)
{
	struct tabbuild b;
	struct rowreader *r;

	tabbuild_begin(&b, to);
	r = rowreader_new(&b, NULL);
	rowreader_push(r, bytes, n);
	return rowreader_end(r) ? true : refuse(error, b.error);
}

static bool
decode(struct table *to, struct pool *p, struct buf *stream, const char **error)
{
	return tabular_decode(to, p, stream->s, stream->n) ? true : refuse(error, "file.broken");
}

bool
tabular_read(struct table *to, struct pool *p, const void *bytes, size_t n, const char **error)
{
	struct buf *stream = buf_new(p);

	return tabular_encode(stream, bytes, n, error) && decode(to, p, stream, error);
}

/* The kind of separator of a pasted line. */
enum separator { TABS, COMMAS, BLANKS };

static bool
is_comma(uint32_t code)
{
	return code == ',' || code == ';' || code == 0xFF0C || code == 0xFF1B || code == 0x3001;
}

static enum separator
separator_of(const char *s, size_t n)
{
	enum separator best = BLANKS;
	uint32_t code;

	if (memchr(s, '\t', n) != NULL)
		return TABS;
	for (size_t i = 0; i < n;) {
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD)
			break;
		if (is_comma(code))
			best = COMMAS;
		i += (size_t)length;
	}
	return best;
}

static bool
separates(enum separator separator, uint32_t code)
{
	if (separator == TABS)
		return code == '\t';
	return separator == COMMAS ? is_comma(code) : utf8_is_space(code);
}

static void
read_pasted_line(struct tabbuild *b, const char *s, size_t n)
{
	enum separator separator;
	uint32_t column = 0;
	size_t from = 0;
	uint32_t code;

	utf8_trim(&s, &n);
	separator = separator_of(s, n);
	for (size_t i = 0; i < n;) {
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD)
			break;
		if (separates(separator, code)) {
			tabbuild_cell(b, column, s + from, i - from, 0);
			/* A run of blanks is one separator; two commas have an empty cell
			 * between. */
			column += separator != BLANKS || i > from;
			from = i + (size_t)length;
		}
		i += (size_t)length;
	}
	tabbuild_cell(b, column, s + from, n - from, 0);
}

bool
tabular_read_pasted(struct table *to, struct pool *p, const char *text, size_t n,
    const char **error)
{
	struct buf *stream = buf_new(p);
	struct tabbuild b;
	uint32_t line = 0;

	tabbuild_begin(&b, stream);
	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		size_t line_n = end != NULL ? (size_t)(end - text) : n;

		tabbuild_row(&b, ++line, false);
		read_pasted_line(&b, text, line_n);
		line_n += end != NULL;
		text += line_n;
		n -= line_n;
	}
	if (!tabbuild_end(&b))
		return refuse(error, b.error);
	return decode(to, p, stream, error);
}

/* See tabular.h: what kind of file it is, and its character set. */
#include "tabular.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "tabbuild.h"
#include "utf8.h"

static bool
refuse(const char **error, const char *code)
{
	*error = code;
	return false;
}

static bool
starts_with(const char *s, size_t n, const char *magic, size_t magic_n)
{
	return n >= magic_n && memcmp(s, magic, magic_n) == 0;
}

/* Old Office files and encrypted new ones are both compound files; the latter name their stream. */
static const char *
compound_kind(const char *s, size_t n)
{
	static const char stream[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";

	bool encrypted = memmem(s, n, stream, sizeof(stream) - 1) != NULL;

	return encrypted ? "file.encrypted" : "file.old_excel";
}

/* Text of other kinds would be read as a table of one column. */
static bool
is_other_text(const char *s, size_t n)
{
	static const char *const starts[] = { "<", "%PDF", "{\\rtf", "#!", "MZ", "GIF8",
		"\x7F" "ELF", "%!PS" };

	utf8_trim(&s, &n);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (n >= strlen(starts[i]) && strncasecmp(s, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/* Kept open: glibc reads the converter's tables from disk, which a sandboxed child cannot. */
static iconv_t from_gb18030 = (iconv_t)-1;

void
tabular_init(void)
{
	if (from_gb18030 == (iconv_t)-1)
		from_gb18030 = iconv_open("UTF-8", "GB18030");
}

static bool
convert_gb18030(struct buf *to, const char *s, size_t n)
{
	char *from = (char *)(uintptr_t)s;

	tabular_init();
	if (from_gb18030 == (iconv_t)-1)
		return false;
	iconv(from_gb18030, NULL, NULL, NULL, NULL);
	while (n > 0) {
		size_t room = n < 65536 ? n * 4 : 65536;
		char *at = buf_reserve(to, room);
		char *end = at;
		size_t left = room;
		size_t rc = iconv(from_gb18030, &from, &n, &end, &left);

		to->n += room - left;
		if (rc == (size_t)-1 && errno != E2BIG)
			return false;
	}
	return true;
}

/* UTF-16, as Excel's "Unicode text" is; lone surrogates are refused. */
static bool
convert_utf16(struct buf *to, const char *s, size_t n, bool big)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t high = 0;

	for (size_t i = 0; i + 1 < n; i += 2) {
		uint32_t c = big ? (uint32_t)u[i] << 8 | u[i + 1] : (uint32_t)u[i + 1] << 8 | u[i];
		bool is_low = c >= 0xDC00 && c <= 0xDFFF;

		if (is_low != (high != 0))
			return false;
		if (c >= 0xD800 && c <= 0xDBFF) {
			high = c;
			continue;
		}
		if (is_low)
			c = 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00);
		high = 0;
		to->n += utf8_put(buf_reserve(to, 4), c);
	}
	return high == 0 && n % 2 == 0;
}

static bool
read_text(struct tabbuild *b, struct pool *p, const char *s, size_t n, const char **error)
{
	struct buf *text = buf_new(p);

	if (starts_with(s, n, "\xFF\xFE", 2) || starts_with(s, n, "\xFE\xFF", 2)) {
		if (!convert_utf16(text, s + 2, n - 2, s[0] == '\xFE'))
			return refuse(error, "file.charset");
		s = text->s;
		n = text->n;
	} else if (memchr(s, '\0', n) != NULL) {
		return refuse(error, "file.not_table");
	} else if (starts_with(s, n, "\xEF\xBB\xBF", 3)) {
		s += 3;
		n -= 3;
	}
	if (is_other_text(s, n))
		return refuse(error, "file.not_table");
	if (!utf8_valid(s, n)) {
		if (!convert_gb18030(text, s, n))
			return refuse(error, "file.charset");
		s = text->s;
		n = text->n;
	}
	csv_read(b, s, n);
	return true;
}

bool
tabular_encode(struct buf *to, const void *bytes, size_t n, const char **error)
{
	struct tabbuild b;

	tabbuild_begin(&b, to);
	if (n == 0)
		return refuse(error, "file.empty");
	if (starts_with(bytes, n, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8))
		return refuse(error, compound_kind(bytes, n));
	if (starts_with(bytes, n, "PK\3\4", 4) || starts_with(bytes, n, "PK\5\6", 4))
		xlsx_read(&b, bytes, n);
	else if (starts_with(bytes, n, "\x89PNG", 4) || starts_with(bytes, n, "\xFF\xD8\xFF", 3))
		return refuse(error, "file.not_table");
	else if (!read_text(&b, to->pool, bytes, n, error))
		return false;
	if (tabbuild_end(&b))
		return true;
	return refuse(error, b.error);
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

/* See rowreader.h: what kind of file it is. */
#include "rowreader.h"

#include <string.h>
#include <strings.h>

#include "charset.h"
#include "utf8.h"

enum { MAGIC = 8, START = 64, BLANKS_MAX = 4096, PIECE = 32768 };

enum kind { UNKNOWN, COMPOUND, WORKBOOK, TEXT, CSV, XML };

struct rowreader {
	struct tabbuild *build;
	const char *const *xml_fields;
	enum kind kind;
	struct buf *bytes; /* what has to be kept: a start, or a whole workbook */
	struct charset *charset;
	struct csv *csv;
	struct xmlrows *xml;
};

static void take_text(void *arg, const char *s, size_t n);

struct rowreader *
rowreader_new(struct tabbuild *build, const char *const *xml_fields)
{
	struct pool *p = build->out->pool;
	struct rowreader *r = pool_alloc(p, sizeof(*r));

	r->build = build;
	r->xml_fields = xml_fields;
	r->bytes = buf_new(p);
	r->charset = charset_new(p, take_text, r);
	return r;
}

static void
fail(struct rowreader *r, const char *code)
{
	if (r->build->error == NULL)
		r->build->error = code;
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

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (n >= strlen(starts[i]) && strncasecmp(s, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static void
take_known(struct rowreader *r, const char *s, size_t n)
{
	if (r->kind == CSV)
		csv_push(r->csv, s, n);
	else
		xmlrows_push(r->xml, s, n);
}

/* The start of a text says whether it is a table or XML. */
static void
begin_text(struct rowreader *r)
{
	const char *s = r->bytes->s;
	size_t n = r->bytes->n;

	if (r->build->error != NULL)
		return;
	utf8_trim(&s, &n);
	if (r->xml_fields != NULL && n > 0 && *s == '<') {
		r->kind = XML;
		r->xml = xmlrows_new(r->build, r->xml_fields);
		take_known(r, s, (size_t)(r->bytes->s + r->bytes->n - s));
		return;
	}
	if (is_other_text(s, n)) {
		fail(r, "file.not_table");
		return;
	}
	r->kind = CSV;
	r->csv = csv_new(r->build);
	take_known(r, r->bytes->s, r->bytes->n);
}

/* Text in UTF-8, from the decoder. */
static void
take_text(void *arg, const char *s, size_t n)
{
	struct rowreader *r = arg;
	const char *start;
	size_t start_n;

	if (r->kind != TEXT) {
		take_known(r, s, n);
		return;
	}
	buf_add(r->bytes, s, n);
	start = r->bytes->s;
	start_n = r->bytes->n;
	utf8_trim(&start, &start_n);
	if (start_n >= START || r->bytes->n >= BLANKS_MAX)
		begin_text(r);
}

static void
decode(struct rowreader *r, const char *s, size_t n)
{
	if (r->build->error == NULL && !charset_push(r->charset, s, n))
		fail(r, charset_error(r->charset));
}

/* The first bytes name the kind. */
static void
begin(struct rowreader *r)
{
	const char *s = r->bytes->s;
	size_t n = r->bytes->n;

	if (starts_with(s, n, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8)) {
		r->kind = COMPOUND;
	} else if (starts_with(s, n, "PK\3\4", 4) || starts_with(s, n, "PK\5\6", 4)) {
		r->kind = WORKBOOK;
	} else if (starts_with(s, n, "\x89PNG", 4) || starts_with(s, n, "\xFF\xD8\xFF", 3)) {
		fail(r, "file.not_table");
	} else {
		struct buf *first = r->bytes;

		r->kind = TEXT;
		r->bytes = buf_new(first->pool);
		decode(r, first->s, first->n);
	}
}

static void
keep(struct rowreader *r, const char *s, size_t n)
{
	if (r->bytes->n + n > ROWREADER_PACKED_MAX)
		fail(r, "file.too_big");
	else
		buf_add(r->bytes, s, n);
}

/* Text goes on in small pieces, so that no buffer on its way grows. */
static void
push(struct rowreader *r, const char *s, size_t n)
{
	if (r->kind == UNKNOWN || r->kind == COMPOUND || r->kind == WORKBOOK)
		keep(r, s, n);
	else
		decode(r, s, n);
	if (r->kind == UNKNOWN && r->bytes->n >= MAGIC && r->build->error == NULL)
		begin(r);
}

bool
rowreader_push(struct rowreader *r, const char *s, size_t n)
{
	while (n > 0 && r->build->error == NULL) {
		bool whole = r->kind == COMPOUND || r->kind == WORKBOOK;
		size_t some = n < PIECE || whole ? n : PIECE;

		push(r, s, some);
		s += some;
		n -= some;
	}
	return r->build->error == NULL;
}

static void
end_text(struct rowreader *r)
{
	if (!charset_end(r->charset))
		fail(r, charset_error(r->charset));
	if (r->kind == TEXT)
		begin_text(r);
	if (r->kind == CSV && r->build->error == NULL)
		csv_end(r->csv);
	else if (r->kind == XML && r->build->error == NULL)
		xmlrows_end(r->xml);
}

bool
rowreader_end(struct rowreader *r)
{
	if (r->kind == UNKNOWN && r->bytes->n == 0)
		fail(r, "file.empty");
	if (r->kind == UNKNOWN && r->build->error == NULL)
		begin(r);
	if (r->build->error == NULL) {
		if (r->kind == COMPOUND)
			fail(r, compound_kind(r->bytes->s, r->bytes->n));
		else if (r->kind == WORKBOOK)
			xlsx_read(r->build, r->bytes->s, r->bytes->n);
		else
			end_text(r);
	}
	return tabbuild_end(r->build);
}

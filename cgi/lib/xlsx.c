/*
 * xlsx.c - see tableout.h: a workbook, of one sheet as long as the rows fit into it.
 *
 * Written straight into the archive: libxlsxwriter would need files, which the sandbox forbids.
 */
#include <stdio.h>
#include <string.h>

#include "tableout.h"
#include "utf8.h"
#include "xml.h"
#include "zipout.h"

/* A worksheet holds so many rows; an entry of the archive less than 4 GiB. */
enum { SHEET_NAME_MAX = 31, CELL_MAX = 32767, FLUSH_AT = 8192, SHEET_ROWS = 1048576,
	SHEET_BYTES = 2000000000, SHEETS_MAX = 48, PART_NAME = 40 };

struct xlsx {
	struct table_out table;
	struct zipout *zip;
	struct buf *out;   /* XML that waits to be written */
	const char *name;  /* of the first sheet; the others are called 2, 3, ... */
	size_t rows;       /* of the sheet, with the head */
	size_t bytes;      /* of the sheet */
	size_t sheets;
	char part[SHEETS_MAX][PART_NAME];
};

/* Cell styles, in the order of cellXfs below. */
enum style { PLAIN, HEAD, TEXT, WHOLE, MONEY, PRICE, PERCENT, DATE, MOMENT, MONTH };

static const char content_types[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
    "<Default Extension=\"rels\""
    " ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/xl/workbook.xml\" ContentType=\""
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
    "<Override PartName=\"/xl/styles.xml\" ContentType=\""
    "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>";

#define RELATIONS \
	"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n" \
	"<Relationships" \
	" xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""

static const char package_relations[] = RELATIONS
    "<Relationship Id=\"rId1\" Type=\"" OFFICE "/officeDocument\" Target=\"xl/workbook.xml\"/>"
    "</Relationships>";

static const char workbook_relations[] = RELATIONS
    "<Relationship Id=\"styles\" Type=\"" OFFICE "/styles\" Target=\"styles.xml\"/>";

static const char styles[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    "<styleSheet " MAIN "><numFmts count=\"5\">"
    "<numFmt numFmtId=\"164\" formatCode=\"#,##0.00##\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"0.0%\"/>"
    "<numFmt numFmtId=\"166\" formatCode=\"yyyy\\-mm\\-dd\"/>"
    "<numFmt numFmtId=\"167\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm\"/>"
    "<numFmt numFmtId=\"168\" formatCode=\"yyyy\\-mm\"/></numFmts>"
    "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
    "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
    "<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill>"
    "<fill><patternFill patternType=\"gray125\"/></fill>"
    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFEDF1F5\"/></patternFill></fill>"
    "</fills><borders count=\"2\"><border><left/><right/><top/><bottom/><diagonal/></border>"
    "<border><left/><right/><top/><bottom style=\"thin\"><color rgb=\"FF9AA5B1\"/></bottom>"
    "<diagonal/></border></borders>"
    "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"
    "</cellStyleXfs><cellXfs count=\"10\">"
    "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
    "<xf numFmtId=\"0\" fontId=\"1\" fillId=\"2\" borderId=\"1\" xfId=\"0\" applyFont=\"1\""
    " applyFill=\"1\" applyBorder=\"1\"/>"
#define STYLE(id) \
	"<xf numFmtId=\"" id "\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"" \
	" applyNumberFormat=\"1\"/>"
    STYLE("49") STYLE("3") STYLE("4") STYLE("164") STYLE("165") STYLE("166") STYLE("167")
    STYLE("168")
    "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/>"
    "</cellStyles></styleSheet>";

static enum style
style_of(enum type type)
{
	switch (type) {
	case TYPE_INT:
	case TYPE_QTY:
	case TYPE_BYTES:
		return WHOLE;
	case TYPE_MONEY:
		return MONEY;
	case TYPE_PRICE:
		return PRICE;
	case TYPE_PERCENT:
	case TYPE_GROWTH:
	case TYPE_PROGRESS:
		return PERCENT;
	case TYPE_DATE:
	case TYPE_DUE:
		return DATE;
	case TYPE_DATETIME:
	case TYPE_AGO:
		return MOMENT;
	case TYPE_MONTH:
		return MONTH;
	case TYPE_TEXT:
		return PLAIN;
	default:
		return TEXT;
	}
}

static int
width_of(const struct table_column *c)
{
	if (c->width > 0)
		return c->width;
	switch (table_kind(c->type)) {
	case TABLE_NUMBER:
		return 14;
	case TABLE_DATE:
	case TABLE_MONTH:
		return 12;
	case TABLE_MOMENT:
		return 17;
	case TABLE_TEXT:
		break;
	}
	return c->type == TYPE_TEXT ? 26 : 18;
}

/* Text of an element or attribute; what XML cannot hold is left out, and a bad byte ends it. */
static void
add_escaped(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t code;
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD)
			break;
		if (code == '&')
			buf_str(b, "&amp;");
		else if (code == '<')
			buf_str(b, "&lt;");
		else if (code == '>')
			buf_str(b, "&gt;");
		else if (code == '"')
			buf_str(b, "&quot;");
		else if (utf8_clean(s + i, (size_t)length))
			buf_add(b, s + i, (size_t)length);
		i += (size_t)length;
	}
}

static void
add_number(struct buf *b, size_t n)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	buf_add(b, digits + at, sizeof(digits) - at);
}

/* A, B, … Z, AA, … */
static void
add_column(struct buf *b, size_t i)
{
	if (i >= 26)
		add_column(b, i / 26 - 1);
	buf_char(b, (char)('A' + i % 26));
}

static void
open_cell(struct xlsx *x, size_t column, enum style style, const char *rest)
{
	buf_str(x->out, "<c r=\"");
	add_column(x->out, column);
	add_number(x->out, x->rows);
	buf_str(x->out, "\" s=\"");
	add_number(x->out, style);
	buf_str(x->out, rest);
}

static void
add_text(struct xlsx *x, size_t column, enum style style, const char *s)
{
	size_t n = utf8_cut(s, strlen(s), CELL_MAX);

	open_cell(x, column, style, "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
	add_escaped(x->out, s, n);
	buf_str(x->out, "</t></is></c>");
}

static bool
read_digits(const char *s, size_t n, int *to)
{
	*to = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*to = *to * 10 + (s[i] - '0');
	}
	return true;
}

/* The serial number of yyyy-mm-dd; 0 when it is none that a spreadsheet can show. */
static int
serial_of(const char *s)
{
	enum { FROM_MARCH_0000 = 693899, FIRST_GOOD = 1901, LAST_GOOD = 9999 };
	int y;
	int m;
	int d;

	if (strlen(s) < 10 || s[4] != '-' || s[7] != '-' || !read_digits(s, 4, &y) ||
	    !read_digits(s + 5, 2, &m) || !read_digits(s + 8, 2, &d) || m < 1 || m > 12 || d < 1 ||
	    d > 31 || y < FIRST_GOOD || y > LAST_GOOD)
		return 0;
	/* Years that begin in March: the leap day is the last. */
	y -= m <= 2;
	m = m > 2 ? m - 3 : m + 9;
	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d - 1 - FROM_MARCH_0000;
}

static bool
add_moment(struct xlsx *x, size_t column, const char *utc)
{
	char local[32];
	int serial;
	int h;
	int m;
	int s;

	x_instant(utc, local);
	serial = serial_of(local);
	if (serial == 0 || strlen(local) < 19 || !read_digits(local + 11, 2, &h) ||
	    !read_digits(local + 14, 2, &m) || !read_digits(local + 17, 2, &s))
		return false;
	open_cell(x, column, MOMENT, "\"><v>");
	snprintf(local, sizeof(local), "%d.%09lld", serial,
	    (h * 3600LL + m * 60LL + s) * 1000000000LL / 86400);
	buf_str(x->out, local);
	buf_str(x->out, "</v></c>");
	return true;
}

static bool
add_date(struct xlsx *x, size_t column, enum style style, const char *s)
{
	int serial = serial_of(s);

	if (serial == 0 || s[10] != '\0')
		return false;
	open_cell(x, column, style, "\"><v>");
	add_number(x->out, (size_t)serial);
	buf_str(x->out, "</v></c>");
	return true;
}

static bool
add_month(struct xlsx *x, size_t column, const char *s)
{
	char first[11] = "";

	if (strlen(s) != 7)
		return false;
	memcpy(first, s, 7);
	memcpy(first + 7, "-01", 4);
	return add_date(x, column, MONTH, first);
}

static bool
add_typed(struct xlsx *x, size_t column, enum type type, const char *s)
{
	switch (table_kind(type)) {
	case TABLE_NUMBER:
		if (!table_is_number(s))
			return false;
		open_cell(x, column, style_of(type), "\"><v>");
		buf_str(x->out, s);
		buf_str(x->out, "</v></c>");
		return true;
	case TABLE_DATE:
		return add_date(x, column, DATE, s);
	case TABLE_MOMENT:
		return add_moment(x, column, s);
	case TABLE_MONTH:
		return add_month(x, column, s);
	case TABLE_TEXT:
		break;
	}
	return false;
}

static void
flush(struct xlsx *x)
{
	zipout_write(x->zip, x->out->s, x->out->n);
	x->bytes += x->out->n;
	x->out->n = 0;
}

static void
open_row(struct xlsx *x)
{
	x->rows++;
	buf_str(x->out, "<row r=\"");
	add_number(x->out, x->rows);
	buf_str(x->out, "\">");
}

static void
close_row(struct xlsx *x)
{
	buf_str(x->out, "</row>");
	if (x->out->n > FLUSH_AT)
		flush(x);
}

/* A name of 1 to 31 characters without : \ / ? * [ ] and '. */
static void
add_sheet_name(struct buf *b, const char *name)
{
	char clean[SHEET_NAME_MAX * 4 + 1];
	size_t characters = 0;
	size_t n = 0;

	for (; *name != '\0'; name++) {
		if (strchr(":\\/?*[]'", *name) != NULL)
			continue;
		characters += ((unsigned char)*name & 0xC0) != 0x80;
		if (characters > SHEET_NAME_MAX || n == sizeof(clean))
			break;
		clean[n++] = *name;
	}
	add_escaped(b, n > 0 ? clean : "Sheet1", n > 0 ? n : 6);
}

static void
begin_sheet(struct xlsx *x)
{
	char *part = x->part[x->sheets++];

	snprintf(part, PART_NAME, "xl/worksheets/sheet%zu.xml", x->sheets);
	zipout_entry(x->zip, part);
	x->rows = 0;
	x->bytes = 0;
	buf_str(x->out, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
	    "<worksheet " MAIN "><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\""
	    " topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView>"
	    "</sheetViews><cols>");
	for (size_t i = 0; i < x->table.n; i++)
		buf_printf(x->out, "<col min=\"%zu\" max=\"%zu\" width=\"%d\" customWidth=\"1\"/>",
		    i + 1, i + 1, width_of(&x->table.column[i]));
	buf_str(x->out, "</cols><sheetData>");
	open_row(x);
	for (size_t i = 0; i < x->table.n; i++)
		add_text(x, i, HEAD, x->table.column[i].title);
	close_row(x);
}

static void
end_sheet(struct xlsx *x)
{
	buf_str(x->out, "</sheetData>");
	if (x->table.n > 0) {
		buf_str(x->out, "<autoFilter ref=\"A1:");
		add_column(x->out, x->table.n - 1);
		add_number(x->out, x->rows);
		buf_str(x->out, "\"/>");
	}
	buf_str(x->out, "</worksheet>");
	flush(x);
}

static void
xlsx_row(struct table_out *t, const char *const *values)
{
	struct xlsx *x = (struct xlsx *)t;

	if (x->rows == SHEET_ROWS || x->bytes > SHEET_BYTES) {
		t->full = x->sheets == SHEETS_MAX;
		if (t->full)
			return;
		end_sheet(x);
		begin_sheet(x);
	}
	open_row(x);
	for (size_t i = 0; i < t->n; i++) {
		enum type type = t->column[i].type;
		const char *s = values[i];

		if (s == NULL || *s == '\0' || add_typed(x, i, type, s))
			continue;
		add_text(x, i, table_kind(type) == TABLE_TEXT ? style_of(type) : TEXT, s);
	}
	close_row(x);
}

/* How many sheets there are is known at the end only. */
static void
write_contents(struct xlsx *x)
{
	buf_str(x->out, content_types);
	for (size_t i = 0; i < x->sheets; i++)
		buf_printf(x->out, "<Override PartName=\"/%s\" ContentType=\"application/"
		    "vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>",
		    x->part[i]);
	buf_str(x->out, "</Types>");
	zipout_entry(x->zip, "[Content_Types].xml");
	flush(x);
	buf_str(x->out, workbook_relations);
	for (size_t i = 0; i < x->sheets; i++)
		buf_printf(x->out, "<Relationship Id=\"rId%zu\" Type=\"" OFFICE "/worksheet\""
		    " Target=\"%s\"/>", i + 1, x->part[i] + strlen("xl/"));
	buf_str(x->out, "</Relationships>");
	zipout_entry(x->zip, "xl/_rels/workbook.xml.rels");
	flush(x);
}

static void
write_workbook(struct xlsx *x)
{
	buf_str(x->out, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
	    "<workbook " MAIN " xmlns:r=\"" OFFICE "\"><sheets>");
	for (size_t i = 1; i <= x->sheets; i++) {
		buf_str(x->out, "<sheet name=\"");
		if (i == 1)
			add_sheet_name(x->out, x->name);
		else
			add_number(x->out, i);
		buf_printf(x->out, "\" sheetId=\"%zu\" r:id=\"rId%zu\"/>", i, i);
	}
	buf_str(x->out, "</sheets></workbook>");
	zipout_entry(x->zip, "xl/workbook.xml");
	flush(x);
}

static void
xlsx_end(struct table_out *t)
{
	struct xlsx *x = (struct xlsx *)t;

	end_sheet(x);
	write_workbook(x);
	write_contents(x);
	zipout_end(x->zip);
}

static void
write_part(struct xlsx *x, const char *name, const char *content)
{
	zipout_entry(x->zip, name);
	zipout_str(x->zip, content);
}

struct table_out *
xlsx_table(struct pool *p, struct sink to, const char *sheet, const struct table_column *columns,
    size_t n)
{
	struct xlsx *x = pool_alloc(p, sizeof(*x));

	x->table = (struct table_out){ xlsx_row, xlsx_end, columns, n, false };
	x->zip = zipout_new(p, to);
	x->out = buf_new(p);
	x->name = sheet;
	write_part(x, "_rels/.rels", package_relations);
	write_part(x, "xl/styles.xml", styles);
	begin_sheet(x);
	return &x->table;
}

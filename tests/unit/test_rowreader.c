/* Rows of files that come in pieces of any size: the same as of the file as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bookmake.h"
#include "rowreader.h"

static const char *const fields[] = { "biz_date", "product_name", "qty", NULL };

static struct pool *p;
static struct buf *seen; /* "line:cell|cell\n" of all rows */
static size_t row_n;

static int
up(void **state)
{
	(void)state;
	p = pool_new();
	seen = buf_new(p);
	row_n = 0;
	return 0;
}

static int
down(void **state)
{
	(void)state;
	pool_free(p);
	return 0;
}

static bool
on_row(void *arg, const char *s, size_t n)
{
	struct table_cell cell[TABULAR_COLUMNS_MAX];
	struct table_row row;
	char *copy = malloc(n);

	(void)arg;
	memcpy(copy, s, n);
	assert_true(tabbuild_decode(&row, cell, copy, n));
	row_n++;
	buf_printf(seen, "%u:", row.line);
	for (uint32_t i = 0; i < row.n; i++) {
		buf_str(seen, i > 0 ? "|" : "");
		buf_str(seen, row.cell[i].text);
		buf_str(seen, (row.cell[i].flags & CELL_DAMAGED) != 0 ? "!" : "");
	}
	buf_char(seen, '\n');
	free(copy);
	return true;
}

/* Reads the bytes in pieces of `step`; NULL or the error. */
static const char *
read_in(const void *bytes, size_t n, size_t step)
{
	struct tabbuild b;
	struct rowreader *r;
	const char *s = bytes;

	seen->n = 0;
	row_n = 0;
	tabbuild_stream(&b, buf_new(p), on_row, NULL);
	r = rowreader_new(&b, fields);
	for (size_t i = 0; i < n; i += step) {
		size_t some = n - i < step ? n - i : step;
		char *exact = malloc(some);

		memcpy(exact, s + i, some);
		rowreader_push(r, exact, some);
		free(exact);
	}
	return rowreader_end(r) ? NULL : b.error;
}

/* The same whatever the pieces. */
static void
expect_bytes(const void *bytes, size_t n, const char *rows)
{
	static const size_t steps[] = { 1, 2, 3, 7, 64, 4096, 1 << 20 };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const char *error = read_in(bytes, n, steps[i]);

		assert_string_equal(error != NULL ? error : seen->s, rows);
	}
}

static void
expect(const char *text, const char *rows)
{
	expect_bytes(text, strlen(text), rows);
}

static void
csv_in_pieces(void **state)
{
	(void)state;
	expect("日期,品名,数量\r\n2026-03-01,\"阿莫西林, 胶囊\",10\r\n\r\n2026-03-02,\"a\"\"b\nc\",-3\n",
	    "1:日期|品名|数量\n2:2026-03-01|阿莫西林, 胶囊|10\n4:2026-03-02|a\"b\nc|-3\n");
	expect("a;b\rc;d\re;9.14403E+17", "1:a|b\n2:c|d\n3:e|9.14403E+17!\n");
	expect("sep=|\r\na|b,c\r\n", "2:a|b,c\n");
	expect("a\tb\n1\t2\n\x1A\x1A", "1:a|b\n2:1|2\n");
	expect("a,b\n1\x1A,2\n", "1:a|b\n2:1|2\n");
	expect("a,\"b\nc", "file.broken");
	expect("", "file.empty");
	expect("\n\n , \n", "file.empty");
}

static void
character_sets(void **state)
{
	static const char gb[] = "\xC6\xB7\xC3\xFB,\xCA\xFD\xC1\xBF\nX,1\n";
	static const char le[] = "\xFF\xFE\x0D\x54\t\0\x31\0\n\0";
	static const char bad[] = "ab,\xFF\xFF\xFF\n";

	(void)state;
	expect("\xEF\xBB\xBF品,1\n", "1:品|1\n");
	expect_bytes(gb, sizeof(gb) - 1, "1:品名|数量\n2:X|1\n");
	expect_bytes(le, sizeof(le) - 1, "1:名|1\n");
	expect_bytes(bad, sizeof(bad) - 1, "file.charset");
	expect_bytes("a,b\0c\n", 6, "file.not_table");
}

/* A long file in ASCII whose first Chinese word comes late is still read as what it is. */
static void
late_characters(void **state)
{
	struct buf *b = buf_new(p);

	(void)state;
	for (int i = 0; i < 30000; i++)
		buf_str(b, "2026-03-01,A1,10\n");
	buf_str(b, "\xC6\xB7\xC3\xFB,x,1\n");
	assert_null(read_in(b->s, b->n, 1 << 16));
	assert_int_equal(row_n, 30001);
	assert_non_null(strstr(seen->s, "30001:品名|x|1\n"));
}

static void
xml_rows(void **state)
{
	(void)state;
	expect("<?xml version='1.0' encoding='UTF-8'?><sales>\n"
	       "<row><qty>3</qty><biz_date>2026-03-01</biz_date></row>"
	       "<row><product_name>A&amp;B</product_name></row></sales>",
	    "1:biz_date|product_name|qty\n2:2026-03-01||3\n3:|A&B\n");
	expect("<a><row><price>3</price></row></a>", "file.element");
	expect("<a><row><qty>3</qty><qty>4</qty></row></a>", "file.element");
	expect("<a><row><qty/><qty>4</qty></row></a>", "file.element");
	expect("<a><row><qty><b/></qty></row></a>", "file.element");
	expect("<a><line><qty>3</qty></line></a>", "file.element");
	expect("<a><row id='1'><qty>3</qty></row></a>", "file.element");
	expect("<a><row><qty xmlns='x'>3</qty></row></a>", "file.element");
	expect("<a>3<row><qty>3</qty></row></a>", "file.element");
	expect("<a><row>3<qty>3</qty></row></a>", "file.element");
	expect("<a><row><qty>3</qty></row>\n<row><qty>4</qty></row></a>",
	    "1:biz_date|product_name|qty\n2:||3\n3:||4\n");
	expect("<a><row><qty>3</qty>", "file.broken");
	expect("<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", "file.dtd");
	expect("<a></a>", "file.empty");
}

static void
workbooks(void **state)
{
	struct book one = {
		.rows = "<row r=\"1\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>"
			"<row r=\"2\"><c s=\"1\"><v>46086</v></c>"
			"<c><v>914403001234567890</v></c></row>",
		.strings = "<si><t>商品名称</t><rPh sb=\"0\" eb=\"4\"><t>shang pin</t></rPh></si>"
			   "<si><r><t>数</t></r><r><t>量</t></r></si>",
		.styles = "<cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs>",
	};
	const struct buf *b = book_make(p, &one);

	(void)state;
	expect_bytes(b->s, b->n, "1:商品名称|数量\n2:2026-03-05|914403001234568000!\n");
}

/* The sheet of a cover is passed over. */
static void
the_sheet_with_a_table(void **state)
{
	struct buf *out = buf_new(p);
	struct zipout *z = zipout_new(p, sink_buf(out));
	static const char cover[] = "<row><c t=\"str\"><v>cover</v></c></row>";
	static const char wide[] = "<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>";

	(void)state;
	book_part(z, "_rels/.rels", "<R>", "<Relationship Id=\"a\" Type=\"" BOOK_TYPE
	    "officeDocument\" Target=\"xl/b.xml\"/>", "</R>");
	book_part(z, "xl/b.xml", "<workbook><sheets>",
	    "<sheet name=\"h\" state=\"hidden\" id=\"i0\"/>"
	    "<sheet name=\"c\" id=\"i1\"/><sheet name=\"t\" id=\"i2\"/>", "</sheets></workbook>");
	book_part(z, "xl/_rels/b.xml.rels", "<R>",
	    "<Relationship Id=\"i0\" Type=\"w\" Target=\"2.xml\"/>"
	    "<Relationship Id=\"i1\" Type=\"w\" Target=\"1.xml\"/>"
	    "<Relationship Id=\"i2\" Type=\"w\" Target=\"2.xml\"/>", "</R>");
	book_part(z, "xl/1.xml", "<worksheet><sheetData>", cover, "</sheetData></worksheet>");
	zipout_entry(z, "xl/2.xml");
	zipout_str(z, "<worksheet><sheetData>");
	zipout_str(z, wide);
	zipout_str(z, wide);
	zipout_str(z, "</sheetData></worksheet>");
	zipout_end(z);
	expect_bytes(out->s, out->n, "1:1|2|3\n2:1|2|3\n");
}

static void
other_files(void **state)
{
	(void)state;
	expect("%PDF-1.7 and so on", "file.not_table");
	expect("\x89PNG\r\n\x1A\n....", "file.not_table");
	expect_bytes("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1xxxxxxxxx", 17, "file.old_excel");
	expect("PK\3\4nothing else", "file.broken");
}

/* More rows than a table may have, in no more memory than a few. */
static void
many_rows(void **state)
{
	struct tabbuild b;
	struct rowreader *r;

	(void)state;
	tabbuild_stream(&b, buf_new(p), on_row, NULL);
	r = rowreader_new(&b, fields);
	for (int i = 0; i < 60000; i++) {
		assert_true(rowreader_push(r, "1,2,3\n", 6));
		seen->n = 0;
	}
	assert_true(rowreader_end(r));
	assert_int_equal(row_n, 60000);
	assert_true(b.out->cap < 65536);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(csv_in_pieces, up, down),
		cmocka_unit_test_setup_teardown(character_sets, up, down),
		cmocka_unit_test_setup_teardown(late_characters, up, down),
		cmocka_unit_test_setup_teardown(xml_rows, up, down),
		cmocka_unit_test_setup_teardown(workbooks, up, down),
		cmocka_unit_test_setup_teardown(the_sheet_with_a_table, up, down),
		cmocka_unit_test_setup_teardown(other_files, up, down),
		cmocka_unit_test_setup_teardown(many_rows, up, down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

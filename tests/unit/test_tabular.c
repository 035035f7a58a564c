/* Tables from good files, odd files and hostile files, without the child around the parser. */
#include "bookmake.h"
#include "reader.h"

static const char *
at(size_t row, size_t column)
{
	assert_true(row < t.n);
	return table_cell(&t.row[row], column)->text;
}

static uint32_t
flags_at(size_t row, size_t column)
{
	assert_true(row < t.n);
	return table_cell(&t.row[row], column)->flags;
}

/* ---- CSV ---- */

static void
csv_quotes_and_empty_cells(void **state)
{
	(void)state;
	assert_true(read_text("code,qty,note\r\nA1,12,\"says \"\"hi\"\", twice\nand more\"\r\n"
	    "\r\n,,\r\nA2,,x"));
	assert_int_equal(t.n, 3);
	assert_int_equal(t.columns, 3);
	assert_string_equal(at(1, 2), "says \"hi\", twice\nand more");
	assert_int_equal(t.row[2].line, 6);
	assert_string_equal(at(2, 1), "");
	assert_string_equal(at(2, 2), "x");
	assert_string_equal(at(2, 99), "");
}

static void
csv_separators(void **state)
{
	(void)state;
	assert_true(read_text("\xEF\xBB\xBF" "a;b,c;d\n1;2;3\n"));
	assert_string_equal(at(0, 1), "b,c");
	assert_string_equal(at(1, 2), "3");
	assert_true(read_text("a\tb\n1\t2\n"));
	assert_string_equal(at(1, 1), "2");
	assert_true(read_text("sep=;\r\na,b;c\r\n"));
	assert_string_equal(at(0, 0), "a,b");
	assert_int_equal(t.row[0].line, 2);
	/* A title row has no separator; what stands below decides. */
	assert_true(read_text("Report\n\na;b\n1;2\n"));
	assert_string_equal(at(1, 1), "b");
	assert_true(read_text("one\ntwo\n"));
	assert_int_equal(t.columns, 1);
}

static void
csv_trims_and_cleans(void **state)
{
	(void)state;
	assert_true(read_text(" a \t,\xE3\x80\x80" "b\xC2\xA0,c\x0B" "d\n\x1A"));
	assert_string_equal(at(0, 0), "a");
	assert_string_equal(at(0, 1), "b");
	assert_string_equal(at(0, 2), "c d");
	assert_int_equal(t.n, 1);
}

static void
csv_gb18030_and_utf16(void **state)
{
	(void)state;
	/* 商品名称,数量 / 阿莫西林胶囊,12 and a four-byte character */
	assert_true(read_text("\xC9\xCC\xC6\xB7\xC3\xFB\xB3\xC6,\xCA\xFD\xC1\xBF\r\n"
	    "\xB0\xA2\xC4\xAA\xCE\xF7\xC1\xD6\xBD\xBA\xC4\xD2,12\r\n\x95\x32\x82\x36,1\r\n"));
	assert_string_equal(at(0, 0), "商品名称");
	assert_string_equal(at(1, 0), "阿莫西林胶囊");
	assert_string_equal(at(2, 0), "𠀀");
	assert_true(read_bytes("\xFF\xFE" "a\0\t\0" "\x2D\x4E\n\0" "\x40\xD8\x00\xDC", 14));
	assert_string_equal(at(0, 1), "中");
	assert_string_equal(at(1, 0), "𠀀");
	assert_refused(read_bytes("\xFF\xFE" "\x40\xD8" "a\0", 6), "file.charset");
	assert_refused(read_bytes("\xFF\xFE" "a", 3), "file.charset");
}

static void
csv_damaged_codes_are_flagged(void **state)
{
	(void)state;
	assert_true(read_text("9.14403E+17,914403001922038216,1E5,8.12346e+19,E+1,1E+\n"));
	assert_int_equal(flags_at(0, 0), CELL_DAMAGED);
	assert_int_equal(flags_at(0, 1), 0);
	assert_int_equal(flags_at(0, 2), 0);
	assert_int_equal(flags_at(0, 3), CELL_DAMAGED);
	assert_int_equal(flags_at(0, 4), 0);
	assert_int_equal(flags_at(0, 5), 0);
}

static void
not_tables(void **state)
{
	(void)state;
	assert_refused(read_text(""), "file.empty");
	assert_refused(read_text("\xEF\xBB\xBF"), "file.empty");
	assert_refused(read_text(" ,\n\n,,"), "file.empty");
	assert_refused(read_bytes("a\0b", 3), "file.not_table");
	assert_refused(read_text("%PDF-1.7\nx"), "file.not_table");
	assert_refused(read_text("  <!DOCTYPE html><table>"), "file.not_table");
	assert_refused(read_text("<?xml version=\"1.0\"?><x/>"), "file.not_table");
	assert_refused(read_text("\x89PNG\r\n\x1A\n"), "file.not_table");
	assert_refused(read_text("\x7F" "ELF..."), "file.not_table");
	assert_refused(read_bytes("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....", 12), "file.old_excel");
	assert_refused(read_bytes("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" "E\0n\0c\0r\0y\0p\0t\0e\0d\0"
	    "P\0a\0c\0k\0a\0g\0e\0", 40), "file.encrypted");
	assert_refused(read_text("a,\xFF\xFF\n"), "file.charset");
	assert_refused(read_text("a,\xB0"), "file.charset");
	assert_refused(read_text("a,\"never closed\n"), "file.broken");
}

static void
csv_limits(void **state)
{
	struct buf *b = buf_new(p);

	(void)state;
	for (int i = 0; i <= TABULAR_ROWS_MAX; i++)
		buf_str(b, "x\n");
	assert_refused(read_buf(b), "file.rows");
	b->n -= 2;
	assert_true(read_buf(b));
	assert_int_equal(t.n, TABULAR_ROWS_MAX);
	b->n = 0;
	for (int i = 0; i < TABULAR_COLUMNS_MAX; i++)
		buf_str(b, ",");
	assert_refused(read_buf(b), "file.empty");
	buf_str(b, "x");
	assert_refused(read_buf(b), "file.columns");
	b->n = 0;
	for (int i = 0; i <= TABULAR_CELL_MAX; i++)
		buf_char(b, 'x');
	assert_refused(read_buf(b), "file.cell");
	b->n = 0;
	for (int i = 0; i < 4000; i++) {
		for (int k = 0; k < 255; k++)
			buf_char(b, ',');
		buf_str(b, "x\n");
	}
	assert_refused(read_buf(b), "file.too_big");
}

/* ---- XLSX ---- */

static void
xlsx_cells_of_all_kinds(void **state)
{
	struct book b = book_of(
	    "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\"><v>1</v></c></row>"
	    "<row r=\"5\" hidden=\"1\"><c r=\"A5\"><v>12</v></c><c><v>0.10000000000000001</v></c>"
	    "<c t=\"b\"><v>1</v></c><c t=\"str\"><f>A1&amp;B1</f><v>ab</v></c>"
	    "<c t=\"e\"><v>#N/A</v></c><c t=\"inlineStr\"><is><t>in</t><rPh><t>no</t></rPh>"
	    "<t xml:space=\"preserve\"> line</t></is></c><c/></row>");

	(void)state;
	b.strings = "<si><t>商品名称</t><rPh sb=\"0\" eb=\"2\"><t>shang pin</t></rPh></si>"
	    "<si><r><t>two </t></r><r><t>runs_x000D_</t></r></si>";
	assert_true(read_buf(book_make(p, &b)));
	assert_int_equal(t.n, 2);
	assert_string_equal(t.sheet, "Data");
	assert_int_equal(t.sheets, 1);
	assert_int_equal(t.row[0].line, 2);
	assert_string_equal(at(0, 0), "商品名称");
	assert_string_equal(at(0, 1), "");
	assert_string_equal(at(0, 2), "two runs");
	assert_true(t.row[1].hidden);
	assert_string_equal(at(1, 0), "12");
	assert_int_equal(flags_at(1, 0), CELL_NUMBER);
	assert_string_equal(at(1, 1), "0.1");
	assert_string_equal(at(1, 2), "TRUE");
	assert_string_equal(at(1, 3), "ab");
	assert_int_equal(flags_at(1, 4), CELL_ERROR);
	assert_string_equal(at(1, 5), "in line");
	assert_int_equal(t.row[1].n, 6);
}

static void
xlsx_numbers(void **state)
{
	static const struct {
		const char *v;
		const char *text;
		uint32_t flags;
	} cases[] = {
		{ "914403001922038216", "914403001922038000", CELL_NUMBER | CELL_DAMAGED },
		{ "9.14403001922038E+17", "914403001922038000", CELL_NUMBER | CELL_DAMAGED },
		{ "123456789012345", "123456789012345", CELL_NUMBER },
		{ "1234567890123456", "1234567890123460", CELL_NUMBER | CELL_DAMAGED },
		{ "1.2E-2", "0.012", CELL_NUMBER },
		{ "-1234.5", "-1234.5", CELL_NUMBER },
		{ "0.99999999999999999", "1", CELL_NUMBER },
		{ "28.350000000000001", "28.35", CELL_NUMBER },
		{ "-0", "0", CELL_NUMBER },
		{ "0.000", "0", CELL_NUMBER },
		{ "1E400", "1E400", 0 },
		{ "12,5", "12,5", 0 },
		{ "NaN", "NaN", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct book b = book_of(
		    pool_printf(p, "<row r=\"1\"><c r=\"A1\"><v>%s</v></c></row>", cases[i].v));

		assert_true(read_buf(book_make(p, &b)));
		assert_string_equal(at(0, 0), cases[i].text);
		assert_int_equal(flags_at(0, 0), cases[i].flags);
	}
}

static const char *
date_of(const char *serial, const char *style, bool from_1904)
{
	struct book b = book_of(pool_printf(p,
	    "<row r=\"1\"><c r=\"A1\" s=\"%s\"><v>%s</v></c></row>", style, serial));

	b.from_1904 = from_1904;
	b.styles = "<numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy&quot;年&quot;m\"/>"
	    "<numFmt numFmtId=\"171\" formatCode=\"&quot;days &quot;0.00\"/>"
	    "<numFmt numFmtId=\"172\" formatCode=\"[h]:mm\"/>"
	    "<numFmt numFmtId=\"173\" formatCode=\"[Red]0.00\"/></numFmts>"
	    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
	    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"31\"/>"
	    "<xf numFmtId=\"170\"/><xf numFmtId=\"171\"/><xf numFmtId=\"172\"/>"
	    "<xf numFmtId=\"173\"/></cellXfs>";
	assert_true(read_buf(book_make(p, &b)));
	return at(0, 0);
}

static void
xlsx_dates(void **state)
{
	(void)state;
	assert_string_equal(date_of("46086", "1", false), "2026-03-05");
	assert_int_equal(flags_at(0, 0), CELL_DATE);
	assert_string_equal(date_of("46086.572916666664", "2", false), "2026-03-05 13:45:00");
	assert_string_equal(date_of("0.5", "3", false), "12:00:00");
	assert_string_equal(date_of("1", "1", false), "1900-01-01");
	assert_string_equal(date_of("59", "1", false), "1900-02-28");
	assert_string_equal(date_of("61", "1", false), "1900-03-01");
	date_of("60", "1", false);
	assert_int_equal(flags_at(0, 0), CELL_DATE | CELL_DAMAGED);
	assert_string_equal(date_of("44624", "1", true), "2026-03-05");
	assert_string_equal(date_of("46086", "0", false), "46086");
	assert_string_equal(date_of("46086", "4", false), "46086");
	assert_string_equal(date_of("0.25", "5", false), "06:00:00");
	assert_string_equal(date_of("46086", "6", false), "46086");
	assert_string_equal(date_of("46086", "99", false), "46086");
	assert_string_equal(date_of("99999999", "1", false), "99999999");
	assert_string_equal(date_of("-5", "1", false), "-5");
	assert_string_equal(date_of("46085.999999999", "1", false), "2026-03-05");
}

static void
xlsx_first_visible_sheet(void **state)
{
	struct book b = book_of("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>");

	(void)state;
	b.sheets = "<sheet name=\"Hidden\" sheetId=\"1\" state=\"hidden\" r:id=\"rIdX\"/>"
	    "<sheet name=\"三月&amp;四月\" sheetId=\"2\" r:id=\"rId1\"/>"
	    "<sheet name=\"Other\" sheetId=\"3\" r:id=\"rIdY\"/>";
	assert_true(read_buf(book_make(p, &b)));
	assert_string_equal(t.sheet, "三月&四月");
	assert_int_equal(t.sheets, 2);
}

static void
xlsx_wrong_structure(void **state)
{
	struct book b = book_of("<row r=\"2\">"
	    "<c r=\"B2\"><v>1</v></c><c r=\"A2\"><v>2</v></c></row>");

	(void)state;
	assert_refused(read_buf(book_make(p, &b)), "file.broken");
	b = book_of("<row r=\"2\"/><row r=\"1\"/>");
	assert_refused(read_buf(book_make(p, &b)), "file.broken");
	b = book_of("<c r=\"A1\"><v>1</v></c>");
	assert_refused(read_buf(book_make(p, &b)), "file.broken");
	b = book_of("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>99</v></c></row>");
	assert_refused(read_buf(book_make(p, &b)), "file.broken");
	b = book_of("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>-1</v></c></row>");
	assert_refused(read_buf(book_make(p, &b)), "file.broken");
	b = book_of("<row r=\"1\"><c r=\"ZZ1\"><v>1</v></c></row>");
	assert_refused(read_buf(book_make(p, &b)), "file.columns");
	b = book_of("<row r=\"1\"><c r=\"A1\"><v>1</c></row>");
	assert_refused(read_buf(book_make(p, &b)), "file.broken");
	b = book_of("");
	assert_refused(read_buf(book_make(p, &b)), "file.empty");
	b = book_of("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>");
	b.sheets = "<sheet name=\"a\" sheetId=\"1\" r:id=\"nowhere\"/>";
	assert_refused(read_buf(book_make(p, &b)), "file.not_table");
	b.sheets = "";
	assert_refused(read_buf(book_make(p, &b)), "file.not_table");
}

/* Another kind of archive, such as a text document. */
static void
zip_without_a_workbook(void **state)
{
	struct buf *out = buf_new(p);
	struct zipout *z = zipout_new(p, sink_buf(out));

	(void)state;
	zipout_entry(z, "word/document.xml");
	zipout_str(z, "<x/>");
	zipout_end(z);
	assert_refused(read_buf(out), "file.not_table");
}

/* ---- pasted ---- */

static bool
paste(const char *s)
{
	return tabular_read_pasted(&t, p, s, strlen(s), &error);
}

static void
pasted_lines(void **state)
{
	(void)state;
	assert_true(paste("YP0001 40\n  YP0002   20  \n\nYP0003，5\nYP0004\t\t7\nYP0005;8\nYP0006"
	    "\xE3\x80\x80" "9\n"));
	assert_int_equal(t.n, 6);
	assert_string_equal(at(0, 1), "40");
	assert_string_equal(at(1, 1), "20");
	assert_string_equal(at(2, 0), "YP0003");
	assert_string_equal(at(2, 1), "5");
	assert_int_equal(t.row[2].line, 4);
	assert_string_equal(at(3, 1), "");
	assert_string_equal(at(3, 2), "7");
	assert_string_equal(at(4, 1), "8");
	assert_string_equal(at(5, 1), "9");
	assert_refused(paste(""), "file.empty");
	assert_refused(paste(" \n\t\n"), "file.empty");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(csv_quotes_and_empty_cells),
		CASE(csv_separators),
		CASE(csv_trims_and_cleans),
		CASE(csv_gb18030_and_utf16),
		CASE(csv_damaged_codes_are_flagged),
		CASE(not_tables),
		CASE(csv_limits),
		CASE(xlsx_cells_of_all_kinds),
		CASE(xlsx_numbers),
		CASE(xlsx_dates),
		CASE(xlsx_first_visible_sheet),
		CASE(xlsx_wrong_structure),
		CASE(zip_without_a_workbook),
		CASE(pasted_lines),
	};

	return cmocka_run_group_tests_name("tabular", tests, NULL, NULL);
}

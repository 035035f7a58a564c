/* What goes out as CSV or XLSX: bytes, types, formulas disarmed, and our own reader as the
 * judge. */
#include <malloc.h>
#include <time.h>
#include <zlib.h>

#include "bed.h"
#include "tableout.h"
#include "tabular.h"
#include "unzip.h"

static struct table t;

static const struct table_column columns[] = {
	{ "编号", TYPE_CODE },
	{ "名称", TYPE_TEXT },
	{ "数量", TYPE_QTY },
	{ "金额", TYPE_MONEY },
	{ "日期", TYPE_DATE },
	{ "时间", TYPE_DATETIME },
	{ "占比", TYPE_PERCENT },
	{ "月份", TYPE_MONTH },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static const char *const row[COLUMNS] = { "00123", "阿莫西林 <\"&> 胶囊", "40", "1234567.50",
	"2026-03-05", "2026-03-05 05:45:00.000000", "0.125", "2026-03" };

static int
up_in_shanghai(void **state)
{
	setenv("TZ", "Asia/Shanghai", 1);
	tzset();
	return up(state);
}

static struct buf *
csv_of(const char *const *values)
{
	struct buf *b = buf_new(p);
	struct table_out *out = csv_table(p, sink_buf(b), columns, COLUMNS);

	table_row(out, values);
	table_end(out);
	return b;
}

static struct buf *
xlsx_of(const char *const *values)
{
	struct buf *b = buf_new(p);
	struct table_out *out = xlsx_table(p, sink_buf(b), "价格 [2026]/3", columns, COLUMNS);

	table_row(out, values);
	table_end(out);
	return b;
}

static const char *
at(size_t r, size_t c)
{
	assert_true(r < t.n);
	return table_cell(&t.row[r], c)->text;
}

static void
csv_bytes(void **state)
{
	(void)state;
	assert_string_equal(csv_of(row)->s, "\xEF\xBB\xBF编号,名称,数量,金额,日期,时间,占比,月份\r\n"
	    "00123,\"阿莫西林 <\"\"&> 胶囊\",40,1234567.50,2026-03-05,2026-03-05 13:45:00,0.125,2026-03"
	    "\r\n");
}

static void
csv_formulas_are_disarmed(void **state)
{
	static const char *const evil[] = { "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx",
		"=cmd|' /C calc'!A0" };

	(void)state;
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		const char *values[COLUMNS] = { [1] = evil[i] };
		const struct buf *b = csv_of(values);
		const char *line = strstr(b->s, "\r\n") + 2;

		line += strspn(line, ",\"");
		assert_int_equal(*line, '\'');
	}
}

static void
csv_numbers_stay_plain_but_only_numbers(void **state)
{
	const char *values[COLUMNS] = { [2] = "-5", [3] = "-1234.50", [6] = "=1" };

	(void)state;
	assert_non_null(strstr(csv_of(values)->s, "\r\n,,-5,-1234.50,,,'=1,\r\n"));
}

static void
csv_round_trip(void **state)
{
	const struct buf *b = csv_of(row);

	(void)state;
	assert_true(tabular_read(&t, p, b->s, b->n, &error));
	assert_int_equal(t.n, 2);
	assert_string_equal(at(0, 0), "编号");
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(at(1, i), row[i]);
}

static void
xlsx_round_trip(void **state)
{
	const struct buf *b = xlsx_of(row);

	(void)state;
	assert_true(tabular_read(&t, p, b->s, b->n, &error));
	assert_string_equal(t.sheet, "价格 20263");
	assert_int_equal(t.n, 2);
	assert_string_equal(at(0, 7), "月份");
	assert_string_equal(at(1, 0), "00123");
	assert_int_equal(t.row[1].cell[0].flags, 0);
	assert_string_equal(at(1, 1), row[1]);
	assert_string_equal(at(1, 2), "40");
	assert_int_equal(t.row[1].cell[2].flags, CELL_NUMBER);
	assert_string_equal(at(1, 3), "1234567.5");
	assert_string_equal(at(1, 4), "2026-03-05");
	assert_int_equal(t.row[1].cell[4].flags, CELL_DATE);
	assert_string_equal(at(1, 5), "2026-03-05 13:45:00");
	assert_string_equal(at(1, 6), "0.125");
	assert_string_equal(at(1, 7), "2026-03-01");
}

/* Text is a string cell, never a formula; what is no number in a number column is text too. */
static void
xlsx_text_is_text(void **state)
{
	const char *values[COLUMNS] = { "=1+1", "@x", "n/a", "914403001922038216", "2026-02-30x",
		"yesterday", "1e5", "2026" };
	const struct buf *b = xlsx_of(values);

	(void)state;
	assert_true(tabular_read(&t, p, b->s, b->n, &error));
	for (size_t i = 0; i < COLUMNS; i++) {
		assert_string_equal(at(1, i), values[i]);
		assert_int_equal(t.row[1].cell[i].flags, 0);
	}
}

static void
xlsx_control_characters_and_bad_bytes(void **state)
{
	const char *values[COLUMNS] = { "a\x01" "b", "x\xFFy", NULL, "" };
	const struct buf *b = xlsx_of(values);

	(void)state;
	assert_true(tabular_read(&t, p, b->s, b->n, &error));
	assert_string_equal(at(1, 0), "ab");
	assert_string_equal(at(1, 1), "x");
	assert_int_equal(t.row[1].n, 2);
}

static void
numbers_that_a_spreadsheet_can_hold(void **state)
{
	(void)state;
	assert_true(table_is_number("0"));
	assert_true(table_is_number("-12.50"));
	assert_true(table_is_number("123456789012345"));
	assert_true(table_is_number("0.000000000000000001"));
	assert_false(table_is_number("1234567890123456"));
	assert_false(table_is_number(""));
	assert_false(table_is_number("-"));
	assert_false(table_is_number("."));
	assert_false(table_is_number(".5"));
	assert_false(table_is_number("5."));
	assert_false(table_is_number("1,000"));
	assert_false(table_is_number("+1"));
}

static size_t put;

static void
count(void *arg, const void *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	put += n;
}

/* 100,000 rows leave in pieces; the pool holds no more than at the start. */
static void
memory_is_constant(void **state)
{
	struct table_out *out;
	struct mallinfo2 before;
	struct mallinfo2 after;

	(void)state;
	put = 0;
	out = xlsx_table(p, (struct sink){ count, NULL }, "x", columns, COLUMNS);
	for (int i = 0; i < 1000; i++)
		table_row(out, row);
	before = mallinfo2();
	for (int i = 0; i < 100000; i++)
		table_row(out, row);
	after = mallinfo2();
	assert_int_equal(after.uordblks + after.hblkhd, before.uordblks + before.hblkhd);
	assert_true(put > 100000);
	table_end(out);
}

/* The end of an entry's content: up to 200 bytes; how often `what` is in it all. */
static size_t
inflated(const struct buf *b, const char *name, const char *what, char end[static 201])
{
	const char *at = memmem(b->s, b->n, name, strlen(name));
	char *text = pool_alloc(p, 100 << 20);
	z_stream z = { 0 };
	size_t n = 0;

	assert_non_null(at);
	assert_int_equal(inflateInit2(&z, -MAX_WBITS), Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)at + strlen(name);
	z.avail_in = (uInt)(b->n - (size_t)(at - b->s) - strlen(name));
	z.next_out = (unsigned char *)text;
	z.avail_out = (100 << 20) - 1;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	memcpy(end, text + (z.total_out < 200 ? 0 : z.total_out - 200), 200);
	end[200] = '\0';
	/* Not strstr(): AddressSanitizer measures all that is left at each call. */
	for (const char *s = text; (s = memchr(s, *what, z.total_out - (size_t)(s - text))); s++)
		n += strncmp(s, what, strlen(what)) == 0;
	inflateEnd(&z);
	return n;
}

/* A worksheet holds 1,048,576 rows: what comes behind them stands on the next, below the heads. */
static void
rows_that_no_worksheet_holds_go_on_the_next(void **state)
{
	enum { MOST = 1048575 };
	static const struct table_column one[] = { { "编号", TYPE_QTY } };
	const char *values[] = { "7" };
	struct buf *b = buf_new(p);
	struct table_out *out = xlsx_table(p, sink_buf(b), "x", one, 1);
	char end[201];

	(void)state;
	for (int i = 0; i < MOST + 2; i++)
		table_row(out, values);
	table_end(out);
	assert_false(out->full);
	assert_int_equal(inflated(b, "xl/worksheets/sheet1.xml", "<row ", end), MOST + 1);
	assert_non_null(strstr(end, "<row r=\"1048576\">"));
	assert_non_null(strstr(end, "ref=\"A1:A1048576\""));
	assert_int_equal(inflated(b, "xl/worksheets/sheet2.xml", "<row ", end), 3);
	assert_non_null(strstr(end, "<c r=\"A3\" s=\"3\"><v>7</v></c></row></sheetData>"));
	assert_int_equal(inflated(b, "xl/workbook.xml", "<sheet ", end), 2);
	assert_int_equal(inflated(b, "[Content_Types].xml", "/xl/worksheets/sheet", end), 2);
	assert_int_equal(inflated(b, "xl/_rels/workbook.xml.rels", "worksheets/sheet", end), 2);
}

#define HERE(f) cmocka_unit_test_setup_teardown(f, up_in_shanghai, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(csv_bytes),
		HERE(csv_formulas_are_disarmed),
		HERE(csv_numbers_stay_plain_but_only_numbers),
		HERE(csv_round_trip),
		HERE(xlsx_round_trip),
		HERE(xlsx_text_is_text),
		HERE(xlsx_control_characters_and_bad_bytes),
		HERE(numbers_that_a_spreadsheet_can_hold),
		HERE(memory_is_constant),
		HERE(rows_that_no_worksheet_holds_go_on_the_next),
	};

	return cmocka_run_group_tests_name("tableout", tests, NULL, NULL);
}

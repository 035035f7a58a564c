/* Rows to nodes, links, instants, and text that XML would not take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "pool.h"
#include "xml.h"

static struct pool *pool;

static const char *const names[] = { "id", "number", "buyer", "placed", "total" };
static const char *const cells[] = {
	"7", "SO 1/2", "A&B <C>", "2026-11-22 23:30:00.000000", "12.50",
	"8", NULL, "\x01x\xef\xbf\xbfy", NULL, NULL,
};
static const size_t lengths[10];
static const struct rows rows = { 2, 5, names, cells, lengths, NULL };

static const struct column columns[] = {
	{ "number", TYPE_CODE, .sub = "buyer", .href = "/orders/view?no={number}" },
	{ "placed", TYPE_DATETIME },
	{ "total", TYPE_MONEY, .unit = "CNY" },
	{ 0 }
};

static char *
text_of(xmlNodePtr page)
{
	xmlChar *text;
	int n;
	char *copy;

	xmlDocDumpMemoryEnc(page->doc, &text, &n, "UTF-8");
	copy = pool_strndup(pool, (const char *)text, (size_t)n);
	xmlFree(text);
	xmlFreeDoc(page->doc);
	return copy;
}

static void
rows_become_values_in_column_order(void **state)
{
	xmlNodePtr page = x_page();
	const char *text;

	(void)state;
	x_rows(page, &rows, columns, "/orders/view?id={id}");
	text = text_of(page);
	assert_non_null(strstr(text, "<row id=\"7\" href=\"/orders/view?id=7\">"
	    "<code name=\"number\" href=\"/orders/view?no=SO%201%2F2\" sub=\"A&amp;B &lt;C&gt;\">SO"
	    " 1/2</code>"
	    "<datetime name=\"placed\">2026-11-23T07:30:00+08:00</datetime>"
	    "<money name=\"total\" unit=\"CNY\">12.50</money></row>"));
	assert_non_null(strstr(text, "<row id=\"8\" href=\"/orders/view?id=8\">"
	    "<code name=\"number\" sub=\"xy\"/><datetime name=\"placed\"/>"
	    "<money name=\"total\" unit=\"CNY\"/></row>"));
}

static void
a_link_needs_all_its_parts(void **state)
{
	(void)state;
	assert_string_equal(x_href(pool, "/a?x={buyer}", &rows, 0), "/a?x=A%26B%20%3CC%3E");
	assert_null(x_href(pool, "/a?x={number}", &rows, 1));
}

static void
null_reads_as_nothing(void **state)
{
	(void)state;
	assert_string_equal(row_str(&rows, 1, "total"), "");
	assert_true(row_null(&rows, 1, "total"));
	assert_int_equal(row_int(&rows, 0, "id"), 7);
	assert_int_equal(row_col(&rows, "none"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_become_values_in_column_order),
		cmocka_unit_test(a_link_needs_all_its_parts),
		cmocka_unit_test(null_reads_as_nothing),
	};
	int failed;

	setenv("TZ", "Asia/Shanghai", 1);
	tzset();
	pool = pool_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(pool);
	return failed;
}

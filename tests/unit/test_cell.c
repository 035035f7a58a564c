/* Dates and numbers as they come in cells: ten spellings, and those that are not to be guessed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cell.h"

static struct table_cell
cell(const char *text)
{
	return (struct table_cell){ text, (uint32_t)strlen(text), 0 };
}

static void
dates(void **state)
{
	static const char *const good[] = { "2026-03-05", "2026-3-5", "2026/03/05", "2026/3/5",
		"2026.3.5", "2026年3月5日", "2026年03月05日", "20260305", "2026-03-05 13:45:00",
		"2026-03-05T13:45", "２０２６－０３－０５", "20260305 0:00" };
	static const char *const bad[] = { "", "3/5/2026", "05.03.2026", "26-3-5", "2026-3",
		"2026-13-01", "2026-02-29", "2026-3-5x", "2026-3/5", "46086", "202603055",
		"2026年3月",
		"1969-12-31", "2026-03-05 noon", "2026-03-05 " };
	char date[CELL_DATE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct table_cell c = cell(good[i]);

		if (!cell_date(&c, date) || strcmp(date, "2026-03-05") != 0)
			fail_msg("%s", good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct table_cell c = cell(bad[i]);

		if (cell_date(&c, date))
			fail_msg("%s was read as %s", bad[i], date);
	}
}

static void
assert_decimal(const char *text, int scale, const char *expected)
{
	struct table_cell c = cell(text);
	char decimal[CELL_DECIMAL_SIZE];
	bool good = cell_decimal(&c, scale, decimal);

	if (good != (expected != NULL))
		fail_msg("%s: %s", text, good ? decimal : "refused");
	if (good)
		assert_string_equal(decimal, expected);
}

static void
decimals(void **state)
{
	(void)state;
	assert_decimal("1234.50", 2, "1234.5");
	assert_decimal("1,234.50", 2, "1234.5");
	assert_decimal("1，234，567", 2, "1234567");
	assert_decimal("￥ 12", 2, NULL);
	assert_decimal("￥12.5", 2, "12.5");
	assert_decimal("¥12", 2, "12");
	assert_decimal("-0.00", 2, "0");
	assert_decimal("-12", 0, "-12");
	assert_decimal("+7", 0, "7");
	assert_decimal("007", 0, "7");
	assert_decimal("12.000", 0, "12");
	assert_decimal("12.345", 2, NULL);
	assert_decimal("12.3400", 2, "12.34");
	assert_decimal("99999999999999.9999", 4, "99999999999999.9999");
	assert_decimal("100000000000000", 2, NULL);
	assert_decimal("1,23", 2, NULL);
	assert_decimal("1234,567", 2, NULL);
	assert_decimal(",123", 2, NULL);
	assert_decimal("1,234,", 2, NULL);
	assert_decimal("1.234.5", 2, NULL);
	assert_decimal("12.", 2, NULL);
	assert_decimal(".5", 2, NULL);
	assert_decimal("1e5", 2, NULL);
	assert_decimal("12盒", 2, NULL);
	assert_decimal("", 2, NULL);
	assert_decimal("-", 2, NULL);
}

static void
integers_and_damage(void **state)
{
	struct table_cell c = cell("1,200");
	int64_t n = 0;

	(void)state;
	assert_true(cell_int(&c, &n));
	assert_int_equal(n, 1200);
	c = cell("12.5");
	assert_false(cell_int(&c, &n));
	c = cell("914403001922038000");
	c.flags = CELL_NUMBER | CELL_DAMAGED;
	assert_false(cell_int(&c, &n));
	c = cell("#N/A");
	assert_false(cell_int(&c, &n));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates),
		cmocka_unit_test(decimals),
		cmocka_unit_test(integers_and_damage),
	};

	return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}

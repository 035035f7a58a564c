/* Amounts in capital numerals: the examples of the rule, and its corners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capital.h"

static const char *const examples[][2] = {
	/* of the annex */
	{ "1409.50", "壹仟肆佰零玖元伍角整" },
	{ "6007.14", "陆仟零柒元壹角肆分" },
	{ "1680.32", "壹仟陆佰捌拾元零叁角贰分" },
	{ "107000.53", "壹拾万零柒仟元零伍角叁分" },
	{ "16409.02", "壹万陆仟肆佰零玖元零贰分" },
	{ "325.04", "叁佰贰拾伍元零肆分" },
	/* corners */
	{ "0.00", "零元整" },
	{ "-0.00", "零元整" },
	{ "0.05", "伍分" },
	{ "0.50", "伍角整" },
	{ "10", "壹拾元整" },
	{ "193717.00", "壹拾玖万叁仟柒佰壹拾柒元整" },
	{ "-1280.00", "负壹仟贰佰捌拾元整" },
	{ "100000000.00", "壹亿元整" },
	{ "100000001.00", "壹亿零壹元整" },
	{ "20300000400.60", "贰佰零叁亿零肆佰元零陆角整" },
	{ "0012.30", "壹拾贰元叁角整" },
	{ "9999999999999999.99",
	    "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分" },
};

static const char *const wrong[] = { "", "-", "abc", "1.234", "1,000.00",
	"12345678901234567", "1.2x" };

static void
reads_as_the_rule_says(void **state)
{
	struct pool *p = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		assert_string_equal(capital_yuan(p, examples[i][0]), examples[i][1]);
	pool_free(p);
}

static void
refuses_what_is_no_amount(void **state)
{
	struct pool *p = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(capital_yuan(p, wrong[i]));
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_the_rule_says),
		cmocka_unit_test(refuses_what_is_no_amount),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

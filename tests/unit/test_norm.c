/* Names of parties and products in the form in which they are compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "norm.h"

static struct pool *p;

static int
up(void **state)
{
	(void)state;
	p = pool_new();
	return 0;
}

static int
down(void **state)
{
	(void)state;
	pool_free(p);
	return 0;
}

static void
same_name_in_other_clothes(void **state)
{
	static const char *const pairs[][2] = {
		{ "昌平区医院", "昌平 区 医院　" },
		{ "昌平區醫院", "昌平区医院" },
		{ "ＡＢＣ诊所", "abc诊所" },
		{ "杭州市第一人民医院", "杭州市第1人民医院" },
		{ "杭州市第一人民医院", "杭州市一人民医院" },
		{ "杭州市第十二人民医院", "杭州市第12人民医院" },
		{ "解放军第三〇二医院", "中国人民解放军第302医院" },
		{ "浙江大学医学院附属第一医院", "浙江大学医学院第一附属医院" },
		{ "浙江大学医学院附属第一医院", "浙江大学医学院附一院" },
		{ "安徽医科大学第二附属医院", "安徽医大二附院" },
		{ "萧山区人民医院", "萧山区人医" },
		{ "余杭区妇幼保健院", "余杭区妇幼" },
		{ "新桥社区卫生服务中心", "新桥社区" },
		{ "新桥社区卫生服务中心", "新桥社区服务中心" },
		{ "桐庐县中医医院", "桐庐县中医院" },
		{ "滨江区疾病预防控制中心", "滨江区疾控" },
		{ "国药控股杭州有限公司", "国药控股（杭州）有限责任公司" },
		{ "九州通医药集团股份有限公司", "九州通医药" },
		{ "仁材大药房第三分店", "仁材大药房三分店" },
		{ "南口医院", "南口医院*" },
		{ "南口医院", "南口医院(停用)" },
		{ "南口医院", "南口医院（新）" },
		{ "南口医院", "南口医院-K00123" },
		{ "南口医院", "南口医院【00123】" },
		{ "某院(东院区)", "某院东院区" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_string_equal(norm_party(p, pairs[i][0]).text,
		    norm_party(p, pairs[i][1]).text);
}

static void
other_names_stay_apart(void **state)
{
	static const char *const pairs[][2] = {
		{ "杭州市第一人民医院", "杭州市第二人民医院" },
		{ "仁材第三分店", "仁材第四分店" },
		{ "新桥社区卫生服务站", "新桥社区卫生服务中心" },
		{ "新桥社区医院", "新桥社区卫生服务中心" },
		{ "老人医院", "老人民医院" },
		{ "妇幼医院", "妇幼保健院" },
		{ "仁医大药房", "仁医科大学药房" },
		{ "南口医院(东院区)", "南口医院(西院区)" },
		{ "三江医院", "3江医院" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_string_not_equal(norm_party(p, pairs[i][0]).text,
		    norm_party(p, pairs[i][1]).text);
}

static void
brackets_hold_other_names(void **state)
{
	struct norm_name n = norm_party(p, "昌平区南口医院(昌平区南口中西医结合医院)");

	(void)state;
	assert_string_equal(n.text, "昌平区南口医院");
	assert_int_equal(n.n_alias, 1);
	assert_string_equal(n.alias[0], "昌平区南口中西医结合医院");
	n = norm_party(p, "滨江医院（原：西兴卫生院）");
	assert_string_equal(n.text, "滨江医院");
	assert_int_equal(n.n_alias, 1);
	assert_string_equal(n.alias[0], "西兴卫生院");
	n = norm_party(p, "滨江医院(曾用名西兴医院)(停用)");
	assert_int_equal(n.n_alias, 1);
	assert_string_equal(n.alias[0], "西兴医院");
	n = norm_party(p, "仁和大药房（文三路店）");
	assert_int_equal(n.n_alias, 0);
	assert_string_equal(n.text, "仁和大药房文三路店");
}

static void
hostile_text_ends(void **state)
{
	char *deep = pool_alloc(p, 4001);

	(void)state;
	memset(deep, '(', 4000);
	assert_string_equal(norm_party(p, deep).text, "");
	assert_string_equal(norm_party(p, "").text, "");
	assert_string_equal(norm_party(p, "()").text, "");
	assert_string_equal(norm_party(p, "\xff\xfe").text, "");
	memset(deep, '9', 4000);
	assert_true(strlen(norm_party(p, deep).text) <= NORM_MAX);
}

static void
products_fold(void **state)
{
	(void)state;
	assert_string_equal(norm_product(p, "阿莫西林膠囊"), "阿莫西林胶囊");
	assert_string_equal(norm_product(p, "维生素Ｃ 片(Ⅱ)"), "维生素c片ii");
	assert_string_equal(norm_fold(p, "0.25ｇ×24粒／盒"), "0.25g*24粒/盒");
	assert_string_equal(norm_fold(p, "㎎"), "mg");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_name_in_other_clothes),
		cmocka_unit_test(other_names_stay_apart),
		cmocka_unit_test(brackets_hold_other_names),
		cmocka_unit_test(hostile_text_ends),
		cmocka_unit_test(products_fold),
	};

	return cmocka_run_group_tests(tests, up, down);
}

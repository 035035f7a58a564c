/* Names taken apart, likeness, packs, and whom a matcher takes by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "match_store.h"

static struct pool *p;
static struct matcher *m;

enum { XIHU_PEOPLE = 1, FIRST, SECOND, TOWN, STORE3, CHAIN, NANCHANG_XIHU, ZHEDA1, NANKOU, MOTHER,
	AMOXI24 = 101, AMOXI12, CEFA };

static void
add_parties(void)
{
	static const struct {
		int64_t id;
		const char *name, *uscc, *region;
	} rows[] = {
		{ XIHU_PEOPLE, "杭州市西湖区人民医院", "", "330106" },
		{ FIRST, "杭州市第一人民医院", "", "330102" },
		{ SECOND, "杭州市第二人民医院", "", "330105" },
		{ TOWN, "杭州市西湖区三墩镇社区卫生服务中心", "", "330106" },
		{ STORE3, "杭州仁材大药房有限公司第三分店", "", "330102" },
		{ CHAIN, "浙江仁材大药房连锁有限公司", "91350100M000100Y43", "330102" },
		{ NANCHANG_XIHU, "南昌市西湖区人民医院", "", "360103" },
		{ ZHEDA1, "浙江大学医学院附属第一医院", "", "330102" },
		{ NANKOU, "北京市昌平区南口医院(北京市昌平区南口中西医结合医院)", "", "110114" },
		{ MOTHER, "杭州市西湖区妇幼保健院", "", "330106" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		match_add_party(m, p, rows[i].id, rows[i].name, "", rows[i].uscc, rows[i].region);
}

static void
add_drug(int64_t id, const char *name, const char *trade, const char *spec, int64_t pieces,
    const char *approval)
{
	struct drug d = { id, heap_add(&m->text, name), heap_add(&m->text, trade),
		heap_add(&m->text, "扬子江药业"), heap_add(&m->text, "盒"), packspec_read(p, spec),
		packspec_read(p, "0.25g"), pieces, 400 };
	uint32_t at = (uint32_t)m->drug_n.n;

	match_add_drug(m, &d);
	keymap_add(m->product, pool_printf(p, "N%s", name), at);
	keymap_add(m->product, pool_printf(p, "V%s", approval), at);
}

static int
up(void **state)
{
	static const char *const regions[][2] = { { "33", "浙江省" }, { "3301", "杭州市" },
		{ "330102", "上城区" }, { "330105", "拱墅区" }, { "330106", "西湖区" },
		{ "36", "江西省" }, { "3601", "南昌市" }, { "360103", "西湖区" }, { "11", "北京市" },
		{ "1101", "市辖区" }, { "110114", "昌平区" }, { "110105", "朝阳区" },
		{ "4223", "恩施土家族苗族自治州" } };

	(void)state;
	p = pool_new();
	m = match_new();
	m->home = 330100;
	m->sender = 7;
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
		places_add(m->places, p, regions[i][0], regions[i][1]);
	add_parties();
	add_drug(AMOXI24, "阿莫西林胶囊", "阿莫灵", "0.25g*24粒/盒", 24, "国药准字H20133197");
	add_drug(AMOXI12, "阿莫西林胶囊", "阿莫灵", "0.25g*12粒/盒", 12, "国药准字H20133197");
	add_drug(CEFA, "头孢氨苄片", "", "0.25g*10片/盒", 12, "国药准字H20133198");
	match_add_factor(m, "0:0:件", 0);
	match_add_factor(m, "0:7:大件", 800 * (int64_t)MATCH_ONE_E6);
	match_ready(m);
	return 0;
}

static int
down(void **state)
{
	(void)state;
	matcher_free(m);
	pool_free(p);
	return 0;
}

static void
places_are_read(void **state)
{
	(void)state;
	assert_int_equal(place_read(m->places, p, "浙江省杭州市西湖区人民医院", 0).code, 330106);
	assert_int_equal(place_read(m->places, p, "杭州西湖区人民医院", 0).code, 330106);
	assert_int_equal(place_read(m->places, p, "西湖区人民医院", 330100).code, 330106);
	assert_int_equal(place_read(m->places, p, "西湖区人民医院", 360100).code, 360103);
	assert_true(place_read(m->places, p, "西湖区人民医院", 0).doubtful);
	assert_int_equal(place_read(m->places, p, "朝阳医院", 110000).code, 0);
	assert_int_equal(place_read(m->places, p, "昌平人民医院", 110000).code, 110114);
	assert_int_equal(place_read(m->places, p, "恩施州中心医院", 0).code, 422300);
	assert_int_equal(place_read(m->places, p, "仁和诊所", 330100).length, 0);
}

static void
likeness_is_in_whole_numbers(void **state)
{
	struct runes a, b;

	(void)state;
	runes_read(&a, "martha");
	runes_read(&b, "marhta");
	assert_int_equal(similar_jaro_winkler(&a, &b), 9610);
	assert_int_equal(similar_jaro_winkler(&a, &a), 10000);
	runes_read(&a, "night");
	runes_read(&b, "nacht");
	assert_int_equal(similar_dice(&a, &b), 2500);
	runes_read(&b, "");
	assert_int_equal(similar_jaro_winkler(&a, &b), 0);
	assert_int_equal(similar_dice(&b, &b), 10000);
}

static void
packs_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t count;
	} packs[] = { { "0.25g*24粒/盒", 24 }, { "250mg×12s×2板", 24 }, { "0.25G：24粒", 24 },
		{ "0.25g*24粒/盒*10盒", 240 }, { "0.25g", 1 }, { "24粒", 24 }, { "", 1 },
		{ "99999999999999999999粒", 1 } };
	struct packspec a = packspec_read(p, "0.25g*24粒"), b = packspec_read(p, "250mg*24");

	(void)state;
	for (size_t i = 0; i < sizeof(packs) / sizeof(packs[0]); i++)
		assert_int_equal(packspec_read(p, packs[i].text).count, packs[i].count);
	assert_true(packspec_same_content(&a, &b));
	b = packspec_read(p, "0.5g*24");
	assert_false(packspec_same_content(&a, &b));
	a = packspec_read(p, "5ml:0.1g*10支");
	b = packspec_read(p, "100mg:5ml×10支");
	assert_true(packspec_same_content(&a, &b));
	assert_int_equal(a.count, 10);
}

/* Whom a name is taken for, 0 when it is queued. */
static int64_t
party(const char *name, const char *extra)
{
	struct match_given given = { name, "", extra, "", "" };
	const struct match *got = matcher_party(m, p, &given);

	return got->state == MATCH_MATCHED ? got->target : 0;
}

static bool
is_candidate(const char *name, int64_t target, const char *veto)
{
	struct match_given given = { name, "", "", "", "" };
	const struct match *got = matcher_party(m, p, &given);

	for (size_t i = 0; i < got->n; i++)
		if (got->candidate[i].target == target)
			return veto == NULL ? got->candidate[i].veto == NULL :
			    got->candidate[i].veto != NULL &&
			    strcmp(got->candidate[i].veto, veto) == 0;
	return false;
}

static void
same_houses_are_taken(void **state)
{
	(void)state;
	assert_int_equal(party("杭州市第1人民医院", ""), FIRST);
	assert_int_equal(party("浙江省杭州市第一人民医院*", ""), FIRST);
	assert_int_equal(party("西湖区人民医院", ""), XIHU_PEOPLE);
	assert_int_equal(party("西湖区人民医院", "江西省南昌市西湖区桃苑大街1号"), NANCHANG_XIHU);
	assert_int_equal(party("浙大", ""), 0);
	assert_int_equal(party("浙江大学医学院附一院", ""), ZHEDA1);
	assert_int_equal(party("昌平区南口中西医结合医院", ""), NANKOU);
	assert_int_equal(party("杭州市三墩镇社区卫生服务中心", ""), TOWN);
	assert_int_equal(party("西湖区三墩社区", ""), TOWN);
	assert_int_equal(party("西湖区妇幼", ""), MOTHER);
	assert_int_equal(party("随便什么", "91350100M000100Y43"), CHAIN);
}

static void
other_houses_are_not(void **state)
{
	(void)state;
	assert_int_equal(party("杭州市第三人民医院", ""), 0);
	assert_int_equal(party("人民医院", ""), 0);
	assert_int_equal(party("上城区人民医院", ""), 0);
	assert_int_equal(party("杭州仁材大药房第四分店", ""), 0);
	assert_int_equal(party("杭州仁材大药房", ""), 0);
	assert_int_equal(party("杭州市第一人民医院城北院区", ""), 0);
	assert_int_equal(party("西湖区中医院", ""), 0);
	assert_int_equal(party("西湖区三墩社区卫生服务站", ""), 0);
	assert_true(is_candidate("杭州市第一人民医院城北院区", FIRST, "campus"));
	assert_true(is_candidate("杭州仁材大药房第四分店", STORE3, "branch"));
	assert_true(is_candidate("杭州市第三人民医院", FIRST, "ordinal"));
	assert_true(is_candidate("杭州市二院", SECOND, NULL));
}

static int64_t
product(const char *name, const char *code, const char *spec, const char *maker, const char *unit,
    int64_t *factor)
{
	struct match_given given = { name, code, spec, unit, maker };
	const struct match *got = matcher_product(m, p, &given);

	*factor = got->factor_millionths;
	return got->state == MATCH_MATCHED ? got->target : 0;
}

static void
products_by_name_and_pack(void **state)
{
	int64_t f;

	(void)state;
	assert_int_equal(product("阿莫西林胶囊", "", "0.25g×24粒/盒", "", "盒", &f), AMOXI24);
	assert_int_equal(f, MATCH_ONE_E6);
	assert_int_equal(product("阿莫西林膠囊", "", "250mg*12s", "扬子江药业集团有限公司", "件", &f),
	    AMOXI12);
	assert_int_equal(f, 400 * (int64_t)MATCH_ONE_E6);
	assert_int_equal(product("阿莫西林胶囊(阿莫灵)", "", "0.25g*24粒", "", "大件", &f), AMOXI24);
	assert_int_equal(f, 800 * (int64_t)MATCH_ONE_E6);
	assert_int_equal(product("任意", "国药准字H20133197", "0.25g*12粒", "", "", &f), AMOXI12);
	assert_int_equal(product("阿莫西林胶囊", "", "0.25g*24粒", "哈药集团制药总厂", "盒", &f), 0);
	assert_int_equal(product("联邦阿莫西林胶囊", "", "0.25g*24粒", "", "盒", &f), 0);
	assert_int_equal(product("阿莫西林胶囊", "", "0.5g*24粒", "", "盒", &f), 0);
	assert_int_equal(product("阿莫西林胶囊", "", "", "", "盒", &f), 0);
	assert_int_equal(product("阿莫西林胶囊", "", "0.25g*24粒", "", "桶", &f), 0);
	/* Its pieces and its pack spec differ: nobody guesses which is right. */
	assert_int_equal(product("头孢氨苄片", "", "0.25g*10片/盒", "", "盒", &f), 0);
}

static void
what_people_said_goes_first(void **state)
{
	struct said other = { SECOND, MATCH_ONE_E6, 0, MATCH_MATCHED };
	struct match_given given = { "杭州市第一人民医院", "K1", "", "", "" };
	const struct match *got;

	(void)state;
	keymap_add(m->said_party, "CK1", match_add_said(m, other));
	got = matcher_party(m, p, &given);
	assert_int_equal(got->target, SECOND);
	assert_int_equal(got->method, MATCH_CODE);
	/* Codes that stand for two houses stand for none. */
	other.target = TOWN;
	keymap_add(m->said_party, "CK1", match_add_said(m, other));
	assert_int_equal(matcher_party(m, p, &given)->target, FIRST);
	keymap_add(m->said_party, "G神秘客户", match_add_said(m, other));
	assert_int_equal(party("神秘客户", ""), TOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_read),
		cmocka_unit_test(likeness_is_in_whole_numbers),
		cmocka_unit_test(packs_are_read),
		cmocka_unit_test(same_houses_are_taken),
		cmocka_unit_test(other_houses_are_not),
		cmocka_unit_test(products_by_name_and_pack),
		cmocka_unit_test(what_people_said_goes_first),
	};

	return cmocka_run_group_tests(tests, up, down);
}

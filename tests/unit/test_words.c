/* Catalogues of a language, merged; and values formatted with its words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format.h"
#include "log.h"
#include "sheets.h"
#include "words.h"

static const struct words *words;
static const struct format page = { NULL, "2026-11-23T10:15:00+08:00" };

static void
files_of_a_language_are_one_table(void **state)
{
	static struct words *w; /* tables are never freed: still reachable at the end */
	char name[64], content[128];

	(void)state;
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "i18n/xx/file%d.xml", i);
		snprintf(content, sizeof(content),
		    "<catalogue><m k='a.%d'>%d</m><m k='b.%d'>x</m></catalogue>", i, i, i);
		sheets_file(name, content);
	}
	w = sheets_words("xx");
	assert_non_null(w);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "a.%d", i);
		snprintf(content, sizeof(content), "%d", i);
		assert_string_equal(word(w, name), content);
	}
	assert_null(word(w, "a.40"));
	assert_null(word(w, ""));
	assert_string_equal(words_lang(w), "xx");
}

static void
a_key_that_stands_twice_is_refused(void **state)
{
	(void)state;
	sheets_file("i18n/yy/a.xml", "<catalogue><m k='x'>first</m></catalogue>");
	sheets_file("i18n/yy/b.xml", "<catalogue><m k='x'>second</m></catalogue>");
	assert_null(sheets_words("yy"));
}

static void
what_cannot_be_read_is_no_table(void **state)
{
	(void)state;
	assert_null(words_load(sheets_dir, "none"));
	assert_null(words_load(NULL, "none"));
	assert_null(sheets_words("none"));
	sheets_file("i18n/zz/a.xml", "<catalogue><m k='x'>");
	assert_null(sheets_words("zz"));
	sheets_file("none.cdb", "");
	assert_null(words_load(sheets_dir, "none"));
}

static void
vocabularies_are_the_same_in_every_language(void **state)
{
	(void)state;
	assert_string_equal(word_tone(words, "order.draft", 11), "wait");
	assert_string_equal(word_tone(words, "order.gone", 10), "neutral");
	assert_string_equal(word_icon(words, "save", 4), "disk");
	assert_null(word_icon(words, "none", 4));
}

static void
money_is_grouped_and_never_rounded(void **state)
{
	static const char *const cases[][3] = {
		{ "1234567.50", "CNY", "¥1,234,567.50" }, { "-0.05", "CNY", "−¥0.05" },
		{ "12.8000", "", "12.80" }, { "26.5050", "", "26.505" }, { "7", "", "7.00" },
		{ "999", "", "999.00" }, { "1000", "", "1,000.00" },
		{ "1.00", "EUR", "EUR\u00a01.00" },
		{ "90071992547409930.01", "", "90,071,992,547,409,930.01" },
		{ "nonsense", "CNY", "nonsense" }, { "", "", "" }, { "1.2.3", "", "1.2.3" },
	};
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		t.n = 0;
		text_add(&t, "", 0);
		format_money(&t, words, cases[i][0], cases[i][1]);
		assert_string_equal(t.s, cases[i][2]);
	}
	text_free(&t);
}

static void
an_amount_in_capital_numerals(void **state)
{
	static const char *const cases[][2] = {
		{ "193717.00", "壹拾玖万叁仟柒佰壹拾柒元整" }, { "0.00", "零元整" },
		{ "10010.00", "壹万零壹拾元整" }, { "100000.00", "壹拾万元整" },
		{ "120034.50", "壹拾贰万零叁拾肆元伍角" }, { "100000000.00", "壹亿元整" },
		{ "200000300.07", "贰亿零叁佰元零柒分" }, { "0.05", "伍分" }, { "-6.66", "负陆元陆角陆分" },
		{ "1000.40", "壹仟元肆角" }, { "00012.00", "壹拾贰元整" },
		{ "1", "" }, { "1.5", "" }, { "1.005", "" }, { "nonsense", "" }, { "", "" },
		{ "1234567890123.00", "" },
	};
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		t.n = 0;
		text_add(&t, "", 0);
		format_words(&t, words, cases[i][0]);
		assert_string_equal(t.s, cases[i][1]);
	}
	text_free(&t);
}

/* Appends with fn and compares. */
#define SAYS(expected, call) do { \
		t.n = 0; \
		text_add(&t, "", 0); \
		call; \
		assert_string_equal(t.s, expected); \
	} while (0)

static void
numbers(void **state)
{
	struct text t = { 0 };

	(void)state;
	SAYS("1,240", format_int(&t, "1240"));
	SAYS("−12", format_int(&t, "-12"));
	SAYS("1,240\u00a0boxes", format_qty(&t, words, "1240", "box"));
	SAYS("1\u00a0box", format_qty(&t, words, "1", "box"));
	SAYS("3\u00a0盒", format_qty(&t, words, "3", "盒"));
	SAYS("31.2%", format_percent(&t, "0.312"));
	SAYS("28.5%", format_percent(&t, "0.285"));
	SAYS("0.0%", format_percent(&t, "-0.0001"));
	SAYS("+4.7%", format_growth(&t, "0.0471"));
	SAYS("−3.4%", format_growth(&t, "-0.034"));
	SAYS("1.2\u00a0MB", format_bytes(&t, "1258291"));
	SAYS("15k", format_compact(&t, words, 15000));
	SAYS("2.5M", format_compact(&t, words, 2500000));
	SAYS("12.5", format_compact(&t, words, 12.5));
	SAYS("3 rows", format_count(&t, words, "rows", "3"));
	SAYS("one row", format_count(&t, words, "rows", "1"));
	SAYS("⟦nothing⟧", format_count(&t, words, "nothing", "1"));
	text_free(&t);
}

static void
dates(void **state)
{
	struct format f = { words, page.now };
	struct text t = { 0 };

	(void)state;
	SAYS("5 Nov 2026", format_date(&t, words, "2026-11-05"));
	SAYS("Nov 2026", format_month(&t, words, "2026-11"));
	SAYS("someday", format_date(&t, words, "someday"));
	SAYS("2026-13-01", format_date(&t, words, "2026-13-01"));
	SAYS("23 Nov 2026 09:24", format_datetime(&t, &f, "2026-11-23T09:24:00+08:00"));
	SAYS("1 Dec 2026 00:30", format_datetime(&t, &f, "2026-11-30T16:30:00Z"));
	SAYS("1 Dec 2026 00:30", format_datetime(&t, &f, "2026-11-30 16:30:00.123456"));
	SAYS("now", format_ago(&t, &f, "2026-11-23T10:00:00+08:00"));
	SAYS("5 h", format_ago(&t, &f, "2026-11-23T05:00:00+08:00"));
	SAYS("3 d", format_ago(&t, &f, "2026-11-20T05:00:00+08:00"));
	SAYS("today", format_due(&t, &f, "2026-11-23"));
	SAYS("in 7 d", format_due(&t, &f, "2026-11-30"));
	SAYS("2 d late", format_due(&t, &f, "2026-11-21"));
	assert_int_equal(format_days(&f, "2027-11-23"), 365);
	assert_int_equal(format_days(&f, "2028-11-23"), 731);
	assert_int_equal(format_days(&f, "nonsense"), 0);
	text_free(&t);
}

static int
start(void **state)
{
	(void)state;
	log_open("test_words", "error");
	sheets_make();
	words = sheets_words("en");
	return words == NULL;
}

static int
stop(void **state)
{
	(void)state;
	sheets_remove();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_a_language_are_one_table),
		cmocka_unit_test(a_key_that_stands_twice_is_refused),
		cmocka_unit_test(what_cannot_be_read_is_no_table),
		cmocka_unit_test(vocabularies_are_the_same_in_every_language),
		cmocka_unit_test(money_is_grouped_and_never_rounded),
		cmocka_unit_test(an_amount_in_capital_numerals),
		cmocka_unit_test(numbers),
		cmocka_unit_test(dates),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

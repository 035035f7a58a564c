/* What a request may carry: types, bounds, repeats, unknown names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "input.h"

static const char *const colours[] = { "red", "green", NULL };

static const struct field fields[] = {
	{ "name", TYPE_TEXT, REQUIRED, .max = 5 },
	{ "qty", TYPE_QTY, .min = 1, .max = 100 },
	{ "price", TYPE_PRICE },
	{ "total", TYPE_MONEY },
	{ "day", TYPE_DATE },
	{ "month", TYPE_MONTH },
	{ "colour", TYPE_SELECT, .options = colours },
	{ "mail", TYPE_EMAIL },
	{ "line", TYPE_QTY, MANY, 1, 9 },
	{ "note", TYPE_TEXTAREA, .max = 20 },
	{ 0 }
};

static const struct route route = { "/save", POST, PERM_PUBLIC, NULL, fields };

static struct pool *pool;

static struct req
request(const char *query, bool *taken)
{
	struct req r = { .pool = pool, .route = &route };
	const char *error;

	r.in.pool = pool;
	assert_true(parts_urlencoded(&r.in, query, strlen(query), &error));
	*taken = input_check(&r);
	return r;
}

/* The code of the first error of a query, "" when there is none. */
static const char *
code(const char *query)
{
	bool taken;
	struct req r = request(query, &taken);

	assert_true(taken);
	return r.errors == NULL ? "" : r.errors->code;
}

static bool
taken(const char *query)
{
	bool yes;

	request(query, &yes);
	return yes;
}

static void
right_values_pass(void **state)
{
	(void)state;
	assert_string_equal(code("name=abc&qty=100&price=0.1234&total=-12.50&day=2028-02-29"
	    "&month=2026-12&colour=green&mail=a@b.cn&line.17=3&line.18=4&note=a%0Ab"), "");
}

static void
wrong_values_are_told_apart(void **state)
{
	(void)state;
	assert_string_equal(code("qty=1"), "required");
	assert_string_equal(code("name=%20%20"), "required");
	assert_string_equal(code("name=abcdef"), "length");
	assert_string_equal(code("name=%E9%94%80%E5%82%B2%E9%94%80%E5%82%B2%E9%94%80"), "");
	assert_string_equal(code("name=a%0Ab"), "one_line");
	assert_string_equal(code("name=a&qty=0"), "min");
	assert_string_equal(code("name=a&qty=101"), "max");
	assert_string_equal(code("name=a&qty=1e1"), "number");
	assert_string_equal(code("name=a&qty=+1"), "");
	assert_string_equal(code("name=a&qty=%2B1"), "number");
	assert_string_equal(code("name=a&qty=99999999999999999999"), "number");
	assert_string_equal(code("name=a&total=1.005"), "decimals");
	assert_string_equal(code("name=a&total=1."), "number");
	assert_string_equal(code("name=a&total=.5"), "number");
	assert_string_equal(code("name=a&total=NaN"), "number");
	assert_string_equal(code("name=a&price=1.00005"), "decimals");
	assert_string_equal(code("name=a&day=2026-02-29"), "date");
	assert_string_equal(code("name=a&day=2026-2-9"), "date");
	assert_string_equal(code("name=a&month=2026-13"), "month");
	assert_string_equal(code("name=a&colour=blue"), "choice");
	assert_string_equal(code("name=a&mail=a.b"), "email");
	assert_string_equal(code("name=a&line.3=10"), "max");
}

static void
what_no_browser_sends_is_refused(void **state)
{
	(void)state;
	assert_true(taken("name=a&_csrf=x&sort=-qty&after=1~2"));
	assert_false(taken("name=a&price_override=1"));
	assert_false(taken("name=a&name=b"));
	assert_false(taken("name=a&line.1x=3"));
	assert_false(taken("name=a&qty.1=3"));
	assert_true(taken("name=a&line=3&line=4"));
}

static void
blanks_around_a_value_go(void **state)
{
	bool yes;
	struct req r = request("name=+a+&note=+a+", &yes);

	(void)state;
	assert_string_equal(req_str(&r, "name"), "a");
	assert_string_equal(req_str(&r, "note"), " a ");
}

static void
a_number_may_be_pasted_as_pages_show_it(void **state)
{
	static const char *const pairs[][2] = {
		{ "total=10%2C505.17", "10505.17" }, { "total=%C2%A51%2C234%2C567", "1234567" },
		{ "total=-1%2C000.50", "-1000.50" }, { "price=%EF%BF%A57.5", "7.5" },
	};
	bool yes;

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		char query[64];
		struct req r;

		snprintf(query, sizeof(query), "name=a&%s", pairs[i][0]);
		r = request(query, &yes);
		assert_true(yes && r.errors == NULL);
		assert_string_equal(req_str(&r, i == 3 ? "price" : "total"), pairs[i][1]);
	}
	assert_string_equal(code("name=a&total=1%2C5"), "number");
	assert_string_equal(code("name=a&total=1%2C50.00"), "number");
	assert_string_equal(code("name=a&total=1234%2C567"), "number");
	assert_string_equal(code("name=a&total=1.234%2C5"), "number");
	assert_string_equal(code("name=a&total=%2C100"), "number");
	assert_string_equal(code("name=a&total=1%2C0000"), "number");
}

static void
a_url_keeps_its_other_parameters(void **state)
{
	struct req r = { .pool = pool, .path = "/orders/",
	    .query = "q=a%20b&sort=-placed&after=1~2" };

	(void)state;
	assert_string_equal(req_url_with(&r, "sort", "total"),
	    "/orders/?q=a%20b&after=1~2&sort=total");
	assert_string_equal(req_url_with(&r, "q", NULL), "/orders/?sort=-placed&after=1~2");
	assert_string_equal(req_url_with(&r, "x", "\xe9\x94\x80&"),
	    "/orders/?q=a%20b&sort=-placed&after=1~2&x=%E9%94%80%26");
}

static void
a_redirect_stays_on_the_site(void **state)
{
	struct req r = { .pool = pool };

	(void)state;
	req_redirect(&r, "/orders/view?id=%d", 7);
	assert_string_equal(r.location, "/orders/view?id=7");
	req_redirect(&r, "//evil.example/");
	assert_string_equal(r.location, "/");
	req_redirect(&r, "https://evil.example/");
	assert_string_equal(r.location, "/");
	req_redirect(&r, "/a\r\nSet-Cookie: x=1");
	assert_string_equal(r.location, "/");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_values_pass),
		cmocka_unit_test(wrong_values_are_told_apart),
		cmocka_unit_test(what_no_browser_sends_is_refused),
		cmocka_unit_test(blanks_around_a_value_go),
		cmocka_unit_test(a_number_may_be_pasted_as_pages_show_it),
		cmocka_unit_test(a_url_keeps_its_other_parameters),
		cmocka_unit_test(a_redirect_stays_on_the_site),
	};
	int failed;

	pool = pool_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(pool);
	return failed;
}

/* Requests as browsers send them, and as attackers do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "multipart.h"

#define TYPE "multipart/form-data; boundary=XX"
#define HEAD(name) "--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"

static int
pool_up(void **state)
{
	*state = pool_new();
	return 0;
}

static int
pool_down(void **state)
{
	pool_free(*state);
	return 0;
}

static struct parts
query(struct pool *p, const char *s, const char **error)
{
	struct parts parts = { .pool = p };

	*error = NULL;
	parts_urlencoded(&parts, s, strlen(s), error);
	return parts;
}

static struct parts
body(struct pool *p, const char *type, const char *s, const char **error)
{
	struct parts parts = { .pool = p };

	*error = NULL;
	parts_body(&parts, type, s, strlen(s), error);
	return parts;
}

static void
query_pairs_in_order(void **state)
{
	const char *error;
	struct parts q = query(*state, "a=1&b=%E4%B8%AD+x&a=2&&c&d=", &error);

	assert_null(error);
	assert_int_equal(q.n, 5);
	assert_string_equal(q.part[0].value, "1");
	assert_string_equal(q.part[1].value, "中 x");
	assert_string_equal(q.part[2].name, "a");
	assert_string_equal(q.part[2].value, "2");
	assert_string_equal(q.part[3].value, "");
	assert_string_equal(parts_find(&q, "a")->value, "1");
	assert_null(parts_find(&q, "z"));
}

static void
line_ends_become_lf(void **state)
{
	const char *error;
	struct parts q = query(*state, "a=1%0D%0A2%0D3", &error);

	assert_null(error);
	assert_string_equal(q.part[0].value, "1\n2\r3");
	assert_int_equal(q.part[0].n, 5);
}

static void
query_refusals(void **state)
{
	static const struct {
		const char *s;
		const char *error;
	} cases[] = {
		{ "a=%", "form.encoding" },
		{ "a=%4", "form.encoding" },
		{ "a=%zz", "form.encoding" },
		{ "a=%00", "form.encoding" },
		{ "a=%01", "form.encoding" },
		{ "a=%C0%80", "form.encoding" },
		{ "a=%ED%A0%80", "form.encoding" },
		{ "a=%F4%90%80%80", "form.encoding" },
		{ "a=%EF%BF%BF", "form.encoding" },
		{ "a=%7F", "form.encoding" },
		{ "%FF=1", "form.encoding" },
		{ "=1", "form.name" },
		{ "%0A=1", "form.name" },
	};
	const char *error;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		query(*state, cases[i].s, &error);
		assert_non_null(error);
		assert_string_equal(error, cases[i].error);
	}
}

static void
limits_of_fields_names_and_text(void **state)
{
	struct pool *p = *state;
	struct buf *b = buf_new(p);
	struct parts wide = { .pool = p, .max = 300 };
	const char *error;
	char *big;

	for (int i = 0; i < 257; i++)
		buf_printf(b, "%sf%d=1", i > 0 ? "&" : "", i);
	query(p, b->s, &error);
	assert_string_equal(error, "form.fields");
	assert_true(parts_urlencoded(&wide, b->s, b->n, &error));
	big = pool_alloc(p, PARTS_TEXT_MAX + 10);
	memset(big, 'x', 101);
	query(p, big, &error);
	assert_string_equal(error, "form.name");
	memset(big, 'x', PARTS_TEXT_MAX + 9);
	big[1] = '=';
	query(p, big, &error);
	assert_string_equal(error, "form.too_big");
}

static void
multipart_text_and_file(void **state)
{
	static const char s[] = HEAD("a") "1\r\n"
	    "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"价 %22x.csv\"\r\n"
	    "Content-Type: text/csv\r\n\r\n\r\n--X\0binary\xFF\r\n"
	    HEAD("b") "\xE4\xB8\xAD\r\n--XX--\r\n";
	struct parts parts = { .pool = *state };
	const char *error = NULL;

	assert_true(parts_body(&parts, TYPE, s, sizeof(s) - 1, &error));
	assert_int_equal(parts.n, 3);
	assert_string_equal(parts.part[0].value, "1");
	assert_string_equal(parts.part[1].filename, "价 \"x.csv");
	assert_string_equal(parts.part[1].type, "text/csv");
	assert_int_equal(parts.part[1].n, 13);
	assert_memory_equal(parts.part[1].value, "\r\n--X\0binary\xFF", 13);
	assert_string_equal(parts.part[2].value, "中");
	assert_null(parts.part[2].filename);
}

static void
empty_and_quoted(void **state)
{
	const char *error;
	struct parts parts = body(*state, "multipart/form-data; boundary=\"XX\"",
	    HEAD("a") "\r\n--XX--", &error);

	assert_null(error);
	assert_int_equal(parts.n, 1);
	assert_string_equal(parts.part[0].value, "");
	parts = body(*state, TYPE, "--XX--\r\n", &error);
	assert_null(error);
	assert_int_equal(parts.n, 0);
}

static void
multipart_refusals(void **state)
{
	static const struct {
		const char *type;
		const char *s;
		const char *error;
	} cases[] = {
		{ "text/plain", "a=1", "form.type" },
		{ "", "a=1", "form.type" },
		{ "multipart/form-data", "", "form.multipart" },
		{ "multipart/form-data; boundary=", "--", "form.multipart" },
		{ "multipart/form-data; boundary=a; boundary=b", "--a--", "form.multipart" },
		{ "multipart/form-data; boundary=a b", "--a--", "form.multipart" },
		{ TYPE, "", "form.multipart" },
		{ TYPE, "junk\r\n" HEAD("a") "1\r\n--XX--", "form.multipart" },
		{ TYPE, HEAD("a") "1\r\n--XX--junk", "form.multipart" },
		{ TYPE, HEAD("a") "1\r\n--XX-", "form.multipart" },
		{ TYPE, HEAD("a") "1", "form.multipart" },
		{ TYPE, HEAD("a") "\xC3\r\n--XX--", "form.encoding" },
		{ TYPE, HEAD("") "1\r\n--XX--", "form.name" },
		{ TYPE, HEAD("\xFF") "1\r\n--XX--", "form.encoding" },
		{ TYPE, "--XX\r\n\r\n1\r\n--XX--", "form.multipart" },
		{ TYPE, "--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--",
			"form.multipart" },
		{ TYPE, "--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--XX--",
			"form.multipart" },
		{ TYPE, "--XX\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\n1"
			"\r\n--XX--", "form.multipart" },
		{ TYPE, "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename*=UTF-8''x"
			"\r\n\r\n1\r\n--XX--", "form.multipart" },
		{ TYPE, "--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--XX--",
			"form.multipart" },
		{ TYPE, "--XX\r\nContent-Disposition: form-data; name=a\r\n"
			"Content-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--XX--",
			"form.multipart" },
		{ TYPE, "--XX\r\n folded\r\n\r\n1\r\n--XX--", "form.multipart" },
		{ TYPE, "--XX\r\nA:1\r\nA:2\r\nA:3\r\nA:4\r\nA:5\r\nA:6\r\nA:7\r\nA:8\r\nA:9\r\n"
			"\r\n1\r\n--XX--", "form.multipart" },
	};
	const char *error;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		body(*state, cases[i].type, cases[i].s, &error);
		if (error == NULL)
			fail_msg("case %zu passed", i);
		assert_string_equal(error, cases[i].error);
	}
}

/* Every prefix of a good body is refused, and none is read past its end (ASan looks). */
static void
every_truncation_is_refused(void **state)
{
	static const char s[] = HEAD("a") "1\r\n--XX\r\nContent-Disposition: form-data; "
	    "name=\"f\"; filename=\"x\"\r\nContent-Type: a/b\r\n\r\nbytes\r\n--XX--";
	struct pool *p = *state;
	const char *error;

	for (size_t n = 0; n < sizeof(s) - 1; n++) {
		struct parts parts = { .pool = p };
		char *exact = test_malloc(n);

		memcpy(exact, s, n);
		error = NULL;
		assert_false(parts_body(&parts, TYPE, exact, n, &error));
		assert_non_null(error);
		test_free(exact);
	}
}

static void
cookies(void **state)
{
	struct pool *p = *state;
	const char *value;
	const char *error;

	assert_true(cookie_find(p, "a=1; __Host-xo=abc; b=2", "__Host-xo", &value, &error));
	assert_string_equal(value, "abc");
	assert_true(cookie_find(p, "xxo=1;xo=2", "xo", &value, &error));
	assert_string_equal(value, "2");
	assert_true(cookie_find(p, "other=\"odd stuff\\\"", "xo", &value, &error));
	assert_null(value);
	assert_true(cookie_find(p, NULL, "xo", &value, &error));
	assert_null(value);
	assert_false(cookie_find(p, "xo=1; xo=1", "xo", &value, &error));
	assert_string_equal(error, "cookie.repeated");
	assert_false(cookie_find(p, "xo=1, xo=2", "xo", &value, &error));
	assert_string_equal(error, "cookie.bad");
	assert_false(cookie_find(p, "xo=\"1\"", "xo", &value, &error));
}

static void
media_preference(void **state)
{
	static const char *const offers[] = { "text/html", "application/xml", "text/csv" };

	(void)state;
	assert_int_equal(accept_media(NULL, offers, 3), 0);
	assert_int_equal(accept_media("text/html,application/xhtml+xml,application/xml;q=0.9,"
	    "*/*;q=0.8", offers, 3), 0);
	assert_int_equal(accept_media("application/xml", offers, 3), 1);
	assert_int_equal(accept_media("text/*;q=0.5, text/csv", offers, 3), 2);
	assert_int_equal(accept_media("text/html;q=0, */*;q=0.1", offers, 3), 1);
	assert_int_equal(accept_media("image/png", offers, 3), -1);
	assert_int_equal(accept_media(";;,,=q", offers, 3), -1);
	assert_int_equal(accept_media("text/csv; charset=x; q=0.2, application/xml ; q=0.1",
	    offers, 3), 2);
}

static void
language_preference(void **state)
{
	static const char *const offers[] = { "zh-CN", "en" };

	(void)state;
	assert_int_equal(accept_language(NULL, offers, 2), 0);
	assert_int_equal(accept_language("en-US,en;q=0.9,zh-CN;q=0.8", offers, 2), 1);
	assert_int_equal(accept_language("zh-TW,en;q=0.5", offers, 2), 0);
	assert_int_equal(accept_language("de,en;q=0.1", offers, 2), 1);
	assert_int_equal(accept_language("de", offers, 2), 0);
	assert_int_equal(accept_language("zhx", offers, 2), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(query_pairs_in_order, pool_up, pool_down),
		cmocka_unit_test_setup_teardown(line_ends_become_lf, pool_up, pool_down),
		cmocka_unit_test_setup_teardown(query_refusals, pool_up, pool_down),
		cmocka_unit_test_setup_teardown(limits_of_fields_names_and_text, pool_up,
		    pool_down),
		cmocka_unit_test_setup_teardown(multipart_text_and_file, pool_up, pool_down),
		cmocka_unit_test_setup_teardown(empty_and_quoted, pool_up, pool_down),
		cmocka_unit_test_setup_teardown(multipart_refusals, pool_up, pool_down),
		cmocka_unit_test_setup_teardown(every_truncation_is_refused, pool_up, pool_down),
		cmocka_unit_test_setup_teardown(cookies, pool_up, pool_down),
		cmocka_unit_test(media_preference),
		cmocka_unit_test(language_preference),
	};

	return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}

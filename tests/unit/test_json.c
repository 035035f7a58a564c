/* Lines of a form as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json.h"

static void
lines_become_objects(void **state)
{
	struct pool *p = pool_new();
	struct json *j = json_array(p);

	(void)state;
	assert_string_equal(json_end(j), "[]");
	json_object(j);
	json_int(j, "line", 1);
	json_text(j, "reply", "a\"b\\c\n\xe9\x94\x80");
	json_object(j);
	json_int(j, "line", -2);
	json_text(j, "reply", NULL);
	assert_string_equal(json_end(j),
	    "[{\"line\":1,\"reply\":\"a\\\"b\\\\c\\u000a\xe9\x94\x80\"},"
	    "{\"line\":-2,\"reply\":null}]");
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines_become_objects) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

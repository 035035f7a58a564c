/* The last wall: what goes out is escaped, and what would run does not go out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "html.h"
#include "pool.h"

static const char doctype[] = "<!DOCTYPE html>\n";

/* xml written as HTML into pool, without the doctype; NULL when it was refused. */
static const char *
written(struct pool *pool, const char *xml)
{
	xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET);
	struct buf *out = buf_new(pool);
	bool ok;

	assert_non_null(doc);
	ok = html_write(xmlDocGetRootElement(doc), out);
	xmlFreeDoc(doc);
	if (!ok)
		return NULL;
	assert_int_equal(strlen(out->s), out->n);
	assert_memory_equal(out->s, doctype, sizeof(doctype) - 1);
	return out->s + sizeof(doctype) - 1;
}

static void
expect(const char *xml, const char *html)
{
	struct pool *pool = pool_new();
	const char *out = written(pool, xml);

	if (html == NULL)
		assert_null(out);
	else
		assert_string_equal(out, html);
	pool_free(pool);
}

static void
text_and_attributes_are_escaped(void **state)
{
	(void)state;
	expect("<p title='&quot;&lt;b&gt;&amp;'>&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;"
	    " \"x\"</p>",
	    "<p title=\"&quot;&lt;b&gt;&amp;\">&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;"
	    " \"x\"</p>");
	expect("<p>订单 − é</p>", "<p>订单 − é</p>");
}

static void
void_elements_have_no_end(void **state)
{
	(void)state;
	expect("<p><br/><input name='a' value=''/><img src='/x.png'/></p>",
	    "<p><br><input name=\"a\" value=\"\"><img src=\"/x.png\"></p>");
}

static void
empty_elements_keep_their_end(void **state)
{
	(void)state;
	expect("<div><td/><textarea/><script src='/a.js' defer='defer'/></div>",
	    "<div><td></td><textarea></textarea><script src=\"/a.js\" defer></script></div>");
}

static void
boolean_attributes_are_bare(void **state)
{
	(void)state;
	expect("<input type='checkbox' checked='checked' required='required' name='name'/>",
	    "<input type=\"checkbox\" checked required name=\"name\">");
}

static void
nothing_is_indented_and_space_is_kept(void **state)
{
	(void)state;
	expect("<pre> a\n  <b> c </b>\n</pre>", "<pre> a\n  <b> c </b>\n</pre>");
}

static void
comments_and_instructions_are_left_out(void **state)
{
	(void)state;
	expect("<p>a<!-- secret --><?php echo 1 ?>b</p>", "<p>ab</p>");
}

static void
code_is_refused(void **state)
{
	(void)state;
	expect("<p><script>alert(1)</script></p>", NULL);
	expect("<p><style>a{}</style></p>", NULL);
	expect("<p onclick='x()'/>", NULL);
	expect("<p style='color:red'/>", NULL);
	expect("<iframe srcdoc='x'/>", NULL);
	expect("<p hx-on-click='x()'/>", NULL);
}

static void
addresses_that_run_are_refused(void **state)
{
	static const char *const bad[] = { "javascript:alert(1)", "JavaScript:alert(1)",
		"data:text/html,x", "vbscript:x", "blob:x", " javascript:x", "java&#9;script:x" };
	static const char *const good[] = { "/orders/?sort=-a:b", "https://a.example/", "?x=1:2",
		"#f-a:b", "mailto:a@b.example", "tel:+86", "", "orders" };
	char xml[200], html[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(xml, sizeof(xml), "<a href='%s'>x</a>", bad[i]);
		expect(xml, NULL);
		snprintf(xml, sizeof(xml), "<button formaction='%s'/>", bad[i]);
		expect(xml, NULL);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		snprintf(xml, sizeof(xml), "<a href='%s'>x</a>", good[i]);
		snprintf(html, sizeof(html), "<a href=\"%s\">x</a>", good[i]);
		expect(xml, html);
	}
}

static void
long_text_grows_the_buffer(void **state)
{
	struct pool *pool = pool_new();
	struct buf *xml = buf_new(pool);
	const char *out;

	(void)state;
	buf_str(xml, "<p>");
	for (int i = 0; i < 200000; i++)
		buf_str(xml, "&lt;");
	buf_str(xml, "</p>");
	out = written(pool, xml->s);
	assert_int_equal(strlen(out), 200000 * 4 + 7);
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_attributes_are_escaped),
		cmocka_unit_test(void_elements_have_no_end),
		cmocka_unit_test(empty_elements_keep_their_end),
		cmocka_unit_test(boolean_attributes_are_bare),
		cmocka_unit_test(nothing_is_indented_and_space_is_kept),
		cmocka_unit_test(comments_and_instructions_are_left_out),
		cmocka_unit_test(code_is_refused),
		cmocka_unit_test(addresses_that_run_are_refused),
		cmocka_unit_test(long_text_grows_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

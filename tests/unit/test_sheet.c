/* Sheets: words put in when compiled, functions, cells of long lists, closed doors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "arena.h"
#include "log.h"
#include "pool.h"
#include "sheet.h"
#include "sheets.h"

#define HEAD "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'" \
	" xmlns:f='urn:xiaoao:f' xmlns:p='urn:xiaoao:page:1'" \
	" extension-element-prefixes='f' exclude-result-prefixes='f p'>" \
	"<xsl:output method='html'/>"
#define PAGE "<page xmlns='urn:xiaoao:page:1' id='office.test' at='2026-11-23T10:15:00+08:00'" \
	" static='/s/'>"

/* A program never frees its sheets; those of the tests stay in reach of the leak check. */
static struct sheet *kept[100];
static size_t nkept;
static const struct words *words;

static struct sheet *
load(void)
{
	struct sheet *sheet = sheet_load(sheets_dir, words, "office", "test");

	assert_true(nkept < sizeof(kept) / sizeof(kept[0]));
	kept[nkept++] = sheet;
	return sheet;
}

/* The page through a sheet of one template for p:page; NULL when it failed. */
static const char *
made(struct pool *pool, const char *templates, const char *content)
{
	static const char tail[] = "</xsl:stylesheet>", end[] = "</page>";
	struct buf *out = buf_new(pool);
	struct sheet *sheet;
	xmlDoc *page;
	char *xml;
	bool ok;

	sheets_file("cgi/test.xsl", pool_printf(pool, "%s%s%s", HEAD, templates, tail));
	sheet = load();
	if (sheet == NULL)
		return NULL;
	arena_begin();
	xml = pool_printf(pool, "%s%s%s", PAGE, content, end);
	page = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET);
	ok = page != NULL && sheet_html(sheet, page, out);
	arena_end();
	return ok ? out->s + strlen("<!DOCTYPE html>\n") : NULL;
}

static void
expect(const char *templates, const char *content, const char *html)
{
	struct pool *pool = pool_new();
	const char *out = made(pool, templates, content);

	if (html == NULL)
		assert_null(out);
	else
		assert_string_equal(out, html);
	pool_free(pool);
}

/* A body for p:page. */
#define BODY(s) "<xsl:template match='/'><b>" s "</b></xsl:template>"

static void
a_literal_key_becomes_its_word(void **state)
{
	(void)state;
	expect(BODY("<xsl:value-of select=\"f:t('hello')\"/>"), "",
	    "<b>Hello &lt;you&gt; {it's}</b>");
	expect(BODY("<i title=\"{f:t('hello')}!\"/>"), "",
	    "<b><i title=\"Hello &lt;you&gt; {it's}!\"></i></b>");
	expect(BODY("<i title=\"{concat('{', f:t('rows'), '}')}\"/>"), "",
	    "<b><i title=\"{{n} rows}\"></i></b>");
	expect(BODY("<xsl:value-of select=\"concat(f:t('hello'), f:t('quotes'))\"/>"), "",
	    "<b>Hello &lt;you&gt; {it's}a 'b' \"c\"</b>");
	expect(BODY("<xsl:value-of select=\"f:t('none')\"/> <xsl:value-of select='f:lang()'/>"), "",
	    "<b>⟦none⟧en</b>");
}

static void
a_key_of_parts_is_looked_up(void **state)
{
	(void)state;
	expect(BODY("<xsl:for-each select='//p:status'><i class='{f:tone()}'>"
	    "<xsl:value-of select='f:text()'/></i><xsl:value-of"
	    " select=\"f:t('status.', @set, '.', .)\"/>"
	    "</xsl:for-each>"), "<status set='order' name='s'>draft</status>",
	    "<b><i class=\"wait\">Draft</i>Draft</b>");
	expect(BODY("<xsl:value-of select=\"f:has('he', 'llo')\"/>"), "", "<b>true</b>");
	expect(BODY("<xsl:value-of select=\"f:tn('rows', 1)\"/>"), "", "<b>one row</b>");
	expect(BODY("<xsl:value-of select=\"f:icon('sa', 've')\"/>"), "",
	    "<b>/s/icons.svg#disk</b>");
}

static void
a_message_is_filled_with_its_values(void **state)
{
	(void)state;
	expect(BODY("<xsl:value-of select='f:msg(//p:error)'/>"),
	    "<error code='multiple'><money name='pack'>1200</money></error>",
	    "<b>of ¥1,200.00, {missing}</b>");
}

static void
a_label_is_its_lists_own_or_the_general_one(void **state)
{
	(void)state;
	expect(BODY("<xsl:for-each select='//p:money'><xsl:value-of"
	    " select='f:label()'/>,</xsl:for-each>"),
	    "<list name='orders'><column name='amount' type='money'/><row id='1'>"
	    "<money name='amount'>1.00</money></row></list>"
	    "<list name='other'><column name='amount' type='money'/><row id='1'>"
	    "<money name='amount'>1.00</money></row></list>", "<b>Sum,Amount,</b>");
}

#define CELLS "<xsl:template match='/'><tr><xsl:for-each select='//p:row'>" \
	"<xsl:apply-templates select='*[1]' mode='lead'/><f:cells" \
	" mode='cell'/></xsl:for-each></tr>" \
	"</xsl:template>" \
	"<xsl:template match='p:*' mode='lead'><f:lead>special</f:lead></xsl:template>" \
	"<xsl:template match='p:money' mode='cell'><f:cell class='num'" \
	" plain='true'/></xsl:template>" \
	"<xsl:template match='p:status' mode='cell'>" \
	"<f:cell class='t' plain='true' mark='state'/></xsl:template>" \
	"<xsl:template match='p:due' mode='cell'><f:cell><u/></f:cell></xsl:template>"
#define LIST(row, cells) "<list name='orders'><column name='no' type='code'/>" \
	"<column name='amount' type='money'/><row id='1'" row "><code name='no'>A&amp;B</code>" \
	cells "</row></list>"
#define LEAD "<tr><th scope=\"row\"><a href=\"/o?a=1&amp;b=2\">A&amp;B</a></th>"

static void
a_cell_is_its_text(void **state)
{
	(void)state;
	expect(CELLS, LIST(" href='/o?a=1&amp;b=2'", "<money name='amount'>-5.00</money>"),
	    LEAD "<td class=\"num negative\" data-label=\"Sum\">−5.00</td></tr>");
	expect(CELLS, LIST("", "<money name='amount'/>"),
	    "<tr><th scope=\"row\">special</th><td class=\"num\" data-label=\"Sum\"></td></tr>");
}

static void
a_cell_has_a_link_a_second_line_and_a_mark(void **state)
{
	(void)state;
	expect(CELLS, LIST(" href='/o?a=1&amp;b=2'",
	    "<money name='amount' href='/m' sub='&lt;x'>5.00</money>"),
	    LEAD "<td class=\"num\" data-label=\"Sum\"><a href=\"/m\">5.00</a>"
	    "<small class=\"sub\">&lt;x</small></td></tr>");
	expect(CELLS, LIST(" href='/o?a=1&amp;b=2'",
	    "<status name='amount' set='order'>draft</status>"),
	    LEAD "<td class=\"t\" data-label=\"Sum\">"
	    "<span class=\"state tone-wait\">Draft</span></td></tr>");
	expect(CELLS, LIST(" href='/o?a=1&amp;b=2'", "<due name='amount'>2026-11-30</due>"),
	    LEAD "<td data-label=\"Sum\"><u></u></td></tr>");
}

static void
a_template_that_matches_more_precisely_wins(void **state)
{
	(void)state;
	expect(CELLS "<xsl:template match=\"p:money[@name = 'amount']\" mode='cell'>"
	    "<td>own</td></xsl:template>",
	    LIST(" href='/o'", "<money name='amount'>5.00</money>"),
	    "<tr><th scope=\"row\"><a href=\"/o\">A&amp;B</a></th><td>own</td></tr>");
}

static void
a_choice_is_its_text_its_key_or_its_state(void **state)
{
	(void)state;
	expect("<xsl:template match='/'><select><xsl:for-each select='//p:field'><f:options/>"
	    "</xsl:for-each></select></xsl:template>",
	    "<field name='s' set='order'><value>x</value><option value='1'>A&amp;B</option>"
	    "<option value='2' key='hello' selected='true'/><option value='draft'/></field>"
	    "<field name='t'><option value='&quot;3'/></field>",
	    "<select><option value=\"1\">A&amp;B</option>"
	    "<option value=\"2\" selected>Hello &lt;you&gt; {it's}</option>"
	    "<option value=\"draft\">Draft</option><option value=\"&quot;3\">\"3</option>"
	    "</select>");
}

/* Drawn by what stands before it, against the rule: so it shows who was drawn, and who kept. */
#define KEEP(s) "<xsl:template match='/'><b><xsl:for-each select='//p:menu'><f:keep>" \
	"<i><xsl:value-of select='count(preceding-sibling::*)'/>" s "</i></f:keep>" \
	"</xsl:for-each></b></xsl:template>"
#define LONG "<link href='" A256 A256 A256 A256 "'/>"
#define A256 A64 A64 A64 A64
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
an_equal_node_is_drawn_once(void **state)
{
	(void)state;
	expect(KEEP("<xsl:value-of select='@name'/>"),
	    "<menu name='&lt;'>" LONG "</menu><menu name='&lt;'>" LONG "</menu>"
	    "<menu name='='>" LONG "</menu><menu name='&lt;'>" LONG "</menu>",
	    "<b><i>0&lt;</i><i>0&lt;</i><i>2=</i><i>0&lt;</i></b>");
	expect(KEEP(""), "<menu/><menu/>", "<b><i>0</i><i>1</i></b>");
	expect(KEEP("<a href='{@name}'/>"), "<menu name='javascript:'>" LONG "</menu>", NULL);
}

static void
an_address_that_runs_fails_the_page(void **state)
{
	(void)state;
	expect(CELLS, LIST(" href='javascript:alert(1)'", ""), NULL);
}

static void
a_sheet_reads_and_writes_nothing(void **state)
{
	(void)state;
	sheets_file("secret.xml", "<secret>s</secret>");
	expect(BODY("<xsl:value-of select=\"document('../secret.xml')\"/>"), "", NULL);
	expect(BODY("<xsl:value-of select=\"document('http://127.0.0.1/x')\"/>"), "", NULL);
	expect("<xsl:template match='/'><xsl:document href='written.xml'><b/></xsl:document>"
	    "</xsl:template>", "", NULL);
	assert_int_equal(access("written.xml", F_OK), -1);
}

static void
a_sheet_that_does_not_end_is_stopped(void **state)
{
	(void)state;
	expect("<xsl:template match='/'><b><xsl:call-template name='again'/></b></xsl:template>"
	    "<xsl:template name='again'><xsl:call-template name='again'/></xsl:template>", "",
	    NULL);
}

static void
a_broken_sheet_is_not_loaded(void **state)
{
	(void)state;
	expect("<xsl:template match='['><b/></xsl:template>", "", NULL);
	expect("<xsl:template match='/'><b></xsl:template>", "", NULL);
	expect("<xsl:template match='/'><xsl:call-template name='none'/></xsl:template>", "", NULL);
	expect("<xsl:template match='/'><b><xsl:value-of select='f:none()'/></b></xsl:template>",
	    "", NULL);
}

static void
many_pages_take_no_more_memory(void **state)
{
	struct pool *pool = pool_new();
	struct buf *out;
	struct sheet *sheet;
	size_t used = 0;

	(void)state;
	assert_non_null(made(pool, CELLS, ""));
	sheet = load();
	for (int i = 0; i < 300; i++) {
		static const char xml[] = PAGE LIST(" href='/o'",
		    "<money name='amount'>5.00</money>")
		    "</page>";
		xmlDoc *page;

		out = buf_new(pool);
		arena_begin();
		page = xmlReadMemory(xml, sizeof(xml) - 1, NULL, NULL, XML_PARSE_NONET);
		assert_true(sheet_html(sheet, page, out));
		/* Not to the byte: hash tables are salted. */
		if (i == 0)
			used = arena_used();
		assert_in_range(arena_used(), used - 2048, used + 2048);
		arena_end();
	}
	pool_free(pool);
}

static int
start(void **state)
{
	(void)state;
	arena_init();
	log_open("test_sheet", "none");
	sheets_make();
	words = sheets_words("en");
	return 0;
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
		cmocka_unit_test(a_literal_key_becomes_its_word),
		cmocka_unit_test(a_key_of_parts_is_looked_up),
		cmocka_unit_test(a_message_is_filled_with_its_values),
		cmocka_unit_test(a_label_is_its_lists_own_or_the_general_one),
		cmocka_unit_test(a_cell_is_its_text),
		cmocka_unit_test(a_cell_has_a_link_a_second_line_and_a_mark),
		cmocka_unit_test(a_template_that_matches_more_precisely_wins),
		cmocka_unit_test(a_choice_is_its_text_its_key_or_its_state),
		cmocka_unit_test(an_equal_node_is_drawn_once),
		cmocka_unit_test(an_address_that_runs_fails_the_page),
		cmocka_unit_test(a_sheet_reads_and_writes_nothing),
		cmocka_unit_test(a_sheet_that_does_not_end_is_stopped),
		cmocka_unit_test(a_broken_sheet_is_not_loaded),
		cmocka_unit_test(many_pages_take_no_more_memory),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

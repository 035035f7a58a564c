/* Workbooks whose XML attacks the parser, without the child around it. */
#include "bookmake.h"
#include "reader.h"

static bool
read_sheet_xml(const char *xml)
{
	struct book b = { .sheet_xml = xml };

	return read_buf(book_make(p, &b));
}

static void
dtd_and_entities_are_refused(void **state)
{
	(void)state;
	assert_refused(read_sheet_xml("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a SYSTEM "
	    "\"file:///etc/passwd\">]><worksheet>&a;</worksheet>"), "file.dtd");
	assert_refused(read_sheet_xml("<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\"><x/>"),
	    "file.dtd");
	assert_refused(read_sheet_xml("<!DOCTYPE x [<!ENTITY % p SYSTEM \"file:///x\">%p;]><x/>"),
	    "file.dtd");
	assert_refused(read_sheet_xml("<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">"
	    "]><x>&b;</x>"), "file.dtd");
	assert_refused(read_sheet_xml("<worksheet>&undefined;</worksheet>"), "file.broken");
	assert_refused(read_sheet_xml("<x><!ELEMENT y ANY></x>"), "file.dtd");
	assert_refused(read_sheet_xml("<x><![IGNORE[y]]></x>"), "file.dtd");
}

static void
xml_that_costs_time_is_refused(void **state)
{
	struct buf *b = buf_new(p);

	(void)state;
	buf_str(b, "<x");
	for (int i = 0; i < 100000; i++)
		buf_printf(b, " a%d=''", i);
	buf_str(b, "/>");
	assert_refused(read_sheet_xml(b->s), "file.bomb");
	b->n = 0;
	buf_str(b, "<x>");
	for (int i = 0; i < 3000; i++)
		buf_printf(b, "<n%d/>", i);
	buf_str(b, "</x>");
	assert_refused(read_sheet_xml(b->s), "file.bomb");
	b->n = 0;
	for (int i = 0; i < 100000; i++)
		buf_str(b, "<x>");
	assert_refused(read_sheet_xml(b->s), "file.bomb");
	b->n = 0;
	buf_str(b, "<x a='");
	for (int i = 0; i < 20000; i++)
		buf_str(b, ">");
	buf_str(b, "'/>");
	assert_refused(read_sheet_xml(b->s), "file.bomb");
}

/* A comment that the guard would leave too early hides a tag from it. */
static void
guard_and_parser_agree_on_markup(void **state)
{
	struct buf *b = buf_new(p);

	(void)state;
	buf_str(b, "<w><!--> <a x=\" --><a");
	for (int i = 0; i < 100; i++)
		buf_printf(b, " a%d='\"'", i);
	buf_str(b, "/></w>");
	assert_refused(read_sheet_xml(b->s), "file.bomb");
	b->n = 0;
	buf_str(b, "<w><![CDATA[]> <a x=\" ]]><a");
	for (int i = 0; i < 100; i++)
		buf_printf(b, " a%d='\"'", i);
	buf_str(b, "/></w>");
	assert_refused(read_sheet_xml(b->s), "file.bomb");
	assert_refused(read_sheet_xml("<w><!-- fine --><![CDATA[<!DOCTYPE]]><?pi <!DOCTYPE ?></w>"),
	    "file.empty");
}

static void
other_encodings_are_refused(void **state)
{
	struct book b = { 0 };

	(void)state;
	b.sheet_xml = "<\0x\0/\0>\0";
	b.sheet_xml_n = 8;
	assert_refused(read_buf(book_make(p, &b)), "file.broken");
	b.sheet_xml = "\xFF\xFE<\0x\0/\0>\0";
	b.sheet_xml_n = 10;
	assert_refused(read_buf(book_make(p, &b)), "file.broken");
	/* EBCDIC for <?xm */
	assert_refused(read_sheet_xml("\x4C\x6F\xA7\x94"), "file.broken");
	/* The declared one is ignored: the bytes are UTF-8, or wrong. */
	assert_refused(read_sheet_xml("<?xml version='1.0' encoding='UTF-7'?><x>+ADw-</x>"),
	    "file.empty");
	assert_refused(read_sheet_xml("<x>\xC3</x>"), "file.broken");
	assert_refused(read_sheet_xml("\xEF\xBB\xBF<x/>"), "file.empty");
	assert_refused(read_sheet_xml("\xEF\xBB<x/>"), "file.broken");
	assert_refused(read_sheet_xml("junk<x/>"), "file.broken");
	assert_refused(read_sheet_xml("<a>x</a>"), "file.empty");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(dtd_and_entities_are_refused),
		CASE(xml_that_costs_time_is_refused),
		CASE(guard_and_parser_agree_on_markup),
		CASE(other_encodings_are_refused),
	};

	return cmocka_run_group_tests_name("xmlfeed", tests, NULL, NULL);
}

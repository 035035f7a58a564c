/* libxml2's memory between arena_begin() and arena_end(). */
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

static void
blocks_are_aligned_and_apart(void **state)
{
	unsigned char *a, *b;

	(void)state;
	arena_begin();
	a = xmlMalloc(5);
	b = xmlMalloc(1);
	assert_int_equal((uintptr_t)a % 16, 0);
	assert_int_equal((uintptr_t)b % 16, 0);
	assert_true(b >= a + 5 || a >= b + 1);
	arena_end();
}

static void
a_grown_block_keeps_its_content(void **state)
{
	unsigned char *a, *between;

	(void)state;
	arena_begin();
	a = xmlMalloc(100);
	memset(a, 7, 100);
	a = xmlRealloc(a, 3000);        /* the last one grows where it is */
	between = xmlMalloc(10);
	memset(between, 9, 10);
	a = xmlRealloc(a, 5 << 20);     /* past the first chunk */
	for (int i = 0; i < 100; i++)
		assert_int_equal(a[i], 7);
	memset(a, 8, 5 << 20);
	assert_int_equal(between[9], 9);
	arena_end();
}

static void
a_shrunk_block_can_grow_again(void **state)
{
	char *a;

	(void)state;
	arena_begin();
	a = xmlMalloc(64);
	memcpy(a, "kept", sizeof("kept"));
	a = xmlRealloc(a, 8);
	a = xmlRealloc(a, 60);
	assert_string_equal(a, "kept");
	arena_end();
}

static void
a_freed_small_block_is_used_again(void **state)
{
	void *a;
	size_t used;

	(void)state;
	arena_begin();
	a = xmlMalloc(40);
	xmlFree(a);
	used = arena_used();
	assert_ptr_equal(xmlMalloc(33), a);
	assert_int_equal(arena_used(), used);
	arena_end();
}

static void
what_was_made_outside_stays_on_the_heap(void **state)
{
	char *outside = (char *)xmlStrdup((const xmlChar *)"outside");

	(void)state;
	arena_begin();
	outside = xmlRealloc(outside, 4096);
	assert_int_equal(arena_used(), 0);
	arena_end();
	assert_string_equal(outside, "outside");
	xmlFree(outside);
}

static void
freeing_late_does_nothing(void **state)
{
	void *a;

	(void)state;
	arena_begin();
	a = xmlMalloc(10);
	arena_end();
	xmlFree(a);
	xmlFree(NULL);
}

static void
a_document_needs_no_freeing(void **state)
{
	size_t first = 0;

	(void)state;
	for (int i = 0; i < 200; i++) {
		xmlDoc *doc;
		xmlNode *root;

		arena_begin();
		doc = xmlNewDoc((const xmlChar *)"1.0");
		root = xmlNewDocNode(doc, NULL, (const xmlChar *)"root", NULL);
		xmlDocSetRootElement(doc, root);
		for (int k = 0; k < 500; k++)
			xmlNewTextChild(root, NULL, (const xmlChar *)"child",
			    (const xmlChar *)"text");
		if (i == 0)
			first = arena_used();
		assert_int_equal(arena_used(), first);
		arena_end();
	}
}

static void
an_error_of_the_library_does_not_outlive_its_request(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		arena_begin();
		assert_null(xmlReadMemory("<a><b></a>", 10, NULL, NULL,
		    XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
		assert_non_null(xmlGetLastError());
		arena_end();
		assert_null(xmlGetLastError());
	}
}

static void
size_zero_and_absurd_sizes(void **state)
{
	volatile size_t absurd = SIZE_MAX - 8;

	(void)state;
	arena_begin();
	assert_non_null(xmlMalloc(0));
	xmlFree(xmlMalloc(0));
	assert_null(xmlMalloc(absurd));
	arena_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_aligned_and_apart),
		cmocka_unit_test(a_grown_block_keeps_its_content),
		cmocka_unit_test(a_shrunk_block_can_grow_again),
		cmocka_unit_test(a_freed_small_block_is_used_again),
		cmocka_unit_test(what_was_made_outside_stays_on_the_heap),
		cmocka_unit_test(freeing_late_does_nothing),
		cmocka_unit_test(a_document_needs_no_freeing),
		cmocka_unit_test(an_error_of_the_library_does_not_outlive_its_request),
		cmocka_unit_test(size_zero_and_absurd_sizes),
	};

	arena_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

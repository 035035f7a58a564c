/* Attachments: type by content, harmless names, headers that cannot be broken out of. */
#include "bed.h"
#include "bookmake.h"
#include "storage.h"

static const char *
sniff(const char *s)
{
	const struct storage_type *type = storage_sniff(s, strlen(s), &error);

	return type != NULL ? type->name : error;
}

static void
types_by_content(void **state)
{
	struct book book = book_of("");
	const struct buf *b = book_make(p, &book);

	(void)state;
	assert_string_equal(sniff("%PDF-1.7\n"), "pdf");
	assert_string_equal(sniff("\x89PNG\r\n\x1A\n...."), "png");
	assert_string_equal(sniff("\xFF\xD8\xFF\xE0"), "jpeg");
	assert_string_equal(sniff("a,b\n1,2\n"), "csv");
	assert_string_equal(sniff("\xC9\xCC\xC6\xB7,1\n"), "csv");
	/* The fixture calls its workbook book.xml: not what Excel writes. */
	assert_null(storage_sniff(b->s, b->n, &error));
}

static void
workbooks_without_macros(void **state)
{
	static const char *const names[] = { "xl/workbook.xml", "xl/vbaProject.bin" };

	(void)state;
	for (int n = 1; n <= 2; n++) {
		struct buf *b = buf_new(p);
		struct zipout *z = zipout_new(p, sink_buf(b));

		for (int i = 0; i < n; i++)
			zipout_entry(z, names[i]);
		zipout_end(z);
		if (n == 1)
			assert_string_equal(storage_sniff(b->s, b->n, &error)->name, "xlsx");
		else
			assert_null(storage_sniff(b->s, b->n, &error));
	}
}

static void
everything_else_is_refused(void **state)
{
	(void)state;
	assert_string_equal(sniff(""), "attachment.empty");
	assert_string_equal(sniff("<html><script>alert(1)</script>,"), "attachment.type");
	assert_string_equal(sniff("\xEF\xBB\xBF <svg onload=x>,\n"), "attachment.type");
	assert_string_equal(sniff("#!/bin/sh ,\n"), "attachment.type");
	assert_string_equal(sniff("{\\rtf1, }"), "attachment.type");
	assert_string_equal(sniff("plain words\n"), "attachment.type");
	assert_string_equal(sniff("a,\x01\n"), "attachment.type");
	assert_string_equal(sniff("a,\xFF\xFF\n"), "attachment.type");
	assert_string_equal(sniff("MZ\x90"), "attachment.type");
	assert_string_equal(sniff("PK\3\4 xl/workbook.xml"), "attachment.type");
	assert_null(storage_sniff("x", STORAGE_MAX + 1, &error));
	assert_string_equal(error, "attachment.too_big");
	assert_null(storage_type("html"));
	assert_string_equal(storage_type("pdf")->media, "application/pdf");
}

static void
names(void **state)
{
	const struct storage_type *pdf = storage_type("pdf");
	char longest[400];

	(void)state;
	assert_string_equal(storage_name(p, "C:\\fakepath\\三月 报价.PDF", pdf), "三月 报价.pdf");
	assert_string_equal(storage_name(p, "../../etc/passwd", pdf), "passwd.pdf");
	assert_string_equal(storage_name(p, "a.pdf.exe", pdf), "a.pdf.pdf");
	assert_string_equal(storage_name(p, "a\r\nSet-Cookie: x=1", pdf), "aSet-Cookie x=1.pdf");
	assert_string_equal(storage_name(p, "inv\xE2\x80\xAE" "fdp.exe", pdf), "invfdp.pdf");
	assert_string_equal(storage_name(p, "...", pdf), "file.pdf");
	assert_string_equal(storage_name(p, "", pdf), "file.pdf");
	assert_string_equal(storage_name(p, ".htaccess", pdf), "htaccess.pdf");
	assert_string_equal(storage_name(p, "x/", pdf), "file.pdf");
	assert_string_equal(storage_name(p, "a\xFF" "b", pdf), "a.pdf");
	assert_string_equal(storage_name(p, "a\xEF\xBF\xBF" "b", pdf), "ab.pdf");
	memset(longest, 0, sizeof(longest));
	for (int i = 0; i < 100; i++)
		memcpy(longest + i * 3, "药", 3);
	assert_int_equal(strlen(storage_name(p, longest, pdf)), 115 + 4 - 1);
}

static void
disposition(void **state)
{
	(void)state;
	assert_string_equal(storage_disposition(p, "三月 \"报价\"(1).pdf"),
	    "attachment; filename=\"__ _____1_.pdf\"; "
	    "filename*=UTF-8''%E4%B8%89%E6%9C%88%20%22%E6%8A%A5%E4%BB%B7%22%281%29.pdf");
	assert_null(strpbrk(storage_disposition(p, "a\r\nb\\\"c"), "\r\n\\"));
}

static void
hash(void **state)
{
	char hex[STORAGE_HASH_SIZE];

	(void)state;
	storage_hash("abc", 3, hex);
	assert_string_equal(hex,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(types_by_content),
		CASE(workbooks_without_macros),
		CASE(everything_else_is_refused),
		CASE(names),
		CASE(disposition),
		CASE(hash),
	};

	return cmocka_run_group_tests_name("storage", tests, NULL, NULL);
}

/*
 * Workbooks: the input as the archive itself, and, since no fuzzer guesses a checksum, as the
 * sheet, the styles and the strings of one that is well made.
 */
#include "fuzz_table.h"

#include "bookmake.h"

static void
fuzz_one(struct pool *p, const char *s, size_t n)
{
	const char *text = pool_strndup(p, s, n);
	struct book books[] = {
		{ .sheet_xml = text, .sheet_xml_n = n },
		{ .rows = text },
		{ .rows = "<row><c s=\"1\"><v>46086.5</v></c><c t=\"s\"><v>0</v></c></row>",
			.strings = text,
			.styles = "<cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs>" },
		{ .rows = "<row><c s=\"1\"><v>46086.5</v></c></row>", .styles = text },
	};
	const char *error = NULL;
	struct table t;

	if (n > 2 && memcmp(s, "PK", 2) == 0) {
		if (tabular_read(&t, p, s, n, &error))
			fuzz_check_table(&t);
		return;
	}
	for (size_t i = 0; i < sizeof(books) / sizeof(books[0]); i++) {
		const struct buf *b = book_make(p, &books[i]);

		if (tabular_read(&t, p, b->s, b->n, &error))
			fuzz_check_table(&t);
	}
}

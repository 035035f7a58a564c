/*
 * bookmake.h - small workbooks for tests: good ones, and ones with any bytes as their sheet.
 */
#ifndef XIAOAO_BOOKMAKE_H
#define XIAOAO_BOOKMAKE_H

#include <stdbool.h>
#include <string.h>

#include "pool.h"
#include "zipout.h"

struct book {
	const char *rows;      /* inside <sheetData> */
	const char *sheet_xml; /* instead: the whole part */
	size_t sheet_xml_n;    /* 0: up to its NUL */
	const char *strings;   /* inside <sst>, or NULL */
	const char *styles;    /* inside <styleSheet>, or NULL */
	const char *sheets;    /* inside <sheets>, or NULL */
	bool from_1904;
};

#define BOOK_TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

static inline struct book
book_of(const char *rows)
{
	return (struct book){ .rows = rows };
}

static inline void
book_part(struct zipout *z, const char *name, const char *before, const char *s, const char *after)
{
	zipout_entry(z, name);
	zipout_str(z, before);
	zipout_str(z, s);
	zipout_str(z, after);
}

static inline struct buf *
book_make(struct pool *pool, const struct book *b)
{
	struct buf *out = buf_new(pool);
	struct zipout *z = zipout_new(pool, sink_buf(out));
	const char *xml = b->sheet_xml;

	book_part(z, "_rels/.rels", "<Relationships>",
	    "<Relationship Id=\"a\" Type=\"" BOOK_TYPE "officeDocument\" Target=\"/xl/book.xml\"/>",
	    "</Relationships>");
	zipout_entry(z, "xl/book.xml");
	zipout_str(z, b->from_1904 ? "<workbook xmlns:r=\"r\"><workbookPr date1904=\"1\"/><sheets>"
				   : "<workbook xmlns:r=\"r\"><sheets>");
	zipout_str(z, b->sheets != NULL ? b->sheets
					: "<sheet name=\"Data\" sheetId=\"1\" r:id=\"rId1\"/>");
	zipout_str(z, "</sheets></workbook>");
	book_part(z, "xl/_rels/book.xml.rels", "<Relationships>",
	    "<Relationship Id=\"rId1\" Type=\"" BOOK_TYPE "worksheet\" Target=\"s/one.xml\"/>"
	    "<Relationship Id=\"rId2\" Type=\"" BOOK_TYPE "styles\" Target=\"styles.xml\"/>"
	    "<Relationship Id=\"rId3\" Type=\"" BOOK_TYPE "sharedStrings\""
	    " Target=\"strings.xml\"/>",
	    "</Relationships>");
	book_part(z, "xl/styles.xml", "<styleSheet>", b->styles != NULL ? b->styles : "",
	    "</styleSheet>");
	book_part(z, "xl/strings.xml", "<sst>", b->strings != NULL ? b->strings : "", "</sst>");
	if (xml != NULL) {
		zipout_entry(z, "xl/s/one.xml");
		zipout_write(z, xml, b->sheet_xml_n != 0 ? b->sheet_xml_n : strlen(xml));
	} else {
		book_part(z, "xl/s/one.xml", "<worksheet><sheetData>", b->rows,
		    "</sheetData></worksheet>");
	}
	zipout_end(z);
	return out;
}

#endif

/*
 * xlsx_book.h - what the reader of a workbook knows of it, shared by its two files: xlsx_book.c
 * (package, workbook, styles, shared strings) and xlsx_sheet.c (the sheet itself).
 */
#ifndef XIAOAO_XLSX_BOOK_H
#define XIAOAO_XLSX_BOOK_H

#include "tabbuild.h"
#include "unzip.h"
#include "xlsx_styles.h"
#include "xmlfeed.h"

enum {
	XLSX_PATH_SIZE = 256,
	XLSX_RELATION_SIZE = 64,
	XLSX_STRINGS_MAX = 1000000,
	XLSX_STRINGS_BYTES = 48 << 20,
	XLSX_SHEETS_MAX = 16,
	XLSX_TEXT_MAX = TABULAR_CELL_MAX
};

/* Shared strings, one behind the other. */
struct xlsx_strings {
	struct buf *text;
	uint32_t *from; /* offset of each; one more than there are */
	size_t n;
	size_t cap;
};

/* Bounded text that is being collected from the document. */
struct xlsx_text {
	char *s;
	size_t n;
	bool on;
};

struct xlsx_book {
	struct tabbuild *build;
	struct pool *pool;
	struct zip zip;
	struct xml_feed *feed;
	const char *error;
	struct xlsx_strings strings;
	struct xlsx_styles styles;

	/* relations */
	const char *wanted;             /* end of the type, or the id, that is looked for */
	char target[XLSX_PATH_SIZE];
	char workbook[XLSX_PATH_SIZE];
	char sheet_relation[XLSX_SHEETS_MAX][XLSX_RELATION_SIZE]; /* of the visible ones */
	bool date1904;
	bool probing;                   /* looks whether the sheet holds a table */
	uint32_t cells;                 /* ... of the row */
	uint32_t wide;                  /* ... rows that may be of a table */

	/* position in strings and sheet */
	bool in_phonetic;
	struct xlsx_text text;
	uint32_t row;
	uint32_t column;
	uint32_t format;                /* of the cell: index into the styles */
	char kind;                      /* first letter of its type: n s b e i(nlineStr) t(str) d */
	bool has_row;
};

/* Copies a value with its NUL and returns its length; 0 when it is not there or does not fit. */
size_t xlsx_copy(const struct xml_attributes *a, const char *name, char *to, size_t size);

uint32_t xlsx_number(const struct xml_attributes *a, const char *name, uint32_t absent);
bool xlsx_is_true(const struct xml_attributes *a, const char *name);

/* Adds to the text being collected. */
void xlsx_collect(struct xlsx_book *book, const char *s, size_t n);

/* Replaces the escapes _xHHHH_ in the collected text. */
void xlsx_unescape(struct xlsx_text *text);

/* Sends a part of the package through a handler, whose arg is the book; false: book->error. */
bool xlsx_part(struct xlsx_book *book, const char *path, const struct xml_handler *handler);

/* Reads the cells of the sheet at path. */
bool xlsx_sheet(struct xlsx_book *book, const char *path);

/* The sheet at path holds a table: two rows of three cells or more. */
bool xlsx_holds_table(struct xlsx_book *book, const char *path);

#endif

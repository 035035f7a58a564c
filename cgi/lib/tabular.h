/*
 * tabular.h - uploaded tables: CSV and XLSX files, and lines pasted from anywhere, as rows of text.
 *
 * Files are hostile: call tabular_read() only through upload_parse() (upload.h), which runs it in a
 * child that can do nothing else.  Pasted text is simple enough for the program itself.
 *
 * Nothing is repaired.  A number of more than 15 digits in a spreadsheet has lost some: its cell is
 * flagged CELL_DAMAGED and must be refused by whoever needs it.
 */
#ifndef XIAOAO_TABULAR_H
#define XIAOAO_TABULAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

enum {
	TABULAR_ROWS_MAX = 50000,
	TABULAR_CELLS_MAX = 1000000,
	TABULAR_COLUMNS_MAX = 256,
	TABULAR_CELL_MAX = 32767,        /* bytes of one cell */
	TABULAR_BYTES_MAX = 16 << 20     /* bytes of the table as it is handed over */
};

enum cell_flags {
	CELL_NUMBER = 1,  /* was a number in the spreadsheet; text is a plain decimal */
	CELL_DATE = 2,    /* was a date there: 2026-03-05, 2026-03-05 13:45:00 or 13:45:00 */
	CELL_DAMAGED = 4, /* digits were lost before the file came: 9.14403E+17 */
	CELL_ERROR = 8    /* #N/A, #REF! and the like */
};

struct table_cell {
	const char *text; /* never NULL; trimmed, utf8_clean() */
	uint32_t n;
	uint32_t flags;
};

struct table_row {
	const struct table_cell *cell;
	uint32_t n;    /* empty cells at the end are left out, and empty rows altogether */
	uint32_t line; /* of the file, from 1: name it in messages */
	bool hidden;   /* hidden in the spreadsheet */
};

struct table {
	struct table_row *row;
	size_t n;
	size_t columns;    /* of the widest row */
	const char *sheet; /* name of the sheet, "" in CSV */
	unsigned sheets;   /* visible sheets in the file; only the first is read */
};

/* The cell in a column from 0, or an empty one. */
const struct table_cell *table_cell(const struct table_row *row, size_t column);

/*
 * Reads CSV (UTF-8 with or without mark, UTF-16 with mark, GB18030; comma, semicolon or tab) or
 * XLSX. Everything is in the pool.  False: *error is one of
 *
 *   file.empty          no bytes, or no row with anything in it
 *   file.not_table      neither CSV nor XLSX: a PDF, a picture, a web page, a program
 *   file.old_excel      .xls of Excel 97-2003
 *   file.encrypted      has a password
 *   file.charset        text neither in UTF-8 nor in GB18030
 *   file.broken         damaged or cut off
 *   file.dtd            XML with a DTD: no spreadsheet program writes that
 *   file.bomb           small file that would unpack into a huge one, or cost minutes
 *   file.rows           more than TABULAR_ROWS_MAX rows
 *   file.columns        something beyond column TABULAR_COLUMNS_MAX
 *   file.cell           a cell of more than TABULAR_CELL_MAX bytes
 *   file.too_big        more than TABULAR_CELLS_MAX cells or TABULAR_BYTES_MAX bytes
 *
 * and by upload_parse() also file.timeout, file.busy.
 */
bool tabular_read(struct table *to, struct pool *p, const void *bytes, size_t n,
    const char **error);

/* Loads the converter for GB18030; before a sandbox without files. */
void tabular_init(void);

/*
 * Lines that a person pasted, one row each.  A line with tabs is split at tabs, else at commas or
 * semicolons (also full-width ones), else at blanks.  The text is utf8_clean().  Same limits and
 * errors.
 */
bool tabular_read_pasted(struct table *to, struct pool *p, const char *text, size_t n,
    const char **error);

/* What crosses the pipe between the upload child and the program; see upload.c. */
bool tabular_encode(struct buf *to, const void *bytes, size_t n, const char **error);
bool tabular_decode(struct table *to, struct pool *p, char *stream, size_t n);

#endif

/*
 * tabbuild.h - making a table row by row, inside the readers of tabular.h.
 *
 * The table is written straight into the form in which it leaves the upload child: per row its
 * line, its number of cells and a flag, per cell flags, length, bytes and a NUL.  Or each row is
 * handed on in that form as soon as it is complete, so that any number of them needs no memory.
 * Errors are sticky.
 */
#ifndef XIAOAO_TABBUILD_H
#define XIAOAO_TABBUILD_H

#include "tabular.h"

struct tabbuild {
	struct buf *out;
	const char *error;  /* code, or NULL */
	const char *sheet;
	uint32_t sheets;
	uint32_t rows;
	uint32_t cells;
	uint32_t columns;
	size_t row_at;      /* where the head of the open row lies */
	uint32_t row_cells; /* cells of the open row */
	uint32_t line;
	bool hidden;

	/* When rows are handed on; NULL: they are kept. */
	bool (*row)(void *arg, const char *s, size_t n);
	void *arg;
};

enum { TABBUILD_STREAM_ROWS = 2000000 };

void tabbuild_begin(struct tabbuild *b, struct buf *out);

/* Rows go to the function, which returns false when nobody wants them any more (file.lost). */
void tabbuild_stream(struct tabbuild *b, struct buf *out,
    bool (*row)(void *arg, const char *s, size_t n), void *arg);

/* Rows come in ascending order; a row that gets no cell is dropped. */
void tabbuild_row(struct tabbuild *b, uint32_t line, bool hidden);

/*
 * Adds a cell to the open row; columns ascend, the ones left out are empty.  The text is UTF-8;
 * it is trimmed, line ends become LF and control characters blanks.  Empty text adds nothing.
 */
void tabbuild_cell(struct tabbuild *b, uint32_t column, const char *s, size_t n, uint32_t flags);

/* False when there was an error or nothing was added. */
bool tabbuild_end(struct tabbuild *b);

/* One row as it was handed on, untrusted; the cells point into s.  False: it is none. */
bool tabbuild_decode(struct table_row *row, struct table_cell cells[static TABULAR_COLUMNS_MAX],
    char *s, size_t n);

/* The readers behind rowreader.h. */
struct csv *csv_new(struct tabbuild *b);
void csv_push(struct csv *c, const char *s, size_t n); /* text in UTF-8 */
void csv_end(struct csv *c);

struct xmlrows *xmlrows_new(struct tabbuild *b, const char *const *fields);
void xmlrows_push(struct xmlrows *x, const char *s, size_t n);
void xmlrows_end(struct xmlrows *x);

void xlsx_read(struct tabbuild *b, const void *bytes, size_t n);

/* A spreadsheet number like 1.20000000000000002E-2 as a plain decimal of at most 15 digits. */
enum { NUMBER_SIZE = 64 };
bool number_plain(const char *s, size_t n, char plain[static NUMBER_SIZE], uint32_t *flags);

/* Days since 1899-12-30 as date, time or both; the format says which parts are shown. */
void number_date(double serial, char text[static NUMBER_SIZE], uint32_t *flags);

#endif

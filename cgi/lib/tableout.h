/*
 * tableout.h - writing a table row by row as CSV or XLSX, in constant memory and without files.
 *
 * Values are canonical, as rows come from the database: decimals with a point, 2026-03-05 for a
 * date, "2026-03-05 13:45:00" in UTC for a moment (written in local time: TZ), 2026-03 for a
 * month, 0.125 for 12.5 %.  NULL and "" are empty cells.  Types that are words on a page (status,
 * flag) are text here: the caller gives the word.
 *
 *   struct table_out *t = csv_table(pool, sink_buf(body), columns, n);
 *   table_row(t, values); …
 *   table_end(t);
 */
#ifndef XIAOAO_TABLEOUT_H
#define XIAOAO_TABLEOUT_H

#include <stdbool.h>

#include "sink.h"
#include "type.h"

struct table_column {
	const char *title; /* head, in the reader's language */
	enum type type;
	int width;         /* characters, XLSX only; 0: by type */
};

/* Columns and titles must live until the end. */
struct table_out {
	void (*row)(struct table_out *t, const char *const *values);
	void (*end)(struct table_out *t);
	const struct table_column *column;
	size_t n;
	bool full;         /* rows were left out: what was made must not be taken for the whole */
};

/* As many values as columns; the strings are not kept. */
void table_row(struct table_out *t, const char *const *values);
void table_end(struct table_out *t);

/*
 * UTF-8 with the byte order mark that Excel needs, RFC 4180.  A text that a spreadsheet would take
 * for a formula (= + - @ TAB CR at its start) gets an apostrophe in front; numbers are plain.
 */
struct table_out *csv_table(struct pool *p, struct sink to, const struct table_column *columns,
    size_t n);

/*
 * A workbook: head frozen and filtered, numbers and dates typed, codes as text.  Of more rows than
 * a worksheet holds (1,048,576 with the head) the rest stands on further sheets, each with the
 * heads; it is full after 48 of them.
 */
struct table_out *xlsx_table(struct pool *p, struct sink to, const char *sheet,
    const struct table_column *columns, size_t n);

/* For the writers: how a column's values are written. */
enum table_kind { TABLE_TEXT, TABLE_NUMBER, TABLE_DATE, TABLE_MOMENT, TABLE_MONTH };

enum table_kind table_kind(enum type type);

/* -?digits[.digits], at most 15 of them significant: what a spreadsheet holds without loss. */
bool table_is_number(const char *s);

#endif

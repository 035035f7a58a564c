/*
 * lines.h - lines of code and quantity on their way into an order or a saved list:
 * typed into a grid, pasted, or uploaded as CSV or XLSX.
 *
 * What was written is kept as it was written.  A code is never guessed: the database
 * says what it is, and an unknown one stays in its row beside the reason.
 */
#ifndef XIAOAO_LINES_H
#define XIAOAO_LINES_H

#include "req.h"

enum { LINES_MAX = 500 };

struct line {
	int64_t row;       /* number of its row in the grid: fields are code.<row>, qty.<row> */
	const char *code;  /* as written */
	const char *qty;   /* as written, without thousands separators */
	const char *note;
	const char *fault; /* what is wrong with the quantity itself, or NULL */
	bool merged;       /* the quantity is of several rows */
};

struct lines {
	struct line line[LINES_MAX];
	size_t n;
	int64_t last;      /* highest number of a row */
	size_t merged;     /* rows that went into others */
	int64_t gap[LINES_MAX]; /* rows left empty between others, ascending: the grid keeps them */
	size_t gaps;
	int64_t end;       /* highest number of a row of the grid it came from, empty or not */
};

/* A new list of lines in the pool. */
struct lines *lines_new(struct req *r);

/* One more line; row 0 is the next free one.  Past LINES_MAX nothing is added and false. */
bool lines_add(struct req *r, struct lines *to, int64_t row, const char *code, const char *qty,
    const char *note);

/* Every way a form brings lines: the grid's rows without the one of `drop`, the text `paste`, the
 * file `file`.  Heads of columns are recognised in Chinese and English; errors stand beside their
 * input. */
void lines_read(struct req *r, struct lines *to);

/* The lines of rows (row, code, qty, and note when there is one). */
void lines_of(struct req *r, struct lines *to, const struct rows *rows);

/* As the JSON that the routines take. */
const char *lines_json(struct req *r, const struct lines *lines);

/*
 * Adds lines of one product together, as far as they have quantities.  judged: a row for each line
 * with `product_id`.  True: there were some, and the lines are to be judged again.
 */
bool lines_merge(struct req *r, struct lines *lines, const struct rows *judged);

/* The errors of judged lines (`error`) beside their fields; early: a quantity may still come. */
void lines_errors(struct req *r, const struct lines *lines, const struct rows *judged, bool early);

/*
 * The grid: columns named code, qty and line_note are fields, others come from judged; line_note is
 * left out while no line has a note.  Rows have a button that posts to check with `drop`; a few
 * empty ones follow, and the ways to paste and upload, which post there too.
 */
xmlNodePtr lines_grid(struct req *r, xmlNodePtr form, const char *name,
    const struct column *columns, const struct lines *lines, const struct rows *judged,
    const char *check);

#endif

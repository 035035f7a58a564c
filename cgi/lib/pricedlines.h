/*
 * pricedlines.h - lines of code, quantity and price that staff type or paste: of an order, of a
 * quotation.  The database says what each is (order_check), beside its row.
 */
#ifndef XIAOAO_PRICEDLINES_H
#define XIAOAO_PRICEDLINES_H

#include "req.h"

/* Inputs of the grid. */
#define PRICED_FIELDS \
	{ "code", TYPE_TEXT, MANY, .max = 40 }, \
	{ "qty", TYPE_QTY, MANY, 1, 100000000 }, \
	{ "price", TYPE_PRICE, MANY, 0, 100000000 }, \
	{ "line_note", TYPE_TEXT, MANY, .max = 200 }, \
	{ "paste", TYPE_TEXTAREA, .max = 60000 }, \
	{ "drop", TYPE_INT }

struct priced {
	struct json *json; /* as order_save() takes it */
	int64_t last;      /* highest number of a row */
	size_t n;
};

struct priced priced_new(struct req *r);

/* The lines of rows (n, code, qty, price, note). */
void priced_saved(struct priced *l, const struct rows *saved);

/* The rows of the grid without the one to drop, and what was pasted. */
void priced_typed(struct req *r, struct priced *l);

/* Refusals of judged lines (order_check) beside their rows; what only a submitted order has to meet
 * is left out unless it is to be submitted. */
void priced_judge(struct req *r, const struct rows *lines, bool submitting);

/* The grid of judged lines with some empty rows, the sum, and where to paste; removing a row posts
 * to check. */
void priced_grid(struct req *r, xmlNodePtr form, const struct rows *lines, int64_t last,
    const char *check);

#endif

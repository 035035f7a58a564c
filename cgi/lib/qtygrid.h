/*
 * qtygrid.h - a grid that asks for quantities of lines that are there: what is known
 * of each, then inputs named <name>.<n>, n counting the lines from 1, as the routines do.
 */
#ifndef XIAOAO_QTYGRID_H
#define XIAOAO_QTYGRID_H

#include "req.h"

struct qty_input {
	const char *name;  /* of the field, of the column and in the JSON */
	const char *start; /* column of the lines with its first value; NULL: 0 */
	const char *max;   /* column of the lines with the most it may be; NULL: any */
};

/*
 * The grid: columns has those of the lines and, last, the inputs, which end with a name of NULL.
 */
xmlNodePtr qty_grid(struct req *r, xmlNodePtr form, const char *name, const struct column *columns,
    const struct qty_input *inputs, const struct rows *lines);

/*
 * As JSON, [{"line":1, "<name>":5}, …]; what was not sent is 0.  A sum of the inputs of a line
 * over the first one's `max` is the error `code` beside the first.
 */
const char *qty_lines(struct req *r, const struct qty_input *inputs, const struct rows *lines,
    const char *code);

#endif

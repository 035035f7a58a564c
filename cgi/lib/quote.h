/*
 * quote.h - a quotation on paper: A4, the same at both sites.
 */
#ifndef XIAOAO_QUOTE_H
#define XIAOAO_QUOTE_H

#include "req.h"

extern const char *const quote_statuses[]; /* as pages say them: expired is one */

/* The sheet of the quotation of the first row, with its lines; 404 when there is no row. */
int quote_paper(struct req *r, const struct rows *quote, const struct rows *lines);

#endif

/*
 * rebate.h - how a rebate was computed, as both sites show it: the tiers it was held against
 * and what its base is made of, or, of a compensation, the rows it was claimed for.
 */
#ifndef XIAOAO_REBATE_H
#define XIAOAO_REBATE_H

#include "req.h"

extern const char *const rebate_bases[];
extern const char *const rebate_methods[];

/* Tiers of a policy; nothing where it has none. */
void rebate_tiers(struct req *r, const struct rows *tiers);

/*
 * Parts by month and product, and claims row by row: a line has one of them.  It comes with
 * links to CSV and XLSX, in pages where it is long; where a file was asked for, it is the answer.
 */
void rebate_made_of(struct req *r, const struct rows *parts, const struct rows *claims);

#endif

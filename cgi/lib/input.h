/*
 * input.h - is what a request carries what its route takes?
 */
#ifndef XIAOAO_INPUT_H
#define XIAOAO_INPUT_H

#include "req.h"

/*
 * Checks r->in against the route's fields and its list's filters.  Wrong values
 * become errors beside their fields (codes: required, number, min, max, length,
 * decimals, date, month, choice, email).  False: an input the route does not
 * take, or a repeated one - no browser sends that, the answer is 400.
 */
bool input_check(struct req *r);

/* The field an input `name` or `name.<n>` belongs to, or NULL. */
const struct field *input_field(const struct route *route, const char *name);

#endif

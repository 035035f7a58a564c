/*
 * hold.h - what of its customer's credit stops an approved order's goods, and the override that
 * lets them past (E07): by who has credit.override and did not make the order, with a reason, for
 * some days.
 */
#ifndef XIAOAO_HOLD_H
#define XIAOAO_HOLD_H

#include "req.h"

/* Inputs of the route POST /orders/override. */
extern const struct field hold_fields[];

/* What stops the order, as notices with a link to its page. */
void hold_said(struct req *r, int64_t order, const char *href);

/* On the page of an order, before its components: what stops it, who let it past, why and until
 * when; and where it is stopped, the form for who may. */
void hold_page(struct req *r, int64_t order);

/* Lets the order `id` past; the status of the reply, as of a handler. */
int hold_override(struct req *r);

#endif

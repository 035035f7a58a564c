/*
 * ordersteps.h - how far an order is: submitted, approved, and the four answers shipped? arrived?
 * invoiced? paid?
 */
#ifndef XIAOAO_ORDERSTEPS_H
#define XIAOAO_ORDERSTEPS_H

#include "req.h"

/* The order's path on its page, from its status and answers (columns shipped, delivered, invoiced,
 * paid). */
void order_steps(struct req *r, const struct rows *order, bool approved);

#endif

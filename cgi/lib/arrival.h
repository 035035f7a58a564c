/*
 * arrival.h - what arrived of a shipment, lot by lot: the grid of the form and
 * its lines for the routine.  Both sites ask the same.
 */
#ifndef XIAOAO_ARRIVAL_H
#define XIAOAO_ARRIVAL_H

#include "req.h"

/* Inputs of the form, behind the site's own `id`. */
#define ARRIVAL_FIELDS \
	{ "arrived_on", TYPE_DATE, REQUIRED }, \
	{ "received_by_name", TYPE_TEXT, REQUIRED, .max = 40 }, \
	{ "temperature", TYPE_PERCENT, .unit = "celsius" }, \
	{ "photo", TYPE_FILE, .accept = ".jpg,.jpeg,.png,.pdf" }, \
	{ "note", TYPE_TEXTAREA, .max = 400 }, \
	{ "received", TYPE_QTY, MANY, 0, 1000000 }, \
	{ "refused", TYPE_QTY, MANY, 0, 1000000 }, \
	{ "damaged", TYPE_QTY, MANY, 0, 1000000 }

/* The grid: a row a line (product, pack, lot_no, qty, unit), all of it received to begin with. */
void arrival_grid(struct req *r, xmlNodePtr form, const struct rows *lines);

/* The lines as JSON; more received, refused and damaged than was sent is an error beside them. */
const char *arrival_lines(struct req *r, const struct rows *lines);

#endif

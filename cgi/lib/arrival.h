/*
 * arrival.h - what arrived of a shipment, lot by lot: the form with its grid, and
 * its lines for the routine.  Both sites ask and show the same.
 */
#ifndef XIAOAO_ARRIVAL_H
#define XIAOAO_ARRIVAL_H

#include "req.h"

/* Inputs of the form, behind the site's own `id`. */
#define ARRIVAL_FIELDS \
	{ "arrived_on", TYPE_DATE, REQUIRED | STARTS_TODAY }, \
	{ "received_by_name", TYPE_TEXT, REQUIRED, .max = 40 }, \
	{ "temperature", TYPE_PERCENT, .unit = "celsius" }, \
	{ "photo", TYPE_FILE, .accept = ".jpg,.jpeg,.png,.pdf" }, \
	{ "note", TYPE_TEXTAREA, .max = 400 }, \
	{ "received", TYPE_QTY, MANY, 0, 1000000 }, \
	{ "refused", TYPE_QTY, MANY, 0, 1000000 }, \
	{ "damaged", TYPE_QTY, MANY, 0, 1000000 }

/* Columns: of a lot that was sent, of what became of it, and of the arrival as a record. */
#define LOT_SENT \
	{ "lot_no", TYPE_CODE }, \
	{ "produced_on", TYPE_DATE }, \
	{ "expires_on", TYPE_DATE }, \
	{ "qty", TYPE_QTY, .unit = "{unit}" }
/* A line of the delivery note (随货同行单), as GSP wants it. */
#define NOTE_LINE \
	{ "product", TYPE_TEXT, .sub = "approval_no" }, \
	{ "dosage_form", TYPE_TEXT }, \
	{ "strength", TYPE_TEXT, .sub = "pack" }, \
	{ "maker", TYPE_TEXT }, \
	LOT_SENT, \
	{ "whole_cases", TYPE_INT }, \
	{ "loose_units", TYPE_INT }
/* … and its head: who sends what to whom, where, when. */
#define NOTE_FACTS \
	{ "supplier", TYPE_TEXT }, \
	{ "customer", TYPE_TEXT }, \
	{ "address", TYPE_TEXT }, \
	{ "receiver", TYPE_TEXT }, \
	{ "shipped_on", TYPE_DATE }, \
	{ "order_no", TYPE_CODE, .sub = "po_no" }, \
	{ "storage_class", TYPE_STATUS, .set = "storage" }, \
	{ "carrier", TYPE_TEXT, .sub = "tracking_no" }, \
	{ "cases", TYPE_INT }
/* … and who stands for it; the supplier with his seal of release (出库专用章). */
#define NOTE_SEALS \
	{ "picked_by_name", TYPE_TEXT }, \
	{ "checked_by_name", TYPE_TEXT }, \
	{ "release_seal", TYPE_TEXT }, \
	{ "received_by_sign", TYPE_TEXT }
#define LOT_ARRIVED \
	{ "received_qty", TYPE_QTY }, \
	{ "refused_qty", TYPE_QTY }, \
	{ "damaged_qty", TYPE_QTY }
#define ARRIVAL_FACTS \
	{ "arrived_on", TYPE_DATE }, \
	{ "received_by_name", TYPE_TEXT }, \
	{ "temperature", TYPE_QTY, .unit = "celsius" }

/*
 * The page with the form of a shipment, its facts above: a row a line (product, pack, lot_no, qty,
 * unit), all of it received to begin with.  404 when the shipment has no row.
 */
int arrival_form(struct req *r, const struct rows *shipment, const struct column *facts,
    const struct field *fields, const struct rows *lines);

/* The lines as JSON; more received, refused and damaged than was sent is an error beside them. */
const char *arrival_lines(struct req *r, const struct rows *lines);

#endif

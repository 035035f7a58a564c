/*
 * goodsback.h - goods that go back to us: the form that asks for it, and how a
 * return's lines are shown.  Both sites ask and show the same.
 */
#ifndef XIAOAO_GOODSBACK_H
#define XIAOAO_GOODSBACK_H

#include "req.h"

extern const char *const return_reasons[];
extern const char *const return_statuses[];

/* Inputs of the form, behind the site's own `id` (of the shipment). */
#define RETURN_FIELDS \
	{ "reason", TYPE_RADIO, REQUIRED, .set = "return_reason", .options = return_reasons }, \
	{ "note", TYPE_TEXTAREA, .max = 400 }, \
	{ "photo", TYPE_FILE, .accept = ".jpg,.jpeg,.png,.pdf" }, \
	{ "qty", TYPE_QTY, MANY, 0, 100000000 }

/* A line, as far as it is. */
#define RETURN_LINE \
	{ "product", TYPE_TEXT, .sub = "pack" }, \
	{ "lot_no", TYPE_CODE }, \
	{ "expires_on", TYPE_DATE }, \
	{ "qty", TYPE_QTY, .unit = "{unit}" }, \
	{ "approved_qty", TYPE_QTY }, \
	{ "good_qty", TYPE_QTY }, \
	{ "bad_qty", TYPE_QTY }, \
	{ "state", TYPE_STATUS, .set = "return_line" }

/* Its red invoices. */
#define RETURN_RED \
	{ "doc_no", TYPE_CODE, .sub = "invoice_no", .href = "/invoices/view?id={id}" }, \
	{ "status", TYPE_STATUS, .set = "invoice" }, \
	{ "issued_on", TYPE_DATE }, \
	{ "amount", TYPE_MONEY }

/*
 * The page with the form of a shipment, its facts above: a row a lot that may be returned (product,
 * pack, lot_no, expires_on, left_qty, unit).  404 when the shipment has no row.
 */
int return_form(struct req *r, const struct rows *shipment, const struct column *facts,
    const struct field *fields, const struct rows *lines);

/* The lines as JSON; more than may be returned, or nothing at all, is an error beside them. */
const char *return_lines(struct req *r, const struct rows *lines);

#endif

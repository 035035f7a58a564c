/* See hold.h. */
#include "hold.h"

#include "form.h"
#include "scope.h"

const struct field hold_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "reason", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ 0 }
};

static const struct column override_facts[] = {
	{ "actor", TYPE_TEXT },
	{ "reason", TYPE_TEXT },
	{ "created_at", TYPE_DATETIME },
	{ "expires_on", TYPE_DATE },
	{ 0 }
};

static const struct rows *
say(struct req *r, int64_t order, const char *href)
{
	static const struct sql credit = { "hold.credit", "CALL order_credit(?)" };
	static const struct {
		const char *column, *key;
		enum type type;
	} whys[] = {
		{ "held", "notice.hold.held", TYPE_INT },
		{ "overdue", "notice.hold.overdue", TYPE_MONEY },
		{ "over", "notice.hold.over", TYPE_MONEY },
		{ "before", "notice.order.unpaid", TYPE_CODE },
	};
	const struct rows *found = db_query(r->db, r->pool, &credit, ARGS(I(order)));

	for (size_t i = 0; i < LEN(whys) && found->n > 0; i++) {
		xmlNodePtr notice;

		if (row_null(found, 0, whys[i].column))
			continue;
		notice = x_notice(r->page, "warning", whys[i].key);
		if (whys[i].type != TYPE_INT)
			x_value(notice, whys[i].type, whys[i].type == TYPE_CODE ? "no" : "amount",
			    row_str(found, 0, whys[i].column));
		if (href != NULL && req_may(r, PERM_ORDER_VIEW))
			x_link(notice, "override", href);
	}
	return found;
}

void
hold_said(struct req *r, int64_t order, const char *href)
{
	say(r, order, href);
}

void
hold_page(struct req *r, int64_t order)
{
	const struct rows *found = say(r, order, NULL);

	x_record(r->page, "override", rows_next(found), override_facts);
	if (found->n == 0 || row_int(found, 0, "stopped") == 0 || !req_may(r, PERM_CREDIT_OVERRIDE))
		return;
	if (row_int(found, 0, "own") != 0)
		x_attr(x_action(r->heading, "override", "get", r->path), "disabled",
		    "override.own");
	else
		form_action(x_form(r, "order-override", "/orders/override", hold_fields, NULL),
		    "override");
}

/* No row: the order is not one of the user's. */
int
hold_override(struct req *r)
{
	static const struct sql mine = { "hold.order",
		"SELECT o.id FROM sales_order o WHERE o.id = ? AND "
		IN_SCOPE("o.rep_id", "o.org_unit_id") };
	static const struct sql add = { "hold.override", "CALL credit_override_add(?, ?)" };
	int64_t id = req_int(r, "id", 0);

	if (db_query(r->db, r->pool, &mine, ARGS(I(id)))->n == 0)
		return 404;
	return req_done(r, db_query(r->db, r->pool, &add, ARGS(I(id), T(req_str(r, "reason")))),
	    "order.override", "/orders/view?id=%lld", (long long)id);
}

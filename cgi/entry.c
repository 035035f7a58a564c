/*
 * entry.c - writing an order on behalf of a customer: new, changed, or copied.
 *
 * Lines are typed or pasted as codes and quantities; the server looks up product,
 * price and stock at each change and says beside the row what is wrong.  Nothing is
 * guessed: a code is exact or unknown.  Any change of an order that was submitted
 * takes it back to a draft, so that its approval starts again (X04).
 */
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "form.h"
#include "json.h"
#include "pricedlines.h"
#include "scope.h"

enum { ORDER, SAVED_LINES, PARTY, ADDRESSES, CREDIT, CHECK, SAVE, SAVED_ID, SUBMIT, NSQL };

static const struct sql sql[NSQL] = {
	[ORDER] = { "entry.order",
		"SELECT o.version, o.order_no, o.status, IF(?, o.po_no, NULL) AS po_no,"
		" IF(?, o.wanted_on, NULL) AS wanted_on, o.pay, o.note,"
		" o.ship_address_id AS address, p.code AS party"
		" FROM sales_order o JOIN party p ON p.id = o.party_id"
		" WHERE o.id = ? AND " IN_SCOPE("o.rep_id", "o.org_unit_id") },
	[SAVED_LINES] = { "entry.saved_lines",
		"SELECT n, code, qty, price, note FROM order_entry_line"
		" WHERE order_id = ? ORDER BY n" },
	[PARTY] = { "entry.party",
		"SELECT c.party_id AS id, p.code, p.name AS customer, r.name AS rep,"
		" licence_gap(c.party_id, business_day()) AS gap FROM customer c"
		" JOIN party p ON p.id = c.party_id LEFT JOIN app_user r ON r.id = c.rep_id"
		" WHERE p.code = ? AND " IN_SCOPE("c.rep_id", "c.org_unit_id") },
	[ADDRESSES] = { "entry.addresses",
		"SELECT id AS value, CONCAT_WS(' · ', name, contact, address) AS label"
		" FROM party_address WHERE party_id = ? AND kind = 'ship'"
		" AND status = 'active' ORDER BY is_default DESC, id" },
	[CREDIT] = { "entry.credit", "CALL credit_status(?)" },
	[CHECK] = { "entry.check", "CALL order_check(?, ?, ?)" },
	[SAVE] = { "entry.save",
		"CALL order_save(?, ?, ?, 'office', NULL, ?, ?, ?, ?, ?, ?, NULL, @saved)" },
	[SAVED_ID] = { "entry.saved_id", "SELECT @saved AS id" },
	[SUBMIT] = { "entry.submit", "CALL order_submit(?, ?, ?, @done)" },
};

static const char *const pays[] = { "credit", "prepaid", NULL };
static const char *const next_steps[] = { "save", "submit", NULL };

static const struct field head_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "copy", TYPE_HIDDEN },
	{ "party", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/parties", .group = "order" },
	{ "po_no", TYPE_TEXT, .max = 40, .group = "order" },
	{ "paper", TYPE_FILE, .accept = ".pdf,.png,.jpg,.jpeg,.xlsx", .group = "order" },
	{ "wanted_on", TYPE_DATE, .group = "order" },
	{ "address", TYPE_SELECT, .group = "order" },
	{ "pay", TYPE_SELECT, .set = "pay", .options = pays, .group = "order" },
	{ "note", TYPE_TEXT, .max = 400, .group = "order" },
	{ 0 }
};

/* The head again, and what a grid of lines adds. */
static const struct field fields[] = {
	{ "id", TYPE_INT },
	{ "copy", TYPE_INT },
	{ "party", TYPE_LOOKUP, .max = 20 },
	{ "po_no", TYPE_TEXT, .max = 40 },
	{ "paper", TYPE_FILE },
	{ "wanted_on", TYPE_DATE },
	{ "address", TYPE_SELECT },
	{ "pay", TYPE_SELECT, .options = pays },
	{ "note", TYPE_TEXT, .max = 400 },
	PRICED_FIELDS,
	{ "then", TYPE_SELECT, .options = next_steps },
	{ 0 }
};

/* ---- the page ---- */

static const struct column customer_facts[] = {
	{ "customer", TYPE_TEXT, .sub = "code", .href = "/parties/view?id={id}" },
	{ "rep", TYPE_TEXT },
	{ 0 }
};

static const struct column credit_facts[] = {
	{ "credit_limit", TYPE_MONEY },
	{ "available", TYPE_MONEY },
	{ "overdue", TYPE_MONEY },
	{ 0 }
};

static void
add_customer(struct req *r, xmlNodePtr form, const struct rows *party)
{
	if (party->n == 0)
		return;
	form_options(form, "address", req_query(r, ADDRESSES, I(row_int(party, 0, "id"))));
	x_record(form, "entry-customer", party, customer_facts);
	x_record(form, "entry-credit", req_query(r, CREDIT, I(row_int(party, 0, "id"))),
	    credit_facts);
	if (!row_null(party, 0, "gap") && req_good(r) && r->route->method == POST)
		req_refusal(r, row_str(party, 0, "gap"));
}

/* New, of an order (?id=), as another (?copy=), or what was typed, judged. */
static int
entry_page(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	int64_t from = id != 0 ? id : req_int(r, "copy", 0);
	const struct rows *order = from == 0 ? NULL :
	    req_query(r, ORDER, I(id != 0), I(id != 0), I(from));
	bool judged = !req_good(r);
	const struct rows *party, *lines;
	struct priced typed;
	xmlNodePtr form;

	if (order != NULL && order->n == 0)
		return 404;
	r->again = r->route->method == POST;
	party = req_query(r, PARTY, S(order != NULL && (id != 0 || !r->again) ?
	    row_str(order, 0, "party") : req_str(r, "party")));
	typed = priced_new(r);
	if (r->again)
		priced_typed(r, &typed);
	else
		priced_saved(&typed, req_query(r, SAVED_LINES, I(from)));
	lines = req_query(r, CHECK, I(party->n == 0 ? 0 : row_int(party, 0, "id")),
	    I(id != 0 ? 0 : from), S(json_end(typed.json)));
	if (r->again && !judged && party->n > 0)
		priced_judge(r, lines, true);
	req_page(r, id != 0 ? "edit" : from != 0 ? "copy" : "");
	req_trail(r, "orders", "/orders/");
	if (id != 0 && strcmp(row_str(order, 0, "status"), "draft") != 0)
		x_notice(r->page, "warning", "notice.entry.reopen");
	if (order != NULL)
		x_value(r->heading, TYPE_CODE, "title", row_str(order, 0, "order_no"));
	form = x_form(r, "order-entry", "/entry/save", head_fields, order);
	x_attr(form, "live", "/entry/check");
	if (id == 0 && order != NULL)
		xmlUnsetProp(form, (const xmlChar *)"version");
	priced_grid(r, form, lines, typed.last, "/entry/check");
	add_customer(r, form, party);
	for (size_t i = 0; i < 3; i++) {
		static const char *const rels[] = { "submit", "save-draft", "check-lines" };
		xmlNodePtr action = form_action(form, rels[i]);

		x_attr(action, "href", i == 2 ? "/entry/check" : "/entry/save");
		x_attr(action, "name", i == 2 ? NULL : "then");
		x_attr(action, "value", i == 2 ? NULL : next_steps[1 - i]);
		x_flag(action, "novalidate", i > 0);
	}
	return 200;
}

/* ---- saving ---- */

static int
entry_save(struct req *r)
{
	bool submitting = strcmp(req_str(r, "then"), "submit") == 0;
	const struct rows *party = req_query(r, PARTY, S(req_str(r, "party")));
	struct priced typed = priced_new(r);
	const struct rows *lines, *saved;
	int64_t id = req_int(r, "id", 0);

	priced_typed(r, &typed);
	if (party->n == 0)
		req_error(r, "party", req_given(r, "party") ? "party.unknown" : "required", NULL);
	if (typed.n == 0)
		req_error(r, NULL, "order.empty", NULL);
	if (party->n > 0)
		form_offered(r, "address", req_query(r, ADDRESSES, I(row_int(party, 0, "id"))));
	if (!req_good(r))
		return 422;
	lines = req_query(r, CHECK, I(row_int(party, 0, "id")), I(0), S(json_end(typed.json)));
	priced_judge(r, lines, submitting);
	if (!req_good(r))
		return 422;
	req_exec(r, SAVE, I(id), id == 0 ? arg_text(NULL) : I(req_int(r, "_version", 0)),
	    I(row_int(party, 0, "id")), T(req_str(r, "address")), T(req_str(r, "po_no")),
	    D(req_str(r, "wanted_on")), T(req_str(r, "pay")), T(req_str(r, "note")),
	    S(json_end(typed.json)));
	saved = req_query(r, SAVED_ID);
	if (saved->n > 0 && row_null(saved, 0, "id"))
		return 404;
	id = saved->n == 0 ? 0 : row_int(saved, 0, "id");
	attach_keep(r, "paper", row_int(party, 0, "id"), "order", id);
	if (submitting)
		req_exec(r, SUBMIT, I(id), I(row_int(party, 0, "id")),
		    M(req_value(r, lines, "total")));
	req_notice(r, submitting ? "order.submitted" : "order.saved");
	return req_redirect(r, "/orders/view?id=%lld", (long long)id);
}

static const struct route routes[] = {
	{ "/", GET, PERM_ORDER_CREATE, entry_page, fields },
	{ "/check", POST, PERM_ORDER_CREATE, entry_page, fields, entry_page,
	    LARGE | READS | UPLOAD },
	{ "/save", POST, PERM_ORDER_CREATE, entry_save, fields, entry_page, LARGE | UPLOAD },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "entry", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

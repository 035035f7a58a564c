/*
 * receipts.c - money that came in: recorded, confirmed, allocated to invoices.
 *
 * A receipt counts when it is confirmed (posted), by another than who recorded
 * it.  It settles open items by hand, by the invoice numbers in the remittance,
 * by the one sum that fits, or oldest first; each way is shown before it is done.
 * Undoing is a reversing row.
 * Money from an account that is not the buyer's is held until somebody accepts it.
 */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "json.h"
#include "list.h"
#include "scope.h"

enum { RECEIPT, ALLOCATIONS, ALLOCATION, OPEN_ITEMS, PROPOSE, PARTY, NEW, POST_, ALLOCATE,
	UNALLOCATE, REVERSE, ACCEPT, NSQL };

static const struct sql sql[NSQL] = {
	[RECEIPT] = { "receipts.receipt",
		"SELECT t.*, p.code AS customer_code, p.name AS customer, m.name AS made_by,"
		" u.name AS posted_by_name,"
		" IF(t.payer_ok = 1, 'registered', 'other') AS payer_state"
		" FROM receipt t LEFT JOIN party p ON p.id = t.party_id"
		" LEFT JOIN customer c ON c.party_id = t.party_id"
		" LEFT JOIN app_user m ON m.id = t.created_by"
		" LEFT JOIN app_user u ON u.id = t.posted_by"
		" WHERE t.id = ? AND (t.party_id IS NULL OR " IN_SCOPE("c.rep_id",
		"c.org_unit_id") ")" },
	[ALLOCATIONS] = { "receipts.allocations",
		"SELECT a.id, i.doc_no, i.invoice_id, i.due_on, a.amount, a.allocated_on, a.how,"
		" u.name AS actor, IF(a.amount > 0 AND NOT EXISTS (SELECT 1 FROM allocation x"
		" WHERE x.reverses_id = a.id), a.id, NULL) AS undoable"
		" FROM allocation a JOIN ar_item i ON i.id = a.ar_item_id"
		" LEFT JOIN app_user u ON u.id = a.created_by"
		" WHERE a.party_id = ? AND a.receipt_id = ? ORDER BY a.id" },
	[ALLOCATION] = { "receipts.allocation",
		"SELECT id FROM allocation WHERE id = ? AND receipt_id = ?" },
	[OPEN_ITEMS] = { "receipts.open_items",
		"SELECT id AS item_id, doc_no, due_on, open_amount, NULL AS amount FROM ar_item"
		" WHERE party_id = ? AND open_amount > 0 ORDER BY due_on, id LIMIT 200" },
	[PROPOSE] = { "receipts.propose", "CALL receipt_propose(?, ?)" },
	[PARTY] = { "receipts.party",
		"SELECT p.id FROM party p JOIN customer c ON c.party_id = p.id WHERE p.code = ?"
		" AND " IN_SCOPE("c.rep_id", "c.org_unit_id") },
	[NEW] = { "receipts.new", "CALL receipt_new(?, ?, ?, ?, ?, ?, ?, ?)" },
	[POST_] = { "receipts.post", "CALL receipt_post(?)" },
	[ALLOCATE] = { "receipts.allocate", "CALL receipt_allocate(?, ?)" },
	[UNALLOCATE] = { "receipts.unallocate", "CALL receipt_unallocate(?)" },
	[REVERSE] = { "receipts.reverse", "CALL receipt_reverse(?, ?)" },
	[ACCEPT] = { "receipts.accept", "CALL receipt_payer_accept(?, ?)" },
};

static const char *const statuses[] = { "draft", "posted", "reversed", NULL };
static const char *const methods[] = { "bank", "bill", "cash", "other", NULL };
static const char *const hows[] = { "reference", "match", "oldest", "hand", NULL };
static const char *const rests[] = { "open", "held", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "receipt_no", TYPE_CODE, .sort = "t.receipt_no", .unique = true },
	{ "customer", TYPE_TEXT, .sub = "payer_name" },
	{ "received_on", TYPE_DATE, .sort = "t.received_on" },
	{ "method", TYPE_STATUS, .set = "method" },
	{ "amount", TYPE_MONEY, .sort = "t.amount" },
	{ "allocated", TYPE_MONEY },
	{ "rest", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "receipt" },
	{ "payer_state", TYPE_STATUS, .set = "payer" },
	{ "reference", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH },
	    "t.receipt_no LIKE ? OR t.payer_name LIKE ? OR t.reference LIKE ? OR p.name LIKE ?"
	    " OR p.pinyin LIKE ?", 5, true },
	{ { "status", TYPE_SELECT, .set = "receipt", .options = statuses }, "t.status = ?" },
	{ { "rest", TYPE_SELECT, .set = "rest", .options = rests },
	    "t.status = 'posted' AND t.open_amount > 0 AND (? = 'open' OR t.payer_ok = 0)" },
	{ { "customer", TYPE_LOOKUP, .href = "/suggest/parties" }, "p.code = ?" },
	{ { "from", TYPE_DATE }, "t.received_on >= ?" },
	{ { "to", TYPE_DATE }, "t.received_on <= ?" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "draft", "status=draft", true },
	{ "open", "rest=open" },
	{ "held", "rest=held" },
	{ 0 }
};

static const struct list receipts = {
	.name = "receipts",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/receipts/view?id={id}",
	.sort = "-received_on",
	.select = "t.id, t.receipt_no, p.name AS customer, t.payer_name, t.received_on, t.method,"
	    " t.amount, t.allocated, t.open_amount AS rest, t.status, t.reference,"
	    " IF(t.payer_ok = 1, 'registered', 'other') AS payer_state,"
	    " IF(t.payer_ok = 0 OR t.party_id IS NULL, 'attention', NULL) AS flag",
	.from = "receipt t LEFT JOIN party p ON p.id = t.party_id"
	    " LEFT JOIN customer c ON c.party_id = t.party_id",
	.where = "(t.party_id IS NULL OR " IN_SCOPE("c.rep_id", "c.org_unit_id") ")",
	.key = "t.id",
	.create = "create",
	.create_href = "/receipts/new",
	.create_perm = PERM_RECEIPT_EDIT,
};

static int
receipt_list(struct req *r)
{
	if (req_may(r, PERM_RECEIPT_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/receipts/new"), "primary", true);
	return list_page(r, &receipts);
}

/* ---- a new one ---- */

static const struct field new_fields[] = {
	{ "customer", TYPE_LOOKUP, .max = 20, .href = "/suggest/parties" },
	{ "received_on", TYPE_DATE, REQUIRED | STARTS_TODAY },
	{ "method", TYPE_SELECT, REQUIRED, .set = "method", .options = methods },
	{ "amount", TYPE_MONEY, REQUIRED },
	{ "payer_name", TYPE_TEXT, .max = 120 },
	{ "payer_account", TYPE_TEXT, .max = 40 },
	{ "reference", TYPE_TEXT, .max = 200 },
	{ "note", TYPE_TEXT, .max = 200 },
	{ 0 }
};

static int
new_form(struct req *r)
{
	req_page(r, "new");
	req_trail(r, "receipts", "/receipts/");
	form_action(x_form(r, "receipt", "/receipts/new", new_fields, NULL), "save");
	return 200;
}

static int
receipt_new(struct req *r)
{
	const struct rows *party = req_query(r, PARTY, S(req_str(r, "customer")));
	const struct rows *made;

	if (req_given(r, "customer") && party->n == 0)
		req_error(r, "customer", "customer.unknown", NULL);
	if (!req_good(r))
		return 422;
	made = req_query(r, NEW, party->n == 0 ? S(NULL) : I(row_int(party, 0, "id")),
	    D(req_str(r, "received_on")), S(req_str(r, "method")), M(req_str(r, "amount")),
	    T(req_str(r, "payer_name")), T(req_str(r, "payer_account")), T(req_str(r, "reference")),
	    T(req_str(r, "note")));
	req_notice(r, "receipt.made");
	return req_redirect(r, "/receipts/view?id=%s", req_value(r, made, "id"));
}

/* ---- the page of one receipt ---- */

static const struct column facts[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code", .href = "/accounts/view?id={party_id}" },
	{ "received_on", TYPE_DATE },
	{ "method", TYPE_STATUS, .set = "method" },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ "allocated", TYPE_MONEY },
	{ "open_amount", TYPE_MONEY },
	{ "payer_name", TYPE_TEXT, .sub = "payer_account" },
	{ "payer_state", TYPE_STATUS, .set = "payer" },
	{ "reference", TYPE_TEXT },
	{ "made_by", TYPE_TEXT },
	{ "posted_by_name", TYPE_TEXT },
	{ "posted_at", TYPE_DATETIME },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column allocation_columns[] = {
	{ "doc_no", TYPE_CODE, .href = "/invoices/view?id={invoice_id}" },
	{ "due_on", TYPE_DATE },
	{ "amount", TYPE_MONEY },
	{ "allocated_on", TYPE_DATE },
	{ "how", TYPE_STATUS, .set = "how" },
	{ "actor", TYPE_TEXT },
	{ 0 }
};

static const struct field id_field[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "allocation", TYPE_HIDDEN },
	{ 0 }
};

static const struct field note_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "note", TYPE_TEXT, REQUIRED, .max = 200 },
	{ 0 }
};

/* The receipt asked for; no rows: not one of the user's. */
static const struct rows *
receipt_asked(struct req *r)
{
	return req_query(r, RECEIPT, I(req_int(r, "id", 0)));
}

static void
add_allocations(struct req *r, const struct rows *t)
{
	const struct rows *rows = req_query(r, ALLOCATIONS, I(row_int(t, 0, "party_id")),
	    I(row_int(t, 0, "id")));
	xmlNodePtr list = x_el(r->page, "list");

	x_attr(list, "name", "allocations");
	x_columns(list, allocation_columns);
	for (size_t i = 0; i < rows->n; i++) {
		xmlNodePtr row = x_row(list, rows, i, allocation_columns, NULL);

		if (req_may(r, PERM_RECEIPT_EDIT) && !row_null(rows, i, "undoable"))
			x_action(row, "undo", "post", pool_printf(r->pool,
			    "/receipts/unallocate?id=%s&allocation=%s", row_str(t, 0, "id"),
			    row_str(rows, i, "undoable")));
	}
}

/* Who recorded it may not confirm it: the button is there and says why it does nothing. */
static void
add_post(struct req *r, const struct rows *t)
{
	xmlNodePtr n = x_action(r->heading, "post", "post",
	    x_href(r->pool, "/receipts/post?id={id}", t, 0));

	x_flag(n, "primary", true);
	if (row_int(t, 0, "created_by") == r->user.id)
		x_attr(n, "disabled", "receipt.own");
}

static void
add_actions(struct req *r, const struct rows *t)
{
	bool posted = strcmp(row_str(t, 0, "status"), "posted") == 0;
	bool free = strcmp(row_str(t, 0, "open_amount"), "0.00") != 0;

	if (!req_may(r, PERM_RECEIPT_EDIT))
		return;
	if (strcmp(row_str(t, 0, "status"), "draft") == 0)
		add_post(r, t);
	if (!posted || !free)
		return;
	if (row_int(t, 0, "payer_ok") == 0)
		form_action(x_form(r, "payer-accept", "/receipts/accept", note_fields, NULL),
		    "accept");
	else
		x_flag(x_action(r->heading, "allocate.receipt", "get",
		    x_href(r->pool, "/receipts/allocate?id={id}", t, 0)), "primary", true);
	if (strcmp(row_str(t, 0, "allocated"), "0.00") == 0)
		form_action(x_form(r, "receipt-reverse", "/receipts/reverse", note_fields, NULL),
		    "reverse");
}

static int
receipt_view(struct req *r)
{
	const struct rows *t = receipt_asked(r);

	if (!req_record(r, "view", t, "receipt_no", "receipt", "status"))
		return 404;
	x_record(r->page, "receipt", t, facts);
	if (!row_null(t, 0, "party_id"))
		add_allocations(r, t);
	add_actions(r, t);
	return 200;
}

/* Back to the receipt, when the routine did its work. */
static int
done(struct req *r, const struct rows *row, const char *notice)
{
	return req_done(r, row, notice, "/receipts/view?id=%lld", (long long)req_int(r, "id", 0));
}

static int
receipt_post(struct req *r)
{
	if (receipt_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, POST_, I(req_int(r, "id", 0))), "receipt.posted");
}

static int
receipt_accept(struct req *r)
{
	if (receipt_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, ACCEPT, I(req_int(r, "id", 0)), S(req_str(r, "note"))),
	    "receipt.accepted");
}

static int
receipt_reverse(struct req *r)
{
	if (receipt_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, REVERSE, I(req_int(r, "id", 0)), S(req_str(r, "note"))),
	    "receipt.reversed");
}

static int
receipt_unallocate(struct req *r)
{
	if (receipt_asked(r)->n == 0 || req_query(r, ALLOCATION, I(req_int(r, "allocation", 0)),
	    I(req_int(r, "id", 0)))->n == 0)
		return 404;
	return done(r, req_query(r, UNALLOCATE, I(req_int(r, "allocation", 0))),
	    "receipt.unallocated");
}

/* ---- allocation: a way is proposed, the amounts may be changed ---- */

static const struct column item_columns[] = {
	{ "doc_no", TYPE_CODE },
	{ "due_on", TYPE_DUE },
	{ "open_amount", TYPE_MONEY },
	{ "amount", TYPE_MONEY },
	{ 0 }
};

static const struct field allocate_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "how", TYPE_SELECT, .set = "how", .options = hows },
	{ "amount", TYPE_MONEY, MANY },
	{ 0 }
};

static const struct field allocate_form_fields[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

/* The other ways to allocate. */
static void
add_ways(struct req *r, const char *how)
{
	for (const char *const *h = hows; *h != NULL; h++) {
		if (strcmp(*h, how) != 0)
			x_link(r->heading, pool_printf(r->pool, "how.%s", *h), pool_printf(r->pool,
			    "/receipts/allocate?id=%lld&how=%s", (long long)req_int(r, "id", 0),
			    *h));
	}
}

static void
item_row(struct req *r, xmlNodePtr grid, const struct rows *items, size_t i)
{
	static const struct column shown[] = {
		{ "doc_no", TYPE_CODE }, { "due_on", TYPE_DUE }, { "open_amount", TYPE_MONEY },
		{ 0 }
	};
	static const struct field amount = { "amount", TYPE_MONEY };
	const char *name = pool_printf(r->pool, "amount.%s", row_str(items, i, "item_id"));

	form_field(r, x_row(grid, items, i, shown, NULL), &amount, name,
	    r->again ? req_str(r, name) : row_str(items, i, "amount"));
}

static int
allocate_form(struct req *r)
{
	const struct rows *t = receipt_asked(r);
	const char *how = req_given(r, "how") ? req_str(r, "how") : "oldest";
	const struct rows *items;
	xmlNodePtr form, grid;

	if (!req_record(r, "allocate", t, "receipt_no", "receipt", "status"))
		return 404;
	add_ways(r, how);
	items = r->again || strcmp(how, "hand") == 0 ?
	    req_query(r, OPEN_ITEMS, I(row_int(t, 0, "party_id"))) :
	    req_query(r, PROPOSE, I(req_int(r, "id", 0)), S(how));
	x_record(r->page, "receipt", t, facts);
	form = x_form(r, "allocate", "/receipts/allocate", allocate_form_fields, t);
	grid = x_el(form, "grid");
	x_attr(grid, "name", "open-items");
	x_columns(grid, item_columns);
	for (size_t i = 0; i < items->n; i++)
		item_row(r, grid, items, i);
	form_action(form, "allocate.receipt");
	return 200;
}

static int
receipt_allocate(struct req *r)
{
	struct json *items = json_array(r->pool);

	if (receipt_asked(r)->n == 0)
		return 404;
	for (size_t i = 0; i < r->in.n; i++) {
		const struct part *in = &r->in.part[i];

		if (strncmp(in->name, "amount.", 7) != 0 || in->n == 0)
			continue;
		json_object(items);
		json_int(items, "item", strtoll(in->name + 7, NULL, 10));
		json_text(items, "amount", in->value);
	}
	return done(r, req_query(r, ALLOCATE, I(req_int(r, "id", 0)), S(json_end(items))),
	    "receipt.allocated");
}

static const struct route routes[] = {
	{ "/", GET, PERM_RECEIPT_VIEW, receipt_list, .list = &receipts },
	{ "/new", GET, PERM_RECEIPT_EDIT, new_form, new_fields },
	{ "/new", POST, PERM_RECEIPT_EDIT, receipt_new, new_fields, new_form },
	{ "/view", GET, PERM_RECEIPT_VIEW, receipt_view, id_field },
	{ "/post", POST, PERM_RECEIPT_EDIT, receipt_post, id_field, receipt_view },
	{ "/accept", POST, PERM_RECEIPT_EDIT, receipt_accept, note_fields, receipt_view },
	{ "/reverse", POST, PERM_RECEIPT_EDIT, receipt_reverse, note_fields, receipt_view },
	{ "/unallocate", POST, PERM_RECEIPT_EDIT, receipt_unallocate, id_field, receipt_view },
	{ "/allocate", GET, PERM_RECEIPT_EDIT, allocate_form, allocate_fields },
	{ "/allocate", POST, PERM_RECEIPT_EDIT, receipt_allocate, allocate_fields, allocate_form,
	    LARGE },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "receipts", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

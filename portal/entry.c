/*
 * entry.c - quick order: codes and quantities in, an order out.
 *
 * Lines are typed, pasted, uploaded, taken from a past order or a saved list.  At each
 * change the server says what every row is, costs and lacks; nothing is guessed.  The
 * price is the server's alone: submitting names the total that was seen, and another
 * total is asked about.  A draft keeps until it is submitted or cancelled.
 */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "lines.h"
#include "list.h"
#include "storage.h"

enum { CHECK, ORDER, AGAIN, LIST, PLACES, DRAFTS, SAVE, SUBMIT, FILE_ADD, NSQL };

static const struct sql sql[NSQL] = {
	[CHECK] = { "entry.check", "CALL portal_entry_check(?, ?, ?, ?)" },
	[ORDER] = { "entry.order", "CALL portal_orders_view(?, ?)" },
	[AGAIN] = { "entry.again", "CALL portal_orders_again(?, ?)" },
	[LIST] = { "entry.list", "CALL portal_lists_view(?, ?)" },
	[PLACES] = { "entry.places", "CALL portal_orders_places(?)" },
	[DRAFTS] = { "entry.drafts", "CALL portal_entry_drafts(?, 6)" },
	[SAVE] = { "entry.save", "CALL portal_orders_save(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[SUBMIT] = { "entry.submit", "CALL portal_orders_submit(?, ?, ?)" },
	[FILE_ADD] = { "entry.file_add", "CALL portal_file_add(?, 'order', ?, ?, ?, ?)" },
};

static const char *const next_steps[] = { "save", "submit", NULL };

static const struct field head_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "copy", TYPE_HIDDEN },
	{ "ship_address", TYPE_SELECT, REQUIRED, .group = "delivery" },
	{ "branch", TYPE_SELECT, .group = "delivery" },
	{ "wanted_on", TYPE_DATE, .group = "delivery" },
	{ "po_no", TYPE_TEXT, .max = 40, .group = "delivery" },
	{ "paper", TYPE_FILE, .accept = ".pdf,.png,.jpg,.jpeg,.xlsx", .group = "delivery" },
	{ "note", TYPE_TEXTAREA, .max = 400, .group = "delivery" },
	{ 0 }
};

/* The head again, and what the grid adds. */
static const struct field fields[] = {
	{ "id", TYPE_INT },
	{ "copy", TYPE_INT },
	{ "list", TYPE_INT },
	{ "ship_address", TYPE_INT },
	{ "branch", TYPE_INT },
	{ "wanted_on", TYPE_DATE },
	{ "po_no", TYPE_TEXT, .max = 40 },
	{ "paper", TYPE_FILE },
	{ "note", TYPE_TEXTAREA, .max = 400 },
	{ "code", TYPE_TEXT, MANY, .max = 200 },
	{ "qty", TYPE_TEXT, MANY, .max = 40 },
	{ "line_note", TYPE_TEXT, MANY, .max = 200 },
	{ "paste", TYPE_TEXTAREA, .max = 60000 },
	{ "file", TYPE_FILE },
	{ "drop", TYPE_INT },
	{ "merged", TYPE_INT, .min = 0, .max = 9999 },
	{ "expected", TYPE_MONEY },
	{ "then", TYPE_SELECT, .options = next_steps },
	{ 0 }
};

/* ---- lines and what they are worth ---- */

struct entry {
	struct lines *lines;
	const struct rows *judged; /* a row for each line, in order */
	const struct rows *credit;
	const char *total;
};

/* Asks what the lines are, twice when some of them are the same product. */
static void
judge(struct req *r, struct entry *e)
{
	for (int i = 0; i < 2; i++) {
		e->judged = req_query(r, CHECK, S(r->token), S(lines_json(r, e->lines)),
		    I(req_int(r, "id", 0)), I(req_int(r, "copy", 0)));
		if (i == 0 && !lines_merge(r, e->lines, e->judged))
			break;
	}
	e->credit = rows_next(e->judged);
	e->total = e->judged->n > 0 ? row_str(e->judged, 0, "total") : "0.00";
}

/* Hundredths of an amount of the database, and back. */
static int64_t
cents(const char *amount)
{
	int64_t whole = llabs(strtoll(amount, NULL, 10)) * 100;
	const char *point = strchr(amount, '.');

	if (point != NULL)
		whole += strtoll(point + 1, NULL, 10);
	return amount[0] == '-' ? -whole : whole;
}

static const char *
amount(struct req *r, int64_t c)
{
	return pool_printf(r->pool, "%s%lld.%02lld", c < 0 ? "-" : "", llabs(c) / 100,
	    llabs(c) % 100);
}

/* ---- the page ---- */

static const struct column grid_columns[] = {
	{ "code", TYPE_CODE },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "band", TYPE_STATUS, .set = "availability", .sub = "free" },
	{ "price", TYPE_PRICE, .sub = "was_price" },
	{ "qty", TYPE_QTY },
	{ "amount", TYPE_MONEY },
	{ "line_note", TYPE_TEXT },
	{ 0 }
};

static const struct column draft_columns[] = {
	{ "order_no", TYPE_CODE, .sub = "po_no" },
	{ "line_count", TYPE_INT },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "order" },
	{ "made_by", TYPE_TEXT },
	{ "updated_at", TYPE_AGO },
	{ 0 }
};

/* What the form of an order that is there shows: the names of its fields. */
static const struct rows *
head_row(struct req *r, const struct rows *order, const struct rows *places)
{
	static const char *const names[] = { "version", "ship_address", "branch", "wanted_on",
		"po_no", "note" };
	static const char *const aliases[] = { "version", "ship_address_id", "branch_id",
		"wanted_on", "po_no", "note" };
	const char **cells = pool_alloc(r->pool, sizeof(names));
	struct rows *row = pool_alloc(r->pool, sizeof(*row));

	for (size_t i = 0; i < LEN(names) && order->n > 0; i++)
		cells[i] = row_null(order, 0, aliases[i]) ? NULL : row_str(order, 0, aliases[i]);
	if (cells[1] == NULL && places->n > 0)
		cells[1] = row_str(places, 0, "id");
	row->n = 1;
	row->ncols = LEN(names) - (order->n == 0);
	row->names = names + (order->n == 0);
	row->cells = cells + (order->n == 0);
	return row;
}

static void
add_choices(struct req *r, xmlNodePtr field, const struct rows *rows, const char *chosen)
{
	for (size_t i = 0; i < rows->n; i++) {
		bool place = row_col(rows, "address") >= 0;
		const char *id = row_str(rows, i, "id");

		form_option(field, id, !place ? row_str(rows, i, "name") :
		    pool_printf(r->pool, "%s · %s · %s", row_str(rows, i, "name"),
		    row_str(rows, i, "address"), row_str(rows, i, "contact")),
		    strcmp(chosen, id) == 0);
	}
}

/* Addresses, and branches where the company has any. */
static void
add_places(struct req *r, xmlNodePtr form, const struct rows *places, const struct rows *head)
{
	const struct rows *branches = rows_next(places);
	xmlNodePtr branch = form_find(form, "branch");

	add_choices(r, form_find(form, "ship_address"), places,
	    r->again ? req_str(r, "ship_address") : row_str(head, 0, "ship_address"));
	if (branches->n > 0) {
		add_choices(r, branch, branches,
		    r->again ? req_str(r, "branch") : row_str(head, 0, "branch"));
	} else {
		form_drop(form, "branch");
	}
}

static void
add_number(struct req *r, xmlNodePtr parent, const char *name, size_t n)
{
	x_value(parent, TYPE_INT, name, pool_printf(r->pool, "%zu", n));
}

/* Sums beside the lines; what is left of the credit, for who buys on credit. */
static void
add_sums(struct req *r, xmlNodePtr form, const struct entry *e)
{
	const struct rows *credit = e->credit;
	xmlNodePtr record = x_el(form, "record"), n;

	x_attr(record, "name", "entry-total");
	x_attr(record, "kind", "totals");
	add_number(r, record, "line_count", e->lines->n);
	x_flag(x_value(record, TYPE_MONEY, "total", e->total), "emphasis", true);
	if (credit->n == 0 || strcmp(row_str(credit, 0, "terms_kind"), "prepaid") == 0)
		return;
	x_value(record, TYPE_MONEY, "credit_left",
	    amount(r, cents(row_str(credit, 0, "available")) - cents(e->total)));
	if (cents(row_str(credit, 0, "overdue")) > 0)
		x_value(record, TYPE_MONEY, "overdue", row_str(credit, 0, "overdue"));
	if (cents(row_str(credit, 0, "credit_limit")) <= 0)
		return;
	n = x_el(record, "meter");
	x_attr(n, "name", "credit");
	x_attr(n, "type", "money");
	x_attr(n, "value", amount(r, cents(row_str(credit, 0, "exposure")) + cents(e->total)));
	x_attr(n, "max", row_str(credit, 0, "credit_limit"));
}

static void
add_note(struct req *r, xmlNodePtr form, const char *level, const char *key, size_t n)
{
	xmlNodePtr notice;

	if (n == 0)
		return;
	notice = x_el(form, "notice");
	x_attr(notice, "level", level);
	x_attr(notice, "key", key);
	add_number(r, notice, "n", n);
}

/* Whether a price is above another; both come with four decimals. */
static bool
is_above(const char *price, const char *other)
{
	size_t n = strlen(price), m = strlen(other);

	return n != m ? n > m : strcmp(price, other) > 0;
}

/* What the clerk has to know of the rows as a whole. */
static void
add_notes(struct req *r, xmlNodePtr form, const struct entry *e)
{
	size_t up = 0, down = 0, out = 0;

	for (size_t i = 0; i < e->judged->n; i++) {
		out += strcmp(row_str(e->judged, i, "band"), "out") == 0;
		if (row_null(e->judged, i, "was_price") || row_null(e->judged, i, "price"))
			continue;
		if (is_above(row_str(e->judged, i, "price"), row_str(e->judged, i, "was_price")))
			up++;
		else
			down++;
	}
	add_note(r, form, "info", "notice.entry.merged", e->lines->merged);
	add_note(r, form, "warning", "notice.entry.dearer", up);
	add_note(r, form, "info", "notice.entry.cheaper", down);
	add_note(r, form, "info", "notice.entry.out", out);
}

static void
add_actions(xmlNodePtr form)
{
	static const char *const rels[] = { "order.submit", "save-draft", "order.check" };

	for (size_t i = 0; i < LEN(rels); i++) {
		xmlNodePtr n = form_action(form, rels[i]);

		x_attr(n, "href", i == 2 ? "/entry/check" : "/entry/save");
		x_attr(n, "name", i == 2 ? NULL : "then");
		x_attr(n, "value", i == 2 ? NULL : next_steps[1 - i]);
		x_flag(n, "novalidate", i > 0);
	}
}

static void
add_form(struct req *r, const struct entry *e, const struct rows *order)
{
	const struct rows *places = req_query(r, PLACES, S(r->token));
	const struct rows *head = head_row(r, order, places);
	xmlNodePtr form = x_form(r, "quick", "/entry/save", head_fields, head);
	struct field hidden = { "", TYPE_HIDDEN };

	x_attr(form, "live", "/entry/check");
	add_places(r, form, places, head);
	form_field(r, form, &hidden, "expected", e->total);
	form_field(r, form, &hidden, "merged", pool_printf(r->pool, "%zu", e->lines->merged));
	add_notes(r, form, e);
	lines_grid(r, form, "quick-lines", grid_columns, e->lines, e->judged,
	    "/entry/check");
	add_sums(r, form, e);
	add_actions(form);
}

/* The lines to begin with: of the order, of a past one, of a saved list. */
static void
first_lines(struct req *r, struct lines *to, const struct rows *order)
{
	const struct rows *list;

	if (order->n > 0) {
		const struct rows *had = rows_next(order);

		for (size_t i = 0; i < had->n; i++)
			lines_add(r, to, row_int(had, i, "line_no"), row_str(had, i, "code"),
			    row_str(had, i, "ordered_qty"), row_str(had, i, "note"));
	} else if (req_given(r, "copy")) {
		lines_of(r, to, req_query(r, AGAIN, S(r->token), I(req_int(r, "copy", 0))));
	} else if (req_given(r, "list")) {
		list = req_query(r, LIST, S(r->token), I(req_int(r, "list", 0)));
		lines_of(r, to, rows_next(list));
	}
}

static void
add_heading(struct req *r, const struct rows *order)
{
	const char *status = order->n == 0 ? "" : row_str(order, 0, "status");

	req_page(r, order->n > 0 ? "edit" : "");
	req_trail(r, "orders", "/orders/");
	x_action(r->heading, "order.template", "get", "/lists/");
	x_action(r->heading, "order.past", "get", "/orders/");
	if (order->n == 0)
		return;
	req_title(r, row_str(order, 0, "order_no"));
	req_state(r, "order", status);
	if (!row_null(order, 0, "reply"))
		x_value(x_notice(r->page, "warning", "notice.order.reply"), TYPE_TEXT, "reply",
		    row_str(order, 0, "reply"));
	if (strcmp(status, "draft") != 0 && strcmp(status, "returned") != 0)
		x_notice(r->page, "warning", "notice.entry.reopen");
}

/* New, of an order (?id=), like a past one (?copy=), of a list (?list=); or what was typed. */
static int
entry_page(struct req *r)
{
	static const struct rows none = { 0 };
	int64_t id = req_int(r, "id", 0);
	const struct rows *order = id == 0 ? &none : req_query(r, ORDER, S(r->token), I(id));
	const struct rows *drafts;
	struct entry e = { .lines = lines_new(r) };

	if (id != 0 && order->n == 0)
		return 404;
	if (id != 0 && row_int(order, 0, "may_edit") != 1)
		return req_redirect(r, "/orders/view?id=%lld", (long long)id);
	r->again = r->route->method == POST;
	if (r->again)
		lines_read(r, e.lines);
	else
		first_lines(r, e.lines, order);
	judge(r, &e);
	e.lines->merged += (size_t)req_int(r, "merged", 0);
	lines_errors(r, e.lines, e.judged, strcmp(r->path, "/entry/save") != 0);
	if (e.credit->n > 0 && !row_null(e.credit, 0, "gap"))
		x_notice(r->page, "danger", "notice.entry.licence");
	if (e.credit->n > 0 && !row_null(e.credit, 0, "unpaid"))
		x_value(x_notice(r->page, "warning", "notice.entry.unpaid"), TYPE_CODE, "no",
		    row_str(e.credit, 0, "unpaid"));
	add_heading(r, order);
	add_form(r, &e, order);
	drafts = id != 0 || r->again ? &none : req_query(r, DRAFTS, S(r->token));
	if (drafts->n > 0)
		x_list(r, "entry-drafts", drafts, draft_columns, "/entry/?id={id}");
	/* What is wrong stands in its row: a question was answered, nothing refused. */
	if (r->route->method == GET || (r->route->flags & READS) != 0)
		r->errors = NULL;
	return 200;
}

/* ---- saving ---- */

/* The customer's own paper goes with the order. */
static void
keep_paper(struct req *r, int64_t id)
{
	const struct part *file = req_file(r, "paper");
	const struct storage_type *type;
	const char *error;

	if (file == NULL)
		return;
	type = storage_sniff(file->value, file->n, &error);
	if (type == NULL) {
		req_error(r, "paper", error, NULL);
		return;
	}
	req_query(r, FILE_ADD, S(r->token), I(id), S(storage_name(r->pool, file->filename, type)),
	    S(type->media), B(file->value, file->n));
}

/* A draft may still lack what only an order that is submitted has to meet. */
static bool
may_wait(const char *error)
{
	static const char *const soft[] = { "qty.low|", "qty.multiple|", "licence.scope|" };

	for (size_t i = 0; i < LEN(soft); i++) {
		if (strncmp(error, soft[i], strlen(soft[i])) == 0)
			return true;
	}
	return false;
}

static void
judge_for(struct req *r, const struct entry *e, bool submitting)
{
	bool good = true;

	if (e->lines->n == 0)
		req_error(r, NULL, "order.empty", NULL);
	for (size_t i = 0; i < e->judged->n; i++)
		good = good && (row_null(e->judged, i, "error") ||
		    (!submitting && may_wait(row_str(e->judged, i, "error"))));
	if (!good)
		lines_errors(r, e->lines, e->judged, false);
	else if (submitting && cents(req_str(r, "expected")) != cents(e->total))
		req_error(r, NULL, "total.changed", "was", amount(r, cents(req_str(r, "expected"))),
		    "now", e->total, NULL);
}

static int
entry_save(struct req *r)
{
	bool submitting = strcmp(req_str(r, "then"), "submit") == 0;
	struct entry e = { .lines = lines_new(r) };
	int64_t id = req_int(r, "id", 0);
	const struct rows *saved;

	lines_read(r, e.lines);
	judge(r, &e);
	judge_for(r, &e, submitting);
	if (!req_good(r))
		return 422;
	saved = req_query(r, SAVE, S(r->token), I(id),
	    id == 0 ? arg_text(NULL) : I(req_int(r, "_version", 0)), T(req_str(r, "branch")),
	    T(req_str(r, "ship_address")), T(req_str(r, "po_no")), D(req_str(r, "wanted_on")),
	    T(req_str(r, "note")), S(lines_json(r, e.lines)),
	    id == 0 ? T(req_str(r, "_key")) : arg_text(NULL));
	if (saved->n == 0)
		return 404;
	id = row_int(saved, 0, "id");
	keep_paper(r, id);
	if (submitting)
		req_query(r, SUBMIT, S(r->token), I(id), M(e.total));
	req_notice(r, submitting ? "order.submitted" : "order.saved");
	return req_redirect(r, submitting ? "/orders/view?id=%lld" : "/entry/?id=%lld",
	    (long long)id);
}

enum { GRID = UPLOAD | LARGE };

static const struct route routes[] = {
	{ "/", GET, PERM_ORDER_CREATE, entry_page, fields },
	{ "/check", POST, PERM_ORDER_CREATE, entry_page, fields, entry_page, GRID | READS },
	{ "/save", POST, PERM_ORDER_CREATE, entry_save, fields, entry_page, GRID },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "entry", routes, sql, LEN(sql), .uploads = true };

	return app_main(&app, argc, argv);
}

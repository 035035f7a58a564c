/*
 * quotations.c - what is offered to a customer (F081): written by his rep, approved where a price
 * is below its floor, sent, answered in the portal.
 *
 * A draft alone is changed; nobody approves what he wrote.  Accepted, it is an order, whose prices
 * hold until the last day of the quotation.
 */
#include <string.h>

#include "attach.h"
#include "form.h"
#include "json.h"
#include "list.h"
#include "pricedlines.h"
#include "quote.h"
#include "scope.h"

enum { GET_ONE, LINES, FILES, FILE_GET, STEPS, MY_STEP, EDIT, NEW_ONE, SAVED_LINES, PARTY, CHECK,
	SAVE, SEND, WITHDRAW, DECIDE, NSQL };

#define MINE IN_SCOPE("q.rep_id", "q.org_unit_id")

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "quotations.get",
		"SELECT q.*, @actor_id IN (q.created_by, COALESCE(q.sent_by, 0)) AS own"
		" FROM quotation_page q WHERE q.id = ? AND " MINE },
	[LINES] = { "quotations.lines",
		"SELECT l.*, IF(l.price <> l.list_price, ROUND(l.list_price, 2), NULL) AS list,"
		" IF(l.below_floor, 'attention', NULL) AS flag"
		" FROM quotation_line_page l WHERE l.party_id = ? AND l.quote_id = ?"
		" ORDER BY l.id" },
	[FILES] = { "quotations.files",
		"SELECT a.id, a.name, a.size, a.created_at, u.name AS actor FROM attachment a"
		" LEFT JOIN app_user u ON u.id = a.created_by"
		" WHERE a.owner_kind = 'quote' AND a.owner_id = ? ORDER BY a.id" },
	[FILE_GET] = { "quotations.file",
		"SELECT a.name, a.media_type, a.content FROM attachment a"
		" JOIN quotation q ON q.id = a.owner_id"
		" WHERE a.id = ? AND a.owner_kind = 'quote' AND " MINE },
	[STEPS] = { "quotations.steps",
		"SELECT s.decided_at AS at, s.status AS kind, u.name AS actor, s.comment AS note"
		" FROM approval a JOIN approval_step s ON s.approval_id = a.id"
		" JOIN app_user u ON u.id = s.decided_by"
		" WHERE a.subject = 'quote' AND a.subject_id = ? ORDER BY s.decided_at, s.id" },
	[MY_STEP] = { "quotations.my_step",
		"SELECT step_id FROM approval_inbox"
		" WHERE user_id = @actor_id AND subject = 'quote' AND subject_id = ? LIMIT 1" },
	[EDIT] = { "quotations.edit",
		"SELECT IF(?, q.id, NULL) AS id, q.version, q.quote_no AS title,"
		" q.customer_code AS party, IF(?, q.valid_until, business_day() + INTERVAL 30 DAY)"
		" AS valid_until, q.pay, q.terms, q.note, q.state"
		" FROM quotation_page q WHERE q.id = ? AND " MINE },
	[NEW_ONE] = { "quotations.new",
		"SELECT business_day() + INTERVAL 30 DAY AS valid_until, ? AS party" },
	[SAVED_LINES] = { "quotations.saved_lines",
		"SELECT l.id AS n, l.code, l.qty,"
		" IF(l.price <> l.list_price, l.price, NULL) AS price, l.note"
		" FROM quotation_line_page l WHERE l.quote_id = ? ORDER BY l.id" },
	[PARTY] = { "quotations.party",
		"SELECT c.party_id AS id FROM customer c JOIN party p ON p.id = c.party_id"
		" WHERE p.code = ? AND " IN_SCOPE("c.rep_id", "c.org_unit_id") },
	[CHECK] = { "quotations.check", "CALL order_check(?, 0, ?)" },
	[SAVE] = { "quotations.save", "CALL quote_save(?, ?, ?, ?, ?, ?, ?, ?)" },
	[SEND] = { "quotations.send", "CALL quote_send(?)" },
	[WITHDRAW] = { "quotations.withdraw", "CALL quote_withdraw(?)" },
	[DECIDE] = { "quotations.decide", "CALL quote_decide(?, ?, ?)" },
};

static const char *const pays[] = { "credit", "prepaid", NULL };
static const char *const stages[] = { "mine", NULL };
static const char *const decisions[] = { "approve", "return", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "quote_no", TYPE_CODE, .sort = "q.quote_no", .unique = true },
	{ "customer", TYPE_TEXT, .sub = "customer_code" },
	{ "created_at", TYPE_DATETIME, .sort = "q.created_at" },
	{ "valid_until", TYPE_DATE, .sort = "q.valid_until" },
	{ "line_count", TYPE_INT },
	{ "amount", TYPE_MONEY, .sort = "q.amount" },
	{ "status", TYPE_STATUS, .set = "quote" },
	{ "rep", TYPE_TEXT, .sub = "department" },
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={order_id}" },
	{ "sent_at", TYPE_DATETIME, .optional = true },
	{ "maker", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, CUSTOMER_CALLED("q.party_id"), 2, true,
	    .narrow = CUSTOMERS_NAMED, .narrow_to = "q.party_id",
	    .number = "q.quote_no LIKE ? OR q.customer_code LIKE ?", .numbers = 2 },
	{ { "status", TYPE_SELECT, .set = "quote", .options = quote_statuses }, "q.status = ?" },
	{ { "stage", TYPE_SELECT, .set = "quote_stage", .options = stages },
	    "? = 'mine' AND q.id IN (SELECT i.subject_id FROM approval_inbox i"
	    " WHERE i.user_id = @actor_id AND i.subject = 'quote')" },
	{ { "customer", TYPE_LOOKUP, .href = "/suggest/parties" }, "q.customer_code = ?" },
	{ { "product", TYPE_LOOKUP, .href = "/suggest/products" },
	    "q.id IN (SELECT l.quote_id FROM quotation_line l"
	    " WHERE l.product_id = (SELECT p.id FROM product p WHERE p.code = ?))" },
	{ { "from", TYPE_DATE }, "q.created_at >= CAST(? AS DATETIME) - INTERVAL 8 HOUR" },
	{ { "to", TYPE_DATE }, "q.created_at < CAST(? AS DATETIME) + INTERVAL 16 HOUR" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "mine", "stage=mine" },
	{ "draft", "status=draft" },
	{ "sent", "status=sent" },
	{ "accepted", "status=accepted" },
	{ 0 }
};

static const struct list quotations = {
	.name = "quotations",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/quotations/view?id={id}",
	.sort = "-created_at",
	.select = "q.id, q.quote_no, q.customer, q.customer_code, q.created_at, q.valid_until,"
	    " q.line_count, q.amount, q.status, q.rep, q.department, q.order_no, q.order_id,"
	    " q.sent_at, q.maker",
	.from = "quotation_page q",
	.where = MINE,
	.key = "q.id",
	.create = "quote.new",
	.create_href = "/quotations/edit",
	.create_perm = PERM_ORDER_CREATE,
};

static int
quote_list(struct req *r)
{
	if (req_may(r, PERM_ORDER_CREATE))
		x_flag(x_action(r->heading, "quote.new", "get", "/quotations/edit"), "primary",
		    true);
	return list_page(r, &quotations);
}

/* ---- the page of one ---- */

static const struct column facts[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code", .href = "/parties/view?id={party_id}" },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ "valid_until", TYPE_DATE },
	{ "pay", TYPE_STATUS, .set = "pay" },
	{ "terms", TYPE_TEXT },
	{ "note", TYPE_TEXT },
	{ "rep", TYPE_TEXT, .sub = "department" },
	{ "maker", TYPE_TEXT },
	{ "sent_at", TYPE_DATETIME },
	{ "answerer", TYPE_TEXT },
	{ "answered_at", TYPE_DATETIME },
	{ "reply", TYPE_TEXT },
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={order_id}" },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .href = "/products/view?id={product_id}" },
	{ "code", TYPE_CODE },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "price", TYPE_PRICE, .sub = "list" },
	{ "floor_price", TYPE_PRICE, .optional = true },
	{ "amount", TYPE_MONEY, .sub = "note" },
	{ 0 }
};

static const struct column file_columns[] = {
	{ "name", TYPE_TEXT, .href = "/quotations/file?id={id}" },
	{ "size", TYPE_BYTES },
	{ "created_at", TYPE_DATETIME, .sub = "actor" },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct field decide_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "decision", TYPE_RADIO, REQUIRED, .set = "quote_decide", .options = decisions },
	{ "comment", TYPE_TEXTAREA, .max = 400 },
	{ 0 }
};

/* The quotation asked for; no rows: not one of the user's. */
static const struct rows *
quote_asked(struct req *r)
{
	return req_query(r, GET_ONE, I(req_int(r, "id", 0)));
}

static bool
is(const struct rows *q, const char *state)
{
	return strcmp(row_str(q, 0, "state"), state) == 0;
}

static void
add_actions(struct req *r, const struct rows *q)
{
	bool may = req_may(r, PERM_ORDER_CREATE);

	if (may && is(q, "draft")) {
		x_flag(x_action(r->heading, "quote.send", "post",
		    x_href(r->pool, "/quotations/send?id={id}", q, 0)), "primary", true);
		x_action(r->heading, "edit", "get",
		    x_href(r->pool, "/quotations/edit?id={id}", q, 0));
	}
	if (may && (is(q, "waiting") || is(q, "sent")))
		x_action(r->heading, "withdraw", "post",
		    x_href(r->pool, "/quotations/withdraw?id={id}", q, 0));
	if (may)
		x_action(r->heading, "quote.copy", "get",
		    x_href(r->pool, "/quotations/edit?copy={id}", q, 0));
	x_link(r->heading, "print.quote", x_href(r->pool, "/quotations/paper?id={id}", q, 0));
	if (req_may(r, PERM_AUDIT_VIEW))
		x_link(r->heading, "audit",
		    x_href(r->pool, "/audit/?entity=quotation&entity_id={id}", q, 0));
}

/* Whoever wrote it sees that he may not decide; a draft that came back, why. */
static void
add_notices(struct req *r, const struct rows *q)
{
	if (is(q, "waiting") && req_may(r, PERM_ORDER_APPROVE) && row_int(q, 0, "own") != 0)
		x_notice(r->page, "info", "notice.quote.own");
	if (is(q, "draft") && !row_null(q, 0, "reply"))
		x_value(x_notice(r->page, "warning", "notice.quote.returned"), TYPE_TEXT, "reply",
		    row_str(q, 0, "reply"));
}

static int
quote_view(struct req *r)
{
	const struct rows *q = quote_asked(r), *files, *steps;
	int64_t id = req_int(r, "id", 0);

	if (!req_record(r, "view", q, "quote_no", "quote", "status"))
		return 404;
	add_actions(r, q);
	add_notices(r, q);
	x_record(r->page, "quote", q, facts);
	list_rows(r, "quote-lines", req_query(r, LINES, I(row_int(q, 0, "party_id")), I(id)),
	    line_columns, NULL);
	files = req_query(r, FILES, I(id));
	if (files->n > 0)
		x_list(r, "quote-files", files, file_columns, NULL);
	if (is(q, "waiting") && req_may(r, PERM_ORDER_APPROVE) &&
	    req_query(r, MY_STEP, I(id))->n > 0)
		form_action(x_form(r, "quote-decide", "/quotations/decide", decide_fields, q),
		    "decide-quote");
	steps = req_query(r, STEPS, I(id));
	if (steps->n > 0)
		x_timeline(r->page, "quote", steps);
	return 200;
}

static int
quote_print(struct req *r)
{
	const struct rows *q = quote_asked(r);

	return quote_paper(r, q, req_query(r, LINES, T(req_value(r, q, "party_id")),
	    I(req_int(r, "id", 0))));
}

static int
quote_file(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, I(req_int(r, "id", 0))));
}

/* ---- writing one ---- */

static const struct field head_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "copy", TYPE_HIDDEN },
	{ "party", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/parties",
	    .group = "quote" },
	{ "valid_until", TYPE_DATE, REQUIRED, .group = "quote" },
	{ "pay", TYPE_SELECT, .set = "pay", .options = pays, .group = "quote" },
	{ "terms", TYPE_TEXT, .max = 200, .group = "quote" },
	{ "note", TYPE_TEXT, .max = 400, .group = "quote" },
	{ "file", TYPE_FILE, .accept = ".pdf,.png,.jpg,.jpeg,.xlsx", .group = "quote" },
	{ 0 }
};

/* The head again, and what a grid of lines adds. */
static const struct field fields[] = {
	{ "id", TYPE_INT },
	{ "copy", TYPE_INT },
	{ "party", TYPE_LOOKUP, .max = 20 },
	{ "valid_until", TYPE_DATE },
	{ "pay", TYPE_SELECT, .options = pays },
	{ "terms", TYPE_TEXT, .max = 200 },
	{ "note", TYPE_TEXT, .max = 400 },
	{ "file", TYPE_FILE },
	PRICED_FIELDS,
	{ 0 }
};

/* The draft ?id=, another like ?copy=, or a new one (of ?party=). */
static const struct rows *
quote_begun(struct req *r, int64_t id)
{
	int64_t from = id != 0 ? id : req_int(r, "copy", 0);

	return from == 0 ? req_query(r, NEW_ONE, T(req_str(r, "party"))) :
	    req_query(r, EDIT, I(id != 0), I(id != 0), I(from));
}

/* The customer of a quotation that is there stays. */
static const struct rows *
quote_party(struct req *r, const struct rows *q, int64_t id)
{
	return req_query(r, PARTY, S(id != 0 || req_str(r, "party")[0] == '\0' ?
	    req_value(r, q, "party") : req_str(r, "party")));
}

static int
quote_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *q = quote_begun(r, id), *party, *lines;
	struct priced typed = priced_new(r);
	bool judged = !req_good(r);
	xmlNodePtr form, check;

	if (q->n == 0 || (id != 0 && !is(q, "draft")))
		return 404;
	r->again = r->route->method == POST;
	party = quote_party(r, q, id);
	if (r->again)
		priced_typed(r, &typed);
	else
		priced_saved(&typed, req_query(r, SAVED_LINES,
		    I(id != 0 ? id : req_int(r, "copy", 0))));
	lines = req_query(r, CHECK, I(party->n == 0 ? 0 : row_int(party, 0, "id")),
	    S(json_end(typed.json)));
	if (r->again && !judged && party->n > 0)
		priced_judge(r, lines, false);
	req_page(r, id != 0 ? "edit" : "new");
	req_trail(r, "quotations", "/quotations/");
	if (id != 0)
		x_value(r->heading, TYPE_CODE, "title", row_str(q, 0, "title"));
	form = x_form(r, "quote", "/quotations/save", head_fields, q);
	x_attr(form, "live", "/quotations/check");
	if (id == 0)
		xmlUnsetProp(form, (const xmlChar *)"version");
	priced_grid(r, form, lines, typed.last, "/quotations/check");
	form_action(form, "save-draft");
	check = form_action(form, "check-lines");
	x_attr(check, "href", "/quotations/check");
	x_flag(check, "novalidate", true);
	return 200;
}

static int
quote_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *q = quote_begun(r, id), *party, *lines, *saved;
	struct priced typed = priced_new(r);

	if (q->n == 0)
		return 404;
	party = quote_party(r, q, id);
	priced_typed(r, &typed);
	if (party->n == 0)
		req_error(r, "party", req_given(r, "party") ? "party.unknown" : "required", NULL);
	if (!req_given(r, "valid_until"))
		req_error(r, "valid_until", "required", NULL);
	if (!req_good(r))
		return 422;
	lines = req_query(r, CHECK, I(row_int(party, 0, "id")), S(json_end(typed.json)));
	priced_judge(r, lines, false);
	if (!req_good(r))
		return 422;
	saved = req_query(r, SAVE, I(id), I(req_int(r, "_version", 0)), I(row_int(party, 0, "id")),
	    D(req_str(r, "valid_until")), T(req_str(r, "pay")), T(req_str(r, "terms")),
	    T(req_str(r, "note")), S(json_end(typed.json)));
	if (saved->n == 0)
		return req_good(r) ? 404 : 422;
	attach_keep(r, "file", row_int(party, 0, "id"), "quote", row_int(saved, 0, "id"));
	req_notice(r, "quote.saved");
	return req_redirect(r, "/quotations/view?id=%s", row_str(saved, 0, "id"));
}

/* ---- what may be done with it ---- */

/* Back to the quotation, when the routine did its work. */
static int
done(struct req *r, const struct rows *row, const char *notice)
{
	return req_done(r, row, notice, "/quotations/view?id=%lld",
	    (long long)req_int(r, "id", 0));
}

static int
quote_send(struct req *r)
{
	const struct rows *sent;

	if (quote_asked(r)->n == 0)
		return 404;
	sent = req_query(r, SEND, I(req_int(r, "id", 0)));
	return done(r, sent, strcmp(req_value(r, sent, "status"), "waiting") == 0 ?
	    "quote.waiting" : "quote.sent");
}

static int
quote_withdraw(struct req *r)
{
	if (quote_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, WITHDRAW, I(req_int(r, "id", 0))), "quote.withdrawn");
}

/* The step is his who decides; that it is another's than the maker's, the routine sees to. */
static int
quote_decide(struct req *r)
{
	const struct rows *q = quote_asked(r), *step;

	if (q->n == 0)
		return 404;
	step = req_query(r, MY_STEP, I(row_int(q, 0, "id")));
	if (step->n == 0)
		return 409;
	return done(r, req_query(r, DECIDE, I(row_int(step, 0, "step_id")),
	    S(req_str(r, "decision")), T(req_str(r, "comment"))),
	    pool_printf(r->pool, "quote.%s", req_str(r, "decision")));
}

static const struct route routes[] = {
	{ "/", GET, PERM_ORDER_VIEW, quote_list, .list = &quotations },
	{ "/view", GET, PERM_ORDER_VIEW, quote_view, id_field },
	{ "/paper", GET, PERM_ORDER_VIEW, quote_print, id_field },
	{ "/file", GET, PERM_ORDER_VIEW, quote_file, id_field },
	{ "/edit", GET, PERM_ORDER_CREATE, quote_edit, fields },
	{ "/check", POST, PERM_ORDER_CREATE, quote_edit, fields, quote_edit,
	    LARGE | READS | UPLOAD },
	{ "/save", POST, PERM_ORDER_CREATE, quote_save, fields, quote_edit, LARGE | UPLOAD },
	{ "/send", POST, PERM_ORDER_CREATE, quote_send, id_field, quote_view },
	{ "/withdraw", POST, PERM_ORDER_CREATE, quote_withdraw, id_field, quote_view },
	{ "/decide", POST, PERM_ORDER_APPROVE, quote_decide, decide_fields, quote_view },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "quotations", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

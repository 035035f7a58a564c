/*
 * corrections.c - appeals, supplements and approved stock entries on reported flows.
 *
 * A row that is there is never changed: what another person approves counts as rows of its own
 * in the month that is open now, each with the row it corrects.  Its maker never decides.
 */
#include <string.h>

#include "attach.h"
#include "audience.h"
#include "form.h"
#include "list.h"
#include "scope.h"

enum { MONTHS, SENDER, PARTY, PRODUCT, GET_ONE, LINES, ROW, FILE_GET, NEW, ATTACH, ADD, ADD_ROW,
	DROP, MOVE, DECIDE, NSQL };

/* Those of one's customers; a rep appeals too about what others sold to terminals of his. */
#define MINE "(c.made_by = @actor_id OR " SENDER_IN_SCOPE("c.party_id") ")"

static const struct sql sql[NSQL] = {
	[MONTHS] = { "corrections.months",
		"SELECT month AS value, month AS label FROM period_page ORDER BY month DESC" },
	[SENDER] = { "corrections.sender",
		"SELECT y.id FROM party y JOIN party_role o ON o.party_id = y.id"
		" AND o.role = 'distributor' WHERE y.code = ?"
		" AND " SENDER_IN_SCOPE("y.id") },
	[PARTY] = { "corrections.party", "SELECT id FROM party WHERE code = ?" },
	[PRODUCT] = { "corrections.product", "SELECT id FROM product WHERE code = ?" },
	[GET_ONE] = { "corrections.get",
		"SELECT c.*, c.made_by = @actor_id AS own FROM correction_page c"
		" WHERE c.id = ? AND " MINE },
	[LINES] = { "corrections.lines",
		"SELECT * FROM correction_line_page WHERE correction_id = ? ORDER BY id" },
	[ROW] = { "corrections.row",
		"SELECT r.id AS row_id, r.sender_id,"
		" CONCAT(LEFT(r.book_period, 4), '-', RIGHT(r.book_period, 2)) AS month,"
		" r.biz_date, r.kind, r.qty AS told, r.lot_no, r.price, y.name AS sender,"
		" COALESCE(c.name, n.name) AS counterparty,"
		" CONCAT(p.generic_name, ' ', p.pack_spec) AS product, p.unit, r.file_name"
		" FROM flow_seen r JOIN party y ON y.id = r.sender_id"
		" LEFT JOIN party c ON c.id = r.party_id LEFT JOIN product p ON p.id = r.product_id"
		" LEFT JOIN flow_name n ON n.id = r.party_name_id"
		" WHERE r.id = ?"
		" AND r.book_period = CAST(NULLIF(REPLACE(?, '-', ''), '') AS SIGNED)"
		" AND (" FLOW_IN_SCOPE("r") " OR EXISTS (SELECT 1 FROM flow_split z"
		" WHERE z.book_period = r.book_period AND z.row_id = r.id AND "
		IN_SCOPE("z.user_id", "z.org_unit_id") "))" },
	[FILE_GET] = { "corrections.file",
		"SELECT a.name, a.media_type, a.content FROM flow_correction c"
		" JOIN attachment a ON a.id = c.attachment_id WHERE c.id = ?"
		" AND " MINE },
	[NEW] = { "corrections.new", "CALL flow_correction_new(?, ?, ?, ?)" },
	[ATTACH] = { "corrections.attach", "CALL flow_correction_file(?, ?)" },
	[ADD] = { "corrections.add",
		"CALL flow_correction_line_add(?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[ADD_ROW] = { "corrections.add_row", "CALL flow_correction_row(?, ?, ?, ?)" },
	[DROP] = { "corrections.drop", "CALL flow_correction_line_drop(?, ?)" },
	[MOVE] = { "corrections.move", "CALL flow_correction_move(?, ?)" },
	[DECIDE] = { "corrections.decide", "CALL flow_correction_decide(?, ?, ?)" },
};

static const char *const statuses[] = { "draft", "waiting", "approved", "rejected", "withdrawn",
	NULL };
static const char *const kinds[] = { "appeal", "supplement", "diversion", "stock", NULL };
static const char *const made_kinds[] = { "appeal", "supplement", "stock", NULL };
static const char *const whats[] = { "sale", "purchase", "opening", "gain", "loss", NULL };
static const char *const decisions[] = { "approve", "reject", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "correction_no", TYPE_CODE, .sort = "c.correction_no" },
	{ "created_at", TYPE_DATETIME, .sort = "c.created_at" },
	{ "sender", TYPE_TEXT, .sub = "code" },
	{ "month", TYPE_MONTH, .sort = "c.period" },
	{ "kind", TYPE_STATUS, .set = "correction_kind" },
	{ "line_count", TYPE_INT },
	{ "qty", TYPE_QTY, .emphasis = true },
	{ "reason", TYPE_TEXT, .optional = true },
	{ "maker", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "correction" },
	{ "book_month", TYPE_MONTH, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "c.correction_no LIKE ? OR c.party_id IN (SELECT x.id FROM party x"
	    " WHERE x.name LIKE ? OR x.pinyin LIKE ?)", 3, true },
	{ { "status", TYPE_SELECT, .set = "correction", .options = statuses }, "c.status = ?" },
	{ { "kind", TYPE_SELECT, .set = "correction_kind", .options = kinds }, "c.kind = ?" },
	{ { "month", TYPE_SELECT }, "c.period = REPLACE(?, '-', '')" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "waiting", "status=waiting", true },
	{ "draft", "status=draft" },
	{ 0 }
};

static const struct list corrections = {
	.name = "corrections",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/corrections/view?id={id}",
	.sort = "-created_at",
	.select = "c.*",
	.from = "correction_page c",
	.count_from = "flow_correction c",
	.where = MINE,
	.key = "c.id",
	.create = "correct",
	.create_href = "/corrections/new",
	.create_perm = PERM_FLOW_CORRECT,
};

static int
correction_list(struct req *r)
{
	int status;

	if (req_may(r, PERM_FLOW_CORRECT))
		x_flag(x_action(r->heading, "correct", "get", "/corrections/new"), "primary", true);
	status = list_page(r, &corrections);
	form_options(r->page, "month", req_query(r, MONTHS));
	return status;
}

/* ---- making one ---- */

static const struct field new_fields[] = {
	{ "sender", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/parties" },
	{ "kind", TYPE_RADIO, REQUIRED, .set = "correction_kind", .options = made_kinds },
	{ "month", TYPE_SELECT, REQUIRED },
	{ "reason", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ "file", TYPE_FILE, REQUIRED },
	{ 0 }
};

static int
correction_new(struct req *r)
{
	xmlNodePtr form;

	req_page(r, "new");
	req_trail(r, "corrections", "/corrections/");
	form = x_form(r, "correction", "/corrections/save", new_fields, NULL);
	form_options(form, "month", req_query(r, MONTHS));
	form_action(form, "next");
	x_action(form, "cancel", "get", "/corrections/");
	return 200;
}

/* The id of a draft made of the form's month, reason and evidence; 0 when there is an error. */
static int64_t
draft(struct req *r, int64_t sender, const char *kind)
{
	const char *month = req_str(r, "month");
	const struct rows *made;
	int64_t id;
	int64_t file;

	form_offered(r, "month", req_query(r, MONTHS));
	if (req_file(r, "file") == NULL)
		req_error(r, "file", "required", NULL);
	if (!req_good(r))
		return 0;
	made = req_query(r, NEW, I(sender), S(kind),
	    S(pool_printf(r->pool, "%.4s%.2s", month, month + 5)), S(req_str(r, "reason")));
	if (made->n == 0)
		return 0;
	id = row_int(made, 0, "id");
	file = attach_keep(r, "file", sender, "flow_correction", id);
	if (file != 0)
		req_exec(r, ATTACH, I(id), I(file));
	return req_good(r) ? id : 0;
}

static int
correction_save(struct req *r)
{
	const struct rows *sender = req_query(r, SENDER, S(req_str(r, "sender")));
	int64_t id;

	if (sender->n == 0)
		req_error(r, "sender", "correction.sender", NULL);
	id = draft(r, sender->n > 0 ? row_int(sender, 0, "id") : 0, req_str(r, "kind"));
	if (id == 0)
		return 422;
	return req_redirect(r, "/corrections/view?id=%lld", (long long)id);
}

/* ---- of a row that is there ---- */

static const struct field row_fields[] = {
	{ "row", TYPE_HIDDEN, REQUIRED },
	{ "month", TYPE_HIDDEN, REQUIRED },
	{ "counterparty", TYPE_LOOKUP, .max = 20, .href = "/suggest/parties" },
	{ "qty", TYPE_QTY, .min = -1000000000, .max = 1000000000 },
	{ "reason", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ "file", TYPE_FILE, REQUIRED },
	{ 0 }
};

static const struct column row_facts[] = {
	{ "sender", TYPE_TEXT },
	{ "kind", TYPE_STATUS, .set = "row_kind" },
	{ "biz_date", TYPE_DATE },
	{ "counterparty", TYPE_TEXT },
	{ "product", TYPE_TEXT },
	{ "lot_no", TYPE_CODE },
	{ "told", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "price", TYPE_PRICE },
	{ "file_name", TYPE_TEXT },
	{ 0 }
};

static int
correction_row_form(struct req *r)
{
	const struct rows *row = req_query(r, ROW, I(req_int(r, "row", 0)), S(req_str(r, "month")));

	if (row->n == 0)
		return 404;
	req_page(r, "row");
	req_trail(r, "corrections", "/corrections/");
	x_record(r->page, "correction-row", row, row_facts);
	form_action(x_form(r, "correction-of-row", "/corrections/row", row_fields, NULL), "submit");
	return 200;
}

static int
correction_row(struct req *r)
{
	const struct rows *row = req_query(r, ROW, I(req_int(r, "row", 0)), S(req_str(r, "month")));
	const struct rows *party = req_query(r, PARTY, S(req_str(r, "counterparty")));
	int64_t id;

	if (row->n == 0)
		return 404;
	if (req_given(r, "counterparty") && party->n == 0)
		req_error(r, "counterparty", "correction.counterparty", NULL);
	if (!req_given(r, "counterparty") && !req_given(r, "qty"))
		req_error(r, "qty", "correction.same", NULL);
	id = req_good(r) ? draft(r, row_int(row, 0, "sender_id"), "appeal") : 0;
	if (id == 0)
		return 422;
	req_query(r, ADD_ROW, I(id), I(req_int(r, "row", 0)),
	    arg_id(party->n > 0 ? row_int(party, 0, "id") : 0), M(req_str(r, "qty")));
	return req_done(r, req_query(r, MOVE, I(id), S("waiting")), "correction.sent",
	    "/corrections/view?id=%lld", (long long)id);
}

/* ---- one correction ---- */

static const struct column facts[] = {
	{ "sender", TYPE_TEXT, .sub = "code", .href = "/parties/view?id={party_id}" },
	{ "kind", TYPE_STATUS, .set = "correction_kind" },
	{ "month", TYPE_MONTH, .href = "/periods/view?id={period}" },
	{ "reason", TYPE_TEXT },
	{ "evidence", TYPE_TEXT, .href = "/corrections/file?id={id}" },
	{ "maker", TYPE_TEXT },
	{ "created_at", TYPE_DATETIME },
	{ "decider", TYPE_TEXT },
	{ "decided_at", TYPE_DATETIME },
	{ "comment", TYPE_TEXT },
	{ "book_month", TYPE_MONTH, .href = "/periods/view?id={book_period}" },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "what", TYPE_STATUS, .set = "correction_what" },
	{ "biz_date", TYPE_DATE },
	{ "counterparty", TYPE_TEXT, .sub = "sender" },
	{ "known", TYPE_STATUS, .set = "flow_known" },
	{ "product", TYPE_TEXT, .sub = "product_code" },
	{ "lot_no", TYPE_CODE },
	{ "qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "price", TYPE_PRICE },
	{ "corrects", TYPE_TEXT },
	{ 0 }
};

static const struct field line_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "what", TYPE_SELECT, REQUIRED, .set = "correction_what", .options = whats },
	{ "biz_date", TYPE_DATE, REQUIRED },
	{ "counterparty", TYPE_LOOKUP, .max = 20, .href = "/suggest/parties" },
	{ "product", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/products" },
	{ "lot_no", TYPE_TEXT, .max = 40 },
	{ "qty", TYPE_QTY, REQUIRED, -1000000000, 1000000000 },
	{ "price", TYPE_PRICE },
	{ "doc_no", TYPE_TEXT, .max = 40 },
	{ 0 }
};

static const struct field decide_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "decision", TYPE_RADIO, REQUIRED, .set = "decide", .options = decisions },
	{ "comment", TYPE_TEXT, .max = 400 },
	{ 0 }
};

static bool
is(const struct rows *c, const char *name, const char *value)
{
	return strcmp(row_str(c, 0, name), value) == 0;
}

static void
add_lines(struct req *r, const struct rows *c, bool mine)
{
	const struct rows *lines = req_query(r, LINES, I(row_int(c, 0, "id")));
	xmlNodePtr list = x_table(r->page, "list", "correction-lines", line_columns);

	for (size_t i = 0; i < lines->n; i++) {
		xmlNodePtr row = x_row(list, lines, i, line_columns, NULL);

		if (mine)
			x_action(row, "remove", "post", x_href(r->pool,
			    "/corrections/drop?id={correction_id}&line={id}", lines, i));
	}
}

static int
correction_view(struct req *r)
{
	const struct rows *c = req_query(r, GET_ONE, I(req_int(r, "id", 0)));
	bool own;
	bool mine;

	if (!req_record(r, "view", c, "correction_no", "correction", "status"))
		return 404;
	own = row_int(c, 0, "own") != 0 && req_may(r, PERM_FLOW_CORRECT);
	mine = own && is(c, "status", "draft");
	if (mine)
		x_flag(x_action(r->heading, "submit", "post", x_href(r->pool,
		    "/corrections/send?id={id}", c, 0)), "primary", true);
	if (mine || (own && is(c, "status", "waiting")))
		x_action(r->heading, "withdraw", "post", x_href(r->pool,
		    "/corrections/withdraw?id={id}", c, 0));
	if (is(c, "status", "waiting") && own && req_may(r, PERM_FLOW_APPROVE))
		x_attr(x_action(r->heading, "decide-correction", "get", r->path), "disabled",
		    "own");
	x_record(r->page, "correction", c, facts);
	add_lines(r, c, mine);
	if (mine)
		form_action(x_form(r, "correction-line", "/corrections/line", line_fields, NULL),
		    "line.add");
	if (is(c, "status", "waiting") && row_int(c, 0, "own") == 0 &&
	    req_may(r, PERM_FLOW_APPROVE))
		form_action(x_form(r, "correction-decide", "/corrections/decide", decide_fields, c),
		    "decide-correction");
	return 200;
}

static int
done(struct req *r, const struct rows *rows, const char *notice)
{
	return req_done(r, rows, notice, "/corrections/view?id=%lld",
	    (long long)req_int(r, "id", 0));
}

/* A draft is its maker's; others' are not there for whoever would change them. */
static bool
is_mine(struct req *r)
{
	const struct rows *c = req_query(r, GET_ONE, I(req_int(r, "id", 0)));

	return c->n > 0 && row_int(c, 0, "own") != 0;
}

static int
correction_line(struct req *r)
{
	const struct rows *party = req_query(r, PARTY, S(req_str(r, "counterparty")));
	const struct rows *product = req_query(r, PRODUCT, S(req_str(r, "product")));

	if (!is_mine(r))
		return 404;
	if (req_given(r, "counterparty") && party->n == 0)
		req_error(r, "counterparty", "correction.counterparty", NULL);
	if (product->n == 0)
		req_error(r, "product", "correction.product", NULL);
	if (!req_good(r))
		return 422;
	return done(r, req_query(r, ADD, I(req_int(r, "id", 0)), S(req_str(r, "what")),
	    D(req_str(r, "biz_date")), arg_id(party->n > 0 ? row_int(party, 0, "id") : 0),
	    I(row_int(product, 0, "id")), S(req_str(r, "lot_no")), M(req_str(r, "qty")),
	    M(req_str(r, "price")), S(req_str(r, "doc_no"))), "correction.line");
}

static int
correction_drop(struct req *r)
{
	if (!is_mine(r))
		return 404;
	return done(r, req_query(r, DROP, I(req_int(r, "id", 0)), I(req_int(r, "line", 0))),
	    "correction.dropped");
}

static int
correction_send(struct req *r)
{
	if (!is_mine(r))
		return 404;
	return done(r, req_query(r, MOVE, I(req_int(r, "id", 0)), S("waiting")), "correction.sent");
}

static int
correction_withdraw(struct req *r)
{
	if (!is_mine(r))
		return 404;
	return done(r, req_query(r, MOVE, I(req_int(r, "id", 0)), S("withdrawn")),
	    "correction.withdrawn");
}

static int
correction_decide(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, GET_ONE, I(id))->n == 0)
		return 404;
	return done(r, req_query(r, DECIDE, I(id), S(req_str(r, "decision")),
	    T(req_str(r, "comment"))), pool_printf(r->pool, "correction.%s",
	    req_str(r, "decision")));
}

static int
correction_file(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, I(req_int(r, "id", 0))));
}

static const struct field id_field[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "line", TYPE_INT },
	{ 0 }
};

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, correction_list, .list = &corrections },
	{ "/new", GET, PERM_FLOW_CORRECT, correction_new, new_fields },
	{ "/save", POST, PERM_FLOW_CORRECT, correction_save, new_fields, correction_new, UPLOAD },
	{ "/row", GET, PERM_FLOW_CORRECT, correction_row_form, row_fields },
	{ "/row", POST, PERM_FLOW_CORRECT, correction_row, row_fields, correction_row_form,
	    UPLOAD },
	{ "/view", GET, PERM_FLOW_VIEW, correction_view, id_field },
	{ "/line", POST, PERM_FLOW_CORRECT, correction_line, line_fields, correction_view },
	{ "/drop", POST, PERM_FLOW_CORRECT, correction_drop, id_field, correction_view },
	{ "/send", POST, PERM_FLOW_CORRECT, correction_send, id_field, correction_view },
	{ "/withdraw", POST, PERM_FLOW_CORRECT, correction_withdraw, id_field, correction_view },
	{ "/decide", POST, PERM_FLOW_APPROVE, correction_decide, decide_fields, correction_view },
	{ "/file", GET, PERM_FLOW_VIEW, correction_file, id_field },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "corrections", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

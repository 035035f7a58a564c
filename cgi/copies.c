/*
 * copies.c - approvals of orders somebody was put in copy of (抄送).
 *
 * Who sees an approval puts others in copy of it, each once.  They read that order whatever rows
 * are theirs, and decide nothing.
 */
#include "form.h"
#include "list.h"
#include "scope.h"

enum { COPY, LINES, EVENTS, STEP, READERS, SEND, NSQL };

static const struct sql sql[NSQL] = {
	[COPY] = { "copies.copy",
		"SELECT c.* FROM approval_copy_page c WHERE c.copy = ? AND c.user_id = @actor_id" },
	[LINES] = { "copies.lines",
		"SELECT l.line_no AS id, l.product, l.pack, l.unit, l.price, l.amount,"
		" l.ordered_qty, l.approved_qty, l.note, l.reply"
		" FROM order_line_page l WHERE l.order_id = ? ORDER BY l.line_no" },
	[EVENTS] = { "copies.events", "CALL order_events(?, ?)" },
	[STEP] = { "copies.step",
		"SELECT s.step, s.order_no, s.customer, s.amount FROM approval_step_page s"
		" WHERE s.step = ? AND " STEP_IN_SCOPE("s") },
	[READERS] = { "copies.readers",
		"SELECT id AS value, CONCAT_WS(' · ', name, department) AS label"
		" FROM approval_reader WHERE id <> @actor_id ORDER BY name" },
	[SEND] = { "copies.send", "CALL approval_copy(?, ?, ?)" },
};

static const char *const decisions[] = { "open", "approved", "returned", "rejected",
	"withdrawn", NULL };

static const struct column columns[] = {
	{ "order_no", TYPE_CODE, .sort = "o.order_no" },
	{ "customer", TYPE_TEXT, .sub = "rep" },
	{ "amount", TYPE_MONEY, .sort = "a.amount" },
	{ "sent_by", TYPE_TEXT, .sub = "comment" },
	{ "copied_at", TYPE_AGO, .sort = "e.created_at" },
	{ "decision", TYPE_STATUS, .set = "approval" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "p.name LIKE ? OR p.pinyin LIKE ?", 2, true,
	    .number = "o.order_no LIKE ?", .numbers = 1 },
	{ { "decision", TYPE_SELECT, .set = "approval", .options = decisions }, "a.status = ?" },
	{ 0 }
};

/* The tabs of the inbox, for who has one. */
static const struct view views[] = {
	{ "copied", "" },
	{ 0 }
};

static const struct view signer_views[] = {
	{ "mine", "/approvals/" },
	{ "copied", "" },
	{ 0 }
};

static const struct list copies = {
	.name = "copies",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/copies/view?id={id}",
	.sort = "-copied_at",
	.select = "e.id, o.order_no, p.name AS customer, r.name AS rep, a.amount,"
	    " m.name AS sent_by, e.comment, e.created_at AS copied_at, a.status AS decision",
	.from = "approval_event e STRAIGHT_JOIN approval a ON a.id = e.approval_id"
	    " STRAIGHT_JOIN sales_order o ON a.subject = 'order' AND o.id = a.subject_id"
	    " STRAIGHT_JOIN party p ON p.id = o.party_id JOIN app_user m ON m.id = e.made_by"
	    " LEFT JOIN app_user r ON r.id = o.rep_id",
	.where = "e.copy_to = @actor_id",
	.key = "e.id",
};

static int
copy_list(struct req *r)
{
	struct list list = copies;

	if (req_may(r, PERM_ORDER_APPROVE))
		list.views = signer_views;
	return list_page(r, &list);
}

/* ---- one of them, to read ---- */

static const struct column facts[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code" },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ "rep", TYPE_TEXT, .sub = "department" },
	{ "sent_by", TYPE_TEXT },
	{ "copied_at", TYPE_DATETIME },
	{ "comment", TYPE_TEXT },
	{ "origin", TYPE_STATUS, .set = "origin", .sub = "made_by" },
	{ "pay", TYPE_STATUS, .set = "pay" },
	{ "wanted_on", TYPE_DATE },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "price", TYPE_PRICE },
	{ "ordered_qty", TYPE_QTY, .unit = "{unit}", .sub = "note" },
	{ "approved_qty", TYPE_QTY, .unit = "{unit}", .sub = "reply" },
	{ "amount", TYPE_MONEY },
	{ 0 }
};

static int
copy_view(struct req *r)
{
	const struct rows *copy = req_query(r, COPY, I(req_int(r, "id", 0)));

	if (copy->n == 0)
		return 404;
	req_page(r, "view");
	req_title(r, row_str(copy, 0, "order_no"));
	req_state(r, "approval", row_str(copy, 0, "decision"));
	req_trail(r, "copies", "/copies/");
	x_record(r->page, "copy", copy, facts);
	x_list(r, "copy-lines", req_query(r, LINES, I(row_int(copy, 0, "id"))), line_columns, NULL);
	x_timeline(r->page, "order", req_query(r, EVENTS, I(row_int(copy, 0, "party_id")),
	    I(row_int(copy, 0, "id"))));
	return 200;
}

/* ---- putting somebody in copy ---- */

static const struct field fields[] = {
	{ "step", TYPE_HIDDEN, REQUIRED, .max = 20 },
	{ "copy_to", TYPE_SELECT, REQUIRED },
	{ "comment", TYPE_TEXTAREA, .max = 400 },
	{ 0 }
};

static const struct column step_facts[] = {
	{ "order_no", TYPE_CODE },
	{ "customer", TYPE_TEXT },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

static int
copy_new(struct req *r)
{
	const struct rows *step = req_query(r, STEP, I(req_int(r, "step", 0)));
	xmlNodePtr form;

	if (step->n == 0)
		return 404;
	req_page(r, "new");
	req_trail(r, "approvals", "/approvals/");
	x_record(r->page, "copied", step, step_facts);
	form = x_form(r, "copy", "/copies/send", fields, NULL);
	form_options(form, "copy_to", req_query(r, READERS));
	form_action(form, "send-copy");
	return 200;
}

static int
copy_send(struct req *r)
{
	int64_t step = req_int(r, "step", 0);

	if (req_query(r, STEP, I(step))->n == 0)
		return 404;
	return req_done(r, req_query(r, SEND, I(step), T(req_str(r, "copy_to")),
	    T(req_str(r, "comment"))), "copy.sent", "/approvals/?open=%lld", (long long)step);
}

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_ORDER_VIEW, copy_list, .list = &copies },
	{ "/view", GET, PERM_ORDER_VIEW, copy_view, id_field },
	{ "/new", GET, PERM_ORDER_APPROVE, copy_new, fields },
	{ "/send", POST, PERM_ORDER_APPROVE, copy_send, fields, copy_new },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "copies", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

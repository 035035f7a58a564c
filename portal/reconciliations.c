/*
 * reconciliations.c - the statements of each month, for a company to sign.
 *
 * A line is agreed with or disputed, with what stands in the company's own books; while
 * a difference is open nothing is signed.  What is signed is the text under the hash
 * that was shown, and it does not change after.
 */
#include <string.h>

#include "attach.h"
#include "form.h"
#include "list.h"
#include "reconcile.h"
#include "storage.h"

enum { VIEW, AGREE, DISPUTE, CONFIRM, FILE_GET, NSQL };

static const struct sql sql[NSQL] = {
	[VIEW] = { "reconciliations.view", "CALL portal_reconciliations_view(?, ?)" },
	[AGREE] = { "reconciliations.agree", "CALL portal_reconciliations_agree(?, ?, ?)" },
	[DISPUTE] = { "reconciliations.dispute",
		"CALL portal_reconciliations_dispute(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[CONFIRM] = { "reconciliations.confirm",
		"CALL portal_reconciliations_confirm(?, ?, ?, ?)" },
	[FILE_GET] = { "reconciliations.file", "CALL portal_file_get(?, ?)" },
};

/* ---- the list ---- */

static const char *const statuses[] = { "issued", "disputed", "confirmed", "superseded", NULL };

static const struct column columns[] = {
	{ "period", TYPE_MONTH, .sort = "yes" },
	{ "reconciliation_no", TYPE_CODE },
	{ "status", TYPE_STATUS, .set = "reconciliation" },
	{ "opening", TYPE_MONEY },
	{ "debit", TYPE_MONEY },
	{ "credit", TYPE_MONEY },
	{ "closing", TYPE_MONEY, .emphasis = true },
	{ "agreed", TYPE_MONEY, .sub = "adjusted" },
	{ "open_count", TYPE_INT },
	{ "due_on", TYPE_DUE },
	{ "confirmed_at", TYPE_DATETIME },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "status", TYPE_SELECT, .set = "reconciliation", .options = statuses } },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "issued", "status=issued" },
	{ "disputed", "status=disputed" },
	{ "confirmed", "status=confirmed" },
	{ 0 }
};

static const struct list reconciliations = {
	.name = "reconciliations",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/reconciliations/view?id={id}",
	.sort = "-period",
	.call = "portal_reconciliations_list",
	.count_call = "portal_reconciliations_count",
};

static int
reconciliation_list(struct req *r)
{
	x_link(r->heading, "letters", "/letters/");
	return list_page(r, &reconciliations);
}

/* ---- one statement ---- */

static const struct column difference_columns[] = {
	{ "dispute_no", TYPE_CODE, .sub = "raised_by" },
	{ "line_no", TYPE_CODE },
	{ "doc_no", TYPE_CODE, .sub = "product" },
	{ "reason", TYPE_STATUS, .set = "dispute_reason", .sub = "comment" },
	{ "our_amount", TYPE_MONEY },
	{ "their_amount", TYPE_MONEY },
	{ "our_qty", TYPE_QTY },
	{ "their_qty", TYPE_QTY },
	{ "file_name", TYPE_TEXT, .href = "/reconciliations/file?token={file}" },
	{ "status", TYPE_STATUS, .set = "dispute" },
	{ "answer", TYPE_TEXT },
	{ "adjust_amount", TYPE_MONEY, .sub = "voucher_no" },
	{ "due_on", TYPE_DATE },
	{ 0 }
};

static const struct field view_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "list", TYPE_HIDDEN },
	{ 0 }
};

static const struct rows *
statement_asked(struct req *r)
{
	return req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));
}

/* The row of rows whose line number it is, or NULL. */
static const struct rows *
line_of(const struct rows *rows, int64_t line, size_t *at)
{
	for (*at = 0; *at < rows->n; (*at)++)
		if (row_int(rows, *at, "line_no") == line)
			return rows;
	return NULL;
}

/* Each line that is not settled can be agreed with or disputed. */
static void
add_line_actions(struct req *r, xmlNodePtr list, const struct rows *lines)
{
	long long id = req_int(r, "id", 0);
	size_t i = 0;

	for (xmlNodePtr n = list->children; n != NULL && i < lines->n; n = n->next) {
		const char *state;
		long long line;

		if (strcmp((const char *)n->name, "row") != 0)
			continue;
		state = row_str(lines, i, "state");
		line = row_int(lines, i++, "line_no");
		if (strcmp(state, "open") == 0)
			x_action(n, "agree", "post", pool_printf(r->pool,
			    "/reconciliations/agree?id=%lld&line=%lld", id, line));
		if (strcmp(state, "open") == 0 || strcmp(state, "agreed") == 0)
			x_action(n, "dispute", "get", pool_printf(r->pool,
			    "/reconciliations/dispute?id=%lld&line=%lld", id, line));
	}
}

/* Known and impossible while a difference is open: drawn with its reason. */
static void
add_confirm(struct req *r, const struct rows *head)
{
	xmlNodePtr action;

	if (!req_may(r, PERM_RECONCILE_CONFIRM) || row_null(head, 0, "may_confirm"))
		return;
	action = x_action(r->heading, "confirm", "post",
	    x_href(r->pool, "/reconciliations/confirm?id={id}&hash={content_hash}", head, 0));
	x_flag(action, "primary", true);
	x_attr(action, "confirm", "reconciliation");
	if (row_int(head, 0, "may_confirm") == 0)
		x_attr(action, "disabled", "reconcile.disputed");
}

static int
reconciliation_view(struct req *r)
{
	const struct rows *head = statement_asked(r);
	const struct rows *lines = head->next;
	struct reconcile_lists lists;

	if (!req_record(r, "view", head, "reconciliation_no", "reconciliation", "status"))
		return 404;
	x_link(r->heading, "print", x_href(r->pool, "/reconciliations/print?id={id}", head, 0));
	x_link(r->heading, "xml", x_href(r->pool, "/reconciliations/xml?id={id}", head, 0));
	add_confirm(r, head);
	reconcile_steps(r, head);
	reconcile_sums(r, head);
	if (lines->next->next->n > 0)
		x_list(r, "reconcile-differences", lines->next->next, difference_columns, NULL);
	lists = reconcile_lines(r, lines);
	if (!row_null(head, 0, "may_confirm") && req_may(r, PERM_RECONCILE_CONFIRM) &&
	    lists.account != NULL) {
		add_line_actions(r, lists.account, lines);
		add_line_actions(r, lists.volumes, lines->next);
	}
	x_timeline(r->page, "reconciliation", lines->next->next->next);
	return 200;
}

static int
reconciliation_print(struct req *r)
{
	const struct rows *head = statement_asked(r);

	return reconcile_print(r, head, rows_next(head));
}

static int
reconciliation_xml(struct req *r)
{
	const struct rows *head = statement_asked(r);

	return head->n == 0 ? 404 : reconcile_file(r, head, rows_next(head));
}

/* ---- what is done with it ---- */

static const struct field line_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "line", TYPE_INT, REQUIRED, .min = 1, .max = 1000000 },
	{ 0 }
};

static int
back(struct req *r, const struct rows *done, const char *notice)
{
	return req_done(r, done, notice, "/reconciliations/view?id=%lld",
	    (long long)req_int(r, "id", 0));
}

static int
line_agree(struct req *r)
{
	if (statement_asked(r)->n == 0)
		return 404;
	return back(r, req_query(r, AGREE, S(r->token), I(req_int(r, "id", 0)),
	    I(req_int(r, "line", 0))), "reconcile.agreed");
}

static const char *const reasons[] = { "not_received", "qty", "price", "rebate", "paid",
	"no_invoice", "other", NULL };

#define DISPUTE_HEAD \
	{ "id", TYPE_HIDDEN, REQUIRED }, \
	{ "line", TYPE_HIDDEN, REQUIRED }, \
	{ "reason", TYPE_SELECT, REQUIRED, .set = "dispute_reason", .options = reasons }
#define DISPUTE_TAIL \
	{ "comment", TYPE_TEXTAREA, REQUIRED, .max = 400 }, \
	{ "evidence", TYPE_FILE, .accept = ".pdf,.png,.jpg,.jpeg,.xlsx,.csv" }

static const struct field account_dispute[] = {
	DISPUTE_HEAD, { "their_amount", TYPE_MONEY, REQUIRED }, DISPUTE_TAIL, { 0 }
};

static const struct field volume_dispute[] = {
	DISPUTE_HEAD, { "their_qty", TYPE_QTY, REQUIRED }, DISPUTE_TAIL, { 0 }
};

/* Of either kind of line: the database says which of the two is wanted. */
static const struct field dispute_fields[] = {
	DISPUTE_HEAD, { "their_amount", TYPE_MONEY }, { "their_qty", TYPE_QTY }, DISPUTE_TAIL,
	{ 0 }
};

static const struct column account_facts[] = {
	{ "biz_date", TYPE_DATE },
	{ "entry", TYPE_STATUS, .set = "entry" },
	{ "doc_no", TYPE_CODE },
	{ "debit", TYPE_MONEY },
	{ "credit", TYPE_MONEY },
	{ 0 }
};

static const struct column volume_facts[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "shipped", TYPE_QTY, .unit = "{unit}" },
	{ "returned", TYPE_QTY },
	{ "purchased", TYPE_QTY },
	{ "stock", TYPE_QTY },
	{ 0 }
};

static int
dispute_form(struct req *r)
{
	const struct rows *head = statement_asked(r);
	int64_t line = req_int(r, "line", 0);
	const struct rows *rows;
	struct rows one;
	size_t at;
	bool volume;

	if (head->n == 0 || row_null(head, 0, "may_confirm"))
		return 404;
	rows = line_of(head->next, line, &at);
	volume = rows == NULL;
	if (volume)
		rows = line_of(head->next->next, line, &at);
	if (rows == NULL)
		return 404;
	req_page(r, "dispute");
	req_title(r, row_str(head, 0, "reconciliation_no"));
	req_trail(r, "reconciliations", "/reconciliations/");
	req_trail(r, "reconciliation", x_href(r->pool, "/reconciliations/view?id={id}", head, 0));
	one = rows_one(rows, at);
	x_record(r->page, "dispute-line", &one, volume ? volume_facts : account_facts);
	form_action(x_form(r, "dispute", "/reconciliations/dispute",
	    volume ? volume_dispute : account_dispute, NULL), "dispute");
	return 200;
}

static int
line_dispute(struct req *r)
{
	const struct part *file = req_file(r, "evidence");
	const struct storage_type *type = NULL;
	const char *error;

	if (statement_asked(r)->n == 0)
		return 404;
	if (file != NULL) {
		type = storage_sniff(file->value, file->n, &error);
		if (type == NULL)
			req_error(r, "evidence", error, NULL);
	}
	if (!req_good(r))
		return 422;
	return back(r, req_query(r, DISPUTE, S(r->token), I(req_int(r, "id", 0)),
	    I(req_int(r, "line", 0)), S(req_str(r, "reason")), M(req_str(r, "their_amount")),
	    M(req_str(r, "their_qty")), S(req_str(r, "comment")),
	    S(type == NULL ? NULL : storage_name(r->pool, file->filename, type)),
	    S(type == NULL ? NULL : type->media),
	    type == NULL ? S(NULL) : B(file->value, file->n)), "reconcile.disputed");
}

static const struct field confirm_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "hash", TYPE_HIDDEN, REQUIRED, .max = 64 },
	{ 0 }
};

static int
reconciliation_confirm(struct req *r)
{
	if (statement_asked(r)->n == 0)
		return 404;
	return back(r, req_query(r, CONFIRM, S(r->token), I(req_int(r, "id", 0)),
	    S(req_str(r, "hash")), S(r->address)), "reconcile.confirmed");
}

static const struct field file_fields[] = { { "token", TYPE_HIDDEN, REQUIRED, .max = 32 }, { 0 } };

static int
file_send(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, S(r->token), S(req_str(r, "token"))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_RECONCILE_VIEW, reconciliation_list, .list = &reconciliations },
	{ "/view", GET, PERM_RECONCILE_VIEW, reconciliation_view, view_fields },
	{ "/print", GET, PERM_RECONCILE_VIEW, reconciliation_print, view_fields },
	{ "/xml", GET, PERM_RECONCILE_VIEW, reconciliation_xml, view_fields },
	{ "/agree", POST, PERM_RECONCILE_CONFIRM, line_agree, line_fields, reconciliation_view },
	{ "/dispute", GET, PERM_RECONCILE_CONFIRM, dispute_form, line_fields },
	{ "/dispute", POST, PERM_RECONCILE_CONFIRM, line_dispute, dispute_fields, dispute_form,
	    UPLOAD },
	{ "/confirm", POST, PERM_RECONCILE_CONFIRM, reconciliation_confirm, confirm_fields,
	    reconciliation_view },
	{ "/file", GET, PERM_RECONCILE_VIEW, file_send, file_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "reconciliations", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

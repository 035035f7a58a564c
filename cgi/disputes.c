/*
 * disputes.c - differences that customers found in their statements, to be answered.
 *
 * They are right, they are not, or an adjustment is proposed: money moves only when a
 * second person has approved it, by a voucher of today.
 */
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "form.h"
#include "list.h"
#include "reconcile.h"
#include "scope.h"

enum { DISPUTE, ANSWER, DECIDE, FILE_GET, NSQL };

static const struct sql sql[NSQL] = {
	[DISPUTE] = { "disputes.dispute",
		"SELECT d.*, d.handled_by_id = @actor_id AS mine FROM reconcile_difference d"
		" WHERE d.id = ? AND " IN_SCOPE("d.rep_id", "d.org_unit_id") },
	[ANSWER] = { "disputes.answer", "CALL dispute_answer(?, ?, ?, ?, ?)" },
	[DECIDE] = { "disputes.decide", "CALL dispute_decide(?, ?, ?)" },
	[FILE_GET] = { "disputes.file",
		"SELECT a.name, a.media_type, a.content FROM attachment a WHERE a.id = ?" },
};

static const struct column columns[] = {
	{ "dispute_no", TYPE_CODE, .sort = "d.dispute_no" },
	{ "customer", TYPE_TEXT, .sub = "raised_by" },
	{ "reconciliation_no", TYPE_CODE,
	    .href = "/reconciliations/view?id={reconciliation_id}" },
	{ "reason", TYPE_STATUS, .set = "dispute_reason", .sub = "comment" },
	{ "our_amount", TYPE_MONEY },
	{ "their_amount", TYPE_MONEY },
	{ "difference", TYPE_MONEY, .emphasis = true },
	{ "status", TYPE_STATUS, .set = "dispute" },
	{ "due_on", TYPE_DUE, .sort = "d.due_on" },
	{ "handled_by", TYPE_TEXT, .optional = true },
	{ "created_at", TYPE_DATETIME, .sort = "d.created_at", .optional = true },
	{ 0 }
};

static const char *const reasons[] = { "not_received", "qty", "price", "rebate", "paid",
	"no_invoice", "other", NULL };

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "d.customer LIKE ? OR d.comment LIKE ?", 2, true,
	    .number = "d.dispute_no LIKE ? OR d.customer_code LIKE ? OR d.doc_no LIKE ?",
	    .numbers = 3 },
	{ { "status", TYPE_SELECT, .set = "dispute", .options = dispute_statuses },
	    "d.status = ?" },
	{ { "reason", TYPE_SELECT, .set = "dispute_reason", .options = reasons },
	    "d.reason = ?" },
	{ { "late", TYPE_CHECK },
	    "d.status IN ('open', 'proposed') AND d.due_on < business_day() AND ? <> ''" },
	{ 0 }
};

static const struct view views[] = {
	{ "open", "status=open", true },
	{ "proposed", "status=proposed", true },
	{ "late", "late=true", true },
	{ "all", "" },
	{ 0 }
};

static const struct list disputes = {
	.name = "disputes",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/disputes/view?id={id}",
	.sort = "due_on",
	.select = "d.id, d.dispute_no, d.customer, d.raised_by, d.reconciliation_id,"
	    " d.reconciliation_no, d.reason, d.comment, d.our_amount, d.their_amount,"
	    " d.difference, d.status, d.handled_by, d.created_at,"
	    " IF(d.status IN ('open', 'proposed'), d.due_on, NULL) AS due_on",
	.from = "reconcile_difference d",
	.where = IN_SCOPE("d.rep_id", "d.org_unit_id"),
	.key = "d.id",
};

static int
dispute_list(struct req *r)
{
	req_trail(r, "reconciliations", "/reconciliations/");
	return list_page(r, &disputes);
}

/* ---- one difference ---- */

static const struct column facts[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code" },
	{ "reconciliation_no", TYPE_CODE,
	    .href = "/reconciliations/view?id={reconciliation_id}" },
	{ "line_no", TYPE_CODE },
	{ "biz_date", TYPE_DATE },
	{ "entry", TYPE_STATUS, .set = "entry" },
	{ "doc_no", TYPE_CODE },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "reason", TYPE_STATUS, .set = "dispute_reason" },
	{ "comment", TYPE_TEXT },
	{ "file_name", TYPE_TEXT, .href = "/disputes/file?id={id}" },
	{ "created_at", TYPE_DATETIME, .sub = "raised_by" },
	{ "due_on", TYPE_DATE },
	{ 0 }
};

static const struct column account_sides[] = {
	{ "our_amount", TYPE_MONEY },
	{ "their_amount", TYPE_MONEY },
	{ "difference", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

static const struct column volume_sides[] = {
	{ "our_qty", TYPE_QTY, .unit = "{unit}" },
	{ "their_qty", TYPE_QTY, .unit = "{unit}" },
	{ 0 }
};

static const struct column answer_facts[] = {
	{ "answer", TYPE_TEXT },
	{ "adjust_amount", TYPE_MONEY, .emphasis = true },
	{ "voucher_no", TYPE_CODE },
	{ "handled_at", TYPE_DATETIME, .sub = "handled_by" },
	{ "decided_at", TYPE_DATETIME, .sub = "decided_by" },
	{ 0 }
};

static const char *const verdicts[] = { "propose", "accept", "reject", NULL };
static const char *const volume_verdicts[] = { "accept", "reject", NULL };

#define ANSWER_HEAD { "id", TYPE_HIDDEN, REQUIRED }
#define ANSWER_TAIL { "answer", TYPE_TEXTAREA, REQUIRED, .max = 400 }

static const struct field answer_fields[] = {
	ANSWER_HEAD,
	{ "verdict", TYPE_RADIO, REQUIRED, .set = "verdict", .options = verdicts },
	{ "amount", TYPE_MONEY },
	ANSWER_TAIL,
	{ 0 }
};

/* Quantities move no money: there is nothing to propose. */
static const struct field volume_fields[] = {
	ANSWER_HEAD,
	{ "verdict", TYPE_RADIO, REQUIRED, .set = "verdict", .options = volume_verdicts },
	ANSWER_TAIL,
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct rows *
dispute_asked(struct req *r)
{
	return req_query(r, DISPUTE, I(req_int(r, "id", 0)));
}

/* A proposal waits for somebody else: its maker sees why he may not. */
static void
add_decision(struct req *r, const struct rows *d)
{
	static const char *const acts[] = { "approve", "return" };

	for (size_t i = 0; i < LEN(acts); i++) {
		xmlNodePtr action = x_action(r->heading, acts[i], "post", pool_printf(r->pool,
		    "/disputes/decide?id=%lld&version=%lld&approve=%d",
		    (long long)row_int(d, 0, "id"), (long long)row_int(d, 0, "version"), i == 0));

		x_flag(action, "primary", i == 0);
		if (row_int(d, 0, "mine") != 0)
			x_attr(action, "disabled", "approve.own");
	}
}

static int
dispute_view(struct req *r)
{
	const struct rows *d = dispute_asked(r);
	const char *status;
	bool volume;

	if (!req_record(r, "view", d, "dispute_no", "dispute", "status"))
		return 404;
	status = row_str(d, 0, "status");
	volume = strcmp(row_str(d, 0, "section"), "volume") == 0;
	if (strcmp(status, "proposed") == 0 && req_may(r, PERM_RECONCILE_APPROVE))
		add_decision(r, d);
	x_record(r->page, "dispute-sides", d, volume ? volume_sides : account_sides);
	x_record(r->page, "dispute", d, facts);
	if (!row_null(d, 0, "answer"))
		x_record(r->page, "dispute-answer", d, answer_facts);
	if (strcmp(status, "open") == 0 && req_may(r, PERM_RECONCILE_EDIT))
		form_action(x_form(r, "dispute-answer", "/disputes/answer",
		    volume ? volume_fields : answer_fields, d), "answer");
	return 200;
}

static int
back(struct req *r, const struct rows *done, const char *notice)
{
	return req_done(r, done, notice, "/disputes/view?id=%lld", (long long)req_int(r, "id", 0));
}

static int
dispute_answer(struct req *r)
{
	if (dispute_asked(r)->n == 0)
		return 404;
	return back(r, req_query(r, ANSWER, I(req_int(r, "id", 0)), I(req_int(r, "_version", 0)),
	    S(req_str(r, "verdict")), M(req_str(r, "amount")), S(req_str(r, "answer"))),
	    "dispute.answered");
}

static const struct field decide_fields[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "version", TYPE_INT, REQUIRED },
	{ "approve", TYPE_INT, REQUIRED, .min = 0, .max = 1 },
	{ 0 }
};

static int
dispute_decide(struct req *r)
{
	bool approve = req_int(r, "approve", 0) == 1;

	if (dispute_asked(r)->n == 0)
		return 404;
	return back(r, req_query(r, DECIDE, I(req_int(r, "id", 0)), I(req_int(r, "version", 0)),
	    I(approve)), approve ? "dispute.approved" : "dispute.returned");
}

static int
file_send(struct req *r)
{
	const struct rows *d = dispute_asked(r);

	return d->n == 0 || row_null(d, 0, "file_id") ? 404 :
	    attach_send(r, req_query(r, FILE_GET, I(row_int(d, 0, "file_id"))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_RECONCILE_VIEW, dispute_list, .list = &disputes },
	{ "/view", GET, PERM_RECONCILE_VIEW, dispute_view, id_field },
	{ "/answer", POST, PERM_RECONCILE_EDIT, dispute_answer, answer_fields, dispute_view },
	{ "/decide", POST, PERM_RECONCILE_APPROVE, dispute_decide, decide_fields, dispute_view },
	{ "/file", GET, PERM_RECONCILE_VIEW, file_send, id_field },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "disputes", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

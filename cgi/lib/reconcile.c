/* See reconcile.h. */
#include "reconcile.h"

#include <string.h>

#include "list.h"
#include "statement.h"

const char *const reconcile_statuses[] = { "draft", "issued", "disputed", "confirmed", "superseded",
	NULL };
const char *const dispute_statuses[] = { "open", "proposed", "adjusted", "accepted", "rejected",
	"withdrawn", NULL };
const char *const letter_kinds[] = { "positive", "negative", NULL };
const char *const letter_statuses[] = { "draft", "sent", "agreed", "disagreed", NULL };

static const struct column facts[] = {
	{ "company", TYPE_TEXT },
	{ "customer", TYPE_TEXT, .sub = "customer_code" },
	{ "reconciliation_no", TYPE_CODE },
	{ "date_from", TYPE_DATE },
	{ "date_to", TYPE_DATE },
	{ "flow_state", TYPE_STATUS, .set = "flow_state" },
	{ "due_on", TYPE_DATE },
	{ "content_hash", TYPE_CODE },
	{ 0 }
};

static const struct column sums[] = {
	{ "opening", TYPE_MONEY },
	{ "debit", TYPE_MONEY },
	{ "credit", TYPE_MONEY },
	{ "closing", TYPE_MONEY, .emphasis = true },
	{ "adjusted", TYPE_MONEY },
	{ "agreed", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "line_no", TYPE_CODE },
	{ "biz_date", TYPE_DATE },
	{ "entry", TYPE_STATUS, .set = "entry" },
	{ "doc_no", TYPE_CODE, .sub = "note" },
	{ "debit", TYPE_MONEY },
	{ "credit", TYPE_MONEY },
	{ "balance", TYPE_MONEY, .emphasis = true },
	{ "state", TYPE_STATUS, .set = "reconcile_line" },
	{ 0 }
};

static const struct column volume_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "code", TYPE_CODE },
	{ "shipped", TYPE_QTY, .unit = "{unit}" },
	{ "returned", TYPE_QTY },
	{ "purchased", TYPE_QTY },
	{ "difference", TYPE_QTY, .emphasis = true },
	{ "pure_sale", TYPE_QTY },
	{ "stock", TYPE_QTY },
	{ "state", TYPE_STATUS, .set = "reconcile_line" },
	{ 0 }
};

static void
add_step(xmlNodePtr steps, const struct rows *head, const char *name, const char *state,
    const char *at, const char *by)
{
	xmlNodePtr step = x_el(steps, "step");
	char when[32];

	x_attr(step, "name", name);
	x_attr(step, "state", state);
	if (at == NULL || row_null(head, 0, at))
		return;
	x_instant(row_str(head, 0, at), when);
	x_attr(step, "at", when);
	x_attr(step, "by", row_str(head, 0, by));
}

void
reconcile_steps(struct req *r, const struct rows *head)
{
	const char *status = row_str(head, 0, "status");
	bool issued = !row_null(head, 0, "issued_at");
	bool confirmed = strcmp(status, "confirmed") == 0;
	xmlNodePtr steps = x_el(r->page, "steps");

	x_attr(steps, "name", "reconciliation");
	add_step(steps, head, "issued", issued ? "done" : "current", "issued_at", "issued_by");
	add_step(steps, head, "checked", confirmed ? "done" : !issued ? "todo" :
	    strcmp(status, "disputed") == 0 ? "failed" : "current", NULL, NULL);
	add_step(steps, head, "confirmed", confirmed ? "done" : "todo", "confirmed_at",
	    "confirmed_by");
}

/* The value of that name in a record. */
static xmlNodePtr
value_of(xmlNodePtr record, const char *name)
{
	for (xmlNodePtr n = record->children; n != NULL; n = n->next) {
		xmlChar *is = xmlGetProp(n, BAD_CAST "name");
		bool found = is != NULL && strcmp((const char *)is, name) == 0;

		xmlFree(is);
		if (found)
			return n;
	}
	return NULL;
}

void
reconcile_sums(struct req *r, const struct rows *head)
{
	const char *last = row_null(head, 0, "agreed") ? "closing" : "agreed";
	xmlNodePtr record, value;

	x_record(r->page, "reconciliation", head, facts);
	record = x_record(r->page, "reconcile-sums", head, sums);
	value = record == NULL ? NULL : value_of(record, last);
	if (value != NULL)
		x_flag(value, "words", true);
}

struct reconcile_lists
reconcile_lines(struct req *r, const struct rows *lines)
{
	struct reconcile_lists lists = { NULL, NULL };

	if (strcmp(req_str(r, "list"), "volume") == 0) {
		lists.volumes = list_rows(r, "reconcile-volumes", lines->next, volume_columns,
		    NULL);
		return lists;
	}
	lists.account = list_rows(r, "reconcile-lines", lines, line_columns, NULL);
	lists.volumes = x_list(r, "reconcile-volumes", lines->next, volume_columns, NULL);
	if (lines->next->n > 0)
		list_exports(r, lists.volumes, pool_printf(r->pool, "%s?id=%lld&list=volume",
		    r->path, (long long)req_int(r, "id", 0)));
	return lists;
}

int
reconcile_print(struct req *r, const struct rows *head, const struct rows *lines)
{
	if (!req_record(r, "print", head, "reconciliation_no", "reconciliation", "status"))
		return 404;
	x_attr(r->page, "paper", "portrait");
	x_action(r->heading, "print", "get", "#print");
	reconcile_sums(r, head);
	x_list(r, "reconcile-lines", lines, line_columns, NULL);
	if (lines->next->n > 0)
		x_list(r, "reconcile-volumes", lines->next, volume_columns, NULL);
	statement_seals(r, row_str(head, 0, "customer"));
	return 200;
}

static const struct column letter_facts[] = {
	{ "company", TYPE_TEXT },
	{ "customer", TYPE_TEXT },
	{ "letter_no", TYPE_CODE },
	{ "as_of", TYPE_DATE },
	{ "kind", TYPE_STATUS, .set = "letter_kind" },
	{ "auditor", TYPE_TEXT, .sub = "auditor_contact" },
	{ "due_on", TYPE_DATE },
	{ "sent_at", TYPE_DATETIME },
	{ "content_hash", TYPE_CODE },
	{ 0 }
};

static const struct column letter_balance[] = {
	{ "balance", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

void
letter_show(struct req *r, const struct rows *letter)
{
	xmlNodePtr record;

	x_attr(r->page, "paper", "portrait");
	x_record(r->page, "letter", letter, letter_facts);
	record = x_record(r->page, "letter-balance", letter, letter_balance);
	x_flag(value_of(record, "balance"), "words", true);
}

/* See statement.h. */
#include "statement.h"

#include "list.h"

static const struct column sums[] = {
	{ "date_from", TYPE_DATE },
	{ "date_to", TYPE_DATE },
	{ "opening", TYPE_MONEY },
	{ "debit", TYPE_MONEY },
	{ "credit", TYPE_MONEY },
	{ "closing", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

static const struct column lines[] = {
	{ "biz_date", TYPE_DATE },
	{ "entry", TYPE_STATUS, .set = "entry" },
	{ "doc_no", TYPE_CODE },
	{ "debit", TYPE_MONEY },
	{ "credit", TYPE_MONEY },
	{ "balance", TYPE_MONEY, .emphasis = true },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column open_items[] = {
	{ "doc_no", TYPE_CODE },
	{ "kind", TYPE_STATUS, .set = "item" },
	{ "biz_date", TYPE_DATE },
	{ "due_on", TYPE_DUE },
	{ "amount", TYPE_MONEY },
	{ "open_amount", TYPE_MONEY },
	{ 0 }
};

const struct column statement_ageing[] = {
	{ "not_due", TYPE_MONEY },
	{ "d30", TYPE_MONEY },
	{ "d60", TYPE_MONEY },
	{ "d90", TYPE_MONEY },
	{ "d180", TYPE_MONEY },
	{ "d365", TYPE_MONEY },
	{ "older", TYPE_MONEY },
	{ "unallocated", TYPE_MONEY },
	{ "balance", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

/* Both companies put their seals under it. */
static const struct column seals[] = {
	{ "our_seal", TYPE_TEXT },
	{ "their_seal", TYPE_TEXT },
	{ 0 }
};

struct period
statement_period(struct req *r)
{
	const char *today = req_today(r);
	struct period p = { req_str(r, "from"), req_str(r, "to") };

	if (p.to[0] == '\0')
		p.to = today;
	if (p.from[0] == '\0')
		p.from = pool_printf(r->pool, "%.8s01", p.to);
	return p;
}

void
statement_open(struct req *r, const struct rows *items)
{
	x_list(r, "open-items", items, open_items, NULL);
}

void
statement_show(struct req *r, const struct rows *statement, struct period period)
{
	static const struct field fields[] = { { "id", TYPE_HIDDEN }, STATEMENT_FIELDS, { 0 } };
	const char *values[] = { req_str(r, "id"), period.from, period.to };
	static const char *const names[] = { "our_seal", "their_seal" };
	static const char *const cells[] = { NULL, NULL };
	const struct rows blank = { 1, 2, names, cells, NULL, NULL };
	bool named = req_given(r, "id");
	xmlNodePtr list;

	x_attr(r->page, "paper", "portrait");
	x_action(r->heading, "print", "get", "#print");
	x_record(r->page, "statement", statement, sums);
	list = list_rows(r, "statement", statement->next, lines, NULL);
	list_filter(r, list, named ? fields : fields + 1, named ? values : values + 1);
	statement_open(r, statement->next->next);
	x_attr(x_record(r->page, "statement-seals", &blank, seals), "kind", "seals");
}

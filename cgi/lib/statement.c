/* See statement.h. */
#include "statement.h"

#include <string.h>

#include "export.h"
#include "list.h"

static const struct column sums[] = {
	{ "customer", TYPE_TEXT },
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
	{ "doc_no", TYPE_CODE, .href = "/invoices/view?id={invoice_id}" },
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

/* First stands who sells, which only the configuration knows; the last is in numerals too. */
static void
add_supplier(struct req *r, xmlNodePtr record)
{
	xmlNodePtr first = record->children;

	x_flag(record->last, "words", true);
	xmlAddPrevSibling(first, x_value(record, TYPE_TEXT, "supplier", r->conf->company));
}

static xmlNodePtr
first_child(xmlNodePtr parent, const char *name)
{
	xmlNodePtr n = parent->children;

	while (n != NULL && !xmlStrEqual(n->name, (const xmlChar *)name))
		n = n->next;
	return n;
}

/* The lines between the balance they begin with and what they add up to; a file, where no sheet
 * names these two, says so, and whose they are. */
static const struct rows *
framed(struct req *r, const struct rows *head, struct period period, bool file)
{
	static const char *const names[] = { "id", "biz_date", "entry", "doc_no", "debit", "credit",
		"balance", "note" };
	const char *const opening[LEN(names)] = { [1] = period.from, [2] = file ? "brought" : NULL,
		[6] = row_str(head, 0, "opening"),
		[7] = file ? row_str(head, 0, "customer") : NULL };
	const char *const closing[LEN(names)] = { [1] = period.to, [2] = file ? "carried" : NULL,
		[4] = row_str(head, 0, "debit"), [5] = row_str(head, 0, "credit"),
		[6] = row_str(head, 0, "closing"), [7] = file ? r->conf->company : NULL };
	const struct rows *moved = head->next;
	const char **cells = pool_alloc(r->pool, (moved->n + 2) * sizeof(opening));
	struct rows *all = pool_alloc(r->pool, sizeof(*all));

	memcpy(cells, opening, sizeof(opening));
	for (size_t i = 0; i < moved->n; i++)
		for (size_t c = 0; c < LEN(names); c++)
			cells[(i + 1) * LEN(names) + c] = row_str(moved, i, names[c]);
	memcpy(cells + (moved->n + 1) * LEN(names), closing, sizeof(closing));
	*all = (struct rows){ moved->n + 2, LEN(names), names, cells, NULL, NULL };
	return all;
}

/* They are the answer where a file was asked for: whose and of when stands in its name. */
static xmlNodePtr
add_lines(struct req *r, const struct rows *head, struct period period)
{
	bool file = export_asked(r);
	const struct rows *all = framed(r, head, period, file);
	const char *whose = pool_printf(r->pool, "%s %s %s", row_str(head, 0, "customer"),
	    period.from, period.to);
	xmlNodePtr list;

	if (file)
		export_rows(r, "statement", whose, all, lines);
	list = x_list(r, "statement", all, lines, NULL);
	xmlUnsetProp(first_child(list, "row"), (const xmlChar *)"id");
	x_attr(first_child(list, "row"), "kind", "opening");
	xmlUnsetProp(list->last, (const xmlChar *)"id");
	xmlNodeSetName(list->last, (const xmlChar *)"totals");
	list_exports(r, list, NULL);
	return list;
}

void
statement_seals(struct req *r, const char *customer)
{
	static const char *const names[] = { "our_seal", "their_seal" };
	const char *const cells[] = { r->conf->company, customer };
	const struct rows both = { 1, 2, names, cells, NULL, NULL };

	x_attr(x_record(r->page, "statement-seals", &both, seals), "kind", "seals");
}

void
statement_show(struct req *r, const struct rows *statement, struct period period)
{
	static const struct field fields[] = { { "id", TYPE_HIDDEN }, STATEMENT_FIELDS, { 0 } };
	const char *values[] = { req_str(r, "id"), period.from, period.to };
	bool named = req_given(r, "id");
	xmlNodePtr list;

	x_attr(r->page, "paper", "portrait");
	x_action(r->heading, "print", "get", "#print");
	add_supplier(r, x_record(r->page, "statement", statement, sums));
	list = add_lines(r, statement, period);
	list_filter(r, list, named ? fields : fields + 1, named ? values : values + 1);
	statement_open(r, statement->next->next);
	statement_seals(r, row_str(statement, 0, "customer"));
}

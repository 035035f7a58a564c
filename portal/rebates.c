/*
 * rebates.c - rebates credited to this company: by which rule, on which purchases or sales.
 */
#include "list.h"
#include "rebate.h"

enum { VIEW, NSQL };

static const struct sql sql[NSQL] = {
	[VIEW] = { "rebates.view", "CALL portal_rebates_view(?, ?)" },
};

static const struct column columns[] = {
	{ "run_no", TYPE_CODE, .sub = "policy" },
	{ "period_from", TYPE_MONTH },
	{ "period_to", TYPE_MONTH },
	{ "base_kind", TYPE_STATUS, .set = "rebate_base" },
	{ "base", TYPE_QTY },
	{ "tier", TYPE_INT },
	{ "amount", TYPE_MONEY },
	{ "paid", TYPE_MONEY, .optional = true },
	{ "due", TYPE_MONEY, .emphasis = true },
	{ "credited_on", TYPE_DATE, .sort = "yes" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH } },
	{ 0 }
};

static const struct list rebates = {
	.name = "rebates",
	.columns = columns,
	.filters = filters,
	.row_href = "/rebates/view?id={id}",
	.sort = "-credited_on",
	.call = "portal_rebates_list",
	.count_call = "portal_rebates_count",
};

static int
rebate_list(struct req *r)
{
	return list_page(r, &rebates);
}

static const struct column facts[] = {
	{ "policy", TYPE_TEXT },
	{ "period_from", TYPE_MONTH },
	{ "period_to", TYPE_MONTH },
	{ "base_kind", TYPE_STATUS, .set = "rebate_base" },
	{ "method", TYPE_STATUS, .set = "rebate_method" },
	{ "target", TYPE_MONEY },
	{ "margin", TYPE_QTY },
	{ "base", TYPE_QTY },
	{ "before_base", TYPE_QTY },
	{ "measure", TYPE_QTY },
	{ "tier", TYPE_INT },
	{ "amount", TYPE_MONEY },
	{ "capped", TYPE_FLAG },
	{ "outside", TYPE_FLAG },
	{ "paid", TYPE_MONEY },
	{ "due", TYPE_MONEY, .emphasis = true },
	{ "decided_at", TYPE_DATETIME },
	{ "voucher_no", TYPE_CODE },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static int
rebate_view(struct req *r)
{
	const struct rows *line = req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));

	if (line->n == 0)
		return 404;
	req_page(r, "view");
	req_title(r, row_str(line, 0, "run_no"));
	req_trail(r, "rebates", "/rebates/");
	x_record(r->page, "rebate-line", line, facts);
	rebate_tiers(r, line->next);
	rebate_made_of(r, line->next->next, line->next->next->next);
	return 200;
}

static const struct route routes[] = {
	{ "/", GET, PERM_REBATE_VIEW, rebate_list, .list = &rebates },
	{ "/view", GET, PERM_REBATE_VIEW, rebate_view, id_field },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "rebates", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

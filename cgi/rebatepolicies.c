/*
 * rebatepolicies.c - what distributors get back, by rule (返利政策).
 *
 * How a policy in force computes does not change, so that what was computed can be computed
 * again: end it and make another like it.  Rates are percent of an amount, or yuan a sales unit.
 * Compensations (price protection, chargebacks) have no tiers: they are claimed row by row.
 */
#include "crud.h"
#include "form.h"
#include "rebate.h"

static const char *const spans[] = { "month", "quarter", "year", NULL };
static const char *const statuses[] = { "draft", "active", "ended", NULL };

static const struct column columns[] = {
	{ "code", TYPE_CODE, .sort = "t.code" },
	{ "name", TYPE_TEXT },
	{ "base", TYPE_STATUS, .set = "rebate_base" },
	{ "method", TYPE_STATUS, .set = "rebate_method" },
	{ "span", TYPE_STATUS, .set = "rebate_span" },
	{ "customers", TYPE_TEXT },
	{ "products", TYPE_TEXT },
	{ "valid_from", TYPE_DATE, .sort = "t.valid_from" },
	{ "valid_to", TYPE_DATE },
	{ "status", TYPE_STATUS, .set = "rebate_policy", .sort = "t.status" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "t.code LIKE ? OR t.name LIKE ?", 2, true },
	{ { "status", TYPE_SELECT, .set = "rebate_policy", .options = statuses }, "t.status = ?" },
	{ { "base", TYPE_SELECT, .set = "rebate_base", .options = rebate_bases }, "t.base = ?" },
	{ 0 }
};

static const struct list policies = {
	.name = "rebate-policies",
	.columns = columns,
	.filters = filters,
	.row_href = "/rebatepolicies/edit?id={id}",
	.sort = "code",
	.select = "t.id, t.code, t.name, t.base, t.method, t.span, t.valid_from, t.valid_to,"
	    " t.status, g.name AS customers, p.name AS products",
	.from = "rebate_policy t LEFT JOIN customer_group g ON g.id = t.group_id"
	    " LEFT JOIN product_group p ON p.id = t.product_group_id",
	.key = "t.id",
	.create = "create",
	.create_href = "/rebatepolicies/edit",
	.create_perm = PERM_REBATE_EDIT,
};

#define TIER(n) \
	{ "from" n, TYPE_PRICE, KEEPS, .group = "tiers" }, \
	{ "rate" n, TYPE_PRICE, KEEPS, .group = "tiers" }

static const struct field fields[] = {
	CRUD_ID,
	CRUD_COPY,
	{ "code", TYPE_CODE, REQUIRED | KEEPS, .max = 20 },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "base", TYPE_SELECT, REQUIRED | KEEPS, .set = "rebate_base", .options = rebate_bases },
	{ "method", TYPE_SELECT, REQUIRED | KEEPS, .set = "rebate_method",
	    .options = rebate_methods },
	{ "span", TYPE_SELECT, REQUIRED | KEEPS, .set = "rebate_span", .options = spans },
	{ "target", TYPE_MONEY, KEEPS },
	{ "margin", TYPE_PERCENT, KEEPS, .unit = "%" },
	{ "group_id", TYPE_SELECT, KEEPS },
	{ "product_group_id", TYPE_SELECT, KEEPS },
	{ "valid_from", TYPE_DATE, REQUIRED | KEEPS },
	{ "valid_to", TYPE_DATE },
	{ "status", TYPE_SELECT, REQUIRED | KEEPS, .set = "rebate_policy", .options = statuses },
	TIER("1"),
	TIER("2"),
	TIER("3"),
	TIER("4"),
	{ "note", TYPE_TEXTAREA, .max = 400 },
	{ 0 }
};

static const struct choice choices[] = {
	{ "group_id", "SELECT id AS value, name AS label FROM customer_group ORDER BY code" },
	{ "product_group_id",
	    "SELECT id AS value, name AS label FROM product_group ORDER BY code" },
	{ 0 }
};

static const struct entity policy = {
	.name = "rebate-policy",
	.table = "rebate_policy",
	.path = "/rebatepolicies",
	.title = "name",
	.fields = fields,
	.choices = choices,
	.defaults = "SELECT 'purchase_amount' AS base, 'incremental' AS method, 'quarter' AS span,"
	    " 'draft' AS status, 0 AS from1, MAKEDATE(YEAR(business_day()), 1) AS valid_from",
	.copy = "SELECT name, base, method, span, target, margin, group_id, product_group_id,"
	    " business_day() AS valid_from, 'draft' AS status, from1, rate1, from2, rate2,"
	    " from3, rate3, from4, rate4, note FROM rebate_policy WHERE id = ?",
	/* As the trigger only_rebate_policy_update has it. */
	.fixed = "IF(status = 'draft', '', CONCAT('code base method span target margin group_id"
	    " product_group_id valid_from from1 rate1 from2 rate2 from3 rate3 from4 rate4',"
	    " IF(status = 'ended', ' status', '')))",
	.list = &policies,
	.edit = PERM_REBATE_EDIT,
};

/* What was in force is no draft again. */
static int
policy_edit(struct req *r)
{
	int answer = crud_edit(r);
	xmlNodePtr code = form_find(r->page, "code"), option;

	if (code == NULL || xmlHasProp(code, (const xmlChar *)"fixed") == NULL)
		return answer;
	option = form_find(r->page, "status")->children;
	while (option != NULL && !xmlStrEqual(option->name, (const xmlChar *)"option"))
		option = option->next;
	xmlUnlinkNode(option);
	xmlFreeNode(option);
	return answer;
}

static const struct route routes[] = {
	{ "/", GET, PERM_REBATE_VIEW, crud_list, .list = &policies, .entity = &policy },
	{ "/edit", GET, PERM_REBATE_EDIT, policy_edit, fields, .entity = &policy },
	{ "/save", POST, PERM_REBATE_EDIT, crud_save, fields, policy_edit, .entity = &policy },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "rebatepolicies", routes };

	return app_main(&app, argc, argv);
}

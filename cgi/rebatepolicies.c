/*
 * rebatepolicies.c - what distributors get back, by rule (返利政策).
 *
 * A policy in force does not change, so that what was computed can be computed again:
 * end it and make another.  Rates are percent of an amount, or yuan a sales unit.
 * Compensations (price protection, chargebacks) have no tiers: they are claimed row by row.
 */
#include "crud.h"
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

#define TIER(n, flags) \
	{ "from" n, TYPE_PRICE, flags, .group = "tiers" }, \
	{ "rate" n, TYPE_PRICE, flags, .group = "tiers" }

static const struct field fields[] = {
	CRUD_ID,
	{ "code", TYPE_CODE, REQUIRED, .max = 20 },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "base", TYPE_SELECT, REQUIRED, .set = "rebate_base", .options = rebate_bases },
	{ "method", TYPE_SELECT, REQUIRED, .set = "rebate_method", .options = rebate_methods },
	{ "span", TYPE_SELECT, REQUIRED, .set = "rebate_span", .options = spans },
	{ "target", TYPE_MONEY },
	{ "margin", TYPE_PERCENT, .unit = "%" },
	{ "group_id", TYPE_SELECT },
	{ "product_group_id", TYPE_SELECT },
	{ "valid_from", TYPE_DATE, REQUIRED },
	{ "valid_to", TYPE_DATE },
	{ "status", TYPE_SELECT, REQUIRED, .set = "rebate_policy", .options = statuses },
	TIER("1", 0),
	TIER("2", 0),
	TIER("3", 0),
	TIER("4", 0),
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
	.list = &policies,
	.edit = PERM_REBATE_EDIT,
};

static const struct route routes[] = {
	{ "/", GET, PERM_REBATE_VIEW, crud_list, .list = &policies, .entity = &policy },
	{ "/edit", GET, PERM_REBATE_EDIT, crud_edit, fields, .entity = &policy },
	{ "/save", POST, PERM_REBATE_EDIT, crud_save, fields, crud_edit, .entity = &policy },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "rebatepolicies", routes };

	return app_main(&app, argc, argv);
}

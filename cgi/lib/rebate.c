/* See rebate.h. */
#include "rebate.h"

#include "list.h"

const char *const rebate_bases[] = { "purchase_amount", "purchase_qty", "sale_amount", "sale_qty",
	"stock", "bid_sale", NULL };
const char *const rebate_methods[] = { "incremental", "all_unit", "achieve", "growth", "protection",
	"chargeback", NULL };

static const struct column tier_columns[] = {
	{ "tier", TYPE_INT },
	{ "above", TYPE_QTY },
	{ "rate", TYPE_QTY },
	{ 0 }
};

static const struct column part_columns[] = {
	{ "month", TYPE_MONTH },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "code", TYPE_CODE },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "amount", TYPE_MONEY },
	{ 0 }
};

static const struct column protection_columns[] = {
	{ "biz_date", TYPE_DATE, .sub = "doc_no" },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE },
	{ "on_hand", TYPE_QTY },
	{ "in_transit", TYPE_QTY },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "old_price", TYPE_PRICE },
	{ "new_price", TYPE_PRICE },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

static const struct column chargeback_columns[] = {
	{ "biz_date", TYPE_DATE, .sub = "doc_no" },
	{ "terminal", TYPE_TEXT },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "acquisition", TYPE_PRICE },
	{ "bid_price", TYPE_PRICE },
	{ "gap", TYPE_PRICE },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

void
rebate_tiers(struct req *r, const struct rows *tiers)
{
	if (tiers->n > 0)
		x_list(r, "rebate-tiers", tiers, tier_columns, NULL);
}

void
rebate_made_of(struct req *r, const struct rows *parts, const struct rows *claims)
{
	if (claims->n == 0)
		list_rows(r, "rebate-parts", parts, part_columns, NULL);
	else if (row_null(claims, 0, "terminal"))
		list_paged(r, "rebate-protection", claims, protection_columns, NULL);
	else
		list_paged(r, "rebate-chargeback", claims, chargeback_columns, NULL);
}

/*
 * channel.c - what distributors hold of each product, as they last reported it:
 * months of stock, and what is too much, too little, slow, near its expiry or not
 * reported lately.
 *
 * The mean monthly sale is that of the three months before this one.  A member of
 * staff sees the customers that are his or his department's.
 */
#include "form.h"
#include "list.h"
#include "scope.h"

enum { PROVINCES, NSQL };

static const struct sql sql[NSQL] = {
	[PROVINCES] = { "channel.provinces",
		"SELECT LEFT(code, 2) AS value, name AS label FROM region"
		" WHERE code LIKE '__0000' ORDER BY code" },
};

static const char *const states[] = { "high", "low", "slow", "near", "expired", "old", NULL };

static const struct column columns[] = {
	{ "sender", TYPE_TEXT, .sub = "place", .sort = "s.sender" },
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "s.product" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "s.qty", .emphasis = true },
	{ "monthly", TYPE_QTY, .sort = "COALESCE(s.monthly, 0)" },
	{ "months", TYPE_QTY, .sort = "COALESCE(s.months, 9999)" },
	{ "state", TYPE_STATUS, .set = "inventory" },
	{ "last_month", TYPE_MONTH },
	{ "expires_on", TYPE_DATE, .sort = "COALESCE(s.expires_on, '9999-12-31')" },
	{ "stock_date", TYPE_DATE, .sort = "s.stock_date" },
	{ "lots", TYPE_INT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "s.sender LIKE ? OR s.product LIKE ?", 2, true },
	{ { "sender", TYPE_LOOKUP, .href = "/suggest/parties" },
	    "s.party_id = (SELECT y.id FROM party y WHERE y.code = ?)" },
	{ { "product", TYPE_LOOKUP, .href = "/suggest/products" },
	    "s.product_id = (SELECT y.id FROM product y WHERE y.code = ?)" },
	{ { "province", TYPE_SELECT }, "s.province = ?" },
	{ { "state", TYPE_SELECT, .set = "inventory", .options = states }, "s.state = ?" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "high", "state=high" },
	{ "low", "state=low" },
	{ "slow", "state=slow" },
	{ "near", "state=near" },
	{ "expired", "state=expired" },
	{ "old", "state=old" },
	{ 0 }
};

static const struct list channel = {
	.name = "channel",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/flows/products?sender={sender_code}",
	.sort = "-qty",
	.select = "s.id, s.sender, s.sender_code, s.place, s.product, s.pack, s.unit, s.qty,"
	    " s.monthly, s.months, s.state, s.last_month, s.expires_on, s.stock_date, s.lots",
	.from = "channel_page s",
	.where = IN_SCOPE("s.rep_id", "s.org_unit_id"),
	.key = "s.id",
};

static int
channel_list(struct req *r)
{
	int status = list_page(r, &channel);

	form_options(r->page, "province", req_query(r, PROVINCES));
	return status;
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, channel_list, .list = &channel },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "channel", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

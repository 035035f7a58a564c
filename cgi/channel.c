/*
 * channel.c - what distributors hold of each product and lot, as they last reported
 * it: months of stock, and what is too much, too little, slow, near its expiry or
 * not reported lately; their counts over time; what they bought beside what was
 * shipped to them.
 *
 * The mean monthly sale is that of the three months before this one.  A member of
 * staff sees the customers that are his or his department's.
 */
#include "export.h"
#include "flowview.h"
#include "form.h"
#include "scope.h"

enum { PROVINCES, ASKED, NSQL };
enum { MONTHS = 12, BOUGHT_MONTHS = 3 };

static const struct sql sql[NSQL] = {
	[PROVINCES] = { "channel.provinces",
		"SELECT LEFT(code, 2) AS value, name AS label FROM region"
		" WHERE code LIKE '__0000' ORDER BY code" },
	/* Not looked up in the condition itself: sums in views take constants in, not queries. */
	[ASKED] = { "channel.asked",
		"SET @channel_party = (SELECT id FROM party WHERE code = ?),"
		" @channel_product = (SELECT id FROM product WHERE code = ?)" },
};

static const char *const states[] = { "high", "low", "slow", "near", "expired", "old", NULL };

static const char *const bought_states[] = { "equal", "less", "more", NULL };

static const struct column columns[] = {
	{ "sender", TYPE_TEXT, .sub = "place", .sort = "s.sender" },
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "s.product" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "s.qty", .emphasis = true },
	{ "monthly", TYPE_QTY, .sort = "COALESCE(s.monthly, 0)" },
	{ "months", TYPE_QTY, .sort = "COALESCE(s.months, 9999)" },
	{ "pace", TYPE_STATUS, .set = "inventory" },
	{ "state", TYPE_STATUS, .set = "inventory" },
	{ "last_month", TYPE_MONTH },
	{ "expires_on", TYPE_DATE, .sort = "COALESCE(s.expires_on, '9999-12-31')" },
	{ "stock_date", TYPE_DATE, .sort = "s.stock_date" },
	{ "lots", TYPE_INT, .optional = true },
	{ 0 }
};

#define OF_PARTY_AND_PRODUCT(sender) \
	{ { "sender", TYPE_LOOKUP, .href = "/suggest/parties" }, \
	    sender " = @channel_party AND ? <> ''" }, \
	{ { "product", TYPE_LOOKUP, .href = "/suggest/products" }, \
	    "s.product_id = @channel_product AND ? <> ''" }
#define NAMED { { "q", TYPE_SEARCH }, "s.sender LIKE ? OR s.product LIKE ?", 2, true }
#define IN_STATE \
	{ { "state", TYPE_SELECT, .set = "inventory", .options = states }, \
	    "s.state = ?" }

static const struct filter filters[] = {
	NAMED,
	OF_PARTY_AND_PRODUCT("s.party_id"),
	{ { "province", TYPE_SELECT }, "s.province = ?" },
	{ { "state", TYPE_SELECT, .set = "inventory", .options = states },
	    "? IN (s.state, s.pace, s.age)" },
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
	{ "lots", "/channel/lots" },
	{ "history", "/channel/history" },
	{ "bought", "/channel/bought" },
	{ 0 }
};

static const struct list channel = {
	.name = "channel",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/channel/lots?sender={sender_code}&product={product_code}",
	.sort = "-qty",
	.select = "s.id, s.sender, s.sender_code, s.place, s.product, s.product_code, s.pack,"
	    " s.unit, s.qty, s.monthly, s.months, s.pace, s.state, s.last_month, s.expires_on,"
	    " s.stock_date, s.lots",
	.from = "channel_page s",
	.where = IN_SCOPE("s.rep_id", "s.org_unit_id"),
	.key = "s.id",
};

/* The other pages of the same things. */
static const struct view pages[] = {
	{ "products", "/channel/" },
	{ "lots", "/channel/lots" },
	{ "history", "/channel/history" },
	{ "bought", "/channel/bought" },
	{ 0 }
};

static const struct column lot_columns[] = {
	{ "sender", TYPE_TEXT, .sub = "place", .sort = "s.sender" },
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "s.product" },
	{ "lot_no", TYPE_CODE, .sort = "COALESCE(s.lot_no, '')" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "s.qty", .emphasis = true },
	{ "expires_on", TYPE_DATE, .sort = "COALESCE(s.expires_on, '9999-12-31')" },
	{ "state", TYPE_STATUS, .set = "inventory" },
	{ "months", TYPE_QTY, .sort = "COALESCE(s.months, 9999)" },
	{ "stock_date", TYPE_DATE, .sort = "s.stock_date" },
	{ 0 }
};

static const struct filter lot_filters[] = {
	NAMED,
	OF_PARTY_AND_PRODUCT("s.party_id"),
	{ { "lot", TYPE_CODE, .max = 40 }, "s.lot_no = ?" },
	{ { "province", TYPE_SELECT }, "s.province = ?" },
	IN_STATE,
	{ 0 }
};

static const struct list lots = {
	.name = "channel-lots",
	.columns = lot_columns,
	.filters = lot_filters,
	.views = pages,
	.row_href = "/channel/history?sender={sender_code}&product={product_code}&lot={lot_no}",
	.sort = "expires_on",
	.select = "s.id, s.sender, s.sender_code, s.place, s.product, s.product_code, s.pack,"
	    " s.unit, s.lot_no, s.qty, s.expires_on, s.state, s.months, s.stock_date",
	.from = "channel_lot_page s",
	.where = IN_SCOPE("s.rep_id", "s.org_unit_id"),
	.key = "s.id",
};

#define OF_MONTHS(period) period " BETWEEN CAST(REPLACE(?, '-', '') AS SIGNED)" \
	" AND CAST(REPLACE(?, '-', '') AS SIGNED)"
#define COUNTED "stock_report s JOIN flow_file e ON e.id = s.file_id AND e.status = 'imported'"
#define MONTH_FILTERS \
	{ { "from", TYPE_MONTH }, "? <> ''" }, \
	{ { "to", TYPE_MONTH }, "? <> ''" }

static const struct column count_columns[] = {
	{ "stock_date", TYPE_DATE, .sort = "s.stock_date" },
	{ "sender", TYPE_TEXT, .sub = "place" },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "s.qty", .emphasis = true },
	{ "expires_on", TYPE_DATE },
	{ "file", TYPE_TEXT, .href = "/flowfiles/view?id={file_id}" },
	{ "row_no", TYPE_INT, .optional = true },
	{ 0 }
};

static const struct filter count_filters[] = {
	MONTH_FILTERS,
	OF_PARTY_AND_PRODUCT("s.sender_id"),
	{ { "lot", TYPE_CODE, .max = 40 }, "s.lot_no = ?" },
	{ 0 }
};

/* Rows of stock reports; by month, what the last count of each distributor in it found. */
static const struct list history = {
	.name = "channel-history",
	.columns = count_columns,
	.filters = count_filters,
	.views = pages,
	.sort = "-stock_date",
	.select = "s.id, s.stock_date, d.name AS sender, g.name AS place,"
	    " COALESCE(p.generic_name, n.name) AS product, COALESCE(p.pack_spec, n.extra) AS pack,"
	    " p.unit, NULLIF(s.lot_no, '') AS lot_no, s.qty, s.expires_on, e.name AS file,"
	    " s.file_id, s.row_no",
	.from = COUNTED " JOIN party d ON d.id = s.sender_id"
	    " JOIN flow_name n ON n.id = s.product_name_id"
	    " LEFT JOIN product p ON p.id = s.product_id"
	    " LEFT JOIN region g ON g.code = d.region_code",
	.count_from = COUNTED,
	.where = OF_MONTHS("s.book_period") " AND " SENDER_IN_SCOPE("s.sender_id") " AND ? = 1",
	.key = "s.id",
	.month = "INSERT(s.book_period, 5, 0, '-')",
	.sums = "SUM(IF(s.stock_date = (SELECT MAX(x.stock_date) FROM stock_report x"
	    " JOIN flow_file y ON y.id = x.file_id AND y.status = 'imported'"
	    " WHERE x.book_period = s.book_period AND x.sender_id = s.sender_id),"
	    " s.qty, 0)) AS qty",
};

static const struct column bought_columns[] = {
	{ "sender", TYPE_TEXT, .sub = "place", .sort = "s.sender" },
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "COALESCE(s.product, '')" },
	{ "month", TYPE_MONTH, .sort = "s.period" },
	{ "reported", TYPE_QTY, .unit = "{unit}", .sort = "s.reported" },
	{ "shipped", TYPE_QTY, .unit = "{unit}", .sort = "s.shipped" },
	{ "difference", TYPE_QTY, .sort = "s.difference", .emphasis = true },
	{ "state", TYPE_STATUS, .set = "flow_bought" },
	{ 0 }
};

static const struct filter bought_filters[] = {
	NAMED,
	MONTH_FILTERS,
	OF_PARTY_AND_PRODUCT("s.party_id"),
	{ { "province", TYPE_SELECT }, "s.province = ?" },
	{ { "compared", TYPE_SELECT, .set = "flow_bought", .options = bought_states },
	    "s.state = ?" },
	{ 0 }
};

static const struct list bought = {
	.name = "channel-bought",
	.columns = bought_columns,
	.filters = bought_filters,
	.views = pages,
	.row_href = "/flows/rows?sender={sender_code}&product={product_code}&from={month}"
	    "&to={month}&kind=purchase",
	.sort = "-month",
	.select = "s.id, s.sender, s.sender_code, s.place, s.product, s.product_code, s.pack,"
	    " s.unit, s.month, s.reported, s.shipped, s.difference, s.state",
	.from = "channel_bought_page s",
	.where = OF_MONTHS("s.period") " AND " IN_SCOPE("s.rep_id", "s.org_unit_id"),
	.key = "s.id",
};

static void
begin(struct req *r)
{
	req_exec(r, ASKED, S(req_str(r, "sender")), S(req_str(r, "product")));
}

static int
offered(struct req *r, int status)
{
	if (!export_asked(r))
		form_options(r->page, "province", req_query(r, PROVINCES));
	return status;
}

static int
channel_list(struct req *r)
{
	begin(r);
	return offered(r, list_page(r, &channel));
}

static int
lot_list(struct req *r)
{
	begin(r);
	return offered(r, list_page(r, &lots));
}

/* Of all distributors and lots there are too many counts: one of them is asked for. */
static int
history_list(struct req *r)
{
	bool some = req_given(r, "sender") || req_given(r, "product") || req_given(r, "lot");

	begin(r);
	flow_period(r, MONTHS);
	if (!some)
		x_notice(r->page, "info", "notice.channel.choose");
	else if (!export_asked(r))
		flow_chart(r, "channel", list_months(r, &history, S(req_str(r, "from")),
		    S(req_str(r, "to")), I(1)));
	return list_page(r, &history, S(req_str(r, "from")), S(req_str(r, "to")), I(some));
}

static int
bought_list(struct req *r)
{
	begin(r);
	flow_period(r, BOUGHT_MONTHS);
	return offered(r, list_page(r, &bought, S(req_str(r, "from")), S(req_str(r, "to"))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, channel_list, .list = &channel },
	{ "/lots", GET, PERM_FLOW_VIEW, lot_list, .list = &lots },
	{ "/history", GET, PERM_FLOW_VIEW, history_list, .list = &history },
	{ "/bought", GET, PERM_FLOW_VIEW, bought_list, .list = &bought },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "channel", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

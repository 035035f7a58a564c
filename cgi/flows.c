/*
 * flows.c - reported flows of all distributors, by terminal, product, distributor,
 * rep and month, down to the row.
 *
 * Sums are of months rolled up and always of some months, so that no page reads
 * all years.  A member of staff sees the flows that are his, or his department's,
 * and those of customers that are.  Rows are shown for a distributor, terminal,
 * product or lot: each has its index.
 */
#include "flowview.h"
#include "form.h"
#include "scope.h"

enum { REPS, UNITS, GROUPS, PROVINCES, NSQL };
enum { MONTHS = 6 };

static const struct sql sql[NSQL] = {
	[REPS] = { "flows.reps",
		"SELECT DISTINCT u.id AS value, u.name AS label FROM terminal_assignment a"
		" JOIN app_user u ON u.id = a.user_id ORDER BY u.name" },
	[UNITS] = { "flows.units",
		"SELECT id AS value, name AS label FROM org_unit WHERE status = 'active'"
		" ORDER BY path" },
	[GROUPS] = { "flows.groups",
		"SELECT id AS value, name AS label FROM product_group ORDER BY name" },
	[PROVINCES] = { "flows.provinces",
		"SELECT LEFT(code, 2) AS value, name AS label FROM region"
		" WHERE code LIKE '__0000' ORDER BY code" },
};

static const char *const kinds[] = { "sale", "purchase", NULL };
static const char *const levels[] = { "1", "2", "3", NULL };
static const char *const flow_classes[] = { "1", "2", "3", "4", "5", "6", NULL };

static const struct view views[] = {
	{ "terminals", "/flows/" },
	{ "products", "/flows/products" },
	{ "senders", "/flows/senders" },
	{ "reps", "/flows/reps" },
	{ "months", "/flows/months" },
	{ "rows", "/flows/rows" },
	{ 0 }
};

/* The months of a page and its kind: bound by the handler, which gives them where they lack. */
#define OF_MONTHS(period, kind) period " BETWEEN CAST(REPLACE(?, '-', '') AS SIGNED)" \
	" AND CAST(REPLACE(?, '-', '') AS SIGNED) AND " kind " = ?"
#define MINE(t) "(" IN_SCOPE(t ".rep_id", t ".org_unit_id") " OR " t ".sender_id IN" \
	" (SELECT c.party_id FROM customer c WHERE " IN_SCOPE("c.rep_id", "c.org_unit_id") "))"
#define PARTY_OF(column) column " = (SELECT y.id FROM party y WHERE y.code = ?)"

#define FILTERS(t) \
	{ { "from", TYPE_MONTH }, "? <> ''" }, \
	{ { "to", TYPE_MONTH }, "? <> ''" }, \
	{ { "kind", TYPE_SELECT, .set = "flow_side", .options = kinds }, "? <> ''" }, \
	{ { "sender", TYPE_LOOKUP, .href = "/suggest/parties" }, PARTY_OF(t ".sender_id") }, \
	{ { "terminal", TYPE_LOOKUP, .href = "/suggest/parties" }, PARTY_OF(t ".party_id") }, \
	{ { "product", TYPE_LOOKUP, .href = "/suggest/products" }, \
	    t ".product_id = (SELECT y.id FROM product y WHERE y.code = ?)" }, \
	{ { "group", TYPE_SELECT }, t ".product_id IN (SELECT i.product_id" \
	    " FROM product_group_item i WHERE i.group_id = ?)" }, \
	{ { "province", TYPE_SELECT }, \
	    t ".party_id IN (SELECT y.id FROM party y WHERE y.province = ?)" }, \
	{ { "rep", TYPE_SELECT }, t ".rep_id = ?" }, \
	{ { "department", TYPE_SELECT }, t ".org_unit_id IN (SELECT u.id FROM org_unit u" \
	    " JOIN org_unit top ON u.path LIKE CONCAT(top.path, '%') WHERE top.id = ?)" }, \
	{ { "level", TYPE_SELECT, .set = "flow_level", .options = levels }, \
	    t ".flow_level = ?" }, \
	{ { "class", TYPE_SELECT, .set = "flow_class", .options = flow_classes }, \
	    t ".flow_class = ?" }, \
	{ { "pure", TYPE_CHECK }, t ".is_pure_sale = 1 AND ? <> ''" }

static const struct filter filters[] = { FILTERS("m"), { 0 } };

static const struct filter row_filters[] = {
	FILTERS("f"),
	{ { "lot", TYPE_CODE, .max = 40 }, "f.lot_no = ?" },
	{ 0 }
};

#define SUMS "SUM(m.qty) AS qty, SUM(m.amount) AS amount, SUM(m.row_count) AS flow_rows"
#define SUM_COLUMNS \
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "SUM(m.qty)" }, \
	{ "amount", TYPE_MONEY, .sort = "SUM(m.amount)" }, \
	{ "flow_rows", TYPE_INT, .sort = "SUM(m.row_count)" }
/* Month by month, so that a kind and sender are looked up in each. */
#define MONTHS_OF "period x STRAIGHT_JOIN flow_month m ON m.book_period = x.period"
#define MONTHLY(m) "INSERT(" m ".book_period, 5, 0, '-')"

/* What all groupings share; a page differs in what it groups by. */
#define GROUPED(by) \
	.name = "flows", .filters = filters, .views = views, .drill = true, .sort = "-qty", \
	.where = OF_MONTHS("x.period", "m.kind") " AND " MINE("m"), .count_from = MONTHS_OF, \
	.month = MONTHLY("m"), .sums = SUMS, .group = by, .key = by

static const struct column terminal_columns[] = {
	{ "terminal", TYPE_TEXT, .sub = "place", .sort = "COALESCE(MAX(t.name), '')" },
	{ "code", TYPE_CODE, .sort = "COALESCE(MAX(t.code), '')" },
	{ "state", TYPE_STATUS, .set = "flow_known" },
	SUM_COLUMNS,
	{ 0 }
};

static const struct list terminals = {
	GROUPED("m.party_id"),
	.columns = terminal_columns,
	.row_href = "/flows/rows?terminal={code}",
	.select = "m.party_id AS id, MAX(t.name) AS terminal, MAX(t.code) AS code,"
	    " MAX(g.name) AS place, IF(m.party_id = 0, 'unmatched', NULL) AS state, NULL AS unit,"
	    " " SUMS,
	.from = MONTHS_OF " LEFT JOIN party t ON t.id = m.party_id"
	    " LEFT JOIN region g ON g.code = t.region_code",
};

static const struct column product_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "COALESCE(MAX(p.generic_name), '')" },
	{ "code", TYPE_CODE, .sort = "COALESCE(MAX(p.code), '')" },
	{ "state", TYPE_STATUS, .set = "flow_known" },
	{ "terminals", TYPE_INT, .sort = "COUNT(DISTINCT m.party_id)" },
	SUM_COLUMNS,
	{ 0 }
};

static const struct list products = {
	GROUPED("m.product_id"),
	.columns = product_columns,
	.row_href = "/flows/rows?product={code}",
	.select = "m.product_id AS id, MAX(p.generic_name) AS product, MAX(p.pack_spec) AS pack,"
	    " MAX(p.code) AS code, MAX(p.unit) AS unit, COUNT(DISTINCT m.party_id) AS terminals,"
	    " IF(m.product_id = 0, 'unmatched', NULL) AS state, " SUMS,
	.from = MONTHS_OF " LEFT JOIN product p ON p.id = m.product_id",
};

static const struct column sender_columns[] = {
	{ "sender", TYPE_TEXT, .sub = "place", .sort = "COALESCE(MAX(s.name), '')" },
	{ "code", TYPE_CODE, .sort = "COALESCE(MAX(s.code), '')" },
	{ "terminals", TYPE_INT, .sort = "COUNT(DISTINCT m.party_id)" },
	SUM_COLUMNS,
	{ 0 }
};

static const struct list senders = {
	GROUPED("m.sender_id"),
	.columns = sender_columns,
	.row_href = "/flows/rows?sender={code}",
	.select = "m.sender_id AS id, MAX(s.name) AS sender, MAX(s.code) AS code,"
	    " MAX(g.name) AS place, COUNT(DISTINCT m.party_id) AS terminals, NULL AS unit, " SUMS,
	.from = MONTHS_OF " JOIN party s ON s.id = m.sender_id"
	    " LEFT JOIN region g ON g.code = s.region_code",
};

static const struct column rep_columns[] = {
	{ "rep", TYPE_TEXT, .sub = "department", .sort = "COALESCE(MAX(u.name), '')" },
	{ "state", TYPE_STATUS, .set = "flow_rep" },
	{ "terminals", TYPE_INT, .sort = "COUNT(DISTINCT m.party_id)" },
	SUM_COLUMNS,
	{ 0 }
};

static const struct list reps = {
	GROUPED("m.rep_id"),
	.columns = rep_columns,
	.row_href = "/flows/?rep={rep_id}",
	.select = "m.rep_id AS id, MAX(u.name) AS rep, MAX(o.name) AS department,"
	    " NULLIF(m.rep_id, 0) AS rep_id, IF(m.rep_id = 0, 'pool', NULL) AS state,"
	    " COUNT(DISTINCT m.party_id) AS terminals, NULL AS unit, " SUMS,
	.from = MONTHS_OF " LEFT JOIN app_user u ON u.id = m.rep_id"
	    " LEFT JOIN org_unit o ON o.id = u.org_unit_id",
};

static const struct column month_columns[] = {
	{ "month", TYPE_MONTH, .sort = "m.book_period" },
	{ "senders", TYPE_INT, .sort = "COUNT(DISTINCT m.sender_id)" },
	{ "terminals", TYPE_INT, .sort = "COUNT(DISTINCT m.party_id)" },
	SUM_COLUMNS,
	{ 0 }
};

static const struct list months = {
	GROUPED("m.book_period"),
	.columns = month_columns,
	.row_href = "/flows/?from={month}&to={month}",
	.select = "m.book_period AS id, " MONTHLY("m") " AS month,"
	    " COUNT(DISTINCT m.sender_id) AS senders, COUNT(DISTINCT m.party_id) AS terminals,"
	    " NULL AS unit, " SUMS,
	.from = MONTHS_OF,
};

static const struct column row_columns[] = {
	{ "biz_date", TYPE_DATE, .sub = "doc_no", .sort = "f.biz_date" },
	{ "sender", TYPE_TEXT },
	{ "raw_party", TYPE_TEXT },
	{ "terminal", TYPE_TEXT, .href = "/parties/view?id={party_id}" },
	{ "raw_product", TYPE_TEXT, .sub = "raw_spec" },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE },
	{ "raw_qty", TYPE_QTY, .unit = "{raw_unit}" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "f.qty", .emphasis = true },
	{ "amount", TYPE_MONEY, .sort = "f.amount" },
	{ "rep", TYPE_TEXT },
	{ "price", TYPE_PRICE, .optional = true },
	{ "level", TYPE_STATUS, .set = "flow_level", .optional = true },
	{ "class", TYPE_STATUS, .set = "flow_class", .optional = true },
	{ "file", TYPE_TEXT, .href = "/flowfiles/view?id={file_id}", .optional = true },
	{ "row_no", TYPE_INT, .optional = true },
	{ 0 }
};

static const struct list flow_rows = {
	.name = "flow-rows",
	.columns = row_columns,
	.filters = row_filters,
	.views = views,
	.sort = "-biz_date",
	.select = "f.id, f.biz_date, NULLIF(f.doc_no, '') AS doc_no, s.name AS sender,"
	    " n.name AS raw_party, f.party_id, t.name AS terminal, y.name AS raw_product,"
	    " y.extra AS raw_spec, p.generic_name AS product, p.pack_spec AS pack, p.unit,"
	    " NULLIF(f.lot_no, '') AS lot_no, f.raw_qty, NULLIF(y.unit, '') AS raw_unit, f.qty,"
	    " f.price, f.amount, u.name AS rep, f.flow_level AS level, f.flow_class AS class,"
	    " e.name AS file, f.file_id, f.row_no",
	.from = "flow_row f JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'"
	    " JOIN party s ON s.id = f.sender_id JOIN flow_name n ON n.id = f.party_name_id"
	    " JOIN flow_name y ON y.id = f.product_name_id"
	    " LEFT JOIN party t ON t.id = f.party_id LEFT JOIN product p ON p.id = f.product_id"
	    " LEFT JOIN app_user u ON u.id = f.rep_id",
	.count_from = "flow_row f JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'",
	.where = OF_MONTHS("f.book_period", "f.kind") " AND " MINE("f") " AND ? = 1",
	.key = "f.id",
	.month = MONTHLY("f"),
	.sums = "COALESCE(SUM(f.qty), 0) AS qty, COALESCE(SUM(f.amount), 0) AS amount,"
	    " COUNT(*) AS flow_rows",
};

static bool
is_page(const struct req *r)
{
	return r->format != FORMAT_CSV && r->format != FORMAT_XLSX;
}

static void
begin(struct req *r)
{
	flow_period(r, MONTHS);
	flow_default(r, "kind", "sale");
}

static void
offer(struct req *r)
{
	static const struct {
		const char *field;
		size_t statement;
	} choices[] = { { "rep", REPS }, { "department", UNITS }, { "group", GROUPS },
		{ "province", PROVINCES } };

	for (size_t i = 0; i < LEN(choices) && is_page(r); i++)
		form_options(r->page, choices[i].field, req_query(r, choices[i].statement));
}

static int
grouped(struct req *r, const struct list *list)
{
	int status;

	begin(r);
	if (is_page(r))
		flow_figures(r, list_months(r, list, S(req_str(r, "from")), S(req_str(r, "to")),
		    S(req_str(r, "kind"))));
	status = list_page(r, list, S(req_str(r, "from")), S(req_str(r, "to")),
	    S(req_str(r, "kind")));
	offer(r);
	return status;
}

static int
by_terminal(struct req *r)
{
	return grouped(r, &terminals);
}

static int
by_product(struct req *r)
{
	return grouped(r, &products);
}

static int
by_sender(struct req *r)
{
	return grouped(r, &senders);
}

static int
by_rep(struct req *r)
{
	return grouped(r, &reps);
}

static int
by_month(struct req *r)
{
	return grouped(r, &months);
}

/* Without something that has an index there are no rows, and the page says so. */
static int
rows_list(struct req *r)
{
	bool some = req_given(r, "sender") || req_given(r, "terminal") ||
	    req_given(r, "product") || req_given(r, "lot");
	int status;

	begin(r);
	if (!some)
		x_notice(r->page, "info", "notice.flow.choose");
	else if (is_page(r))
		flow_figures(r, list_months(r, &flow_rows, S(req_str(r, "from")),
		    S(req_str(r, "to")), S(req_str(r, "kind")), I(1)));
	status = list_page(r, &flow_rows, S(req_str(r, "from")), S(req_str(r, "to")),
	    S(req_str(r, "kind")), I(some));
	offer(r);
	return status;
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, by_terminal, .list = &terminals },
	{ "/products", GET, PERM_FLOW_VIEW, by_product, .list = &products },
	{ "/senders", GET, PERM_FLOW_VIEW, by_sender, .list = &senders },
	{ "/reps", GET, PERM_FLOW_VIEW, by_rep, .list = &reps },
	{ "/months", GET, PERM_FLOW_VIEW, by_month, .list = &months },
	{ "/rows", GET, PERM_FLOW_VIEW, rows_list, .list = &flow_rows },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "flows", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

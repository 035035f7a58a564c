/*
 * flows.c - reported flows of all distributors, by terminal, product, distributor,
 * rep, month and lot, who carries what in which hospitals, down to the row.
 *
 * Sums are of months rolled up and always of some months, so that no page reads
 * all years; a sale that reps share counts for each by his share.  A member of
 * staff sees the flows that are his, or his department's, or that he has a share
 * of, and those of customers that are.  Rows and lots are shown for a distributor,
 * terminal, product or lot: each has its index.
 */
#include "export.h"
#include "flowview.h"
#include "form.h"
#include "scope.h"

enum { REPS, UNITS, GROUPS, PROVINCES, ASKED, NSQL };
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
	/* Of one rep, rows he has a share of are his; the last three months are those up to one. */
	[ASKED] = { "flows.asked",
		"SET @flow_shares = ? OR @actor_scope = 'own',"
		" @flow_three = PERIOD_ADD(CAST(REPLACE(?, '-', '') AS SIGNED), -2)" },
};

static const char *const kinds[] = { "sale", "purchase", NULL };
static const char *const levels[] = { "1", "2", "3", NULL };
static const char *const states[] = { "new", "active", "stopped", NULL };
static const char *const flow_classes[] = { "1", "2", "3", "4", "5", "6", NULL };

static const struct view views[] = {
	{ "terminals", "/flows/" },
	{ "products", "/flows/products" },
	{ "senders", "/flows/senders" },
	{ "reps", "/flows/reps" },
	{ "months", "/flows/months" },
	{ "lots", "/flows/lots" },
	{ "carried", "/flows/carried" },
	{ "rows", "/flows/rows" },
	{ 0 }
};

/* The months of a page and its kind: bound by the handler, which gives them where they lack. */
#define OF_MONTHS(period, kind) period " BETWEEN CAST(REPLACE(?, '-', '') AS SIGNED)" \
	" AND CAST(REPLACE(?, '-', '') AS SIGNED) AND " kind " = ?"
#define MINE(t) FLOW_IN_SCOPE(t)
/* Somebody has a share of the row; a roll-up has rows of its own for shares. */
#define SHARED(whose) "EXISTS (SELECT 1 FROM flow_split z WHERE z.book_period = f.book_period" \
	" AND z.row_id = f.id AND " whose ")"
#define MY_ROW "(" MINE("f") " OR " SHARED(IN_SCOPE("z.user_id", "z.org_unit_id")) ")"
#define PARTY_OF(column) column " = (SELECT y.id FROM party y WHERE y.code = ?)"
#define UNIT_OF(column) column " IN (SELECT u.id FROM org_unit u" \
	" JOIN org_unit top ON u.path LIKE CONCAT(top.path, '%') WHERE top.id = ?)"

/* Where the terminal was then: most never moved, and are told by the party itself. */
#define MOVED(t) "SELECT 1 FROM party_region w WHERE w.party_id = " t ".party_id" \
	" AND " t ".book_period"
#define IN_PROVINCE(t) "(" t ".party_id IN (SELECT y.id FROM party y WHERE y.province = ?)" \
	" AND NOT EXISTS (" MOVED(t) " <= w.until_period)) OR EXISTS (" MOVED(t) \
	" BETWEEN w.from_period AND w.until_period AND w.province = ?)"

/* of_rep and of_unit: conditions with `binds` ?. */
#define FILTERS(t, of_rep, of_unit, binds) \
	{ { "from", TYPE_MONTH }, "? <> ''" }, \
	{ { "to", TYPE_MONTH }, "? <> ''" }, \
	{ { "kind", TYPE_SELECT, .set = "flow_side", .options = kinds }, "? <> ''" }, \
	{ { "sender", TYPE_LOOKUP, .href = "/suggest/parties" }, PARTY_OF(t ".sender_id") }, \
	{ { "terminal", TYPE_LOOKUP, .href = "/suggest/parties" }, PARTY_OF(t ".party_id") }, \
	{ { "product", TYPE_LOOKUP, .href = "/suggest/products" }, \
	    t ".product_id = (SELECT y.id FROM product y WHERE y.code = ?)" }, \
	{ { "group", TYPE_SELECT }, t ".product_id IN (SELECT i.product_id" \
	    " FROM product_group_item i WHERE i.group_id = ?)" }, \
	{ { "province", TYPE_SELECT }, IN_PROVINCE(t), 2 }, \
	{ { "rep", TYPE_SELECT }, of_rep, binds }, \
	{ { "department", TYPE_SELECT }, of_unit, binds }, \
	{ { "level", TYPE_SELECT, .set = "flow_level", .options = levels }, \
	    t ".flow_level = ?" }, \
	{ { "class", TYPE_SELECT, .set = "flow_class", .options = flow_classes }, \
	    t ".flow_class = ?" }, \
	{ { "pure", TYPE_CHECK }, t ".is_pure_sale = 1 AND ? <> ''" }

#define MONTH_FILTERS FILTERS("m", "m.rep_id = ?", UNIT_OF("m.org_unit_id"), 1)

static const struct filter filters[] = { MONTH_FILTERS, { 0 } };

static const struct filter row_filters[] = {
	FILTERS("f", "f.rep_id = ? OR " SHARED("z.user_id = ?"),
	    UNIT_OF("f.org_unit_id") " OR " SHARED(UNIT_OF("z.org_unit_id")), 2),
	{ { "lot", TYPE_CODE, .max = 40 }, "f.lot_no = ?" },
	{ 0 }
};

#define ROWS "SUM(m.row_count + IF(@flow_shares, m.shared, 0))"
#define SUMS "SUM(m.qty) AS qty, SUM(m.amount) AS amount, " ROWS " AS flow_rows"
#define SUM_COLUMNS \
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "SUM(m.qty)" }, \
	{ "amount", TYPE_MONEY, .sort = "SUM(m.amount)" }, \
	{ "flow_rows", TYPE_INT, .sort = ROWS }
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
	{ "qty", TYPE_QTY, .sort = "SUM(m.qty)" },
	{ "amount", TYPE_MONEY, .sort = "SUM(m.amount)" },
	{ "flow_rows", TYPE_INT, .sort = "SUM(m.row_count + m.shared)" },
	{ 0 }
};

static const struct list reps = {
	GROUPED("m.rep_id"),
	.columns = rep_columns,
	.row_href = "/flows/?rep={rep_id}",
	.select = "m.rep_id AS id, MAX(u.name) AS rep, MAX(o.name) AS department,"
	    " NULLIF(m.rep_id, 0) AS rep_id, IF(m.rep_id = 0, 'pool', NULL) AS state,"
	    " COUNT(DISTINCT m.party_id) AS terminals, NULL AS unit, SUM(m.qty) AS qty,"
	    " SUM(m.amount) AS amount, SUM(m.row_count + m.shared) AS flow_rows",
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

/* State of a product at a terminal, by the three months up to the last one asked for. */
#define CARRIED "CASE WHEN MIN(m.book_period) >= @flow_three THEN 'new'" \
	" WHEN MAX(m.book_period) >= @flow_three THEN 'active' ELSE 'stopped' END"
#define IN_THREE "SUM(IF(m.book_period >= @flow_three, m.qty, 0))"

static const struct filter carried_filters[] = {
	MONTH_FILTERS,
	{ { "state", TYPE_SELECT, .set = "carried", .options = states }, CARRIED " = ?",
	    .having = true },
	{ 0 }
};

static const struct column carried_columns[] = {
	{ "terminal", TYPE_TEXT, .sub = "place", .sort = "MAX(t.name)" },
	{ "grade", TYPE_TEXT, .optional = true },
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "MAX(p.generic_name)" },
	{ "sender", TYPE_TEXT, .sort = "MAX(s.name)" },
	{ "qty_three", TYPE_QTY, .unit = "{unit}", .sort = IN_THREE, .emphasis = true },
	{ "qty_before", TYPE_QTY },
	{ "qty", TYPE_QTY, .sort = "SUM(m.qty)" },
	{ "last_month", TYPE_MONTH, .sort = "MAX(m.book_period)" },
	{ "state", TYPE_STATUS, .set = "carried" },
	{ 0 }
};

static const struct list carried = {
	.name = "flow-carried",
	.columns = carried_columns,
	.filters = carried_filters,
	.views = views,
	.row_href = "/flows/rows?sender={sender_code}&terminal={terminal_code}&product={code}",
	.drill = true,
	.sort = "-qty_three",
	.select = "m.sender_id * 1000000000000 + m.party_id * 100000 + m.product_id AS id,"
	    " MAX(t.name) AS terminal, MAX(g.name) AS place, MAX(t.national_grade) AS grade,"
	    " MAX(t.code) AS terminal_code, MAX(p.generic_name) AS product,"
	    " MAX(p.pack_spec) AS pack, MAX(p.unit) AS unit, MAX(p.code) AS code,"
	    " MAX(s.name) AS sender, MAX(s.code) AS sender_code, " IN_THREE " AS qty_three,"
	    " SUM(IF(m.book_period < @flow_three AND m.book_period >= PERIOD_ADD(@flow_three, -3),"
	    " m.qty, 0)) AS qty_before, SUM(m.qty) AS qty,"
	    " INSERT(MAX(m.book_period), 5, 0, '-') AS last_month, " CARRIED " AS state",
	.from = MONTHS_OF " JOIN party t ON t.id = m.party_id JOIN product p ON p.id = m.product_id"
	    " JOIN party s ON s.id = m.sender_id LEFT JOIN region g ON g.code = t.region_code",
	.count_from = MONTHS_OF,
	.where = OF_MONTHS("x.period", "m.kind") " AND " MINE("m") " AND m.is_pure_sale = 1"
	    " AND m.party_id > 0 AND m.product_id > 0 AND ? = 1",
	.group = "m.sender_id, m.party_id, m.product_id",
	.key = "m.sender_id * 1000000000000 + m.party_id * 100000 + m.product_id",
};

#define IMPORTED "flow_row f JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'"
#define ROW_SUMS "COALESCE(SUM(f.qty), 0) AS qty, COALESCE(SUM(f.amount), 0) AS amount," \
	" COUNT(*) AS flow_rows"

/* What the pages over rows share: they are asked for something that has an index. */
#define OF_ROWS \
	.filters = row_filters, .views = views, .count_from = IMPORTED, \
	.where = OF_MONTHS("f.book_period", "f.kind") " AND " MY_ROW " AND ? = 1", \
	.month = MONTHLY("f"), .sums = ROW_SUMS

static const struct column lot_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "COALESCE(MAX(p.generic_name), '')" },
	{ "lot_no", TYPE_CODE, .sort = "f.lot_no" },
	{ "expires_on", TYPE_DATE, .sort = "COALESCE(MAX(l.expires_on), '9999-12-31')" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "SUM(f.qty)", .emphasis = true },
	{ "amount", TYPE_MONEY },
	{ "senders", TYPE_INT },
	{ "terminals", TYPE_INT },
	{ "flow_rows", TYPE_INT },
	{ "first_sold", TYPE_DATE, .optional = true },
	{ "last_sold", TYPE_DATE, .sort = "MAX(f.biz_date)" },
	{ 0 }
};

static const struct list lots = {
	OF_ROWS,
	.name = "flow-lots",
	.columns = lot_columns,
	.row_href = "/flows/rows?product={code}&lot={lot_no}",
	.drill = true,
	.sort = "-last_sold",
	.select = "MIN(f.id) AS id, MAX(p.generic_name) AS product, MAX(p.pack_spec) AS pack,"
	    " MAX(p.code) AS code, MAX(p.unit) AS unit, NULLIF(f.lot_no, '') AS lot_no,"
	    " MAX(l.expires_on) AS expires_on, COUNT(DISTINCT f.sender_id) AS senders,"
	    " COUNT(DISTINCT f.party_id) AS terminals, MIN(f.biz_date) AS first_sold,"
	    " MAX(f.biz_date) AS last_sold, " ROW_SUMS,
	.from = IMPORTED " LEFT JOIN product p ON p.id = f.product_id"
	    " LEFT JOIN lot l ON l.id = f.lot_id",
	.group = "f.product_id, f.lot_no",
	.key = "MIN(f.id)",
};

static const struct column row_columns[] = {
	{ "biz_date", TYPE_DATE, .sub = "doc_no", .sort = "f.biz_date" },
	{ "sender", TYPE_TEXT },
	{ "raw_party", TYPE_TEXT },
	{ "terminal", TYPE_TEXT, .sub = "place", .href = "/parties/view?id={party_id}" },
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
	OF_ROWS,
	.name = "flow-rows",
	.columns = row_columns,
	.action = "appeal",
	.action_opens = true,
	.action_href = "/corrections/row?row={appeal}&month={month}",
	.action_perm = PERM_FLOW_CORRECT,
	.sort = "-biz_date",
	.select = "f.id, IF(f.product_id IS NULL, NULL, f.id) AS appeal, " MONTHLY("f")
	    " AS month, f.biz_date, NULLIF(f.doc_no, '') AS doc_no, s.name AS sender,"
	    " n.name AS raw_party, f.party_id, t.name AS terminal, y.name AS raw_product,"
	    " COALESCE((SELECT a.name FROM party_region w JOIN region a ON a.code = w.region_code"
	    " WHERE w.party_id = f.party_id AND f.book_period BETWEEN w.from_period"
	    " AND w.until_period), g.name) AS place,"
	    " y.extra AS raw_spec, p.generic_name AS product, p.pack_spec AS pack, p.unit,"
	    " NULLIF(f.lot_no, '') AS lot_no, f.raw_qty, NULLIF(y.unit, '') AS raw_unit, f.qty,"
	    " f.price, f.amount,"
	    " COALESCE((SELECT GROUP_CONCAT(CONCAT(w.name, ' ', CAST(z.share * 100 AS DOUBLE), '%')"
	    " ORDER BY z.share DESC, w.id SEPARATOR ' · ') FROM flow_split z"
	    " JOIN app_user w ON w.id = z.user_id WHERE z.book_period = f.book_period"
	    " AND z.row_id = f.id), u.name) AS rep, f.flow_level AS level, f.flow_class AS class,"
	    " e.name AS file, f.file_id, f.row_no",
	.from = IMPORTED " JOIN party s ON s.id = f.sender_id"
	    " JOIN flow_name n ON n.id = f.party_name_id"
	    " JOIN flow_name y ON y.id = f.product_name_id"
	    " LEFT JOIN party t ON t.id = f.party_id LEFT JOIN product p ON p.id = f.product_id"
	    " LEFT JOIN region g ON g.code = t.region_code"
	    " LEFT JOIN app_user u ON u.id = f.rep_id",
	.key = "f.id",
};

static void
begin(struct req *r)
{
	flow_period(r, MONTHS);
	flow_default(r, "kind", "sale");
	req_exec(r, ASKED, I(req_given(r, "rep")), S(req_str(r, "to")));
}

static void
offer(struct req *r)
{
	static const struct {
		const char *field;
		size_t statement;
	} choices[] = { { "rep", REPS }, { "department", UNITS }, { "group", GROUPS },
		{ "province", PROVINCES } };

	for (size_t i = 0; i < LEN(choices) && !export_asked(r); i++)
		form_options(r->page, choices[i].field, req_query(r, choices[i].statement));
}

static int
grouped(struct req *r, const struct list *list)
{
	int status;

	begin(r);
	if (!export_asked(r))
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

/* Without something to look for there are no rows, and the page says so. */
static int
chosen(struct req *r, const struct list *list, bool some, const char *notice)
{
	int status;

	begin(r);
	if (!some)
		x_notice(r->page, "info", notice);
	else if (!export_asked(r) && list->sums != NULL)
		flow_figures(r, list_months(r, list, S(req_str(r, "from")), S(req_str(r, "to")),
		    S(req_str(r, "kind")), I(1)));
	status = list_page(r, list, S(req_str(r, "from")), S(req_str(r, "to")),
	    S(req_str(r, "kind")), I(some));
	offer(r);
	return status;
}

/* What finds rows by an index. */
static bool
has_thing(struct req *r)
{
	return req_given(r, "sender") || req_given(r, "terminal") || req_given(r, "product") ||
	    req_given(r, "lot");
}

static int
rows_list(struct req *r)
{
	return chosen(r, &flow_rows, has_thing(r), "notice.flow.choose");
}

static int
by_lot(struct req *r)
{
	return chosen(r, &lots, has_thing(r), "notice.flow.choose");
}

static int
carried_list(struct req *r)
{
	bool some = has_thing(r) || req_given(r, "group") || req_given(r, "province") ||
	    req_given(r, "rep") || req_given(r, "department");

	return chosen(r, &carried, some, "notice.flow.choose_any");
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, by_terminal, .list = &terminals },
	{ "/products", GET, PERM_FLOW_VIEW, by_product, .list = &products },
	{ "/senders", GET, PERM_FLOW_VIEW, by_sender, .list = &senders },
	{ "/reps", GET, PERM_FLOW_VIEW, by_rep, .list = &reps },
	{ "/months", GET, PERM_FLOW_VIEW, by_month, .list = &months },
	{ "/lots", GET, PERM_FLOW_VIEW, by_lot, .list = &lots },
	{ "/carried", GET, PERM_FLOW_VIEW, carried_list, .list = &carried },
	{ "/rows", GET, PERM_FLOW_VIEW, rows_list, .list = &flow_rows },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "flows", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

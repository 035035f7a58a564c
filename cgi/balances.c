/*
 * balances.c - whether opening, purchases, sales and closing of a distributor agree, by month,
 * product and lot.
 *
 * A difference comes with a proposed cause and the row that shows it; nothing is changed by
 * that.  Who may correct explains it; who may approve accepts it as it is.
 */
#include <string.h>

#include "form.h"
#include "list.h"
#include "scope.h"

enum { MONTHS, GET_ONE, ROWS, SHIPMENTS, STOCK, CAUSE, PAIR, DECIDE, NSQL };

/* The page of one asks by the month and keys of its balance. */
#define OF_BALANCE "r.book_period = ? AND r.sender_id = ? AND r.product_id = ? AND r.lot_no = ?"
#define ROW_COLUMNS "r.id, r.biz_date, r.kind, COALESCE(y.name, n.name) AS counterparty," \
	" IF(y.name <> n.name, n.name, NULL) AS as_told, r.qty, r.effect, r.price, r.doc_no," \
	" r.file_id, r.file_name, r.flow_class, r.warnings <> 0 AS warned, r.lot_no," \
	" INSERT(r.book_period, 5, 0, '-') AS month FROM flow_seen r" \
	" LEFT JOIN party y ON y.id = r.party_id" \
	" LEFT JOIN flow_name n ON n.id = r.party_name_id"

static const struct sql sql[NSQL] = {
	[MONTHS] = { "balances.months",
		"SELECT DISTINCT month AS value, month AS label FROM period_page"
		" ORDER BY month DESC" },
	[GET_ONE] = { "balances.get",
		"SELECT * FROM balance_page b"
		" WHERE b.id = ? AND " SENDER_IN_SCOPE("b.party_id") },
	[ROWS] = { "balances.rows",
		"SELECT " ROW_COLUMNS " WHERE " OF_BALANCE " AND r.flow_class <> 3"
		" ORDER BY r.biz_date, r.id LIMIT 500" },
	[SHIPMENTS] = { "balances.shipments",
		"SELECT h.id, h.shipment_no, h.shipped_on, h.status, h.delivered_at, l.qty"
		" FROM shipment h JOIN shipment_line l ON l.party_id = h.party_id"
		" AND l.shipment_id = h.id JOIN lot ON lot.id = l.lot_id"
		" WHERE h.party_id = ? AND l.product_id = ? AND lot.lot_no = ?"
		" AND h.shipped_on BETWEEN ? - INTERVAL 40 DAY AND ? ORDER BY h.shipped_on, h.id" },
	[STOCK] = { "balances.stock",
		"SELECT s.id, s.stock_date, s.qty, s.expires_on, f.id AS file_id,"
		" f.name AS file_name FROM stock_report s"
		" JOIN flow_file f ON f.id = s.file_id AND f.status = 'imported'"
		" WHERE s.book_period IN (?, ?) AND s.sender_id = ? AND s.product_id = ?"
		" AND s.lot_no = ? ORDER BY s.stock_date" },
	[CAUSE] = { "balances.cause",
		"SELECT " ROW_COLUMNS " WHERE r.id = ? AND r.book_period BETWEEN"
		" PERIOD_ADD(?, -1) AND PERIOD_ADD(?, 1)" },
	[PAIR] = { "balances.pair",
		"SELECT b.id, b.product, b.lot_no, b.difference, b.state, b.unit"
		" FROM balance_page b"
		" WHERE b.period = ? AND b.party_id = ? AND b.id <> ? AND b.difference <> 0"
		" AND (b.product_id = ? OR b.lot_no = ? AND b.lot_no <> '')"
		" ORDER BY b.difference = - ? DESC, b.lot_no LIMIT 20" },
	[DECIDE] = { "balances.decide", "CALL flow_balance_decide(?, ?, ?, ?)" },
};

static const char *const states[] = { "open", "explained", "accepted", "ok", NULL };
static const char *const causes[] = { "lot", "unit", "sign", "cut_off", "in_transit", "mapping",
	"duplicate", "gap", "superseded", "unexplained", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "month", TYPE_MONTH },
	{ "sender", TYPE_TEXT, .sub = "code", .sort = "y.name" },
	{ "product", TYPE_TEXT, .sub = "product_code", .sort = "p.code" },
	{ "lot_no", TYPE_CODE },
	{ "opening", TYPE_QTY, .optional = true },
	{ "purchased", TYPE_QTY, .optional = true },
	{ "sold", TYPE_QTY, .optional = true },
	{ "theory", TYPE_QTY },
	{ "reported", TYPE_QTY },
	{ "difference", TYPE_QTY, .unit = "{unit}", .sort = "ABS(b.difference)", .emphasis = true },
	{ "in_transit", TYPE_QTY, .optional = true },
	{ "cause", TYPE_STATUS, .set = "cause", .sort = "b.cause" },
	{ "state", TYPE_STATUS, .set = "balance" },
	{ "note", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH },
	    "b.party_id IN (SELECT x.id FROM party x WHERE x.name LIKE ? OR x.pinyin LIKE ?)"
	    " OR b.product_id IN (SELECT x.id FROM product x WHERE x.generic_name LIKE ?"
	    " OR x.pinyin LIKE ?) OR b.lot_no LIKE ?", 5, true },
	{ { "month", TYPE_SELECT }, "b.period = REPLACE(?, '-', '')" },
	{ { "state", TYPE_SELECT, .set = "balance", .options = states }, "b.state = ?" },
	{ { "cause", TYPE_SELECT, .set = "cause", .options = causes }, "b.cause = ?" },
	{ { "sender", TYPE_LOOKUP, .href = "/suggest/parties" },
	    "b.party_id = (SELECT x.id FROM party x WHERE x.code = ?)" },
	{ { "product", TYPE_LOOKUP, .href = "/suggest/products" },
	    "b.product_id = (SELECT x.id FROM product x WHERE x.code = ?)" },
	{ 0 }
};

static const struct view views[] = {
	{ "open", "state=open" },
	{ "explained", "state=explained" },
	{ "all", "" },
	{ 0 }
};

static const struct list balances = {
	.name = "flow-balances",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/balances/view?id={id}",
	.sort = "-difference",
	.select = "b.id, CONCAT(LEFT(b.period, 4), '-', RIGHT(b.period, 2)) AS month,"
	    " y.name AS sender, y.code, CONCAT(p.generic_name, ' ', p.pack_spec) AS product,"
	    " p.code AS product_code, p.unit, b.lot_no, b.opening, b.purchased, b.sold, b.theory,"
	    " b.reported, b.difference, b.in_transit, NULLIF(b.cause, 'none') AS cause, b.state,"
	    " b.note",
	.from = "flow_balance b JOIN party y ON y.id = b.party_id"
	    " JOIN product p ON p.id = b.product_id",
	.count_from = "flow_balance b",
	.where = "b.difference <> 0 AND " SENDER_IN_SCOPE("b.party_id"),
	.key = "b.id",
};

static int
balance_list(struct req *r)
{
	int status = list_page(r, &balances);

	form_options(r->page, "month", req_query(r, MONTHS));
	return status;
}

/* ---- one balance ---- */

static const struct column facts[] = {
	{ "sender", TYPE_TEXT, .sub = "code", .href = "/parties/view?id={party_id}" },
	{ "product", TYPE_TEXT, .sub = "product_code", .href = "/products/view?id={product_id}" },
	{ "lot_no", TYPE_CODE },
	{ "month", TYPE_MONTH, .href = "/periods/view?id={period}" },
	{ "cause", TYPE_STATUS, .set = "cause" },
	{ "in_transit", TYPE_QTY, .unit = "{unit}" },
	{ "opening_of", TYPE_STATUS, .set = "opening_of" },
	{ "note", TYPE_TEXT },
	{ "decider", TYPE_TEXT },
	{ "decided_at", TYPE_DATETIME },
	{ 0 }
};

/* In the order they are added up in. */
static const struct column terms[] = {
	{ "opening", TYPE_QTY },
	{ "purchased", TYPE_QTY },
	{ "transferred", TYPE_QTY },
	{ "sold", TYPE_QTY },
	{ "returned", TYPE_QTY },
	{ "adjusted", TYPE_QTY },
	{ "theory", TYPE_QTY, .emphasis = true },
	{ "reported", TYPE_QTY, .emphasis = true },
	{ "difference", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ 0 }
};

static const struct column row_columns[] = {
	{ "biz_date", TYPE_DATE },
	{ "kind", TYPE_STATUS, .set = "row_kind" },
	{ "counterparty", TYPE_TEXT, .sub = "as_told" },
	{ "qty", TYPE_QTY },
	{ "effect", TYPE_QTY, .emphasis = true },
	{ "price", TYPE_PRICE },
	{ "doc_no", TYPE_CODE },
	{ "file_name", TYPE_TEXT, .href = "/flowfiles/view?id={file_id}" },
	{ 0 }
};

static const struct column shipment_columns[] = {
	{ "shipment_no", TYPE_CODE, .href = "/shipments/view?id={id}" },
	{ "status", TYPE_STATUS, .set = "shipment" },
	{ "shipped_on", TYPE_DATE },
	{ "delivered_at", TYPE_DATETIME },
	{ "qty", TYPE_QTY },
	{ 0 }
};

static const struct column stock_columns[] = {
	{ "stock_date", TYPE_DATE },
	{ "qty", TYPE_QTY },
	{ "expires_on", TYPE_DATE },
	{ "file_name", TYPE_TEXT, .href = "/flowfiles/view?id={file_id}" },
	{ 0 }
};

static const struct column pair_columns[] = {
	{ "product", TYPE_TEXT, .href = "/balances/view?id={id}" },
	{ "lot_no", TYPE_CODE },
	{ "difference", TYPE_QTY, .unit = "{unit}" },
	{ "state", TYPE_STATUS, .set = "balance" },
	{ 0 }
};

static const struct field decide_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "version", TYPE_HIDDEN },
	{ "note", TYPE_TEXT, REQUIRED, .max = 200 },
	{ 0 }
};

/* Rows, each to appeal against. */
static void
add_rows(struct req *r, const char *name, const struct rows *rows)
{
	x_list(r, name, rows, row_columns, req_may(r, PERM_FLOW_CORRECT) ?
	    "/corrections/row?row={id}&month={month}" : NULL);
}

/* What a difference is proposed to come from: the row, and what else differs beside it. */
static void
add_cause(struct req *r, const struct rows *b)
{
	int64_t period = row_int(b, 0, "period");
	const struct rows *pair;

	if (!row_null(b, 0, "cause_row_id"))
		add_rows(r, "balance-cause", req_query(r, CAUSE,
		    I(row_int(b, 0, "cause_row_id")), I(period), I(period)));
	pair = req_query(r, PAIR, I(period), I(row_int(b, 0, "party_id")),
	    I(row_int(b, 0, "id")), I(row_int(b, 0, "product_id")), S(row_str(b, 0, "lot_no")),
	    M(row_str(b, 0, "difference")));
	if (pair->n > 0)
		x_list(r, "balance-pair", pair, pair_columns, NULL);
}

static void
add_evidence(struct req *r, const struct rows *b)
{
	int64_t period = row_int(b, 0, "period");
	int64_t party = row_int(b, 0, "party_id");
	int64_t product = row_int(b, 0, "product_id");
	const char *lot = row_str(b, 0, "lot_no");

	add_rows(r, "balance-rows", req_query(r, ROWS, I(period), I(party), I(product), S(lot)));
	x_list(r, "balance-shipments", req_query(r, SHIPMENTS, I(party), I(product), S(lot),
	    S(row_str(b, 0, "starts_on")), S(row_str(b, 0, "ends_on"))), shipment_columns, NULL);
	x_list(r, "balance-stock", req_query(r, STOCK,
	    I(period % 100 == 1 ? period - 89 : period - 1), I(period), I(party), I(product),
	    S(lot)), stock_columns, NULL);
}

static bool
may_decide(struct req *r, const struct rows *b)
{
	const char *month = row_str(b, 0, "month_status");
	const char *state = row_str(b, 0, "state");

	return (strcmp(month, "open") == 0 || strcmp(month, "review") == 0) &&
	    (strcmp(state, "open") == 0 || strcmp(state, "explained") == 0) &&
	    (req_may(r, PERM_FLOW_CORRECT) || req_may(r, PERM_FLOW_APPROVE));
}

/* Who corrects says where it is from; who approves takes it as it is. */
static void
add_decision(struct req *r, const struct rows *b)
{
	xmlNodePtr form = x_form(r, "balance-decide", "/balances/explain", decide_fields, b);

	if (req_may(r, PERM_FLOW_CORRECT))
		form_action(form, "explain-balance");
	if (req_may(r, PERM_FLOW_APPROVE))
		x_attr(form_action(form, "accept-balance"), "href", "/balances/accept");
}

static int
balance_view(struct req *r)
{
	const struct rows *b = req_query(r, GET_ONE, I(req_int(r, "id", 0)));

	if (b->n == 0)
		return 404;
	req_page(r, "view");
	x_value(r->heading, TYPE_TEXT, "title", row_str(b, 0, "sender"));
	x_value(r->heading, TYPE_MONTH, "month", row_str(b, 0, "month"));
	req_state(r, "balance", row_str(b, 0, "state"));
	req_trail(r, "balances", "/balances/");
	if (req_may(r, PERM_FLOW_CORRECT))
		x_action(r->heading, "correct", "get", x_href(r->pool,
		    "/corrections/new?sender={code}&month={month}&kind=supplement", b, 0));
	if (strcmp(row_str(b, 0, "opening_of"), "none") == 0)
		x_notice(r->page, "warning", "notice.balance.no_opening");
	x_list(r, "balance-terms", b, terms, NULL);
	x_record(r->page, "balance", b, facts);
	if (strcmp(row_str(b, 0, "cause"), "none") != 0)
		add_cause(r, b);
	if (may_decide(r, b))
		add_decision(r, b);
	add_evidence(r, b);
	return 200;
}

static int
decide(struct req *r, const char *state)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, GET_ONE, I(id))->n == 0)
		return 404;
	return req_done(r, req_query(r, DECIDE, I(id), I(req_int(r, "version", 0)), S(state),
	    S(req_str(r, "note"))), "balance.decided", "/balances/view?id=%lld", (long long)id);
}

static int
balance_explain(struct req *r)
{
	return decide(r, "explained");
}

static int
balance_accept(struct req *r)
{
	return decide(r, "accepted");
}

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, balance_list, .list = &balances },
	{ "/view", GET, PERM_FLOW_VIEW, balance_view, id_field },
	{ "/explain", POST, PERM_FLOW_CORRECT, balance_explain, decide_fields, balance_view },
	{ "/accept", POST, PERM_FLOW_APPROVE, balance_accept, decide_fields, balance_view },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "balances", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

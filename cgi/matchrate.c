/*
 * matchrate.c - how much of what each sender reported is understood, month by month.
 *
 * By rows and by quantity, from the counts of the files that are seen; another maker's products
 * are left out of both.  From a month of a sender down to the names that are not understood.
 */
#include <string.h>

#include "form.h"
#include "list.h"
#include "scope.h"

enum { SENDER, NSQL };
enum { MONTHS = 12 };

static const struct sql sql[NSQL] = {
	[SENDER] = { "matchrate.sender",
		"SELECT s.id, s.name, CAST(REPLACE(?, '-', '') AS SIGNED) AS period FROM party s"
		" WHERE s.code = ? AND " NAMES_IN_SCOPE("s.id") },
};

/* ---- senders and months ---- */

#define ROWS "SUM(f.rows_total - f.rows_bad - f.rows_foreign)"
#define SHARE(part, whole) "FLOOR(10000 * " part " / NULLIF(" whole ", 0)) / 10000"
#define QTY_RATE SHARE("SUM(f.qty_matched)", "SUM(f.qty_total)")
#define ROW_RATE SHARE("SUM(f.rows_matched)", ROWS)

static const struct column columns[] = {
	{ "sender", TYPE_TEXT, .sub = "code", .sort = "MAX(s.name)" },
	{ "month", TYPE_MONTH, .sort = "f.book_period" },
	{ "row_count", TYPE_INT, .sort = ROWS },
	{ "rows_open", TYPE_INT, .sort = ROWS " - SUM(f.rows_matched)" },
	{ "row_rate", TYPE_PERCENT, .sort = "COALESCE(" ROW_RATE ", 1)" },
	{ "qty", TYPE_QTY, .sort = "SUM(f.qty_total)" },
	{ "qty_open", TYPE_QTY, .sort = "SUM(f.qty_total - f.qty_matched)" },
	{ "qty_rate", TYPE_PERCENT, .sort = "COALESCE(" QTY_RATE ", 1)", .emphasis = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "s.name LIKE ? OR s.pinyin LIKE ? OR s.code LIKE ?", 3, true },
	{ { "month", TYPE_MONTH }, "f.book_period = CAST(REPLACE(?, '-', '') AS SIGNED)" },
	{ 0 }
};

static const struct list rates = {
	.name = "matchrate",
	.columns = columns,
	.filters = filters,
	.row_href = "/matchrate/names?sender={code}&month={month}",
	.sort = "-qty_open",
	.select = "f.party_id * 1000000 + f.book_period AS id, MAX(s.name) AS sender,"
	    " MAX(s.code) AS code, INSERT(f.book_period, 5, 0, '-') AS month, " ROWS
	    " AS row_count, " ROWS " - SUM(f.rows_matched) AS rows_open, " ROW_RATE " AS row_rate,"
	    " SUM(f.qty_total) AS qty, SUM(f.qty_total - f.qty_matched) AS qty_open, " QTY_RATE
	    " AS qty_rate",
	.from = "flow_file f JOIN party s ON s.id = f.party_id",
	/* The day of a month this many before; a month that is asked for is older than none. */
	.where = "f.status = 'imported' AND f.book_period >= IF(? <> '', 0,"
	    " DATE_FORMAT(business_day() - INTERVAL ? MONTH, '%Y%m')) AND "
	    NAMES_IN_SCOPE("f.party_id"),
	.group = "f.party_id, f.book_period",
	.key = "id",
};

static int
rate_list(struct req *r)
{
	req_trail(r, "matching", "/matching/");
	return list_page(r, &rates, S(req_str(r, "month")), I(MONTHS));
}

/* ---- the names of one sender and month that are not understood ---- */

static const char *const whats[] = { "party", "product", NULL };

static const struct column name_columns[] = {
	{ "name", TYPE_TEXT, .sub = "more", .sort = "n.name" },
	{ "what", TYPE_STATUS, .set = "flow_what" },
	{ "code", TYPE_CODE, .optional = true },
	{ "row_count", TYPE_INT, .sort = "u.row_count" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "u.qty", .emphasis = true },
	{ "best", TYPE_TEXT },
	{ "score", TYPE_PERCENT },
	{ "first_seen", TYPE_DATE, .optional = true },
	{ 0 }
};

static const struct filter name_filters[] = {
	{ { "q", TYPE_SEARCH }, "n.name LIKE ? OR n.code LIKE ?", 2, true },
	{ { "what", TYPE_SELECT, .set = "flow_what", .options = whats }, "u.what = ?" },
	{ 0 }
};

static const struct field name_fields[] = {
	{ "sender", TYPE_CODE, REQUIRED, .max = 20 },
	{ "month", TYPE_MONTH, REQUIRED },
	{ 0 }
};

#define BEST(column) "(SELECT " column " FROM flow_candidate c" \
	" LEFT JOIN party x ON n.what = 'party' AND x.id = c.target_id" \
	" LEFT JOIN product y ON n.what = 'product' AND y.id = c.target_id" \
	" WHERE c.name_id = n.id ORDER BY c.score DESC LIMIT 1)"

static const struct list names = {
	.name = "unmatched",
	.columns = name_columns,
	.filters = name_filters,
	.row_href = "/matching/?open={id}",
	.sort = "-qty",
	.select = "n.id, n.name, u.what, NULLIF(n.code, '') AS code, CONCAT_WS(' · ',"
	    " NULLIF(n.extra, ''), NULLIF(n.maker, '')) AS more, u.row_count, u.qty,"
	    " NULLIF(n.unit, '') AS unit, " BEST("COALESCE(x.name, CONCAT_WS(' ', y.generic_name,"
	    " y.pack_spec))") " AS best, " BEST("c.score") " AS score, n.first_seen",
	.from = "flow_unmatched u JOIN flow_name n ON n.id = u.name_id",
	.where = "u.sender_id = ? AND u.book_period = ? AND n.state = 'queued'",
	.key = "n.id",
};

static int
name_list(struct req *r)
{
	const char *month = req_str(r, "month");
	const struct rows *sender = req_query(r, SENDER, S(month), S(req_str(r, "sender")));

	if (sender->n == 0)
		return 404;
	req_page(r, "names");
	req_title(r, pool_printf(r->pool, "%s %s", row_str(sender, 0, "name"), month));
	req_trail(r, "matching", "/matching/");
	req_trail(r, "matchrate", pool_printf(r->pool, "/matchrate/?month=%s", month));
	return list_page(r, &names, I(row_int(sender, 0, "id")), I(row_int(sender, 0, "period")));
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, rate_list, .list = &rates },
	{ "/names", GET, PERM_FLOW_VIEW, name_list, name_fields, .list = &names },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "matchrate", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

/*
 * audit.c - what happened: every change of a business row, every sign-in.
 *
 * The trail is written by triggers only and nobody can change it; its rows are
 * chained by hashes, one chain for each customer, and checked here on request.
 */
#include <string.h>

#include "list.h"

enum { GET_ONE, CHANGES, CHAINS, VERIFY, NSQL };

/* Rows hashed again for one page: some tenths of a second. */
enum { VERIFY_ROWS = 5000 };

/* The value of column k.name in a JSON object; an instant in the company's time. */
#define VALUE(json) "JSON_VALUE(" json ", CONCAT('$.', k.name))"
#define LOCAL(json) "IF(" VALUE(json) " RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:'," \
	" DATE_FORMAT(" VALUE(json) " + INTERVAL 8 HOUR, '%Y-%m-%d %H:%i:%s'), " VALUE(json) ")"

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "audit.get",
		"SELECT a.id, a.at, a.entity, a.entity_id, a.op, u.name AS actor, u.login,"
		" p.name AS party, a.request_id, a.chain, a.seq,"
		" LOWER(HEX(LEFT(a.hash, 8))) AS hash, LOWER(HEX(LEFT(a.prev, 8))) AS prev"
		" FROM audit_log a"
		" LEFT JOIN app_user u ON u.id = a.actor_id LEFT JOIN party p ON p.id = a.actor_for"
		" WHERE a.id = ?" },
	[CHANGES] = { "audit.changes",
		"SELECT k.n AS id, k.name AS column_name,"
		" " LOCAL("a.before_value") " AS value_before,"
		" " LOCAL("a.after_value") " AS value_after"
		" FROM audit_log a"
		" JOIN JSON_TABLE(JSON_KEYS(COALESCE(a.after_value, a.before_value)),"
		" '$[*]' COLUMNS (n FOR ORDINALITY, name VARCHAR(64) PATH '$')) k"
		" WHERE a.id = ? AND k.name NOT IN ('updated_at', 'version')"
		" HAVING value_before IS NOT NULL OR value_after IS NOT NULL" },
	[CHAINS] = { "audit.chains",
		"SELECT h.chain AS id, h.chain, h.seq, LOWER(HEX(LEFT(h.hash, 8))) AS hash,"
		" p.name AS party FROM audit_head h"
		" LEFT JOIN party p ON h.chain = CONCAT('p', p.id) ORDER BY h.seq DESC LIMIT 500" },
	[VERIFY] = { "audit.verify", "CALL audit_check(?, ?, ?)" },
};

/* The audited tables, as choices; sql/triggers/audit.list says which they are. */
static const char *const entities[] = { "sales_order", "sales_order_line", "approval",
	"approval_step", "approval_rule", "shipment", "shipment_line", "arrival",
	"return_order", "return_line", "invoice",
	"invoice_line", "receipt", "ar_item", "collection_task", "customer", "customer_rep",
	"party",
	"party_role", "party_address", "party_licence", "party_licence_scope", "product",
	"product_code", "product_group", "product_group_item", "product_visibility", "price_list",
	"price_tier", "customer_group", "lot", "warehouse", "stock_receipt", "stock_adjustment",
	"stock_policy", "channel_stock", "saved_list", "app_user", "user_role", "role",
	"role_permission", "role_request", "org_unit", "param", "code_dict", "calendar_day",
	"region", "attachment", "flow_file", "flow_source", "flow_excuse", "flow_confirm",
	"flow_reminder", "flow_correction", "flow_correction_line", "flow_case", "flow_sample",
	"name_alias",
	"unit_conversion", "territory", "terminal_assignment", "period", "period_run",
	"reconciliation", "reconciliation_dispute", "confirmation_letter", "rebate_policy",
	"rebate_run", "price_change", "bid_price", "recall", "recall_party", "api_key", NULL };
static const char *const ops[] = { "insert", "update", "delete", NULL };
static const char *const sites[] = { "office", "portal", NULL };
static const char *const events[] = { "ok", "failed", "locked", "totp_ok", "totp_failed",
	"recovery", "logout", "revoked", "password", "link", "factor_on", "factor_off", "unlocked",
	"disabled", "enabled", NULL };

static const struct column columns[] = {
	{ "at", TYPE_DATETIME, .sort = "a.id" },
	{ "actor", TYPE_TEXT, .sub = "party" },
	{ "op", TYPE_STATUS, .set = "audit_op" },
	{ "entity", TYPE_STATUS, .set = "entity" },
	{ "entity_id", TYPE_CODE },
	{ "changes", TYPE_TEXT },
	{ "request_id", TYPE_CODE, .optional = true },
	{ "chain", TYPE_CODE, .optional = true },
	{ "seq", TYPE_INT, .optional = true },
	{ 0 }
};

/* Days are the company's, instants are UTC. */
#define SINCE(column) column " >= ? - INTERVAL 8 HOUR"
#define UNTIL(column) column " < ? + INTERVAL 16 HOUR"

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "a.actor_id IN (SELECT w.id FROM app_user w WHERE w.name LIKE ?"
	    " OR w.login LIKE ?)", 2, true },
	{ { "entity", TYPE_SELECT, .set = "entity", .options = entities }, "a.entity = ?" },
	{ { "entity_id", TYPE_CODE, .max = 60 }, "a.entity_id = ?" },
	{ { "op", TYPE_SELECT, .set = "audit_op", .options = ops }, "a.op = ?" },
	{ { "from", TYPE_DATE }, SINCE("a.at") },
	{ { "to", TYPE_DATE }, UNTIL("a.at") },
	{ 0 }
};

static const struct list trail = {
	.name = "audit",
	.columns = columns,
	.filters = filters,
	.row_href = "/audit/view?id={id}",
	.sort = "-at",
	.select = "a.id, a.at, u.name AS actor, p.name AS party, a.op, a.entity, a.entity_id,"
	    " a.request_id, a.chain, a.seq, IF(a.op <> 'update', NULL,"
	    " LEFT(REPLACE(REPLACE(REPLACE("
	    "JSON_KEYS(JSON_REMOVE(a.after_value, '$.updated_at', '$.version')), '\"', ''), '[',"
	    " ''), ']', ''), 120)) AS changes",
	.from = "audit_log a LEFT JOIN app_user u ON u.id = a.actor_id"
	    " LEFT JOIN party p ON p.id = a.actor_for",
	.count_from = "audit_log a",
	.key = "a.id",
};

static const struct column login_columns[] = {
	{ "at", TYPE_DATETIME, .sort = "e.id" },
	{ "login", TYPE_CODE, .sub = "name" },
	{ "site", TYPE_STATUS, .set = "site" },
	{ "event", TYPE_STATUS, .set = "login_event" },
	{ "ip", TYPE_CODE },
	{ "agent", TYPE_TEXT },
	{ 0 }
};

static const struct filter login_filters[] = {
	{ { "q", TYPE_SEARCH }, "e.login LIKE ? OR e.ip LIKE ?", 2, true },
	{ { "site", TYPE_SELECT, .set = "site", .options = sites }, "e.site = ?" },
	{ { "event", TYPE_SELECT, .set = "login_event", .options = events }, "e.event = ?" },
	{ { "from", TYPE_DATE }, SINCE("e.at") },
	{ { "to", TYPE_DATE }, UNTIL("e.at") },
	{ 0 }
};

static const struct list logins = {
	.name = "logins",
	.columns = login_columns,
	.filters = login_filters,
	.sort = "-at",
	.select = "e.id, e.at, e.login, u.name, e.site, e.event, e.ip, agent_name(e.agent) AS"
	    " agent",
	.from = "login_event e LEFT JOIN app_user u ON u.id = e.user_id",
	.count_from = "login_event e",
	.key = "e.id",
};

static const struct column record[] = {
	{ "at", TYPE_DATETIME },
	{ "actor", TYPE_TEXT, .sub = "login" },
	{ "party", TYPE_TEXT },
	{ "entity", TYPE_STATUS, .set = "entity" },
	{ "entity_id", TYPE_CODE },
	{ "op", TYPE_STATUS, .set = "audit_op" },
	{ "request_id", TYPE_CODE },
	{ "chain", TYPE_CODE },
	{ "seq", TYPE_INT },
	{ "hash", TYPE_CODE },
	{ "prev", TYPE_CODE },
	{ 0 }
};

static const struct column change_columns[] = {
	{ "column_name", TYPE_CODE },
	{ "value_before", TYPE_TEXT },
	{ "value_after", TYPE_TEXT },
	{ 0 }
};

static const struct column chain_columns[] = {
	{ "chain", TYPE_CODE, .sub = "party", .href = "/audit/verify?chain={chain}" },
	{ "seq", TYPE_INT },
	{ "hash", TYPE_CODE },
	{ 0 }
};

static const struct column fault_columns[] = {
	{ "chain", TYPE_CODE },
	{ "seq", TYPE_INT, .href = "/audit/view?id={id}" },
	{ "fault", TYPE_STATUS, .set = "audit_fault" },
	{ 0 }
};

static const struct field view_fields[] = {
	{ "id", TYPE_INT, REQUIRED, 1 },
	{ 0 }
};

static const struct field verify_fields[] = {
	{ "chain", TYPE_CODE, .max = 40 },
	{ "seq", TYPE_INT },
	{ 0 }
};

static int
audit_list(struct req *r)
{
	x_action(r->heading, "logins", "get", "/audit/logins");
	x_action(r->heading, "chains", "get", "/audit/chains");
	return list_page(r, &trail);
}

static int
audit_logins(struct req *r)
{
	req_trail(r, "audit", "/audit/");
	return list_page(r, &logins);
}

static int
audit_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *a = req_query(r, GET_ONE, I(id));

	if (a->n == 0)
		return 404;
	req_trail(r, "audit", "/audit/");
	x_link(r->heading, "history", pool_printf(r->pool, "/audit/?entity=%s&entity_id=%s",
	    row_str(a, 0, "entity"), row_str(a, 0, "entity_id")));
	x_record(r->page, "audit", a, record);
	x_list(r, "audit-changes", req_query(r, CHANGES, I(id)), change_columns, NULL);
	return 200;
}

static int
audit_chains(struct req *r)
{
	const struct rows *chains = req_query(r, CHAINS);

	req_trail(r, "audit", "/audit/");
	x_flag(x_action(r->heading, "verify", "get", "/audit/verify"), "primary", true);
	x_list(r, "audit-chains", chains, chain_columns, NULL);
	return 200;
}

/* A row that is gone has no number, so they are counted here. */
static void
add_faults(struct req *r, const struct rows *faults)
{
	xmlNodePtr list = x_table(r->page, "list", "audit-faults", fault_columns);

	for (size_t i = 0; i < faults->n; i++) {
		xmlNodePtr row = x_row(list, faults, i, fault_columns, NULL);

		xmlUnsetProp(row, (const xmlChar *)"id");
		x_attr_int(row, "id", (int64_t)i + 1);
	}
}

/*
 * Rows of a chain behind a number, or the newest of all, hashed again: what does not
 * fit is listed.  The whole trail is read by sql/audit-verify.
 */
static int
audit_verify(struct req *r)
{
	const char *chain = req_str(r, "chain");
	const struct rows *done = req_query(r, VERIFY, S(chain), I(req_int(r, "seq", 0)),
	    I(VERIFY_ROWS));
	const struct rows *faults = done->next;
	xmlNodePtr notice = x_el(r->page, "notice");

	req_trail(r, "audit", "/audit/");
	req_trail(r, "audit.chains", "/audit/chains");
	if (faults == NULL)
		return 500;
	x_attr(notice, "level", faults->n == 0 ? "success" : "danger");
	x_attr(notice, "key", faults->n == 0 ? "notice.audit.sound" : "notice.audit.broken");
	x_value(notice, TYPE_INT, "n", pool_printf(r->pool, "%zu", faults->n));
	x_value(notice, TYPE_INT, "rows", row_str(done, 0, "checked"));
	if (faults->n > 0)
		add_faults(r, faults);
	if (!row_null(done, 0, "last") && row_int(done, 0, "last") < row_int(done, 0, "head"))
		x_action(r->heading, "verify-more", "get", pool_printf(r->pool,
		    "/audit/verify?chain=%s&seq=%s", chain, row_str(done, 0, "last")));
	else
		x_action(r->heading, "chains", "get", "/audit/chains");
	return 200;
}

static const struct route routes[] = {
	{ "/", GET, PERM_AUDIT_VIEW, audit_list, .list = &trail },
	{ "/view", GET, PERM_AUDIT_VIEW, audit_view, view_fields },
	{ "/logins", GET, PERM_AUDIT_VIEW, audit_logins, .list = &logins },
	{ "/chains", GET, PERM_AUDIT_VIEW, audit_chains },
	{ "/verify", GET, PERM_AUDIT_VIEW, audit_verify, verify_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "audit", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

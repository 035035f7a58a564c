/*
 * accounts.c - what customers owe: ageing, open items, statements, credit,
 * collection tasks.
 *
 * Every figure is read from the ledger and the open items; nothing here is kept.
 * The ageing adds up to the balance, and the statement is the one the customer
 * sees in the portal, to the fen.
 */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "list.h"
#include "scope.h"
#include "statement.h"

enum { AGEING, REPS, CUSTOMER, CREDIT, STATEMENT, OVERRIDES, TASKS, TASK, TASK_NEW, TASK_SAVE,
	NSQL };

static const struct sql sql[NSQL] = {
	[AGEING] = { "accounts.ageing", "CALL ageing(?, ?, ?)" },
	[REPS] = { "accounts.reps",
		"SELECT u.id AS value, u.name AS label FROM"
		" (SELECT DISTINCT rep_id FROM customer) c JOIN app_user u ON u.id = c.rep_id"
		" ORDER BY u.name" },
	[CUSTOMER] = { "accounts.customer",
		"SELECT p.id, p.code, p.name AS customer, c.credit_limit, c.terms_kind,"
		" c.terms_days, c.grace_days, c.rep_id, u.name AS rep,"
		" IF(business_day() BETWEEN COALESCE(c.temp_from, '2000-01-01') AND"
		" COALESCE(c.temp_to, '9999-12-31'), c.temp_limit, 0) AS temp_limit, c.temp_to,"
		" IF(c.credit_hold = 1, 'held', 'free') AS hold_state"
		" FROM customer c JOIN party p ON p.id = c.party_id"
		" LEFT JOIN app_user u ON u.id = c.rep_id"
		" WHERE c.party_id = ? AND " IN_SCOPE("c.rep_id", "c.org_unit_id") },
	[CREDIT] = { "accounts.credit", "CALL credit_status(?)" },
	[STATEMENT] = { "accounts.statement", "CALL statement(?, ?, ?)" },
	[OVERRIDES] = { "accounts.overrides",
		"SELECT v.created_at, o.order_no, v.order_id, v.amount, v.available, v.overdue,"
		" v.reason, u.name AS actor, v.expires_on FROM credit_override v"
		" JOIN sales_order o ON o.id = v.order_id JOIN app_user u ON u.id = v.granted_by"
		" WHERE v.party_id = ? ORDER BY v.id DESC LIMIT 20" },
	[TASKS] = { "accounts.tasks",
		"SELECT t.id, t.due_on, t.amount, t.promised_on, t.promised_amount, t.status,"
		" t.note, u.name AS rep FROM collection_task t JOIN app_user u ON u.id = t.owner_id"
		" WHERE t.party_id = ? ORDER BY t.due_on DESC, t.id DESC LIMIT 50" },
	[TASK] = { "accounts.task",
		"SELECT t.*, p.name AS customer FROM collection_task t"
		" JOIN party p ON p.id = t.party_id"
		" JOIN customer c ON c.party_id = t.party_id"
		" WHERE t.id = ? AND " IN_SCOPE("c.rep_id", "c.org_unit_id") },
	[TASK_NEW] = { "accounts.task_new",
		"INSERT INTO collection_task (party_id, owner_id, due_on, amount, note, created_by)"
		" SELECT c.party_id, ?, ?, ?, ?, @actor_id FROM customer c"
		" WHERE c.party_id = ? AND " IN_SCOPE("c.rep_id", "c.org_unit_id") },
	[TASK_SAVE] = { "accounts.task_save",
		"UPDATE collection_task SET due_on = ?, amount = ?, promised_on = ?,"
		" promised_amount = ?, status = ?, note = ?, version = version + 1"
		" WHERE id = ? AND version = ?" },
};

/* ---- ageing ---- */

static const struct column ageing_columns[] = {
	{ "customer", TYPE_TEXT, .sub = "code", .href = "/accounts/view?id={id}" },
	{ "rep", TYPE_TEXT },
	{ "not_due", TYPE_MONEY },
	{ "d30", TYPE_MONEY },
	{ "d60", TYPE_MONEY },
	{ "d90", TYPE_MONEY },
	{ "d180", TYPE_MONEY },
	{ "d365", TYPE_MONEY },
	{ "older", TYPE_MONEY },
	{ "unallocated", TYPE_MONEY },
	{ "balance", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

static const struct field ageing_fields[] = {
	{ "day", TYPE_DATE },
	{ "rep", TYPE_SELECT },
	{ 0 }
};

static int
account_list(struct req *r)
{
	const char *day = req_given(r, "day") ? req_str(r, "day") : req_today(r);
	const char *values[] = { day, req_str(r, "rep") };
	const struct rows *rows = req_query(r, AGEING, I(0), I(req_int(r, "rep", 0)), D(day));
	xmlNodePtr list = list_paged(r, "ageing", rows, ageing_columns, "/accounts/view?id={id}");

	if (req_may(r, PERM_COLLECTION_EDIT))
		x_action(r->heading, "collection", "get", "/accounts/tasks");
	x_attr_int(list, "total", (int64_t)rows->n);
	list_filter(r, list, ageing_fields, values);
	form_options(list, "rep", req_query(r, REPS));
	return 200;
}

/* ---- one customer's account ---- */

static const struct column facts[] = {
	{ "customer", TYPE_TEXT, .sub = "code", .href = "/parties/view?id={id}" },
	{ "rep", TYPE_TEXT },
	{ "terms_kind", TYPE_STATUS, .set = "terms" },
	{ "terms_days", TYPE_INT },
	{ "grace_days", TYPE_INT },
	{ "temp_limit", TYPE_MONEY },
	{ "temp_to", TYPE_DATE },
	{ "hold_state", TYPE_STATUS, .set = "hold" },
	{ 0 }
};

static const struct column credit_facts[] = {
	{ "credit_limit", TYPE_MONEY },
	{ "exposure", TYPE_MONEY },
	{ "available", TYPE_MONEY, .emphasis = true },
	{ "overdue", TYPE_MONEY },
	{ 0 }
};

static const struct column override_columns[] = {
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={order_id}" },
	{ "created_at", TYPE_DATETIME },
	{ "amount", TYPE_MONEY },
	{ "available", TYPE_MONEY },
	{ "overdue", TYPE_MONEY },
	{ "reason", TYPE_TEXT },
	{ "actor", TYPE_TEXT },
	{ "expires_on", TYPE_DATE },
	{ 0 }
};

static const struct column task_columns[] = {
	{ "due_on", TYPE_DATE, .href = "/accounts/task?id={id}" },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "collection" },
	{ "promised_on", TYPE_DATE },
	{ "promised_amount", TYPE_MONEY },
	{ "rep", TYPE_TEXT },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct field task_new_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "due_on", TYPE_DATE, REQUIRED },
	{ "amount", TYPE_MONEY, REQUIRED },
	{ "note", TYPE_TEXT, .max = 400 },
	{ 0 }
};

/* The customer asked for, as the head of a page; NULL: not one of the user's. */
static const struct rows *
customer_head(struct req *r, const char *page)
{
	const struct rows *c = req_query(r, CUSTOMER, I(req_int(r, "id", 0)));

	if (c->n == 0)
		return NULL;
	req_page(r, page);
	req_title(r, row_str(c, 0, "customer"));
	req_trail(r, "accounts", "/accounts/");
	return c;
}

/* The last result of a CALL. */
static const struct rows *
last_result(const struct rows *rows)
{
	while (rows->next != NULL)
		rows = rows->next;
	return rows;
}

static int
account_view(struct req *r)
{
	const struct rows *c = customer_head(r, "view");
	const struct rows *ageing;
	int64_t id = req_int(r, "id", 0);
	const char *today = req_today(r);

	if (c == NULL)
		return 404;
	ageing = req_query(r, AGEING, I(id), I(0), D(today));
	x_flag(x_action(r->heading, "statement", "get",
	    x_href(r->pool, "/accounts/statement?id={id}", c, 0)), "primary", true);
	x_record(r->page, "credit", req_query(r, CREDIT, I(id)), credit_facts);
	x_list(r, "ageing", ageing, statement_ageing, NULL);
	statement_open(r, last_result(req_query(r, STATEMENT, I(id), D(today), D(today))));
	x_record(r->page, "account", c, facts);
	x_list(r, "collection", req_query(r, TASKS, I(id)), task_columns, "/accounts/task?id={id}");
	if (req_may(r, PERM_COLLECTION_EDIT))
		form_action(x_form(r, "collection-new", "/accounts/task-new", task_new_fields, c),
		    "add");
	x_list(r, "overrides", req_query(r, OVERRIDES, I(id)), override_columns, NULL);
	return 200;
}

/* ---- statement ---- */

static const struct field statement_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	STATEMENT_FIELDS,
	{ 0 }
};

static int
statement_view(struct req *r)
{
	const struct rows *c = customer_head(r, "statement");
	struct period period;

	if (c == NULL)
		return 404;
	req_trail(r, "account", x_href(r->pool, "/accounts/view?id={id}", c, 0));
	period = statement_period(r);
	statement_show(r, req_query(r, STATEMENT, I(req_int(r, "id", 0)), D(period.from),
	    D(period.to)), period);
	return 200;
}

/* ---- collection tasks (F082) ---- */

static const char *const task_states[] = { "open", "promised", "done", "dropped", NULL };
static const char *const asked_states[] = { "live", "open", "promised", "done", "dropped", NULL };
static const char *const whose[] = { "mine", "others", NULL };

static const struct column tasks_columns[] = {
	{ "customer", TYPE_TEXT, .sub = "code" },
	{ "due_on", TYPE_DUE, .sort = "t.due_on" },
	{ "amount", TYPE_MONEY, .sort = "t.amount" },
	{ "status", TYPE_STATUS, .set = "collection" },
	{ "promised_on", TYPE_DATE },
	{ "promised_amount", TYPE_MONEY },
	{ "rep", TYPE_TEXT },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct filter tasks_filters[] = {
	{ { "q", TYPE_SEARCH }, "p.name LIKE ? OR p.pinyin LIKE ? OR p.code LIKE ?", 3, true },
	{ { "status", TYPE_SELECT, .set = "collection", .options = asked_states },
	    "t.status = ? OR (? = 'live' AND t.status IN ('open', 'promised'))", 2 },
	{ { "whose", TYPE_SELECT, .set = "whose", .options = whose },
	    "(? = 'mine') = (t.owner_id = @actor_id)" },
	{ 0 }
};

static const struct view tasks_views[] = {
	{ "all", "" },
	{ "mine", "whose=mine&status=live", true },
	{ "live", "status=live", true },
	{ "promised", "status=promised" },
	{ 0 }
};

static const struct list tasks = {
	.name = "collection-tasks",
	.columns = tasks_columns,
	.filters = tasks_filters,
	.views = tasks_views,
	.row_href = "/accounts/task?id={id}",
	.sort = "due_on",
	.select = "t.id, p.code, p.name AS customer,"
	    " IF(t.status IN ('open', 'promised'), t.due_on, NULL) AS due_on, t.amount, t.status,"
	    " t.promised_on, t.promised_amount, u.name AS rep, t.note",
	.from = "collection_task t JOIN party p ON p.id = t.party_id"
	    " JOIN customer c ON c.party_id = t.party_id JOIN app_user u ON u.id = t.owner_id",
	.where = IN_SCOPE("c.rep_id", "c.org_unit_id"),
	.key = "t.id",
};

static int
task_list(struct req *r)
{
	req_trail(r, "accounts", "/accounts/");
	return list_page(r, &tasks);
}

static const struct field task_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "due_on", TYPE_DATE, REQUIRED },
	{ "amount", TYPE_MONEY, REQUIRED },
	{ "status", TYPE_SELECT, REQUIRED, .set = "collection", .options = task_states },
	{ "promised_on", TYPE_DATE },
	{ "promised_amount", TYPE_MONEY },
	{ "note", TYPE_TEXTAREA, .max = 400 },
	{ 0 }
};

static int
task_new(struct req *r)
{
	const struct rows *c = req_query(r, CUSTOMER, I(req_int(r, "id", 0)));

	if (c->n == 0)
		return 404;
	if (req_exec(r, TASK_NEW, row_null(c, 0, "rep_id") ? I(r->user.id) :
	    I(row_int(c, 0, "rep_id")),
	    D(req_str(r, "due_on")), M(req_str(r, "amount")), T(req_str(r, "note")),
	    I(req_int(r, "id", 0))) == 0)
		return 409;
	req_notice(r, "saved");
	return req_redirect(r, "/accounts/view?id=%lld", (long long)req_int(r, "id", 0));
}

static int
task_form(struct req *r)
{
	const struct rows *t = req_query(r, TASK, I(req_int(r, "id", 0)));

	if (t->n == 0)
		return 404;
	req_page(r, "task");
	req_title(r, row_str(t, 0, "customer"));
	req_trail(r, "accounts", "/accounts/");
	req_trail(r, "account", x_href(r->pool, "/accounts/view?id={party_id}", t, 0));
	form_action(x_form(r, "collection-task", "/accounts/task", task_fields, t), "save");
	return 200;
}

static int
task_save(struct req *r)
{
	const struct rows *t = req_query(r, TASK, I(req_int(r, "id", 0)));

	if (t->n == 0)
		return 404;
	if (strcmp(req_str(r, "status"), "promised") == 0 && !req_given(r, "promised_on")) {
		req_error(r, "promised_on", "required", NULL);
		return 422;
	}
	if (req_exec(r, TASK_SAVE, D(req_str(r, "due_on")), M(req_str(r, "amount")),
	    D(req_str(r, "promised_on")), M(req_str(r, "promised_amount")), S(req_str(r, "status")),
	    T(req_str(r, "note")), I(req_int(r, "id", 0)), I(req_int(r, "_version", 0))) == 0)
		return 409;
	req_notice(r, "saved");
	return req_redirect(r, "/accounts/view?id=%s", row_str(t, 0, "party_id"));
}

static const struct field id_field[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ 0 }
};

static const struct route routes[] = {
	{ "/", GET, PERM_ACCOUNT_VIEW, account_list, ageing_fields },
	{ "/view", GET, PERM_ACCOUNT_VIEW, account_view, id_field },
	{ "/statement", GET, PERM_ACCOUNT_VIEW, statement_view, statement_fields },
	{ "/tasks", GET, PERM_COLLECTION_EDIT, task_list, .list = &tasks },
	{ "/task-new", POST, PERM_COLLECTION_EDIT, task_new, task_new_fields, account_view },
	{ "/task", GET, PERM_COLLECTION_EDIT, task_form, id_field },
	{ "/task", POST, PERM_COLLECTION_EDIT, task_save, task_fields, task_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "accounts", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

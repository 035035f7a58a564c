/*
 * assignments.c - who looks after which terminal, from which day to which.
 *
 * Responsibility is told from a day on, and only for months that are not locked: what was so before
 * stays.  Whoever sees only some departments tells it of terminals that people of those have, or
 * that nobody has in the provinces of those, and gives them to people of those.  (Whole lists of
 * a rep change hands in transfers.c.)
 */
#include "audience.h"
#include "form.h"
#include "json.h"
#include "list.h"
#include "scope.h"

enum { REPS, UNITS, GROUPS, SEES_POOL, TERMINAL, HISTORY, NOW, FOREIGN, REP, SET, NSQL };

#define TERMINAL_ROLES "('hospital', 'pharmacy', 'chain', 'clinic')"
#define MINE IN_SCOPE("u.id", "u.org_unit_id")
#define ON_DAY(day) day " BETWEEN a.valid_from AND COALESCE(a.valid_to, '9999-12-31')"
#define NOBODYS(party) "NOT EXISTS (SELECT 1 FROM terminal_assignment a" \
	" WHERE a.party_id = " party " AND " ON_DAY("business_day()") ")"
#define GROUP_COLUMNS "IF(a.product_group_id IS NULL, 'all', 'group') AS scope," \
	" g.name AS product_group"
#define STATE "CASE WHEN a.valid_from > business_day() THEN 'planned'" \
	" WHEN a.valid_to < business_day() THEN 'ended' ELSE 'current' END AS state"

static const struct sql sql[NSQL] = {
	[REPS] = { "assignments.reps",
		"SELECT u.id AS value, u.name AS label FROM app_user u WHERE u.site = 'office'"
		" AND EXISTS (SELECT 1 FROM terminal_assignment a WHERE a.user_id = u.id)"
		" AND " MINE " ORDER BY u.name" },
	[UNITS] = { "assignments.units",
		"SELECT DISTINCT o.id AS value, o.name AS label FROM org_unit o"
		" JOIN app_user u ON u.org_unit_id = o.id AND u.site = 'office'"
		" WHERE o.status = 'active' AND " MINE " ORDER BY o.path" },
	[GROUPS] = { "assignments.groups",
		"SELECT id AS value, name AS label FROM product_group ORDER BY name" },
	[SEES_POOL] = { "assignments.sees_pool",
		"SELECT EXISTS (SELECT 1 FROM org_unit o WHERE @actor_scope = 'all'"
		" OR (o.provinces <> '' AND " IN_SCOPE("NULL", "o.id") ")) AS yes" },
	[TERMINAL] = { "assignments.terminal",
		"SELECT y.id, y.name, y.code, y.status, g.name AS region,"
		" (SELECT MIN(o.role) FROM party_role o WHERE o.party_id = y.id"
		" AND o.role IN " TERMINAL_ROLES ") AS role, assignment_state(y.id) AS version"
		" FROM party y LEFT JOIN region g ON g.code = y.region_code WHERE y.id = ?"
		" AND EXISTS (SELECT 1 FROM party_role o WHERE o.party_id = y.id"
		" AND o.role IN " TERMINAL_ROLES ")"
		" AND (@actor_scope = 'all' OR EXISTS (SELECT 1 FROM terminal_assignment a"
		" JOIN app_user u ON u.id = a.user_id WHERE a.party_id = y.id AND " MINE ")"
		" OR (" NOBODYS("y.id") " AND " POOL_IN_SCOPE("y.province") "))" },
	[HISTORY] = { "assignments.history",
		"SELECT a.id, a.party_id, u.name AS rep, o.name AS unit, " GROUP_COLUMNS ","
		" a.share, a.valid_from, a.valid_to, " STATE ", m.name AS maker, a.created_at,"
		" IF(COALESCE(a.valid_to, business_day()) >= business_day() AND " MINE ","
		" u.login, NULL) AS login"
		" FROM terminal_assignment a JOIN app_user u ON u.id = a.user_id"
		" LEFT JOIN org_unit o ON o.id = u.org_unit_id"
		" LEFT JOIN product_group g ON g.id = a.product_group_id"
		" LEFT JOIN app_user m ON m.id = a.created_by"
		" WHERE a.party_id = ? ORDER BY a.group_key, a.valid_from DESC, a.share DESC, a.id"
		" LIMIT 200" },
	[NOW] = { "assignments.now",
		"SELECT u.login AS rep, ROUND(a.share * 100, 2) AS share FROM terminal_assignment a"
		" JOIN app_user u ON u.id = a.user_id WHERE a.party_id = ? AND a.group_key = ?"
		" AND " ON_DAY("business_day()") " ORDER BY a.share DESC, a.id" },
	[FOREIGN] = { "assignments.foreign",
		"SELECT u.name FROM terminal_assignment a JOIN app_user u ON u.id = a.user_id"
		" WHERE a.party_id = ? AND a.group_key = ?"
		" AND COALESCE(a.valid_to, '9999-12-31') >= ? AND NOT " MINE " LIMIT 1" },
	[REP] = { "assignments.rep",
		"SELECT u.id, u.login, u.name, u.status FROM app_user u"
		" WHERE u.site = 'office' AND u.login = ? AND " MINE },
	[SET] = { "assignments.set", "CALL assignment_set(?, ?, ?, ?, ?)" },
};

/* ---- the list: as of today, another day, or what is planned or past ---- */

static const char *const states[] = { "current", "planned", "ended", NULL };

static const struct column columns[] = {
	{ "terminal", TYPE_TEXT, .sub = "code", .sort = "y.name" },
	{ "region", TYPE_TEXT, .sort = "y.region_code" },
	{ "scope", TYPE_STATUS, .set = "assignment_scope", .sub = "product_group" },
	{ "rep", TYPE_TEXT, .sub = "unit", .sort = "u.name" },
	{ "share", TYPE_PERCENT, .sort = "a.share" },
	{ "valid_from", TYPE_DATE, .sort = "a.valid_from" },
	{ "valid_to", TYPE_DATE },
	{ "state", TYPE_STATUS, .set = "assignment" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH, .max = 60 }, "y.name LIKE ? OR y.pinyin LIKE ?", 2, true,
	    .number = "y.code LIKE ? OR y.name LIKE CONCAT('%', ?)", .numbers = 2 },
	{ { "rep", TYPE_SELECT }, "a.user_id = ?" },
	{ { "unit", TYPE_SELECT }, "u.org_unit_id = ?" },
	{ { "region", TYPE_LOOKUP, .max = 12, .href = "/suggest/regions" },
	    "y.region_code LIKE CONCAT(?, '%')" },
	{ { "group", TYPE_SELECT }, "a.product_group_id = ?" },
	{ { "day", TYPE_DATE }, ON_DAY("?") },
	{ { "state", TYPE_SELECT, .set = "assignment", .options = states },
	    "? = CASE WHEN a.valid_from > business_day() THEN 'planned'"
	    " WHEN a.valid_to < business_day() THEN 'ended' ELSE 'current' END" },
	{ 0 }
};

static const struct view views[] = {
	{ "current", "" },
	{ "planned", "state=planned" },
	{ "ended", "state=ended" },
	{ "pool", "/assignments/pool" },
	{ 0 }
};

static const struct list assignments = {
	.name = "assignments",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/assignments/view?id={party_id}",
	.sort = "terminal",
	.select = "a.id, a.party_id, y.name AS terminal, y.code, r.name AS region, "
	    GROUP_COLUMNS ", u.name AS rep, o.name AS unit, a.share, a.valid_from, a.valid_to, "
	    STATE,
	.from = "terminal_assignment a JOIN party y ON y.id = a.party_id"
	    " JOIN app_user u ON u.id = a.user_id LEFT JOIN org_unit o ON o.id = u.org_unit_id"
	    " LEFT JOIN region r ON r.code = y.region_code"
	    " LEFT JOIN product_group g ON g.id = a.product_group_id",
	.where = "(? <> '' OR ? <> '' OR " ON_DAY("business_day()") ") AND " MINE,
	.key = "a.id",
};

static int
assignment_list(struct req *r)
{
	struct list shown = assignments;
	int status;

	if (row_int(req_query(r, SEES_POOL), 0, "yes") == 0)
		shown.views = NULL;
	if (req_may(r, PERM_ASSIGNMENT_EDIT))
		x_flag(x_action(r->heading, "assignment.transfer", "get", "/transfers/"),
		    "primary", true);
	status = list_page(r, &shown, S(req_str(r, "day")), S(req_str(r, "state")));
	form_options(r->page, "rep", req_query(r, REPS));
	form_options(r->page, "unit", req_query(r, UNITS));
	form_options(r->page, "group", req_query(r, GROUPS));
	return status;
}

/* Terminals nobody has today: each is for the heads of the departments of its province to give. */
static const struct column pool_columns[] = {
	{ "terminal", TYPE_TEXT, .sub = "code", .sort = "y.name" },
	{ "region", TYPE_TEXT, .sort = "y.region_code" },
	{ "role", TYPE_STATUS, .set = "party_role" },
	{ "last_to", TYPE_DATE },
	{ 0 }
};

static const struct filter pool_filters[] = {
	{ { "q", TYPE_SEARCH, .max = 60 }, "y.name LIKE ? OR y.pinyin LIKE ? OR y.code LIKE ?", 3,
	    true },
	{ { "region", TYPE_LOOKUP, .max = 12, .href = "/suggest/regions" },
	    "y.region_code LIKE CONCAT(?, '%')" },
	{ 0 }
};

static const struct view pool_views[] = {
	{ "current", "/assignments/" },
	{ "planned", "/assignments/?state=planned" },
	{ "ended", "/assignments/?state=ended" },
	{ "pool", "" },
	{ 0 }
};

static const struct list pool = {
	.name = "assignment-pool",
	.columns = pool_columns,
	.filters = pool_filters,
	.views = pool_views,
	.row_href = "/assignments/view?id={id}",
	.sort = "terminal",
	.select = "y.id, y.name AS terminal, y.code, r.name AS region,"
	    " (SELECT MIN(o.role) FROM party_role o WHERE o.party_id = y.id"
	    " AND o.role IN " TERMINAL_ROLES ") AS role,"
	    " (SELECT MAX(a.valid_to) FROM terminal_assignment a WHERE a.party_id = y.id)"
	    " AS last_to",
	.from = "party y LEFT JOIN region r ON r.code = y.region_code",
	.where = "y.status <> 'closed'"
	    " AND EXISTS (SELECT 1 FROM party_role o WHERE o.party_id = y.id"
	    " AND o.role IN " TERMINAL_ROLES ")"
	    " AND " NOBODYS("y.id") " AND " POOL_IN_SCOPE("y.province"),
	.key = "y.id",
};

static int
pool_list(struct req *r)
{
	req_page(r, "pool");
	return list_page(r, &pool);
}

/* ---- one terminal ---- */

static const struct column facts[] = {
	{ "name", TYPE_TEXT, .sub = "code", .href = "/parties/view?id={id}" },
	{ "role", TYPE_STATUS, .set = "party_role" },
	{ "region", TYPE_TEXT },
	{ 0 }
};

static const struct column history_columns[] = {
	{ "rep", TYPE_TEXT, .sub = "unit" },
	{ "scope", TYPE_STATUS, .set = "assignment_scope", .sub = "product_group" },
	{ "share", TYPE_PERCENT },
	{ "valid_from", TYPE_DATE },
	{ "valid_to", TYPE_DATE },
	{ "state", TYPE_STATUS, .set = "assignment" },
	{ "maker", TYPE_TEXT },
	{ 0 }
};

static const struct rows *
begin(struct req *r, const char *page)
{
	const struct rows *t = req_query(r, TERMINAL, I(req_int(r, "id", 0)));

	if (t->n == 0)
		return t;
	req_page(r, page);
	req_title(r, row_str(t, 0, "name"));
	req_trail(r, "assignments", "/assignments/");
	return t;
}

static int
terminal_view(struct req *r)
{
	const struct rows *t = begin(r, "view");
	const struct rows *history;
	xmlNodePtr list;

	if (t->n == 0)
		return 404;
	if (req_may(r, PERM_ASSIGNMENT_EDIT))
		x_flag(x_action(r->heading, "assign", "get",
		    x_href(r->pool, "/assignments/assign?id={id}", t, 0)), "primary", true);
	x_link(r->heading, "flows", x_href(r->pool, "/flows/?party={code}", t, 0));
	x_record(r->page, "assignment-terminal", t, facts);
	history = req_query(r, HISTORY, I(req_int(r, "id", 0)));
	list = x_table(r->page, "list", "assignment-history", history_columns);
	for (size_t i = 0; i < history->n; i++) {
		xmlNodePtr row = x_row(list, history, i, history_columns, NULL);

		if (req_may(r, PERM_ASSIGNMENT_EDIT) && !row_null(history, i, "login"))
			x_action(row, "assignment.transfer", "get", x_href(r->pool,
			    "/transfers/?from={login}&terminal={party_id}", history, i));
	}
	return 200;
}

/* ---- who has it from a day on ---- */

enum { PEOPLE = 4, FIRST_CELL = 3 };

static const struct field assign_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "since", TYPE_DATE, REQUIRED },
	{ "group", TYPE_SELECT },
	{ "rep", TYPE_LOOKUP, MANY, .max = 60, .href = "/suggest/reps" },
	{ "share", TYPE_PERCENT, MANY, 1, 100 },
	{ 0 }
};

static const struct column people_columns[] = {
	{ "rep", TYPE_TEXT },
	{ "share", TYPE_PERCENT },
	{ 0 }
};

static int
assign_form(struct req *r)
{
	const struct rows *t = begin(r, "assign");
	const struct rows *now = req_query(r, NOW, I(req_int(r, "id", 0)),
	    I(req_int(r, "group", 0)));
	xmlNodePtr form, grid;

	if (t->n == 0)
		return 404;
	form = x_form(r, "assign", "/assignments/assign", assign_fields, t);
	form_options(form, "group", req_query(r, GROUPS));
	grid = x_table(form, "grid", "assignment-people", people_columns);
	for (int64_t i = 1; i <= PEOPLE; i++) {
		xmlNodePtr row = x_el(grid, "row");

		x_attr_int(row, "id", i);
		for (const struct field *f = assign_fields + FIRST_CELL; f->name != NULL; f++)
			form_field(r, row, f, pool_printf(r->pool, "%s.%lld", f->name,
			    (long long)i), r->again ? req_at(r, f->name, i) :
			    (size_t)i <= now->n ? row_str(now, (size_t)i - 1, f->name) : NULL);
	}
	form_action(form, "save");
	x_action(form, "cancel", "get", x_href(r->pool, "/assignments/view?id={id}", t, 0));
	return 200;
}

static bool
is_empty(const char *value)
{
	return value == NULL || value[0] == '\0';
}

/* The people of the grid as the routine takes them; errors stand beside the cells. */
static const char *
read_people(struct req *r)
{
	struct json *people = json_array(r->pool);

	for (int64_t i = 1; i <= PEOPLE; i++) {
		const char *login = req_at(r, "rep", i), *share = req_at(r, "share", i);
		const struct rows *rep;

		if (is_empty(login) && is_empty(share))
			continue;
		rep = req_query(r, REP, S(is_empty(login) ? "" : login));
		if (rep->n == 0)
			req_error(r, pool_printf(r->pool, "rep.%lld", (long long)i),
			    "assignment.rep", NULL);
		if (is_empty(share))
			req_error(r, pool_printf(r->pool, "share.%lld", (long long)i), "required",
			    NULL);
		if (!req_good(r))
			continue;
		json_object(people);
		json_int(people, "row", i);
		json_int(people, "user", row_int(rep, 0, "id"));
		json_text(people, "share", share);
	}
	return json_end(people);
}

static int
assign_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0), group = req_int(r, "group", 0);
	const char *people = read_people(r);
	const struct rows *other;

	form_offered(r, "group", req_query(r, GROUPS));
	if (req_query(r, TERMINAL, I(id))->n == 0)
		return 404;
	other = req_query(r, FOREIGN, I(id), I(group), D(req_str(r, "since")));
	if (other->n > 0)
		req_error(r, "since", "assignment.foreign", "who", row_str(other, 0, "name"), NULL);
	if (!req_good(r))
		return 422;
	return req_done(r, req_query(r, SET, I(id), arg_id(group), D(req_str(r, "since")),
	    S(people), I(req_int(r, "_version", 0))), "assignment.set",
	    "/assignments/view?id=%lld", (long long)id);
}

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, assignment_list, .list = &assignments },
	{ "/pool", GET, PERM_FLOW_VIEW, pool_list, .list = &pool },
	{ "/view", GET, PERM_FLOW_VIEW, terminal_view, id_field },
	{ "/assign", GET, PERM_ASSIGNMENT_EDIT, assign_form, assign_fields },
	{ "/assign", POST, PERM_ASSIGNMENT_EDIT, assign_save, assign_fields, assign_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "assignments", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

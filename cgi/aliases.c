/*
 * aliases.c - what was learned of names: the spellings of one sender, and aliases for all.
 *
 * Who taught it, and how many rows it decides, stand beside it.  A wrong alias is ended, not
 * edited: a sender's spelling waits in the queue again, an alias for all is used no more.
 */
#include "form.h"
#include "list.h"
#include "scope.h"

enum { MINE, END_OWN, END_GLOBAL, NSQL };

static const struct sql sql[NSQL] = {
	[MINE] = { "aliases.mine",
		"SELECT n.id FROM flow_name n WHERE n.id = ? AND " NAMES_IN_SCOPE("n.sender_id") },
	[END_OWN] = { "aliases.end_own", "CALL flow_name_decide(?, ?, 'queued', NULL, NULL, 0)" },
	[END_GLOBAL] = { "aliases.end_global", "CALL name_alias_end(?)" },
};

static const char *const whats[] = { "party", "product", NULL };
static const char *const states[] = { "matched", "foreign", NULL };
static const char *const lives[] = { "live", "ended", NULL };

static const struct view views[] = {
	{ "own", "/aliases/" },
	{ "global", "/aliases/global" },
	{ 0 }
};

#define WHAT(t) { { "what", TYPE_SELECT, .set = "flow_what", .options = whats }, t ".what = ?" }
#define TARGET(t) \
	" LEFT JOIN party p ON " t ".what = 'party' AND p.id = " t ".target_id" \
	" LEFT JOIN product d ON " t ".what = 'product' AND d.id = " t ".target_id"
#define TARGET_NAMED " COALESCE(p.name, CONCAT_WS(' ', d.generic_name, d.pack_spec)) AS target," \
	" COALESCE(p.code, d.code) AS code"

/* ---- spellings of one sender ---- */

static const struct column own_columns[] = {
	{ "name", TYPE_TEXT, .sub = "more", .href = "/matching/?view=people&open={id}",
	    .sort = "n.name" },
	{ "sender", TYPE_TEXT, .sort = "s.name" },
	{ "state", TYPE_STATUS, .set = "name_state" },
	{ "target", TYPE_TEXT, .sub = "code" },
	{ "factor", TYPE_QTY, .optional = true },
	{ "row_count", TYPE_INT, .sort = "n.row_count" },
	{ "taught_by", TYPE_TEXT, .sort = "u.name" },
	{ "taught_at", TYPE_DATETIME, .sort = "n.decided_at" },
	{ "last_seen", TYPE_DATE, .sort = "n.last_seen", .optional = true },
	{ 0 }
};

static const struct filter own_filters[] = {
	{ { "q", TYPE_SEARCH }, "n.name LIKE ? OR n.code LIKE ? OR n.norm LIKE ? OR p.name LIKE ?"
	    " OR d.generic_name LIKE ?", 5, true },
	WHAT("n"),
	{ { "sender", TYPE_LOOKUP, .href = "/suggest/parties" },
	    "n.sender_id = (SELECT y.id FROM party y WHERE y.code = ?)" },
	{ { "state", TYPE_SELECT, .set = "name_state", .options = states }, "n.state = ?" },
	{ { "taught_by", TYPE_TEXT, .max = 60 }, "u.name LIKE ?", 1, true },
	{ 0 }
};

static const struct list own = {
	.name = "aliases",
	.columns = own_columns,
	.filters = own_filters,
	.views = views,
	.action = "alias.end",
	.action_href = "/aliases/end?name={id}&version={version}",
	.action_perm = PERM_FLOW_MATCH,
	.sort = "-taught_at",
	.select = "n.id, n.version, n.name, CONCAT_WS(' · ', NULLIF(n.extra, ''),"
	    " NULLIF(n.unit, ''), NULLIF(n.maker, ''), NULLIF(n.code, '')) AS more,"
	    " s.name AS sender, n.state,"
	    TARGET_NAMED ", ROUND(n.factor, 4) AS factor, n.row_count, u.name AS taught_by,"
	    " n.decided_at AS taught_at, n.last_seen",
	.from = "flow_name n JOIN party s ON s.id = n.sender_id"
	    " JOIN app_user u ON u.id = n.decided_by" TARGET("n"),
	.where = "n.state <> 'queued' AND " NAMES_IN_SCOPE("n.sender_id"),
	.key = "n.id",
};

static int
own_list(struct req *r)
{
	req_page(r, "");
	req_trail(r, "matching", "/matching/");
	return list_page(r, &own);
}

/* ---- aliases for all ---- */

static const struct column global_columns[] = {
	{ "name", TYPE_TEXT, .sort = "a.norm" },
	{ "what", TYPE_STATUS, .set = "flow_what" },
	{ "target", TYPE_TEXT, .sub = "code" },
	{ "factor", TYPE_QTY, .optional = true },
	{ "row_count", TYPE_INT },
	{ "source", TYPE_STATUS, .set = "alias_source" },
	{ "taught_by", TYPE_TEXT },
	{ "taught_at", TYPE_DATETIME, .sort = "a.created_at" },
	{ "valid_to", TYPE_DATE },
	{ 0 }
};

static const struct filter global_filters[] = {
	{ { "q", TYPE_SEARCH }, "a.norm LIKE ? OR p.name LIKE ? OR d.generic_name LIKE ?", 3,
	    true },
	WHAT("a"),
	{ { "life", TYPE_SELECT, .set = "alias_life", .options = lives },
	    "IF(a.valid_to IS NULL, 'live', 'ended') = ?" },
	{ { "taught_by", TYPE_TEXT, .max = 60 }, "u.name LIKE ?", 1, true },
	{ 0 }
};

static const struct list global = {
	.name = "aliases",
	.columns = global_columns,
	.filters = global_filters,
	.views = views,
	.action = "alias.end",
	.action_href = "/aliases/end?alias={live_id}",
	.action_perm = PERM_FLOW_MATCH,
	.sort = "-taught_at",
	.select = "a.id, IF(a.valid_to IS NULL, a.id, NULL) AS live_id, a.norm AS name, a.what,"
	    TARGET_NAMED ", ROUND(a.factor, 4) AS factor,"
	    " (SELECT SUM(n.row_count) FROM flow_name n WHERE n.what = a.what AND n.norm = a.norm"
	    " AND n.method = 'global' AND n.target_id = a.target_id) AS row_count, a.source,"
	    " u.name AS taught_by, a.created_at AS taught_at, a.valid_to",
	.from = "name_alias a LEFT JOIN app_user u ON u.id = a.created_by" TARGET("a"),
	.key = "a.id",
};

static int
global_list(struct req *r)
{
	req_page(r, "");
	req_trail(r, "matching", "/matching/");
	return list_page(r, &global);
}

/* ---- the end of one ---- */

static const struct field end_fields[] = {
	{ "name", TYPE_INT },
	{ "version", TYPE_INT },
	{ "alias", TYPE_INT },
	{ 0 }
};

static int
alias_end(struct req *r)
{
	bool all = req_given(r, "alias");
	const struct rows *done;

	if (!all && req_query(r, MINE, I(req_int(r, "name", 0)))->n == 0)
		return 404;
	done = all ? req_query(r, END_GLOBAL, I(req_int(r, "alias", 0))) :
	    req_query(r, END_OWN, I(req_int(r, "name", 0)), I(req_int(r, "version", 0)));
	return req_done(r, done, all ? "alias.ended-for-all" : "alias.ended", "/aliases/%s",
	    all ? "global" : "");
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, own_list, .list = &own },
	{ "/global", GET, PERM_FLOW_VIEW, global_list, .list = &global },
	{ "/end", POST, PERM_FLOW_MATCH, alias_end, end_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "aliases", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

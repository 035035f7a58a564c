/*
 * matching.c - names in the reports of distributors that no rule could read: the queue.
 *
 * The largest quantity comes first, what it may be stands beside it, and one click says what it is:
 * for this sender from now on, or for all.  Nothing is overwritten: a row keeps the name it came
 * with, and a decision can be taken back while its month is open.
 */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "list.h"
#include "scope.h"

enum { NAME, CANDIDATES, ROWS, PARTY, PRODUCT, DECIDE, NSQL };

static const struct sql sql[NSQL] = {
	[NAME] = { "matching.name",
		"SELECT n.id, n.version, n.what, n.name, NULLIF(n.code, '') AS code,"
		" NULLIF(n.extra, '') AS extra, NULLIF(n.unit, '') AS unit,"
		" NULLIF(n.maker, '') AS maker, n.state, n.method, n.row_count, n.qty,"
		" n.first_seen, n.last_seen,"
		" n.sender_id, s.name AS sender, ROUND(n.factor, 4) AS factor,"
		" COALESCE(p.name, CONCAT_WS(' ', d.generic_name, d.pack_spec)) AS target,"
		" CONCAT(IF(n.what = 'party', '/parties/view?id=', '/products/view?id='),"
		" n.target_id) AS target_href, u.name AS decided_by, n.decided_at,"
		" IF(EXISTS (SELECT 1 FROM flow_name_past k JOIN period q ON q.period = k.period"
		" AND q.status IN ('open', 'review') WHERE k.name_id = n.id), 'running', NULL)"
		" AS carrying"
		" FROM flow_name n JOIN party s ON s.id = n.sender_id"
		" LEFT JOIN party p ON n.what = 'party' AND p.id = n.target_id"
		" LEFT JOIN product d ON n.what = 'product' AND d.id = n.target_id"
		" LEFT JOIN app_user u ON u.id = n.decided_by"
		" WHERE n.id = ? AND " NAMES_IN_SCOPE("n.sender_id") },
	[CANDIDATES] = { "matching.candidates",
		"SELECT c.target_id AS id, c.score,"
		" COALESCE(c.veto, 'none') AS veto,"
		" COALESCE(p.name, CONCAT_WS(' ', d.generic_name, d.pack_spec)) AS target,"
		" COALESCE(p.address, m.name, p.code, d.code) AS place"
		" FROM flow_candidate c JOIN flow_name n ON n.id = c.name_id"
		" LEFT JOIN party p ON n.what = 'party' AND p.id = c.target_id"
		" LEFT JOIN product d ON n.what = 'product' AND d.id = c.target_id"
		" LEFT JOIN party m ON m.id = d.manufacturer_id"
		" WHERE c.name_id = ? AND COALESCE(p.id, d.id) IS NOT NULL"
		" ORDER BY c.score DESC, c.veto IS NOT NULL, c.target_id LIMIT 5" },
	[ROWS] = { "matching.rows",
		"SELECT r.biz_date, NULLIF(r.lot_no, '') AS lot_no, r.raw_qty, r.amount,"
		" f.name AS file, r.row_no"
		" FROM flow_row r JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'"
		" WHERE (? = 'party' AND r.party_name_id = ?)"
		" OR (? = 'product' AND r.product_name_id = ?)"
		" ORDER BY r.biz_date DESC, r.id DESC LIMIT 5" },
	[PARTY] = { "matching.party", "SELECT id FROM party WHERE code = ?" },
	[PRODUCT] = { "matching.product", "SELECT id FROM product WHERE code = ?" },
	[DECIDE] = { "matching.decide", "CALL flow_name_decide(?, ?, ?, ?, ?, ?)" },
};

static const char *const whats[] = { "party", "product", NULL };
static const char *const states[] = { "matched", "foreign", "queued", NULL };

/* ---- the queue ---- */

static const struct column columns[] = {
	{ "name", TYPE_TEXT, .sub = "more", .sort = "n.name" },
	{ "sender", TYPE_TEXT, .sort = "s.name" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "n.qty", .emphasis = true },
	{ "row_count", TYPE_INT, .sort = "n.row_count" },
	{ "best", TYPE_TEXT, .optional = true },
	{ "state", TYPE_STATUS, .set = "name_state", .optional = true },
	{ "target", TYPE_TEXT, .optional = true },
	{ "last_seen", TYPE_DATE, .sort = "n.last_seen", .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "n.name LIKE ? OR n.code LIKE ? OR s.name LIKE ?", 3, true },
	{ { "what", TYPE_SELECT, .set = "flow_what", .options = whats }, "n.what = ?" },
	{ 0 }
};

static const struct view views[] = {
	{ "queue", "" },
	{ "people", "sort=-last_seen&cols=name,sender,qty,state,target" },
	{ "rules", "sort=-qty&cols=name,sender,qty,target" },
	{ "foreign", "sort=-qty&cols=name,sender,qty,last_seen" },
	{ 0 }
};

static const struct list names = {
	.name = "matching",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/matching/?open={id}",
	.sort = "-qty",
	.select = "n.id, n.name, CONCAT_WS(' · ', NULLIF(n.extra, ''), NULLIF(n.maker, ''),"
	    " NULLIF(n.code, '')) AS more, s.name AS sender, n.qty, NULLIF(n.unit, '') AS unit,"
	    " n.row_count, n.state, n.last_seen,"
	    " COALESCE(p.name, CONCAT_WS(' ', d.generic_name, d.pack_spec)) AS target,"
	    " (SELECT COALESCE(x.name, y.generic_name) FROM flow_candidate c"
	    " LEFT JOIN party x ON n.what = 'party' AND x.id = c.target_id"
	    " LEFT JOIN product y ON n.what = 'product' AND y.id = c.target_id"
	    " WHERE c.name_id = n.id ORDER BY c.score DESC LIMIT 1) AS best",
	.from = "flow_name n JOIN party s ON s.id = n.sender_id"
	    " LEFT JOIN party p ON n.what = 'party' AND p.id = n.target_id"
	    " LEFT JOIN product d ON n.what = 'product' AND d.id = n.target_id",
	/* The same argument four times: the tab. */
	.where = "((? = 'queue' AND n.state = 'queued')"
	    " OR (? = 'people' AND n.state <> 'queued' AND n.decided_by IS NOT NULL)"
	    " OR (? = 'rules' AND n.state = 'matched' AND n.decided_by IS NULL)"
	    " OR (? = 'foreign' AND n.state = 'foreign')) AND " NAMES_IN_SCOPE("n.sender_id"),
	.key = "n.id",
};

static const char *
tab(struct req *r)
{
	const char *name = req_str(r, "view");

	for (const struct view *v = views; v->name != NULL; v++) {
		if (strcmp(v->name, name) == 0)
			return name;
	}
	return views[0].name;
}

/* ---- one name beside the list ---- */

static const struct column received[] = {
	{ "name", TYPE_TEXT, .emphasis = true },
	{ "extra", TYPE_TEXT },
	{ "maker", TYPE_TEXT },
	{ "code", TYPE_CODE },
	{ "sender", TYPE_TEXT, .href = "/parties/view?id={sender_id}" },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "row_count", TYPE_INT },
	{ "last_seen", TYPE_DATE },
	{ 0 }
};

static const struct column understood[] = {
	{ "state", TYPE_STATUS, .set = "name_state" },
	{ "target", TYPE_TEXT, .href = "{target_href}" },
	{ "method", TYPE_STATUS, .set = "name_method" },
	{ "factor", TYPE_QTY },
	{ "decided_by", TYPE_TEXT },
	{ "decided_at", TYPE_DATETIME },
	{ "carrying", TYPE_STATUS, .set = "name_carry" },
	{ 0 }
};

static const struct column candidate_columns[] = {
	{ "target", TYPE_TEXT, .sub = "place" },
	{ "score", TYPE_PERCENT },
	{ "veto", TYPE_STATUS, .set = "name_veto" },
	{ 0 }
};

static const struct column row_columns[] = {
	{ "biz_date", TYPE_DATE },
	{ "lot_no", TYPE_CODE },
	{ "raw_qty", TYPE_QTY },
	{ "file", TYPE_TEXT, .sub = "row_no" },
	{ 0 }
};

enum { OPEN, VERSION, VIEW, AT, NEXT, TARGET, BY_PARTY, BY_PRODUCT, FACTOR, EVERYONE };

static const struct field decide_fields[] = {
	[OPEN] = { "open", TYPE_HIDDEN, REQUIRED },
	[VERSION] = { "version", TYPE_HIDDEN, REQUIRED },
	[VIEW] = { "view", TYPE_HIDDEN },
	[AT] = { "at", TYPE_HIDDEN, .max = 600 },
	[NEXT] = { "next", TYPE_HIDDEN },
	[TARGET] = { "target", TYPE_RADIO },
	[BY_PARTY] = { "party", TYPE_LOOKUP, .max = 20, .href = "/suggest/all" },
	[BY_PRODUCT] = { "product", TYPE_LOOKUP, .max = 20, .href = "/suggest/products" },
	[FACTOR] = { "factor", TYPE_PRICE },
	[EVERYONE] = { "everyone", TYPE_CHECK },
	{ "state", TYPE_SELECT, REQUIRED, .options = states },
	{ 0 }
};

/* The choice of candidates, the best one already taken: one click is enough. */
static void
add_choices(xmlNodePtr form, const struct rows *candidates)
{
	xmlNodePtr field = form_find(form, "target");

	for (size_t i = 0; i < candidates->n; i++)
		form_option(field, row_str(candidates, i, "id"), row_str(candidates, i, "target"),
		    i == 0);
}

static void
add_button(xmlNodePtr form, const char *rel, const char *state)
{
	form_answer(form, rel, "/matching/decide", "state", state);
}

/* A new party with what the report says of it. */
static void
link_new(struct req *r, xmlNodePtr form, const struct rows *name)
{
	if (strcmp(row_str(name, 0, "what"), "party") == 0 && req_may(r, PERM_PARTY_EDIT))
		x_link(form, "new-party", x_href(r->pool, "/parties/edit?name={name}", name, 0));
}

/* The list as it stands, without what is open in it: where a decision leads back to. */
static const char *
place_of(struct req *r)
{
	const char *query = r->query;
	const char *url;

	if (req_given(r, "at"))
		return req_str(r, "at");
	url = strchr(req_url_with(r, "open", NULL), '?');
	r->query = url == NULL ? "" : url + 1;
	url = strchr(req_url_with(r, "last", NULL), '?');
	r->query = query;
	return url == NULL ? "" : url + 1;
}

/* The row behind the one that is open; "" when that is the last. */
static const char *
next_of(struct req *r, xmlNodePtr list)
{
	bool found = false;

	for (xmlNodePtr n = list->children; n != NULL; n = n->next) {
		xmlChar *id = xmlGetNoNsProp(n, (const xmlChar *)"id");
		const char *next = id == NULL ? "" : pool_strdup(r->pool, (const char *)id);

		xmlFree(id);
		if (found && next[0] != '\0')
			return next;
		found = found || (strcmp((const char *)n->name, "row") == 0 &&
		    xmlHasProp(n, (const xmlChar *)"current") != NULL);
	}
	return "";
}

static void
add_decision(struct req *r, xmlNodePtr detail, const struct rows *name,
    const struct rows *candidates, const char *next)
{
	bool party = strcmp(row_str(name, 0, "what"), "party") == 0;
	xmlNodePtr form = x_form(r, "decision", "/matching/decide", NULL, NULL);

	xmlUnlinkNode(form);
	xmlAddChild(detail, form);
	form_field(r, form, &decide_fields[OPEN], "open", row_str(name, 0, "id"));
	form_field(r, form, &decide_fields[VERSION], "version", row_str(name, 0, "version"));
	form_field(r, form, &decide_fields[VIEW], "view", tab(r));
	form_field(r, form, &decide_fields[AT], "at", place_of(r));
	form_field(r, form, &decide_fields[NEXT], "next", next);
	if (candidates->n > 0) {
		form_field(r, form, &decide_fields[TARGET], "target", req_str(r, "target"));
		add_choices(form, candidates);
	}
	if (party) {
		form_field(r, form, &decide_fields[BY_PARTY], "party", req_str(r, "party"));
	} else {
		form_field(r, form, &decide_fields[BY_PRODUCT], "product", req_str(r, "product"));
		form_field(r, form, &decide_fields[FACTOR], "factor", req_str(r, "factor"));
	}
	form_field(r, form, &decide_fields[EVERYONE], "everyone", req_str(r, "everyone"));
	link_new(r, form, name);
	add_button(form, "match", "matched");
	add_button(form, "foreign", "foreign");
	if (strcmp(row_str(name, 0, "state"), "queued") != 0)
		add_button(form, "take-back", "queued");
}

static void
add_detail(struct req *r, const char *open, const char *next)
{
	const struct rows *name = req_query(r, NAME, I(strtoll(open, NULL, 10)));
	const struct rows *candidates, *seen;
	xmlNodePtr detail, heading;
	int64_t id;

	if (name->n == 0)
		return;
	id = row_int(name, 0, "id");
	candidates = req_query(r, CANDIDATES, I(id));
	detail = x_el(r->page, "detail");
	x_attr(detail, "name", "name");
	x_attr(detail, "id", open);
	x_attr(detail, "href", pool_printf(r->pool, "/matching/?open=%lld", (long long)id));
	x_attr(detail, "asked", req_given(r, "open") ? "true" : "false");
	x_link(detail, "back", req_url_with(r, "open", NULL));
	heading = x_el(detail, "heading");
	x_text(heading, "title", row_str(name, 0, "name"));
	x_attr(x_value(heading, TYPE_STATUS, "status", row_str(name, 0, "state")), "set",
	    "name_state");
	x_record(detail, "received", name, received);
	if (strcmp(row_str(name, 0, "state"), "queued") != 0)
		x_record(detail, "understood", name, understood);
	if (candidates->n > 0)
		x_rows(x_table(detail, "list", "name-candidates", candidate_columns), candidates,
		    candidate_columns, NULL);
	seen = req_query(r, ROWS, S(row_str(name, 0, "what")), I(id),
	    S(row_str(name, 0, "what")), I(id));
	if (seen->n > 0)
		x_rows(x_table(detail, "list", "name-rows", row_columns), seen, row_columns, NULL);
	if (req_may(r, PERM_FLOW_MATCH))
		add_decision(r, detail, name, candidates, next);
}

/* What was just decided can be taken back by one click. */
static void
add_undo(struct req *r)
{
	const struct rows *last = req_query(r, NAME, I(req_int(r, "last", 0)));

	if (last->n > 0 && strcmp(row_str(last, 0, "state"), "queued") != 0)
		form_button(r, "undo-name", "/matching/decide", "open", row_str(last, 0, "id"),
		    "version", row_str(last, 0, "version"), "at", place_of(r), "state", "queued",
		    NULL);
}

static void
add_ways(struct req *r)
{
	x_link(r->heading, "matchrate", "/matchrate/");
	x_link(r->heading, "aliases", "/aliases/");
	x_link(r->heading, "precision", "/precision/");
	x_link(r->heading, "conversions", "/conversions/");
	if (req_may(r, PERM_FLOW_MATCH))
		x_link(r->heading, "again", "/rematch/");
}

static int
name_list(struct req *r)
{
	struct list list = names;
	const char *view = tab(r), *place = place_of(r), *open;
	xmlNodePtr shown;
	int status;

	list.row_href = pool_printf(r->pool, "/matching/?%s%sopen={id}", place,
	    place[0] == '\0' ? "" : "&");
	req_page(r, "");
	status = list_page(r, &list, S(view), S(view), S(view), S(view));
	if (r->body != NULL || r->streamed)
		return status;
	shown = r->page->last;
	add_ways(r);
	if (req_may(r, PERM_FLOW_MATCH)) {
		x_attr(shown, "select", "name");
		x_attr(shown, "href", "/matching/bulk");
		x_flag(x_action(shown, "foreign", "post", "/matching/bulk"), "bulk", true);
		add_undo(r);
	}
	open = list_open(r, shown);
	add_detail(r, open, next_of(r, shown));
	return status;
}

/* ---- decisions ---- */

/* What was chosen: typed by its code, or one of the candidates; 0: nothing. */
static int64_t
chosen(struct req *r)
{
	const char *field = req_given(r, "party") ? "party" : "product";
	const struct rows *found;

	if (!req_given(r, field))
		return strtoll(req_str(r, "target"), NULL, 10);
	found = req_query(r, strcmp(field, "party") == 0 ? PARTY : PRODUCT, S(req_str(r, field)));
	if (found->n == 0)
		req_error(r, field, "choice.unknown", NULL);
	return found->n == 0 ? 0 : row_int(found, 0, "id");
}

/* On to the next name of the list; what is taken back is open again. */
static int
go_on(struct req *r, const char *state)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "%&=+-_.~,";
	const char *at = req_str(r, "at");
	const char *open = req_str(r, "open");

	if (strcmp(state, "queued") == 0)
		return req_redirect(r, "/matching/?open=%s", open);
	return req_redirect(r, "/matching/?%s%s%s%s%slast=%s", at[strspn(at, safe)] == '\0' ? at :
	    "", at[0] != '\0' && at[strspn(at, safe)] == '\0' ? "&" : "",
	    req_given(r, "next") ? "open=" : "", req_str(r, "next"),
	    req_given(r, "next") ? "&" : "", open);
}

static int
name_decide(struct req *r)
{
	const char *state = req_str(r, "state");
	int64_t target = strcmp(state, "matched") == 0 ? chosen(r) : 0;
	int64_t name = strtoll(req_str(r, "open"), NULL, 10);
	const struct rows *done;

	if (req_query(r, NAME, I(name))->n == 0)
		return 404;
	if (!req_good(r))
		return 422;
	done = req_query(r, DECIDE, I(name),
	    I(strtoll(req_str(r, "version"), NULL, 10)), S(state),
	    target != 0 ? I(target) : S(NULL), M(req_str(r, "factor")),
	    I(req_given(r, "everyone") ? 1 : 0));
	if (done->n == 0)
		return 404;
	req_notice(r, pool_printf(r->pool, "name.%s", state));
	return go_on(r, state);
}

/* What is ticked is not ours; what was decided meanwhile stays as it is. */
static int
name_bulk(struct req *r)
{
	const char *const *name = req_many(r, "name", NULL);

	for (; *name != NULL; name++) {
		const struct rows *n = req_query(r, NAME, I(strtoll(*name, NULL, 10)));

		if (n->n > 0 && strcmp(row_str(n, 0, "state"), "queued") == 0)
			req_query(r, DECIDE, I(row_int(n, 0, "id")), I(row_int(n, 0, "version")),
			    S("foreign"), S(NULL), S(NULL), I(0));
	}
	req_notice(r, "name.foreign");
	return req_redirect(r, "/matching/");
}

static const struct field list_fields[] = {
	{ "open", TYPE_INT },
	{ "last", TYPE_INT },
	{ "view", TYPE_HIDDEN },
	{ 0 }
};

static const struct field bulk_fields[] = { { "name", TYPE_INT, MANY }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, name_list, list_fields, .list = &names },
	{ "/decide", POST, PERM_FLOW_MATCH, name_decide, decide_fields, name_list },
	{ "/bulk", POST, PERM_FLOW_MATCH, name_bulk, bulk_fields, name_list },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "matching", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

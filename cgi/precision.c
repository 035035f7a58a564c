/*
 * precision.c - how many matches that rules made are wrong: a sample, judged by people.
 *
 * A sample is drawn among names no person decided, each as likely as it has rows, so the share of
 * wrong ones estimates the share of wrong rows.  It is shown with Wilson's interval of 95 %.  A
 * wrong match is put right in the queue, not here.
 */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "list.h"
#include "scope.h"

enum { DAYS, RATE, ONE, DRAW, JUDGE, NSQL };
enum { DRAWN = 200 };

static const struct sql sql[NSQL] = {
	[DAYS] = { "precision.days",
		"SELECT drawn_on AS value, drawn_on AS label FROM flow_sample_rate"
		" ORDER BY drawn_on DESC LIMIT 100" },
	[RATE] = { "precision.rate", "SELECT * FROM flow_sample_rate WHERE drawn_on = ?" },
	[ONE] = { "precision.one",
		"SELECT p.id, p.verdict, p.method, p.row_count, n.name, n.what,"
		" NULLIF(n.code, '') AS code, NULLIF(n.extra, '') AS extra,"
		" NULLIF(n.unit, '') AS unit, NULLIF(n.maker, '') AS maker, s.name AS sender,"
		" n.id AS name_id, ROUND(n.factor, 4) AS factor, n.score, u.name AS judged_by,"
		" COALESCE(y.name, CONCAT_WS(' ', d.generic_name, d.pack_spec)) AS target,"
		" COALESCE(y.code, d.code) AS target_code, COALESCE(y.address, m.name) AS place,"
		" CONCAT(IF(n.what = 'party', '/parties/view?id=', '/products/view?id='),"
		" p.target_id) AS target_href, n.target_id <=> p.target_id AS stands"
		" FROM flow_sample p JOIN flow_name n ON n.id = p.name_id"
		" JOIN party s ON s.id = n.sender_id"
		" LEFT JOIN party y ON n.what = 'party' AND y.id = p.target_id"
		" LEFT JOIN product d ON n.what = 'product' AND d.id = p.target_id"
		" LEFT JOIN party m ON m.id = d.manufacturer_id"
		" LEFT JOIN app_user u ON u.id = p.decided_by"
		" WHERE p.id = ? AND " NAMES_IN_SCOPE("n.sender_id") },
	[DRAW] = { "precision.draw", "CALL flow_sample_draw(?)" },
	[JUDGE] = { "precision.judge", "CALL flow_sample_judge(?, ?)" },
};

static const char *const verdicts[] = { "open", "right", "wrong", NULL };
static const char *const methods[] = { "code", "alias", "global", "identifier", "name", "similar",
	NULL };
static const char *const whats[] = { "party", "product", NULL };

/* ---- the sample ---- */

static const struct column columns[] = {
	{ "name", TYPE_TEXT, .sub = "sender", .sort = "n.name" },
	{ "target", TYPE_TEXT },
	{ "method", TYPE_STATUS, .set = "name_method", .sort = "p.method + 0" },
	{ "row_count", TYPE_INT, .sort = "p.row_count" },
	{ "verdict", TYPE_STATUS, .set = "verdict", .sort = "p.verdict + 0" },
	{ "judged_by", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "n.name LIKE ? OR s.name LIKE ?", 2, true },
	{ { "what", TYPE_SELECT, .set = "flow_what", .options = whats }, "n.what = ?" },
	{ { "method", TYPE_SELECT, .set = "name_method", .options = methods }, "p.method = ?" },
	{ { "verdict", TYPE_SELECT, .set = "verdict", .options = verdicts }, "p.verdict = ?" },
	{ { "day", TYPE_SELECT }, "? <> ''" },
	{ 0 }
};

static const struct list sample = {
	.name = "precision",
	.columns = columns,
	.filters = filters,
	.sort = "verdict",
	.select = "p.id, n.name, s.name AS sender, p.method, p.row_count, p.verdict,"
	    " COALESCE(y.name, CONCAT_WS(' ', d.generic_name, d.pack_spec)) AS target,"
	    " u.name AS judged_by",
	.from = "flow_sample p JOIN flow_name n ON n.id = p.name_id"
	    " JOIN party s ON s.id = n.sender_id"
	    " LEFT JOIN party y ON n.what = 'party' AND y.id = p.target_id"
	    " LEFT JOIN product d ON n.what = 'product' AND d.id = p.target_id"
	    " LEFT JOIN app_user u ON u.id = p.decided_by",
	.where = "p.drawn_on = ? AND " NAMES_IN_SCOPE("n.sender_id"),
	.key = "p.id",
};

static xmlNodePtr
add_figure(xmlNodePtr figures, const char *name, enum type type, const char *value)
{
	xmlNodePtr figure = x_el(figures, "figure");

	x_attr(figure, "name", name);
	x_value(figure, type, name, value);
	return figure;
}

static void
add_figures(struct req *r, const struct rows *rate)
{
	xmlNodePtr figures = x_el(r->page, "figures"), figure;

	x_attr(figures, "name", "precision");
	figure = add_figure(figures, "sample_judged", TYPE_INT,
	    row_null(rate, 0, "judged") ? "0" : row_str(rate, 0, "judged"));
	x_value(x_el(figure, "context"), TYPE_INT, "drawn", row_str(rate, 0, "drawn"));
	add_figure(figures, "sample_wrong", TYPE_INT, row_str(rate, 0, "wrong"));
	if (row_null(rate, 0, "judged"))
		return;
	add_figure(figures, "sample_rate", TYPE_PERCENT, row_str(rate, 0, "rate"));
	add_figure(figures, "sample_low", TYPE_PERCENT, row_str(rate, 0, "rate_low"));
	add_figure(figures, "sample_high", TYPE_PERCENT, row_str(rate, 0, "rate_high"));
}

/* ---- one of it beside the list ---- */

static const struct column received[] = {
	{ "name", TYPE_TEXT, .emphasis = true },
	{ "extra", TYPE_TEXT },
	{ "maker", TYPE_TEXT },
	{ "code", TYPE_CODE },
	{ "unit", TYPE_TEXT },
	{ "sender", TYPE_TEXT },
	{ "row_count", TYPE_INT },
	{ 0 }
};

static const struct column understood[] = {
	{ "target", TYPE_TEXT, .sub = "target_code", .href = "{target_href}", .emphasis = true },
	{ "place", TYPE_TEXT },
	{ "method", TYPE_STATUS, .set = "name_method" },
	{ "score", TYPE_PERCENT },
	{ "factor", TYPE_QTY },
	{ "judged_by", TYPE_TEXT },
	{ 0 }
};

static const struct field judge_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "day", TYPE_HIDDEN },
	{ "verdict", TYPE_SELECT, REQUIRED, .options = verdicts },
	{ 0 }
};

static void
add_verdict(xmlNodePtr form, const char *rel, const char *verdict)
{
	form_answer(form, rel, "/precision/judge", "verdict", verdict);
}

static void
add_judgement(struct req *r, xmlNodePtr detail, const struct rows *one, const char *day)
{
	xmlNodePtr form = x_form(r, "judgement", "/precision/judge", NULL, NULL);

	xmlUnlinkNode(form);
	xmlAddChild(detail, form);
	form_field(r, form, &judge_fields[0], "id", row_str(one, 0, "id"));
	form_field(r, form, &judge_fields[1], "day", day);
	if (row_int(one, 0, "stands") == 1)
		x_link(form, "put-right", x_href(r->pool, "/matching/?view=rules&open={name_id}",
		    one, 0));
	if (strcmp(row_str(one, 0, "verdict"), "open") == 0) {
		add_verdict(form, "sample.right", "right");
		add_verdict(form, "sample.wrong", "wrong");
	} else {
		add_verdict(form, "take-back", "open");
	}
}

static void
add_detail(struct req *r, const char *open, const char *day)
{
	const struct rows *one = req_query(r, ONE, I(strtoll(open, NULL, 10)));
	xmlNodePtr detail, heading;

	if (one->n == 0)
		return;
	detail = x_el(r->page, "detail");
	x_attr(detail, "name", "sampled");
	x_attr(detail, "id", open);
	x_attr(detail, "href", req_url_with(r, "open", open));
	x_attr(detail, "asked", req_given(r, "open") ? "true" : "false");
	x_link(detail, "back", req_url_with(r, "open", NULL));
	heading = x_el(detail, "heading");
	x_text(heading, "title", row_str(one, 0, "name"));
	x_attr(x_value(heading, TYPE_STATUS, "status", row_str(one, 0, "verdict")), "set",
	    "verdict");
	x_record(detail, "received", one, received);
	x_record(detail, "understood", one, understood);
	if (req_may(r, PERM_FLOW_MATCH))
		add_judgement(r, detail, one, day);
}

/* The sample that is asked for, or the last one; "": none was drawn yet. */
static const char *
sample_day(struct req *r, const struct rows *days)
{
	return req_given(r, "day") ? req_str(r, "day") :
	    days->n > 0 ? row_str(days, 0, "value") : "";
}

static int
sample_list(struct req *r)
{
	struct list list = sample;
	const struct rows *days = req_query(r, DAYS);
	const char *day = sample_day(r, days), *address = req_url_with(r, "open", NULL);
	const struct rows *rate;
	int status;

	if (!form_offered(r, "day", days))
		return 404;
	rate = req_query(r, RATE, D(day));
	list.row_href = pool_printf(r->pool, "%s%copen={id}", address,
	    strchr(address, '?') == NULL ? '?' : '&');
	req_page(r, "");
	req_trail(r, "matching", "/matching/");
	if (req_may(r, PERM_FLOW_MATCH))
		x_flag(x_action(r->heading, "sample.draw", "post", "/precision/draw"), "primary",
		    true);
	if (rate->n > 0)
		add_figures(r, rate);
	status = list_page(r, &list, D(day));
	if (r->body != NULL || r->streamed)
		return status;
	add_detail(r, list_open(r, r->page->last), day);
	form_options(r->page, "day", days);
	return status;
}

/* ---- drawing and judging ---- */

static int
sample_draw(struct req *r)
{
	const struct rows *drawn = req_query(r, DRAW, I(DRAWN));

	req_notice(r, row_int(drawn, 0, "n") > 0 ? "sample.drawn" : "sample.nothing");
	return req_redirect(r, "/precision/");
}

static int
sample_judge(struct req *r)
{
	int64_t id = strtoll(req_str(r, "id"), NULL, 10);
	const char *verdict = req_str(r, "verdict");

	if (req_query(r, ONE, I(id))->n == 0)
		return 404;
	return req_done(r, req_query(r, JUDGE, I(id), S(verdict)),
	    pool_printf(r->pool, "sample.%s", verdict), "/precision/?day=%s", req_str(r, "day"));
}

static const struct field list_fields[] = { { "open", TYPE_INT }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, sample_list, list_fields, .list = &sample },
	{ "/draw", POST, PERM_FLOW_MATCH, sample_draw },
	{ "/judge", POST, PERM_FLOW_MATCH, sample_judge, judge_fields, sample_list },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "precision", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

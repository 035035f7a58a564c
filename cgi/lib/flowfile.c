/* See flowfile.h: the page of a file, and what is done with it. */
#include "flowfile.h"

#include <string.h>

#include "flowgrid.h"
#include "form.h"
#include "list.h"

const char *const flow_statuses[] = { "waiting", "uploaded", "mapping", "mapped", "checked",
	"queued", "importing", "imported", "superseded", "undone", "failed", "discarded", NULL };

static const char *const modes[] = { "strict", "skip", NULL };

const struct field flow_id_field[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "again", TYPE_INT },
	{ "header_row", TYPE_INT, .min = 1, .max = 30 },
	{ 0 }
};

const struct field flow_step_fields[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "version", TYPE_INT },
	{ "mode", TYPE_RADIO, .set = "flow_mode", .options = modes },
	{ 0 }
};

const struct field flow_map_fields[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "header_row", TYPE_INT, REQUIRED, .min = 1, .max = 30 },
	{ "biz_date", TYPE_SELECT }, { "counterparty_name", TYPE_SELECT },
	{ "product_name", TYPE_SELECT }, { "spec", TYPE_SELECT }, { "unit", TYPE_SELECT },
	{ "qty", TYPE_SELECT }, { "batch_no", TYPE_SELECT }, { "expiry_date", TYPE_SELECT },
	{ "product_code", TYPE_SELECT }, { "counterparty_code", TYPE_SELECT },
	{ "counterparty_uscc", TYPE_SELECT }, { "counterparty_address", TYPE_SELECT },
	{ "unit_price", TYPE_SELECT }, { "amount", TYPE_SELECT }, { "doc_no", TYPE_SELECT },
	{ "manufacturer", TYPE_SELECT }, { "approval_no", TYPE_SELECT },
	{ "stock_status", TYPE_SELECT }, { "warehouse", TYPE_SELECT },
	{ "produce_date", TYPE_SELECT }, { "doc_type", TYPE_SELECT }, { "order_date", TYPE_SELECT },
	{ "distributor_name", TYPE_SELECT }, { "dosage_form", TYPE_SELECT },
	{ "pack_factor", TYPE_SELECT }, { "tax_rate", TYPE_SELECT }, { "opening_qty", TYPE_SELECT },
	{ "in_qty", TYPE_SELECT }, { "out_qty", TYPE_SELECT }, { "closing_qty", TYPE_SELECT },
	{ "salesman", TYPE_SELECT }, { "remark", TYPE_SELECT },
	{ 0 }
};

/* The results of flow_file_parts(), by name. */
struct parts_of_file {
	const struct rows *file, *cells, *mapping, *codes, *bad, *replaces, *related, *events;
};

static struct parts_of_file
read_file(struct req *r, const struct flow_site *site)
{
	struct parts_of_file f;

	f.file = site->view(r, req_int(r, "id", 0));
	f.cells = rows_next(f.file);
	f.mapping = rows_next(f.cells);
	f.codes = rows_next(f.mapping);
	f.bad = rows_next(f.codes);
	f.replaces = rows_next(f.bad);
	f.related = rows_next(f.replaces);
	f.events = rows_next(f.related);
	return f;
}

static bool
is_one_of(const char *s, const char *const *list)
{
	while (*list != NULL && strcmp(s, *list) != 0)
		list++;
	return *list != NULL;
}

/* ---- the page ---- */

static const struct column facts[] = {
	{ "sender", TYPE_TEXT, .sub = "sender_code" },
	{ "kind", TYPE_STATUS, .set = "flow_kind" },
	{ "month", TYPE_MONTH },
	{ "date_from", TYPE_DATE },
	{ "date_to", TYPE_DATE },
	{ "format", TYPE_CODE },
	{ "size", TYPE_BYTES },
	{ "origin", TYPE_STATUS, .set = "flow_origin", .sub = "made_by" },
	{ "created_at", TYPE_DATETIME },
	{ "imported_at", TYPE_DATETIME, .sub = "imported_by" },
	{ 0 }
};

static const struct {
	const char *name;
	const char *states[6]; /* in which it is the step at hand */
} steps[] = {
	{ "file", { "uploaded", NULL } },
	{ "columns", { "mapping", NULL } },
	{ "check", { "mapped", NULL } },
	{ "preview", { "checked", NULL } },
	{ "import", { "queued", "importing", NULL } },
	{ "result", { "imported", "superseded", NULL } },
};

static void
add_steps(struct req *r, const char *status)
{
	static const char *const over[] = { "undone", "failed", "discarded", NULL };
	static const char *const good[] = { "imported", "superseded", NULL };
	xmlNodePtr n;
	size_t at = 0;

	if (is_one_of(status, over))
		return;
	for (size_t i = 0; i < LEN(steps); i++) {
		if (is_one_of(status, steps[i].states))
			at = i;
	}
	n = x_el(r->page, "steps");
	x_attr(n, "name", "flow-file");
	for (size_t i = 0; i < LEN(steps); i++) {
		xmlNodePtr step = x_el(n, "step");
		bool done = i < at || is_one_of(status, good);

		x_attr(step, "name", steps[i].name);
		x_attr(step, "state", done ? "done" : i == at ? "current" : "todo");
	}
}

static void
add_figure(xmlNodePtr figures, enum type type, const char *name, const char *value, bool alert)
{
	xmlNodePtr n = x_el(figures, "figure");

	x_attr(n, "name", name);
	x_attr(n, "alert", alert ? "warning" : NULL);
	x_value(n, type, name, value);
}

static void
add_figures(struct req *r, const struct rows *file)
{
	static const char *const names[] = { "rows_total", "rows_good", "rows_bad", "rows_warned" };
	xmlNodePtr n = x_el(r->page, "figures");

	x_attr(n, "name", "flow-file");
	for (size_t i = 0; i < LEN(names); i++)
		add_figure(n, TYPE_INT, names[i], row_str(file, 0, names[i]),
		    i == 2 && row_int(file, 0, names[i]) > 0);
	if (strcmp(row_str(file, 0, "status"), "imported") == 0)
		add_figure(n, TYPE_PERCENT, "matched", row_str(file, 0, "matched"), false);
}

/* What happens without the reader: how far it is, looked at again after a while. */
static void
add_progress(struct req *r, const struct flow_site *site, const struct rows *file)
{
	bool counted = row_int(file, 0, "rows_total") > 0;
	xmlNodePtr record = x_el(r->page, "record");

	x_attr(r->page, "refresh", "2");
	x_attr(record, "name", "flow-progress");
	x_attr(x_value(record, TYPE_STATUS, "doing", row_str(file, 0, "status")), "set",
	    "flow_doing");
	if (counted) {
		xmlNodePtr n = x_el(record, "meter");

		x_attr(n, "name", "rows_done");
		x_attr(n, "type", "int");
		x_attr(n, "value", row_str(file, 0, "rows_done"));
		x_attr(n, "max", row_str(file, 0, "rows_total"));
	}
	x_link(record, "flow.look", pool_printf(r->pool, "%s/view?id=%lld", site->path,
	    (long long)req_int(r, "id", 0)));
}

/* An error of the importer, `code|name=value`, in words. */
static void
add_failure(struct req *r, const struct rows *file)
{
	char *code = pool_strdup(r->pool, row_str(file, 0, "error"));
	char *at = strchr(code, '|');
	xmlNodePtr n;

	if (code[0] == '\0')
		return;
	if (at != NULL)
		*at++ = '\0';
	n = x_notice(r->page, "danger", pool_printf(r->pool, "error.%s", code));
	while (at != NULL) {
		char *next = strchr(at, '|');
		char *equals = strchr(at, '=');

		if (next != NULL)
			*next++ = '\0';
		if (equals != NULL) {
			*equals = '\0';
			x_value(n, TYPE_TEXT, at, equals + 1);
		}
		at = next;
	}
}

static void
add_codes(struct req *r, const struct rows *codes)
{
	static const struct column columns[] = {
		{ "code", TYPE_STATUS, .set = "flow_issue" },
		{ "severity", TYPE_STATUS, .set = "flow_severity" },
		{ "row_count", TYPE_INT },
		{ "first_row", TYPE_INT },
		{ 0 }
	};

	if (codes->n > 0)
		x_list(r, "flow-codes", codes, columns, NULL);
}

/* Files that this one can neither replace nor stand beside. */
static size_t
partly_overlapped(const struct rows *files)
{
	size_t n = 0;

	for (size_t i = 0; i < files->n; i++)
		n += strcmp(row_str(files, i, "fate"), "partly") == 0;
	return n;
}

static void
add_overlaps(struct req *r, const char *tone, const char *notice, size_t n)
{
	if (n > 0)
		x_value(x_notice(r->page, tone, notice), TYPE_INT, "n",
		    pool_printf(r->pool, "%zu", n));
}

static void
add_related(struct req *r, const struct flow_site *site, const struct parts_of_file *f)
{
	static const struct column replaced[] = {
		{ "name", TYPE_TEXT },
		{ "date_from", TYPE_DATE },
		{ "date_to", TYPE_DATE },
		{ "row_count", TYPE_INT },
		{ "imported_at", TYPE_DATETIME },
		{ "fate", TYPE_STATUS, .set = "flow_fate" },
		{ 0 }
	};
	static const struct column related[] = {
		{ "name", TYPE_TEXT },
		{ "relation", TYPE_STATUS, .set = "flow_relation" },
		{ "status", TYPE_STATUS, .set = "flow_file" },
		{ "row_count", TYPE_INT },
		{ "created_at", TYPE_DATETIME },
		{ 0 }
	};
	static const char *const before[] = { "uploaded", "mapping", "mapped", "checked", "queued",
		"importing", NULL };
	const char *href = pool_printf(r->pool, "%s/view?id={%s}", site->path, site->id);
	size_t partly = partly_overlapped(f->replaces);

	if (f->replaces->n > 0 && is_one_of(row_str(f->file, 0, "status"), before)) {
		add_overlaps(r, "danger", "notice.flow.overlap", partly);
		add_overlaps(r, "warning", "notice.flow.replaces", f->replaces->n - partly);
		x_list(r, "flow-replaced", f->replaces, replaced, href);
	}
	if (f->related->n > 0)
		x_list(r, "flow-related", f->related, related, href);
}

/* Notices stand first on a page. */
static void
add_notices(struct req *r, const struct rows *file)
{
	xmlNodePtr n;

	if (req_int(r, "again", 0) != 0) {
		n = x_notice(r->page, "info", "notice.flow.again");
		x_value(n, TYPE_DATETIME, "at", row_str(file, 0, "created_at"));
		x_value(n, TYPE_TEXT, "by", row_str(file, 0, "made_by"));
	}
	if (strcmp(row_str(file, 0, "status"), "checked") == 0 &&
	    row_int(file, 0, "rows_good") <= 0)
		x_notice(r->page, "warning", "notice.flow.no_row");
	flow_warned_cut(r, file);
	add_failure(r, file);
}

static void
add_go(struct req *r, const struct flow_site *site, const struct rows *file)
{
	static const struct field skip[] = {
		{ "id", TYPE_HIDDEN },
		{ "mode", TYPE_RADIO, REQUIRED, .set = "flow_mode", .options = modes },
		{ 0 }
	};
	static const struct field whole[] = {
		{ "id", TYPE_HIDDEN },
		{ "mode", TYPE_HIDDEN },
		{ 0 }
	};
	bool bad = row_int(file, 0, "rows_bad") > 0;
	xmlNodePtr form;

	if (row_int(file, 0, "rows_good") <= 0)
		return;
	form = x_form(r, "flow-go", pool_printf(r->pool, "%s/go", site->path), bad ? skip : whole,
	    file);
	flow_form_id(r, form);
	form_action(form, "flow.import");
}

static const char *
post_href(struct req *r, const struct flow_site *site, const struct rows *file, const char *what)
{
	return pool_printf(r->pool, "%s/%s?id=%lld&version=%s", site->path, what,
	    (long long)req_int(r, "id", 0), row_str(file, 0, "version"));
}

static void
add_actions(struct req *r, const struct flow_site *site, const struct rows *file)
{
	static const char *const early[] = { "uploaded", "mapping", "mapped", "checked", "failed",
		NULL };
	const char *status = row_str(file, 0, "status");
	bool imported = strcmp(status, "imported") == 0;
	xmlNodePtr n;

	if (row_int(file, 0, "rows_bad") > 0) {
		const char *href = pool_printf(r->pool, "%s/errors?id=%lld&format=", site->path,
		    (long long)req_int(r, "id", 0));

		x_link(r->heading, "flow.errors", pool_printf(r->pool, "%sxlsx", href));
		x_link(r->heading, "flow.errors-csv", pool_printf(r->pool, "%scsv", href));
	}
	if (row_int(file, 0, "rows_bad") + row_int(file, 0, "rows_warned") > 0)
		x_link(r->heading, "flow.rows", pool_printf(r->pool, "%s/rows?id=%lld", site->path,
		    (long long)req_int(r, "id", 0)));
	if (!req_may(r, PERM_FLOW_UPLOAD) || row_int(file, 0, "is_open") == 0)
		return;
	if (imported && row_int(file, 0, "rows_bad") > 0)
		x_action(r->heading, "flow.add", "get", pool_printf(r->pool,
		    "%s/new?adds_to=%lld&kind=%s&month=%s", site->path,
		    (long long)req_int(r, "id", 0), row_str(file, 0, "kind"),
		    row_str(file, 0, "month")));
	if (imported ? strcmp(row_str(file, 0, "origin"), "correction") == 0 :
	    !is_one_of(status, early))
		return;
	n = x_action(r->heading, imported ? "flow.undo" : "flow.discard", "post",
	    post_href(r, site, file, imported ? "undo" : "discard"));
	x_attr(n, "confirm", !imported ? "flow.discard" :
	    row_int(file, 0, "additions") > 0 ? "flow.undo_all" : "flow.undo");
	x_flag(n, "danger", true);
}

/* What there is to do or to see, by state. */
static void
add_body(struct req *r, const struct flow_site *site, const struct parts_of_file *f)
{
	static const char *const running[] = { "uploaded", "mapped", "queued", "importing", NULL };
	const char *status = row_str(f->file, 0, "status");
	bool may = req_may(r, PERM_FLOW_UPLOAD) && row_int(f->file, 0, "is_open") != 0;

	if (is_one_of(status, running))
		add_progress(r, site, f->file);
	if (row_int(f->file, 0, "rows_total") > 0)
		add_figures(r, f->file);
	if (strcmp(status, "checked") == 0 && may && partly_overlapped(f->replaces) == 0)
		add_go(r, site, f->file);
	add_codes(r, f->codes);
	if (f->bad->n > 0)
		flow_issues(r, "flow-issues", f->bad, f->mapping);
	if (strcmp(status, "checked") == 0)
		flow_preview(r, f->file, f->cells, f->mapping);
	if (strcmp(status, "mapping") == 0 || strcmp(status, "checked") == 0)
		flow_first_lines(r, f->cells, flow_header(r, f->file, f->cells), !may ? NULL :
		    pool_printf(r->pool, "%s/view?id=%lld", site->path,
		    (long long)req_int(r, "id", 0)));
	if (may && (strcmp(status, "mapping") == 0 || strcmp(status, "checked") == 0))
		flow_map_form(r, site->path, f->file, f->cells, f->mapping);
}

int
flow_page(struct req *r, const struct flow_site *site)
{
	struct parts_of_file f = read_file(r, site);

	if (f.file->n == 0)
		return 404;
	req_page(r, "view");
	req_title(r, row_str(f.file, 0, "name"));
	req_state(r, "flow_file", row_str(f.file, 0, "status"));
	req_trail(r, r->app->name, pool_printf(r->pool, "%s/", site->path));
	add_actions(r, site, f.file);
	add_notices(r, f.file);
	add_related(r, site, &f);
	add_steps(r, row_str(f.file, 0, "status"));
	add_body(r, site, &f);
	x_record(r->page, "flow-file", f.file, facts);
	x_timeline(r->page, "flow-file", f.events);
	return 200;
}

/* ---- what is done with it ---- */

int64_t
flow_version(const struct req *r)
{
	return req_int(r, req_given(r, "_version") ? "_version" : "version", 0);
}

static int
done(struct req *r, const struct flow_site *site, const struct rows *row, const char *notice)
{
	return req_done(r, row, notice, "%s/view?id=%lld", site->path,
	    (long long)req_int(r, "id", 0));
}

/* One step; a file that is not the user's is an unknown one. */
static int
take_step(struct req *r, const struct flow_site *site, const char *what, const char *text,
    const char *notice)
{
	if (site->view(r, req_int(r, "id", 0))->n == 0)
		return 404;
	return done(r, site, site->step(r, req_int(r, "id", 0), what,
	    req_int(r, "header_row", 0), text), notice);
}

int
flow_map(struct req *r, const struct flow_site *site)
{
	const struct rows *file = site->view(r, req_int(r, "id", 0));
	const char *mapping;

	if (file->n == 0)
		return 404;
	mapping = flow_mapping(r, row_str(file, 0, "kind"));
	if (mapping == NULL)
		return 422;
	return done(r, site, site->step(r, req_int(r, "id", 0), "map",
	    req_int(r, "header_row", 0), mapping), "flow.mapped");
}

int
flow_go(struct req *r, const struct flow_site *site)
{
	return take_step(r, site, "go", req_given(r, "mode") ? req_str(r, "mode") : "strict",
	    "flow.queued");
}

int
flow_discard(struct req *r, const struct flow_site *site)
{
	return take_step(r, site, "discard", "", "flow.discarded");
}

int
flow_undo(struct req *r, const struct flow_site *site)
{
	return take_step(r, site, "undo", "", "flow.undone");
}

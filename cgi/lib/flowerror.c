/* See flowfile.h: files that are made here, of bad rows and of no rows. */
#include <string.h>

#include "export.h"
#include "flowfile.h"
#include "flowgrid.h"
#include "list.h"
#include "tableout.h"
#include "words.h"

enum { BATCH = 500, SHOWN = 100 };

struct error_file {
	struct req *r;
	const struct flow_site *site;
	const struct flow_which *which;
	struct table_out *table;
	size_t columns; /* of the file; the reason stands behind them */
};

static struct table_out *
begin(struct req *r, const char *name, const struct table_column *columns, size_t n)
{
	if (r->format == FORMAT_XLSX)
		return xlsx_table(r->pool, req_stream(r,
		    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		    pool_printf(r->pool, "%s.xlsx", name)), "1", columns, n);
	return csv_table(r->pool, req_stream(r, "text/csv; charset=utf-8",
	    pool_printf(r->pool, "%s.csv", name)), columns, n);
}

static const char *
word_or(struct req *r, const char *set, const char *key)
{
	const char *text = word(r->words, pool_printf(r->pool, "status.%s.%s", set, key));

	return text != NULL ? text : key;
}

/* `code:field code:field` in words of the reader. */
static const char *
reasons(struct req *r, const char *issues)
{
	struct buf *b = buf_new(r->pool);
	char *list = pool_strdup(r->pool, issues), *rest, *issue;

	for (issue = strtok_r(list, " ", &rest); issue != NULL;
	    issue = strtok_r(NULL, " ", &rest)) {
		char *field = strchr(issue, ':');

		if (b->n > 0)
			buf_str(b, "; ");
		if (field != NULL) {
			*field++ = '\0';
			buf_printf(b, "%s: ", word_or(r, "flow_field", field));
		}
		buf_str(b, word_or(r, "flow_issue", issue));
	}
	return b->s == NULL ? "" : b->s;
}

/* Writes up to BATCH rows behind line `after`; the last line written, 0: none were left. */
static int64_t
write_batch(struct error_file *e, int64_t after)
{
	const struct rows *cells = e->site->rejects(e->r, req_int(e->r, "id", 0), e->which,
	    after, BATCH);
	int64_t last = 0;

	for (size_t i = 0; i < cells->n;) {
		const char *values[FLOW_COLUMNS_MAX + 1] = { NULL };
		struct flow_line line;

		i = flow_line(cells, i, &line);
		for (size_t c = 0; c < line.n && c < e->columns; c++)
			values[c] = line.cell[c];
		values[e->columns] = reasons(e->r, row_str(cells, line.first, "issues"));
		table_row(e->table, values);
		last = line.no;
	}
	return last;
}

static void
write_all(struct error_file *e)
{
	struct pool *pool = e->r->pool, *batch = pool_new();
	int64_t last = 0;

	/* Each batch is forgotten when it is written, however many there are. */
	e->r->pool = batch;
	do {
		last = write_batch(e, last);
		pool_reset(batch);
	} while (last != 0);
	e->r->pool = pool;
	pool_free(batch);
}

/* The rows as a file: as received, and why. */
static int
send_rows(struct req *r, const struct flow_site *site, const struct rows *file,
    const struct flow_which *which)
{
	struct error_file e = { .r = r, .site = site, .which = which };
	struct table_column *columns;
	struct flow_line heads;
	const char *name;
	size_t stem;

	flow_heads(rows_next(file), row_int(file, 0, "header_row"), &heads);
	e.columns = heads.n < FLOW_COLUMNS_MAX ? heads.n : FLOW_COLUMNS_MAX - 1;
	columns = pool_alloc(r->pool, (e.columns + 1) * sizeof(*columns));
	for (size_t c = 0; c < e.columns; c++)
		columns[c] = (struct table_column){ heads.cell[c], TYPE_TEXT, 0 };
	columns[e.columns] = (struct table_column){ word(r->words, "col.flow-errors.reason"),
		TYPE_TEXT, 60 };
	name = row_str(file, 0, "name");
	stem = strcspn(name, ".");
	e.table = begin(r, pool_printf(r->pool, "%.*s-%s", (int)stem, name,
	    word(r->words, "col.flow-errors.file")), columns, e.columns + 1);
	write_all(&e);
	table_end(e.table);
	return 200;
}

int
flow_errors(struct req *r, const struct flow_site *site)
{
	static const struct flow_which bad = { "error", "" };
	const struct rows *file = site->view(r, req_int(r, "id", 0));

	if (file->n == 0 || !export_asked(r))
		return 404;
	return send_rows(r, site, file, &bad);
}

/* ---- rows with errors or warnings, as a page ---- */

static const char *const severities[] = { "error", "warning", NULL };
static const char *const checks[] = { "flow.v02", "flow.v03", "flow.v04", "flow.v05", "flow.v06",
	"flow.v07", "flow.v08", "flow.v09", "flow.v10", "flow.v11", "flow.v12", "flow.v13",
	"flow.v15", "flow.v16", "flow.v18", NULL };

const struct field flow_rows_fields[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "severity", TYPE_SELECT, .set = "flow_severity", .options = severities },
	{ "code", TYPE_SELECT, .set = "flow_issue", .options = checks },
	{ "after", TYPE_INT },
	{ 0 }
};

/* The form in front of the list, the way on, and the same rows as a file. */
static void
add_tools(struct req *r, xmlNodePtr list, int64_t last, bool more)
{
	static const char *const formats[][2] = {
		{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
		{ "csv", "text/csv" },
	};
	const char *values[] = { req_str(r, "id"), req_str(r, "severity"), req_str(r, "code") };
	struct field fields[] = { { "id", TYPE_HIDDEN }, flow_rows_fields[1], flow_rows_fields[2],
		{ 0 } };

	list_filter(r, list, fields, values);
	xmlSetProp(list->children, (const xmlChar *)"href", (const xmlChar *)pool_printf(r->pool,
	    "%s?id=%s", r->path, values[0]));
	if (more) {
		xmlNodePtr pager = x_el(list, "pager");

		x_attr_int(pager, "size", SHOWN);
		x_attr(pager, "next", req_url_with(r, "after", pool_printf(r->pool, "%lld",
		    (long long)last)));
	}
	for (size_t i = 0; i < LEN(formats); i++)
		x_attr(x_link(list, "alternate", req_url_with(r, "format", formats[i][0])), "type",
		    formats[i][1]);
}

void
flow_warned_cut(struct req *r, const struct rows *file)
{
	if (row_int(file, 0, "rows_warned") > FLOW_WARNED_MAX)
		x_value(x_notice(r->page, "info", "notice.flow.warned_cut"), TYPE_INT, "n",
		    pool_printf(r->pool, "%d", FLOW_WARNED_MAX));
}

int
flow_rows(struct req *r, const struct flow_site *site)
{
	const struct flow_which which = { req_str(r, "severity"), req_str(r, "code") };
	int64_t id = req_int(r, "id", 0), last = 0;
	const struct rows *file = site->view(r, id), *cells, *mapping;
	size_t lines = 0;

	if (file->n == 0)
		return 404;
	if (export_asked(r))
		return send_rows(r, site, file, &which);
	mapping = rows_next(rows_next(file));
	req_page(r, "rows");
	req_title(r, row_str(file, 0, "name"));
	req_trail(r, site->path + 1, pool_printf(r->pool, "%s/", site->path));
	req_trail(r, "flow-file", pool_printf(r->pool, "%s/view?id=%lld", site->path,
	    (long long)id));
	flow_warned_cut(r, file);
	cells = site->rejects(r, id, &which, req_int(r, "after", 0), SHOWN);
	for (size_t i = 0; i < cells->n; lines++) {
		struct flow_line line;

		i = flow_line(cells, i, &line);
		last = line.no;
	}
	add_tools(r, flow_issues(r, "flow-issue-rows", cells, mapping), last, lines == SHOWN);
	return 200;
}

const struct field flow_template_fields[] = {
	{ "kind", TYPE_SELECT, .set = "flow_kind", .options = flow_kinds },
	{ 0 }
};

void
flow_templates(struct req *r, const struct flow_site *site)
{
	xmlNodePtr n = x_el(r->page, "record");

	x_attr(n, "name", "flow-templates");
	for (const char *const *k = flow_kinds; *k != NULL; k++)
		x_link(n, pool_printf(r->pool, "flow.template-%s", *k), pool_printf(r->pool,
		    "%s/template?kind=%s&format=xlsx", site->path, *k));
}

int
flow_template(struct req *r)
{
	const char *kind = req_str(r, "kind");
	struct table_column columns[COL_COUNT];
	size_t n = 0;

	if (kind[0] == '\0' || !export_asked(r))
		return 404;
	for (int i = 0; i < COL_COUNT; i++) {
		char need = flow_fields[i].need[report_of(kind)];

		if (need == 'R' || need == 'W')
			columns[n++] = (struct table_column){ flow_head(report_of(kind),
			    (enum flow_col)i), TYPE_TEXT, 0 };
	}
	table_end(begin(r, word_or(r, "flow_kind", kind), columns, n));
	return 200;
}

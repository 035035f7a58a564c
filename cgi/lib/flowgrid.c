/* See flowgrid.h. */
#include "flowgrid.h"

#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "form.h"

enum { PREVIEW_ROWS = 8, SHOWN_COLUMNS = 40 };

size_t
flow_line(const struct rows *cells, size_t at, struct flow_line *line)
{
	size_t i = at;

	line->no = row_int(cells, at, "row_no");
	line->first = at;
	line->n = 0;
	for (; i < cells->n && row_int(cells, i, "row_no") == line->no; i++) {
		if (line->n < FLOW_COLUMNS_MAX)
			line->cell[line->n++] = row_str(cells, i, "v");
	}
	return i;
}

bool
flow_heads(const struct rows *cells, int64_t header_row, struct flow_line *line)
{
	for (size_t i = 0; i < cells->n;) {
		i = flow_line(cells, i, line);
		if (line->no == header_row)
			return true;
	}
	line->n = 0;
	return false;
}

int64_t
flow_column(const struct rows *mapping, const char *field)
{
	for (size_t i = 0; i < mapping->n; i++) {
		if (strcmp(row_str(mapping, i, "field"), field) == 0)
			return row_int(mapping, i, "n");
	}
	return -1;
}

/* A, B, … Z, AA, as spreadsheets call their columns. */
static const char *
letters(struct req *r, size_t column)
{
	if (column < 26)
		return pool_printf(r->pool, "%c", (int)('A' + column));
	return pool_printf(r->pool, "%c%c", (int)('A' + column / 26 - 1), (int)('A' + column % 26));
}

static size_t
widest(const struct rows *cells)
{
	size_t n = 0;

	for (size_t i = 0; i < cells->n; i++) {
		if ((size_t)row_int(cells, i, "n") + 1 > n)
			n = (size_t)row_int(cells, i, "n") + 1;
	}
	return n;
}

static xmlNodePtr
add_column(xmlNodePtr list, enum type type, const char *name, const char *label)
{
	xmlNodePtr n = x_el(list, "column");

	x_attr(n, "name", name);
	x_attr(n, "type", type_name(type));
	x_attr(n, "label", label);
	return n;
}

/* Where the heads stand: as asked for, as found, else the first line of several cells. */
int64_t
flow_header(struct req *r, const struct rows *file, const struct rows *cells)
{
	int64_t found = req_int(r, "header_row", row_int(file, 0, "header_row"));
	struct flow_line line;

	for (size_t i = 0; found == 0 && i < cells->n;) {
		size_t filled = 0;

		i = flow_line(cells, i, &line);
		for (size_t c = 0; c < line.n; c++)
			filled += line.cell[c][0] != '\0';
		if (filled > 1)
			found = line.no;
	}
	return found == 0 ? 1 : found;
}

void
flow_first_lines(struct req *r, const struct rows *cells, int64_t header_row, const char *href)
{
	size_t wide = widest(cells), shown = wide < SHOWN_COLUMNS ? wide : SHOWN_COLUMNS;
	xmlNodePtr list;

	if (cells->n == 0)
		return;
	list = x_el(r->page, "list");
	x_attr(list, "name", "flow-lines");
	add_column(list, TYPE_INT, "row_no", NULL);
	for (size_t c = 0; c < shown; c++)
		add_column(list, TYPE_TEXT, pool_printf(r->pool, "c%zu", c), letters(r, c));
	for (size_t i = 0, lines = 0; i < cells->n && lines < 12; lines++) {
		struct flow_line line;
		xmlNodePtr row = x_el(list, "row");

		i = flow_line(cells, i, &line);
		x_flag(row, "current", line.no == header_row);
		if (href != NULL)
			x_attr(row, "href", pool_printf(r->pool, "%s&header_row=%lld", href,
			    (long long)line.no));
		x_value(row, TYPE_INT, "row_no", pool_printf(r->pool, "%lld", (long long)line.no));
		for (size_t c = 0; c < shown; c++)
			x_value(row, TYPE_TEXT, pool_printf(r->pool, "c%zu", c),
			    c < line.n ? line.cell[c] : "");
	}
}

/* ---- which column is what ---- */

static const char *
group_name(char need)
{
	return need == 'R' ? "flow_must" : need == 'W' ? "flow_should" : "flow_may";
}

/* Columns that have a head stand to choose; a number alone says nothing. */
static void
add_choices(struct req *r, xmlNodePtr field, const struct flow_line *heads, const char *chosen)
{
	for (size_t c = 0; c < heads->n; c++) {
		const char *value = pool_printf(r->pool, "%zu", c);

		if (heads->cell[c][0] != '\0' || strcmp(value, chosen) == 0)
			form_option(field, value, pool_printf(r->pool, "%s · %s", letters(r, c),
			    heads->cell[c]), strcmp(value, chosen) == 0);
	}
}

static void
add_group(struct req *r, xmlNodePtr form, enum report kind, char need,
    const struct flow_line *heads, const struct rows *mapping)
{
	xmlNodePtr group = x_el(form, "group");

	x_attr(group, "name", group_name(need));
	if (need == 'O')
		x_attr(group, "open", "false");
	for (const struct flow_field *f = flow_fields; f < flow_fields + COL_COUNT; f++) {
		struct field field = { f->name, TYPE_SELECT };
		int64_t column = flow_column(mapping, f->name);
		const char *chosen;

		if (f->need[kind] != need)
			continue;
		if (need == 'R')
			field.flags = REQUIRED;
		chosen = r->again ? req_str(r, f->name) : column < 0 ? "" :
		    pool_printf(r->pool, "%lld", (long long)column);
		add_choices(r, form_field(r, group, &field, f->name, NULL), heads, chosen);
	}
}

static void
set_field(struct req *r, xmlNodePtr form, const char *name, int64_t value)
{
	xmlNodePtr field = form_find(form, name);

	xmlNodeSetContent(field, NULL);
	x_text(field, "value", pool_printf(r->pool, "%lld", (long long)value));
}

void
flow_form_id(struct req *r, xmlNodePtr form)
{
	set_field(r, form, "id", req_int(r, "id", 0));
}

void
flow_map_form(struct req *r, const char *path, const struct rows *file, const struct rows *cells,
    const struct rows *mapping)
{
	static const struct field base[] = {
		{ "id", TYPE_HIDDEN },
		{ "header_row", TYPE_INT, REQUIRED, .min = 1, .max = 30 },
		{ 0 }
	};
	enum report kind = report_of(row_str(file, 0, "kind"));
	struct flow_line heads;
	xmlNodePtr form = x_form(r, "flow-map", pool_printf(r->pool, "%s/map", path), base, file);

	flow_form_id(r, form);
	if (!r->again)
		set_field(r, form, "header_row", flow_header(r, file, cells));
	flow_heads(cells, flow_header(r, file, cells), &heads);
	add_group(r, form, kind, 'R', &heads, mapping);
	add_group(r, form, kind, 'W', &heads, mapping);
	add_group(r, form, kind, 'O', &heads, mapping);
	form_action(form, "flow.check");
}

/* A column number as the form sends it, -1: nothing was chosen, -2: no such column. */
static int64_t
chosen_column(const char *s)
{
	if (s[0] == '\0')
		return -1;
	if (strlen(s) > 3 || s[strspn(s, "0123456789")] != '\0' ||
	    strtol(s, NULL, 10) >= FLOW_COLUMNS_MAX)
		return -2;
	return strtol(s, NULL, 10);
}

const char *
flow_mapping(struct req *r, const char *kind)
{
	const char *used[FLOW_COLUMNS_MAX] = { NULL };
	struct buf *json = buf_new(r->pool);
	enum report k = report_of(kind);

	buf_char(json, '{');
	for (const struct flow_field *f = flow_fields; f < flow_fields + COL_COUNT; f++) {
		int64_t c = f->need[k] == '-' ? -1 : chosen_column(req_str(r, f->name));

		if (c == -1 && f->need[k] == 'R')
			req_error(r, f->name, "required", NULL);
		if (c == -2)
			req_error(r, f->name, "choice", NULL);
		if (c < 0)
			continue;
		if (used[c] != NULL)
			req_error(r, f->name, "flow.column_twice", "column",
			    letters(r, (size_t)c), NULL);
		used[c] = f->name;
		buf_printf(json, "%s\"%s\":%lld", json->n > 1 ? "," : "", f->name, (long long)c);
	}
	buf_char(json, '}');
	return req_good(r) ? json->s : NULL;
}

/* ---- what was understood ---- */

/* A cell as it will be read, the same way as the importer does; NULL: as it stands. */
static const char *
understood(struct req *r, enum type type, const char *raw)
{
	struct table_cell cell = { raw, (uint32_t)strlen(raw), 0 };
	char *to = pool_alloc(r->pool, CELL_DECIMAL_SIZE);

	if (type == TYPE_DATE && cell_date(&cell, to))
		return to;
	if (type == TYPE_MONEY && cell_decimal(&cell, 4, to))
		return to;
	return NULL;
}

static void
preview_row(struct req *r, xmlNodePtr list, const struct flow_line *line,
    const struct rows *mapping)
{
	xmlNodePtr row = x_el(list, "row");

	x_value(row, TYPE_INT, "row_no", pool_printf(r->pool, "%lld", (long long)line->no));
	for (const struct flow_field *f = flow_fields; f < flow_fields + COL_COUNT; f++) {
		int64_t c = flow_column(mapping, f->name);
		const char *raw = c >= 0 && (size_t)c < line->n ? line->cell[c] : "";
		const char *clean = understood(r, f->type, raw);
		xmlNodePtr n;

		if (c < 0)
			continue;
		n = x_value(row, TYPE_TEXT, f->name, clean != NULL ? clean : raw);
		if (clean != NULL && strcmp(clean, raw) != 0)
			x_attr(n, "sub", raw);
	}
}

void
flow_preview(struct req *r, const struct rows *file, const struct rows *cells,
    const struct rows *mapping)
{
	int64_t header = row_int(file, 0, "header_row");
	xmlNodePtr list;
	size_t shown = 0;

	if (cells->n == 0 || mapping->n == 0)
		return;
	list = x_el(r->page, "list");
	x_attr(list, "name", "flow-preview");
	add_column(list, TYPE_INT, "row_no", NULL);
	for (const struct flow_field *f = flow_fields; f < flow_fields + COL_COUNT; f++) {
		if (flow_column(mapping, f->name) >= 0)
			add_column(list, TYPE_TEXT, f->name, NULL);
	}
	for (size_t i = 0; i < cells->n && shown < PREVIEW_ROWS;) {
		struct flow_line line;

		i = flow_line(cells, i, &line);
		if (line.no > header) {
			preview_row(r, list, &line, mapping);
			shown++;
		}
	}
}

/* ---- what is wrong ---- */

/* The whole row in one line, to find it by. */
static const char *
joined(struct req *r, const struct flow_line *line)
{
	struct buf *b = buf_new(r->pool);

	for (size_t i = 0; i < line->n && b->n < 160; i++) {
		if (line->cell[i][0] != '\0')
			buf_printf(b, "%s%s", b->n > 0 ? " · " : "", line->cell[i]);
	}
	return b->s == NULL ? "" : b->s;
}

static void
issue_row(struct req *r, xmlNodePtr list, const struct rows *cells, const struct flow_line *line,
    const struct rows *mapping, const char *issue)
{
	const char *colon = strchr(issue, ':');
	const char *code = colon == NULL ? issue :
	    pool_strndup(r->pool, issue, (size_t)(colon - issue));
	const char *field = colon == NULL ? "" : colon + 1;
	int64_t c = flow_column(mapping, field);
	xmlNodePtr row = x_el(list, "row"), n;

	x_value(row, TYPE_INT, "row_no", pool_printf(r->pool, "%lld", (long long)line->no));
	x_attr(x_value(row, TYPE_STATUS, "severity", row_str(cells, line->first, "severity")),
	    "set", "flow_severity");
	x_attr(x_value(row, TYPE_STATUS, "issue", code), "set", "flow_issue");
	x_attr(x_value(row, TYPE_STATUS, "field", field), "set", "flow_field");
	n = x_value(row, TYPE_TEXT, "received", c >= 0 && (size_t)c < line->n ? line->cell[c] : "");
	x_attr(n, "sub", joined(r, line));
}

xmlNodePtr
flow_issues(struct req *r, const char *name, const struct rows *cells,
    const struct rows *mapping)
{
	static const struct column columns[] = {
		{ "row_no", TYPE_INT },
		{ "severity", TYPE_STATUS },
		{ "issue", TYPE_STATUS },
		{ "field", TYPE_STATUS },
		{ "received", TYPE_TEXT },
		{ 0 }
	};
	xmlNodePtr list;

	list = x_el(r->page, "list");
	x_attr(list, "name", name);
	x_columns(list, columns);
	for (size_t i = 0; i < cells->n;) {
		struct flow_line line;
		char *issues, *rest, *issue;

		i = flow_line(cells, i, &line);
		issues = pool_strdup(r->pool, row_str(cells, line.first, "issues"));
		for (issue = strtok_r(issues, " ", &rest); issue != NULL;
		    issue = strtok_r(NULL, " ", &rest))
			issue_row(r, list, cells, &line, mapping, issue);
	}
	return list;
}

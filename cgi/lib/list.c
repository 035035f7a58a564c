/* See list.h. */
#include "list.h"

#include <stdint.h>
#include <string.h>

#include "export.h"
#include "form.h"
#include "list_counts.h"
#include "list_pager.h"
#include "list_query.h"
#include "views.h"

/* The page's rows in the order of the list, without the one that only tells there are more. */
static struct rows
page_rows(struct req *r, const struct rows *all, const struct list_query *q)
{
	struct rows page = *all;
	const char **cells;

	if (page.n > (size_t)q->size)
		page.n = (size_t)q->size;
	if (!q->backwards)
		return page;
	cells = pool_alloc(r->pool, page.n * page.ncols * sizeof(*cells));
	for (size_t i = 0; i < page.n; i++)
		memcpy(&cells[i * page.ncols], &all->cells[(page.n - 1 - i) * page.ncols],
		    page.ncols * sizeof(*cells));
	page.cells = cells;
	return page;
}

static bool
is_chosen(struct req *r, const struct column *c)
{
	const char *cols = req_str(r, "cols");
	size_t n = strlen(c->name);

	if (cols[0] == '\0')
		return !c->optional;
	for (const char *s = cols; *s != '\0'; s += strcspn(s, ",") + (strchr(s, ',') != NULL)) {
		if (strncmp(s, c->name, n) == 0 && (s[n] == ',' || s[n] == '\0'))
			return true;
	}
	return false;
}

/* The columns asked for, ended like a table. */
static const struct column *
chosen(struct req *r, const struct list *list)
{
	size_t n = 0;
	struct column *some;

	for (const struct column *c = list->columns; c->name != NULL; c++)
		n++;
	some = pool_alloc(r->pool, (n + 1) * sizeof(*some));
	n = 0;
	for (const struct column *c = list->columns; c->name != NULL; c++) {
		if (is_chosen(r, c))
			some[n++] = *c;
	}
	return n > 0 ? some : list->columns;
}

static void
add_param(struct req *r, struct buf *url, const char *href, const char *name)
{
	if (!req_given(r, name) || strstr(href, pool_printf(r->pool, "?%s=", name)) != NULL ||
	    strstr(href, pool_printf(r->pool, "&%s=", name)) != NULL)
		return;
	buf_printf(url, "%c%s=", strchr(url->s, '?') == NULL ? '?' : '&', name);
	req_encode(url, req_str(r, name));
}

/* An address behind which what the page is about (?id=) and the filters follow. */
static const char *
with_filters(struct req *r, const struct list *list, const char *href)
{
	struct buf *url = buf_new(r->pool);

	buf_str(url, href);
	for (const struct field *f = r->route->fields; f != NULL && f->name != NULL; f++)
		add_param(r, url, href, f->name);
	for (const struct filter *f = list->filters; f != NULL && f->field.name != NULL; f++)
		add_param(r, url, href, f->field.name);
	return url->s;
}

static void
add_views(struct req *r, xmlNodePtr n, const struct list *list, const struct arg *base)
{
	const char *current = req_str(r, "view");
	int64_t counts[LIST_VIEWS_MAX];

	if (list->views != NULL)
		list_counts(r, list, base, counts);
	for (const struct view *v = list->views; v != NULL && v->name != NULL; v++) {
		xmlNodePtr view = x_el(n, "view");

		x_attr(view, "name", v->name);
		if (v->counted)
			list_counts_say(view, counts[v - list->views]);
		if (v->query[0] == '/') {
			x_attr(view, "href", with_filters(r, list, v->query));
			x_flag(view, "current", strcmp(v->query, r->path) == 0);
			continue;
		}
		x_attr(view, "href", v->query[0] == '\0' ? r->path :
		    pool_printf(r->pool, "%s?%s&view=%s", r->path, v->query, v->name));
		x_flag(view, "current", current[0] == '\0' ? v->query[0] == '\0' :
		    strcmp(current, v->name) == 0);
	}
}

static void
add_hidden(xmlNodePtr filter, struct req *r, const char *name)
{
	xmlNodePtr n;

	if (!req_given(r, name))
		return;
	n = x_el(filter, "field");
	x_attr(n, "name", name);
	x_attr(n, "type", "hidden");
	x_text(n, "value", req_str(r, name));
}

/* The page without any filter: what it is about (?id=) stays. */
static const char *
bare_url(struct req *r)
{
	const char *query = r->query;
	const char *url = r->path;

	r->query = "";
	for (const struct field *f = r->route->fields; f != NULL && f->name != NULL; f++) {
		if (!req_given(r, f->name))
			continue;
		url = req_url_with(r, f->name, req_str(r, f->name));
		r->query = strchr(url, '?') + 1;
	}
	r->query = query;
	return url;
}

static void
add_filter(struct req *r, xmlNodePtr n, const struct list *list)
{
	const char *bare = bare_url(r);
	xmlNodePtr filter;

	if (list->filters == NULL)
		return;
	filter = x_el(n, "filter");
	x_attr(filter, "href", bare);
	x_attr(filter, "method", "get");
	for (const struct field *f = r->route->fields; f != NULL && f->name != NULL; f++)
		add_hidden(filter, r, f->name);
	for (const struct filter *f = list->filters; f->field.name != NULL; f++)
		form_field(r, filter, &f->field, f->field.name, req_str(r, f->field.name));
	add_hidden(filter, r, "sort");
	add_hidden(filter, r, "cols");
	add_hidden(filter, r, "size");
	x_action(filter, "search", "get", bare);
	if (strcmp(bare, req_url_with(r, "lang", NULL)) != 0)
		x_action(filter, "reset", "get", bare);
}

/* The address of the same list with column `turned` shown or not. */
static const char *
turn_column(struct req *r, const struct list *list, const struct column *turned)
{
	struct buf *cols = buf_new(r->pool);

	for (const struct column *c = list->columns; c->name != NULL; c++) {
		if (is_chosen(r, c) != (c == turned))
			buf_printf(cols, "%s%s", cols->n > 0 ? "," : "", c->name);
	}
	return cols->n == 0 ? NULL : req_url_with(r, "cols", cols->s);
}

static void
add_column(struct req *r, xmlNodePtr n, const struct list_query *q, const struct column *c)
{
	xmlNodePtr col = x_el(n, "column");

	x_attr(col, "name", c->name);
	x_attr(col, "type", type_name(c->type));
	/* The first column names the row: it stays. */
	if (c != q->list->columns)
		x_attr(col, "hide", turn_column(r, q->list, c));
	if (c->sort == NULL)
		return;
	if (c == q->sort)
		x_attr(col, "sort", q->descending ? "desc" : "asc");
	x_attr(col, "href", list_restart(r, "sort",
	    pool_printf(r->pool, "%s%s", c == q->sort && !q->descending ? "-" : "", c->name)));
}

static void
add_columns(struct req *r, xmlNodePtr n, const struct list_query *q)
{
	for (const struct column *c = q->list->columns; c->name != NULL; c++) {
		if (is_chosen(r, c))
			add_column(r, n, q, c);
	}
	for (const struct column *c = q->list->columns; c->name != NULL; c++) {
		xmlNodePtr hidden;

		if (is_chosen(r, c))
			continue;
		hidden = x_el(n, "hidden-column");
		x_attr(hidden, "name", c->name);
		x_attr(hidden, "href", turn_column(r, q->list, c));
	}
}

static void
add_total(struct req *r, xmlNodePtr n, const struct list_query *q, const struct rows *rows,
    bool more)
{
	struct arg args[LIST_ARGS];
	int64_t total = (int64_t)rows->n;
	struct sql sql;

	if (more || q->key != NULL) {
		if (!list_query_count(r, q, &sql, args))
			return;
		rows = db_query(r->db, r->pool, &sql, args);
		if (rows->n == 0)
			return;
		total = row_int(rows, 0, "total");
	}
	x_attr_int(n, "total", total > LIST_COUNT_CAP ? LIST_COUNT_CAP : total);
	x_flag(n, "total-more", total > LIST_COUNT_CAP);
}

void
list_exports(struct req *r, xmlNodePtr n, const char *href)
{
	static const char *const formats[][2] = {
		{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
		{ "csv", "text/csv" },
	};

	for (size_t i = 0; i < LEN(formats); i++) {
		const char *to = href == NULL ? list_restart(r, "format", formats[i][0]) :
		    pool_printf(r->pool, "%s&format=%s", href, formats[i][0]);

		x_attr(x_link(n, "alternate", to), "type", formats[i][1]);
	}
}

static void
add_rows(struct req *r, xmlNodePtr n, const struct list *list, const struct rows *rows)
{
	const struct column *columns = chosen(r, list);
	bool act = list->action != NULL && req_may(r, list->action_perm);
	const char *to = list->drill ? with_filters(r, list, list->row_href) : list->row_href;

	for (size_t i = 0; i < rows->n; i++) {
		xmlNodePtr row = x_row(n, rows, i, columns, to);
		const char *href = act ? x_href(r->pool, list->action_href, rows, i) : NULL;

		if (list->picture != NULL)
			x_picture(row, x_href(r->pool, list->picture, rows, i));
		if (href != NULL)
			x_action(row, list->action, list->action_opens ? "get" : "post", href);
	}
}

int
list_page_args(struct req *r, const struct list *list, const struct arg *base)
{
	struct list_query q = list_query_read(r, list, base);
	struct arg args[LIST_ARGS];
	const struct rows *all, *views;
	struct rows rows;
	struct sql sql;
	xmlNodePtr n;
	bool more;

	if (export_asked(r))
		return export_list(r, &q, chosen(r, list));
	list_query_sql(r, &q, q.size + 1, &sql, args);
	all = db_query(r->db, r->pool, &sql, args);
	rows = page_rows(r, all, &q);
	more = all->n > rows.n;
	n = x_el(r->page, "list");
	x_attr(n, "name", list->name);
	add_total(r, n, &q, &rows, more);
	add_views(r, n, list, base);
	views = views_add(r, n, list);
	add_filter(r, n, list);
	add_columns(r, n, &q);
	add_rows(r, n, list, &rows);
	list_pager_of(r, n, &q, &rows, more);
	if (rows.n == 0 && list->create != NULL && req_may(r, list->create_perm))
		x_action(n, list->create, "get", list->create_href);
	views_link(r, n, list, views);
	if (rows.n > 0)
		list_exports(r, n, NULL);
	return 200;
}

const struct rows *
list_months_args(struct req *r, const struct list *list, const struct arg *base)
{
	struct list_query q = list_query_read(r, list, base);
	struct arg args[LIST_ARGS];
	struct sql sql;

	list_query_months(r, &q, &sql, args);
	return db_query(r->db, r->pool, &sql, args);
}

const char *
list_open(struct req *r, xmlNodePtr list)
{
	const char *open = req_str(r, "open");

	for (xmlNodePtr n = list->children; n != NULL; n = n->next) {
		xmlChar *id = xmlGetNoNsProp(n, (const xmlChar *)"id");

		if (id != NULL && open[0] == '\0')
			open = pool_strdup(r->pool, (const char *)id);
		x_flag(n, "current", id != NULL && strcmp(open, (const char *)id) == 0);
		xmlFree(id);
	}
	return open;
}

xmlNodePtr
x_list(struct req *r, const char *name, const struct rows *rows, const struct column *columns,
    const char *row_href)
{
	xmlNodePtr n;

	columns = x_columns_there(r->pool, rows, columns);
	n = x_table(r->page, "list", name, columns);
	x_rows(n, rows, columns, row_href);
	return n;
}

xmlNodePtr
list_rows(struct req *r, const char *name, const struct rows *rows, const struct column *columns,
    const char *row_href)
{
	xmlNodePtr n;

	if (export_asked(r))
		export_rows(r, name, NULL, rows, columns);
	n = x_list(r, name, rows, columns, row_href);
	if (rows->n > 0)
		list_exports(r, n, NULL);
	return n;
}

/* Where the page begins: behind the row ?after=, or at the first. */
static size_t
page_start(struct req *r, const struct rows *rows)
{
	const char *after = req_str(r, "after");

	for (size_t i = 0; after[0] != '\0' && i < rows->n; i++) {
		if (strcmp(row_str(rows, i, "id"), after) == 0)
			return i + 1 < rows->n ? i + 1 : i;
	}
	return 0;
}

static void
add_way(struct req *r, xmlNodePtr pager, const char *name, const struct rows *rows, size_t start)
{
	x_attr(pager, name, list_restart(r, "after",
	    start == 0 ? NULL : row_str(rows, start - 1, "id")));
}

xmlNodePtr
list_paged(struct req *r, const char *name, const struct rows *rows, const struct column *columns,
    const char *row_href)
{
	int64_t asked = req_int(r, "size", LIST_SIZE_MAX);
	size_t size = asked < 1 || asked > LIST_SIZE_MAX ? LIST_SIZE_MAX : (size_t)asked;
	struct rows page = *rows;
	size_t start;
	xmlNodePtr n, pager;

	if (export_asked(r) || rows->n <= size)
		return list_rows(r, name, rows, columns, row_href);
	start = page_start(r, rows);
	page.cells = &rows->cells[start * rows->ncols];
	page.n = rows->n - start < size ? rows->n - start : size;
	n = x_list(r, name, &page, columns, row_href);
	pager = list_pager(r, n, (int64_t)size, LIST_SIZE_MAX);
	if (start > 0) {
		add_way(r, pager, "first", rows, 0);
		add_way(r, pager, "prev", rows, start > size ? start - size : 0);
	}
	if (start + page.n < rows->n)
		add_way(r, pager, "next", rows, start + page.n);
	list_exports(r, n, NULL);
	return n;
}

void
list_filter(struct req *r, xmlNodePtr list, const struct field *fields, const char *const *values)
{
	xmlNodePtr filter = xmlNewDocNode(list->doc, list->ns, (const xmlChar *)"filter", NULL);

	xmlAddPrevSibling(list->children, filter);
	x_attr(filter, "href", r->path);
	x_attr(filter, "method", "get");
	for (size_t i = 0; fields[i].name != NULL; i++)
		form_field(r, filter, &fields[i], fields[i].name, values[i]);
	x_action(filter, "search", "get", r->path);
}

/* A list is checked with every filter set and by every sort. */
bool
list_check(struct db *db, struct pool *pool, const struct list *list)
{
	struct req r = { .pool = pool, .path = "/", .query = "" };
	static const struct arg nulls[] = { { ARG_NULL, 0, NULL, 0 }, { ARG_NULL, 0, NULL, 0 },
		{ ARG_END, 0, NULL, 0 } };
	const struct arg *none = nulls + 2 - list->call_args;
	bool good = true;

	r.in.pool = pool;
	r.in.part = pool_alloc(pool, 64 * sizeof(*r.in.part));
	for (const struct filter *f = list->filters; f != NULL && f->field.name != NULL; f++) {
		const struct sql narrow = { list->name, f->narrow };

		r.in.part[r.in.n++] = (struct part){ .name = f->field.name, .value = "1", .n = 1 };
		good = (f->narrow == NULL || db_prepare(db, &narrow, 1)) && good;
	}
	if (list->sums != NULL || list->months_call != NULL) {
		struct list_query q = { .list = list, .base = none };
		struct arg args[LIST_ARGS];
		struct sql sql;

		list_query_months(&r, &q, &sql, args);
		good = db_prepare(db, &sql, 1) && good;
	}
	for (const struct column *c = list->columns; c->name != NULL; c++) {
		struct list_query q = { .list = list, .base = none, .sort = c, .key = "1",
		    .id = "1" };
		struct arg args[LIST_ARGS];
		struct sql sql;

		if (c->sort == NULL)
			continue;
		list_query_sql(&r, &q, 1, &sql, args);
		good = db_prepare(db, &sql, 1) && good;
		if (list_query_count(&r, &q, &sql, args))
			good = db_prepare(db, &sql, 1) && good;
	}
	return good;
}

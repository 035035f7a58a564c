/* See crud.h. */
#include "crud.h"

#include <stdlib.h>
#include <string.h>

#include "form.h"

enum { MAX_FIELDS = 40 };

static bool
is_column(const struct field *f)
{
	return strcmp(f->name, "id") != 0 && (f->flags & READ_ONLY) == 0;
}

/* Whether a field is a column: of all, or of those that a save of a row that is there writes. */
static bool
is_written(const struct field *f, bool all, const struct req *r)
{
	bool kept = (f->flags & KEEPS) != 0 && r != NULL && parts_find(&r->in, f->name) == NULL;

	return is_column(f) && (all || ((f->flags & LOCKED) == 0 && !kept));
}

/* The entity's columns with what stands behind each name: all, or what a save of r changes. */
static void
add_columns(struct buf *b, const struct entity *e, bool all, const struct req *r,
    const char *behind)
{
	bool first = true;

	for (const struct field *f = e->fields; f->name != NULL; f++) {
		if (!is_written(f, all, r))
			continue;
		buf_printf(b, "%s%s%s", first ? "" : ", ", f->name, behind);
		first = false;
	}
}

static struct sql
get_sql(struct pool *p, const struct entity *e)
{
	struct buf *b = buf_new(p);

	buf_str(b, "SELECT id, version, ");
	add_columns(b, e, true, NULL, "");
	if (e->fixed != NULL)
		buf_printf(b, ", %s AS fixed", e->fixed);
	buf_printf(b, ", %s AS title FROM %s WHERE id = ?", e->title, e->table);
	return (struct sql){ e->name, b->s };
}

static struct sql
insert_sql(struct pool *p, const struct entity *e)
{
	struct buf *b = buf_new(p);
	bool first = true;

	buf_printf(b, "INSERT INTO %s (", e->table);
	add_columns(b, e, true, NULL, "");
	buf_str(b, ") VALUES (");
	for (const struct field *f = e->fields; f->name != NULL; f++) {
		if (!is_column(f))
			continue;
		buf_str(b, first ? "?" : ", ?");
		first = false;
	}
	buf_char(b, ')');
	return (struct sql){ e->name, b->s };
}

static struct sql
update_sql(struct pool *p, const struct entity *e, const struct req *r)
{
	struct buf *b = buf_new(p);

	buf_printf(b, "UPDATE %s SET ", e->table);
	add_columns(b, e, false, r, " = ?");
	buf_str(b, ", version = version + 1 WHERE id = ? AND version = ?");
	return (struct sql){ e->name, b->s };
}

static struct arg
value_arg(struct req *r, const struct field *f)
{
	const char *value = req_str(r, f->name);

	switch (f->type) {
	case TYPE_INT:
	case TYPE_QTY:
		return value[0] == '\0' ? arg_text(NULL) : I(req_int(r, f->name, 0));
	case TYPE_MONEY:
	case TYPE_PRICE:
	case TYPE_PERCENT:
		return M(value);
	case TYPE_CHECK:
		return I(value[0] != '\0');
	default:
		return T(value);
	}
}

static size_t
add_args(struct req *r, const struct entity *e, bool all, struct arg *args)
{
	size_t n = 0;

	for (const struct field *f = e->fields; f->name != NULL; f++) {
		if (!is_written(f, all, r))
			continue;
		if (n == MAX_FIELDS)
			abort();
		args[n++] = value_arg(r, f);
	}
	return n;
}

int
crud_list(struct req *r)
{
	const struct entity *e = r->route->entity;
	struct list shown = *e->list;

	if (req_may(r, e->edit))
		x_action(r->heading, "create", "get", pool_printf(r->pool, "%s/edit", e->path));
	else if (shown.row_href != NULL && strstr(shown.row_href, "/edit?") != NULL)
		shown.row_href = NULL;
	return list_page(r, &shown);
}

/* What the form starts with: the row itself, or values of a new one; NULL: there is no such row. */
static const struct rows *
first_row(struct req *r, const struct entity *e, int64_t id)
{
	static const struct rows none = { 0 };
	int64_t like = e->copy == NULL ? 0 : req_int(r, "copy", 0);
	struct sql sql = id != 0 ? get_sql(r->pool, e) :
	    (struct sql){ e->name, like != 0 ? e->copy : e->defaults };
	const struct rows *row = &none;

	if (id != 0 || like != 0)
		row = db_query(r->db, r->pool, &sql, ARGS(I(id != 0 ? id : like)));
	else if (e->defaults != NULL)
		return db_query(r->db, r->pool, &sql, ARGS());
	return row->n == 0 && (id != 0 || like != 0) ? NULL : row;
}

/* A row that is there: its title, a new one like it, and what of it does not change any more. */
static void
add_state(struct req *r, const struct entity *e, int64_t id, const struct rows *row)
{
	req_title(r, row_str(row, 0, "title"));
	if (e->copy != NULL && req_may(r, e->edit))
		x_action(r->heading, "like", "get",
		    pool_printf(r->pool, "%s/edit?copy=%lld", e->path, (long long)id));
	if (e->fixed != NULL && row_str(row, 0, "fixed")[0] != '\0')
		x_notice(r->page, "info", pool_printf(r->pool, "notice.%s.fixed", e->name));
}

int
crud_edit(struct req *r)
{
	const struct entity *e = r->route->entity;
	int64_t id = req_int(r, "id", 0);
	const struct rows *row = first_row(r, e, id);
	xmlNodePtr form;

	if (row == NULL)
		return 404;
	req_page(r, id == 0 ? "new" : "edit");
	req_trail(r, r->app->name, pool_printf(r->pool, "%s/", e->path));
	if (id != 0)
		add_state(r, e, id, row);
	form = x_form(r, e->name, pool_printf(r->pool, "%s/save", e->path), e->fields, row);
	for (const struct choice *c = e->choices; c != NULL && c->field != NULL; c++) {
		struct sql choices = { e->name, c->sql };

		form_options(form, c->field, db_query(r->db, r->pool, &choices, ARGS()));
	}
	if (req_may(r, e->edit))
		form_action(form, "save");
	return 200;
}

int
crud_save(struct req *r)
{
	const struct entity *e = r->route->entity;
	int64_t id = req_int(r, "id", 0);
	struct arg args[MAX_FIELDS + 4];
	struct sql sql;
	size_t n;

	memset(args, 0, sizeof(args));
	n = add_args(r, e, id == 0, args);
	if (id != 0) {
		args[n++] = I(id);
		args[n++] = I(req_int(r, "_version", 0));
	}
	args[n].type = ARG_END;
	sql = id == 0 ? insert_sql(r->pool, e) : update_sql(r->pool, e, r);
	if (db_exec(r->db, &sql, args) == 0)
		return 409;
	if (id == 0)
		id = db_last_id(r->db);
	req_notice(r, "saved");
	return req_redirect(r, "%s/edit?id=%lld", e->path, (long long)id);
}

bool
crud_check(struct db *db, struct pool *pool, const struct entity *e)
{
	struct sql sql[] = { get_sql(pool, e), insert_sql(pool, e),
		update_sql(pool, e, NULL) };
	bool good = db_prepare(db, sql, LEN(sql)) && list_check(db, pool, e->list);

	if (e->defaults != NULL)
		good = db_prepare(db, &(struct sql){ e->name, e->defaults }, 1) && good;
	if (e->copy != NULL)
		good = db_prepare(db, &(struct sql){ e->name, e->copy }, 1) && good;
	for (const struct choice *c = e->choices; c != NULL && c->field != NULL; c++) {
		struct sql choices = { e->name, c->sql };

		good = db_prepare(db, &choices, 1) && good;
	}
	return good;
}

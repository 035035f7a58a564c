/* See list_query.h. */
#include "list_query.h"

#include <stdlib.h>
#include <string.h>

static const struct column *
sort_column(const struct list *list, const char *name)
{
	for (const struct column *c = list->columns; c->name != NULL; c++) {
		if (c->sort != NULL && strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

static void
read_sort(struct list_query *q, const char *sort)
{
	bool descending = sort[0] == '-';
	const struct column *c = sort_column(q->list, sort + descending);

	if (c == NULL)
		return;
	q->sort = c;
	q->descending = descending;
}

/* `after` and `before` are "<sort_key>~<id>". */
static void
read_place(struct req *r, struct list_query *q, const char *place)
{
	const char *tilde = strrchr(place, '~');

	if (tilde == NULL || tilde[1] == '\0' ||
	    tilde[1 + strspn(tilde + 1, "0123456789")] != '\0' || strlen(tilde) > 20)
		return;
	q->key = pool_strndup(r->pool, place, (size_t)(tilde - place));
	q->id = tilde + 1;
}

/* Arguments on the way into a statement. */
struct binder {
	struct arg *args;
	size_t n;
};

static void
bind(struct binder *b, struct arg a)
{
	if (b->n >= LIST_ARGS - 1)
		abort();
	b->args[b->n++] = a;
	b->args[b->n] = (struct arg){ ARG_END, 0, NULL, 0 };
}

static struct arg
typed(enum type type, const char *value)
{
	switch (type) {
	case TYPE_INT:
		return value[0] == '\0' ? arg_text(NULL) : I(strtoll(value, NULL, 10));
	case TYPE_QTY:
	case TYPE_MONEY:
	case TYPE_PRICE:
	case TYPE_PERCENT:
		return M(value);
	default:
		return S(value);
	}
}

static bool
is_number(const struct filter *f, const char *value)
{
	return f->number != NULL && strpbrk(value, "0123456789") != NULL;
}

static const char *
pattern(struct req *r, const struct filter *f, const char *value)
{
	struct buf *b;

	if (!f->like)
		return value;
	b = buf_new(r->pool);
	if (!is_number(f, value))
		buf_char(b, '%');
	for (; *value != '\0'; value++) {
		if (strchr("%_\\", *value) != NULL)
			buf_char(b, '\\');
		buf_char(b, *value);
	}
	buf_char(b, '%');
	return b->s;
}

/* Asks which ids a search names; many are left to its own condition. */
static void
narrow(struct req *r, struct list_query *q)
{
	for (const struct filter *f = q->list->filters; f != NULL && f->field.name != NULL; f++) {
		const struct sql sql = { q->list->name, f->narrow };
		const char *value = req_str(r, f->field.name);
		struct arg args[LIST_ARGS];
		struct binder b = { args, 0 };

		if (f->narrow == NULL || value[0] == '\0' || is_number(f, value))
			continue;
		for (int i = 0; i < f->binds; i++)
			bind(&b, S(pattern(r, f, value)));
		q->named = db_query(r->db, r->pool, &sql, args);
		q->narrowed = q->named->n <= LIST_FEW ? f : NULL;
	}
}

struct list_query
list_query_read(struct req *r, const struct list *list, const struct arg *base)
{
	struct list_query q = { .list = list, .base = base };

	read_sort(&q, list->sort);
	if (q.sort == NULL)
		abort();
	read_sort(&q, req_str(r, "sort"));
	q.backwards = !req_given(r, "after") && req_given(r, "before");
	read_place(r, &q, req_str(r, q.backwards ? "before" : "after"));
	q.size = req_int(r, "size", LIST_SIZE);
	if (q.size < 1 || q.size > LIST_SIZE_MAX)
		q.size = LIST_SIZE;
	narrow(r, &q);
	return q;
}

/* Always LIST_FEW places, so that it is one statement: the rest says nothing new. */
static void
add_narrowed(const struct list_query *q, struct buf *text, struct binder *b)
{
	size_t n = q->named->n;

	buf_printf(text, " AND %s IN (", q->narrowed->narrow_to);
	for (size_t i = 0; i < LIST_FEW; i++) {
		buf_str(text, i == 0 ? "?" : ", ?");
		bind(b, I(n == 0 ? 0 : row_int(q->named, i < n ? i : 0, "id")));
	}
	buf_char(text, ')');
}

/* The conditions of the filters that are set, and the base condition. */
static void
add_where(struct req *r, const struct list_query *q, struct buf *text, struct binder *b)
{
	const struct list *list = q->list;

	buf_str(text, " WHERE ");
	buf_str(text, list->where != NULL ? list->where : "1");
	for (const struct arg *a = q->base; a->type != ARG_END; a++)
		bind(b, *a);
	for (const struct filter *f = list->filters; f != NULL && f->field.name != NULL; f++) {
		const char *value = req_str(r, f->field.name);
		bool number = is_number(f, value);

		if (value[0] == '\0' || f->having)
			continue;
		if (f == q->narrowed) {
			add_narrowed(q, text, b);
			continue;
		}
		buf_printf(text, " AND (%s)", number ? f->number : f->where);
		for (int i = 0; i == 0 || i < (number ? f->numbers : f->binds); i++)
			bind(b, typed(f->field.type, pattern(r, f, value)));
	}
}

/* GROUP BY, and the conditions on what is grouped. */
static void
add_group(struct req *r, const struct list_query *q, struct buf *text, struct binder *b)
{
	if (q->list->group == NULL)
		return;
	buf_printf(text, " GROUP BY %s HAVING 1", q->list->group);
	for (const struct filter *f = q->list->filters; f != NULL && f->field.name != NULL; f++) {
		if (!f->having || !req_given(r, f->field.name))
			continue;
		buf_printf(text, " AND (%s)", f->where);
		bind(b, typed(f->field.type, req_str(r, f->field.name)));
	}
}

/* Rows behind the place; of groups, whose sort may be a sum, HAVING says it. */
static void
add_place(const struct list_query *q, const char *than, struct buf *text, struct binder *b)
{
	bool grouped = q->list->group != NULL;
	const char *sort = grouped ? "sort_key" : q->sort->sort;

	if (q->key == NULL)
		return;
	buf_printf(text, " AND %s %s= ? AND (%s %s ? OR %s %s ?)", sort, than, sort, than,
	    grouped ? "id" : q->list->key, than);
	bind(b, typed(q->sort->type, q->key));
	bind(b, typed(q->sort->type, q->key));
	bind(b, I(strtoll(q->id, NULL, 10)));
}

static void
office_sql(struct req *r, const struct list_query *q, int64_t limit, struct sql *sql,
    struct binder *b)
{
	const struct list *list = q->list;
	bool descending = q->descending != q->backwards;
	const char *than = descending ? "<" : ">";
	const char *direction = descending ? "DESC" : "ASC";
	struct buf *text = buf_new(r->pool);

	buf_printf(text, "SELECT %s, %s AS sort_key FROM %s", list->select, q->sort->sort,
	    list->from);
	add_where(r, q, text, b);
	add_group(r, q, text, b);
	add_place(q, than, text, b);
	buf_printf(text, " ORDER BY %s %s", q->sort->sort, direction);
	/* Behind a unique key it would cost the order of that index. */
	if (!q->sort->unique)
		buf_printf(text, ", %s %s", list->key, direction);
	buf_str(text, " LIMIT ?");
	bind(b, I(limit));
	sql->name = list->name;
	sql->text = text->s;
}

static void
call_filters(struct req *r, const struct list_query *q, struct binder *b)
{
	bind(b, S(r->token));
	for (const struct arg *a = q->base; a->type != ARG_END; a++)
		bind(b, *a);
	for (const struct filter *f = q->list->filters; f != NULL && f->field.name != NULL; f++)
		bind(b, T(req_str(r, f->field.name)));
}

static const char *
call_text(struct req *r, const char *procedure, size_t n)
{
	struct buf *text = buf_new(r->pool);

	buf_printf(text, "CALL %s(", procedure);
	for (size_t i = 0; i < n; i++)
		buf_str(text, i == 0 ? "?" : ", ?");
	buf_char(text, ')');
	return text->s;
}

static void
portal_sql(struct req *r, const struct list_query *q, int64_t limit, struct sql *sql,
    struct binder *b)
{
	bool descending = q->descending != q->backwards;

	call_filters(r, q, b);
	bind(b, S(pool_printf(r->pool, "%s%s", descending ? "-" : "", q->sort->name)));
	bind(b, S(q->key));
	bind(b, q->id == NULL ? arg_text(NULL) : I(strtoll(q->id, NULL, 10)));
	bind(b, I(limit));
	sql->name = q->list->name;
	sql->text = call_text(r, q->list->call, b->n);
}

void
list_query_sql(struct req *r, const struct list_query *q, int64_t limit, struct sql *sql,
    struct arg *args)
{
	struct binder b = { args, 0 };

	if (q->list->call != NULL)
		portal_sql(r, q, limit, sql, &b);
	else
		office_sql(r, q, limit, sql, &b);
}

bool
list_query_count(struct req *r, const struct list_query *q, struct sql *sql, struct arg *args)
{
	const struct list *list = q->list;
	struct binder b = { args, 0 };
	struct buf *text;

	sql->name = list->name;
	if (list->call != NULL) {
		if (list->count_call == NULL)
			return false;
		call_filters(r, q, &b);
		sql->text = call_text(r, list->count_call, b.n);
		return true;
	}
	text = buf_new(r->pool);
	buf_printf(text, "SELECT COUNT(*) AS total FROM (SELECT 1 FROM %s",
	    list->count_from != NULL ? list->count_from : list->from);
	add_where(r, q, text, &b);
	add_group(r, q, text, &b);
	buf_str(text, " LIMIT ?) counted");
	bind(&b, I(LIST_COUNT_CAP + 1));
	sql->text = text->s;
	return true;
}

void
list_query_months(struct req *r, const struct list_query *q, struct sql *sql, struct arg *args)
{
	const struct list *list = q->list;
	struct binder b = { args, 0 };
	struct buf *text;

	sql->name = list->name;
	if (list->call != NULL) {
		call_filters(r, q, &b);
		sql->text = call_text(r, list->months_call, b.n);
		return;
	}
	text = buf_new(r->pool);
	buf_printf(text, "SELECT %s AS month, %s FROM %s", list->month, list->sums,
	    list->count_from != NULL ? list->count_from : list->from);
	add_where(r, q, text, &b);
	buf_printf(text, " GROUP BY %s WITH ROLLUP", list->month);
	sql->text = text->s;
}

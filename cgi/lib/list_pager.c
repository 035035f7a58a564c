/* See list_pager.h. */
#include "list_pager.h"

#include <stdlib.h>
#include <string.h>

const char *const list_sizes[] = { "25", "50", "100", "200", NULL };

const char *
list_restart(struct req *r, const char *name, const char *value)
{
	const char *query = r->query;
	const char *url;

	r->query = strchr(req_url_with(r, "after", NULL), '?');
	r->query = r->query == NULL ? "" : r->query + 1;
	r->query = strchr(req_url_with(r, "before", NULL), '?');
	r->query = r->query == NULL ? "" : r->query + 1;
	url = req_url_with(r, name, value);
	r->query = query;
	return url;
}

static const char *
place_of(struct req *r, const struct rows *rows, size_t i)
{
	return pool_printf(r->pool, "%s~%s", row_str(rows, i, "sort_key"), row_str(rows, i, "id"));
}

xmlNodePtr
list_pager(struct req *r, xmlNodePtr n, int64_t size, int64_t usual)
{
	xmlNodePtr pager = x_el(n, "pager");

	x_attr_int(pager, "size", size);
	for (const char *const *s = list_sizes; *s != NULL; s++) {
		xmlNodePtr choice = x_el(pager, "size");
		int64_t rows = strtoll(*s, NULL, 10);

		x_attr(choice, "rows", *s);
		x_attr(choice, "href", list_restart(r, "size", rows == usual ? NULL : *s));
		x_flag(choice, "current", rows == size);
	}
	return pager;
}

void
list_pager_of(struct req *r, xmlNodePtr n, const struct list_query *q, const struct rows *rows,
    bool more)
{
	bool prev = q->backwards ? more : q->key != NULL;
	bool next = q->backwards ? q->key != NULL : more;
	xmlNodePtr pager;

	/* What fits the smallest page has no use for another. */
	if (!prev && !next && rows->n <= (size_t)strtoll(list_sizes[0], NULL, 10))
		return;
	pager = list_pager(r, n, q->size, LIST_SIZE);
	if (q->key != NULL)
		x_attr(pager, "first", list_restart(r, "after", NULL));
	if (prev && rows->n > 0)
		x_attr(pager, "prev", list_restart(r, "before", place_of(r, rows, 0)));
	if (next && rows->n > 0)
		x_attr(pager, "next", list_restart(r, "after", place_of(r, rows, rows->n - 1)));
}

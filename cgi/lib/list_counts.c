/* See list_counts.h. */
#include "list_counts.h"

#include <string.h>
#include <time.h>

#include "list_query.h"

enum { KEPT = 64, KEEP_S = 5 };

static struct kept {
	const struct list *list;
	int64_t user;
	time_t at;
	int64_t counts[LIST_VIEWS_MAX];
} kept[KEPT];

/* The list as if the view's query had been asked. */
static int64_t
count(struct req *r, const struct list *list, const struct arg *base, const struct view *view)
{
	struct parts before = r->in;
	struct arg args[LIST_ARGS];
	int64_t n = -1;
	struct list_query q;
	const char *error;
	struct sql sql;

	r->in = (struct parts){ .pool = r->pool };
	if (parts_urlencoded(&r->in, view->query, strlen(view->query), &error)) {
		q = list_query_read(r, list, base);
		if (list_query_count(r, &q, &sql, args)) {
			const struct rows *rows = db_query(r->db, r->pool, &sql, args);

			n = rows->n == 0 ? -1 : row_int(rows, 0, "total");
		}
	}
	r->in = before;
	return n;
}

/* The user's figures for this list, or the place to keep them. */
static struct kept *
place_of(struct req *r, const struct list *list)
{
	struct kept *oldest = &kept[0];

	for (size_t i = 0; i < KEPT; i++) {
		if (kept[i].list == list && kept[i].user == r->user.id)
			return &kept[i];
		if (kept[i].at < oldest->at)
			oldest = &kept[i];
	}
	oldest->at = 0;
	return oldest;
}

void
list_counts(struct req *r, const struct list *list, const struct arg *base,
    int64_t counts[static LIST_VIEWS_MAX])
{
	struct kept *k = place_of(r, list);
	time_t now = time(NULL);

	if (k->at == 0 || now - k->at >= KEEP_S || base->type != ARG_END) {
		k->list = list;
		k->user = r->user.id;
		k->at = now;
		for (size_t i = 0; i < LIST_VIEWS_MAX; i++)
			k->counts[i] = -1;
		for (size_t i = 0; list->views[i].name != NULL && i < LIST_VIEWS_MAX; i++) {
			if (list->views[i].counted)
				k->counts[i] = count(r, list, base, &list->views[i]);
		}
		if (base->type != ARG_END)
			k->at = 0;
	}
	memcpy(counts, k->counts, sizeof(k->counts));
}

void
list_counts_say(xmlNodePtr view, int64_t count)
{
	if (count < 0)
		return;
	x_attr_int(view, "count", count > LIST_COUNT_CAP ? LIST_COUNT_CAP : count);
	x_flag(view, "count-more", count > LIST_COUNT_CAP);
}

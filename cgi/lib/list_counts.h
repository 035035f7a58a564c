/*
 * list_counts.h - how many rows stand behind the tabs of a list; for list.c only.
 *
 * Only a view that says `counted` is counted: it must find its rows by an index.  Counting stops at
 * LIST_COUNT_CAP, and a worker keeps the figures for some seconds, so that a list that many look at
 * costs what it cost without.
 */
#ifndef XIAOAO_LIST_COUNTS_H
#define XIAOAO_LIST_COUNTS_H

#include "list.h"

enum { LIST_VIEWS_MAX = 8 };

/* A count for each view of the list, -1: not counted; above LIST_COUNT_CAP: at least so many. */
void list_counts(struct req *r, const struct list *list, const struct arg *base,
    int64_t counts[static LIST_VIEWS_MAX]);

/* Says it in the page. */
void list_counts_say(xmlNodePtr view, int64_t count);

#endif

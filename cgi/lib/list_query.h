/*
 * list_query.h - from a list's description and the URL to one page of rows;
 * for list.c and export.c.
 */
#ifndef XIAOAO_LIST_QUERY_H
#define XIAOAO_LIST_QUERY_H

#include "list.h"

enum { LIST_SIZE = 50, LIST_SIZE_MAX = 200, LIST_COUNT_CAP = 1000, LIST_ALL = INT32_MAX };

struct list_query {
	const struct list *list;
	const struct arg *base;      /* of list->where, or what a portal list adds */
	const struct column *sort;   /* column sorted by */
	bool descending;
	bool backwards;              /* the page before a row, not after it */
	const char *key;             /* sort_key of that row; NULL: first page */
	const char *id;
	int64_t size;
	const struct filter *narrowed; /* the filter whose ids are few, or NULL */
	const struct rows *named;      /* its ids */
};

/* Reads sort, after, before and size from the request. */
struct list_query list_query_read(struct req *r, const struct list *list, const struct arg *base);

/* The statement for `limit` rows and its arguments. */
void list_query_sql(struct req *r, const struct list_query *q, int64_t limit, struct sql *sql,
    struct arg *args);

/* The statement that counts, up to LIST_COUNT_CAP + 1; false when the list has none. */
bool list_query_count(struct req *r, const struct list_query *q, struct sql *sql,
    struct arg *args);

/* The statement of list_months(). */
void list_query_months(struct req *r, const struct list_query *q, struct sql *sql,
    struct arg *args);

/* LIST_FEW is one less than the LIMIT of a filter's narrow. */
enum { LIST_ARGS = 96, LIST_FEW = 32 };

#endif

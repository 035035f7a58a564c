/*
 * list_pager.h - the way from page to page of a list, and how many rows a page has.
 */
#ifndef XIAOAO_LIST_PAGER_H
#define XIAOAO_LIST_PAGER_H

#include "list_query.h"

/* Rows a page may be told to have, as ?size=; LIST_SIZE without it. */
extern const char *const list_sizes[];

/* The address of the first page, with one parameter changed. */
const char *list_restart(struct req *r, const char *name, const char *value);

/* A <pager> without ways, and the sizes to choose from; usual: what no ?size= means. */
xmlNodePtr list_pager(struct req *r, xmlNodePtr n, int64_t size, int64_t usual);

/* The pager of a query's page; none where the smallest page has room for all. */
void list_pager_of(struct req *r, xmlNodePtr n, const struct list_query *q,
    const struct rows *rows, bool more);

#endif

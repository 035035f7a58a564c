/*
 * export.h - a list as CSV or XLSX, as filtered and sorted, in constant memory.
 */
#ifndef XIAOAO_EXPORT_H
#define XIAOAO_EXPORT_H

#include "list_query.h"

/* Whether CSV or XLSX was asked for: then the rows are the answer, not a page. */
bool export_asked(const struct req *r);

/* Answers with the file; the heads are the words of the columns.  Returns 200. */
int export_list(struct req *r, const struct list_query *q, const struct column *columns);

/* The same for rows that are there already; whose and of when they are, or NULL,
 * stands in the name of the file. */
int export_rows(struct req *r, const char *name, const char *whose, const struct rows *rows,
    const struct column *columns);

#endif

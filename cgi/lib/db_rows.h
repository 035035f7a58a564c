/*
 * db_rows.h - reading result sets into a pool; for db.c only.
 */
#ifndef XIAOAO_DB_ROWS_H
#define XIAOAO_DB_ROWS_H

#include <stdbool.h>

#include <mysql.h>

#include "db.h"

/* The whole current result of an executed statement, or NULL on an error. */
struct rows *db_rows_read(struct pool *pool, MYSQL_STMT *s);

/* Row after row without storing them; false on an error or when fn stopped. */
bool db_rows_each(struct pool *pool, MYSQL_STMT *s,
    bool (*fn)(void *arg, const struct rows *row), void *arg);

#endif

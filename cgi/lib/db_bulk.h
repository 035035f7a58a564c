/*
 * db_bulk.h - many rows by one prepared INSERT, in MariaDB's array binding.
 */
#ifndef XIAOAO_DB_BULK_H
#define XIAOAO_DB_BULK_H

#include <mysql.h>

#include "db.h"

/*
 * Runs an INSERT … VALUES (?, …) for n rows, whose values stand in cell one row after the other,
 * each column of one type in all rows (or ARG_NULL).  Sticky as db_exec().
 */
void db_bulk(struct db *db, const struct sql *sql, const struct arg *cell, size_t n);

/* For db.c: binds rows from..to; the arrays are in the pool. */
bool db_bulk_bind(MYSQL_STMT *s, struct pool *p, const struct arg *cell, size_t n);

#endif

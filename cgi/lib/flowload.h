/*
 * flowload.h - rows of a report into the database, in pieces that are there wholly or not at all.
 *
 * With each piece goes how far the file is, in the same transaction: whoever takes the file up
 * again goes on behind it.  Nobody sees the rows until the file is shown.
 */
#ifndef XIAOAO_FLOWLOAD_H
#define XIAOAO_FLOWLOAD_H

#include "flowcheck.h"

enum { FLOWLOAD_PIECE = 20000 };

extern const struct sql flowload_sql[];
extern const size_t flowload_nsql;

struct flowload;

/* Everything is in the pool; worker is who holds the file. */
struct flowload *flowload_new(struct db *db, struct pool *p, const struct flowfile *file,
    struct flownames *names, const char *worker);

/* Takes a good row; false when a full piece could not be written, see flowload_flush(). */
bool flowload_row(struct flowload *l, const struct flowrow *row, int64_t done);

/* Writes what waits; `done` rows of the file are dealt with.  False: db_failed() says why. */
bool flowload_flush(struct flowload *l, int64_t done);

#endif

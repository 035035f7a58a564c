/*
 * db_outcome.h - what a failed statement left behind, by the server's error.  For db.c only.
 *
 * Whatever the class, the transaction is rolled back and a form keeps its key: only
 * DB_AGAIN is tried again by the router itself.
 */
#ifndef XIAOAO_DB_OUTCOME_H
#define XIAOAO_DB_OUTCOME_H

#include "db.h"

/* DB_REFUSED here is a signal of a routine; constraints are db_refuse.h's to tell. */
enum db_failure db_outcome(unsigned code, const char *state);

#endif

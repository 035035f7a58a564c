/*
 * db_refuse.h - is an error of the server a refusal of what was typed?  For db.c only.
 */
#ifndef XIAOAO_DB_REFUSE_H
#define XIAOAO_DB_REFUSE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the error is a constraint that does not hold, or a value that is none for
 * its column; out gets the name of the constraint, or `value|<column>`.
 */
bool db_refuses(unsigned code, const char *message, char *out, size_t n);

#endif

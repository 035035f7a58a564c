/*
 * json.h - the lines of a form as the JSON array that the routines take:
 * [{"line":1,"qty":200,"reply":"…"}, …].
 */
#ifndef XIAOAO_JSON_H
#define XIAOAO_JSON_H

#include <stdint.h>

#include "pool.h"

struct json;

/* An empty array. */
struct json *json_array(struct pool *p);

/* Starts the next object of the array; the members that follow are its. */
void json_object(struct json *j);

/* Members; a NULL text is null.  Numbers that are decimals go as text: the routines take both. */
void json_int(struct json *j, const char *name, int64_t value);
void json_text(struct json *j, const char *name, const char *value);

/* The array so far, closed; more may follow.  In the pool. */
const char *json_end(struct json *j);

/* An array of n texts: ["a","b"]. */
const char *json_strings(struct pool *p, const char *const *values, size_t n);

#endif

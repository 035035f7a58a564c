/*
 * arena.h - libxml2's memory as one bump arena per request.
 *
 * Between arena_begin() and arena_end() every block libxml2 and libxslt ask
 * for comes from chunks that are dropped whole at the end; outside it comes
 * from malloc.  A block stays what it was born as: freeing an arena block does
 * nothing at any time, and growing a malloc block inside the arena keeps it on
 * the heap, so tables that outlive a request (compiled sheets) are safe as
 * long as they are made outside.
 *
 * The caller promises that no pointer got from libxml2 in between is kept.
 * One thread; not nested.
 */
#ifndef XIAOAO_ARENA_H
#define XIAOAO_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/* Puts itself under libxml2 and starts the parser's tables.  First thing in main. */
void arena_init(void);

void arena_begin(void);

/* Drops everything since arena_begin(); keeps some chunks for the next request. */
void arena_end(void);

/* Inside a request's arena? */
bool arena_open(void);

/* Bytes handed out since arena_begin(). */
size_t arena_used(void);

#endif

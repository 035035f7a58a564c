/*
 * unguarded - the program that takes orders in the portal, without cgi/lib/memory.c: what it asks
 * for and does not get, its libraries do not expect.  The mutant of tests/fault/test_anomaly.py.
 */
#include "memory.h"

#include <stdlib.h>

void
memory_serving(void)
{
}

void
memory_none(void)
{
	abort();
}

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t k, size_t n);
void *__libc_realloc(void *p, size_t n);

void *
malloc(size_t n)
{
	return __libc_malloc(n);
}

void *
calloc(size_t k, size_t n)
{
	return __libc_calloc(k, n);
}

void *
realloc(void *p, size_t n)
{
	return __libc_realloc(p, n);
}

/* See memory.h. */
#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"

static bool serving;

void
memory_serving(void)
{
	serving = true;
}

void
memory_none(void)
{
	static bool ending;

	if (!ending) {
		ending = true; /* should the log want some */
		log_error("memory.none");
	}
	_exit(serving ? 0 : MEMORY_NONE);
}

#if !defined(__SANITIZE_ADDRESS__)

/* The C library's own, under the names it has for those who put theirs before them. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t k, size_t n);
void *__libc_realloc(void *p, size_t n);

void *
malloc(size_t n)
{
	void *p = __libc_malloc(n);

	if (p == NULL)
		memory_none();
	return p;
}

void *
calloc(size_t k, size_t n)
{
	void *p = __libc_calloc(k, n);

	if (p == NULL)
		memory_none();
	return p;
}

/* Of no bytes it is free(), and returns NULL. */
void *
realloc(void *old, size_t n)
{
	void *p = __libc_realloc(old, n);

	if (p == NULL && n > 0)
		memory_none();
	return p;
}

#endif

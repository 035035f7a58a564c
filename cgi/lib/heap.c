/* See heap.h. */
#include "heap.h"

#include <stdlib.h>
#include <string.h>

void *
heap_more(void *old, size_t n)
{
	void *new = realloc(old, n);

	if (new == NULL)
		abort();
	return new;
}

uint32_t
heap_add(struct heap *h, const char *s)
{
	size_t n = strlen(s) + 1;
	size_t at;

	if (h->n == 0) {
		h->cap = 4096;
		h->s = heap_more(NULL, h->cap);
		h->s[h->n++] = '\0';
	}
	if (n == 1)
		return 0;
	while (h->n + n > h->cap) {
		h->cap += h->cap / 2;
		h->s = heap_more(h->s, h->cap);
	}
	at = h->n;
	if (at > UINT32_MAX)
		abort();
	memcpy(h->s + at, s, n);
	h->n += n;
	return (uint32_t)at;
}

/*
 * heap.h - many short texts one behind the other, known by their place: 4 bytes instead of a
 * pointer and an allocation each.  Place 0 is the empty text.
 */
#ifndef XIAOAO_HEAP_H
#define XIAOAO_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct heap {
	char *s;
	size_t n;
	size_t cap;
};

/* Adds a text with its NUL and returns its place.  Ends the program beyond 4 GiB. */
uint32_t heap_add(struct heap *h, const char *s);

/* realloc() that ends the program when there is no memory. */
void *heap_more(void *old, size_t n);

#endif

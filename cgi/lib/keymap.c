/* See keymap.h. */
#include "keymap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"

struct item {
	uint32_t hash;
	uint32_t text;   /* place in the heap */
	uint32_t value;
	uint32_t same;   /* next value of the same text, 0: the last */
};

struct keymap {
	struct heap text;
	struct item *items;  /* [0] is nobody */
	uint32_t n;
	uint32_t cap;
	uint32_t *slots;     /* first item of each text; open addressing */
	uint32_t n_slots;    /* a power of two */
	uint32_t n_texts;
};

struct keymap *
keymap_new(void)
{
	struct keymap *m = heap_more(NULL, sizeof(*m));

	memset(m, 0, sizeof(*m));
	m->n = 1;
	m->cap = 256;
	m->items = heap_more(NULL, m->cap * sizeof(*m->items));
	m->n_slots = 512;
	m->slots = heap_more(NULL, m->n_slots * sizeof(*m->slots));
	memset(m->slots, 0, m->n_slots * sizeof(*m->slots));
	return m;
}

void
keymap_free(struct keymap *m)
{
	if (m == NULL)
		return;
	free(m->text.s);
	free(m->items);
	free(m->slots);
	free(m);
}

/* FNV-1a, stirred: the low bits choose the slot. */
static uint32_t
hash(const char *s)
{
	uint64_t h = 14695981039346656037U;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211U;
	return (uint32_t)(h ^ h >> 32);
}

static uint32_t *
slot(const struct keymap *m, const char *text, uint32_t h)
{
	uint32_t at = h & (m->n_slots - 1);

	while (m->slots[at] != 0) {
		const struct item *i = &m->items[m->slots[at]];

		if (i->hash == h && strcmp(m->text.s + i->text, text) == 0)
			break;
		at = (at + 1) & (m->n_slots - 1);
	}
	return &m->slots[at];
}

static void
widen(struct keymap *m)
{
	uint32_t *old = m->slots;
	uint32_t n = m->n_slots;

	m->n_slots = 2 * n;
	m->slots = heap_more(NULL, m->n_slots * sizeof(*m->slots));
	memset(m->slots, 0, m->n_slots * sizeof(*m->slots));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at;

		if (old[i] == 0)
			continue;
		at = m->items[old[i]].hash & (m->n_slots - 1);
		while (m->slots[at] != 0)
			at = (at + 1) & (m->n_slots - 1);
		m->slots[at] = old[i];
	}
	free(old);
}

void
keymap_add(struct keymap *m, const char *text, uint32_t value)
{
	uint32_t h = hash(text);
	uint32_t *to = slot(m, text, h);
	struct item new = { h, 0, value, *to };

	if (*to != 0 && m->items[*to].value == value)
		return;
	if (m->n == m->cap) {
		m->cap *= 2;
		m->items = heap_more(m->items, m->cap * sizeof(*m->items));
	}
	new.text = *to != 0 ? m->items[*to].text : heap_add(&m->text, text);
	m->n_texts += *to == 0;
	m->items[m->n] = new;
	*to = m->n++;
	if (m->n_texts > m->n_slots / 2)
		widen(m);
}

uint32_t
keymap_first(const struct keymap *m, const char *text)
{
	return *slot(m, text, hash(text));
}

uint32_t
keymap_next(const struct keymap *m, uint32_t at)
{
	return m->items[at].same;
}

uint32_t
keymap_value(const struct keymap *m, uint32_t at)
{
	return m->items[at].value;
}

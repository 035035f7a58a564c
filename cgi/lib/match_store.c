/* See match_store.h. */
#include "match_store.h"

#include <stdlib.h>
#include <string.h>

struct matcher *
match_new(void)
{
	struct matcher *m = heap_more(NULL, sizeof(*m));

	memset(m, 0, sizeof(*m));
	m->auto_e4 = 9200;
	m->lead_e4 = 500;
	m->queue_e4 = 7500;
	m->places = places_new();
	m->said_party = keymap_new();
	m->said_product = keymap_new();
	m->party = keymap_new();
	m->product = keymap_new();
	m->units = keymap_new();
	return m;
}

void
matcher_free(struct matcher *m)
{
	if (m == NULL)
		return;
	places_free(m->places);
	keymap_free(m->said_party);
	keymap_free(m->said_product);
	keymap_free(m->party);
	keymap_free(m->product);
	keymap_free(m->units);
	free(m->text.s);
	free(m->said);
	free(m->houses);
	free(m->by_area);
	free(m->drugs);
	free(m->factors);
	free(m);
}

/* Room for one more of `size` bytes; returns the row. */
static void *
one_more(void *rows, struct grown *g, size_t size)
{
	if (g->n == g->cap) {
		g->cap = g->cap == 0 ? 1024 : g->cap + g->cap / 4;
		rows = heap_more(rows, g->cap * size);
	}
	g->n++;
	return rows;
}

uint32_t
match_add_said(struct matcher *m, struct said said)
{
	m->said = one_more(m->said, &m->said_n, sizeof(said));
	m->said[m->said_n.n - 1] = said;
	return (uint32_t)(m->said_n.n - 1);
}

void
match_add_house(struct matcher *m, const struct house *house)
{
	m->houses = one_more(m->houses, &m->house_n, sizeof(*house));
	m->houses[m->house_n.n - 1] = *house;
}

void
match_add_drug(struct matcher *m, const struct drug *drug)
{
	m->drugs = one_more(m->drugs, &m->drug_n, sizeof(*drug));
	m->drugs[m->drug_n.n - 1] = *drug;
}

void
match_add_factor(struct matcher *m, const char *key, int64_t millionths)
{
	m->factors = one_more(m->factors, &m->factor_n, sizeof(*m->factors));
	m->factors[m->factor_n.n - 1] = millionths;
	keymap_add(m->units, key, (uint32_t)(m->factor_n.n - 1));
}

static int
by_area(const void *a, const void *b, void *houses)
{
	const struct house *x = (const struct house *)houses + *(const uint32_t *)a;
	const struct house *y = (const struct house *)houses + *(const uint32_t *)b;

	return x->region < y->region ? -1 : x->region > y->region;
}

void
match_ready(struct matcher *m)
{
	m->by_area = heap_more(m->by_area, (m->house_n.n + 1) * sizeof(*m->by_area));
	for (uint32_t i = 0; i < m->house_n.n; i++)
		m->by_area[i] = i;
	if (m->house_n.n > 0)
		qsort_r(m->by_area, m->house_n.n, sizeof(*m->by_area), by_area, m->houses);
}

/* See match_store.h: names of our parties. */
#include "match_store.h"

#include <string.h>

enum { OWNED = 2 }; /* characters of an owner that tell a house apart in one place */

uint64_t
match_bits(const struct runes *r)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < r->n; i++)
		bits |= (uint64_t)1 << (r->c[i] * 2654435761U >> 26);
	return bits;
}

static void
index_house(struct matcher *m, struct pool *scratch, const struct nameparts *n, const char *norm)
{
	uint32_t at = (uint32_t)m->house_n.n;

	keymap_add(m->party, pool_printf(scratch, "N%s", norm), at);
	if (n->place != 0)
		keymap_add(m->party, pool_printf(scratch, "P%u %s", n->place, n->rest), at);
	if (norm_length(n->core) >= OWNED)
		keymap_add(m->party, pool_printf(scratch, "R%s", n->rest), at);
}

static void
add_house(struct matcher *m, struct pool *scratch, int64_t id, const char *norm, uint32_t region)
{
	struct nameparts n = nameparts_read(m->places, scratch, norm, region);
	struct runes rest;

	if (*norm == '\0')
		return;
	runes_read(&rest, n.rest);
	index_house(m, scratch, &n, norm);
	match_add_house(m, &(struct house){ .target = id, .bits = match_bits(&rest),
		.rest = heap_add(&m->text, n.rest), .core = heap_add(&m->text, n.core),
		.campus = heap_add(&m->text, n.campus), .place = n.place,
		.region = place_level(region) >= place_level(n.place) ? region : n.place,
		.ordinal = n.ordinal, .branch = n.branch, .kind = (uint8_t)n.kind,
		.is_store = n.is_store });
}

void
match_add_party(struct matcher *m, struct pool *scratch, int64_t id, const char *name,
    const char *other, const char *uscc, const char *region)
{
	struct norm_name n = norm_party(scratch, name);
	const char *also = norm_party(scratch, other).text;
	uint32_t where = place_code(region);

	if (*uscc != '\0')
		keymap_add(m->party, pool_printf(scratch, "U%s", uscc), (uint32_t)m->house_n.n);
	add_house(m, scratch, id, n.text, where);
	for (size_t i = 0; i < n.n_alias; i++)
		add_house(m, scratch, id, n.alias[i], where);
	if (norm_length(also) >= 4 && strcmp(also, n.text) != 0)
		add_house(m, scratch, id, also, where);
}

/* See match.h: what a matcher holds is read here. */
#include "match_store.h"

#include <stdlib.h>
#include <string.h>

#include "uscc.h"

enum { PARTIES, OWN, ALIASES, NSQL };

const struct sql match_sql[] = {
	[PARTIES] = { "match.parties",
		"SELECT id, name, COALESCE(short_name, '') AS short_name,"
		" COALESCE(uscc, '') AS uscc"
		" FROM party WHERE status <> 'closed'" },
	[OWN] = { "match.own",
		"SELECT what, code, norm, unit, state, COALESCE(target_id, 0) AS target,"
		" CAST(factor * 1000000 AS INT) AS factor"
		" FROM flow_name WHERE sender_id = ? AND state <> 'queued'"
		" AND (decided_by IS NOT NULL OR method <> 'similar')" },
	[ALIASES] = { "match.aliases",
		"SELECT what, norm, target_id AS target, CAST(factor * 1000000 AS INT) AS factor"
		" FROM name_alias WHERE valid_to IS NULL"
		" AND valid_from <= DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)" },
};
const size_t match_nsql = NSQL;

struct load {
	struct matcher *m;
	struct pool *pool; /* of the row in hand */
};

static void
add_house(struct matcher *m, int64_t target, const char *name)
{
	if (m->n_houses == m->cap_houses) {
		m->cap_houses = m->cap_houses == 0 ? 1024 : m->cap_houses * 3 / 2;
		m->houses = heap_more(m->houses, m->cap_houses * sizeof(*m->houses));
	}
	m->houses[m->n_houses++] = (struct house){ target, heap_add(&m->text, name) };
}

static bool
take_party(void *arg, const struct rows *row)
{
	struct load *l = arg;
	struct matcher *m = l->m;
	struct norm_name name = norm_party(l->pool, row_str(row, 0, "name"));
	const char *uscc = row_str(row, 0, "uscc");
	int64_t id = row_int(row, 0, "id");

	keymap_add(m->party, pool_printf(l->pool, "N%s", name.text), (uint32_t)m->n_houses);
	if (*uscc != '\0')
		keymap_add(m->party, pool_printf(l->pool, "U%s", uscc), (uint32_t)m->n_houses);
	add_house(m, id, name.text);
	for (size_t i = 0; i < name.n_alias; i++) {
		keymap_add(m->party, pool_printf(l->pool, "N%s", name.alias[i]),
		    (uint32_t)m->n_houses);
		add_house(m, id, name.alias[i]);
	}
	pool_reset(l->pool);
	return true;
}

static uint32_t
add_said(struct matcher *m, struct said said)
{
	if (m->n_said == m->cap_said) {
		m->cap_said = m->cap_said == 0 ? 1024 : m->cap_said * 3 / 2;
		m->said = heap_more(m->said, m->cap_said * sizeof(*m->said));
	}
	m->said[m->n_said] = said;
	return (uint32_t)m->n_said++;
}

static bool
take_own(void *arg, const struct rows *row)
{
	struct load *l = arg;
	bool party = strcmp(row_str(row, 0, "what"), "party") == 0;
	struct keymap *map = party ? l->m->said_party : l->m->said_product;
	const char *code = identifier_clean(l->pool, row_str(row, 0, "code"));
	struct said said = { row_int(row, 0, "target"), row_int(row, 0, "factor"),
		heap_add(&l->m->text, row_str(row, 0, "unit")),
		strcmp(row_str(row, 0, "state"), "foreign") == 0 ? MATCH_FOREIGN : MATCH_MATCHED };
	uint32_t at = add_said(l->m, said);

	if (*code != '\0' && !identifier_is_damaged(code))
		keymap_add(map, pool_printf(l->pool, "C%s", code), at);
	keymap_add(map, pool_printf(l->pool, "A%s", row_str(row, 0, "norm")), at);
	pool_reset(l->pool);
	return true;
}

static bool
take_alias(void *arg, const struct rows *row)
{
	struct load *l = arg;
	bool party = strcmp(row_str(row, 0, "what"), "party") == 0;
	struct said said = { row_int(row, 0, "target"), row_int(row, 0, "factor"), 0,
		MATCH_MATCHED };

	keymap_add(party ? l->m->said_party : l->m->said_product,
	    pool_printf(l->pool, "G%s", row_str(row, 0, "norm")), add_said(l->m, said));
	pool_reset(l->pool);
	return true;
}

struct matcher *
matcher_load(struct db *db, int64_t sender)
{
	struct matcher *m = heap_more(NULL, sizeof(*m));
	struct pool *rows = pool_new();
	struct load l = { m, pool_new() };

	memset(m, 0, sizeof(*m));
	m->sender = sender;
	m->said_party = keymap_new();
	m->said_product = keymap_new();
	m->party = keymap_new();
	db_each(db, rows, &match_sql[PARTIES], ARGS(), take_party, &l);
	db_each(db, rows, &match_sql[OWN], ARGS(I(sender)), take_own, &l);
	db_each(db, rows, &match_sql[ALIASES], ARGS(), take_alias, &l);
	pool_free(l.pool);
	pool_free(rows);
	return m;
}

void
matcher_free(struct matcher *m)
{
	if (m == NULL)
		return;
	keymap_free(m->said_party);
	keymap_free(m->said_product);
	keymap_free(m->party);
	free(m->text.s);
	free(m->said);
	free(m->houses);
	free(m);
}

/* See match.h: what a matcher holds is read here. */
#include "match_store.h"

#include <stdlib.h>
#include <string.h>

#include "uscc.h"

enum { PARAMS, REGIONS, PARTIES, OWN, ALIASES, PRODUCTS, CODES, UNITS, HOME, NSQL };

const struct sql match_sql[] = {
	[PARAMS] = { "match.params",
		"SELECT name, CAST(CAST(value AS DECIMAL(10,4)) * 10000 AS INT) AS e4 FROM param"
		" WHERE name IN ('flow.auto_score', 'flow.auto_lead', 'flow.queue_score')" },
	[REGIONS] = { "match.regions",
		"SELECT code, name FROM region WHERE level <= 3" },
	[PARTIES] = { "match.parties",
		"SELECT COALESCE(merged_into, id) AS id, name,"
		" COALESCE(short_name, '') AS short_name, COALESCE(uscc, '') AS uscc,"
		" COALESCE(region_code, '') AS region"
		" FROM party WHERE status <> 'closed' OR merged_into IS NOT NULL" },
	[OWN] = { "match.own",
		"SELECT what, code, norm, unit, state, COALESCE(target_id, 0) AS target,"
		" CAST(factor * 1000000 AS INT) AS factor"
		" FROM flow_name WHERE sender_id = ? AND state <> 'queued'"
		" AND (decided_by IS NOT NULL OR method <> 'similar')" },
	[ALIASES] = { "match.aliases",
		"SELECT what, norm, target_id AS target, CAST(factor * 1000000 AS INT) AS factor"
		" FROM name_alias WHERE valid_to IS NULL"
		" AND valid_from <= DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)" },
	[PRODUCTS] = { "match.products",
		"SELECT p.id, p.code, p.generic_name, COALESCE(p.trade_name, '') AS trade_name,"
		" p.strength, p.pack_spec, p.units_per_pack, p.unit, p.case_qty, p.approval_no,"
		" COALESCE(p.barcode, '') AS barcode, COALESCE(x.name, '') AS maker"
		" FROM product p LEFT JOIN party x ON x.id = p.manufacturer_id"
		" WHERE p.status <> 'draft' ORDER BY p.id" },
	[CODES] = { "match.codes",
		"SELECT product_id, kind, value FROM product_code"
		" WHERE (kind IN ('approval', 'gtin') OR (kind = 'buyer' AND party_id = ?))" },
	[UNITS] = { "match.units",
		"SELECT COALESCE(product_id, 0) AS product, COALESCE(party_id, 0) AS party, unit,"
		" CAST(COALESCE(factor, 0) * 1000000 AS INT) AS factor FROM unit_conversion"
		" WHERE party_id IS NULL OR party_id = ?" },
	[HOME] = { "match.home",
		"SELECT COALESCE(region_code, '') AS region FROM party WHERE id = ?" },
};
const size_t match_nsql = NSQL;

struct load {
	struct matcher *m;
	struct pool *pool;       /* of the row in hand */
	struct keymap *products; /* product id to its place in drugs */
};

static bool
take_param(void *arg, const struct rows *row)
{
	struct matcher *m = ((struct load *)arg)->m;
	const char *name = row_str(row, 0, "name");
	int e4 = (int)row_int(row, 0, "e4");

	if (strcmp(name, "flow.auto_score") == 0)
		m->auto_e4 = e4;
	else if (strcmp(name, "flow.auto_lead") == 0)
		m->lead_e4 = e4;
	else
		m->queue_e4 = e4;
	return true;
}

static bool
take_region(void *arg, const struct rows *row)
{
	struct load *l = arg;

	places_add(l->m->places, l->pool, row_str(row, 0, "code"), row_str(row, 0, "name"));
	pool_reset(l->pool);
	return true;
}

static bool
take_home(void *arg, const struct rows *row)
{
	((struct load *)arg)->m->home = place_code(row_str(row, 0, "region"));
	return true;
}

static bool
take_party(void *arg, const struct rows *row)
{
	struct load *l = arg;

	match_add_party(l->m, l->pool, row_int(row, 0, "id"), row_str(row, 0, "name"),
	    row_str(row, 0, "short_name"), row_str(row, 0, "uscc"), row_str(row, 0, "region"));
	pool_reset(l->pool);
	return true;
}

static struct keymap *
said_map(const struct matcher *m, const struct rows *row)
{
	return strcmp(row_str(row, 0, "what"), "party") == 0 ? m->said_party : m->said_product;
}

static bool
take_own(void *arg, const struct rows *row)
{
	struct load *l = arg;
	struct keymap *map = said_map(l->m, row);
	const char *code = identifier_clean(l->pool, row_str(row, 0, "code"));
	struct said said = { row_int(row, 0, "target"), row_int(row, 0, "factor"),
		heap_add(&l->m->text, row_str(row, 0, "unit")),
		strcmp(row_str(row, 0, "state"), "foreign") == 0 ? MATCH_FOREIGN : MATCH_MATCHED };
	uint32_t at = match_add_said(l->m, said);

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
	struct said said = { row_int(row, 0, "target"), row_int(row, 0, "factor"), 0,
		MATCH_MATCHED };

	keymap_add(said_map(l->m, row), pool_printf(l->pool, "G%s", row_str(row, 0, "norm")),
	    match_add_said(l->m, said));
	pool_reset(l->pool);
	return true;
}

/* The key of an approval number or GTIN as it is written; "" for what is none. */
static const char *
code_key(struct pool *p, const char *kind, const char *value)
{
	const char *s = identifier_clean(p, value);

	if (strcmp(kind, "approval") == 0)
		s = approval_read(p, value).number;
	return *s == '\0' ? "" : pool_printf(p, "%c%s", strcmp(kind, "approval") == 0 ? 'V' :
	    strcmp(kind, "gtin") == 0 ? 'T' : 'B', s);
}

static void
add_code(struct load *l, const char *kind, const char *value, uint32_t drug)
{
	const char *key = code_key(l->pool, kind, value);

	if (*key != '\0')
		keymap_add(l->m->product, key, drug);
}

static bool
take_product(void *arg, const struct rows *row)
{
	struct load *l = arg;
	struct matcher *m = l->m;
	uint32_t at = (uint32_t)m->drug_n.n;
	const char *name = norm_product(l->pool, row_str(row, 0, "generic_name"));
	const char *trade = norm_product(l->pool, row_str(row, 0, "trade_name"));
	struct drug d = { row_int(row, 0, "id"), heap_add(&m->text, name),
		heap_add(&m->text, trade),
		heap_add(&m->text, norm_party(l->pool, row_str(row, 0, "maker")).text),
		heap_add(&m->text, norm_fold(l->pool, row_str(row, 0, "unit"))),
		packspec_read(l->pool, row_str(row, 0, "pack_spec")),
		packspec_read(l->pool, row_str(row, 0, "strength")),
		row_int(row, 0, "units_per_pack"), row_int(row, 0, "case_qty") };

	match_add_drug(m, &d);
	keymap_add(m->product, pool_printf(l->pool, "N%s", name), at);
	if (norm_length(trade) >= 2)
		keymap_add(m->product, pool_printf(l->pool, "N%s", trade), at);
	add_code(l, "buyer", row_str(row, 0, "code"), at);
	add_code(l, "approval", row_str(row, 0, "approval_no"), at);
	add_code(l, "gtin", row_str(row, 0, "barcode"), at);
	keymap_add(l->products, row_str(row, 0, "id"), at);
	pool_reset(l->pool);
	return true;
}

static bool
take_code(void *arg, const struct rows *row)
{
	struct load *l = arg;
	uint32_t at = keymap_first(l->products, row_str(row, 0, "product_id"));

	if (at != 0)
		add_code(l, row_str(row, 0, "kind"), row_str(row, 0, "value"),
		    keymap_value(l->products, at));
	pool_reset(l->pool);
	return true;
}

static bool
take_unit(void *arg, const struct rows *row)
{
	struct load *l = arg;

	match_add_factor(l->m, pool_printf(l->pool, "%s:%s:%s", row_str(row, 0, "product"),
	    row_str(row, 0, "party"), norm_fold(l->pool, row_str(row, 0, "unit"))),
	    row_int(row, 0, "factor"));
	pool_reset(l->pool);
	return true;
}

struct matcher *
matcher_load(struct db *db, int64_t sender)
{
	struct matcher *m = match_new();
	struct pool *rows = pool_new();
	struct load l = { m, pool_new(), keymap_new() };

	m->sender = sender;
	db_each(db, rows, &match_sql[PARAMS], ARGS(), take_param, &l);
	db_each(db, rows, &match_sql[REGIONS], ARGS(), take_region, &l);
	db_each(db, rows, &match_sql[HOME], ARGS(I(sender)), take_home, &l);
	db_each(db, rows, &match_sql[PARTIES], ARGS(), take_party, &l);
	db_each(db, rows, &match_sql[OWN], ARGS(I(sender)), take_own, &l);
	db_each(db, rows, &match_sql[ALIASES], ARGS(), take_alias, &l);
	db_each(db, rows, &match_sql[PRODUCTS], ARGS(), take_product, &l);
	db_each(db, rows, &match_sql[CODES], ARGS(I(sender)), take_code, &l);
	db_each(db, rows, &match_sql[UNITS], ARGS(I(sender)), take_unit, &l);
	match_ready(m);
	keymap_free(l.products);
	pool_free(l.pool);
	pool_free(rows);
	return m;
}

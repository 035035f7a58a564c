/* See flowref.h. */
#include "flowref.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "textmap.h"

enum { PRODUCT, GROUPS, LOT, PARTIES, DUTIES, BOUGHT, LEVELS, NSQL };

const struct sql flowref_sql[NSQL] = {
	[PRODUCT] = { "flowref.product", "CALL flow_job_product(?)" },
	[GROUPS] = { "flowref.groups",
		"SELECT group_id FROM product_group_item WHERE product_id = ?" },
	[LOT] = { "flowref.lot",
		"SELECT id, expires_on FROM lot"
		" WHERE product_id = ? AND lot_key = UPPER(TRIM(?))" },
	[PARTIES] = { "flowref.parties",
		"SELECT p.id, COALESCE(p.distributor_level, 0) AS level,"
		" EXISTS (SELECT 1 FROM party_role r WHERE r.party_id = p.id"
		" AND r.role IN ('hospital', 'pharmacy', 'chain', 'clinic')) AS is_terminal,"
		" EXISTS (SELECT 1 FROM customer c WHERE c.party_id = p.id) AS is_customer"
		" FROM party p WHERE p.id BETWEEN ? AND ?" },
	[DUTIES] = { "flowref.duties", "CALL flow_job_duties(?, ?)" },
	[BOUGHT] = { "flowref.bought", "CALL flow_job_bought(?, ?)" },
	[LEVELS] = { "flowref.levels", "CALL flow_job_levels(?, ?)" },
};
const size_t flowref_nsql = NSQL;

/* Parties are read so many at a time: a report names most of those that have neighbouring ids. */
enum { BLOCK = 256 };

struct flowref {
	struct db *db;
	struct pool *pool;
	struct pool *rows;          /* of one query */
	struct textmap *products;
	struct textmap *lots;
	struct textmap *parties;
	struct textmap *blocks;     /* of parties, that are read */
	struct textmap *bought;     /* of one sender */
	struct textmap *levels;     /* of one sender and month; NULL: not read */
};

struct flowref *
flowref_new(struct db *db, struct pool *p)
{
	struct flowref *f = pool_alloc(p, sizeof(*f));

	f->db = db;
	f->pool = p;
	f->rows = pool_new();
	pool_defer(p, (void (*)(void *))pool_free, f->rows);
	f->products = textmap_new(p);
	f->lots = textmap_new(p);
	f->parties = textmap_new(p);
	f->blocks = textmap_new(p);
	f->bought = textmap_new(p);
	return f;
}

/* A decimal of four places as it comes from the database, in 1/10,000. */
static int64_t
scaled_e4(const char *s)
{
	int64_t n = strtoll(s, NULL, 10) * 10000;
	const char *point = strchr(s, '.');

	for (int64_t unit = 1000; point != NULL && *++point != '\0' && unit > 0; unit /= 10)
		n += (*point - '0') * unit;
	return n;
}

const struct ref_product *
flowref_product(struct flowref *f, int64_t id)
{
	struct ref_product *product = textmap_get(f->products, &id, sizeof(id));
	const struct rows *rows;

	if (product != NULL)
		return product;
	product = pool_alloc(f->pool, sizeof(*product));
	rows = db_query(f->db, f->rows, &flowref_sql[PRODUCT], ARGS(I(id)));
	if (rows->n > 0) {
		snprintf(product->unit, sizeof(product->unit), "%s", row_str(rows, 0, "unit"));
		product->price_e4 = scaled_e4(row_str(rows, 0, "price"));
	}
	rows = db_query(f->db, f->rows, &flowref_sql[GROUPS], ARGS(I(id)));
	if (rows->n > 0) {
		int64_t *group = pool_alloc(f->pool, rows->n * sizeof(*group));

		for (size_t i = 0; i < rows->n; i++)
			group[i] = row_int(rows, i, "group_id");
		product->group = group;
		product->n_group = rows->n;
	}
	textmap_put(f->products, &id, sizeof(id), product);
	pool_reset(f->rows);
	return product;
}

int64_t
flowref_bought(struct flowref *f, int64_t sender, int64_t product)
{
	int64_t *price = textmap_get(f->bought, &product, sizeof(product));
	const struct rows *rows;

	if (price != NULL)
		return *price;
	price = pool_alloc(f->pool, sizeof(*price));
	rows = db_query(f->db, f->rows, &flowref_sql[BOUGHT], ARGS(I(sender), I(product)));
	*price = rows->n > 0 ? scaled_e4(row_str(rows, 0, "price")) : 0;
	textmap_put(f->bought, &product, sizeof(product), price);
	pool_reset(f->rows);
	return *price;
}

int
flowref_level(struct flowref *f, int64_t sender, int64_t period, int64_t product)
{
	int *level;

	if (f->levels == NULL) {
		const struct rows *rows = db_query(f->db, f->rows, &flowref_sql[LEVELS],
		    ARGS(I(sender), I(period)));

		f->levels = textmap_new(f->pool);
		for (size_t i = 0; i < rows->n; i++) {
			int64_t id = row_int(rows, i, "product_id");

			level = pool_alloc(f->pool, sizeof(*level));
			*level = (int)row_int(rows, i, "flow_level");
			textmap_put(f->levels, &id, sizeof(id), level);
		}
		pool_reset(f->rows);
	}
	level = textmap_get(f->levels, &product, sizeof(product));
	return level == NULL ? 0 : *level;
}

const struct ref_lot *
flowref_lot(struct flowref *f, int64_t product, const char *lot_no)
{
	char key[120];
	int n = snprintf(key, sizeof(key), "%lld/%s", (long long)product, lot_no);
	size_t length = (size_t)n < sizeof(key) ? (size_t)n : sizeof(key) - 1;
	struct ref_lot *lot = textmap_get(f->lots, key, length);
	const struct rows *rows;

	if (lot != NULL)
		return lot;
	lot = pool_alloc(f->pool, sizeof(*lot));
	rows = db_query(f->db, f->rows, &flowref_sql[LOT], ARGS(I(product), S(lot_no)));
	if (rows->n > 0) {
		lot->id = row_int(rows, 0, "id");
		snprintf(lot->expires_on, sizeof(lot->expires_on), "%s",
		    row_str(rows, 0, "expires_on"));
	}
	textmap_put(f->lots, key, length, lot);
	pool_reset(f->rows);
	return lot;
}

static struct ref_duty
duty_of(const struct rows *rows, size_t i)
{
	struct ref_duty duty = { row_int(rows, i, "group_id"), row_int(rows, i, "rep_id"),
		row_int(rows, i, "org_unit_id"), 0, "", "" };

	duty.share_e4 = (int)scaled_e4(row_str(rows, i, "share"));
	snprintf(duty.from, sizeof(duty.from), "%s", row_str(rows, i, "valid_from"));
	snprintf(duty.to, sizeof(duty.to), "%s", row_str(rows, i, "valid_to"));
	return duty;
}

/* Rows of one party stand together. */
static void
read_duties(struct flowref *f, int64_t from)
{
	const struct rows *rows = db_query(f->db, f->rows, &flowref_sql[DUTIES],
	    ARGS(I(from), I(from + BLOCK - 1)));
	struct ref_duty *duty = pool_alloc(f->pool, rows->n * sizeof(*duty));

	for (size_t i = 0; i < rows->n; i++) {
		int64_t id = row_int(rows, i, "party_id");
		struct ref_party *party = textmap_get(f->parties, &id, sizeof(id));

		duty[i] = duty_of(rows, i);
		if (party == NULL || !party->is_terminal)
			continue;
		if (party->n_duty++ == 0)
			party->duty = &duty[i];
	}
}

static void
read_parties(struct flowref *f, int64_t from)
{
	const struct rows *rows = db_query(f->db, f->rows, &flowref_sql[PARTIES],
	    ARGS(I(from), I(from + BLOCK - 1)));

	for (size_t i = 0; i < rows->n; i++) {
		int64_t id = row_int(rows, i, "id");
		struct ref_party *party = pool_alloc(f->pool, sizeof(*party));

		party->level = (int)row_int(rows, i, "level");
		party->is_terminal = row_int(rows, i, "is_terminal") != 0;
		party->is_customer = row_int(rows, i, "is_customer") != 0;
		textmap_put(f->parties, &id, sizeof(id), party);
	}
}

const struct ref_party *
flowref_party(struct flowref *f, int64_t id)
{
	static struct ref_party nobody; /* never written */
	int64_t from = id - id % BLOCK;
	const struct ref_party *party;

	if (textmap_get(f->blocks, &from, sizeof(from)) == NULL) {
		read_parties(f, from);
		read_duties(f, from);
		pool_reset(f->rows);
		textmap_put(f->blocks, &from, sizeof(from), &nobody);
	}
	party = textmap_get(f->parties, &id, sizeof(id));
	return party != NULL ? party : &nobody;
}

static bool
covers(const struct ref_duty *duty, const struct ref_product *product, const char *day)
{
	if (strcmp(day, duty->from) < 0 || strcmp(day, duty->to) > 0)
		return false;
	if (duty->group == 0)
		return true;
	for (size_t i = 0; i < product->n_group; i++)
		if (product->group[i] == duty->group)
			return true;
	return false;
}

const struct ref_duty *
flowref_duty(struct flowref *f, int64_t party, int64_t product, const char *day)
{
	const struct ref_party *at = flowref_party(f, party);
	const struct ref_duty *best = NULL;

	for (size_t i = 0; i < at->n_duty; i++) {
		const struct ref_duty *duty = &at->duty[i];

		if (!covers(duty, flowref_product(f, product), day))
			continue;
		/* A duty for the product's group goes before one for all. */
		if (best == NULL || (duty->group != 0) > (best->group != 0) ||
		    ((duty->group != 0) == (best->group != 0) && duty->share_e4 > best->share_e4))
			best = duty;
	}
	return best;
}

/* See flowname.h. */
#include "flowname.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db_bulk.h"
#include "textmap.h"

enum { LOAD, ADD, LEARN, ONE, CANDIDATE, NSQL };

#define KNOWN \
	"SELECT id, what = 'product' AS is_product, HEX(name_key) AS name_key, state," \
	" COALESCE(target_id, 0) AS target, CAST(factor * 1000000 AS INT) AS factor" \
	" FROM flow_name WHERE sender_id = ?"

const struct sql flowname_sql[NSQL] = {
	[LOAD] = { "flowname.load", KNOWN },
	[ADD] = { "flowname.add",
		"INSERT IGNORE INTO flow_name (sender_id, what, name_key, name, code, extra, unit,"
		" maker, norm, state, target_id, factor, method, score, first_seen, last_seen)"
		" VALUES (?, ?, UNHEX(?), ?, ?, ?, ?, ?, ?, ?, ?, ? / 1000000, ?, ? / 10000, ?,"
		" ?)" },
	[LEARN] = { "flowname.learn", KNOWN " AND id > ?" },
	[ONE] = { "flowname.one", KNOWN " AND what = ? AND name_key = UNHEX(?)" },
	[CANDIDATE] = { "flowname.candidate",
		"INSERT IGNORE INTO flow_candidate (name_id, target_id, score, veto)"
		" VALUES (?, ?, ? / 10000, ?)" },
};
const size_t flowname_nsql = NSQL;

enum { ADD_COLUMNS = 16, CANDIDATE_COLUMNS = 4, ADD_ROWS = 2000, KEY_HEX = 32, TEXT_MAX = 8192 };

struct flownames {
	struct db *db;
	struct pool *pool;
	struct pool *scratch;         /* of one match */
	int64_t sender;
	struct matcher *matcher;      /* loaded for the first new spelling */
	struct textmap *by_text;      /* spellings of this file */
	struct textmap *by_key;       /* all of the sender */
	struct flowname **waiting;
	size_t n;
	size_t cap;
	int64_t newest;               /* id */
};

static const char *
what_of(const struct flowname *name)
{
	return name->is_product ? "product" : "party";
}

/* The same spelling may be a party and a product. */
static struct flowname *
keyed(const struct flownames *f, bool is_product, const char *key)
{
	char text[KEY_HEX + 2];

	snprintf(text, sizeof(text), "%c%s", is_product ? 'P' : 'C', key);
	return textmap_get(f->by_key, text, KEY_HEX + 1);
}

static void
put_keyed(struct flownames *f, struct flowname *name)
{
	char text[KEY_HEX + 2];

	snprintf(text, sizeof(text), "%c%s", name->is_product ? 'P' : 'C', name->key);
	textmap_put(f->by_key, text, KEY_HEX + 1, name);
}

static void
take_decision(struct flowname *name, const struct rows *row)
{
	const char *state = row_str(row, 0, "state");

	name->id = row_int(row, 0, "id");
	name->target = row_int(row, 0, "target");
	name->factor_e6 = row_int(row, 0, "factor");
	name->state = state[0] == 'm' ? MATCH_MATCHED : state[0] == 'f' ? MATCH_FOREIGN
									: MATCH_QUEUED;
}

static bool
take_known(void *arg, const struct rows *row)
{
	struct flownames *f = arg;
	bool is_product = row_int(row, 0, "is_product") != 0;
	struct flowname *name = keyed(f, is_product, row_str(row, 0, "name_key"));

	if (name == NULL) {
		name = pool_alloc(f->pool, sizeof(*name));
		name->is_product = is_product;
		snprintf(name->key, sizeof(name->key), "%s", row_str(row, 0, "name_key"));
		put_keyed(f, name);
	}
	take_decision(name, row);
	if (name->id > f->newest)
		f->newest = name->id;
	return true;
}

static void
free_names(void *arg)
{
	struct flownames *f = arg;

	free(f->waiting);
	pool_free(f->scratch);
	if (f->matcher != NULL)
		matcher_free(f->matcher);
}

struct flownames *
flownames_load(struct db *db, struct pool *p, int64_t sender)
{
	struct flownames *f = pool_alloc(p, sizeof(*f));
	struct pool *rows = pool_new();

	f->db = db;
	f->pool = p;
	f->scratch = pool_new();
	f->sender = sender;
	f->by_text = textmap_new(p);
	f->by_key = textmap_new(p);
	pool_defer(p, free_names, f);
	db_each(db, rows, &flowname_sql[LOAD], ARGS(I(sender)), take_known, f);
	pool_free(rows);
	return f;
}

/* What the matcher says of it, kept; what it needed to find that out is not: names are many. */
static const struct match *
match(struct flownames *f, const struct flowname *name)
{
	struct match *kept = pool_alloc(f->pool, sizeof(*kept));
	struct match_candidate *candidate;

	if (f->matcher == NULL)
		f->matcher = matcher_load(f->db, f->sender);
	*kept = name->is_product ? *matcher_product(f->matcher, f->scratch, &name->given)
				 : *matcher_party(f->matcher, f->scratch, &name->given);
	kept->norm = pool_strdup(f->pool, kept->norm);
	candidate = pool_alloc(f->pool, kept->n * sizeof(*candidate));
	if (kept->n > 0)
		memcpy(candidate, kept->candidate, kept->n * sizeof(*candidate));
	kept->candidate = candidate;
	pool_reset(f->scratch);
	return kept;
}

static struct flowname *
new_name(struct flownames *f, bool is_product, const struct match_given *given, const char *key)
{
	struct flowname *name = pool_alloc(f->pool, sizeof(*name));

	name->is_product = is_product;
	memcpy(name->key, key, KEY_HEX);
	name->given = (struct match_given){ pool_strdup(f->pool, given->name),
		pool_strdup(f->pool, given->code), pool_strdup(f->pool, given->extra),
		pool_strdup(f->pool, given->unit), pool_strdup(f->pool, given->maker) };
	name->match = match(f, name);
	name->state = name->match->state;
	name->target = name->match->target;
	name->factor_e6 = name->match->factor_millionths;
	put_keyed(f, name);
	return name;
}

/* First half of SHA-256 over the texts, in hexadecimal as MariaDB's HEX() writes it. */
static void
key_of(const char *text, size_t n, char key[static KEY_HEX + 1])
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)text, n);
	for (int i = 0; i < KEY_HEX / 2; i++) {
		key[i * 2] = digits[hash[i] >> 4];
		key[i * 2 + 1] = digits[hash[i] & 15];
	}
	key[KEY_HEX] = '\0';
}

/* The texts of a name as one, each with its NUL; whoever checks rows keeps them short. */
static size_t
join(char to[static TEXT_MAX], bool is_product, const struct match_given *given)
{
	const char *const texts[] = { given->name, given->code, given->extra, given->unit,
		given->maker };
	size_t n = 0;

	to[n++] = is_product ? 'P' : 'C';
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t length = strlen(texts[i]) + 1;

		if (length > TEXT_MAX - n)
			abort();
		memcpy(to + n, texts[i], length);
		n += length;
	}
	return n;
}

struct flowname *
flownames_find(struct flownames *f, bool is_product, const struct match_given *given)
{
	char text[TEXT_MAX];
	char key[KEY_HEX + 1];
	size_t n = join(text, is_product, given);
	struct flowname *name = textmap_get(f->by_text, text, n);

	if (name != NULL)
		return name;
	key_of(text, n, key);
	name = keyed(f, is_product, key);
	if (name == NULL)
		name = new_name(f, is_product, given, key);
	textmap_put(f->by_text, text, n, name);
	return name;
}

void
flownames_use(struct flownames *f, struct flowname *name, const char *day)
{
	if (name->id != 0 || name->waits)
		return;
	if (f->n == f->cap) {
		f->cap = f->cap == 0 ? 256 : f->cap * 2;
		f->waiting = realloc(f->waiting, f->cap * sizeof(struct flowname *));
		if (f->waiting == NULL)
			abort();
	}
	name->waits = true;
	snprintf(name->day, sizeof(name->day), "%s", day);
	f->waiting[f->n++] = name;
}

static void
add_cells(const struct flownames *f, const struct flowname *name, struct arg *to)
{
	const struct match *m = name->match;
	const struct arg cells[ADD_COLUMNS] = { I(f->sender), S(what_of(name)), S(name->key),
		S(name->given.name), S(name->given.code), S(name->given.extra),
		S(name->given.unit), S(name->given.maker), S(m->norm),
		S(match_state_word(m->state)), I(m->target), I(m->factor_millionths),
		S(match_method_word(m->method)), I(m->score_e4), S(name->day), S(name->day) };

	memcpy(to, cells, sizeof(cells));
	if (m->state != MATCH_MATCHED)
		to[10].type = ARG_NULL;
}

static void
add_names(struct flownames *f)
{
	struct arg *cells = calloc(ADD_ROWS * ADD_COLUMNS, sizeof(*cells));

	if (cells == NULL)
		abort();
	for (size_t from = 0; from < f->n; from += ADD_ROWS) {
		size_t n = f->n - from < ADD_ROWS ? f->n - from : ADD_ROWS;

		for (size_t i = 0; i < n; i++)
			add_cells(f, f->waiting[from + i], cells + i * ADD_COLUMNS);
		db_bulk(f->db, &flowname_sql[ADD], cells, n);
	}
	free(cells);
}

/* Another worker may have written the same name meanwhile, with an older id. */
static void
learn_one(struct flownames *f, struct pool *p, struct flowname *name)
{
	const struct rows *rows = db_query(f->db, p, &flowname_sql[ONE],
	    ARGS(I(f->sender), S(what_of(name)), S(name->key)));

	if (rows->n > 0)
		take_decision(name, rows);
	pool_reset(p);
}

/* What queued names may be, all in few statements. */
static void
add_candidates(struct flownames *f)
{
	struct arg *cells = calloc(ADD_ROWS * CANDIDATE_COLUMNS, sizeof(*cells));
	size_t n = 0;

	if (cells == NULL)
		abort();
	for (size_t i = 0; i < f->n; i++) {
		const struct flowname *name = f->waiting[i];

		for (size_t k = 0; name->state == MATCH_QUEUED && k < name->match->n; k++) {
			const struct match_candidate *c = &name->match->candidate[k];
			const struct arg one[CANDIDATE_COLUMNS] = { I(name->id), I(c->target),
				I(c->score_e4), T(c->veto) };

			memcpy(cells + n++ * CANDIDATE_COLUMNS, one, sizeof(one));
			if (n == ADD_ROWS) {
				db_bulk(f->db, &flowname_sql[CANDIDATE], cells, n);
				n = 0;
			}
		}
	}
	if (n > 0)
		db_bulk(f->db, &flowname_sql[CANDIDATE], cells, n);
	free(cells);
}

void
flownames_write(struct flownames *f)
{
	struct pool *p;

	if (f->n == 0)
		return;
	p = pool_new();
	add_names(f);
	db_each(f->db, p, &flowname_sql[LEARN], ARGS(I(f->sender), I(f->newest)), take_known, f);
	pool_reset(p);
	for (size_t i = 0; i < f->n; i++)
		if (f->waiting[i]->id == 0)
			learn_one(f, p, f->waiting[i]);
	add_candidates(f);
	pool_free(p);
}

void
flownames_written(struct flownames *f)
{
	for (size_t i = 0; i < f->n; i++)
		f->waiting[i]->waits = false;
	f->n = 0;
}

void
flownames_again(struct flownames *f)
{
	for (size_t i = 0; i < f->n; i++)
		f->waiting[i]->id = 0;
}

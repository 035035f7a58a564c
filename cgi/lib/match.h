/*
 * match.h - whom and what a distributor means by the names in its reports (DOMAIN.md 2.5).
 *
 * A matcher holds in memory everything that names of one sender are matched with: its own decided
 * spellings, the aliases of all, our parties with their places, our products with their packs.  It
 * decides as far as it may: the sender's code, its own spelling, an alias, an identifier, the same
 * normalised name in the same place, and a similar name that is far ahead of all others and differs
 * in nothing that tells two houses apart.  Everything else is queued with what it may be.
 *
 * Nothing here is stored, and no figure is a floating point number.
 */
#ifndef XIAOAO_MATCH_H
#define XIAOAO_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "pool.h"

enum match_state { MATCH_QUEUED, MATCH_MATCHED, MATCH_FOREIGN };

/* As flow_name.method, in its order. */
enum match_method { MATCH_CODE, MATCH_ALIAS, MATCH_GLOBAL, MATCH_IDENTIFIER, MATCH_NAME,
	MATCH_SIMILAR, MATCH_MANUAL, MATCH_NONE };

/* A name as received; "" when absent. */
struct match_given {
	const char *name;
	const char *code;  /* the sender's own; a GTIN or approval number is recognised too */
	const char *extra; /* party: address or USCC; product: spec */
	const char *unit;  /* product */
	const char *maker; /* product */
};

enum { MATCH_CANDIDATES = 5, MATCH_ONE_E4 = 10000, MATCH_ONE_E6 = 1000000 };

struct match_candidate {
	int64_t target;
	int score_e4;     /* 10,000 is equal */
	const char *veto; /* why it is not taken by itself, NULL: nothing speaks against it */
};

struct match {
	enum match_state state;
	int64_t target;            /* party or product when matched, else 0 */
	int64_t factor_millionths; /* sales units in one unit as received, in 1/1,000,000 */
	enum match_method method;
	int score_e4;
	const char *norm;          /* for flow_name.norm and name_alias.norm, at most 200 bytes */
	size_t n;                  /* candidates, best first; only when queued */
	const struct match_candidate *candidate;
};

struct matcher;

/* Reads master data, aliases and decisions of a sender; ends the program without memory. */
struct matcher *matcher_load(struct db *db, int64_t sender);
void matcher_free(struct matcher *m);

/* What is meant; the answer and its texts are in the pool. */
const struct match *matcher_party(struct matcher *m, struct pool *p,
    const struct match_given *given);
const struct match *matcher_product(struct matcher *m, struct pool *p,
    const struct match_given *given);

/* flow_name.state and .method as the database spells them. */
const char *match_state_word(enum match_state state);
const char *match_method_word(enum match_method method);

/* The statements of matcher_load(), for a program's self-test. */
extern const struct sql match_sql[];
extern const size_t match_nsql;

#endif

/*
 * match_store.h - what a matcher holds; for match*.c and the benchmark only.
 */
#ifndef XIAOAO_MATCH_STORE_H
#define XIAOAO_MATCH_STORE_H

#include <stdbool.h>

#include "heap.h"
#include "keymap.h"
#include "match.h"
#include "nameparts.h"
#include "norm.h"
#include "packspec.h"
#include "place.h"
#include "similar.h"

/* What a spelling was decided to mean. */
struct said {
	int64_t target;
	int64_t factor;        /* millionths; 0: as its unit says */
	uint32_t unit;         /* the factor is of this unit as received; place in text */
	uint8_t state;         /* enum match_state */
};

/* One name of a party. */
struct house {
	int64_t target;
	uint64_t bits;         /* of the characters of rest, to pass over what is far */
	uint32_t rest;         /* these three: places in text */
	uint32_t core;
	uint32_t campus;
	uint32_t place;        /* that its name says */
	uint32_t region;       /* where it is */
	uint32_t ordinal;
	uint32_t branch;
	uint8_t kind;
	bool is_store;
};

struct drug {
	int64_t target;
	uint32_t name;         /* these: places in text */
	uint32_t trade;
	uint32_t maker;
	uint32_t unit;
	struct packspec pack;  /* as its pack spec says */
	struct packspec strength;
	int64_t pieces;        /* units_per_pack */
	int64_t case_qty;
};

/* Rows of what a matcher holds, growing. */
struct grown {
	size_t n;
	size_t cap;
};

struct matcher {
	int64_t sender;
	uint32_t home;               /* region of the sender */
	int auto_e4, lead_e4, queue_e4;
	struct places *places;
	struct heap text;
	struct keymap *said_party;   /* C<code>, A<spelling of the sender>, G<spelling of all> */
	struct keymap *said_product;
	struct said *said;
	struct grown said_n;
	struct keymap *party;        /* U<uscc>, N<name>, P<place> <rest>, R<rest> */
	struct house *houses;
	struct grown house_n;
	uint32_t *by_area;           /* houses by where they are */
	struct keymap *product;      /* V<approval number>, T<gtin>, B<code>, N<name> */
	struct drug *drugs;
	struct grown drug_n;
	struct keymap *units;        /* <product>:<sender>:<unit> */
	int64_t *factors;            /* millionths, 0: the case */
	struct grown factor_n;
};

/* ---- filling; texts are copied ---- */

struct matcher *match_new(void);
uint32_t match_add_said(struct matcher *m, struct said said);
void match_add_party(struct matcher *m, struct pool *scratch, int64_t id, const char *name,
    const char *other, const char *uscc, const char *region);
void match_add_house(struct matcher *m, const struct house *house);
void match_add_drug(struct matcher *m, const struct drug *drug);
void match_add_factor(struct matcher *m, const char *key, int64_t millionths);

/* One bit for each character, to pass over what has few in common. */
uint64_t match_bits(const struct runes *r);

/* Everything is there: sorts it. */
void match_ready(struct matcher *m);

/* ---- answering ---- */

const char *match_text(const struct matcher *m, uint32_t place);

/* The form of a product as received that is looked up: name and spec. */
const char *match_product_norm(struct pool *p, const char *name, const char *spec);

/* What people have said before; false: nothing, or not one thing. */
bool match_known(struct matcher *m, struct pool *p, const struct keymap *map, const char *code,
    struct match *to);
const struct said *match_said(const struct matcher *m, const struct keymap *map, const char *key);

struct match *match_none(struct pool *p, const char *norm);
void match_take(struct match *to, int64_t target, enum match_method method, int score_e4);

/* Candidates, best first, one a target. */
struct shortlist {
	size_t n;
	struct match_candidate c[MATCH_CANDIDATES + 1];
};

void shortlist_add(struct shortlist *l, int64_t target, int score_e4, const char *veto);

/* Takes the best by itself, or leaves them all in the queue. */
void match_judge(const struct matcher *m, struct pool *p, const struct shortlist *l,
    struct match *to);

#endif

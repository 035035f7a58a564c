/*
 * match_store.h - what a matcher holds; for match*.c only.
 */
#ifndef XIAOAO_MATCH_STORE_H
#define XIAOAO_MATCH_STORE_H

#include "heap.h"
#include "keymap.h"
#include "match.h"
#include "norm.h"

/* What a spelling was decided to mean. */
struct said {
	int64_t target;
	int64_t factor;        /* millionths */
	uint32_t unit;         /* the factor is of this unit as received; place in text */
	uint8_t state;         /* enum match_state */
};

/* One name of a party. */
struct house {
	int64_t target;
	uint32_t name;         /* norm_party(), place in text */
};

struct matcher {
	int64_t sender;
	struct heap text;
	struct keymap *said_party;   /* C<code>, A<spelling of the sender>, G<spelling of all> */
	struct keymap *said_product;
	struct said *said;
	size_t n_said, cap_said;
	struct keymap *party;        /* U<uscc>, N<name> */
	struct house *houses;
	size_t n_houses, cap_houses;
};

/* The form of a product as received that is looked up: name and spec. */
const char *match_product_norm(struct pool *p, const char *name, const char *spec);

/* The one target all values of a key agree upon, or NULL: none, or several. */
const struct said *match_said(const struct matcher *m, const struct keymap *map, const char *key);

#endif

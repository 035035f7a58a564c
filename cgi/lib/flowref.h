/*
 * flowref.h - what rows of reports are completed and checked with: products, lots, parties, who is
 * responsible.  Read when first asked for, kept as long as one file is worked on.
 */
#ifndef XIAOAO_FLOWREF_H
#define XIAOAO_FLOWREF_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"

extern const struct sql flowref_sql[];
extern const size_t flowref_nsql;

struct ref_product {
	char unit[16];       /* smallest sales unit */
	int64_t price_e4;    /* yuan by the list for all; 0: none */
	size_t n_group;
	const int64_t *group;
};

struct ref_lot {
	int64_t id;          /* 0: no lot of ours */
	char expires_on[11];
};

struct ref_party {
	bool is_terminal;
	int level;           /* as distributor; 0: not told */
	bool is_customer;
	size_t n_duty;
	const struct ref_duty *duty;
};

struct ref_duty {
	int64_t group;       /* 0: all */
	int64_t rep;
	int64_t org_unit;    /* 0: none */
	int share_e4;
	char from[11];
	char to[11];         /* "9999-12-31": open */
};

struct flowref;

/* Everything is in the pool. */
struct flowref *flowref_new(struct db *db, struct pool *p);

const struct ref_product *flowref_product(struct flowref *f, int64_t id);
const struct ref_party *flowref_party(struct flowref *f, int64_t id);

/* What a sender last paid for a product, in 1/10,000 yuan; 0: it never reported purchases. */
int64_t flowref_bought(struct flowref *f, int64_t sender, int64_t product);

/* The level of a sender's sales of a product by the chain of sellers up to a month; 0: not told. */
int flowref_level(struct flowref *f, int64_t sender, int64_t period, int64_t product);

/* The lot of a product by the number on a report. */
const struct ref_lot *flowref_lot(struct flowref *f, int64_t product, const char *lot_no);

/* Who is responsible for a terminal and product on a day: the largest share; NULL: nobody. */
const struct ref_duty *flowref_duty(struct flowref *f, int64_t party, int64_t product,
    const char *day);

#endif

/*
 * flowname.h - the names of one sender while a file of his is read: each spelling once.
 *
 * What was decided of a spelling is in flow_name; what is new is matched (match.h) the first time
 * it is seen, and written with the rows that bear it.
 */
#ifndef XIAOAO_FLOWNAME_H
#define XIAOAO_FLOWNAME_H

#include <stdbool.h>
#include <stdint.h>

#include "match.h"

extern const struct sql flowname_sql[];
extern const size_t flowname_nsql;

struct flowname {
	int64_t id;                /* of flow_name; 0: not written yet */
	enum match_state state;
	int64_t target;            /* party or product when matched, else 0 */
	int64_t factor_e6;
	const struct match *match; /* when it is new */
	struct match_given given;
	bool is_product;
	bool waits;                /* in the list of those to be written */
	char key[33];              /* flow_name.name_key in hexadecimal */
	char day[11];              /* a day it was seen on */
};

struct flownames;

/* Reads what is known of the sender's names; everything is in the pool. */
struct flownames *flownames_load(struct db *db, struct pool *p, int64_t sender);

/* The name of a row; the texts are copied when it is new. */
struct flowname *flownames_find(struct flownames *f, bool is_product,
    const struct match_given *given);

/* A row that bears it will be written: the name with it. */
void flownames_use(struct flownames *f, struct flowname *name, const char *day);

/*
 * Inside a transaction: writes the names that were used and are new, and learns all ids.  After a
 * rollback flownames_again() lets the same be written once more.
 */
void flownames_write(struct flownames *f);
void flownames_written(struct flownames *f);
void flownames_again(struct flownames *f);

#endif

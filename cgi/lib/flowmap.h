/*
 * flowmap.h - which column of a report is what (DOMAIN 2.2).
 *
 * A mapping names columns from 0 by their canonical fields; as JSON it is what flow_file.mapping
 * and flow_template.mapping hold: {"biz_date":0,"product_name":3}.
 */
#ifndef XIAOAO_FLOWMAP_H
#define XIAOAO_FLOWMAP_H

#include <stdbool.h>

#include "flowfield.h"
#include "tabular.h"

struct flowmap {
	uint32_t header_row;       /* line of the heads, 0: none found */
	int column[COL_COUNT];     /* from 0; -1: not there */
};

enum { FLOWMAP_ROWS = 30, FLOWMAP_HASH = 32 };

/* Reports of the kind must have the field. */
bool flowmap_requires(enum report kind, enum flow_col col);

/* Finds the heads among the first rows of a file and what they mean. */
void flowmap_guess(struct flowmap *map, enum report kind, const struct table_row *row, size_t n);

/* All that the kind requires is there. */
bool flowmap_complete(const struct flowmap *map, enum report kind);

/* What the heads are known by: SHA-256 of their texts in one form. */
void flowmap_hash(const struct table_row *heads, unsigned char hash[static FLOWMAP_HASH]);

/* From and to JSON; header_row is left alone. */
void flowmap_parse(struct flowmap *map, const char *json);
const char *flowmap_json(const struct flowmap *map, struct pool *p);

#endif

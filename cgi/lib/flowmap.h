/*
 * flowmap.h - which column of a report is what (DOMAIN 2.2).
 *
 * A mapping names columns from 0 by their canonical fields; as JSON it is what flow_file.mapping
 * and flow_template.mapping hold: {"biz_date":0,"product_name":3}.
 */
#ifndef XIAOAO_FLOWMAP_H
#define XIAOAO_FLOWMAP_H

#include <stdbool.h>

#include "tabular.h"

enum report { REPORT_PURCHASE, REPORT_SALE, REPORT_STOCK };

enum flow_col {
	COL_BIZ_DATE, COL_ORDER_DATE, COL_DOC_NO, COL_DOC_TYPE, COL_DISTRIBUTOR, COL_PARTY_CODE,
	COL_PARTY_NAME, COL_PARTY_ADDRESS, COL_PARTY_USCC, COL_PRODUCT_CODE, COL_PRODUCT_NAME,
	COL_SPEC, COL_DOSAGE_FORM, COL_MAKER, COL_APPROVAL_NO, COL_BATCH_NO, COL_PRODUCE_DATE,
	COL_EXPIRY_DATE, COL_UNIT, COL_PACK_FACTOR, COL_QTY, COL_UNIT_PRICE, COL_AMOUNT,
	COL_TAX_RATE, COL_STOCK_STATUS, COL_WAREHOUSE, COL_OPENING_QTY, COL_IN_QTY, COL_OUT_QTY,
	COL_CLOSING_QTY, COL_SALESMAN, COL_REMARK, COL_COUNT
};

struct flowmap {
	uint32_t header_row;       /* line of the heads, 0: none found */
	int column[COL_COUNT];     /* from 0; -1: not there */
};

enum { FLOWMAP_ROWS = 30, FLOWMAP_HASH = 32 };

/* purchase, sale, stock. */
enum report report_of(const char *kind);

/* The canonical name of a field; of all, NULL at the end: the elements of XML. */
extern const char *const flowmap_names[COL_COUNT + 1];

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

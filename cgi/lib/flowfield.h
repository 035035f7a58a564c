/*
 * flowfield.h - the fields of a report (DOMAIN 2.2): what they are called in a mapping and in XML,
 * which kind of report has them, and the heads they are known by, in the order they are shown.
 */
#ifndef XIAOAO_FLOWFIELD_H
#define XIAOAO_FLOWFIELD_H

#include "type.h"

enum report { REPORT_PURCHASE, REPORT_SALE, REPORT_STOCK };

enum flow_col {
	COL_BIZ_DATE, COL_PARTY_NAME, COL_PRODUCT_NAME, COL_SPEC, COL_UNIT, COL_QTY,
	COL_BATCH_NO, COL_EXPIRY_DATE, COL_PRODUCT_CODE, COL_PARTY_CODE, COL_PARTY_USCC,
	COL_PARTY_ADDRESS, COL_UNIT_PRICE, COL_AMOUNT, COL_DOC_NO, COL_MAKER, COL_APPROVAL_NO,
	COL_STOCK_STATUS, COL_WAREHOUSE, COL_PRODUCE_DATE, COL_DOC_TYPE, COL_ORDER_DATE,
	COL_DISTRIBUTOR, COL_DOSAGE_FORM, COL_PACK_FACTOR, COL_TAX_RATE, COL_OPENING_QTY,
	COL_IN_QTY, COL_OUT_QTY, COL_CLOSING_QTY, COL_SALESMAN, COL_REMARK, COL_COUNT
};

/* Rows of a file with warnings and no error that are kept to be shown; of errors, all are. */
enum { FLOW_WARNED_MAX = 100000 };

struct flow_field {
	const char *name;
	char need[3];       /* purchase, sale, stock: R must, W should, O may be there, - is not */
	enum type type;     /* TYPE_DATE, TYPE_MONEY (a number) or TYPE_TEXT */
	const char *head;   /* in a template */
	const char *bought; /* … of purchases, NULL: the same */
	const char *words;  /* heads it is known by, the likelier first, separated by | */
};

extern const struct flow_field flow_fields[COL_COUNT];

/* purchase, sale, stock. */
enum report report_of(const char *kind);

/* The head of a field in a template. */
const char *flow_head(enum report kind, enum flow_col col);

/* The names of all fields, NULL at the end: the elements of XML. */
void flow_names(const char *names[static COL_COUNT + 1]);

#endif

/*
 * flowcheck.h - one row of a report: taken apart, matched, judged (V02 to V12 of DOMAIN 2.3; those
 * that need other rows are in sql/routines/86_flow_warn.sql).
 *
 * Errors keep a row out; warnings go with it.  Quantities and prices are in 1/10,000, amounts in
 * 1/100; nothing is a floating point number.
 */
#ifndef XIAOAO_FLOWCHECK_H
#define XIAOAO_FLOWCHECK_H

#include "flowmap.h"
#include "flowname.h"
#include "flowref.h"

enum { FLOW_TEXT_SIZE = 161, FLOW_CHECKS = 18 };

/* What a file says of itself. */
struct flowfile {
	int64_t id;
	int64_t sender;
	const char *sender_name;
	const char *kind_word;
	enum report kind;
	bool is_xml;                /* columns are the fields, held to flow.rnc */
	int64_t period;
	char from[11];
	char to[11];
	struct flowmap map;
};

struct flowrow {
	uint32_t line;
	bool bad;
	uint32_t errors;            /* bit n-1: Vn */
	uint32_t warnings;
	char day[11];
	char expires_on[11];        /* "": not told */
	char lot_no[FLOW_TEXT_SIZE];
	char doc_no[FLOW_TEXT_SIZE];
	int64_t lot_id;             /* 0: not ours */
	int64_t raw_qty_e4;
	int64_t qty_e4;             /* sales units */
	int64_t price_e4;           /* per sales unit */
	int64_t amount_e2;
	bool has_price;
	bool has_amount;
	struct flowname *product;
	struct flowname *party;     /* NULL in stock reports */
	int level;
	bool is_pure_sale;
	const struct ref_duty *duty;
};

enum row_verdict { ROW_NONE, ROW_GOOD, ROW_BAD };

struct flowcheck;

struct flowcheck *flowcheck_new(struct db *db, struct pool *p, const struct flowfile *file);

/*
 * ROW_NONE: no row of the report (above or at the heads, empty, a total).  issues gets
 * "flow.v05:qty flow.v08:doc_no …", "" when there are none.
 */
enum row_verdict flowcheck_row(struct flowcheck *c, const struct table_row *from,
    struct flowrow *row, struct buf *issues);

struct flownames *flowcheck_names(struct flowcheck *c);

#endif

/*
 * uscc.h - identifiers of the trade: checks of form and check digit (DOMAIN.md 1.8).
 *
 * Text is expected trimmed and in half width: identifier_clean() makes it so.  Nothing is repaired:
 * what a spreadsheet has shortened is told apart by identifier_is_damaged(), to say why.
 */
#ifndef XIAOAO_USCC_H
#define XIAOAO_USCC_H

#include <stdbool.h>

#include "pool.h"

/* Half width, upper case, without blanks and hyphens; in the pool. */
const char *identifier_clean(struct pool *p, const char *s);

/* 9.14403E+17: digits were lost before it reached us. */
bool identifier_is_damaged(const char *s);

/* 统一社会信用代码, 18 characters, GB 32100-2015. */
bool uscc_valid(const char *s);

/* The organisation code inside a valid one is right too (GB 11714): warn, do not refuse. */
bool uscc_inner_valid(const char *s);

/* GTIN of 8, 12, 13 (EAN-13) or 14 digits, GS1 check digit. */
bool gtin_valid(const char *s);

/* 药品本位码: 14 digits from 869, GS1 check digit. */
bool drug_code_valid(const char *s);

/* 药品追溯码: 20 digits; the first 7 identify the drug and pack. */
bool trace_code_valid(const char *s);

/* Number of a 数电票: 20 digits. */
bool e_invoice_valid(const char *s);

/* 医保定点机构代码: H or P, 6 digits division, 5 digits serial. */
bool insurance_site_valid(const char *s);

enum approval_kind {
	APPROVAL_NONE,       /* not recognised: a person decides */
	APPROVAL_DOMESTIC,   /* 国药准字H20133197 and its like */
	APPROVAL_IMPORT_CERT /* H20090982, HC20120411: certificate of an import */
};

struct approval {
	enum approval_kind kind;
	const char *number;     /* canonical, "" when not recognised */
	const char *import_no;  /* of A(B): the certificate in brackets, else "" */
	bool restored;          /* 国药准字 was missing and put back: show it to a person */
};

/* Reads an approval number as people write it; strings are in the pool. */
struct approval approval_read(struct pool *p, const char *s);

/* The text is a canonical domestic number as it stands. */
bool approval_valid(const char *s);

#endif

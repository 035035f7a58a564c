/*
 * format.h - canonical values to text for people, in one language.
 *
 * Values come as the page XML has them: decimals with a point, ISO dates and
 * times, no grouping, no unit.  Nothing here rounds money: digits are grouped
 * and trailing zeros beyond the second decimal dropped.  Whatever is not of
 * the expected shape is written as it came.
 *
 * Patterns are words: format.date, format.month, format.compact,
 * format.currency.CNY, format.words, unit.<code>.
 */
#ifndef XIAOAO_FORMAT_H
#define XIAOAO_FORMAT_H

#include "words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text that grows; start from { 0 }, reuse by setting n to 0.  s ends with NUL once written to. */
struct text {
	char *s;
	size_t n;
	size_t cap;
};

void text_add(struct text *t, const char *s, size_t n);
void text_str(struct text *t, const char *s);
void text_free(struct text *t);

/* What a page formats with. */
struct format {
	const struct words *words;
	const char *now; /* page/@at: 2026-11-23T10:15:00+08:00 */
};

/* The word of a key, or the key in double brackets. */
void format_word(struct text *t, const struct words *w, const char *key, size_t n);

/* key, or key.one when n is 1 and there is one; {n} in it is the number. */
void format_count(struct text *t, const struct words *w, const char *key, const char *n);

void format_int(struct text *t, const char *v);

/* Two decimals at least; unit: a currency code, "" for none. */
void format_money(struct text *t, const struct words *w, const char *v, const char *unit);

/* In capital numerals, by format.words: 壹拾元整; nothing where v is not an amount of two decimals. */
void format_words(struct text *t, const struct words *w, const char *v);

/* unit: a code with a word unit.<code>, or the unit itself. */
void format_qty(struct text *t, const struct words *w, const char *v, const char *unit);

/* 0.312 is 31.2%. */
void format_percent(struct text *t, const char *v);
void format_growth(struct text *t, const char *v);
void format_bytes(struct text *t, const char *v);

/* Axis labels: 1.5万, 15k. */
void format_compact(struct text *t, const struct words *w, double v);

void format_date(struct text *t, const struct words *w, const char *v);
void format_month(struct text *t, const struct words *w, const char *v);

/* In the time zone of now; a time without any is UTC when it is written as the database does. */
void format_datetime(struct text *t, const struct format *f, const char *v);

/* "5 hours", "3 days" since v. */
void format_ago(struct text *t, const struct format *f, const char *v);

/* "due in 3 days", "2 days late". */
void format_due(struct text *t, const struct format *f, const char *v);

/* Whole days from today until a date, negative when it has passed; 0 when v is no date. */
int64_t format_days(const struct format *f, const char *v);

#endif

/*
 * norm.h - names of parties and products in the one form in which they are compared (DOMAIN 2.5).
 *
 * Two spellings with the same form are the same name; nothing is guessed.  All texts are UTF-8 and
 * in the pool.  The forms are stored (flow_name.norm, name_alias.norm): whoever changes a rule here
 * lets the names be matched again.
 */
#ifndef XIAOAO_NORM_H
#define XIAOAO_NORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

enum { NORM_MAX = 200, NORM_ALIASES = 4 };

/* The simplified form of a traditional character; any other character as it is. */
uint32_t norm_simplified(uint32_t code);

/*
 * Half width, lower case, simplified; brackets of all kinds become ( ), signs of multiplication *,
 * units and numbers in one character (mg, 1) their letters; blanks go.  Signs stay.
 */
const char *norm_fold(struct pool *p, const char *s);

/* Letters and digits alone: signs go too. */
const char *norm_letters(struct pool *p, const char *folded);

/* Digits for Chinese numerals where they count: 第三十二 -> 32, 三店 -> 3店, 二院 -> 2院; not 三江. */
const char *norm_numerals(struct pool *p, const char *s);

/* The name of a party. */
struct norm_name {
	const char *text;                 /* folded, expanded, without forms of company and notes */
	size_t n_alias;
	const char *alias[NORM_ALIASES];  /* second and former names in brackets, as text */
};

struct norm_name norm_party(struct pool *p, const char *name);

/* The name of a product without spec; its brackets are part of it. */
const char *norm_product(struct pool *p, const char *name);

/* s with every `from` replaced. */
const char *norm_replace(struct pool *p, const char *s, const char *from, const char *to);

/* Characters, not bytes. */
size_t norm_length(const char *s);

bool norm_ends(const char *s, const char *tail);
bool norm_begins(const char *s, const char *head);

#endif

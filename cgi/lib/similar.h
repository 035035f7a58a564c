/*
 * similar.h - how alike two texts are, in 1/10,000, by whole numbers: the same on every machine.
 */
#ifndef XIAOAO_SIMILAR_H
#define XIAOAO_SIMILAR_H

#include <stddef.h>
#include <stdint.h>

enum { SIMILAR_MAX = 96 }; /* characters that are looked at */

/* A text as its characters, the rest cut. */
struct runes {
	size_t n;
	uint32_t c[SIMILAR_MAX];
};

void runes_read(struct runes *to, const char *s);

/* Jaro-Winkler, prefix of 4 at 0.1. */
int similar_jaro_winkler(const struct runes *a, const struct runes *b);

/* Dice over pairs of neighbouring characters, each pair as often as it is there. */
int similar_dice(const struct runes *a, const struct runes *b);

#endif

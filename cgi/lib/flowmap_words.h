/*
 * flowmap_words.h - the fields of reports and the heads they are known by; for flowmap.c.
 */
#ifndef XIAOAO_FLOWMAP_WORDS_H
#define XIAOAO_FLOWMAP_WORDS_H

#include "flowmap.h"

struct flowmap_words {
	const char *name;
	char need[3];      /* purchase, sale, stock: R required, O may be there, - does not occur */
	const char *words; /* heads, the likelier first, separated by | */
};

extern const struct flowmap_words flowmap_words[COL_COUNT];

#endif

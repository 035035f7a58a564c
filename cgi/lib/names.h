/*
 * names.h - names of which some are ours and said in the reader's language.
 *
 * A value is names between 、.  One that begins with # is a code with a word status.<set>.<code>
 * (#buyer of the set role); any other, and a code without a word, stands as it is.
 */
#ifndef XIAOAO_NAMES_H
#define XIAOAO_NAMES_H

#include "words.h"

/* The names as people read them, to be freed with free(). */
char *names_said(const struct words *w, const char *set, const char *names);

#endif

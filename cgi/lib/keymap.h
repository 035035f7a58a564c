/*
 * keymap.h - texts to numbers, several to a text: the dictionaries of the matcher.
 *
 * Grows only, and is freed whole.  Texts are compared, not their hashes alone: nobody makes one
 * name pass for another.  A lookup is one pass over the text and one or two lines of cache.
 */
#ifndef XIAOAO_KEYMAP_H
#define XIAOAO_KEYMAP_H

#include <stdint.h>

struct keymap;

struct keymap *keymap_new(void);
void keymap_free(struct keymap *m);

/* Adds a value; the same as the text's last changes nothing. */
void keymap_add(struct keymap *m, const char *text, uint32_t value);

/* The places of a text's values, in any order: for (at = first; at != 0; at = next). */
uint32_t keymap_first(const struct keymap *m, const char *text);
uint32_t keymap_next(const struct keymap *m, uint32_t at);
uint32_t keymap_value(const struct keymap *m, uint32_t at);

#endif

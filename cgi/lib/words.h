/*
 * words.h - the words of one language, and the vocabularies of looks.
 *
 * A language is the folder <dir>/i18n/<lang> of catalogues, merged.  A word has
 * one home: a key that stands twice is an error on the log and in the tests
 * (tests/words-check.py), and the first text stays.  Beside the words are kept
 * the tones of states and the icons of relations (<dir>/lib/vocab), which are
 * the same in every language.  A table is made once, before the first request,
 * and never changes; a program keeps it as long as it lives.
 */
#ifndef XIAOAO_WORDS_H
#define XIAOAO_WORDS_H

#include <stddef.h>

struct words;

/* NULL, and a line on the log, when a file is missing or not well formed. */
struct words *words_load(const char *dir, const char *lang);

/* Of a table nobody reads any more. */
void words_free(struct words *w);

const char *words_lang(const struct words *w);

/* The text of a key, or NULL.  The string lives as long as the table. */
const char *word(const struct words *w, const char *key);

/* As word(), for a key of n bytes without a NUL. */
const char *word_n(const struct words *w, const char *key, size_t n);

/* The tone of "set.value": neutral info ok wait warn bad.  "neutral" when not listed. */
const char *word_tone(const struct words *w, const char *key, size_t n);

/* The name of the icon for a relation, or NULL. */
const char *word_icon(const struct words *w, const char *rel, size_t n);

#endif

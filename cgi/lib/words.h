/*
 * words.h - the words of one language, and the vocabularies of looks.
 *
 * The build merges the catalogues of a language into one constant database (words_make.h, cdb(5)).
 * Programs map it: a start reads nothing, and all workers of a machine share the pages.  A table
 * is opened once, before the first request, and never changes; a new build takes its place under
 * the same name and leaves the mapping alone.
 */
#ifndef XIAOAO_WORDS_H
#define XIAOAO_WORDS_H

#include <stddef.h>

struct words;

/* A key in the file is one of these and the key. */
enum word_kind { WORD_TEXT = 'm', WORD_TONE = 't', WORD_ICON = 'i' };

enum { WORD_KEY_MAX = 200 };

/* <dir>/<lang>.cdb; NULL, and a line on the log, when it is not there or no such file. */
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

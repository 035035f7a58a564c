/*
 * utf8.h - what is text: strict UTF-8 without control characters.
 *
 * Every text that enters the system passes utf8_clean(), so the rest of the code may hand it to
 * MariaDB and libxml2 without looking.
 */
#ifndef XIAOAO_UTF8_H
#define XIAOAO_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_BAD = -1 };

/*
 * Decodes the character at s (n bytes are there) into *code and returns its length in bytes,
 * or UTF8_BAD: truncated, overlong, surrogate, above U+10FFFF, or n is 0.
 */
int utf8_next(const char *s, size_t n, uint32_t *code);

/* Writes a character (at most 4 bytes, no NUL) and returns its length. */
size_t utf8_put(char *to, uint32_t code);

/* Well-formed throughout. */
bool utf8_valid(const char *s, size_t n);

/*
 * Well-formed, and fit for an XML document: no NUL and no control character but TAB, LF and CR,
 * no U+FFFE and U+FFFF.
 */
bool utf8_clean(const char *s, size_t n);

/* White space of any script: ASCII, NBSP, the ideographic space, BOM, and U+2000 to U+200B. */
bool utf8_is_space(uint32_t code);

/* Narrows [*s, *s + *n) so that it neither begins nor ends with white space. */
void utf8_trim(const char **s, size_t *n);

/*
 * The part of NFKC that Chinese data needs: full-width letters, digits and signs become ASCII,
 * the ideographic space a blank.  Writes at most n bytes and a NUL to `to` (which has n + 1) and
 * returns the length.  Malformed input stops the copy.
 */
size_t utf8_narrow(char *to, const char *s, size_t n);

/* The longest prefix of s that has at most max bytes and ends between two characters. */
size_t utf8_cut(const char *s, size_t n, size_t max);

#endif

/*
 * charset.h - text that arrives in pieces, from whatever character set it is in, as UTF-8.
 *
 * UTF-8 with or without mark, UTF-16 with mark, else GB18030: what stands first beyond ASCII
 * decides.  Invalid UTF-8 behind that passes through; whoever takes cells refuses it.
 *
 * Errors are codes: file.not_table (NUL bytes), file.charset.
 */
#ifndef XIAOAO_CHARSET_H
#define XIAOAO_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "pool.h"

struct charset;

/* The text goes to sink in pieces, which need not end between two characters. */
struct charset *charset_new(struct pool *p, void (*sink)(void *arg, const char *s, size_t n),
    void *arg);

/* False after an error. */
bool charset_push(struct charset *c, const char *s, size_t n);
bool charset_end(struct charset *c);

const char *charset_error(const struct charset *c); /* NULL: none so far */

/* Loads the converter for GB18030; before a sandbox without files. */
void charset_init(void);

#endif

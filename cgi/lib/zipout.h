/*
 * zipout.h - writing a ZIP archive as a stream, entry by entry, in constant memory.
 *
 * No file and no seeking: sizes follow each entry.  Dates are fixed, so the same content makes the
 * same archive.  An archive stays below 4 GiB and 64 entries.
 */
#ifndef XIAOAO_ZIPOUT_H
#define XIAOAO_ZIPOUT_H

#include "sink.h"

struct zipout;

/* Lives in the pool, which also frees the compressor. */
struct zipout *zipout_new(struct pool *p, struct sink to);

/* Ends the open entry and begins the next; the name must live until the end. */
void zipout_entry(struct zipout *z, const char *name);
void zipout_write(struct zipout *z, const void *bytes, size_t n);
void zipout_str(struct zipout *z, const char *s);

/* Ends the last entry and writes the directory. */
void zipout_end(struct zipout *z);

#endif

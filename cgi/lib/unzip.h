/*
 * unzip.h - reading a ZIP archive in memory that may be hostile.
 *
 * The central directory is judged as a whole before one byte is inflated: at most 64 entries, 32
 * MiB each and 64 MiB together, a ratio of at most 200 once an entry passes 1 MiB; no overlap,
 * ZIP64, encryption, links, absolute or climbing names, doubled names, other methods than stored
 * and deflate. Sizes are checked again while inflating, and the CRC at the end.
 *
 * Errors are codes: file.broken (structure, CRC, truncated), file.bomb, file.encrypted.
 */
#ifndef XIAOAO_UNZIP_H
#define XIAOAO_UNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct zip_entry {
	const char *name;
	const unsigned char *bytes; /* compressed, inside the archive */
	uint32_t packed;            /* their number */
	uint32_t size;              /* when inflated */
	uint32_t crc;
	bool deflated;
};

struct zip {
	struct zip_entry *entry;
	size_t n;
};

/* The bytes must live as long as the archive is used; entries are in the pool. */
bool zip_open(struct zip *zip, struct pool *p, const void *bytes, size_t n, const char **error);

/* As zip_open() for what only a stream of rows takes: entries of 1 GiB, 1.5 GiB together. */
bool zip_open_large(struct zip *zip, struct pool *p, const void *bytes, size_t n,
    const char **error);

/* The entry of this name, ASCII case ignored, or NULL. */
const struct zip_entry *zip_find(const struct zip *zip, const char *name);

/* Gives the content to sink piece by piece; sink returns false, and sets *error, to stop. */
bool zip_read(const struct zip_entry *entry, bool (*sink)(void *arg, const char *s, size_t n),
    void *arg, const char **error);

#endif

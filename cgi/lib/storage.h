/*
 * storage.h - attachments: what may be kept, under which name, and how it is sent.
 *
 * The content lives in the database, in table attachment; the SQL is the program's.  What a file
 * is, is decided by its bytes; the type and name that the browser claims are only a name.  Every
 * attachment leaves as a download, with X-Content-Type-Options: nosniff; only a picture is also
 * drawn, by the page that names it.
 */
#ifndef XIAOAO_STORAGE_H
#define XIAOAO_STORAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "pool.h"

enum {
	STORAGE_MAX = 10 << 20,   /* bytes of one attachment */
	STORAGE_PICTURE_MAX = 1 << 20, /* … of a picture: a list shows fifty */
	STORAGE_NAME_MAX = 120,   /* bytes of its name */
	STORAGE_HASH_SIZE = 65    /* SHA-256 in hex with the NUL */
};

/* What is kept: PDF, PNG, JPEG, XLSX and CSV; of pictures PNG, JPEG and WebP. */
struct storage_type {
	const char *name;      /* pdf png jpeg xlsx csv webp */
	const char *media;     /* Content-Type */
	const char *extension; /* with its dot */
};

/*
 * The type of these bytes; NULL and an error code when they are not kept: attachment.empty,
 * attachment.too_big, attachment.type.  A workbook with macros is no XLSX.
 */
const struct storage_type *storage_sniff(const void *bytes, size_t n, const char **error);

/* The type of a picture; NULL and attachment.empty, picture.too_big or picture.type. */
const struct storage_type *storage_picture(const void *bytes, size_t n, const char **error);

/* The type of this name as the database has it, or NULL. */
const struct storage_type *storage_type(const char *name);

void storage_hash(const void *bytes, size_t n, char hash[static STORAGE_HASH_SIZE]);

/*
 * A name to show and to save under, made of the one that was sent: its last path component without
 * control, direction and reserved characters, short enough, with the extension of the type; never
 * empty.  In the pool.
 */
const char *storage_name(struct pool *p, const char *sent, const struct storage_type *type);

/* Value of Content-Disposition (RFC 6266): attachment, with the name in ASCII and in UTF-8. */
const char *storage_disposition(struct pool *p, const char *name);

#endif

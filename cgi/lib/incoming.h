/*
 * incoming.h - the one file of a request, read while it comes in.
 *
 * A route with STREAM takes a file of up to INCOMING_MAX bytes without holding it.  The fields of
 * its form stand in front of the file and are read as usual; req_file() gives the name of the file
 * and its first bytes, enough to tell what it is.  The handler then reads all of it, from the first
 * byte on, piece by piece.  What was read is gone: such a handler runs once, without retry.
 */
#ifndef XIAOAO_INCOMING_H
#define XIAOAO_INCOMING_H

#include <stdbool.h>
#include <stddef.h>

#include "server.h"

enum {
	INCOMING_MAX = 256 << 20,  /* bytes of a file; conf/nginx/site.conf.in */
	INCOMING_BODY = 264 << 20, /* a file a little too long is told so beside its field */
	INCOMING_FRONT = 64 << 10  /* fields and first bytes */
};

struct incoming;

/*
 * Reads the front of the body: form fields into r->in, the file as its last part.  With a key
 * (req.keyed) a body that is a table itself is the file, as field `file`.  False: the body is
 * malformed, *error says how.
 */
bool incoming_open(struct req *r, const struct wire *wire, const char **error);

/* The next bytes of the file, at most n; 0 at its end. */
size_t incoming_read(struct incoming *in, void *to, size_t n);

/* At the end: whether the body was whole, and nothing followed its file. */
bool incoming_whole(struct incoming *in);

#endif

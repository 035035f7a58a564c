/*
 * sink.h - where a writer's bytes go: a buffer, a socket, an archive.
 */
#ifndef XIAOAO_SINK_H
#define XIAOAO_SINK_H

#include "pool.h"

struct sink {
	void (*put)(void *arg, const void *bytes, size_t n);
	void *arg;
};

/* Into a buffer. */
struct sink sink_buf(struct buf *b);

#endif

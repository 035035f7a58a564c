/*
 * rowfeed_wire.h - the two ends of rowfeed.h: rowfeed.c in the program, rowfeed_serve.c in the
 * service.
 *
 * To the service: 'R' for a run, answered by one byte with a socket to the child, and at its end by
 * struct rowfeed_end; 'K' kills the child.  From the child: frames of a type, a length and
 * bytes: rows, 'N' when it wants a piece of the file (a length, 0 at the end, and bytes), 'E' an
 * error code, 'D' when all is read.
 */
#ifndef XIAOAO_ROWFEED_WIRE_H
#define XIAOAO_ROWFEED_WIRE_H

#include <stdint.h>

enum {
	ROWFEED_ROW_MAX = 1 << 20,   /* bytes of a row */
	ROWFEED_PIECE_MAX = 1 << 20, /* bytes of the file at a time */
	ROWFEED_CPU_S = 300,
	ROWFEED_SILENCE_S = 60       /* without a row the child is given up */
};

enum { ROWFEED_ROW = 'R', ROWFEED_NEED = 'N', ROWFEED_ERROR = 'E', ROWFEED_DONE = 'D' };

struct rowfeed_frame {
	uint32_t type;
	uint32_t n;
};

struct rowfeed_end {
	uint32_t good;   /* ended by itself */
	uint32_t signal; /* else */
	uint32_t no_memory;
};

/* The service: runs on the socket until its other end closes; does not return. */
void rowfeed_serve(int fd, const char *const *xml_fields) __attribute__((noreturn));

#endif

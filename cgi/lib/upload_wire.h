/*
 * upload_wire.h - the two ends of upload.h: upload.c in the program, upload_serve.c in the service.
 *
 * A request is its length and the file.  An answer is how the parsing child ended, a length, and
 * what it wrote: 'T' and the table of tabular.h, or 'E' and an error code.
 */
#ifndef XIAOAO_UPLOAD_WIRE_H
#define XIAOAO_UPLOAD_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum upload_end { UPLOAD_DONE, UPLOAD_TIMEOUT, UPLOAD_KILLED, UPLOAD_NO_CHILD, UPLOAD_NO_MEMORY };

struct upload_answer {
	uint32_t end;    /* enum upload_end */
	uint32_t signal; /* of UPLOAD_KILLED */
	uint32_t n;      /* bytes that follow */
};

enum { UPLOAD_ANSWER_MAX = (16 << 20) + 65536 };

/* All n bytes, or false. */
bool upload_write(int fd, const void *bytes, size_t n);
bool upload_read(int fd, void *bytes, size_t n);

/* The service: answers requests on fd until the other end closes; does not return. */
void upload_serve(int fd) __attribute__((noreturn));

#endif

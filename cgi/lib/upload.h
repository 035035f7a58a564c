/*
 * upload.h - parsing uploaded tables where a hostile file can do no harm.
 *
 * Before its sandbox a program starts a service: a child process that only waits.  For each file
 * the service forks another child, which has 5 s of CPU, 256 MiB, no file, no descriptor but a
 * pipe, and no system call but writing into it.  That one parses the file and dies.  Whatever
 * happens to it, the program gets a table or an error code, at the latest after 10 s.
 *
 * The program itself then needs no system call but read, write and poll.  The service dies with the
 * program.  It copies the program's memory as of the start: start it after becoming the user to run
 * as, before reading secrets that are not needed until later.
 */
#ifndef XIAOAO_UPLOAD_H
#define XIAOAO_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "pool.h"
#include "tabular.h"

enum {
	UPLOAD_MAX = 10 << 20, /* bytes of a file */
	UPLOAD_CPU_S = 5,
	UPLOAD_WALL_S = 10
};

struct upload_service;

/*
 * Also makes the kernel reap the program's children by itself (SIGCHLD), so that none stays a
 * zombie, and ignores SIGPIPE. NULL: the system refuses a process; never freed otherwise.
 */
struct upload_service *upload_start(void);

/*
 * The table in a file, in the pool.  False: *error is a code of tabular.h, or
 *
 *   file.too_big   more than UPLOAD_MAX bytes, or more memory than the child may have
 *   file.bomb      used up its CPU time
 *   file.broken    crashed the parser, or tried a forbidden system call (logged)
 *   file.timeout   not ready in time although it used little CPU: the machine is overloaded
 *   file.busy      the service is gone; see upload_alive()
 */
bool upload_parse(struct upload_service *service, struct pool *p, const void *bytes, size_t n,
    struct table *to, const char **error);

/* False after the service was lost: the program should finish its answer and be replaced. */
bool upload_alive(const struct upload_service *service);

#endif

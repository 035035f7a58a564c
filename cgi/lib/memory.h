/*
 * memory.h - a program that gets no memory ends.
 *
 * malloc(), calloc() and realloc() of a program are these, for the libraries under it too: they
 * never return NULL, but log `memory.none' and end the process where it stands.  Nothing above them
 * looks for NULL.  Why here, and why the end:
 *
 * - libfcgi and libxslt do not survive a failed allocation, libxml2 may go on with half a tree, and
 *   libmariadb leaves a connection that answers each later request with an error.  A worker that
 *   goes on after it is worse than none.
 * - The end is all or nothing: the open transaction is rolled back with the connection.  A GET
 *   without an answer goes to another worker, a POST is answered 502 by nginx and may be repeated
 *   with its key (conf/nginx/program.conf).
 * - It is no signal: abort() in the sandbox is a forbidden system call, and looks like an attack.
 *
 * With sanitizers the allocator is theirs, and ends the process by itself.
 */
#ifndef XIAOAO_MEMORY_H
#define XIAOAO_MEMORY_H

enum { MEMORY_NONE = 71 }; /* the exit status, but of a server */

/* From here on the process serves: it ends with 0, for its like to take its place (respawn.h). */
void memory_serving(void);

/* For memory that was not to be had otherwise: the same end. */
void memory_none(void) __attribute__((noreturn));

#endif

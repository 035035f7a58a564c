/*
 * keeper - the processes of an instance: started, started again, replaced, ended.
 *
 * Single-threaded state of the supervisor: the caller reports deaths and the
 * time, and does what the answer says.  Times are milliseconds of the monotonic
 * clock.  A client is a connected socket; a function that takes a pointer to one
 * may keep the socket to answer later, and leaves -1 there when it did or when
 * it has answered and closed it.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Adds the services of the file that are new; false, with why, adds none. */
bool keeper_load(const char *path, char *why, size_t size);

/* The one service is a program on the socket that is our standard input. */
bool keeper_inherit(int workers, char **argv);

/* Does what is due; when to be called again at the latest, or -1: all is ended. */
int64_t keeper_run(int64_t now);

void keeper_died(pid_t pid, int status, int64_t now);

/* Rolling reload of a program, of all ("") or SIGHUP to a daemon. */
void keeper_reload(const char *name, int *client);

void keeper_stop(int *client, int64_t now);
void keeper_status(int client);

/* Answers a client, if there is one, and closes it. */
__attribute__((format(printf, 2, 3))) void answer(int *client, const char *fmt, ...);

#endif

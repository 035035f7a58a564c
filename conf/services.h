/*
 * services - what an instance consists of, read from its services file.
 *
 * One line a service, fields separated by tabs (so that paths may hold spaces):
 *
 *	name	kind	workers	user	command	argument...
 *
 * kind fastcgi: the socket sock/<name>.sock is bound here, once, and is the
 *	standard input of each worker; user owns it: who may connect.
 * kind daemon: one process in the foreground; user is whom it runs as.
 * user "-" means the user of the supervisor.  '#' starts a comment line.
 *
 * A daemon that comes first is what the others need: it is stopped last.
 */
#ifndef SERVICES_H
#define SERVICES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { SERVICES_MAX = 128, WORKERS_MAX = 32, ARGS_MAX = 32 };

struct worker {
	pid_t pid;		/* 0: none, started again at next_ms */
	pid_t successor;	/* during a reload: takes over once it has settled */
	int64_t born_ms;
	int64_t next_ms;
	unsigned int fails;	/* deaths in a row at an early age */
};

struct service {
	char *name;
	char *argv[ARGS_MAX + 1];
	char *line;		/* holds the text of the above */
	bool fastcgi;
	uid_t uid;
	gid_t gid;
	char user[64];		/* "" when the supervisor's own */
	int socket;		/* listening; -1 for a daemon */
	bool inherited;		/* the socket and the log are those of our parent */
	int count;
	unsigned int deaths;
	struct worker worker[WORKERS_MAX];
};

struct services {
	int n;
	struct service s[SERVICES_MAX];
};

/*
 * Adds the services of a file whose names are not known yet, and binds their
 * sockets.  False, with the reason in why, when the file cannot be used;
 * nothing is added then.
 */
bool services_read(struct services *all, const char *path, char *why, size_t size);

/* Adds one service whose workers share the socket that is our standard input. */
bool services_inherit(struct services *all, int count, char **argv);

/* The service of that name, or NULL. */
struct service *services_find(struct services *all, const char *name);

/* In a new child of parent: becomes the program, and ends when parent ends. */
_Noreturn void service_exec(const struct service *s, pid_t parent);

/* Removes the sockets that were bound here. */
void services_unlink(const struct services *all);

#endif

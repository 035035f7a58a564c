/* See services.h. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "services.h"

enum { BACKLOG = 511, FIXED_FIELDS = 4 };

static bool
name_ok(const char *name)
{
	return *name != '\0' && strlen(name) <= 40
	    && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(name);
}

static bool
user_set(struct service *s, const char *user)
{
	const struct passwd *pw;

	s->uid = geteuid();
	s->gid = getegid();
	if (strcmp(user, "-") == 0)
		return true;
	pw = getpwnam(user);
	if (pw == NULL || strlen(user) >= sizeof s->user)
		return false;
	s->uid = pw->pw_uid;
	s->gid = pw->pw_gid;
	snprintf(s->user, sizeof s->user, "%s", user);
	return true;
}

/* Takes a line apart in place; NULL, or what is wrong with it. */
static const char *
service_parse(struct service *s, char *line)
{
	char *field[FIXED_FIELDS] = { NULL };
	char *rest = line;
	int n = 0;

	for (int i = 0; i < FIXED_FIELDS; i++)
		field[i] = strsep(&rest, "\t");
	while (rest != NULL && n < ARGS_MAX)
		s->argv[n++] = strsep(&rest, "\t");
	if (n == 0 || rest != NULL)
		return "too few or too many fields";
	s->name = field[0];
	if (!name_ok(s->name))
		return "bad name";
	s->fastcgi = strcmp(field[1], "fastcgi") == 0;
	if (!s->fastcgi && strcmp(field[1], "daemon") != 0)
		return "kind is neither fastcgi nor daemon";
	s->count = (int)strtol(field[2], NULL, 10);
	if (s->count < 1 || s->count > WORKERS_MAX || (!s->fastcgi && s->count != 1))
		return "bad number of workers";
	return user_set(s, field[3]) ? NULL : "unknown user";
}

static void
socket_path(const struct service *s, char *path, size_t size)
{
	snprintf(path, size, "sock/%s.sock", s->name);
}

/* Relative to the instance's folder, so that no path is too long for a socket. */
static bool
service_bind(struct service *s)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	mode_t mask;
	int rc;

	s->socket = -1;
	if (!s->fastcgi)
		return true;
	s->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->socket < 0)
		return false;
	socket_path(s, a.sun_path, sizeof a.sun_path);
	unlink(a.sun_path);
	mask = umask(0177);
	rc = bind(s->socket, (const struct sockaddr *)&a, sizeof a);
	umask(mask);
	return rc == 0 && listen(s->socket, BACKLOG) == 0
	    && (s->uid == geteuid() || chown(a.sun_path, s->uid, s->gid) == 0);
}

static void
service_drop(struct service *s)
{
	if (s->socket > 0)
		close(s->socket);
	free(s->line);
	memset(s, 0, sizeof *s);
}

/* Adds the service of one line, unless it is known; NULL, or what is wrong. */
static const char *
services_add(struct services *all, const char *text)
{
	struct service s = { .socket = -1 };
	const char *why;

	if (*text == '\0' || *text == '#')
		return NULL;
	s.line = strdup(text);
	if (s.line == NULL)
		return "no memory";
	why = service_parse(&s, s.line);
	if (why == NULL && services_find(all, s.name) != NULL) {
		service_drop(&s);
		return NULL;
	}
	if (why == NULL && all->n == SERVICES_MAX)
		why = "too many services";
	if (why == NULL && !service_bind(&s))
		why = strerror(errno);
	if (why != NULL)
		service_drop(&s);
	else
		all->s[all->n++] = s;
	return why;
}

bool
services_read(struct services *all, const char *path, char *why, size_t size)
{
	const char *wrong = NULL;
	int known = all->n;
	FILE *f = fopen(path, "re");
	char line[4096];

	if (f == NULL) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return false;
	}
	for (int no = 1; wrong == NULL && fgets(line, sizeof line, f) != NULL; no++) {
		line[strcspn(line, "\n")] = '\0';
		wrong = services_add(all, line);
		if (wrong != NULL)
			snprintf(why, size, "%s:%d: %s", path, no, wrong);
	}
	fclose(f);
	while (wrong != NULL && all->n > known)
		service_drop(&all->s[--all->n]);
	return wrong == NULL;
}

bool
services_inherit(struct services *all, int count, char **argv)
{
	struct service *s = &all->s[0];
	int n = 0;

	while (n < ARGS_MAX && argv[n] != NULL) {
		s->argv[n] = argv[n];
		n++;
	}
	if (n == 0 || argv[n] != NULL || count < 1 || count > WORKERS_MAX)
		return false;
	s->name = argv[0];
	s->fastcgi = true;
	s->inherited = true;
	s->socket = STDIN_FILENO;
	s->count = count;
	all->n = 1;
	return true;
}

struct service *
services_find(struct services *all, const char *name)
{
	for (int i = 0; i < all->n; i++)
		if (strcmp(all->s[i].name, name) == 0)
			return &all->s[i];
	return NULL;
}

static void
child_fail(const char *name, const char *what)
{
	dprintf(STDERR_FILENO, "%s: %s: %s\n", name, what, strerror(errno));
	_exit(127);
}

static void
log_open(const struct service *s)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "log/%s.log", s->name);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (fd < 0)
		return;
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
}

void
service_exec(const struct service *s, pid_t parent)
{
	sigset_t none;

	if (!s->inherited)
		log_open(s);
	if (s->fastcgi && dup2(s->socket, STDIN_FILENO) < 0)
		child_fail(s->name, "socket");
	if (!s->fastcgi && *s->user != '\0' && (initgroups(s->user, s->gid) != 0
	    || setgid(s->gid) != 0 || setuid(s->uid) != 0))
		child_fail(s->name, "change of user");
	/* After the change of user, which clears it. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setpgid(0, 0);
	if (getppid() != parent)
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(s->argv[0], s->argv);
	child_fail(s->name, s->argv[0]);
	_exit(127);
}

void
services_unlink(const struct services *all)
{
	char path[64];

	for (int i = 0; i < all->n; i++) {
		if (!all->s[i].fastcgi || all->s[i].inherited)
			continue;
		socket_path(&all->s[i], path, sizeof path);
		unlink(path);
	}
}

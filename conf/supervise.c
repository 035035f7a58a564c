/*
 * supervise - keeps the processes of one instance alive.
 *
 *	supervise HOME			run in the foreground
 *	supervise HOME COMMAND [NAME]	tell the running one: status, load,
 *					reload [NAME], stop
 *	supervise --workers N PROGRAM ARGUMENT...
 *					only a program's workers, on the socket
 *					that is standard input (systemd)
 *
 * Sockets are bound once and outlive the workers, so a connection waits in the
 * backlog while a worker is replaced.  What dies is started again, at once at
 * first, then with a pause that doubles up to a second.  A reload starts the
 * successors, lets them settle, then asks the old workers to finish: no request
 * is lost, and a program that cannot start does not replace one that runs.
 * TERM or `stop' drains the programs, then ends the database (the first service).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"

#define SERVICES_FILE "etc/services"
#define CONTROL "run/control"

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
load(int *client)
{
	char why[256];

	if (keeper_load(SERVICES_FILE, why, sizeof why))
		answer(client, "ok\n");
	else
		answer(client, "error: %s\n", why);
}

static void
command(int client, int64_t now)
{
	const struct timeval limit = { .tv_sec = 1 };
	char line[128] = "";
	char *name = line;
	ssize_t n;

	setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	n = read(client, line, sizeof line - 1);
	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	strsep(&name, " ");
	if (name == NULL)
		name = line + strlen(line);
	if (strcmp(line, "status") == 0)
		keeper_status(client);
	else if (strcmp(line, "load") == 0)
		load(&client);
	else if (strcmp(line, "reload") == 0)
		keeper_reload(name, &client);
	else if (strcmp(line, "stop") == 0)
		keeper_stop(&client, now);
	else
		answer(&client, "error: status, load, reload [name] or stop\n");
	if (client >= 0)
		close(client);
}

static int
control_socket(bool serve)
{
	const struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = CONTROL };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc;

	if (!serve)
		return connect(fd, (const struct sockaddr *)&a, sizeof a) == 0 ? fd : -1;
	unlink(CONTROL);
	umask(077);
	rc = bind(fd, (const struct sockaddr *)&a, sizeof a);
	umask(022);
	return rc == 0 && listen(fd, 8) == 0 ? fd : -1;
}

static void
signals_take(int fd, int64_t now)
{
	struct signalfd_siginfo si;
	int nobody = -1;
	int status;
	pid_t pid;

	while (read(fd, &si, sizeof si) == (ssize_t)sizeof si) {
		if (si.ssi_signo == SIGHUP)
			keeper_reload("", &nobody);
		else if (si.ssi_signo != SIGCHLD)
			keeper_stop(&nobody, now);
	}
	for (pid = waitpid(-1, &status, WNOHANG); pid > 0; pid = waitpid(-1, &status, WNOHANG))
		keeper_died(pid, status, now);
}

static void
serve(int signals, int control)
{
	struct pollfd fds[] = { { signals, POLLIN, 0 }, { control, POLLIN, 0 } };

	for (;;) {
		int64_t now = now_ms();
		int64_t wake = keeper_run(now);

		if (wake < 0)
			return;
		if (poll(fds, 2, (int)(wake - now)) <= 0)
			continue;
		now = now_ms();
		if (fds[0].revents != 0)
			signals_take(signals, now);
		if (fds[1].revents != 0)
			command(accept4(control, NULL, NULL, SOCK_CLOEXEC), now);
	}
}

static int
signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
run(void)
{
	char why[256];
	int lock = open("run/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int control, signals;

	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0) {
		fprintf(stderr, "supervise: another one runs here\n");
		return 1;
	}
	signals = signals_open();
	control = control_socket(true);
	if (signals < 0 || control < 0) {
		fprintf(stderr, "supervise: %s: %s\n", CONTROL, strerror(errno));
		return 1;
	}
	if (!keeper_load(SERVICES_FILE, why, sizeof why)) {
		fprintf(stderr, "supervise: %s\n", why);
		return 1;
	}
	serve(signals, control);
	unlink(CONTROL);
	return 0;
}

static int
run_workers(const char *count, char **argv)
{
	if (!keeper_inherit((int)strtol(count, NULL, 10), argv)) {
		fprintf(stderr, "supervise: bad number of workers or arguments\n");
		return 2;
	}
	serve(signals_open(), -1);
	return 0;
}

/* Sends a command and prints what comes back until the other side is done. */
static int
tell(const char *verb, const char *name)
{
	int fd = control_socket(false);
	char buf[4096];
	bool refused = false;
	ssize_t n;

	if (fd < 0) {
		fprintf(stderr, "supervise: nothing runs here\n");
		return 3;
	}
	dprintf(fd, "%s%s%s\n", verb, name != NULL ? " " : "", name != NULL ? name : "");
	for (n = read(fd, buf, sizeof buf); n > 0; n = read(fd, buf, sizeof buf)) {
		refused = refused || strncmp(buf, "error", 5) == 0;
		if (n == 3 && strncmp(buf, "ok\n", 3) == 0)
			continue;
		fwrite(buf, 1, (size_t)n, refused ? stderr : stdout);
	}
	close(fd);
	return refused ? 1 : 0;
}

int
main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "--workers") == 0)
		return run_workers(argv[2], argv + 3);
	if (argc < 2 || argc > 4) {
		fprintf(stderr, "usage: supervise HOME [status | load | reload [NAME] | stop]\n"
		    "       supervise --workers N PROGRAM ARGUMENT...\n");
		return 2;
	}
	if (chdir(argv[1]) != 0) {
		fprintf(stderr, "supervise: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	return argc == 2 ? run() : tell(argv[2], argc == 4 ? argv[3] : NULL);
}

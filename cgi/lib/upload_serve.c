/* See upload_wire.h: the service, and the child that parses one file. */
#include "upload_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "parsejail.h"
#include "tabular.h"
#include "upload.h"

/* ---- the child ---- */

static void parse_one(int fd, const void *bytes, size_t n) __attribute__((noreturn));

static void
parse_one(int fd, const void *bytes, size_t n)
{
	const char *error = "file.broken";
	int to = parsejail_enter(fd, false, UPLOAD_CPU_S);
	struct pool *p;
	struct buf *out;

	p = pool_new();
	out = buf_new(p);
	if (tabular_encode(out, bytes, n, &error))
		_exit(upload_write(to, "T", 1) && upload_write(to, out->s, out->n) ? 0 : 1);
	_exit(upload_write(to, "E", 1) && upload_write(to, error, strlen(error)) ? 0 : 1);
}

/* ---- the service ---- */

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Collects what the child writes until it closes the pipe; false when time is up. */
static bool
collect(int fd, char *to, size_t *n, int64_t deadline)
{
	for (;;) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - now_ms();
		ssize_t got;

		if (left <= 0)
			return false;
		if (poll(&wait, 1, (int)left) <= 0)
			continue;
		got = read(fd, to + *n, UPLOAD_ANSWER_MAX - *n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return true;
		*n += (size_t)got;
		if (*n == UPLOAD_ANSWER_MAX)
			return true;
	}
}

static void
run_child(const void *bytes, size_t n, char *to, struct upload_answer *answer)
{
	int ends[2];
	size_t got = 0;
	int status = 0;
	bool in_time;
	pid_t child;

	answer->end = UPLOAD_NO_CHILD;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	child = fork();
	if (child == 0)
		parse_one(ends[1], bytes, n);
	close(ends[1]);
	if (child > 0) {
		in_time = collect(ends[0], to, &got, now_ms() + UPLOAD_WALL_S * 1000);
		/* Ended by itself, or has nothing more to say. */
		if (!in_time || got == UPLOAD_ANSWER_MAX)
			kill(child, SIGKILL);
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			continue;
		answer->end = !in_time ? UPLOAD_TIMEOUT
		    : WIFEXITED(status) && WEXITSTATUS(status) == 0 ? UPLOAD_DONE
		    : WIFEXITED(status) && WEXITSTATUS(status) == MEMORY_NONE ? UPLOAD_NO_MEMORY
									      : UPLOAD_KILLED;
		answer->signal = WIFSIGNALED(status) ? (uint32_t)WTERMSIG(status) : 0;
		answer->n = answer->end == UPLOAD_DONE ? (uint32_t)got : 0;
	}
	close(ends[0]);
}

static bool
serve_one(int fd)
{
	struct upload_answer answer = { 0 };
	uint32_t n = 0;
	char *bytes;
	char *to;
	bool good;

	if (!upload_read(fd, &n, sizeof(n)) || n > UPLOAD_MAX)
		return false;
	bytes = malloc(n + 1UL);
	to = malloc(UPLOAD_ANSWER_MAX);
	good = bytes != NULL && to != NULL && upload_read(fd, bytes, n);
	if (good) {
		run_child(bytes, n, to, &answer);
		good = upload_write(fd, &answer, sizeof(answer)) && upload_write(fd, to, answer.n);
	}
	free(bytes);
	free(to);
	return good;
}

void
upload_serve(int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "xo-upload");
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	/* The signals that end a program reach its whole group: the service ends with the
	 * socket. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (dup2(fd, 3) < 0)
		_exit(1);
	close_range(4, ~0U, 0);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	parsejail_prepare();
	while (serve_one(3))
		continue;
	_exit(0);
}

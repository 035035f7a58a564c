/* See rowfeed_wire.h: the service, and the child that parses one file. */
#include "rowfeed_wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "parsejail.h"
#include "rowreader.h"
#include "upload_wire.h"

/* ---- the child ---- */

enum { BATCH = 65536 };

struct child {
	int fd;
	struct buf *batch;
	struct tabbuild build;
};

static void
flush(struct child *c)
{
	if (!upload_write(c->fd, c->batch->s, c->batch->n))
		_exit(1);
	c->batch->n = 0;
}

static void
frame(struct child *c, uint32_t type, const char *s, size_t n)
{
	struct rowfeed_frame head = { type, (uint32_t)n };

	buf_add(c->batch, &head, sizeof(head));
	buf_add(c->batch, s, n);
	if (type != ROWFEED_ROW || c->batch->n >= BATCH)
		flush(c);
}

static bool
on_row(void *arg, const char *s, size_t n)
{
	struct child *c = arg;

	if (n > ROWFEED_ROW_MAX)
		c->build.error = "file.cell";
	else
		frame(c, ROWFEED_ROW, s, n);
	return true;
}

/* A piece of the file into `to`; its length, 0 at the end. */
static size_t
ask(struct child *c, char *to)
{
	uint32_t n = 0;

	frame(c, ROWFEED_NEED, "", 0);
	if (!upload_read(c->fd, &n, sizeof(n)) || n > ROWFEED_PIECE_MAX ||
	    !upload_read(c->fd, to, n))
		_exit(1);
	return n;
}

static void parse(int fd, const char *const *xml_fields) __attribute__((noreturn));

static void
parse(int fd, const char *const *xml_fields)
{
	struct child c = { .fd = parsejail_enter(fd, true, ROWFEED_CPU_S) };
	struct pool *p = pool_new();
	struct rowreader *r;
	char *piece = pool_alloc(p, ROWFEED_PIECE_MAX);
	size_t n;

	c.batch = buf_new(p);
	buf_reserve(c.batch, BATCH + ROWFEED_ROW_MAX);
	tabbuild_stream(&c.build, buf_new(p), on_row, &c);
	r = rowreader_new(&c.build, xml_fields);
	do
		n = ask(&c, piece);
	while (n > 0 && rowreader_push(r, piece, n));
	if (rowreader_end(r))
		frame(&c, ROWFEED_DONE, "", 0);
	else
		frame(&c, ROWFEED_ERROR, c.build.error, strlen(c.build.error));
	_exit(0);
}

/* ---- the service ---- */

static bool
pass(int to, int fd)
{
	char byte = 'R';
	char room[CMSG_SPACE(sizeof(fd))] = { 0 };
	struct iovec part = { &byte, 1 };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room,
		.msg_controllen = sizeof(room) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&m);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(to, &m, 0) == 1;
}

/* Until the child has ended; the program may have it killed, and takes it along when it ends. */
static void
watch(int fd, pid_t child, struct rowfeed_end *end)
{
	int handle = (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd wait[2] = { { handle, POLLIN, 0 }, { fd, POLLIN, 0 } };
	int status = 0;
	char byte;

	while (handle >= 0 && (wait[0].revents & POLLIN) == 0) {
		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			break;
		if ((wait[1].revents & (POLLIN | POLLHUP)) == 0)
			continue;
		kill(child, SIGKILL);
		if (read(fd, &byte, 1) <= 0)
			_exit(0);
	}
	if (handle < 0)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	close(handle);
	end->good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	end->signal = WIFSIGNALED(status) ? (uint32_t)WTERMSIG(status) : 0;
	end->no_memory = WIFEXITED(status) && WEXITSTATUS(status) == MEMORY_NONE;
}

static bool
run(int fd, const char *const *xml_fields)
{
	struct rowfeed_end end = { 0 };
	int ends[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	child = fork();
	if (child < 0)
		return false;
	if (child == 0)
		parse(ends[1], xml_fields);
	close(ends[1]);
	if (!pass(fd, ends[0]))
		_exit(1);
	close(ends[0]);
	watch(fd, child, &end);
	return upload_write(fd, &end, sizeof(end));
}

void
rowfeed_serve(int fd, const char *const *xml_fields)
{
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "xo-rowfeed");
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	/* What ends a program reaches its whole group: the service ends with the socket. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (dup2(fd, 3) < 0)
		_exit(1);
	close_range(4, ~0U, 0);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	parsejail_prepare();
	/* A 'K' that comes when its child has ended already is passed over. */
	while (upload_read(3, &byte, 1))
		if (byte == 'R' && !run(3, xml_fields))
			break;
	_exit(0);
}

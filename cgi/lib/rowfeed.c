/* See rowfeed.h. */
#include "rowfeed.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "rowfeed_wire.h"
#include "tabbuild.h"
#include "upload_wire.h"

enum { IN_SIZE = ROWFEED_ROW_MAX + 65536 };

struct rowfeed {
	int fd;                         /* to the service; -1: lost */
	int child;                      /* to the child at hand */
	char *in;                       /* bytes from it */
	size_t from;
	size_t n;
	const char *error;
	struct table_cell cell[TABULAR_COLUMNS_MAX];
};

struct rowfeed *
rowfeed_start(const char *const *xml_fields)
{
	struct rowfeed *f = calloc(1, sizeof(*f));
	int ends[2];
	pid_t pid;

	if (f == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return NULL;
	signal(SIGPIPE, SIG_IGN);
	f->in = malloc(IN_SIZE);
	pid = fork();
	if (pid == 0)
		rowfeed_serve(ends[1], xml_fields);
	close(ends[1]);
	f->fd = ends[0];
	f->child = -1;
	return pid > 0 && f->in != NULL ? f : NULL;
}

bool
rowfeed_alive(const struct rowfeed *f)
{
	return f->fd >= 0;
}

static void
lose(struct rowfeed *f)
{
	log_error("rowfeed.lost");
	close(f->fd);
	f->fd = -1;
	f->error = "file.busy";
}

/* A child for the next file. */
static bool
call(struct rowfeed *f)
{
	char byte = 'R';
	char room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { &byte, 1 };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room,
		.msg_controllen = sizeof(room) };
	struct cmsghdr *head;

	if (!rowfeed_alive(f) || !upload_write(f->fd, &byte, 1) ||
	    recvmsg(f->fd, &m, MSG_CMSG_CLOEXEC) != 1)
		return false;
	head = CMSG_FIRSTHDR(&m);
	if (head == NULL || head->cmsg_type != SCM_RIGHTS)
		return false;
	memcpy(&f->child, CMSG_DATA(head), sizeof(f->child));
	f->from = 0;
	f->n = 0;
	return true;
}

/* At least `wanted` bytes in the buffer; false: the child is silent or gone. */
static bool
fill(struct rowfeed *f, size_t wanted)
{
	if (f->n - f->from < wanted && f->from > 0) {
		memmove(f->in, f->in + f->from, f->n - f->from);
		f->n -= f->from;
		f->from = 0;
	}
	while (f->n - f->from < wanted) {
		struct pollfd wait = { .fd = f->child, .events = POLLIN };
		int rc = poll(&wait, 1, ROWFEED_SILENCE_S * 1000);
		ssize_t got;

		if (rc < 0 && errno == EINTR)
			continue;
		if (rc == 0)
			f->error = "file.timeout";
		if (rc <= 0)
			return false;
		got = read(f->child, f->in + f->n, IN_SIZE - f->n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		f->n += (size_t)got;
	}
	return true;
}

static bool
refuse(struct rowfeed *f, const char *code)
{
	f->error = code;
	return false;
}

static bool
take_row(struct rowfeed *f, const struct rowfeed_use *use, char *s, size_t n)
{
	struct table_row row;

	if (!tabbuild_decode(&row, f->cell, s, n))
		return refuse(f, "file.broken");
	return use->row(use->arg, &row) ? true : refuse(f, "file.lost");
}

static bool
give_piece(struct rowfeed *f, const struct rowfeed_use *use)
{
	const char *s = "";
	size_t n = 0;
	uint32_t length;

	if (!use->piece(use->arg, &s, &n))
		n = 0;
	length = (uint32_t)n;
	if (n > ROWFEED_PIECE_MAX)
		return refuse(f, "file.broken");
	return upload_write(f->child, &length, sizeof(length)) && upload_write(f->child, s, n);
}

/* Only codes that we know leave here: their writer may have been taken over. */
static bool
take_error(struct rowfeed *f, const char *s, size_t n)
{
	static const char *const codes[] = { "file.empty", "file.not_table", "file.old_excel",
		"file.encrypted", "file.charset", "file.broken", "file.dtd", "file.bomb",
		"file.columns", "file.cell", "file.too_big", "file.long", "file.strings",
		"file.element" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strlen(codes[i]) == n && memcmp(codes[i], s, n) == 0)
			return refuse(f, codes[i]);
	return refuse(f, "file.broken");
}

/* Until the child says that it is done; false: error, or none when it ended without a word. */
static bool
converse(struct rowfeed *f, const struct rowfeed_use *use)
{
	for (;;) {
		struct rowfeed_frame frame;
		char *s;

		if (!fill(f, sizeof(frame)))
			return false;
		memcpy(&frame, f->in + f->from, sizeof(frame));
		if (frame.n > ROWFEED_ROW_MAX)
			return refuse(f, "file.broken");
		if (!fill(f, sizeof(frame) + frame.n))
			return false;
		s = f->in + f->from + sizeof(frame);
		f->from += sizeof(frame) + frame.n;
		if (frame.type == ROWFEED_DONE)
			return true;
		if (frame.type == ROWFEED_ERROR)
			return take_error(f, s, frame.n);
		if (frame.type == ROWFEED_ROW ? !take_row(f, use, s, frame.n)
		    : frame.type != ROWFEED_NEED || !give_piece(f, use))
			return false;
	}
}

/* Why a child ended that did not say so itself. */
static const char *
code_of(const struct rowfeed_end *end)
{
	char signal[16];

	snprintf(signal, sizeof(signal), "%u", end->signal);
	log_warn("rowfeed.killed", "signal", signal);
	if (end->signal == SIGXCPU || end->signal == SIGKILL)
		return "file.bomb";
	return end->no_memory != 0 ? "file.too_big" : "file.broken";
}

bool
rowfeed_read(struct rowfeed *f, const struct rowfeed_use *use, const char **error)
{
	struct rowfeed_end end = { 0 };
	bool good;

	f->error = NULL;
	if (!call(f)) {
		if (rowfeed_alive(f))
			lose(f);
		*error = "file.busy";
		return false;
	}
	good = converse(f, use);
	close(f->child);
	f->child = -1;
	if (!good && f->error != NULL && !upload_write(f->fd, "K", 1))
		lose(f);
	if (rowfeed_alive(f) && !upload_read(f->fd, &end, sizeof(end)))
		lose(f);
	if (!good && f->error == NULL)
		f->error = code_of(&end);
	*error = f->error;
	return good && rowfeed_alive(f);
}

/* See upload.h. */
#include "upload.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "upload_wire.h"

struct upload_service {
	int fd; /* -1: lost */
};

bool
upload_write(int fd, const void *bytes, size_t n)
{
	const char *s = bytes;

	while (n > 0) {
		ssize_t done = write(fd, s, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		s += done;
		n -= (size_t)done;
	}
	return true;
}

bool
upload_read(int fd, void *bytes, size_t n)
{
	char *s = bytes;

	while (n > 0) {
		ssize_t done = read(fd, s, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		s += done;
		n -= (size_t)done;
	}
	return true;
}

static void
reap_children(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };

	sigemptyset(&action.sa_mask);
	sigaction(SIGCHLD, &action, NULL);
}

struct upload_service *
upload_start(void)
{
	struct upload_service *service = calloc(1, sizeof(*service));
	pid_t parent = getpid();
	int ends[2];
	pid_t child;

	if (service == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		free(service);
		return NULL;
	}
	reap_children();
	signal(SIGPIPE, SIG_IGN);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		if (getppid() != parent)
			_exit(0);
		upload_serve(ends[1]);
	}
	close(ends[1]);
	service->fd = ends[0];
	if (child < 0) {
		close(ends[0]);
		free(service);
		return NULL;
	}
	return service;
}

bool
upload_alive(const struct upload_service *service)
{
	return service != NULL && service->fd >= 0;
}

static bool
refuse(const char **error, const char *code)
{
	*error = code;
	return false;
}

/* After this the stream has no known position: the service is not used again. */
static bool
lose(struct upload_service *service, const char **error)
{
	log_error("upload.lost");
	close(service->fd);
	service->fd = -1;
	return refuse(error, "file.busy");
}

/* Only codes that we know leave here: their writer may have been taken over. */
static const char *
known_code(const char *s, size_t n)
{
	static const char *const codes[] = { "file.empty", "file.not_table", "file.old_excel",
		"file.encrypted", "file.charset", "file.broken", "file.dtd", "file.bomb",
		"file.rows", "file.columns", "file.cell", "file.too_big" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strlen(codes[i]) == n && memcmp(codes[i], s, n) == 0)
			return codes[i];
	return "file.broken";
}

static const char *
code_of_end(const struct upload_answer *answer, struct pool *p)
{
	if (answer->end == UPLOAD_TIMEOUT)
		return "file.timeout";
	if (answer->end == UPLOAD_NO_MEMORY)
		return "file.too_big";
	if (answer->end != UPLOAD_KILLED)
		return "file.busy";
	log_warn("upload.killed", "signal", pool_printf(p, "%u", answer->signal));
	if (answer->signal == SIGXCPU || answer->signal == SIGKILL)
		return "file.bomb";
	return "file.broken";
}

/* The service keeps its own time; this only guards against its silence. */
static bool
wait_for_answer(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int rc;

	do
		rc = poll(&wait, 1, (UPLOAD_WALL_S + 5) * 1000);
	while (rc < 0 && errno == EINTR);
	return rc == 1;
}

bool
upload_parse(struct upload_service *service, struct pool *p, const void *bytes, size_t n,
    struct table *to, const char **error)
{
	struct upload_answer answer;
	uint32_t length = (uint32_t)n;
	char *s;

	if (n == 0)
		return refuse(error, "file.empty");
	if (n > UPLOAD_MAX)
		return refuse(error, "file.too_big");
	if (!upload_alive(service))
		return refuse(error, "file.busy");
	if (!upload_write(service->fd, &length, sizeof(length)) ||
	    !upload_write(service->fd, bytes, n) || !wait_for_answer(service->fd) ||
	    !upload_read(service->fd, &answer, sizeof(answer)) || answer.n > UPLOAD_ANSWER_MAX)
		return lose(service, error);
	s = pool_alloc(p, answer.n);
	if (!upload_read(service->fd, s, answer.n))
		return lose(service, error);
	if (answer.end != UPLOAD_DONE)
		return refuse(error, code_of_end(&answer, p));
	if (answer.n > 0 && s[0] == 'E')
		return refuse(error, known_code(s + 1, answer.n - 1));
	if (answer.n == 0 || s[0] != 'T' || !tabular_decode(to, p, s + 1, answer.n - 1))
		return refuse(error, "file.broken");
	return true;
}

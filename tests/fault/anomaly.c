/*
 * anomaly - loaded into a program (LD_PRELOAD), lets what hardly ever fails fail.
 *
 * The file $ANOMALY names holds a struct control, which the test shares with the program: mapped
 * before main(), so that no sandbox is in the way, and common to all processes of a service.
 *
 *	memory	the allocation that takes it to 0 gets none
 *	answer	the write to nginx that takes it to 0 goes as `how' says
 *		HELD waits, as a write does while nginx reads nothing, for a byte from the pipe
 *		beside that file
 *	clock	seconds the wall clock is off
 *
 * A program that guards its allocations (cgi/lib/memory.c) is the caller of __libc_malloc() and its
 * like; in one that does not, the libraries come to malloc() here.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum how { BROKEN, SHORT, HELD };

struct control {
	_Atomic int32_t memory; /* left until one fails; 0: none does */
	_Atomic int32_t answer;
	_Atomic int32_t how;
	_Atomic int32_t hits;
	_Atomic int64_t clock;
};

enum { FDS = 1024 };

static struct control none;
static struct control *control = &none;
static bool from_nginx[FDS];
static int hold = -1;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static ssize_t (*real_write)(int, const void *, size_t);
static void *(*real_mmap)(void *, size_t, int, int, int, off_t);
static int (*real_accept)(int, struct sockaddr *, socklen_t *);
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

static void
find(void *to, const char *name, const char *version)
{
	*(void **)to = version == NULL ? dlsym(RTLD_NEXT, name) : dlvsym(RTLD_NEXT, name, version);
	if (*(void **)to == NULL)
		_exit(99);
}

__attribute__((constructor)) static void
start(void)
{
	const char *path = getenv("ANOMALY");
	char pipe[256];
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	void *map;

	find(&real_write, "write", NULL);
	find(&real_accept, "accept", NULL);
	find(&real_clock_gettime, "clock_gettime", NULL);
	find(&real_timedwait, "pthread_cond_timedwait", "GLIBC_2.3.2");
	if (fd < 0)
		return;
	snprintf(pipe, sizeof(pipe), "%s.pipe", path);
	hold = open(pipe, O_RDWR | O_CLOEXEC);
	map = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		control = map;
}

/* Whether this is the one. */
static bool
hits(_Atomic int32_t *left)
{
	int32_t was = atomic_load(left);

	while (was > 0 && !atomic_compare_exchange_weak(left, &was, was - 1))
		continue;
	if (was != 1)
		return false;
	atomic_fetch_add(&control->hits, 1);
	return true;
}

static bool
no_memory(void)
{
	if (!hits(&control->memory))
		return false;
	errno = ENOMEM;
	return true;
}

/* ---- memory ---- */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t k, size_t n);
void *__libc_realloc(void *p, size_t n);

void *
__libc_malloc(size_t n)
{
	if (real_malloc == NULL)
		find(&real_malloc, "__libc_malloc", NULL);
	return no_memory() ? NULL : real_malloc(n);
}

void *
__libc_calloc(size_t k, size_t n)
{
	if (real_calloc == NULL)
		find(&real_calloc, "__libc_calloc", NULL);
	return no_memory() ? NULL : real_calloc(k, n);
}

void *
__libc_realloc(void *p, size_t n)
{
	if (real_realloc == NULL)
		find(&real_realloc, "__libc_realloc", NULL);
	return n > 0 && no_memory() ? NULL : real_realloc(p, n);
}

/* What libsodium takes its 64 MiB of. */
void *
mmap(void *at, size_t n, int protection, int flags, int fd, off_t from)
{
	if (real_mmap == NULL)
		find(&real_mmap, "mmap", NULL);
	if ((flags & MAP_ANONYMOUS) != 0 && no_memory())
		return MAP_FAILED;
	return real_mmap(at, n, protection, flags, fd, from);
}

void *
malloc(size_t n)
{
	return __libc_malloc(n);
}

void *
calloc(size_t k, size_t n)
{
	return __libc_calloc(k, n);
}

void *
realloc(void *p, size_t n)
{
	return __libc_realloc(p, n);
}

/* ---- the answer ---- */

int
accept(int fd, struct sockaddr *address, socklen_t *n)
{
	int got = real_accept(fd, address, n);

	if (got >= 0 && got < FDS)
		from_nginx[got] = true;
	return got;
}

ssize_t
write(int fd, const void *bytes, size_t n)
{
	char byte;

	if (fd < 3 || fd >= FDS || !from_nginx[fd] || !hits(&control->answer))
		return real_write(fd, bytes, n);
	if (control->how == SHORT)
		return real_write(fd, bytes, n > 1 ? n / 2 : n);
	if (control->how == HELD)
		return read(hold, &byte, 1) < 0 ? -1 : real_write(fd, bytes, n);
	errno = EPIPE;
	return -1;
}

/* ---- the clock ---- */

static bool
on_the_wall(clockid_t id)
{
	return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE;
}

int
clock_gettime(clockid_t id, struct timespec *t)
{
	int rc = real_clock_gettime(id, t);

	if (rc == 0 && on_the_wall(id))
		t->tv_sec += control->clock;
	return rc;
}

int
gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	t->tv_sec = now.tv_sec;
	t->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t
time(time_t *t)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (t != NULL)
		*t = now.tv_sec;
	return now.tv_sec;
}

/* MariaDB waits until a time of this clock; the kernel knows only its own. */
int
pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until)
{
	struct timespec real = *until;

	real.tv_sec -= control->clock;
	return real_timedwait(c, m, &real);
}

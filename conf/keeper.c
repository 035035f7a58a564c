/* See keeper.h. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"
#include "services.h"

enum {
	SETTLE_MS = 300,	/* a new worker alive so long has started */
	GRACE_MS = 30000,	/* then a worker that does not finish is killed */
	YOUTH_MS = 5000,	/* a worker that dies younger counts as failing */
	PAUSE_MS = 10,		/* doubled with each failure ... */
	PAUSE_MAX_MS = 1000,	/* ... up to this */
	RETIRED_MAX = 4 * WORKERS_MAX,
};

static struct services all;

static struct {
	pid_t pid;
	int64_t kill_ms;
} retired[RETIRED_MAX];

/* One reload at a time: services from..to, `from' being under way. */
static struct {
	bool on;
	bool failed;
	int from, to;
	int64_t settled_ms;	/* 0: successors not started yet */
	int client;
} reload = { .client = -1 };

static struct {
	bool on;
	int64_t kill_ms;
	int client;
} stopping = { .client = -1 };

__attribute__((format(printf, 1, 2))) static void
say(const char *fmt, ...)
{
	char at[32];
	time_t t = time(NULL);
	struct tm tm;
	va_list ap;

	gmtime_r(&t, &tm);
	strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &tm);
	printf("%s ", at);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

/* Answers a client and is done with it. */
void
answer(int *client, const char *fmt, ...)
{
	va_list ap;

	if (*client < 0)
		return;
	va_start(ap, fmt);
	vdprintf(*client, fmt, ap);
	va_end(ap);
	close(*client);
	*client = -1;
}

static pid_t
spawn(const struct service *s)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid == 0)
		service_exec(s, parent);
	if (pid < 0)
		say("%s: fork: %s", s->name, strerror(errno));
	return pid > 0 ? pid : 0;
}

/* ---- workers */

static void
worker_start(struct service *s, struct worker *w, int64_t now)
{
	w->pid = spawn(s);
	w->born_ms = now;
	w->next_ms = now + PAUSE_MAX_MS;
}

/* A retired process has until kill_ms to finish what it does. */
static void
worker_retire(pid_t pid, int64_t now)
{
	if (pid == 0)
		return;
	kill(pid, SIGTERM);
	for (int i = 0; i < RETIRED_MAX; i++) {
		if (retired[i].pid != 0)
			continue;
		retired[i].pid = pid;
		retired[i].kill_ms = now + GRACE_MS;
		return;
	}
	kill(pid, SIGKILL);
}

/* Who lost his database ends with 0, to begin anew (cgi/lib/router.c): that counts for nothing. */
static void
worker_died(struct service *s, struct worker *w, int status, int64_t now)
{
	int64_t pause = 0;

	w->pid = 0;
	s->deaths += status != 0;
	if (now - w->born_ms > YOUTH_MS)
		w->fails = 0;
	if (w->fails > 0)
		pause = (int64_t)PAUSE_MS << (w->fails < 7 ? w->fails : 7);
	if (pause > PAUSE_MAX_MS)
		pause = PAUSE_MAX_MS;
	w->fails++;
	w->next_ms = now + pause;
}

/* Starts what is due; the time of the next that will be. */
static int64_t
workers_run(int64_t now, int64_t wake)
{
	for (int i = 0; i < all.n; i++) {
		struct service *s = &all.s[i];

		for (int k = 0; k < s->count; k++) {
			struct worker *w = &s->worker[k];

			if (w->pid == 0 && w->next_ms <= now)
				worker_start(s, w, now);
			if (w->pid == 0 && w->next_ms < wake)
				wake = w->next_ms;
		}
	}
	return wake;
}

static int64_t
retired_run(int64_t now, int64_t wake)
{
	for (int i = 0; i < RETIRED_MAX; i++) {
		if (retired[i].pid == 0)
			continue;
		if (retired[i].kill_ms <= now)
			kill(retired[i].pid, SIGKILL);
		else if (retired[i].kill_ms < wake)
			wake = retired[i].kill_ms;
	}
	return wake;
}

/* ---- reload */

static void
reload_begin(int from, int to, int *client)
{
	if (reload.on) {
		answer(client, "error: a reload is under way\n");
		return;
	}
	reload.on = true;
	reload.failed = false;
	reload.from = from;
	reload.to = to;
	reload.settled_ms = 0;
	reload.client = *client;
	*client = -1;
}

/* The old workers go on; the successors that did start are ended; the next service. */
static void
reload_give_up(const struct service *s, int64_t now)
{
	struct service *at = &all.s[reload.from];

	for (int k = 0; k < at->count; k++) {
		worker_retire(at->worker[k].successor, now);
		at->worker[k].successor = 0;
	}
	reload.settled_ms = 0;
	reload.from++;
	reload.failed = true;
	say("%s: reload given up, the new program does not start", s->name);
	if (reload.client >= 0)
		dprintf(reload.client, "error: %s: the new program does not start, the old one"
		    " goes on (see log/%s.log)\n", s->name, s->name);
}

static void
reload_swap(struct service *s, int64_t now)
{
	for (int k = 0; k < s->count; k++) {
		struct worker *w = &s->worker[k];

		worker_retire(w->pid, now);
		w->pid = w->successor;
		w->successor = 0;
		w->born_ms = now - SETTLE_MS;
		w->fails = 0;
	}
	say("%s: reloaded", s->name);
}

/* One service at a time: start successors, wait, swap, next. */
static int64_t
reload_run(int64_t now, int64_t wake)
{
	struct service *s;

	if (!reload.on || stopping.on)
		return wake;
	if (reload.from > reload.to) {
		reload.on = false;
		answer(&reload.client, "%s", reload.failed ? "" : "ok\n");
		return wake;
	}
	s = &all.s[reload.from];
	if (!s->fastcgi) {
		reload.from++;
		return now;
	}
	if (reload.settled_ms == 0) {
		for (int k = 0; k < s->count; k++)
			s->worker[k].successor = spawn(s);
		reload.settled_ms = now + SETTLE_MS;
	}
	if (reload.settled_ms > now)
		return reload.settled_ms < wake ? reload.settled_ms : wake;
	reload_swap(s, now);
	reload.settled_ms = 0;
	reload.from++;
	return now;
}

/* ---- stop */

/* The database, when there is one: the others need it to finish. */
static bool
ends_last(int i)
{
	return i == 0 && !all.s[0].fastcgi;
}

void
keeper_stop(int *client, int64_t now)
{
	if (stopping.on) {
		answer(client, "error: already stopping\n");
		return;
	}
	stopping.on = true;
	stopping.kill_ms = now + GRACE_MS;
	stopping.client = *client;
	*client = -1;
	answer(&reload.client, "error: stopping\n");
	for (int i = 0; i < all.n; i++)
		for (int k = 0; k < all.s[i].count; k++) {
			worker_retire(all.s[i].worker[k].successor, now);
			if (!ends_last(i) && all.s[i].worker[k].pid > 0)
				kill(all.s[i].worker[k].pid, SIGTERM);
		}
}

static int
alive_count(void)
{
	int n = 0;

	for (int i = 0; i < all.n; i++)
		for (int k = 0; k < all.s[i].count && !ends_last(i); k++)
			n += all.s[i].worker[k].pid > 0;
	for (int i = 0; i < RETIRED_MAX; i++)
		n += retired[i].pid > 0;
	return n;
}

/* True when all is ended.  The first service is told once the rest has gone. */
static bool
stop_run(int64_t now, int64_t *wake)
{
	static bool last_told;
	pid_t last = ends_last(0) ? all.s[0].worker[0].pid : 0;

	if (now >= stopping.kill_ms)
		for (int i = 0; i < all.n; i++)
			for (int k = 0; k < all.s[i].count && !ends_last(i); k++)
				if (all.s[i].worker[k].pid > 0)
					kill(all.s[i].worker[k].pid, SIGKILL);
	if (now < stopping.kill_ms && stopping.kill_ms < *wake)
		*wake = stopping.kill_ms;
	if (alive_count() > 0)
		return false;
	if (last > 0 && !last_told) {
		kill(last, SIGTERM);
		last_told = true;
	}
	return last == 0;
}

/* ---- deaths */

static void
death_say(const struct service *s, pid_t pid, int status)
{
	if (stopping.on)
		return;
	if (WIFSIGNALED(status))
		say("%s: %d killed by signal %d", s->name, (int)pid, WTERMSIG(status));
	else
		say("%s: %d ended with %d", s->name, (int)pid, WEXITSTATUS(status));
}

void
keeper_died(pid_t pid, int status, int64_t now)
{
	/* Its own children, such as nginx's workers, would hold on to the ports. */
	kill(-pid, SIGKILL);
	for (int i = 0; i < RETIRED_MAX; i++)
		if (retired[i].pid == pid)
			retired[i].pid = 0;
	for (int i = 0; i < all.n; i++)
		for (int k = 0; k < all.s[i].count; k++) {
			struct service *s = &all.s[i];
			struct worker *w = &s->worker[k];

			if (w->pid == pid) {
				death_say(s, pid, status);
				worker_died(s, w, status, now);
			} else if (w->successor == pid) {
				death_say(s, pid, status);
				w->successor = 0;
				reload_give_up(s, now);
			}
		}
}

/* ---- the rest of keeper.h */

bool
keeper_load(const char *path, char *why, size_t size)
{
	return services_read(&all, path, why, size);
}

bool
keeper_inherit(int workers, char **argv)
{
	return services_inherit(&all, workers, argv);
}

void
keeper_reload(const char *name, int *client)
{
	const struct service *s = services_find(&all, name);

	if (*name == '\0')
		reload_begin(0, all.n - 1, client);
	else if (s == NULL)
		answer(client, "error: no service %s\n", name);
	else if (s->fastcgi)
		reload_begin((int)(s - all.s), (int)(s - all.s), client);
	else if (s->worker[0].pid == 0 || kill(s->worker[0].pid, SIGHUP) != 0)
		answer(client, "error: %s is not up\n", name);
	else
		answer(client, "ok\n");
}

void
keeper_status(int client)
{
	for (int i = 0; i < all.n; i++) {
		const struct service *s = &all.s[i];
		int up = 0;

		for (int k = 0; k < s->count; k++)
			up += s->worker[k].pid > 0;
		dprintf(client, "%-20s %d/%d up, %u died, pid", s->name, up, s->count, s->deaths);
		for (int k = 0; k < s->count; k++)
			if (s->worker[k].pid > 0)
				dprintf(client, " %d", (int)s->worker[k].pid);
		dprintf(client, "\n");
	}
}

int64_t
keeper_run(int64_t now)
{
	int64_t wake = now + 60000;

	if (stopping.on && stop_run(now, &wake)) {
		services_unlink(&all);
		say("stopped");
		return -1;
	}
	if (!stopping.on)
		wake = workers_run(now, wake);
	return reload_run(now, retired_run(now, wake));
}

/*
 * importer.c - flow files of distributors, read, checked and loaded (DOMAIN 2).
 *
 * Takes files whose state in flow_file asks for work, one at a time; several importers may run.
 * What is not finished when it ends, however it ends, the next one goes on with.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "flowload.h"
#include "flowmap.h"
#include "flowname.h"
#include "flowref.h"
#include "flowwork.h"
#include "log.h"
#include "match.h"
#include "sandbox.h"

enum { PAUSE_MS = 200, WORKER_SIZE = 41 };

enum { HOLDERS, RELEASE, NSQL };

static const struct sql sql[NSQL] = {
	[HOLDERS] = { "importer.holders",
		"SELECT DISTINCT worker FROM flow_file"
		" WHERE status IN ('uploaded', 'mapped', 'queued', 'importing')"
		" AND worker LIKE CONCAT(?, ':%')" },
	[RELEASE] = { "importer.release", "CALL flow_job_release(?)" },
};

static volatile sig_atomic_t leave;

static void
on_signal(int signal)
{
	(void)signal;
	leave = 1;
}

/* SIGHUP: a new program has been installed, the supervisor starts it. */
static void
set_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static bool
prepare(struct db *db)
{
	return db_prepare(db, sql, NSQL) & db_prepare(db, flowwork_sql, flowwork_nsql) &
	    db_prepare(db, flowload_sql, flowload_nsql) &
	    db_prepare(db, flowname_sql, flowname_nsql) &
	    db_prepare(db, flowref_sql, flowref_nsql) & db_prepare(db, match_sql, match_nsql);
}

/* What an importer of this machine held that is no more need not wait for its minute. */
static void
release_dead(struct db *db, const char *host)
{
	struct pool *p = pool_new();
	const struct rows *held = db_query(db, p, &sql[HOLDERS], ARGS(S(host)));

	for (size_t i = 0; i < held->n; i++) {
		const char *worker = row_str(held, i, "worker");
		pid_t pid = (pid_t)strtol(strrchr(worker, ':') + 1, NULL, 10);

		if (pid > 0 && kill(pid, 0) != 0 && errno == ESRCH)
			db_exec(db, &sql[RELEASE], ARGS(S(worker)));
	}
	pool_free(p);
}

static void
pause_for_work(void)
{
	struct timespec pause = { 0, PAUSE_MS * 1000000L };

	nanosleep(&pause, NULL);
}

static int
run(const struct flowwork *w)
{
	while (!leave) {
		int done = flowwork_once(w);

		if (done < 0)
			return 1;
		if (done == 0)
			pause_for_work();
	}
	return 0;
}

static void
usage(const char *program)
{
	fprintf(stderr, "usage: %s -c CONFIGURATION [-t]\n", program);
	exit(2);
}

int
main(int argc, char **argv)
{
	const struct rlimit no_core = { 0, 0 };
	struct flowwork w = { .leave = &leave };
	char host[WORKER_SIZE - 12] = "";
	char worker[WORKER_SIZE];
	const char *elements[COL_COUNT + 1];
	const struct conf *conf;
	bool test = argc == 4 && strcmp(argv[3], "-t") == 0;

	if (argc < 3 || argc > 4 || strcmp(argv[1], "-c") != 0 || (argc == 4 && !test))
		usage(argv[0]);
	conf = conf_read(argv[2]);
	log_open("importer", conf->log_level);
	setrlimit(RLIMIT_CORE, &no_core);
	if (sodium_init() < 0)
		return 1;
	set_signals();
	gethostname(host, sizeof(host) - 1);
	snprintf(worker, sizeof(worker), "%s:%d", host, (int)getpid());
	w.worker = worker;
	sandbox_user(conf->run_as);
	/* Before the connection, which the parsing children need not have. */
	flow_names(elements);
	w.feed = test ? NULL : rowfeed_start(elements);
	w.db = db_open(conf, test ? 0 : DB_WAIT_S);
	if (!prepare(w.db) || (!test && w.feed == NULL))
		return 1;
	if (test)
		return 0;
	release_dead(w.db, host);
	/* The first line of the log reads the time zone, which the sandbox forbids. */
	log_info("importer.start", "worker", worker);
	if (conf->sandbox && !sandbox_close())
		return 1;
	return run(&w);
}

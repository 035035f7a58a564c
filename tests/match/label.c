/*
 * label.c - matches names whose meaning is known and counts what comes of it.
 *
 *     label REGIONS PARTIES ALIASES PROBES [ROUNDS]
 *
 * Files of tab-separated lines: code, name; id, name, USCC, region; spelling, id; sender's region,
 * name, address, true id (0: none of ours), kind of noise.  Prints a line of figures for each kind
 * of noise and for all; wrong matches go to the error output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "match_store.h"

enum { KINDS = 40, FIELDS = 6 };

struct tally {
	char kind[40];
	long n, own, automatic, wrong, listed, first;
};

static struct tally tallies[KINDS];
static size_t n_tallies;

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct tally *
tally_of(const char *kind)
{
	for (size_t i = 0; i < n_tallies; i++)
		if (strcmp(tallies[i].kind, kind) == 0)
			return &tallies[i];
	if (n_tallies == KINDS)
		exit(2);
	snprintf(tallies[n_tallies].kind, sizeof(tallies[0].kind), "%s", kind);
	return &tallies[n_tallies++];
}

/* Calls fn with the fields of each line. */
static void
each_line(const char *path, void (*fn)(struct matcher *, struct pool *, char **), struct matcher *m)
{
	FILE *f = fopen(path, "r");
	struct pool *p = pool_new();
	char *line = NULL;
	size_t cap = 0;

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	while (getline(&line, &cap, f) > 0) {
		char *field[FIELDS] = { NULL };
		char *at = line;

		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; i < FIELDS && at != NULL; i++)
			field[i] = strsep(&at, "\t");
		fn(m, p, field);
		pool_reset(p);
	}
	free(line);
	fclose(f);
	pool_free(p);
}

static void
take_region(struct matcher *m, struct pool *p, char **f)
{
	places_add(m->places, p, f[0], f[1]);
}

static void
take_party(struct matcher *m, struct pool *p, char **f)
{
	match_add_party(m, p, strtoll(f[0], NULL, 10), f[1], "", f[2], f[3]);
}

static void
take_alias(struct matcher *m, struct pool *p, char **f)
{
	struct said said = { strtoll(f[1], NULL, 10), MATCH_ONE_E6, 0, MATCH_MATCHED };

	keymap_add(m->said_party, pool_printf(p, "G%s", norm_party(p, f[0]).text),
	    match_add_said(m, said));
}

static void
count(struct tally *t, const struct match *got, int64_t truth)
{
	t->n++;
	t->own += truth != 0;
	t->automatic += got->state == MATCH_MATCHED && got->target == truth;
	t->wrong += got->state == MATCH_MATCHED && got->target != truth;
	for (size_t i = 0; i < got->n; i++) {
		t->listed += truth != 0 && got->candidate[i].target == truth;
		t->first += truth != 0 && i == 0 && got->candidate[i].target == truth;
	}
}

static void
take_probe(struct matcher *m, struct pool *p, char **f)
{
	struct match_given given = { f[1], "", f[2], "", "" };
	int64_t truth = strtoll(f[3], NULL, 10);
	const struct match *got;

	m->home = place_code(f[0]);
	got = matcher_party(m, p, &given);
	count(tally_of(f[4]), got, truth);
	count(tally_of("all"), got, truth);
	if (got->state == MATCH_MATCHED && got->target != truth)
		fprintf(stderr, "wrong\t%s\t%s\t%s\t%s\t%lld\t%lld\t%s\n", f[0], f[1], f[2], f[4],
		    (long long)truth, (long long)got->target, match_method_word(got->method));
	else if (got->state != MATCH_MATCHED && truth != 0 && getenv("LABEL_QUEUED") != NULL)
		fprintf(stderr, "queued\t%s\t%s\t%s\t%lld\t%zu\t%s\n", f[1], f[2], f[4],
		    (long long)truth, got->n, got->n > 0 && got->candidate[0].veto != NULL ?
		    got->candidate[0].veto : "");
}

int
main(int argc, char **argv)
{
	struct matcher *m = match_new();
	double start = now_s(), loaded;
	long rounds = argc > 5 ? strtol(argv[5], NULL, 10) : 1;
	struct rusage use;

	if (argc < 5)
		return 2;
	each_line(argv[1], take_region, m);
	each_line(argv[2], take_party, m);
	each_line(argv[3], take_alias, m);
	match_ready(m);
	getrusage(RUSAGE_SELF, &use);
	loaded = now_s();
	printf("load: %zu names of parties, %zu aliases, %.2f CPU s, %ld MiB resident\n",
	    m->house_n.n, m->said_n.n, loaded - start, use.ru_maxrss / 1024);
	for (long i = 0; i < rounds; i++)
		each_line(argv[4], take_probe, m);
	loaded = now_s() - loaded;
	for (size_t i = 0; i < n_tallies; i++) {
		const struct tally *t = &tallies[i];
		long queued = t->own - t->automatic;

		printf("%-12s n=%ld ours=%ld auto=%.2f%% wrong=%ld (%.3f%% of matches) queued=%ld "
		    "recall@5=%.1f%% first=%.1f%%\n", t->kind, t->n, t->own,
		    t->own > 0 ? 100.0 * (double)t->automatic / (double)t->own : 0.0, t->wrong,
		    t->automatic + t->wrong > 0 ?
		    100.0 * (double)t->wrong / (double)(t->automatic + t->wrong) : 0.0, queued,
		    queued > 0 ? 100.0 * (double)t->listed / (double)queued : 100.0,
		    queued > 0 ? 100.0 * (double)t->first / (double)queued : 100.0);
	}
	printf("speed: %ld names in %.2f CPU s, %.0f a second\n", tally_of("all")->n, loaded,
	    (double)tally_of("all")->n / loaded);
	matcher_free(m);
	return 0;
}

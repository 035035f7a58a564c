/* See metrics.h. */
#include "metrics.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log.h"

/* Upper bounds of the histogram in microseconds; the last place is +Inf. */
static const uint64_t bounds_us[] = {
	1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000,
};

enum { BOUNDS = sizeof(bounds_us) / sizeof(bounds_us[0]), CLASSES = 6 };

struct metrics {
	atomic_ullong requests[CLASSES]; /* by the first digit of the status */
	atomic_ullong buckets[BOUNDS + 1];
	atomic_ullong us;
	atomic_ullong db_us;
	atomic_ullong statements;
	atomic_ullong retries;
	atomic_ullong starts;
};

struct metrics *
metrics_open(const char *dir, const char *site, const char *program)
{
	char path[512];
	struct metrics *m = NULL;
	int fd;

	if (dir != NULL) {
		snprintf(path, sizeof(path), "%s/%s-%s", dir, site, program);
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd >= 0 && ftruncate(fd, sizeof(*m)) == 0) {
			m = mmap(NULL, sizeof(*m), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
			if (m == MAP_FAILED)
				m = NULL;
		}
		if (fd >= 0)
			close(fd);
		if (m == NULL)
			log_warn("metrics.alone", "path", path);
	}
	if (m == NULL && (m = calloc(1, sizeof(*m))) == NULL)
		abort();
	atomic_fetch_add(&m->starts, 1);
	return m;
}

void
metrics_add(struct metrics *m, int status, uint64_t us, uint64_t db_us, unsigned statements,
    unsigned retries)
{
	size_t b = 0;

	while (b < BOUNDS && us > bounds_us[b])
		b++;
	atomic_fetch_add(&m->requests[status / 100 % CLASSES], 1);
	atomic_fetch_add(&m->buckets[b], 1);
	atomic_fetch_add(&m->us, us);
	atomic_fetch_add(&m->db_us, db_us);
	atomic_fetch_add(&m->statements, statements);
	atomic_fetch_add(&m->retries, retries);
}

static void
counter(struct buf *out, const char *name, const char *labels, unsigned long long value)
{
	buf_printf(out, "# TYPE xiaoao_%s counter\nxiaoao_%s{%s} %llu\n", name, name, labels,
	    value);
}

void
metrics_write(const struct metrics *m, const char *site, const char *program, struct buf *out)
{
	const char *labels = pool_printf(out->pool, "site=\"%s\",program=\"%s\"", site, program);
	unsigned long long sum = 0;

	buf_str(out, "# TYPE xiaoao_requests_total counter\n");
	for (int c = 1; c < CLASSES; c++)
		buf_printf(out, "xiaoao_requests_total{%s,class=\"%dxx\"} %llu\n", labels, c,
		    atomic_load(&m->requests[c]));
	buf_str(out, "# TYPE xiaoao_request_seconds histogram\n");
	for (int b = 0; b < BOUNDS; b++) {
		sum += atomic_load(&m->buckets[b]);
		buf_printf(out, "xiaoao_request_seconds_bucket{%s,le=\"%llu.%06llu\"} %llu\n",
		    labels, (unsigned long long)bounds_us[b] / 1000000,
		    (unsigned long long)bounds_us[b] % 1000000, sum);
	}
	sum += atomic_load(&m->buckets[BOUNDS]);
	buf_printf(out, "xiaoao_request_seconds_bucket{%s,le=\"+Inf\"} %llu\n", labels, sum);
	buf_printf(out, "xiaoao_request_seconds_sum{%s} %llu.%06llu\n", labels,
	    atomic_load(&m->us) / 1000000, atomic_load(&m->us) % 1000000);
	buf_printf(out, "xiaoao_request_seconds_count{%s} %llu\n", labels, sum);
	counter(out, "database_microseconds_total", labels, atomic_load(&m->db_us));
	counter(out, "database_statements_total", labels, atomic_load(&m->statements));
	counter(out, "transaction_retries_total", labels, atomic_load(&m->retries));
	counter(out, "worker_starts_total", labels, atomic_load(&m->starts));
}

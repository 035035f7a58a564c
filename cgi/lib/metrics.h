/*
 * metrics.h - counters of a program, in the text format of Prometheus.
 *
 * All workers of a program add to one page of shared memory (a file in
 * metrics_dir), so whichever worker is asked tells of all.
 */
#ifndef XIAOAO_METRICS_H
#define XIAOAO_METRICS_H

#include <stdint.h>

#include "pool.h"

struct metrics;

/* dir NULL: of this worker alone. */
struct metrics *metrics_open(const char *dir, const char *site, const char *program);

/* One request: its status, its time and that of the database, how often it was run again. */
void metrics_add(struct metrics *m, int status, uint64_t us, uint64_t db_us, unsigned statements,
    unsigned retries);

/* Adds the text of /metrics. */
void metrics_write(const struct metrics *m, const char *site, const char *program,
    struct buf *out);

#endif

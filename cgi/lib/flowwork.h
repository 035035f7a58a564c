/*
 * flowwork.h - what the importer does with one flow file: reads its heads, checks its rows, loads
 * them.
 *
 * Each is begun anew, or in the case of loading goes on, after whatever ended it. Nothing holds a
 * lock longer than one piece of rows takes, but for the moment in which a file is shown.
 */
#ifndef XIAOAO_FLOWWORK_H
#define XIAOAO_FLOWWORK_H

#include <signal.h>

#include "db.h"
#include "rowfeed.h"

struct flowwork {
	struct db *db;
	struct rowfeed *feed;
	const char *worker;                  /* host:pid */
	const volatile sig_atomic_t *leave;  /* ends the work at the next piece */
};

extern const struct sql flowwork_sql[];
extern const size_t flowwork_nsql;

/*
 * Takes one file and does what is next with it.  1: done, whatever came of it; 0: there is none;
 * -1: the database or the parsing service is lost, the program must be replaced.
 */
int flowwork_once(const struct flowwork *w);

#endif

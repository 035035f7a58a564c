/*
 * rowfeed.h - rows of a large hostile file, one after the other, in constant memory.
 *
 * As upload.h for files of any size: a service, started before the sandbox, forks a child for each
 * file, which can only read the file's pieces and write rows.  Parsing goes on there while the
 * rows are dealt with here.  Whatever happens to the child costs this one file.
 */
#ifndef XIAOAO_ROWFEED_H
#define XIAOAO_ROWFEED_H

#include <stdbool.h>
#include <stddef.h>

#include "tabular.h"

struct rowfeed;

/* xml_fields as in rowreader.h. Ignores SIGPIPE.  NULL: the system refuses a process. */
struct rowfeed *rowfeed_start(const char *const *xml_fields);

/* False after the service was lost: the program must be replaced. */
bool rowfeed_alive(const struct rowfeed *f);

struct rowfeed_use {
	/* The next piece of the file; false: there is none.  It is not used after the next call. */
	bool (*piece)(void *arg, const char **s, size_t *n);
	/* A row, which lives until it returns; false: no more are wanted. */
	bool (*row)(void *arg, const struct table_row *row);
	void *arg;
};

/*
 * Reads one file. False: *error is a code of tabular.h or upload.h, or
 *
 *   file.long      more than TABBUILD_STREAM_ROWS rows
 *   file.strings   a workbook with too many different texts to hold them
 *   file.element   XML with an element that no row has
 *   file.lost      no more rows were wanted
 */
bool rowfeed_read(struct rowfeed *f, const struct rowfeed_use *use, const char **error);

#endif

/*
 * rowreader.h - a table file that arrives in pieces, as rows: CSV, XLSX and flat XML.
 *
 * What it is shows in its first bytes.  Text is never held as a whole; a workbook is, packed, for
 * its directory stands at its end.  Where rows go says the tabbuild: a table that is kept
 * (tabular.h) or one row after the other.
 *
 * Files are hostile: run it only in a child that can do nothing else (upload.h, rowfeed.h).
 * Errors are those of tabular.h, in build->error.
 */
#ifndef XIAOAO_ROWREADER_H
#define XIAOAO_ROWREADER_H

#include <stdbool.h>
#include <stddef.h>

#include "tabbuild.h"

enum { ROWREADER_PACKED_MAX = 48 << 20 }; /* bytes of a workbook */

struct rowreader;

/*
 * xml_fields: the elements of a row of XML, NULL at the end, which become columns in that order
 * below a first row of their names; NULL: XML is no table.
 */
struct rowreader *rowreader_new(struct tabbuild *build, const char *const *xml_fields);

/* False after an error. */
bool rowreader_push(struct rowreader *r, const char *s, size_t n);

/* All has come; ends the build too. */
bool rowreader_end(struct rowreader *r);

#endif

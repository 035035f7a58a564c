/*
 * flowgrid.h - the rows of a flow file as they came: heads, columns, bad rows.
 */
#ifndef XIAOAO_FLOWGRID_H
#define XIAOAO_FLOWGRID_H

#include "flowfield.h"
#include "req.h"

enum { FLOW_COLUMNS_MAX = 256 };

/* Cells as results of flow_file_parts(): a row for each cell; rows of one line stand together. */
struct flow_line {
	int64_t no;
	size_t first; /* row of the result */
	const char *cell[FLOW_COLUMNS_MAX];
	size_t n;
};

/* The line that begins at row `at` of the result; returns the row behind it. */
size_t flow_line(const struct rows *cells, size_t at, struct flow_line *line);

/* The line of the heads; false when there is none. */
bool flow_heads(const struct rows *cells, int64_t header_row, struct flow_line *line);

/* The column of a field by the mapping (field, n), -1: none. */
int64_t flow_column(const struct rows *mapping, const char *field);

/* The line of the heads: as asked for by the address, as found, else a likely one. */
int64_t flow_header(struct req *r, const struct rows *file, const struct rows *cells);

/* The first lines of the file, as received; with href each leads to it as the line of heads. */
void flow_first_lines(struct req *r, const struct rows *cells, int64_t header_row,
    const char *href);

/* The id of a form is the one of its page: in the portal a row's own id is not told. */
void flow_form_id(struct req *r, xmlNodePtr form);

/* The form that says which column is what. */
void flow_map_form(struct req *r, const char *path, const struct rows *file,
    const struct rows *cells, const struct rows *mapping);

/* The mapping that was posted, as JSON; NULL: errors stand beside the fields. */
const char *flow_mapping(struct req *r, const char *kind);

/* The first rows as understood, with what was received where that differs. */
void flow_preview(struct req *r, const struct rows *file, const struct rows *cells,
    const struct rows *mapping);

/* Bad rows, one entry for each thing that is wrong: line, field, value received, why.  The list. */
xmlNodePtr flow_issues(struct req *r, const char *name, const struct rows *cells,
    const struct rows *mapping);

#endif

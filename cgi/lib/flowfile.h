/*
 * flowfile.h - the road of a flow file, the same on both sites: taken in, columns mapped, looked
 * at, imported, taken back (DOMAIN 2.2, E17, X05).
 *
 * Pages take the bytes in and change the state; the importer does the work between, and the page of
 * the file shows how far it is.  A site says by its statements which files are its user's.
 */
#ifndef XIAOAO_FLOWFILE_H
#define XIAOAO_FLOWFILE_H

#include "req.h"

/* What is known of a file before its first byte; "" or 0 where nothing was said. */
struct flow_given {
	const char *sender; /* office: code of the distributor */
	const char *kind;
	const char *month;
	const char *from;
	const char *to;
	const char *name;
	const char *format;
	int64_t adds_to;
};

/* Which rows of a file: error or warning, and a check (flow.v12); "" for all. */
struct flow_which {
	const char *severity;
	const char *code;
};

/* The statements of a site; each returns what the routine of its name in sql/routines says. */
struct flow_site {
	const char *path; /* /uploads */
	const char *id;   /* the column of a file that names it here: id or pid */
	const struct rows *(*open)(struct req *r, const struct flow_given *given);
	void (*piece)(struct req *r, int64_t id, int64_t seq, const void *bytes, size_t n);
	const struct rows *(*close)(struct req *r, int64_t id, int64_t size, const void *sha256);
	const struct rows *(*view)(struct req *r, int64_t id); /* eight results; none: 404 */
	const struct rows *(*rejects)(struct req *r, int64_t id, const struct flow_which *which,
	    int64_t after, int64_t limit);
	const struct rows *(*step)(struct req *r, int64_t id, const char *what, int64_t header,
	    const char *text);
};

extern const char *const flow_kinds[];
extern const char *const flow_statuses[]; /* with `waiting`: a person has to act */

/* Inputs of the routes. */
extern const struct field flow_take_fields[]; /* of a file; see flow_new() */
extern const struct field flow_map_fields[];
extern const struct field flow_step_fields[]; /* id, _version, mode */
extern const struct field flow_id_field[];
extern const struct field flow_template_fields[];
extern const struct field flow_rows_fields[]; /* id, severity, code, after */

/* The columns of a list of files, but for who sent them. */
#define FLOW_FILE_COLUMNS(kind_sort) \
	{ "kind", TYPE_STATUS, .set = "flow_kind" }, \
	{ "month", TYPE_MONTH, .sort = kind_sort }

/* The form to choose a file; months are the choices, sender whether it asks whose file it is. */
void flow_new(struct req *r, const struct flow_site *site, const struct rows *months, bool sender);

/*
 * Takes the file of the request in, in one transaction.  The same bytes again make nothing: the
 * answer leads to the file that has them.  A machine gets 202 and the file's page as XML.
 */
int flow_take(struct req *r, const struct flow_site *site);

/* The page of a file, by the state it is in. */
int flow_page(struct req *r, const struct flow_site *site);

/* Posts: columns, go, discard, undo. */
int flow_map(struct req *r, const struct flow_site *site);
int flow_go(struct req *r, const struct flow_site *site);
int flow_discard(struct req *r, const struct flow_site *site);
int flow_undo(struct req *r, const struct flow_site *site);

/* GET ?id=&format=csv|xlsx: the bad rows as received, and why; to be corrected and sent again. */
int flow_errors(struct req *r, const struct flow_site *site);

/*
 * GET ?id=&severity=&code=: rows with errors or warnings, however many, in pages; as CSV or XLSX
 * the same rows as received, and why.
 */
int flow_rows(struct req *r, const struct flow_site *site);

/* GET ?kind=&format=: an empty table with the heads the importer knows; and the links to them. */
int flow_template(struct req *r);
void flow_templates(struct req *r, const struct flow_site *site);

/* Says that of the rows with warnings the first FLOW_WARNED_MAX are listed. */
void flow_warned_cut(struct req *r, const struct rows *file);

/* The version of the file as the page that is posted had it. */
int64_t flow_version(const struct req *r);

#endif

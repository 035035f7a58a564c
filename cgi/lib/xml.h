/*
 * xml.h - building the page document (xslt/schema/page.rnc) by node calls.
 *
 * Nodes belong to the document, the document to the request.  Text is always
 * content, never parsed; control characters that XML forbids are dropped.
 */
#ifndef XIAOAO_XML_H
#define XIAOAO_XML_H

#include <stdbool.h>
#include <stdint.h>

#include <libxml/tree.h>

#include "db.h"
#include "type.h"

#define PAGE_NS "urn:xiaoao:page:1"

/* A new document with its root `page`. */
xmlNodePtr x_page(void);

xmlNodePtr x_el(xmlNodePtr parent, const char *name);

/* NULL value: no attribute. */
void x_attr(xmlNodePtr n, const char *name, const char *value);
void x_attr_int(xmlNodePtr n, const char *name, int64_t value);
void x_flag(xmlNodePtr n, const char *name, bool on); /* name="true" or nothing */

/* An element with text in it. */
xmlNodePtr x_text(xmlNodePtr parent, const char *name, const char *text);

/* A typed value: <money name="total">12.50</money>; NULL or "" makes it empty.
 * Instants of the database (UTC) become ISO 8601 in the company's time zone. */
xmlNodePtr x_value(xmlNodePtr parent, enum type type, const char *name, const char *value);

/*
 * One column of a list, grid, record or export: how an SQL alias is shown.
 *
 * sub: the alias of a second line.  href: a link with {alias} to be filled
 * in, left out when the alias is NULL.  set: of a status, whose words and tones
 * are `status.<set>.<value>`; unit: currency or unit of measure, or an alias
 * in braces.  sort: the SQL expression to sort by (office lists) or just any
 * text (portal lists, whose procedures know how).
 */
struct column {
	const char *name;
	enum type type;
	const char *sub;
	const char *href;
	const char *set;
	const char *unit;
	const char *sort;
	bool optional;  /* shown only when asked for; by x_list() where a row has one */
	bool unique;    /* no two rows sort alike: a unique key of the database */
	bool emphasis;
};

/* Every row as <row id="…"> with one value a column; id_alias names the column
 * of @id, row_href a link pattern or NULL.  Returns the last row made. */
xmlNodePtr x_rows(xmlNodePtr parent, const struct rows *rows, const struct column *columns,
    const char *row_href);

/* Row i of rows as <row>. */
xmlNodePtr x_row(xmlNodePtr parent, const struct rows *rows, size_t i,
    const struct column *columns, const char *row_href);

/* One value of row i, as its column says. */
void x_cell(xmlNodePtr parent, const struct rows *rows, size_t i, const struct column *c);

/* The first row as <record name="…">; NULL when there is none. */
xmlNodePtr x_record(xmlNodePtr parent, const char *name, const struct rows *rows,
    const struct column *columns);

/* Columns of the first row as <figures name="…">, each a <figure name="name_column">; a sub is a
 * share that stands below where there is one. */
void x_figures(xmlNodePtr parent, const char *name, const struct rows *rows,
    const struct column *columns);

/* What happened, as <timeline>: rows (at, kind, actor, note), oldest first. */
xmlNodePtr x_timeline(xmlNodePtr parent, const char *name, const struct rows *events);

/* The <column> heads of columns. */
void x_columns(xmlNodePtr parent, const struct column *columns);

/* The columns without those that are optional and that no row has: neither NULL nor 0. */
const struct column *x_columns_there(struct pool *pool, const struct rows *rows,
    const struct column *columns);

/* A <list> or <grid> with the heads of its columns, for rows with buttons or inputs in them. */
xmlNodePtr x_table(xmlNodePtr parent, const char *element, const char *name,
    const struct column *columns);

/* <link rel href>, <action rel href method>. */
xmlNodePtr x_link(xmlNodePtr parent, const char *rel, const char *href);
xmlNodePtr x_action(xmlNodePtr parent, const char *rel, const char *method, const char *href);

/* The picture of a row or record; NULL: there is none yet, and a placeholder in its place. */
void x_picture(xmlNodePtr n, const char *href);

/* An action that posts one value. */
xmlNodePtr x_post(xmlNodePtr parent, const char *rel, const char *href, const char *name,
    const char *value);

/* <notice level key>: danger, warning, info, success.  Before the first component. */
xmlNodePtr x_notice(xmlNodePtr page, const char *level, const char *key);

/* A pattern with {alias} filled in from row i, percent-encoded; NULL when a value is NULL. */
char *x_href(struct pool *pool, const char *pattern, const struct rows *rows, size_t i);

/* The company's local time of an instant "YYYY-MM-DD HH:MM:SS[.ffffff]" in UTC, ISO 8601
 * with offset, into out[32]; what is no instant is copied. */
void x_instant(const char *utc, char out[32]);

#endif

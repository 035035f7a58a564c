/*
 * crud.h - plain lists of things, by description.
 *
 * An entity is a table, its list and its fields; four handlers serve them all.
 * Field names are column names.  What has lines, states or totals gets ordinary
 * handlers instead.
 */
#ifndef XIAOAO_CRUD_H
#define XIAOAO_CRUD_H

#include "list.h"
#include "req.h"

struct choice {
	const char *field;
	const char *sql; /* rows (value, label) */
};

struct entity {
	const char *name;               /* form name, and notice.<name>.saved */
	const char *table;
	const char *path;               /* "/products" : its pages are below */
	const char *title;              /* column that names one thing */
	const struct field *fields;     /* of the form; each is a column */
	const struct choice *choices;   /* of select fields, or NULL */
	const char *defaults;           /* SELECT … AS field: of a new thing, or NULL */
	const char *copy;               /* SELECT … AS field WHERE id = ?: of a new one like ?copy=,
	                                 * or NULL; the table has CRUD_COPY then */
	const char *fixed;              /* SQL: fields (KEEPS) that do not change in the row's
	                                 * state, names with blanks between; NULL: none.
	                                 * notice.<name>.fixed says what to do instead */
	const struct list *list;
	enum perm edit;
};

int crud_list(struct req *r);
int crud_edit(struct req *r);  /* GET: an empty form, or the one of ?id= */
int crud_save(struct req *r);  /* POST: inserts, or updates when `id` is given */

/* The field a save carries beside the entity's own; put it first in the route's table. */
#define CRUD_ID { "id", TYPE_HIDDEN }
#define CRUD_COPY { "copy", TYPE_HIDDEN, READ_ONLY }

bool crud_check(struct db *db, struct pool *pool, const struct entity *e);

#endif

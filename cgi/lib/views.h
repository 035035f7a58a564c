/*
 * views.h - views of a list a user keeps: filters, sort, columns, size of page, under a name.
 *
 * Every program with a list offers the routes of this module beside its own.  A view is
 * stored as a query string and belongs to one list's page; on the way in and out it is made
 * anew of what that list takes, so that it is never an address of anything else.  It is its
 * owner's; with the permission view.share colleagues (of the office, of the company) have it
 * too.  Lists of a record (?id=) have none.
 */
#ifndef XIAOAO_VIEWS_H
#define XIAOAO_VIEWS_H

#include "list.h"

/* The routes, as those of a program; ends with a route without path. */
extern const struct route views_routes[];

/* Whether a program has a list whose views can be kept. */
bool views_offered(const struct app *app);

/* The user's views as tabs of the list.  NULL: this list keeps none. */
const struct rows *views_add(struct req *r, xmlNodePtr n, const struct list *list);

/* The link that keeps what is shown now, or that leads to the views there are. */
void views_link(struct req *r, xmlNodePtr n, const struct list *list, const struct rows *views);

/* Prepares the statements of a site: for prog -t. */
bool views_check(struct db *db, const char *site);

#endif

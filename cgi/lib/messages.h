/*
 * messages.h - the program `messages` of both sites: what happened that concerns
 * the person who asks.
 *
 * Routines write notifications in the transaction of what they tell.  Opening one is a post,
 * because it is read by that; it leads to the record it is about.
 */
#ifndef XIAOAO_MESSAGES_H
#define XIAOAO_MESSAGES_H

#include "list.h"

extern const struct column messages_columns[];
extern const struct view messages_views[];
extern const char *const messages_states[];

/* GET: the route's list, and the button that marks all as read. */
int messages_page(struct req *r);

/* The last of them on the page home; rows as the list has them, none: nothing. */
void messages_recent(struct req *r, const struct rows *rows);

/*
 * GET: which kinds ring for the person; choices: kind, duty, rings.  What is a duty is told beside
 * the form, with why it cannot be switched off.  The POST takes messages_choice_fields.
 */
int messages_choices(struct req *r, const struct rows *choices);
extern const struct field messages_choice_fields[];

/* POST: the kinds ticked, for the routine; and what is said when it has done its work. */
const char *messages_chosen(struct req *r);
int messages_chose(struct req *r, const struct rows *done);

/* Where the opened one leads (column href); 404 without a row. */
int messages_go(struct req *r, const struct rows *opened);

extern const struct field messages_id[];

#endif

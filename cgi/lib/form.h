/*
 * form.h - <form> from a field table, with values, choices and errors.
 */
#ifndef XIAOAO_FORM_H
#define XIAOAO_FORM_H

#include "req.h"

/*
 * A form of the given fields.  Values come from what was typed when the form is
 * shown again, else from the first row of `row` (may be NULL) by the fields'
 * names, else from the query (so that links can fill a form).  A row with a
 * `version` is a thing that is there: it gives the form its version and locks what is
 * LOCKED; one without holds the values of a new thing.  Its column `fixed` names fields that do
 * not change any more: they are shown as text.  POST forms get an idempotency key.
 */
xmlNodePtr x_form(struct req *r, const char *name, const char *href, const struct field *fields,
    const struct rows *row);

/* Choices of a select from rows of value and label; the current value is marked.  A label that
 * begins with # is a code with a word, as of a text with a set. */
void form_options(xmlNodePtr form, const char *field, const struct rows *rows);

/* Whether what was given for a select is one of these choices, or nothing; else there is an
 * error beside it.  A form may say what it likes: before an id is written, this is asked. */
bool form_offered(struct req *r, const char *field, const struct rows *rows);

/* The id of what a field names by its code, found so; 0 when nothing was given, or with the error
 * beside the field when there is no such thing. */
int64_t form_found(struct req *r, const char *field, const struct rows *found, const char *error);

/* Whether a choice of ticks (TYPE_CHECKS) is set: as typed when the form is shown again, else when
 * it is one of `kept`, words with commas or blanks between. */
bool form_ticked(struct req *r, const char *field, const char *value, const char *kept);

/* What is ticked, with commas between; "" nothing. */
const char *form_ticks(struct req *r, const char *field);

/* The <field> of that name in a form, in whatever group it stands; NULL: there is none. */
xmlNodePtr form_find(xmlNodePtr form, const char *name);

/* Takes the <field> of that name out of a form again: it is not for everybody. */
void form_drop(xmlNodePtr form, const char *name);

/* Shows a form to who may not change it: nothing in it can be filled in. */
void form_read_only(xmlNodePtr form);

/* One more choice of a <field>; without a label the sheet has the word.  Errors stay behind it. */
xmlNodePtr form_option(xmlNodePtr field, const char *value, const char *label, bool selected);

/* The submit button; rel names its word `action.<rel>`.  The first is primary. */
xmlNodePtr form_action(xmlNodePtr form, const char *rel);

/* One of several buttons of a form: sends it to href, with name=value beside its fields. */
xmlNodePtr form_answer(xmlNodePtr form, const char *rel, const char *href, const char *name,
    const char *value);

/* One field alone, for grids and filters: value as given, errors of `error_name`. */
xmlNodePtr form_field(struct req *r, xmlNodePtr parent, const struct field *field,
    const char *name, const char *value);

/* A button that posts by itself: an <action method="post"> with hidden fields is a
 * form of its own.  Pairs of name, value end with NULL. */
xmlNodePtr form_button(struct req *r, const char *name, const char *href, ...)
    __attribute__((sentinel));

/* A fresh idempotency key. */
const char *form_key(struct req *r);

#endif

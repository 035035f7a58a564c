/*
 * value.h - what the elements of page XML are called and say, as text.
 *
 * Labels follow from names: of a column or a value in a row col.<list>.<name>,
 * of a value in a record record.<record>.<name>, of a field form.<form>.<name>
 * (in a filter filter.<list>.<name>, then as the column), each else
 * field.<name>; of anything else <element>.<name>.  A column or field with
 * @label is called that.
 */
#ifndef XIAOAO_VALUE_H
#define XIAOAO_VALUE_H

#include "format.h"

#include <libxml/tree.h>
#include <stdbool.h>

enum { VALUE_COLUMNS = 64 };

/* One page being read; the labels of the last list are kept, as each row asks for them. */
struct value_page {
	struct format format;
	const char *id;     /* page/@id */
	const char *assets; /* page/@static */
	const xmlNode *list;
	const char *labels[VALUE_COLUMNS];
};

void value_start(struct value_page *p, const struct words *w, const xmlNode *page);

/* An attribute, "" when there is none; the text directly in a node. */
const char *value_attribute(const xmlNode *node, const char *name);
const char *value_content(const xmlNode *node);

/* A typed value as text; an amount in a table has no sign, elsewhere CNY is meant. */
void value_text(struct text *t, const struct format *f, const xmlNode *node);

/* What a choice is called: its text, the word of its @key, or its state in the field's @set. */
void value_option(struct text *t, const struct words *w, const xmlNode *option);

/* NULL: no word; then key has the last key that was tried. */
const char *value_label(struct value_page *p, const xmlNode *node, struct text *key);

/* The message @key, or error.@code, its {names} filled in by the values inside. */
void value_message(struct text *t, const struct format *f, const xmlNode *node);

/* text with each {name} replaced by the value of that name inside node. */
void value_fill(struct text *t, const struct format *f, const char *text, const xmlNode *node);

#endif

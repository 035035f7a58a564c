/* See value.h. */
#include "value.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"

/* ---- nodes -------------------------------------------------------------- */

const char *
value_attribute(const xmlNode *node, const char *name)
{
	for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
		if (strcmp((const char *)a->name, name) == 0)
			return a->children == NULL ? "" : (const char *)a->children->content;
	return "";
}

/* The first text in a node: values have one, or none. */
const char *
value_content(const xmlNode *node)
{
	const xmlNode *n = node->children;

	if (node->type == XML_TEXT_NODE)
		n = node;
	while (n != NULL && n->type != XML_TEXT_NODE && n->type != XML_CDATA_SECTION_NODE)
		n = n->next;
	return n == NULL || n->content == NULL ? "" : (const char *)n->content;
}

static bool
is_named(const xmlNode *node, const char *name)
{
	return node != NULL && node->type == XML_ELEMENT_NODE &&
	    strcmp((const char *)node->name, name) == 0;
}

static const xmlNode *
ancestor(const xmlNode *node, const char *name)
{
	while (node != NULL && !is_named(node, name))
		node = node->parent;
	return node;
}

/* ---- labels ------------------------------------------------------------- */

static void
join(struct text *key, const char *kind, const char *owner, const char *name)
{
	key->n = 0;
	text_str(key, kind);
	text_str(key, owner);
	text_add(key, ".", 1);
	text_str(key, name);
}

/* The first word there is of <kind><owner>.<name> and field.<name>. */
static const char *
label_word(const struct words *w, struct text *key, const char *kind, const char *owner,
    const char *name)
{
	const char *text;

	join(key, kind, owner, name);
	text = word_n(w, key->s, key->n);
	if (text != NULL)
		return text;
	join(key, "field", "", name);
	return word_n(w, key->s, key->n);
}

static const char *
column_label(const struct words *w, struct text *key, const xmlNode *column,
    const char *list)
{
	const char *own = value_attribute(column, "label");

	return own[0] != '\0' ? own :
	    label_word(w, key, "col.", list, value_attribute(column, "name"));
}

static void
remember_columns(struct value_page *p, const xmlNode *list)
{
	static struct text key;
	size_t n = 0;

	memset(p->labels, 0, sizeof(p->labels));
	for (const xmlNode *c = list->children; c != NULL && n < VALUE_COLUMNS; c = c->next)
		if (is_named(c, "column"))
			p->labels[n++] = column_label(p->format.words, &key, c,
			    value_attribute(list, "name"));
	p->list = list;
}

/* The label of the column a cell stands in; its place in the row says which. */
static const char *
cell_label(struct value_page *p, const xmlNode *cell, struct text *key)
{
	const xmlNode *list = cell->parent->parent;
	size_t i = 0;

	if (p->list != list)
		remember_columns(p, list);
	for (const xmlNode *n = cell->prev; n != NULL; n = n->prev)
		i += n->type == XML_ELEMENT_NODE;
	if (i < VALUE_COLUMNS && p->labels[i] != NULL)
		return p->labels[i];
	join(key, "field", "", value_attribute(cell, "name"));
	return NULL;
}

static const char *
field_label(const struct words *w, struct text *key, const xmlNode *field)
{
	const char *name = value_attribute(field, "name");
	const xmlNode *owner = ancestor(field, "filter");
	const char *text;

	if (owner == NULL) {
		owner = ancestor(field, "form");
		return label_word(w, key, "form.", owner == NULL ? "" :
		    value_attribute(owner, "name"), name);
	}
	owner = owner->parent;
	text = label_word(w, key, "filter.", value_attribute(owner, "name"), name);
	return text != NULL ? text :
	    label_word(w, key, "col.", value_attribute(owner, "name"), name);
}

const char *
value_label(struct value_page *p, const xmlNode *node, struct text *key)
{
	const struct words *w = p->format.words;
	const xmlNode *parent = node->parent;
	const char *name = value_attribute(node, "name");

	if (is_named(parent, "row") || is_named(parent, "totals"))
		return cell_label(p, node, key);
	if (is_named(node, "column") || is_named(node, "hidden-column"))
		return column_label(w, key, node, value_attribute(parent, "name"));
	if (is_named(node, "field"))
		return field_label(w, key, node);
	if (is_named(node, "meter"))
		return label_word(w, key, "meter", "", name);
	if (is_named(parent, "record"))
		return label_word(w, key, "record.", value_attribute(parent, "name"), name);
	return label_word(w, key, (const char *)node->name, "", name);
}

/* ---- values ------------------------------------------------------------- */

/* Amounts in a table go without their sign unless it is named; elsewhere CNY is meant. */
static const char *
currency_of(const xmlNode *node)
{
	const char *unit = value_attribute(node, "unit");

	if (*unit == '\0' && !is_named(node->parent, "row") && !is_named(node->parent, "totals"))
		return "CNY";
	return unit;
}

static void
add_word_of(struct text *t, const struct words *w, const char *kind, const char *set,
    const char *value)
{
	static struct text key;

	join(&key, kind, set, value);
	format_word(t, w, key.s, key.n);
}

static void
add_names(struct text *t, const struct words *w, const char *set, const char *names)
{
	char *said = names_said(w, set, names);

	text_str(t, said);
	free(said);
}

void
value_text(struct text *t, const struct format *f, const xmlNode *node)
{
	const char *type = (const char *)node->name;
	const char *v = value_content(node);

	if (*v == '\0')
		return;
	if (strcmp(type, "text") == 0 && *value_attribute(node, "set") != '\0')
		add_names(t, f->words, value_attribute(node, "set"), v);
	else if (strcmp(type, "text") == 0 || strcmp(type, "code") == 0)
		text_str(t, v);
	else if (strcmp(type, "money") == 0 || strcmp(type, "price") == 0)
		format_money(t, f->words, v, currency_of(node));
	else if (strcmp(type, "qty") == 0)
		format_qty(t, f->words, v, value_attribute(node, "unit"));
	else if (strcmp(type, "int") == 0)
		format_int(t, v);
	else if (strcmp(type, "date") == 0)
		format_date(t, f->words, v);
	else if (strcmp(type, "datetime") == 0)
		format_datetime(t, f, v);
	else if (strcmp(type, "status") == 0)
		add_word_of(t, f->words, "status.", value_attribute(node, "set"), v);
	else if (strcmp(type, "due") == 0)
		format_due(t, f, v);
	else if (strcmp(type, "ago") == 0)
		format_ago(t, f, v);
	else if (strcmp(type, "percent") == 0)
		format_percent(t, v);
	else if (strcmp(type, "growth") == 0)
		format_growth(t, v);
	else if (strcmp(type, "month") == 0)
		format_month(t, f->words, v);
	else if (strcmp(type, "bytes") == 0)
		format_bytes(t, v);
	else if (strcmp(type, "flag") == 0)
		add_word_of(t, f->words, "flag", "", v);
	else
		text_str(t, v);
}

/* A role of ours is a code (names.h) wherever its name is data. */
void
value_option(struct text *t, const struct words *w, const xmlNode *option)
{
	const char *own = value_content(option), *name = value_attribute(option, "key");
	const char *value = value_attribute(option, "value");
	const char *set = value_attribute(option->parent, "set");

	if (*own == '#')
		add_names(t, w, "role", own);
	else if (*own != '\0')
		text_str(t, own);
	else if (*name != '\0')
		format_word(t, w, name, strlen(name));
	else if (*set != '\0')
		add_word_of(t, w, "status.", set, value);
	else
		text_str(t, value);
}

/* ---- messages ----------------------------------------------------------- */

static const xmlNode *
value_named(const xmlNode *message, const char *name, size_t n)
{
	for (const xmlNode *v = message->children; v != NULL; v = v->next) {
		const char *own = v->type == XML_ELEMENT_NODE ? value_attribute(v, "name") : "";

		if (strlen(own) == n && memcmp(own, name, n) == 0)
			return v;
	}
	return NULL;
}

/* text with each {name} replaced by the message's value of that name. */
void
value_fill(struct text *t, const struct format *f, const char *text, const xmlNode *message)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "{");
		size_t name_n;
		const xmlNode *v = NULL;

		text_add(t, text, n);
		text += n;
		if (*text == '\0')
			break;
		name_n = strcspn(text + 1, "}");
		if (text[1 + name_n] == '}')
			v = value_named(message, text + 1, name_n);
		if (v == NULL) {
			text_add(t, text++, 1);
			continue;
		}
		value_text(t, f, v);
		text += name_n + 2;
	}
}

/* The word of a message, by its key or else code; with n = 1 the one of key.one. */
static const char *
message_word(const struct words *w, const xmlNode *node, struct text *key)
{
	const char *code = value_attribute(node, "code");
	const xmlNode *number = value_named(node, "n", 1);
	const char *one;

	key->n = 0;
	if (*code != '\0')
		text_str(key, "error.");
	text_str(key, *code != '\0' ? code : value_attribute(node, "key"));
	if (number == NULL || strcmp(value_content(number), "1") != 0)
		return word_n(w, key->s, key->n);
	text_str(key, ".one");
	one = word_n(w, key->s, key->n);
	key->n -= 4;
	return one != NULL ? one : word_n(w, key->s, key->n);
}

void
value_message(struct text *t, const struct format *f, const xmlNode *node)
{
	static struct text key;
	const char *text = message_word(f->words, node, &key);

	if (text != NULL)
		value_fill(t, f, text, node);
	else
		format_word(t, f->words, key.s, key.n);
}

void
value_start(struct value_page *p, const struct words *w, const xmlNode *page)
{
	memset(p, 0, sizeof(*p));
	p->format.words = w;
	p->format.now = value_attribute(page, "at");
	p->id = value_attribute(page, "id");
	p->assets = value_attribute(page, "static");
}

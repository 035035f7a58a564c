/* See sheet_cell.h. */
#include "sheet_cell.h"

#include "sheet_fn.h"
#include "value.h"

#include <libxslt/extensions.h>
#include <libxslt/pattern.h>
#include <libxslt/transform.h>
#include <libxslt/xsltutils.h>
#include <string.h>

#define X(s) ((const xmlChar *)(s))

/* Interned in the dictionary of the transform that is running. */
static struct {
	const xmlChar *td, *th, *a, *span, *small, *class, *label, *scope, *href, *option, *value,
	    *selected;
} name;

static struct text text;

void
cell_start(xsltTransformContextPtr ctxt)
{
	name.td = xmlDictLookup(ctxt->dict, X("td"), -1);
	name.th = xmlDictLookup(ctxt->dict, X("th"), -1);
	name.a = xmlDictLookup(ctxt->dict, X("a"), -1);
	name.span = xmlDictLookup(ctxt->dict, X("span"), -1);
	name.small = xmlDictLookup(ctxt->dict, X("small"), -1);
	name.class = xmlDictLookup(ctxt->dict, X("class"), -1);
	name.label = xmlDictLookup(ctxt->dict, X("data-label"), -1);
	name.scope = xmlDictLookup(ctxt->dict, X("scope"), -1);
	name.href = xmlDictLookup(ctxt->dict, X("href"), -1);
	name.option = xmlDictLookup(ctxt->dict, X("option"), -1);
	name.value = xmlDictLookup(ctxt->dict, X("value"), -1);
	name.selected = xmlDictLookup(ctxt->dict, X("selected"), -1);
}

/* ---- nodes without the checks of libxml2: names are interned, text is ours - */

static void
append(xmlNode *parent, xmlNode *node)
{
	node->parent = parent;
	node->prev = parent->last;
	if (parent->last != NULL)
		parent->last->next = node;
	else
		parent->children = node;
	parent->last = node;
}

static xmlNode *
element(xmlNode *parent, const xmlChar *interned)
{
	xmlNode *node = xmlNewDocNodeEatName(parent->doc, NULL, (xmlChar *)interned, NULL);

	append(parent, node);
	return node;
}

static void
add_text(xmlNode *parent, const char *s, size_t n)
{
	append(parent, xmlNewDocTextLen(parent->doc, X(s), (int)n));
}

static void
attribute(xmlNode *node, const xmlChar *interned, const char *value)
{
	xmlAttr *a = xmlMalloc(sizeof(*a)), **at = &node->properties;

	if (a == NULL)
		return;
	memset(a, 0, sizeof(*a));
	a->type = XML_ATTRIBUTE_NODE;
	a->name = interned;
	a->parent = node;
	a->doc = node->doc;
	while (*at != NULL) {
		a->prev = *at;
		at = &(*at)->next;
	}
	*at = a;
	a->children = a->last = xmlNewDocText(node->doc, X(value));
	a->children->parent = (xmlNode *)a;
}

/* ---- what an instruction and a value say ---------------------------------- */

struct order {
	const char *class;
	const char *mark;
	bool plain;
};

static struct order
order_of(const xmlNode *inst)
{
	struct order o = { "", NULL, false };

	for (const xmlAttr *a = inst->properties; a != NULL; a = a->next) {
		if (a->name[0] == 'c')
			o.class = (const char *)a->children->content;
		else if (a->name[0] == 'm')
			o.mark = (const char *)a->children->content;
		else if (a->name[0] == 'p')
			o.plain = true;
	}
	return o;
}

/* The name of a row of a kind of its own stands in its first empty cell. */
static void
add_kind(xmlNode *cell, const struct words *w, const xmlNode *value)
{
	const char *kind = value_attribute(value->parent, "kind");

	if (*kind == '\0')
		return;
	for (const xmlNode *n = value->prev; n != NULL; n = n->prev)
		if (n->type == XML_ELEMENT_NODE && *value_content(n) == '\0')
			return;
	text.n = 0;
	text_str(&text, "row.");
	text_str(&text, kind);
	if (word_n(w, text.s, text.n) != NULL)
		add_text(cell, word_n(w, text.s, text.n), strlen(word_n(w, text.s, text.n)));
}

/* The link of an ordinary row, or NULL. */
static const char *
row_link(const xmlNode *row)
{
	const char *href = NULL;

	for (const xmlAttr *a = row->properties; a != NULL; a = a->next) {
		if (strcmp((const char *)a->name, "href") == 0)
			href = (const char *)a->children->content;
		else if (strcmp((const char *)a->name, "level") == 0 ||
		    strcmp((const char *)a->name, "kind") == 0)
			return NULL;
	}
	return href;
}

static void
add_class(xmlNode *cell, const char *class, const xmlNode *value)
{
	const char *content = value_content(value);

	if (*class == '\0')
		return;
	if (strcmp(class, "num") == 0 && *content == '-')
		class = "num negative";
	else if (strcmp(class, "num") == 0 && *content != '\0' &&
	    content[strspn(content, "0.")] == '\0')
		class = "num zero";
	attribute(cell, name.class, class);
}

static void
add_label(xmlNode *cell, struct value_page *page, const xmlNode *value)
{
	const char *label = value_label(page, value, &text);

	if (label == NULL) {
		struct text key = { 0 };

		format_word(&key, page->format.words, text.s, text.n);
		attribute(cell, name.label, key.s);
		text_free(&key);
		return;
	}
	attribute(cell, name.label, label);
}

/* The class of a mark: "state tone-ok". */
static void
add_tone(xmlNode *span, const struct words *w, const char *mark, const xmlNode *value)
{
	const char *tone;

	text.n = 0;
	text_str(&text, value_attribute(value, "set"));
	text_add(&text, ".", 1);
	text_str(&text, value_content(value));
	tone = word_tone(w, text.s, text.n);
	text.n = 0;
	text_str(&text, mark);
	text_str(&text, " tone-");
	text_str(&text, tone);
	attribute(span, name.class, text.s);
}

/* The value's text, in its mark, in its link, and its second line. */
static void
add_value(xmlNode *cell, struct value_page *page, const xmlNode *value, const char *href,
    const char *mark)
{
	const char *sub = value_attribute(value, "sub");
	xmlNode *parent = cell;

	if (href != NULL && *href != '\0') {
		parent = element(parent, name.a);
		attribute(parent, name.href, href);
	}
	if (mark != NULL) {
		parent = element(parent, name.span);
		add_tone(parent, page->format.words, mark, value);
	}
	text.n = 0;
	value_text(&text, &page->format, value);
	if (text.n > 0)
		add_text(parent, text.s, text.n);
	if (*sub != '\0') {
		parent = element(cell, name.small);
		attribute(parent, name.class, "sub");
		add_text(parent, sub, strlen(sub));
	}
}

void
do_inside(xsltTransformContextPtr ctxt, xmlNode *into, xmlNode *node, xmlNode *inst)
{
	xmlNode *insert = ctxt->insert;

	ctxt->insert = into;
	xsltApplyOneTemplate(ctxt, node, inst->children, NULL, NULL);
	ctxt->insert = insert;
}

/* ---- the instructions ----------------------------------------------------- */

static void
do_cell(xsltTransformContextPtr ctxt, xmlNodePtr value, xmlNodePtr inst, xsltElemPreCompPtr comp)
{
	struct value_page *page = ctxt->_private;
	struct order order = order_of(inst);
	xmlNode *cell = element(ctxt->insert, name.td);

	(void)comp;
	add_class(cell, order.class, value);
	add_label(cell, page, value);
	if (*value_content(value) == '\0' && value->children == NULL)
		add_kind(cell, page->format.words, value);
	else if (order.plain)
		add_value(cell, page, value, value_attribute(value, "href"), order.mark);
	else
		do_inside(ctxt, cell, value, inst);
}

static void
do_lead(xsltTransformContextPtr ctxt, xmlNodePtr value, xmlNodePtr inst, xsltElemPreCompPtr comp)
{
	struct value_page *page = ctxt->_private;
	struct order order = order_of(inst);
	xmlNode *cell = element(ctxt->insert, name.th);
	const char *own = value_attribute(value, "href");
	const char *href = row_link(value->parent);

	(void)comp;
	attribute(cell, name.scope, "row");
	add_class(cell, order.class, value);
	if (strcmp(order.class, "num") == 0) /* a bare figure heads no card on a phone */
		add_label(cell, page, value);
	if (href == NULL)
		do_inside(ctxt, cell, value, inst);
	else
		add_value(cell, page, value, *own == '\0' ? href : own, NULL);
}

/* The instruction of a template that is nothing but one f:cell. */
static xmlNode *
cell_of(const xsltTemplate *template)
{
	xmlNode *inst = template->content;

	if (inst == NULL || inst->next != NULL || inst->ns == NULL ||
	    strcmp((const char *)inst->name, "cell") != 0 ||
	    strcmp((const char *)inst->ns->href, FN_NAMESPACE) != 0)
		return NULL;
	return inst;
}

static void
do_cells(xsltTransformContextPtr ctxt, xmlNodePtr row, xmlNodePtr inst, xsltElemPreCompPtr comp)
{
	const xmlChar *mode = ctxt->mode, *mode_ns = ctxt->modeURI;
	xmlNode *value = xmlFirstElementChild(row);
	xmlNode *before = ctxt->node;

	ctxt->mode = xmlDictLookup(ctxt->dict, inst->properties->children->content, -1);
	ctxt->modeURI = NULL;
	(void)comp;
	while (value != NULL && (value = xmlNextElementSibling(value)) != NULL) {
		xsltTemplatePtr template;
		xmlNode *cell;

		ctxt->node = value;
		template = xsltGetTemplate(ctxt, value, NULL);
		if (template == NULL)
			continue;
		cell = cell_of(template);
		if (cell != NULL)
			do_cell(ctxt, value, cell, NULL);
		else
			xsltApplyOneTemplate(ctxt, value, template->content, template, NULL);
	}
	ctxt->node = before;
	ctxt->mode = mode;
	ctxt->modeURI = mode_ns;
}

static void
do_options(xsltTransformContextPtr ctxt, xmlNodePtr field, xmlNodePtr inst, xsltElemPreCompPtr comp)
{
	const struct value_page *page = ctxt->_private;

	(void)inst;
	(void)comp;
	for (const xmlNode *n = xmlFirstElementChild(field); n != NULL;
	    n = xmlNextElementSibling((xmlNode *)n)) {
		xmlNode *option;

		if (strcmp((const char *)n->name, "option") != 0)
			continue;
		option = element(ctxt->insert, name.option);
		attribute(option, name.value, value_attribute(n, "value"));
		if (*value_attribute(n, "selected") != '\0')
			attribute(option, name.selected, "selected");
		text.n = 0;
		value_option(&text, page->format.words, n);
		if (text.n > 0)
			add_text(option, text.s, text.n);
	}
}

void
cell_register(void)
{
	xsltRegisterExtModuleElement(X("cell"), X(FN_NAMESPACE), NULL, do_cell);
	xsltRegisterExtModuleElement(X("lead"), X(FN_NAMESPACE), NULL, do_lead);
	xsltRegisterExtModuleElement(X("cells"), X(FN_NAMESPACE), NULL, do_cells);
	xsltRegisterExtModuleElement(X("options"), X(FN_NAMESPACE), NULL, do_options);
}

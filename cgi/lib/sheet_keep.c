/* See sheet_keep.h. */
#include "sheet_keep.h"

#include <libxslt/extensions.h>
#include <libxslt/transform.h>
#include <libxslt/xsltutils.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "sheet_cell.h"
#include "sheet_fn.h"
#include "value.h"

#define X(s) ((const xmlChar *)(s))

enum { PLACES = 64, SMALL = 1024, LARGE = 65536 };

static struct piece {
	struct text key; /* the instruction, and the node as text */
	struct text html;
} pieces[PLACES];

static size_t oldest;

/* No text of XML has the characters that divide the parts. */
static void
add_node(struct text *key, const xmlNode *node)
{
	text_add(key, "\1", 1);
	text_str(key, (const char *)node->name);
	for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
		text_add(key, "\2", 1);
		text_str(key, (const char *)a->name);
		text_add(key, "\3", 1);
		if (a->children != NULL)
			text_str(key, (const char *)a->children->content);
	}
	for (const xmlNode *n = node->children; n != NULL; n = n->next) {
		text_add(key, "\4", 1);
		if (n->type == XML_ELEMENT_NODE)
			add_node(key, n);
		else if (n->content != NULL)
			text_str(key, (const char *)n->content);
	}
	text_add(key, "\5", 1);
}

static const struct piece *
find(const struct text *key)
{
	for (size_t i = 0; i < PLACES; i++) {
		if (pieces[i].key.n == key->n && memcmp(pieces[i].key.s, key->s, key->n) == 0)
			return &pieces[i];
	}
	return NULL;
}

/* NULL: what was drawn is refused, and so is the page. */
static const struct piece *
make(xsltTransformContextPtr ctxt, xmlNode *node, xmlNode *inst, const struct text *key)
{
	xmlNode *holder = xmlNewDocNode(ctxt->output, NULL, X("keep"), NULL);
	struct pool *pool = pool_new();
	struct buf *html = buf_new(pool);
	struct piece *p = NULL;

	do_inside(ctxt, holder, node, inst);
	if (html_inside(holder, html)) {
		p = &pieces[oldest];
		oldest = (oldest + 1) % PLACES;
		p->key.n = p->html.n = 0;
		text_add(&p->key, key->s, key->n);
		text_add(&p->html, html->s, html->n);
	}
	xmlFreeNode(holder);
	pool_free(pool);
	return p;
}

static void
do_keep(xsltTransformContextPtr ctxt, xmlNodePtr node, xmlNodePtr inst, xsltElemPreCompPtr comp)
{
	static struct text key;
	const struct piece *p;
	xmlNode *bytes;

	(void)comp;
	key.n = 0;
	text_add(&key, (const char *)&inst, sizeof(inst));
	add_node(&key, node);
	if (key.n < SMALL || key.n > LARGE) {
		do_inside(ctxt, ctxt->insert, node, inst);
		return;
	}
	p = find(&key);
	if (p == NULL)
		p = make(ctxt, node, inst, &key);
	if (p == NULL) {
		ctxt->state = XSLT_STATE_ERROR;
		return;
	}
	bytes = xmlNewDocTextLen(ctxt->output, X(p->html.s), (int)p->html.n);
	bytes->name = html_bytes;
	xmlAddChild(ctxt->insert, bytes);
}

void
keep_register(void)
{
	xsltRegisterExtModuleElement(X("keep"), X(FN_NAMESPACE), NULL, do_keep);
}

/* See sheet_fn.h. */
#include "sheet_fn.h"

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <libxslt/extensions.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys and results are put together here: one process, one thread, one page at a time. */
static struct text key;
static struct text result;

static const char unnamed[] = "";

/* ---- nodes -------------------------------------------------------------- */

static const char *
attribute(const xmlNode *node, const char *name)
{
	for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
		if (strcmp((const char *)a->name, name) == 0)
			return a->children == NULL ? "" : (const char *)a->children->content;
	return unnamed;
}

/* The first text in a node: values have one, or none. */
static const char *
content(const xmlNode *node)
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

/* ---- arguments and results ---------------------------------------------- */

static struct fn_state *
state_of(xmlXPathParserContextPtr ctxt)
{
	return xsltXPathGetTransformContext(ctxt)->_private;
}

static void
add_object(struct text *t, xmlXPathObjectPtr o)
{
	xmlChar *s;

	if (o->type == XPATH_STRING) {
		text_str(t, (const char *)o->stringval);
	} else if (o->type == XPATH_NODESET) {
		if (o->nodesetval != NULL && o->nodesetval->nodeNr > 0)
			text_str(t, content(o->nodesetval->nodeTab[0]));
	} else {
		s = xmlXPathCastToString(o);
		text_str(t, (const char *)s);
		xmlFree(s);
	}
}

/* Joins all arguments in key, in order. */
static void
join_arguments(xmlXPathParserContextPtr ctxt, int n)
{
	xmlXPathObjectPtr parts[8];

	key.n = 0;
	text_add(&key, "", 0);
	if (n > 8) {
		xmlXPathErr(ctxt, XPATH_INVALID_ARITY);
		return;
	}
	for (int i = n; i-- > 0;)
		parts[i] = valuePop(ctxt);
	for (int i = 0; i < n; i++) {
		if (parts[i] == NULL)
			continue;
		add_object(&key, parts[i]);
		xmlXPathFreeObject(parts[i]);
	}
}

static void
return_bytes(xmlXPathParserContextPtr ctxt, const char *s, size_t n)
{
	valuePush(ctxt, xmlXPathWrapString(xmlStrndup((const xmlChar *)s, (int)n)));
}

static void
return_result(xmlXPathParserContextPtr ctxt)
{
	return_bytes(ctxt, result.s, result.n);
}

static void
start_result(void)
{
	result.n = 0;
	text_add(&result, "", 0);
}

/* The node a function speaks of: its argument, or the context node; NULL for an empty set. */
static const xmlNode *
subject(xmlXPathParserContextPtr ctxt, int n)
{
	xmlXPathObjectPtr o;
	const xmlNode *node = NULL;

	if (n == 0)
		return ctxt->context->node;
	o = valuePop(ctxt);
	if (o != NULL && o->type == XPATH_NODESET && o->nodesetval != NULL &&
	    o->nodesetval->nodeNr > 0)
		node = o->nodesetval->nodeTab[0];
	xmlXPathFreeObject(o);
	return node;
}

/* ---- words -------------------------------------------------------------- */

static void
fn_t(xmlXPathParserContextPtr ctxt, int n)
{
	const struct words *w = state_of(ctxt)->format.words;
	const char *text;

	join_arguments(ctxt, n);
	text = word_n(w, key.s, key.n);
	if (text != NULL) {
		return_bytes(ctxt, text, strlen(text));
		return;
	}
	start_result();
	format_word(&result, w, key.s, key.n);
	return_result(ctxt);
}

static void
fn_has(xmlXPathParserContextPtr ctxt, int n)
{
	join_arguments(ctxt, n);
	valuePush(ctxt, xmlXPathNewBoolean(
	    word_n(state_of(ctxt)->format.words, key.s, key.n) != NULL));
}

static void
fn_tn(xmlXPathParserContextPtr ctxt, int n)
{
	xmlXPathObjectPtr last = valuePop(ctxt);
	static struct text number;

	number.n = 0;
	text_add(&number, "", 0);
	add_object(&number, last);
	xmlXPathFreeObject(last);
	join_arguments(ctxt, n - 1);
	start_result();
	format_count(&result, state_of(ctxt)->format.words, key.s, number.s);
	return_result(ctxt);
}

static void
fn_icon(xmlXPathParserContextPtr ctxt, int n)
{
	const struct fn_state *s = state_of(ctxt);
	const char *name;

	join_arguments(ctxt, n);
	name = word_icon(s->format.words, key.s, key.n);
	start_result();
	if (name != NULL) {
		text_str(&result, s->assets);
		text_str(&result, "icons.svg#");
		text_str(&result, name);
	}
	return_result(ctxt);
}

static void
fn_static(xmlXPathParserContextPtr ctxt, int n)
{
	const char *assets = state_of(ctxt)->assets;

	join_arguments(ctxt, n);
	return_bytes(ctxt, assets, strlen(assets));
}

static void
fn_tone(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = ctxt->context->node;
	const char *tone;

	if (n == 0) {
		key.n = 0;
		text_str(&key, attribute(node, "set"));
		text_add(&key, ".", 1);
		text_str(&key, content(node));
	} else {
		join_arguments(ctxt, n);
	}
	tone = word_tone(state_of(ctxt)->format.words, key.s, key.n);
	return_bytes(ctxt, tone, strlen(tone));
}

/* ---- labels ------------------------------------------------------------- */

/* The first word there is of <kind><owner>.<name> and field.<name>. */
static const char *
label_word(const struct words *w, const char *kind, const char *owner, const char *name)
{
	const char *text;

	key.n = 0;
	text_str(&key, kind);
	text_str(&key, owner);
	text_add(&key, ".", 1);
	text_str(&key, name);
	text = word_n(w, key.s, key.n);
	if (text != NULL)
		return text;
	key.n = 0;
	text_str(&key, "field.");
	text_str(&key, name);
	return word_n(w, key.s, key.n);
}

static const char *
column_label(const struct words *w, const xmlNode *column, const char *list)
{
	const char *own = attribute(column, "label");

	return own[0] != '\0' ? own : label_word(w, "col.", list, attribute(column, "name"));
}

static void
remember_columns(struct fn_state *s, const xmlNode *list)
{
	size_t n = 0;

	memset(s->labels, 0, sizeof(s->labels));
	for (const xmlNode *c = list->children; c != NULL && n < FN_LABELS; c = c->next)
		if (is_named(c, "column"))
			s->labels[n++] = column_label(s->format.words, c, attribute(list, "name"));
	s->list = list;
}

/* The label of the column a cell stands in; its place in the row says which. */
static const char *
cell_label(struct fn_state *s, const xmlNode *cell)
{
	const xmlNode *list = cell->parent->parent;
	size_t i = 0;

	if (s->list != list)
		remember_columns(s, list);
	for (const xmlNode *n = cell->prev; n != NULL; n = n->prev)
		i += n->type == XML_ELEMENT_NODE;
	return i < FN_LABELS ? s->labels[i] : NULL;
}

static const char *
field_label(const struct words *w, const xmlNode *field)
{
	const char *name = attribute(field, "name");
	const xmlNode *owner = ancestor(field, "filter");
	const char *text;

	if (owner == NULL) {
		owner = ancestor(field, "form");
		return label_word(w, "form.", owner == NULL ? "" : attribute(owner, "name"), name);
	}
	owner = owner->parent;
	text = label_word(w, "filter.", attribute(owner, "name"), name);
	return text != NULL ? text : label_word(w, "col.", attribute(owner, "name"), name);
}

static const char *
label_of(struct fn_state *s, const xmlNode *node)
{
	const struct words *w = s->format.words;
	const xmlNode *parent = node->parent;
	const char *name = attribute(node, "name");

	if (is_named(parent, "row") || is_named(parent, "totals"))
		return cell_label(s, node);
	if (is_named(node, "column"))
		return column_label(w, node, attribute(parent, "name"));
	if (is_named(node, "field"))
		return field_label(w, node);
	if (is_named(node, "meter"))
		return label_word(w, "meter", "", name);
	if (is_named(parent, "record"))
		return label_word(w, "record.", attribute(parent, "name"), name);
	return label_word(w, (const char *)node->name, "", name);
}

static void
fn_label(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = subject(ctxt, n);
	const char *label = node == NULL ? "" : label_of(state_of(ctxt), node);

	if (label != NULL) {
		return_bytes(ctxt, label, strlen(label));
		return;
	}
	start_result();
	text_str(&result, "\xe2\x9f\xa6");
	text_add(&result, key.s, key.n);
	text_str(&result, "\xe2\x9f\xa7");
	return_result(ctxt);
}

/* ---- values ------------------------------------------------------------- */

/* Amounts in a table go without their sign unless it is named; elsewhere CNY is meant. */
static const char *
currency_of(const xmlNode *node)
{
	const char *unit = attribute(node, "unit");

	if (*unit == '\0' && !is_named(node->parent, "row") && !is_named(node->parent, "totals"))
		return "CNY";
	return unit;
}

static void
add_word_of(struct text *t, const struct words *w, const char *kind, const char *set,
    const char *value)
{
	key.n = 0;
	text_str(&key, kind);
	text_str(&key, set);
	text_add(&key, ".", 1);
	text_str(&key, value);
	format_word(t, w, key.s, key.n);
}

static void
add_value(struct text *t, const struct format *f, const xmlNode *node)
{
	const char *type = (const char *)node->name;
	const char *v = content(node);

	if (*v == '\0')
		return;
	if (strcmp(type, "text") == 0 || strcmp(type, "code") == 0)
		text_str(t, v);
	else if (strcmp(type, "money") == 0 || strcmp(type, "price") == 0)
		format_money(t, f->words, v, currency_of(node));
	else if (strcmp(type, "qty") == 0)
		format_qty(t, f->words, v, attribute(node, "unit"));
	else if (strcmp(type, "int") == 0)
		format_int(t, v);
	else if (strcmp(type, "date") == 0)
		format_date(t, f->words, v);
	else if (strcmp(type, "datetime") == 0)
		format_datetime(t, f, v);
	else if (strcmp(type, "status") == 0)
		add_word_of(t, f->words, "status.", attribute(node, "set"), v);
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

static void
fn_text(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = subject(ctxt, n);

	start_result();
	if (node != NULL)
		add_value(&result, &state_of(ctxt)->format, node);
	return_result(ctxt);
}

static const xmlNode *
value_named(const xmlNode *message, const char *name, size_t n)
{
	for (const xmlNode *v = message->children; v != NULL; v = v->next) {
		const char *own = v->type == XML_ELEMENT_NODE ? attribute(v, "name") : "";

		if (strlen(own) == n && memcmp(own, name, n) == 0)
			return v;
	}
	return NULL;
}

/* text with each {name} replaced by the message's value of that name. */
static void
fill(struct text *t, const struct format *f, const char *text, const xmlNode *message)
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
		add_value(t, f, v);
		text += name_n + 2;
	}
}

/* The word of a message, by its key or else code; with n = 1 the one of key.one. */
static const char *
message_word(const struct words *w, const xmlNode *node)
{
	const char *code = attribute(node, "code");
	const xmlNode *number = value_named(node, "n", 1);
	const char *one;

	key.n = 0;
	if (*code != '\0')
		text_str(&key, "error.");
	text_str(&key, *code != '\0' ? code : attribute(node, "key"));
	if (number == NULL || strcmp(content(number), "1") != 0)
		return word_n(w, key.s, key.n);
	text_str(&key, ".one");
	one = word_n(w, key.s, key.n);
	key.n -= 4;
	return one != NULL ? one : word_n(w, key.s, key.n);
}

static void
fn_msg(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = subject(ctxt, n);
	const struct format *f = &state_of(ctxt)->format;
	const char *text;

	start_result();
	if (node != NULL) {
		text = message_word(f->words, node);
		if (text != NULL)
			fill(&result, f, text, node);
		else
			format_word(&result, f->words, key.s, key.n);
	}
	return_result(ctxt);
}

/* f:fill(node, part...): the word of a key with the node's values filled in. */
static void
fn_fill(xmlXPathParserContextPtr ctxt, int n)
{
	const struct format *f = &state_of(ctxt)->format;
	const xmlNode *node;
	const char *text;

	join_arguments(ctxt, n - 1);
	node = subject(ctxt, 1);
	start_result();
	text = word_n(f->words, key.s, key.n);
	if (text == NULL)
		format_word(&result, f->words, key.s, key.n);
	else if (node == NULL)
		text_str(&result, text);
	else
		fill(&result, f, text, node);
	return_result(ctxt);
}

static void
fn_sign(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = subject(ctxt, n);
	bool negative = node != NULL && content(node)[0] == '-';

	return_bytes(ctxt, " negative", negative ? 9 : 0);
}

static void
fn_days(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = subject(ctxt, n);
	int64_t days = node == NULL ? 0 : format_days(&state_of(ctxt)->format, content(node));

	valuePush(ctxt, xmlXPathNewFloat((double)days));
}

static void
fn_date(xmlXPathParserContextPtr ctxt, int n)
{
	join_arguments(ctxt, n);
	start_result();
	if (key.n > 0)
		format_date(&result, state_of(ctxt)->format.words, key.s);
	return_result(ctxt);
}

static void
fn_datetime(xmlXPathParserContextPtr ctxt, int n)
{
	join_arguments(ctxt, n);
	start_result();
	if (key.n > 0)
		format_datetime(&result, &state_of(ctxt)->format, key.s);
	return_result(ctxt);
}

static void
fn_month(xmlXPathParserContextPtr ctxt, int n)
{
	join_arguments(ctxt, n);
	start_result();
	if (key.n > 0)
		format_month(&result, state_of(ctxt)->format.words, key.s);
	return_result(ctxt);
}

static void
fn_int(xmlXPathParserContextPtr ctxt, int n)
{
	join_arguments(ctxt, n);
	start_result();
	format_int(&result, key.s);
	return_result(ctxt);
}

static void
fn_percent(xmlXPathParserContextPtr ctxt, int n)
{
	join_arguments(ctxt, n);
	start_result();
	format_percent(&result, key.s);
	return_result(ctxt);
}

/* f:value(type, value [, unit]): text of a value that is no element. */
static void
fn_value(xmlXPathParserContextPtr ctxt, int n)
{
	const struct words *w = state_of(ctxt)->format.words;
	xmlChar *unit = n > 2 ? xmlXPathPopString(ctxt) : NULL;
	xmlChar *value = xmlXPathPopString(ctxt);
	xmlChar *type = xmlXPathPopString(ctxt);
	const char *u = unit == NULL ? "" : (const char *)unit;

	start_result();
	if (value == NULL || type == NULL)
		;
	else if (strcmp((const char *)type, "money") == 0)
		format_money(&result, w, (const char *)value, *u == '\0' ? "CNY" : u);
	else if (strcmp((const char *)type, "qty") == 0)
		format_qty(&result, w, (const char *)value, u);
	else if (strcmp((const char *)type, "percent") == 0)
		format_percent(&result, (const char *)value);
	else
		format_int(&result, (const char *)value);
	xmlFree(unit);
	xmlFree(value);
	xmlFree(type);
	return_result(ctxt);
}

static void
fn_compact(xmlXPathParserContextPtr ctxt, int n)
{
	double v = n == 1 ? xmlXPathPopNumber(ctxt) : 0;

	start_result();
	format_compact(&result, state_of(ctxt)->format.words, v);
	return_result(ctxt);
}

/* The least of 1, 2, 2.5, 5, 10 times a power of ten not below the greatest of the nodes. */
static void
fn_ceiling(xmlXPathParserContextPtr ctxt, int n)
{
	static const double leads[] = { 1, 2, 2.5, 5, 10 };
	xmlXPathObjectPtr o = n == 1 ? valuePop(ctxt) : NULL;
	double most = 0, power, top = 1;

	for (int i = 0; o != NULL && o->nodesetval != NULL && i < o->nodesetval->nodeNr; i++)
		most = fmax(most, strtod(content(o->nodesetval->nodeTab[i]), NULL));
	if (most > 0) {
		power = pow(10, floor(log10(most)));
		for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++) {
			top = leads[i] * power;
			if (top >= most * (1 - 1e-9))
				break;
		}
	}
	xmlXPathFreeObject(o);
	valuePush(ctxt, xmlXPathNewFloat(top));
}

/* ---- registration ------------------------------------------------------- */

void
fn_register(void)
{
	static const struct { const char *name; xmlXPathFunction fn; } all[] = {
		{ "t", fn_t }, { "has", fn_has }, { "tn", fn_tn }, { "msg", fn_msg },
		{ "fill", fn_fill }, { "label", fn_label }, { "text", fn_text },
		{ "tone", fn_tone }, { "icon", fn_icon }, { "static", fn_static },
		{ "days", fn_days }, { "sign", fn_sign }, { "date", fn_date },
		{ "datetime", fn_datetime }, { "month", fn_month }, { "int", fn_int },
		{ "percent", fn_percent }, { "value", fn_value }, { "compact", fn_compact },
		{ "ceiling", fn_ceiling },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		xsltRegisterExtModuleFunction((const xmlChar *)all[i].name,
		    (const xmlChar *)FN_NAMESPACE, all[i].fn);
}

void
fn_start(struct fn_state *s, const struct words *w, xmlNode *page)
{
	memset(s, 0, sizeof(*s));
	s->format.words = w;
	s->format.now = attribute(page, "at");
	s->page_id = attribute(page, "id");
	s->assets = attribute(page, "static");
}

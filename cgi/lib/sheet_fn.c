/* See sheet_fn.h. */
#include "sheet_fn.h"

#include "names.h"
#include "value.h"

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <libxslt/extensions.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <stdlib.h>
#include <string.h>

/* Keys and results are put together here: one process, one thread, one page at a time. */
static struct text key;
static struct text result;

/* ---- arguments and results ---------------------------------------------- */

static struct value_page *
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
			text_str(t, value_content(o->nodesetval->nodeTab[0]));
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
fn_any(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = ctxt->context->node;
	bool any = false;

	while (n-- > 0) {
		xmlXPathObjectPtr o = valuePop(ctxt);

		any = any || (o != NULL && o->stringval != NULL &&
		    xmlHasProp(node, o->stringval) != NULL);
		xmlXPathFreeObject(o);
	}
	valuePush(ctxt, xmlXPathNewBoolean(any));
}

static void
fn_icon(xmlXPathParserContextPtr ctxt, int n)
{
	const struct value_page *s = state_of(ctxt);
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
		text_str(&key, value_attribute(node, "set"));
		text_add(&key, ".", 1);
		text_str(&key, value_content(node));
	} else {
		join_arguments(ctxt, n);
	}
	tone = word_tone(state_of(ctxt)->format.words, key.s, key.n);
	return_bytes(ctxt, tone, strlen(tone));
}

/* ---- labels ------------------------------------------------------------- */

static void
fn_label(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = subject(ctxt, n);
	const char *label = node == NULL ? "" : value_label(state_of(ctxt), node, &key);

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

static void
fn_text(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = subject(ctxt, n);

	start_result();
	if (node != NULL)
		value_text(&result, &state_of(ctxt)->format, node);
	return_result(ctxt);
}

static void
fn_msg(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = subject(ctxt, n);

	start_result();
	if (node != NULL)
		value_message(&result, &state_of(ctxt)->format, node);
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
		value_fill(&result, f, text, node);
	return_result(ctxt);
}

static void
fn_sign(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = subject(ctxt, n);
	bool negative = node != NULL && value_content(node)[0] == '-';

	return_bytes(ctxt, " negative", negative ? 9 : 0);
}

static void
fn_days(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *node = subject(ctxt, n);
	int64_t days = node == NULL ? 0 : format_days(&state_of(ctxt)->format, value_content(node));

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

/* f:words(amount): in capital numerals. */
static void
fn_words(xmlXPathParserContextPtr ctxt, int n)
{
	join_arguments(ctxt, n);
	start_result();
	format_words(&result, state_of(ctxt)->format.words, key.s);
	return_result(ctxt);
}

static void
fn_option(xmlXPathParserContextPtr ctxt, int n)
{
	const xmlNode *option = subject(ctxt, n);

	start_result();
	if (option != NULL)
		value_option(&result, state_of(ctxt)->format.words, option);
	return_result(ctxt);
}

/* f:names(set, names): those of them that have a word in the reader's language. */
static void
fn_names(xmlXPathParserContextPtr ctxt, int n)
{
	xmlChar *names = xmlXPathPopString(ctxt), *set = xmlXPathPopString(ctxt);
	char *said = names_said(state_of(ctxt)->format.words, (const char *)set,
	    (const char *)names);

	(void)n;
	start_result();
	text_str(&result, said);
	free(said);
	xmlFree(set);
	xmlFree(names);
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
	else if (strcmp((const char *)type, "growth") == 0)
		format_growth(&result, (const char *)value);
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
	/* Their quarters, which stand beside the lines, have two digits at most. */
	static const double leads[] = { 1, 1.2, 1.6, 2, 2.4, 3.2, 4, 4.8, 6, 8, 10 };
	xmlXPathObjectPtr o = n == 1 ? valuePop(ctxt) : NULL;
	double most = 0, power = 1, top = 1;

	for (int i = 0; o != NULL && o->nodesetval != NULL && i < o->nodesetval->nodeNr; i++) {
		double v = strtod(value_content(o->nodesetval->nodeTab[i]), NULL);

		most = v > most && v < 1e300 ? v : most;
	}
	while (power * 10 <= most)
		power *= 10;
	while (most > 0 && power > most)
		power /= 10;
	for (size_t i = 0; most > 0 && i < sizeof(leads) / sizeof(*leads); i++) {
		top = leads[i] * power;
		if (top >= most * (1 - 1e-9))
			break;
	}
	xmlXPathFreeObject(o);
	valuePush(ctxt, xmlXPathNewFloat(top));
}

/* ---- registration ------------------------------------------------------- */

void
fn_register(void)
{
	static const struct { const char *name; xmlXPathFunction fn; } all[] = {
		{ "t", fn_t }, { "has", fn_has }, { "any", fn_any }, { "tn", fn_tn },
		{ "msg", fn_msg },
		{ "fill", fn_fill }, { "label", fn_label }, { "text", fn_text },
		{ "tone", fn_tone }, { "icon", fn_icon }, { "static", fn_static },
		{ "days", fn_days }, { "sign", fn_sign }, { "date", fn_date },
		{ "datetime", fn_datetime }, { "month", fn_month }, { "int", fn_int },
		{ "percent", fn_percent }, { "value", fn_value }, { "compact", fn_compact },
		{ "ceiling", fn_ceiling }, { "words", fn_words }, { "names", fn_names },
		{ "option", fn_option },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		xsltRegisterExtModuleFunction((const xmlChar *)all[i].name,
		    (const xmlChar *)FN_NAMESPACE, all[i].fn);
}

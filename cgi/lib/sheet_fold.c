/* See sheet_fold.h. */
#include "sheet_fold.h"

#include "format.h"
#include "log.h"

#include <libxslt/xslt.h>
#include <stdbool.h>
#include <string.h>

static const char call[] = "f:t('";

static bool
is_xsl(const xmlNode *node, const char *name)
{
	return node->ns != NULL && xmlStrEqual(node->ns->href, XSLT_NAMESPACE) &&
	    (name == NULL || xmlStrEqual(node->name, (const xmlChar *)name));
}

/* The length of f:t('key') or f:lang() at s, with what it says in word; 0 for anything else. */
static size_t
fixed_call(const char *s, const struct words *w, struct text *word_)
{
	const char *name = s + sizeof(call) - 1;
	size_t n;

	word_->n = 0;
	if (strncmp(s, "f:lang()", 8) == 0) {
		text_str(word_, words_lang(w));
		return 8;
	}
	if (strncmp(s, call, sizeof(call) - 1) != 0)
		return 0;
	n = strcspn(name, "'");
	if (strncmp(name + n, "')", 2) != 0)
		return 0;
	if (word_n(w, name, n) == NULL)
		log_warn("sheet.word", "missing", name);
	format_word(word_, w, name, n);
	return sizeof(call) - 1 + n + 2;
}

/* An expression of n bytes with its fixed calls as literals; true when it is one literal now. */
static bool
fold_expression(const char *s, size_t n, const struct words *w, struct text *out,
    struct text *word_)
{
	const char *end = s + n;
	bool alone = false;

	out->n = 0;
	text_add(out, "", 0);
	for (const char *at = s; at < end;) {
		size_t used = fixed_call(at, w, word_);
		const char *quote = "'";

		if (used > 0 && strchr(word_->s, '\'') != NULL)
			quote = strchr(word_->s, '"') != NULL ? NULL : "\"";
		if (used == 0 || (quote == NULL && used != n)) {
			text_add(out, at++, 1);
			continue;
		}
		alone = used == n;
		if (!alone)
			text_str(out, quote);
		text_str(out, word_->s);
		if (!alone)
			text_str(out, quote);
		at += used;
	}
	return alone;
}

/* Braces of a literal word are doubled: it stands in a template now. */
static void
add_doubled(struct text *out, const char *s)
{
	for (; *s != '\0'; s++) {
		text_add(out, s, 1);
		if (*s == '{' || *s == '}')
			text_add(out, s, 1);
	}
}

/* The end of the expression that begins at s: the first brace outside quotes. */
static size_t
expression_end(const char *s)
{
	size_t n = 0;
	char quote = '\0';

	for (; s[n] != '\0' && (quote != '\0' || s[n] != '}'); n++) {
		if (quote != '\0')
			quote = s[n] == quote ? '\0' : quote;
		else if (s[n] == '\'' || s[n] == '"')
			quote = s[n];
	}
	return n;
}

static void
fold_template(const char *s, const struct words *w, struct text *out)
{
	struct text expression = { 0 }, word_ = { 0 };

	out->n = 0;
	text_add(out, "", 0);
	while (*s != '\0') {
		size_t n;

		if ((s[0] == '{' && s[1] == '{') || (s[0] == '}' && s[1] == '}')) {
			text_add(out, s, 2);
			s += 2;
			continue;
		}
		if (*s != '{') {
			text_add(out, s++, 1);
			continue;
		}
		n = expression_end(s + 1);
		if (fold_expression(s + 1, n, w, &expression, &word_)) {
			add_doubled(out, expression.s);
		} else {
			text_add(out, "{", 1);
			text_str(out, expression.s);
			text_add(out, "}", 1);
		}
		s += n + 1 + (s[n + 1] == '}');
	}
	text_free(&expression);
	text_free(&word_);
}

static bool
is_expression(const xmlNode *node, const xmlAttr *a)
{
	return is_xsl(node, NULL) && (xmlStrEqual(a->name, (const xmlChar *)"select") ||
	    xmlStrEqual(a->name, (const xmlChar *)"test"));
}

/* Sets the attributes; true when the node is an xsl:value-of of nothing but a word (in out). */
static bool
fold_attributes(xmlNode *node, const struct words *w, struct text *out, struct text *word_)
{
	bool alone;

	for (xmlAttr *a = node->properties; a != NULL; a = a->next) {
		const char *value = a->children == NULL ? "" : (const char *)a->children->content;

		if (strstr(value, "f:t('") == NULL && strstr(value, "f:lang()") == NULL)
			continue;
		if (!is_expression(node, a)) {
			fold_template(value, w, out);
		} else {
			alone = fold_expression(value, strlen(value), w, out, word_);
			if (alone && is_xsl(node, "value-of"))
				return true;
			if (alone)
				continue;
		}
		xmlNodeSetContent(a->children, NULL);
		xmlNodeAddContent(a->children, (const xmlChar *)out->s);
	}
	return false;
}

static void
become_text(xmlNode *node, const char *text)
{
	while (node->properties != NULL)
		xmlRemoveProp(node->properties);
	xmlNodeSetName(node, (const xmlChar *)"text");
	xmlAddChild(node, xmlNewText((const xmlChar *)text));
}

/* The node after this one in document order. */
static xmlNode *
following(xmlNode *node)
{
	if (node->children != NULL)
		return node->children;
	while (node != NULL && node->next == NULL)
		node = node->parent;
	return node == NULL ? NULL : node->next;
}

void
fold_words(xmlDocPtr sheet, const struct words *w)
{
	struct text out = { 0 }, word_ = { 0 };

	for (xmlNode *n = xmlDocGetRootElement(sheet); n != NULL; n = following(n))
		if (n->type == XML_ELEMENT_NODE && fold_attributes(n, w, &out, &word_))
			become_text(n, out.s);
	text_free(&out);
	text_free(&word_);
}

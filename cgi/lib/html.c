/* See html.h. */
#include "html.h"

#include "log.h"

#include <string.h>
#include <strings.h>

/* What a byte costs: most go out as they are. */
enum { PLAIN, AMP, LT, GT, QUOT };

static const unsigned char kind_of[256] = {
	['&'] = AMP, ['<'] = LT, ['>'] = GT, ['"'] = QUOT,
};

static const struct { const char *s; size_t n; } entity[] = {
	[AMP] = { "&amp;", 5 }, [LT] = { "&lt;", 4 }, [GT] = { "&gt;", 4 }, [QUOT] = { "&quot;", 6 },
};

/* Escapes every kind up to last: GT in text, QUOT in attributes. */
static void
add_escaped(struct buf *out, const char *s, unsigned last)
{
	size_t n = strlen(s);
	char *to = buf_reserve(out, n * entity[QUOT].n);
	const char *from = s, *end = s + n;

	while (from < end) {
		const unsigned kind = kind_of[(unsigned char)*from];

		if (kind == PLAIN || kind > last) {
			*to++ = *from++;
			continue;
		}
		memcpy(to, entity[kind].s, entity[kind].n);
		to += entity[kind].n;
		from++;
	}
	out->n = (size_t)(to - out->s);
}

static bool
is_one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static bool
is_void(const char *name)
{
	static const char *const names[] = { "area", "base", "br", "col", "embed", "hr", "img",
		"input", "link", "meta", "source", "track", "wbr", NULL };

	return strchr("abcehilmstw", *name) != NULL && is_one_of(name, names);
}

static bool
is_boolean(const char *name)
{
	static const char *const names[] = { "async", "autofocus", "checked", "controls", "defer",
		"disabled", "formnovalidate", "hidden", "multiple", "novalidate", "open",
		"readonly", "required", "reversed", "selected", NULL };

	return strchr("acdfhmnors", *name) != NULL && is_one_of(name, names);
}

static bool
is_code(const char *name)
{
	return strcmp(name, "script") == 0 || strcmp(name, "style") == 0;
}

static bool
is_address(const char *name)
{
	static const char *const names[] = { "href", "src", "action", "formaction", "poster",
		"hx-get", "hx-post", "hx-put", "hx-delete", "data", "cite", "background", NULL };

	return strchr("hsafpdcb", *name) != NULL && is_one_of(name, names);
}

static bool
is_forbidden(const char *name)
{
	return (name[0] == 'o' && name[1] == 'n') || strncmp(name, "hx-on", 5) == 0 ||
	    strcmp(name, "style") == 0 || strcmp(name, "srcdoc") == 0;
}

/* Relative, or of a scheme that runs nothing. */
static bool
is_safe_address(const char *url)
{
	static const char *const schemes[] = { "http:", "https:", "mailto:", "tel:", NULL };
	const char *colon = url + strcspn(url, ":/?#");

	if (*colon != ':')
		return true;
	for (const char *const *s = schemes; *s != NULL; s++)
		if (strncasecmp(url, *s, strlen(*s)) == 0)
			return true;
	return false;
}

static const char *
value_of(const xmlAttr *a)
{
	if (a->children == NULL || a->children->content == NULL)
		return "";
	return (const char *)a->children->content;
}

static void
add_name(struct buf *out, const xmlNs *ns, const char *name)
{
	if (ns != NULL && ns->prefix != NULL) {
		buf_str(out, (const char *)ns->prefix);
		buf_char(out, ':');
	}
	buf_str(out, name);
}

static bool
add_attribute(struct buf *out, const xmlAttr *a)
{
	const char *name = (const char *)a->name;
	const char *value = value_of(a);
	bool safe = !is_address(name) || is_safe_address(value);

	if (is_forbidden(name)) {
		log_error("html.refused", "attribute", name);
		return false;
	}
	if (!safe)
		log_error("html.refused", "address", value);
	buf_char(out, ' ');
	add_name(out, a->ns, name);
	if (is_boolean(name))
		return safe;
	buf_add(out, "=\"", 2);
	add_escaped(out, value, QUOT);
	buf_char(out, '"');
	return safe;
}

/* The start tag. */
static bool
open_element(struct buf *out, const xmlNode *node)
{
	bool ok = true;

	buf_char(out, '<');
	buf_str(out, (const char *)node->name);
	for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
		ok = add_attribute(out, a) && ok;
	buf_char(out, '>');
	if (is_code((const char *)node->name) && node->children != NULL) {
		log_error("html.refused", "element", (const char *)node->name);
		return false;
	}
	return ok;
}

static void
close_element(struct buf *out, const xmlNode *node)
{
	if (is_void((const char *)node->name))
		return;
	buf_add(out, "</", 2);
	buf_str(out, (const char *)node->name);
	buf_char(out, '>');
}

static bool
add_tree(struct buf *out, const xmlNode *root)
{
	const xmlNode *node = root;

	for (;;) {
		if (node->type == XML_ELEMENT_NODE) {
			if (!open_element(out, node))
				return false;
			if (node->children != NULL) {
				node = node->children;
				continue;
			}
			close_element(out, node);
		} else if (node->type == XML_TEXT_NODE && node->content != NULL) {
			add_escaped(out, (const char *)node->content, GT);
		}
		while (node != root && node->next == NULL) {
			node = node->parent;
			close_element(out, node);
		}
		if (node == root)
			break;
		node = node->next;
	}
	out->s[out->n] = '\0';
	return true;
}

bool
html_write(const xmlNode *root, struct buf *out)
{
	enum { USUAL = 65536 };

	buf_reserve(out, USUAL);
	buf_str(out, "<!DOCTYPE html>\n");
	return add_tree(out, root);
}

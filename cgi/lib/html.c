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
	[AMP] = { "&amp;", 5 }, [LT] = { "&lt;", 4 }, [GT] = { "&gt;", 4 },
	[QUOT] = { "&quot;", 6 },
};

/*
 * Escapes every kind up to last: GT in text, QUOT in attributes.  Room for
 * what every byte may become is made at the start.
 */
static void
add_escaped(struct buf *out, const char *s, unsigned last)
{
	const char *end = s + strlen(s);
	char *to = buf_reserve(out, (size_t)(end - s) * 6);

	while (s < end) {
		const unsigned kind = kind_of[(unsigned char)*s];

		if (kind == PLAIN || kind > last) {
			*to++ = *s++;
			continue;
		}
		memcpy(to, entity[kind].s, entity[kind].n);
		to += entity[kind].n;
		s++;
	}
	out->n = (size_t)(to - out->s);
}

enum trait {
	VOID = 1,      /* an element without content */
	CODE = 2,      /* an element whose content runs */
	BOOLEAN = 4,   /* an attribute that is there or not */
	ADDRESS = 8,   /* an attribute that leads somewhere */
	FORBIDDEN = 16 /* an attribute that runs */
};

struct trait_of {
	const char *name;
	size_t n;
	unsigned traits;
};

enum { SLOTS = 512 };

const xmlChar html_bytes[] = "bytes";

static struct trait_of traits[SLOTS];

static size_t
slot_of(const char *name, size_t n)
{
	const unsigned char *s = (const unsigned char *)name;

	return (n * 31u + s[0] * 7u + s[n / 2] * 61u + s[n - 1] * 17u) & (SLOTS - 1);
}

static void
add_traits(const char *names, unsigned what)
{
	for (size_t n; *names != '\0'; names += n + (names[n] == ' ')) {
		size_t i;

		n = strcspn(names, " ");
		i = slot_of(names, n);
		while (traits[i].n != 0)
			i = (i + 1) & (SLOTS - 1);
		traits[i] = (struct trait_of){ names, n, what };
	}
}

static void
fill_traits(void)
{
	if (traits[slot_of("area", 4)].n != 0)
		return;
	add_traits("area base br col embed hr img input link meta source track wbr", VOID);
	add_traits("script style", CODE);
	add_traits("async autofocus checked controls defer disabled formnovalidate hidden multiple"
	    " novalidate open readonly required reversed selected", BOOLEAN);
	add_traits("href src action formaction poster data cite background manifest ping"
	    " hx-get hx-post hx-put hx-patch hx-delete", ADDRESS);
	add_traits("srcdoc hx-vals hx-headers hx-include", FORBIDDEN);
}

static unsigned
traits_of(const char *name, size_t n)
{
	size_t i = slot_of(name, n);

	while (traits[i].n != 0) {
		if (traits[i].n == n && memcmp(traits[i].name, name, n) == 0)
			return traits[i].traits;
		i = (i + 1) & (SLOTS - 1);
	}
	return 0;
}

/* on*, hx-on*, style: anything that is code in an attribute. */
static bool
is_code_attribute(const char *name, size_t n)
{
	if (name[0] == 'o')
		return n > 1 && name[1] == 'n';
	if (name[0] == 'h')
		return n > 4 && memcmp(name, "hx-on", 5) == 0;
	return n == 5 && memcmp(name, "style", 5) == 0;
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

static bool
add_attribute(struct buf *out, const xmlAttr *a)
{
	const char *name = (const char *)a->name;
	const char *value = value_of(a);
	size_t n = strlen(name);
	unsigned is = traits_of(name, n);
	char *to;

	if ((is & FORBIDDEN) != 0 || is_code_attribute(name, n)) {
		log_error("html.refused", "attribute", name);
		return false;
	}
	if ((is & ADDRESS) != 0 && !is_safe_address(value)) {
		log_error("html.refused", "address", value);
		return false;
	}
	to = buf_reserve(out, n + 4);
	*to++ = ' ';
	memcpy(to, name, n);
	out->n += n + 1;
	if ((is & BOOLEAN) != 0)
		return true;
	memcpy(to + n, "=\"", 2);
	out->n += 2;
	add_escaped(out, value, QUOT);
	*buf_reserve(out, 1) = '"';
	out->n++;
	return true;
}

/* The start tag. */
static bool
open_element(struct buf *out, const xmlNode *node)
{
	const char *name = (const char *)node->name;
	size_t n = strlen(name);
	char *to = buf_reserve(out, n + 2);

	*to++ = '<';
	memcpy(to, name, n);
	out->n += n + 1;
	for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
		if (!add_attribute(out, a))
			return false;
	*buf_reserve(out, 1) = '>';
	out->n++;
	if (node->children != NULL && (traits_of(name, n) & CODE) != 0) {
		log_error("html.refused", "element", name);
		return false;
	}
	return true;
}

static void
close_element(struct buf *out, const xmlNode *node)
{
	const char *name = (const char *)node->name;
	size_t n = strlen(name);
	char *to;

	if (node->children == NULL && (traits_of(name, n) & VOID) != 0)
		return;
	to = buf_reserve(out, n + 4);
	*to++ = '<';
	*to++ = '/';
	memcpy(to, name, n);
	to[n] = '>';
	out->n += n + 3;
}

static void
add_text(struct buf *out, const xmlNode *text)
{
	const char *s = (const char *)text->content;

	if (s == NULL)
		return;
	if (text->name == html_bytes)
		buf_str(out, s);
	else
		add_escaped(out, s, GT);
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
		} else if (node->type == XML_TEXT_NODE) {
			add_text(out, node);
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

	fill_traits();
	buf_reserve(out, USUAL);
	buf_str(out, "<!DOCTYPE html>\n");
	return add_tree(out, root);
}

bool
html_inside(const xmlNode *parent, struct buf *out)
{
	fill_traits();
	for (const xmlNode *n = parent->children; n != NULL; n = n->next)
		if (!add_tree(out, n))
			return false;
	return true;
}

/* See xml.h. */
#include "xml.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define X(s) ((const xmlChar *)(s))

xmlNodePtr
x_page(void)
{
	xmlDocPtr doc = xmlNewDoc(X("1.0"));
	xmlNodePtr page = xmlNewDocNode(doc, NULL, X("page"), NULL);

	xmlSetNs(page, xmlNewNs(page, X(PAGE_NS), NULL));
	xmlDocSetRootElement(doc, page);
	return page;
}

xmlNodePtr
x_el(xmlNodePtr parent, const char *name)
{
	xmlNodePtr n = xmlNewDocNode(parent->doc, parent->ns, X(name), NULL);

	/* What xmlAddChild does for a new element, without its checks. */
	n->parent = parent;
	n->prev = parent->last;
	if (parent->last != NULL)
		parent->last->next = n;
	else
		parent->children = n;
	parent->last = n;
	return n;
}

/* Whether XML 1.0 forbids a character of s; all of them are below 0x20 or U+FFFE/F. */
static bool
has_forbidden(const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
			return true;
		if (c == 0xef && (unsigned char)s[1] == 0xbf && (unsigned char)s[2] >= 0xbe)
			return true;
	}
	return false;
}

/* A copy of s without what XML forbids; the caller frees it with xmlFree. */
static char *
cleaned(const char *s)
{
	char *copy = (char *)xmlStrdup(X(s));
	char *to = copy;

	for (; *s != '\0'; s++) {
		char one[4] = { s[0], s[1], s[1] == '\0' ? '\0' : s[2], '\0' };

		if ((unsigned char)one[0] != 0xef)
			one[1] = '\0';
		if (!has_forbidden(one))
			*to++ = *s;
		else if (one[1] != '\0')
			s += 2;
	}
	*to = '\0';
	return copy;
}

static void
add_text(xmlNodePtr n, const char *text)
{
	xmlNodePtr t;

	if (has_forbidden(text)) {
		char *clean = cleaned(text);

		t = xmlNewDocText(n->doc, X(clean));
		xmlFree(clean);
	} else {
		t = xmlNewDocText(n->doc, X(text));
	}
	xmlAddChild(n, t);
}

void
x_attr(xmlNodePtr n, const char *name, const char *value)
{
	if (value == NULL)
		return;
	if (has_forbidden(value)) {
		char *clean = cleaned(value);

		xmlNewProp(n, X(name), X(clean));
		xmlFree(clean);
	} else {
		xmlNewProp(n, X(name), X(value));
	}
}

void
x_attr_int(xmlNodePtr n, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	xmlNewProp(n, X(name), X(text));
}

void
x_flag(xmlNodePtr n, const char *name, bool on)
{
	if (on)
		xmlNewProp(n, X(name), X("true"));
}

xmlNodePtr
x_text(xmlNodePtr parent, const char *name, const char *text)
{
	xmlNodePtr n = x_el(parent, name);

	if (text != NULL && text[0] != '\0')
		add_text(n, text);
	return n;
}

void
x_instant(const char *utc, char out[32])
{
	struct tm tm = { .tm_isdst = 0 };
	time_t t;
	size_t n;

	if (sscanf(utc, "%d-%d-%d %d:%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
	    &tm.tm_min, &tm.tm_sec) != 6) {
		snprintf(out, 32, "%s", utc);
		return;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	t = timegm(&tm);
	localtime_r(&t, &tm);
	n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S%z", &tm);
	/* +0800 → +08:00 */
	if (n == 24) {
		memmove(out + 23, out + 22, 3);
		out[22] = ':';
	}
}

xmlNodePtr
x_value(xmlNodePtr parent, enum type type, const char *name, const char *value)
{
	xmlNodePtr n = x_el(parent, type_name(type));
	char instant[32];

	xmlNewProp(n, X("name"), X(name));
	if (value == NULL || value[0] == '\0')
		return n;
	if (type == TYPE_DATETIME || type == TYPE_AGO) {
		x_instant(value, instant);
		value = instant;
	}
	add_text(n, value);
	return n;
}

/* The cell an {alias} at s names; *end is set behind the brace. */
static const char *
alias_cell(const struct rows *rows, size_t i, const char *s, const char **end)
{
	char alias[64];
	size_t n = strcspn(s, "}");
	int col;

	snprintf(alias, sizeof(alias), "%.*s", (int)n, s);
	*end = s + n + (s[n] == '}');
	col = row_col(rows, alias);
	return col < 0 ? row_str(rows, i, alias) : rows->cells[i * rows->ncols + (size_t)col];
}

static bool
is_unreserved(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    c == '-' || c == '_' || c == '.' || c == '~';
}

/* Fills the pattern's {alias}es in from row i; false when one of them is NULL. */
static bool
fill(char *out, size_t size, const char *pattern, const struct rows *rows, size_t i)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t at = 0;

	while (*pattern != '\0' && at < size - 4) {
		const char *value;

		if (*pattern != '{') {
			out[at++] = *pattern++;
			continue;
		}
		value = alias_cell(rows, i, pattern + 1, &pattern);
		if (value == NULL)
			return false;
		for (; *value != '\0' && at < size - 4; value++) {
			unsigned char c = (unsigned char)*value;

			if (is_unreserved(c)) {
				out[at++] = (char)c;
			} else {
				out[at++] = '%';
				out[at++] = hex[c >> 4];
				out[at++] = hex[c & 15];
			}
		}
	}
	out[at] = '\0';
	return true;
}

char *
x_href(struct pool *pool, const char *pattern, const struct rows *rows, size_t i)
{
	char out[1024];

	return fill(out, sizeof(out), pattern, rows, i) ? pool_strdup(pool, out) : NULL;
}

static void
put_href(xmlNodePtr n, const char *pattern, const struct rows *rows, size_t i)
{
	char out[1024];

	if (fill(out, sizeof(out), pattern, rows, i))
		xmlNewProp(n, X("href"), X(out));
}

static const char *
cell_or_null(const struct rows *rows, size_t i, const char *alias)
{
	int col = row_col(rows, alias);

	return col < 0 ? row_str(rows, i, alias) : rows->cells[i * rows->ncols + (size_t)col];
}

void
x_cell(xmlNodePtr parent, const struct rows *rows, size_t i, const struct column *c)
{
	xmlNodePtr n = x_value(parent, c->type, c->name, cell_or_null(rows, i, c->name));

	if (c->href != NULL)
		put_href(n, c->href, rows, i);
	if (c->sub != NULL) {
		const char *sub = cell_or_null(rows, i, c->sub);

		if (sub != NULL && sub[0] != '\0')
			x_attr(n, "sub", sub);
	}
	if (c->set != NULL)
		xmlNewProp(n, X("set"), X(c->set));
	if (c->unit != NULL && c->unit[0] == '{') {
		const char *end;

		x_attr(n, "unit", alias_cell(rows, i, c->unit + 1, &end));
	} else if (c->unit != NULL) {
		xmlNewProp(n, X("unit"), X(c->unit));
	}
	x_flag(n, "emphasis", c->emphasis);
}

xmlNodePtr
x_row(xmlNodePtr parent, const struct rows *rows, size_t i, const struct column *columns,
    const char *row_href)
{
	xmlNodePtr row = x_el(parent, "row");

	if (row_col(rows, "id") >= 0)
		x_attr(row, "id", row_str(rows, i, "id"));
	if (row_href != NULL)
		put_href(row, row_href, rows, i);
	if (row_col(rows, "flag") >= 0 && !row_null(rows, i, "flag"))
		x_attr(row, "flag", row_str(rows, i, "flag"));
	for (const struct column *c = columns; c->name != NULL; c++)
		x_cell(row, rows, i, c);
	return row;
}

xmlNodePtr
x_rows(xmlNodePtr parent, const struct rows *rows, const struct column *columns,
    const char *row_href)
{
	xmlNodePtr last = NULL;

	for (size_t i = 0; i < rows->n; i++)
		last = x_row(parent, rows, i, columns, row_href);
	return last;
}

xmlNodePtr
x_record(xmlNodePtr parent, const char *name, const struct rows *rows,
    const struct column *columns)
{
	xmlNodePtr record;

	if (rows->n == 0)
		return NULL;
	record = x_el(parent, "record");
	x_attr(record, "name", name);
	for (const struct column *c = columns; c->name != NULL; c++)
		x_cell(record, rows, 0, c);
	return record;
}

void
x_figures(xmlNodePtr parent, const char *name, const struct rows *rows,
    const struct column *columns)
{
	xmlNodePtr figures = x_el(parent, "figures");

	x_attr(figures, "name", name);
	/* The statement failed, and the request with it. */
	if (rows->n == 0)
		return;
	for (const struct column *c = columns; c->name != NULL; c++) {
		xmlNodePtr figure = x_el(figures, "figure");
		char full[64];

		snprintf(full, sizeof(full), "%s_%s", name, c->name);
		x_attr(figure, "name", full);
		x_value(figure, c->type, c->name, row_str(rows, 0, c->name));
		if (c->sub != NULL && !row_null(rows, 0, c->sub))
			x_value(x_el(figure, "context"), TYPE_PERCENT, c->sub,
			    row_str(rows, 0, c->sub));
	}
}

xmlNodePtr
x_timeline(xmlNodePtr parent, const char *name, const struct rows *events)
{
	xmlNodePtr timeline = x_el(parent, "timeline");

	x_attr(timeline, "name", name);
	for (size_t i = 0; i < events->n; i++) {
		xmlNodePtr event = x_el(timeline, "event");
		char at[32];

		x_instant(row_str(events, i, "at"), at);
		x_attr(event, "at", at);
		x_attr(event, "kind", row_str(events, i, "kind"));
		if (!row_null(events, i, "actor"))
			x_attr(event, "actor", row_str(events, i, "actor"));
		if (!row_null(events, i, "note") && row_str(events, i, "note")[0] != '\0')
			x_text(event, "note", row_str(events, i, "note"));
	}
	return timeline;
}

void
x_columns(xmlNodePtr parent, const struct column *columns)
{
	for (const struct column *c = columns; c->name != NULL; c++) {
		xmlNodePtr n = x_el(parent, "column");

		x_attr(n, "name", c->name);
		x_attr(n, "type", type_name(c->type));
	}
}

/* Whether a row has something there that is not none. */
static bool
has_any(const struct rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->n; i++) {
		if (row_str(rows, i, name)[0] != '\0' && strcmp(row_str(rows, i, name), "0") != 0)
			return true;
	}
	return false;
}

const struct column *
x_columns_there(struct pool *pool, const struct rows *rows, const struct column *columns)
{
	struct column *there;
	size_t n = 0;

	while (columns[n].name != NULL)
		n++;
	there = pool_alloc(pool, (n + 1) * sizeof(*there));
	n = 0;
	for (const struct column *c = columns; c->name != NULL; c++) {
		if (!c->optional || has_any(rows, c->name))
			there[n++] = *c;
	}
	there[n] = (struct column){ 0 };
	return there;
}

xmlNodePtr
x_table(xmlNodePtr parent, const char *element, const char *name, const struct column *columns)
{
	xmlNodePtr n = x_el(parent, element);

	x_attr(n, "name", name);
	x_columns(n, columns);
	return n;
}

xmlNodePtr
x_link(xmlNodePtr parent, const char *rel, const char *href)
{
	xmlNodePtr n = x_el(parent, "link");

	x_attr(n, "rel", rel);
	x_attr(n, "href", href);
	return n;
}

void
x_picture(xmlNodePtr n, const char *href)
{
	x_attr(n, "picture", href == NULL ? "" : href);
}

xmlNodePtr
x_action(xmlNodePtr parent, const char *rel, const char *method, const char *href)
{
	xmlNodePtr n = x_el(parent, "action");

	x_attr(n, "rel", rel);
	x_attr(n, "href", href);
	x_attr(n, "method", method);
	return n;
}

xmlNodePtr
x_post(xmlNodePtr parent, const char *rel, const char *href, const char *name, const char *value)
{
	xmlNodePtr n = x_action(parent, rel, "post", href);

	x_attr(n, "name", name);
	x_attr(n, "value", value);
	return n;
}

xmlNodePtr
x_notice(xmlNodePtr page, const char *level, const char *key)
{
	xmlNodePtr n = x_el(page, "notice");

	x_attr(n, "level", level);
	x_attr(n, "key", key);
	return n;
}

/* See form.h. */
#include "form.h"

#include <stdarg.h>
#include <string.h>

#include <sodium.h>

#include "auth.h"

const char *
form_key(struct req *r)
{
	unsigned char bytes[16];
	char *key = pool_alloc(r->pool, sizeof(bytes) * 2 + 1);

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(key, sizeof(bytes) * 2 + 1, bytes, sizeof(bytes));
	return key;
}

static void
add_errors(struct req *r, xmlNodePtr field, const char *name, enum type type)
{
	for (const struct req_error *e = r->errors; e != NULL; e = e->next) {
		xmlNodePtr n;

		if (e->field == NULL || strcmp(e->field, name) != 0)
			continue;
		n = x_el(field, "error");
		x_attr(n, "code", e->code);
		req_error_values(n, e, type);
	}
}

static void
add_limits(struct req *r, xmlNodePtr n, const struct field *f)
{
	bool text = f->type == TYPE_TEXT || f->type == TYPE_TEXTAREA || f->type == TYPE_CODE ||
	    f->type == TYPE_PASSWORD || f->type == TYPE_SEARCH;

	(void)r;
	x_flag(n, "required", (f->flags & REQUIRED) != 0);
	if (text && f->type != TYPE_SEARCH)
		x_attr_int(n, "maxlength", f->max != 0 ? f->max : f->type == TYPE_TEXTAREA ? 2000 :
		    200);
	if (text || (f->min == 0 && f->max == 0))
		return;
	x_attr_int(n, "min", f->min);
	if (f->max != 0)
		x_attr_int(n, "max", f->max);
}

/* Whether a word stands in a list of words with commas or blanks between. */
static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = strstr(list, word); s != NULL && n > 0; s = strstr(s + 1, word)) {
		if ((s == list || strchr(", ", s[-1]) != NULL) && strchr(", ", s[n]) != NULL)
			return true;
	}
	return false;
}

bool
form_ticked(struct req *r, const char *field, const char *value, const char *kept)
{
	return has_word(r->again ? form_ticks(r, field) : kept, value);
}

const char *
form_ticks(struct req *r, const char *field)
{
	struct buf *b = buf_new(r->pool);
	size_t n;
	const char *const *ticked = req_many(r, field, &n);

	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s", i > 0 ? "," : "", ticked[i]);
	return n > 0 ? b->s : "";
}

static void
add_options(xmlNodePtr n, const struct field *f, const char *value)
{
	if (f->options == NULL)
		return;
	for (const char *const *o = f->options; *o != NULL; o++) {
		xmlNodePtr option = x_el(n, "option");

		x_attr(option, "value", *o);
		x_flag(option, "selected", value != NULL && (f->type == TYPE_CHECKS ?
		    has_word(value, *o) : strcmp(*o, value) == 0));
	}
}

xmlNodePtr
form_field(struct req *r, xmlNodePtr parent, const struct field *f, const char *name,
    const char *value)
{
	xmlNodePtr n = x_el(parent, "field");

	x_attr(n, "name", name);
	x_attr(n, "type", type_name(f->type));
	x_attr(n, "set", f->set);
	x_attr(n, "href", f->href);
	x_attr(n, "unit", f->unit);
	x_attr(n, "accept", f->accept);
	x_attr(n, "autocomplete", f->autocomplete);
	x_flag(n, "many", (f->flags & MANY) != 0);
	x_flag(n, "readonly", (f->flags & READ_ONLY) != 0);
	add_limits(r, n, f);
	if (f->type == TYPE_CHECK && value != NULL && strcmp(value, "0") == 0)
		value = NULL;
	if (value != NULL && value[0] != '\0' && (f->flags & NO_ECHO) == 0 &&
	    f->type != TYPE_FILE && f->type != TYPE_CHECKS)
		x_text(n, "value", value);
	add_options(n, f, value);
	add_errors(r, n, name, f->type);
	return n;
}

/* A price as one types it: two places, unless it has more. */
static const char *
typed_price(struct req *r, const char *price)
{
	const char *point = strchr(price, '.');
	size_t n = strlen(price);

	if (point == NULL)
		return price;
	while (n > (size_t)(point - price) + 3 && price[n - 1] == '0')
		n--;
	return pool_strndup(r->pool, price, n);
}

static const char *
typed(struct req *r, const struct field *f)
{
	return f->type == TYPE_CHECKS ? form_ticks(r, f->name) : req_str(r, f->name);
}

static const char *
field_value(struct req *r, const struct field *f, const struct rows *row)
{
	if (r->again && f->type == TYPE_CHECKS)
		return typed(r, f);
	if (r->again && parts_find(&r->in, f->name) != NULL)
		return req_str(r, f->name);
	if (r->again && f->type == TYPE_CHECK)
		return "";
	if ((f->flags & STARTS_TODAY) != 0 && !req_given(r, f->name) &&
	    (row == NULL || row->n == 0 || row_col(row, f->name) < 0 ||
	    row_null(row, 0, f->name)))
		return req_today(r);
	if (row == NULL || row->n == 0 || row_col(row, f->name) < 0)
		return req_str(r, f->name);
	if (f->type == TYPE_PRICE)
		return typed_price(r, row_str(row, 0, f->name));
	return row_str(row, 0, f->name);
}

/* Another's change came first: what stands there now, beside what was typed. */
static void
add_theirs(struct req *r, const struct field *f, const struct rows *row)
{
	if (!r->conflict || row == NULL || row->n == 0 || row_col(row, f->name) < 0 ||
	    parts_find(&r->in, f->name) == NULL ||
	    strcmp(typed(r, f), row_str(row, 0, f->name)) == 0)
		return;
	req_error(r, f->name, "theirs", "theirs", row_str(row, 0, f->name), NULL);
}

/* The field as a row that is there shows it: what only its birth decides is shown, not taken. */
static const struct field *
unlocked(struct req *r, const struct field *f)
{
	struct field *shown;

	if ((f->flags & LOCKED) == 0)
		return f;
	shown = pool_alloc(r->pool, sizeof(*shown));
	*shown = *f;
	shown->flags |= READ_ONLY;
	return shown;
}

static xmlNodePtr
group_of(xmlNodePtr form, const char *name)
{
	xmlNodePtr last = form->last;

	if (name == NULL)
		return form;
	if (last != NULL && xmlStrEqual(last->name, (const xmlChar *)"group")) {
		xmlChar *have = xmlGetNoNsProp(last, (const xmlChar *)"name");
		bool same = xmlStrEqual(have, (const xmlChar *)name);

		xmlFree(have);
		if (same)
			return last;
	}
	last = x_el(form, "group");
	x_attr(last, "name", name);
	return last;
}

/* What the state of the row does not let change is text; it is not sent and KEEPS. */
static void
fix(xmlNodePtr field, const struct rows *row)
{
	xmlChar *name = xmlGetNoNsProp(field, (const xmlChar *)"name");

	if (has_word(row_str(row, 0, "fixed"), (const char *)name)) {
		xmlUnsetProp(field, (const xmlChar *)"required");
		x_flag(field, "fixed", true);
	}
	xmlFree(name);
}

xmlNodePtr
x_form(struct req *r, const char *name, const char *href, const struct field *fields,
    const struct rows *row)
{
	bool is_there = row != NULL && row->n > 0 && row_col(row, "version") >= 0;
	xmlNodePtr form = x_el(r->page, "form"), n;

	x_attr(form, "name", name);
	x_attr(form, "href", href);
	x_attr(form, "method", "post");
	if (is_there)
		x_attr(form, "version", row_str(row, 0, "version"));
	/* Typed again after an error, it is still the same intention. */
	x_attr(form, "idem", r->again && req_given(r, "_key") ? req_str(r, "_key") : form_key(r));
	if (!req_may(r, PERM_SIGNED_IN))
		x_attr(form, "csrf", auth_csrf(r));
	for (const struct field *f = fields; f != NULL && f->name != NULL; f++) {
		if ((f->flags & MANY) != 0 && f->options == NULL && f->type != TYPE_SELECT &&
		    f->type != TYPE_CHECKS)
			continue;
		add_theirs(r, f, row);
		n = form_field(r, group_of(form, f->group), is_there ? unlocked(r, f) : f, f->name,
		    field_value(r, f, row));
		if (is_there && row_col(row, "fixed") >= 0)
			fix(n, row);
	}
	return form;
}

xmlNodePtr
form_find(xmlNodePtr parent, const char *name)
{
	for (xmlNodePtr n = parent->children; n != NULL; n = n->next) {
		xmlNodePtr found = NULL;

		if (xmlStrEqual(n->name, (const xmlChar *)"field")) {
			xmlChar *have = xmlGetNoNsProp(n, (const xmlChar *)"name");

			found = xmlStrEqual(have, (const xmlChar *)name) ? n : NULL;
			xmlFree(have);
		} else if (n->type == XML_ELEMENT_NODE) {
			found = form_find(n, name);
		}
		if (found != NULL)
			return found;
	}
	return NULL;
}

/* The <value> of a field, to be freed with xmlFree, or NULL. */
static xmlChar *
value_of(xmlNodePtr field)
{
	for (xmlNodePtr n = field->children; n != NULL; n = n->next) {
		if (xmlStrEqual(n->name, (const xmlChar *)"value"))
			return xmlNodeGetContent(n);
	}
	return NULL;
}

/* What is wrong with a field stands behind its choices. */
static void
errors_last(xmlNodePtr field)
{
	xmlNodePtr last = field->last;

	for (xmlNodePtr n = field->children, next; n != NULL; n = next) {
		next = n == last ? NULL : n->next;
		if (xmlStrEqual(n->name, (const xmlChar *)"error")) {
			xmlUnlinkNode(n);
			xmlAddChild(field, n);
		}
	}
}

xmlNodePtr
form_option(xmlNodePtr field, const char *value, const char *label, bool selected)
{
	xmlNodePtr option = label == NULL ? x_el(field, "option") : x_text(field, "option", label);

	x_attr(option, "value", value);
	x_flag(option, "selected", selected);
	errors_last(field);
	return option;
}

void
form_options(xmlNodePtr form, const char *field, const struct rows *rows)
{
	xmlNodePtr n = form_find(form, field);
	xmlChar *value;

	/* No rows: a result set that a refused call did not give. */
	if (n == NULL || rows == NULL)
		return;
	value = value_of(n);
	for (size_t i = 0; i < rows->n; i++) {
		const char *const *cell = &rows->cells[i * rows->ncols];
		xmlNodePtr option = x_text(n, "option", cell[1]);

		x_attr(option, "value", cell[0]);
		x_flag(option, "selected", value != NULL &&
		    strcmp((const char *)value, cell[0]) == 0);
	}
	errors_last(n);
	xmlFree(value);
}

void
form_drop(xmlNodePtr form, const char *name)
{
	xmlNodePtr field = form_find(form, name);

	xmlUnlinkNode(field);
	xmlFreeNode(field);
}

void
form_read_only(xmlNodePtr parent)
{
	for (xmlNodePtr n = parent->children; n != NULL; n = n->next) {
		if (xmlStrEqual(n->name, (const xmlChar *)"field")) {
			xmlUnsetProp(n, (const xmlChar *)"required");
			x_flag(n, "readonly", true);
		} else if (n->type == XML_ELEMENT_NODE) {
			form_read_only(n);
		}
	}
}

bool
form_offered(struct req *r, const char *field, const struct rows *rows)
{
	const char *given = req_str(r, field);

	if (given[0] == '\0')
		return true;
	for (size_t i = 0; i < rows->n; i++) {
		if (strcmp(rows->cells[i * rows->ncols], given) == 0)
			return true;
	}
	req_error(r, field, "choice", NULL);
	return false;
}

int64_t
form_found(struct req *r, const char *field, const struct rows *found, const char *error)
{
	if (!req_given(r, field))
		return 0;
	if (found->n > 0)
		return row_int(found, 0, "id");
	req_error(r, field, error, "code", req_str(r, field), NULL);
	return 0;
}

xmlNodePtr
form_action(xmlNodePtr form, const char *rel)
{
	bool first = true;
	xmlNodePtr n;

	for (n = form->children; n != NULL; n = n->next)
		first = first && !xmlStrEqual(n->name, (const xmlChar *)"action");
	n = x_el(form, "action");
	x_attr(n, "rel", rel);
	x_attr(n, "method", "post");
	x_flag(n, "primary", first);
	return n;
}

xmlNodePtr
form_answer(xmlNodePtr form, const char *rel, const char *href, const char *name,
    const char *value)
{
	xmlNodePtr n = form_action(form, rel);

	x_attr(n, "href", href);
	x_attr(n, "name", name);
	x_attr(n, "value", value);
	return n;
}

xmlNodePtr
form_button(struct req *r, const char *name, const char *href, ...)
{
	xmlNodePtr form = x_form(r, name, href, NULL, NULL);
	const char *field;
	va_list ap;

	va_start(ap, href);
	while ((field = va_arg(ap, const char *)) != NULL) {
		xmlNodePtr n = x_el(form, "field");

		x_attr(n, "name", field);
		x_attr(n, "type", "hidden");
		x_text(n, "value", va_arg(ap, const char *));
	}
	va_end(ap);
	form_action(form, name);
	x_attr(form, "kind", "button");
	return form;
}

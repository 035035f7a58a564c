/* See req.h. */
#include "req.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "list.h"

const char *
req_str(const struct req *r, const char *name)
{
	const struct part *p = parts_find(&r->in, name);

	return p == NULL || p->filename != NULL ? "" : p->value;
}

int64_t
req_int(const struct req *r, const char *name, int64_t absent)
{
	const char *s = req_str(r, name);

	return s[0] == '\0' ? absent : strtoll(s, NULL, 10);
}

bool
req_given(const struct req *r, const char *name)
{
	return req_str(r, name)[0] != '\0';
}

const struct part *
req_file(const struct req *r, const char *name)
{
	const struct part *p = parts_find(&r->in, name);

	return p == NULL || p->filename == NULL || p->n == 0 ? NULL : p;
}

const char *const *
req_many(const struct req *r, const char *name, size_t *n)
{
	const char **values = pool_alloc(r->pool, (r->in.n + 1) * sizeof(*values));
	size_t count = 0;

	for (size_t i = 0; i < r->in.n; i++) {
		if (strcmp(r->in.part[i].name, name) == 0)
			values[count++] = r->in.part[i].value;
	}
	if (n != NULL)
		*n = count;
	return values;
}

const char *
req_at(const struct req *r, const char *name, int64_t index)
{
	char full[PARTS_NAME_MAX + 32];
	const struct part *p;

	snprintf(full, sizeof(full), "%s.%lld", name, (long long)index);
	p = parts_find(&r->in, full);
	return p == NULL || p->filename != NULL ? NULL : p->value;
}

void
req_error(struct req *r, const char *field, const char *code, ...)
{
	struct req_error *e = pool_alloc(r->pool, sizeof(*e));
	struct req_error **tail = &r->errors;
	size_t n = 0;
	const char *s;
	va_list ap;

	e->field = pool_strdup(r->pool, field);
	e->code = pool_strdup(r->pool, code);
	va_start(ap, code);
	while (n < LEN(e->args) - 1 && (s = va_arg(ap, const char *)) != NULL)
		e->args[n++] = pool_strdup(r->pool, s);
	va_end(ap);
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = e;
}

/* Whether a value may be written as this type; what was typed wrongly stays a text. */
static bool
is_of(enum type type, const char *value)
{
	const char *digits = value + (value[0] == '-');
	size_t n = strspn(digits, "0123456789");

	switch (type) {
	case TYPE_DATE:
	case TYPE_MONTH:
		return true;
	case TYPE_INT:
	case TYPE_QTY:
		return n > 0 && digits[n] == '\0';
	case TYPE_MONEY:
	case TYPE_PRICE:
	case TYPE_PERCENT:
		return n > 0 && digits[n + strspn(digits + n, ".0123456789")] == '\0';
	case TYPE_STATUS:
		return value[0] != '\0' && value[strspn(value, "abcdefghijklmnopqrstuvwxyz_"
		    "0123456789")] == '\0';
	default:
		return false;
	}
}

/* Names mean the same in every refusal, of C and of the database. */
static void
arg_value(xmlNodePtr message, const char *name, const char *value, enum type theirs)
{
	static const struct {
		const char *name;
		enum type type;
		const char *set;
	} known[] = {
		{ "available", TYPE_MONEY }, { "max", TYPE_INT }, { "min", TYPE_INT },
		{ "missing", TYPE_MONEY }, { "now", TYPE_MONEY }, { "overdue", TYPE_MONEY },
		{ "scope", TYPE_STATUS, "licence_scope" }, { "was", TYPE_MONEY },
	};
	enum type type = strcmp(name, "theirs") == 0 ? theirs : TYPE_TEXT;
	const char *set = NULL;
	xmlNodePtr node;

	for (size_t i = 0; i < LEN(known); i++) {
		if (strcmp(known[i].name, name) == 0) {
			type = known[i].type;
			set = known[i].set;
		}
	}
	if (!is_of(type, value))
		type = TYPE_TEXT;
	node = x_value(message, type, name, value);
	if (type == TYPE_STATUS)
		x_attr(node, "set", set);
}

void
req_error_values(xmlNodePtr message, const struct req_error *e, enum type theirs)
{
	for (size_t i = 0; e->args[i] != NULL && e->args[i + 1] != NULL; i += 2)
		arg_value(message, e->args[i], e->args[i + 1], theirs);
}

bool
req_good(const struct req *r)
{
	return r->errors == NULL;
}

void
req_refusal(struct req *r, const char *refusal)
{
	char *code = pool_strdup(r->pool, refusal);
	char *field = NULL;
	const char *args[8] = { NULL };
	size_t n = 0;
	char *at = strchr(code, '|');

	if (at != NULL) {
		*at++ = '\0';
		field = at;
		while ((at = strchr(at, '|')) != NULL && n < 6) {
			char *equals;

			*at++ = '\0';
			equals = strchr(at, '=');
			if (equals == NULL)
				break;
			*equals = '\0';
			args[n++] = at;
			args[n++] = at = equals + 1;
		}
	} else if (r->route->fields != NULL) {
		for (const struct field *f = r->route->fields; f->name != NULL; f++) {
			size_t length = strlen(f->name), all = strlen(code);

			if (all > length && code[all - length - 1] == '_' &&
			    strcmp(code + all - length, f->name) == 0)
				field = pool_strdup(r->pool, f->name);
		}
	}
	req_error(r, field, code, args[0], args[1], args[2], args[3], args[4], args[5], NULL);
}

const struct rows *
req_query_args(struct req *r, size_t statement, const struct arg *args)
{
	if (statement >= r->app->nsql)
		abort();
	return db_query(r->db, r->pool, &r->app->sql[statement], args);
}

int64_t
req_exec_args(struct req *r, size_t statement, const struct arg *args)
{
	if (statement >= r->app->nsql)
		abort();
	return db_exec(r->db, &r->app->sql[statement], args);
}

int64_t
req_last_id(const struct req *r)
{
	return db_last_id(r->db);
}

const char *
req_value(struct req *r, const struct rows *rows, const char *name)
{
	(void)r;
	return rows->n == 0 ? "" : row_str(rows, 0, name);
}

bool
req_may(const struct req *r, enum perm p)
{
	return p == PERM_PUBLIC || perm_in(r->user.perms, p);
}

static int
redirect(struct req *r, const char *fmt, va_list ap)
{
	r->location = pool_vprintf(r->pool, fmt, ap);
	/* A path of this site and nothing else: //host and \ would leave it. */
	if (r->location[0] != '/' || r->location[1] == '/' ||
	    strpbrk(r->location, "\\\r\n") != NULL)
		r->location = "/";
	return 303;
}

int
req_redirect(struct req *r, const char *fmt, ...)
{
	va_list ap;
	int status;

	va_start(ap, fmt);
	status = redirect(r, fmt, ap);
	va_end(ap);
	return status;
}

int
req_done(struct req *r, const struct rows *row, const char *notice, const char *fmt, ...)
{
	va_list ap;
	int status;

	if (row->n == 0)
		return 409;
	req_notice(r, notice);
	va_start(ap, fmt);
	status = redirect(r, fmt, ap);
	va_end(ap);
	return status;
}

void
req_notice(struct req *r, const char *key)
{
	req_cookie(r, "xo_notice", key, 60);
}

int
req_send(struct req *r, const char *type, const char *name, const void *bytes, size_t n)
{
	r->body = bytes;
	r->body_n = n;
	r->body_type = type;
	r->body_name = name;
	return 200;
}

void
req_page(struct req *r, const char *name)
{
	const char *id = name[0] == '\0' ?
	    pool_printf(r->pool, "%s.%s", r->conf->site, r->app->name) :
	    pool_printf(r->pool, "%s.%s.%s", r->conf->site, r->app->name, name);

	xmlSetProp(r->page, (const xmlChar *)"id", (const xmlChar *)id);
}

void
req_title(struct req *r, const char *title)
{
	x_value(r->heading, TYPE_TEXT, "title", title);
}

void
req_state(struct req *r, const char *set, const char *status)
{
	xmlNodePtr n = x_value(r->heading, TYPE_STATUS, "state", status);

	x_attr(n, "set", set);
}

bool
req_record(struct req *r, const char *page, const struct rows *row, const char *number,
    const char *set, const char *status)
{
	if (row->n == 0)
		return false;
	req_page(r, page);
	req_title(r, row_str(row, 0, number));
	req_state(r, set, row_str(row, 0, status));
	req_trail(r, r->app->name, pool_printf(r->pool, "/%s/", r->app->name));
	return true;
}

bool
req_editing(struct req *r, const struct rows *row, const char *title)
{
	bool is_there = row != NULL && row_col(row, "version") >= 0;

	if (is_there && row->n == 0)
		return false;
	req_page(r, is_there ? "edit" : "new");
	if (is_there)
		req_title(r, row_str(row, 0, title));
	req_trail(r, r->app->name, pool_printf(r->pool, "/%s/", r->app->name));
	return true;
}

void
req_trail(struct req *r, const char *rel, const char *href)
{
	xmlNodePtr trail = NULL;

	for (xmlNodePtr n = r->page->children; n != NULL; n = n->next) {
		if (xmlStrEqual(n->name, (const xmlChar *)"trail"))
			trail = n;
	}
	if (trail == NULL) {
		trail = xmlNewDocNode(r->page->doc, r->page->ns, (const xmlChar *)"trail", NULL);
		xmlAddPrevSibling(r->heading, trail);
	}
	x_link(trail, rel, href);
}

static void
refuse_control(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			abort();
	}
}

void
req_header(struct req *r, const char *name, const char *value)
{
	refuse_control(name);
	refuse_control(value);
	buf_printf(r->headers, "%s: %s\r\n", name, value);
}

void
req_cookie(struct req *r, const char *name, const char *value, long max_age_s)
{
	refuse_control(name);
	refuse_control(value);
	if (strpbrk(value, ";, \"\\") != NULL)
		abort();
	buf_printf(r->headers, "Set-Cookie: %s=%s; Path=/; HttpOnly; SameSite=Strict%s", name,
	    value, r->conf->secure_cookies ? "; Secure" : "");
	if (max_age_s >= 0)
		buf_printf(r->headers, "; Max-Age=%ld", max_age_s);
	buf_str(r->headers, "\r\n");
}

const char *
req_cookie_sent(struct req *r, const char *name)
{
	const char *value = NULL;
	const char *error;

	if (r->cookies == NULL || !cookie_find(r->pool, r->cookies, name, &value, &error))
		return NULL;
	return value;
}

const char *
req_today(struct req *r)
{
	time_t now = time(NULL);
	struct tm tm;
	char day[16];

	localtime_r(&now, &tm);
	strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	return pool_strdup(r->pool, day);
}

static bool
is_hex(char c)
{
	return strchr("0123456789abcdefABCDEF", c) != NULL && c != '\0';
}

/* Whether the pair at s (up to & or the end) is named so. */
static bool
pair_is(const char *s, const char *name)
{
	size_t n = strlen(name);

	return strncmp(s, name, n) == 0 && (s[n] == '=' || s[n] == '&' || s[n] == '\0');
}

void
req_encode(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    strchr("-_.~,", c) != NULL)
			buf_char(b, *s);
		else
			buf_printf(b, "%%%02X", c);
	}
}

const char *
req_url_with(struct req *r, const char *name, const char *value)
{
	struct buf *b = buf_new(r->pool);
	char mark = '?';

	buf_str(b, r->path);
	for (const char *s = r->query; *s != '\0';) {
		size_t n = strcspn(s, "&");

		if (n > 0 && !pair_is(s, name)) {
			buf_char(b, mark);
			mark = '&';
			for (size_t i = 0; i < n; i++) {
				/* What a browser would not send bare is encoded. */
				if (s[i] == '%' &&
				    (i + 2 >= n || !is_hex(s[i + 1]) || !is_hex(s[i + 2])))
					buf_str(b, "%25");
				else
					buf_char(b, s[i]);
			}
		}
		s += n + (s[n] == '&');
	}
	if (value != NULL) {
		buf_char(b, mark);
		buf_str(b, name);
		buf_char(b, '=');
		req_encode(b, value);
	}
	return b->s;
}

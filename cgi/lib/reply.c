/* The answer: page frame, sheet, headers, bytes.  See server.h. */
#include "server.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <libxml/xmlsave.h>

#include "auth.h"
#include "form.h"
#include "log.h"
#include "menu.h"

static const struct {
	int status;
	const char *text;
} reasons[] = {
	{ 200, "OK" }, { 202, "Accepted" }, { 303, "See Other" }, { 400, "Bad Request" },
	{ 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
	{ 405, "Method Not Allowed" }, { 409, "Conflict" }, { 413, "Content Too Large" },
	{ 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
	{ 500, "Internal Server Error" }, { 503, "Service Unavailable" },
};

static const char *
reason(int status)
{
	for (size_t i = 0; i < LEN(reasons); i++) {
		if (reasons[i].status == status)
			return reasons[i].text;
	}
	return "Status";
}

/* office.orders.view of /orders/view. */
static const char *
default_id(struct req *r)
{
	const char *path = r->route == NULL ? "/problem" : r->route->path;
	char *id;

	if (strcmp(path, "/") == 0)
		return pool_printf(r->pool, "%s.%s", r->conf->site, r->app->name);
	id = pool_printf(r->pool, "%s.%s%s", r->conf->site, r->app->name, path);
	for (char *s = id; *s != '\0'; s++) {
		if (*s == '/')
			*s = '.';
	}
	return id;
}

static const char *
other_language(const struct req *r)
{
	return strcmp(r->lang, languages[0]) == 0 ? languages[1] : languages[0];
}

/* Only who is signed in has one; the forms of anyone else carry their own token. */
static void
add_session(struct req *r)
{
	const char *other = other_language(r);
	xmlNodePtr n = x_el(r->page, "session");

	x_attr(n, "locale", r->lang);
	x_attr(n, "theme", r->user.theme != NULL && r->user.theme[0] != '\0' ? r->user.theme :
	    "light");
	x_attr(n, "csrf", auth_csrf(r));
	x_attr(n, "user", r->user.name);
	x_attr(n, "role", r->user.role[0] == '\0' ? NULL : r->user.role);
	x_attr(n, "org", r->user.org);
	x_attr_int(x_link(n, "notifications", "/messages/"), "count", r->user.unread);
	x_link(n, "profile", "/login/profile");
	x_attr(x_link(n, "language", req_url_with(r, "lang", other)), "value", other);
	x_action(n, "logout", "post", "/login/out");
}

void
reply_begin(struct server *s, struct req *r)
{
	struct timespec now;
	char utc[32], at[32];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(utc, sizeof(utc), "%Y-%m-%d %H:%M:%S", &tm);
	x_instant(utc, at);
	r->page = x_page();
	x_attr(r->page, "id", default_id(r));
	x_attr(r->page, "zone", r->conf->site);
	x_attr(r->page, "self", req_url_with(r, "lang", NULL));
	x_attr(r->page, "at", at);
	x_attr(r->page, "static", s->conf->static_url);
	x_attr(r->page, "company", s->conf->company);
	if (req_may(r, PERM_SIGNED_IN)) {
		add_session(r);
		x_menu(r);
	}
	r->heading = x_el(r->page, "heading");
	if (!req_may(r, PERM_SIGNED_IN))
		x_attr(x_link(r->heading, "language", req_url_with(r, "lang", other_language(r))),
		    "value", other_language(r));
}

/* A password is never sent back, so such a form cannot be offered again. */
static bool
has_secret(const struct req *r)
{
	for (const struct field *f = r->route->fields; f != NULL && f->name != NULL; f++) {
		if ((f->flags & NO_ECHO) != 0)
			return true;
	}
	return false;
}

/* A file does not come back from here to be sent again: it is named and asked for. */
static void
ask_for_file(xmlNodePtr form, const struct part *in)
{
	xmlNodePtr field = x_el(form, "field");

	x_value(x_notice(form, "warning", "notice.retry.file"), TYPE_TEXT, "name", in->filename);
	x_attr(field, "name", in->name);
	x_attr(field, "type", "file");
	x_flag(field, "required", true);
}

/* Not certain whether it was saved: the same key again cannot do it twice. */
static void
add_retry(struct req *r)
{
	xmlNodePtr form = x_form(r, "retry", r->path, NULL, NULL);

	for (size_t i = 0; i < r->in.n; i++) {
		const struct part *in = &r->in.part[i];
		xmlNodePtr field;

		if (in->name[0] == '_' || (in->filename != NULL && in->filename[0] == '\0'))
			continue;
		if (in->filename != NULL) {
			ask_for_file(form, in);
			continue;
		}
		field = x_el(form, "field");
		x_attr(field, "name", in->name);
		x_attr(field, "type", "hidden");
		x_text(field, "value", in->value);
	}
	xmlUnsetProp(form, (const xmlChar *)"idem");
	if (req_given(r, "_key"))
		x_attr(form, "idem", req_str(r, "_key"));
	if (req_given(r, "_version"))
		x_attr(form, "version", req_str(r, "_version"));
	form_action(form, "retry");
}

void
reply_problem(struct server *s, struct req *r, int status)
{
	xmlNodePtr n;

	reply_begin(s, r);
	xmlSetProp(r->page, (const xmlChar *)"id",
	    (const xmlChar *)pool_printf(r->pool, "%s.problem", r->conf->site));
	n = x_el(r->page, "problem");
	x_attr(n, "type", pool_printf(r->pool, "urn:xiaoao:problem:%d", status));
	x_attr_int(n, "status", status);
	x_attr(n, "instance", r->id);
	x_attr(n, "key", pool_printf(r->pool, "problem.%d", status));
	if (status == 503 && r->route != NULL && r->route->method == POST && !r->keyed &&
	    !has_secret(r) && (req_given(r, "_key") || (r->route->flags & STREAM) != 0))
		add_retry(r);
}

static bool
has_field(xmlNodePtr parent, const char *name)
{
	for (xmlNodePtr n = parent->children; n != NULL; n = n->next) {
		if (n->type != XML_ELEMENT_NODE)
			continue;
		if (xmlStrEqual(n->name, (const xmlChar *)"field")) {
			xmlChar *have = xmlGetNoNsProp(n, (const xmlChar *)"name");
			bool same = xmlStrEqual(have, (const xmlChar *)name);

			xmlFree(have);
			if (same)
				return true;
		} else if (has_field(n, name)) {
			return true;
		}
	}
	return false;
}

static xmlNodePtr
notice_after(struct req *r, xmlNodePtr last, const char *level, const char *key)
{
	xmlNodePtr n = xmlNewDocNode(r->page->doc, r->page->ns, (const xmlChar *)"notice", NULL);

	xmlAddNextSibling(last, n);
	x_attr(n, "level", level);
	x_attr(n, "key", key);
	return n;
}

static bool
is_key(const char *s)
{
	return s[0] != '\0' && strlen(s) < 60 &&
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-_")] == '\0';
}

void
reply_notices(struct req *r, const char *cookies)
{
	const char *key = NULL;
	const char *error;
	xmlNodePtr last = r->heading;

	for (const struct req_error *e = r->errors; e != NULL; e = e->next) {
		if (e->field != NULL && has_field(r->page, e->field))
			continue;
		last = notice_after(r, last, "danger", pool_printf(r->pool, "error.%s", e->code));
		req_error_values(last, e, TYPE_TEXT);
	}
	if (r->conflict)
		last = notice_after(r, last, "warning", "notice.conflict");
	if (cookies == NULL || !cookie_find(r->pool, cookies, "xo_notice", &key, &error) ||
	    key == NULL)
		return;
	req_cookie(r, "xo_notice", "", 0);
	if (is_key(key))
		notice_after(r, last, "success", pool_printf(r->pool, "notice.%s", key));
}

static void
add_file(struct req *r, struct buf *out)
{
	/* RFC 6266: an ASCII fallback, and the name as UTF-8. */
	buf_str(out, "Content-Disposition: attachment; filename=\"download\"; filename*=UTF-8''");
	for (const char *s = r->body_name; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    c == '.' || c == '-' || c == '_')
			buf_char(out, *s);
		else
			buf_printf(out, "%%%02X", c);
	}
	buf_str(out, "\r\nContent-Security-Policy: sandbox; default-src 'none'\r\n");
}

static const struct sheet *
sheet_of(const struct server *s, const char *lang)
{
	return s->sheets[strcmp(lang, languages[1]) == 0];
}

/* The page as HTML or XML in body; false when the sheet failed. */
static bool
render(struct server *s, struct req *r, struct buf *body)
{
	xmlChar *text;
	int n;

	menu_keep_in_reach(r);
	if (r->format != FORMAT_XML)
		return sheet_html(sheet_of(s, r->lang), r->page->doc, body);
	xmlDocDumpMemoryEnc(r->page->doc, &text, &n, "UTF-8");
	buf_add(body, text, (size_t)n);
	xmlFree(text);
	return true;
}

static void
add_head(struct req *r, int status, const char *type, struct buf *out)
{
	buf_printf(out, "Status: %d %s\r\n", status, reason(status));
	buf_printf(out, "Content-Type: %s\r\n", type);
	if (r->fresh_s > 0)
		buf_printf(out, "Cache-Control: private, max-age=%d, immutable\r\n", r->fresh_s);
	else
		buf_str(out, "Cache-Control: private, no-store\r\n");
	buf_str(out, "Vary: Accept, Accept-Language, Cookie, HX-Request\r\n");
	buf_printf(out, "X-Request-Id: %s\r\n", r->id);
	buf_add(out, r->headers->s, r->headers->n);
}

struct sink
req_stream(struct req *r, const char *type, const char *name)
{
	struct buf *head = buf_new(r->pool);

	r->body_name = name;
	add_head(r, 200, type, head);
	add_file(r, head);
	buf_str(head, "\r\n");
	r->out->put(r->out->arg, head->s, head->n);
	r->streamed = true;
	return *r->out;
}

void
reply_write(struct server *s, struct req *r, int status, struct buf *out)
{
	struct buf *body;

	if (status == 303) {
		add_head(r, status, "text/plain", out);
		buf_printf(out, "Location: %s\r\n\r\n", r->location);
		return;
	}
	if (r->body != NULL) {
		add_head(r, status, r->body_type, out);
		if (r->body_name != NULL)
			add_file(r, out);
		buf_printf(out, "Content-Length: %zu\r\n\r\n", r->body_n);
		s->body = r->body;
		s->body_n = r->body_n;
		return;
	}
	if (status != 200)
		x_attr_int(r->page, "status", status);
	body = buf_new(r->pool);
	if (!render(s, r, body)) {
		log_error("sheet.failed", "path", r->path);
		status = 500;
		buf_str(body, "<!DOCTYPE html><title>500</title><h1>500</h1>");
	}
	add_head(r, status, r->format == FORMAT_XML ? "application/xml; charset=utf-8" :
	    "text/html; charset=utf-8", out);
	buf_printf(out, "Content-Length: %zu\r\n\r\n", body->n);
	s->body = body->s;
	s->body_n = body->n;
}

/* What a program tells of itself, and its check against the schema.  See server.h. */
#include "server.h"

#include <stdio.h>
#include <string.h>

#include "crud.h"
#include "list.h"
#include "views.h"

static void
describe_fields(xmlNodePtr parent, const struct field *fields)
{
	for (const struct field *f = fields; f != NULL && f->name != NULL; f++) {
		xmlNodePtr n = x_el(parent, "field");

		x_attr(n, "name", f->name);
		x_attr(n, "type", type_name(f->type));
		x_flag(n, "required", (f->flags & REQUIRED) != 0);
		x_flag(n, "many", (f->flags & MANY) != 0);
		if (f->min != 0)
			x_attr_int(n, "min", f->min);
		if (f->max != 0)
			x_attr_int(n, "max", f->max);
		for (const char *const *o = f->options; o != NULL && *o != NULL; o++)
			x_text(n, "option", *o);
	}
}

static void
describe_list(xmlNodePtr parent, const struct list *list)
{
	xmlNodePtr n = x_el(parent, "list");

	x_attr(n, "name", list->name);
	for (const struct filter *f = list->filters; f != NULL && f->field.name != NULL; f++)
		x_attr(x_el(n, "filter"), "name", f->field.name);
	for (const struct column *c = list->columns; c->name != NULL; c++) {
		xmlNodePtr col = x_el(n, "column");

		x_attr(col, "name", c->name);
		x_attr(col, "type", type_name(c->type));
		x_flag(col, "sortable", c->sort != NULL);
	}
}

static void
describe_route(xmlNodePtr parent, const struct app *app, const struct route *t)
{
	xmlNodePtr n = x_el(parent, "route");
	char path[200];

	snprintf(path, sizeof(path), "/%s%s", app->name, t->path);
	x_attr(n, "path", path);
	x_attr(n, "method", t->method == POST ? "POST" : "GET");
	x_attr(n, "permission", perm_name(t->perm));
	x_flag(n, "upload", (t->flags & UPLOAD) != 0);
	x_flag(n, "reads", (t->flags & READS) != 0);
	x_flag(n, "stream", (t->flags & STREAM) != 0);
	x_flag(n, "keyed", (t->flags & KEYED) != 0);
	describe_fields(n, t->fields);
	if (t->list != NULL)
		describe_list(n, t->list);
}

void
describe(const struct app *app, const struct conf *conf)
{
	xmlNodePtr root = x_page();

	xmlNodeSetName(root, (const xmlChar *)"program");
	x_attr(root, "name", app->name);
	x_attr(root, "site", conf->site);
	for (const struct route *t = app->routes; t->path != NULL; t++)
		describe_route(root, app, t);
	for (const struct route *t = views_routes; views_offered(app) && t->path != NULL; t++)
		describe_route(root, app, t);
	xmlDocFormatDump(stdout, root->doc, 1);
	xmlFreeDoc(root->doc);
}

int
self_test(struct server *s)
{
	/* The statements were prepared at the start; here the ones that are put together. */
	bool good = !views_offered(s->app) || views_check(s->db, s->conf->site);

	for (const struct route *t = s->app->routes; t->path != NULL; t++) {
		if (t->list != NULL)
			good = list_check(s->db, s->pool, t->list) && good;
		if (t->entity != NULL)
			good = crud_check(s->db, s->pool, t->entity) && good;
	}
	printf("%s %s: %s\n", s->conf->site, s->app->name, good ? "good" : "FAILED");
	return good ? 0 : 1;
}

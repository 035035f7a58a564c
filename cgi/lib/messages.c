/* See messages.h. */
#include "messages.h"

#include "form.h"

const char *const messages_states[] = { "unread", "read", NULL };

const struct field messages_id[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ 0 }
};

const struct column messages_columns[] = {
	{ "kind", TYPE_STATUS, .set = "notification" },
	{ "about", TYPE_CODE, .sub = "who" },
	{ "created_at", TYPE_AGO, .sort = "m.id" },
	{ "state", TYPE_STATUS, .set = "message" },
	{ 0 }
};

const struct view messages_views[] = {
	{ "all", "" },
	{ "unread", "state=unread", true },
	{ 0 }
};

int
messages_page(struct req *r)
{
	int status;

	x_action(r->heading, "notice-choices", "get", "/messages/choices");
	if (r->user.unread > 0)
		x_action(r->heading, "read-all", "post", "/messages/read");
	status = list_page(r, r->route->list);
	if (r->body == NULL && !r->streamed)
		x_attr(r->page->last, "kind", "inbox");
	return status;
}

void
messages_recent(struct req *r, const struct rows *rows)
{
	static const struct column columns[] = {
		{ "kind", TYPE_STATUS, .set = "notification" },
		{ "about", TYPE_CODE, .sub = "who" },
		{ "created_at", TYPE_AGO },
		{ 0 }
	};
	xmlNodePtr n;

	if (rows->n == 0)
		return;
	n = x_table(r->page, "list", "home-messages", columns);
	x_attr(n, "kind", "inbox");
	for (size_t i = 0; i < rows->n; i++)
		x_action(x_row(n, rows, i, columns, NULL), "open", "post",
		    x_href(r->pool, "/messages/open?id={id}", rows, i));
	x_link(n, "all", "/messages/");
}

int
messages_go(struct req *r, const struct rows *opened)
{
	const char *href;

	if (opened->n == 0)
		return 404;
	href = row_str(opened, 0, "href");
	return req_redirect(r, "%s", href[0] == '\0' ? "/messages/" : href);
}

const struct field messages_choice_fields[] = {
	{ "kinds", TYPE_CHECKS, MANY, .set = "notification" },
	{ 0 }
};

int
messages_choices(struct req *r, const struct rows *choices)
{
	static const struct column columns[] = {
		{ "kind", TYPE_STATUS, .set = "notification" },
		{ "duty", TYPE_STATUS, .set = "duty" },
		{ 0 }
	};
	xmlNodePtr form, kinds, list;

	req_page(r, "choices");
	req_trail(r, "messages", "/messages/");
	form = x_form(r, "notices", "/messages/choices", messages_choice_fields, NULL);
	kinds = form_find(form, "kinds");
	list = x_table(r->page, "list", "notice-duties", columns);
	for (size_t i = 0; i < choices->n; i++) {
		if (!row_null(choices, i, "duty"))
			x_row(list, choices, i, columns, NULL);
		else
			form_option(kinds, row_str(choices, i, "kind"), NULL,
			    row_int(choices, i, "rings") != 0);
	}
	form_action(form, "save");
	return 200;
}

const char *
messages_chosen(struct req *r)
{
	return form_ticks(r, "kinds");
}

int
messages_chose(struct req *r, const struct rows *done)
{
	return req_done(r, done, "saved", "/messages/choices");
}

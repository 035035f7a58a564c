/* See search.h. */
#include "search.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const struct field search_fields[] = {
	{ "q", TYPE_SEARCH, .max = SEARCH_MAX },
	{ 0 }
};

const char *
search_text(struct req *r)
{
	const char *text = req_str(r, "q");

	if (text[0] == '\0')
		req_page(r, "empty");
	else
		req_title(r, text);
	/* One letter begins too much; one character of Chinese does not. */
	return strlen(text) < 2 ? "" : text;
}

bool
search_is_number(const char *text, const char *letters)
{
	return strncasecmp(text, letters, strlen(letters)) == 0 &&
	    isdigit((unsigned char)text[strlen(letters)]) != 0;
}

bool
search_is_digits(const char *text)
{
	return strlen(text) >= 6 && text[strspn(text, "0123456789")] == '\0';
}

/* The one row whose number is what was typed. */
static const char *
meant(struct req *r, const struct search_kind *kind, const struct rows *rows)
{
	const char *href = NULL;

	for (size_t i = 0; i < rows->n; i++) {
		if (strcasecmp(row_str(rows, i, kind->number), req_str(r, "q")) != 0)
			continue;
		if (href != NULL)
			return NULL;
		href = x_href(r->pool, kind->href, rows, i);
	}
	return href;
}

/* More of the kind: its list, asked the same. */
static void
add_all(struct req *r, xmlNodePtr n, const char *list)
{
	const char *path = r->path, *query = r->query;

	r->path = list;
	r->query = "";
	x_link(n, "all", req_url_with(r, "q", req_str(r, "q")));
	r->path = path;
	r->query = query;
}

void
search_found(struct req *r, const struct search_kind *kind, const struct rows *rows,
    const char **straight)
{
	xmlNodePtr n;

	if (rows == NULL || rows->n == 0)
		return;
	if (*straight == NULL)
		*straight = meant(r, kind, rows);
	n = x_list(r, pool_printf(r->pool, "search-%s", kind->name), rows, kind->columns,
	    kind->href);
	if (kind->list != NULL && rows->n == SEARCH_SHOWN)
		add_all(r, n, kind->list);
}

int
search_done(struct req *r, const char *straight)
{
	if (straight != NULL && r->format == FORMAT_HTML)
		return req_redirect(r, "%s", straight);
	if (r->page->last == r->heading)
		x_notice(r->page, "info", req_given(r, "q") ? "notice.search.nothing" :
		    "notice.search.hint");
	return 200;
}

/* See req.h: tables that come with a request. */
#include <string.h>

#include "req.h"
#include "upload.h"

bool
req_table(struct req *r, const char *field, struct table *to)
{
	const struct part *file = req_file(r, field);
	const char *error = "required";

	*to = (struct table){ .sheet = "" };
	if (file != NULL &&
	    upload_parse(r->uploads, r->pool, file->value, file->n, to, &error))
		return true;
	req_error(r, field, error, NULL);
	return false;
}

bool
req_pasted(struct req *r, const char *field, struct table *to)
{
	const char *text = req_str(r, field);
	const char *error;

	*to = (struct table){ .sheet = "" };
	if (tabular_read_pasted(to, r->pool, text, strlen(text), &error))
		return true;
	req_error(r, field, *text == '\0' ? "required" : error, NULL);
	return false;
}

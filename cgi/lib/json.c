/* See json.h. */
#include "json.h"

#include <stdbool.h>
#include <string.h>

struct json {
	struct buf *b;
	bool members; /* of the object at hand */
	bool open;
};

struct json *
json_array(struct pool *p)
{
	struct json *j = pool_alloc(p, sizeof(*j));

	j->b = buf_new(p);
	buf_char(j->b, '[');
	return j;
}

void
json_object(struct json *j)
{
	buf_str(j->b, j->open ? "},{" : "{");
	j->open = true;
	j->members = false;
}

static void
put_string(struct buf *b, const char *s)
{
	buf_char(b, '"');
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < 0x20)
			buf_printf(b, "\\u%04x", c);
		else
			buf_char(b, *s);
	}
	buf_char(b, '"');
}

static void
put_name(struct json *j, const char *name)
{
	if (j->members)
		buf_char(j->b, ',');
	j->members = true;
	put_string(j->b, name);
	buf_char(j->b, ':');
}

void
json_int(struct json *j, const char *name, int64_t value)
{
	put_name(j, name);
	buf_printf(j->b, "%lld", (long long)value);
}

void
json_text(struct json *j, const char *name, const char *value)
{
	put_name(j, name);
	if (value == NULL)
		buf_str(j->b, "null");
	else
		put_string(j->b, value);
}

const char *
json_end(struct json *j)
{
	return pool_printf(j->b->pool, "%s%s]", j->b->s, j->open ? "}" : "");
}

const char *
json_strings(struct pool *p, const char *const *values, size_t n)
{
	struct buf *b = buf_new(p);

	buf_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(b, ',');
		put_string(b, values[i]);
	}
	buf_char(b, ']');
	return b->s;
}

/* See db.h. */
#include "db.h"

#include <string.h>

struct arg
arg_int(int64_t i)
{
	return (struct arg){ ARG_INT, i, NULL, 0 };
}

struct arg
arg_bytes(const void *s, size_t n)
{
	return (struct arg){ s == NULL ? ARG_NULL : ARG_BYTES, 0, s, n };
}

struct arg
arg_text(const char *s)
{
	return (struct arg){ s == NULL ? ARG_NULL : ARG_TEXT, 0, s, s == NULL ? 0 : strlen(s) };
}

struct arg
arg_some(enum arg_type t, const char *s)
{
	struct arg a = arg_text(s);

	a.type = a.n == 0 ? ARG_NULL : t;
	return a;
}

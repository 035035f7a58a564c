/* Request parts: the first line of the input is the Content-Type, the rest the body. */
#include "fuzz.h"

#include "multipart.h"
#include "utf8.h"

static void
check(const struct parts *parts)
{
	fuzz_claim(parts->n <= PARTS_MAX);
	for (size_t i = 0; i < parts->n; i++) {
		const struct part *part = &parts->part[i];

		fuzz_claim(utf8_clean(part->name, strlen(part->name)));
		if (part->filename == NULL)
			fuzz_claim(strlen(part->value) == part->n &&
			    utf8_clean(part->value, part->n));
	}
}

static void
fuzz_one(struct pool *p, const char *s, size_t n)
{
	static const char *const offers[] = { "text/html", "application/xml", "zh-CN" };
	const char *line = memchr(s, '\n', n);
	size_t head = line != NULL ? (size_t)(line - s) : n;
	const char *type = pool_strndup(p, s, head);
	struct parts query = { .pool = p };
	struct parts body = { .pool = p };
	const char *error = NULL;
	const char *value;

	if (parts_urlencoded(&query, s, n, &error))
		check(&query);
	if (line != NULL && parts_body(&body, type, line + 1, n - head - 1, &error))
		check(&body);
	cookie_find(p, type, "xo", &value, &error);
	accept_media(type, offers, 3);
	accept_language(type, offers, 3);
}

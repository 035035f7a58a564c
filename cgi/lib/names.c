/* See names.h. */
#include "names.h"

#include <string.h>

#include "format.h"

char *
names_said(const struct words *w, const char *set, const char *names)
{
	static const char between[] = "、", join[] = "names.and";
	struct text said = { 0 }, key = { 0 };
	const char *word;

	text_str(&said, "");
	while (*names != '\0') {
		const char *end = strstr(names, between);
		size_t n = end == NULL ? strlen(names) : (size_t)(end - names);

		key.n = 0;
		text_str(&key, "status.");
		text_str(&key, set);
		text_add(&key, ".", 1);
		text_add(&key, names + 1, n == 0 ? 0 : n - 1);
		word = *names == '#' ? word_n(w, key.s, key.n) : NULL;
		text_add(&said, word != NULL ? word : names, word != NULL ? strlen(word) : n);
		names += n;
		if (end == NULL)
			continue;
		word = word_n(w, join, sizeof(join) - 1);
		text_str(&said, word != NULL ? word : between);
		names += sizeof(between) - 1;
	}
	text_free(&key);
	return said.s;
}

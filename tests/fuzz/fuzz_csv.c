/* Tables from text: files in any charset, pasted lines, and the stream between the processes. */
#include "fuzz_table.h"

static void
fuzz_one(struct pool *p, const char *s, size_t n)
{
	const char *error = NULL;
	struct table t;

	if (n < 4 || memcmp(s, "PK", 2) != 0)
		if (tabular_read(&t, p, s, n, &error))
			fuzz_check_table(&t);
	if (utf8_clean(s, n) && tabular_read_pasted(&t, p, s, n, &error))
		fuzz_check_table(&t);
	tabular_decode(&t, p, pool_strndup(p, s, n), n);
}

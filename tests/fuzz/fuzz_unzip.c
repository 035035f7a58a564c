/* The directory of an archive, and inflating what it names. */
#include "fuzz.h"

#include "unzip.h"

static bool
count(void *arg, const char *s, size_t n)
{
	(void)s;
	*(size_t *)arg += n;
	return true;
}

static void
fuzz_one(struct pool *p, const char *s, size_t n)
{
	const char *error = NULL;
	struct zip zip;

	if (!zip_open(&zip, p, s, n, &error))
		return;
	for (size_t i = 0; i < zip.n; i++) {
		size_t got = 0;

		if (zip_read(&zip.entry[i], count, &got, &error))
			fuzz_claim(got == zip.entry[i].size);
		fuzz_claim(got <= zip.entry[i].size);
	}
}

/* The rig's own check: a percent sign at the end is read past.  A run that does not find it is
 * broken. */
#include "fuzz.h"

static void
fuzz_one(struct pool *p, const char *s, size_t n)
{
	(void)p;
	for (size_t i = 0; i < n; i++)
		if (s[i] == '%')
			fuzz_claim(s[i + 2] != 'x' || s[i + 1] != 'x');
}

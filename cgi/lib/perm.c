/* See perm.h. */
#include "perm.h"

#include <string.h>

static const char *const names[] = {
#define P(c, name) name,
	PERMISSIONS(P)
#undef P
};

const char *
perm_name(enum perm p)
{
	return names[p];
}

static uint64_t
bit(const char *name, size_t n)
{
	for (int p = PERM_SIGNED_IN + 1; p < PERM_COUNT; p++) {
		if (strlen(names[p]) == n && memcmp(names[p], name, n) == 0)
			return UINT64_C(1) << p;
	}
	return 0;
}

uint64_t
perm_set(const char *list)
{
	uint64_t set = UINT64_C(1) << PERM_SIGNED_IN;

	while (*list != '\0') {
		size_t n = strcspn(list, " ");

		set |= bit(list, n);
		list += n + strspn(list + n, " ");
	}
	return set;
}

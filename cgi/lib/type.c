/* See type.h. */
#include "type.h"

static const char *const names[] = {
#define V(c, name) name,
	TYPES(V)
#undef V
};

const char *
type_name(enum type t)
{
	return names[t];
}

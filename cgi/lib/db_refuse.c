/* See db_refuse.h. */
#include "db_refuse.h"

#include <stdio.h>
#include <string.h>

#include <mysqld_error.h>

static bool
is_constraint(unsigned code)
{
	return code == ER_DUP_ENTRY || code == ER_DUP_ENTRY_WITH_KEY_NAME ||
	    code == ER_NO_REFERENCED_ROW_2 || code == ER_ROW_IS_REFERENCED_2 ||
	    code == ER_CONSTRAINT_FAILED || code == ER_DUP_UNKNOWN_IN_INDEX;
}

static bool
is_value(unsigned code)
{
	return code == ER_TRUNCATED_WRONG_VALUE_FOR_FIELD || code == ER_DATA_TOO_LONG ||
	    code == ER_WARN_DATA_OUT_OF_RANGE;
}

/* The last name in the message that starts like one of our constraints. */
static void
name_constraint(const char *message, char *out, size_t n)
{
	static const char *const prefixes[] = { "uq_", "fk_", "ck_" };

	for (size_t p = 0; p < sizeof(prefixes) / sizeof(prefixes[0]); p++) {
		const char *at = strstr(message, prefixes[p]);

		if (at != NULL) {
			int length = (int)strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");

			snprintf(out, n, "%.*s", length, at);
			return;
		}
	}
	snprintf(out, n, "constraint");
}

/* The column is named last before the row, in quotes of either kind. */
static void
name_value(const char *message, char *out, size_t n)
{
	const char *at = strstr(message, "column ");
	const char *name = "";

	for (; at != NULL && *at != '\0' && strncmp(at, " at row", 7) != 0; at++) {
		if (strchr("`'", *at) != NULL && at[1] >= 'a' && at[1] <= 'z')
			name = at + 1;
	}
	snprintf(out, n, "value|%.*s", (int)strcspn(name, "`'"), name);
}

bool
db_refuses(unsigned code, const char *message, char *out, size_t n)
{
	if (is_constraint(code))
		name_constraint(message, out, n);
	else if (is_value(code))
		name_value(message, out, n);
	else
		return false;
	return true;
}

/*
 * alike.h - whether a new party is there already (E19).
 *
 * The same credit code is refused.  The same or a similar name as names of reports are matched
 * (match.h), a name that holds the other, or the same address is asked about: it is the user who
 * says that it is another one.  What is found is named to everybody, opened by those it is for.
 */
#ifndef XIAOAO_ALIKE_H
#define XIAOAO_ALIKE_H

#include "req.h"

struct alike_given {
	int64_t id;          /* of the party itself, 0: a new one */
	const char *name;
	const char *uscc;    /* "" when not given, as the rest */
	const char *region;  /* code */
	const char *address;
	bool sure;           /* the user said that it is another one */
};

/* Errors beside uscc or name when there is one like it. */
void alike_check(struct req *r, const struct alike_given *given);

/* Those that were found, as a list, on the page that is shown again. */
void alike_list(struct req *r);

#endif

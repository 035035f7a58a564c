/*
 * audience.h - for whom a price list or a rule of visibility holds: everybody,
 * a province, a customer group or one customer.
 *
 * The narrower wins: customer, group, province, all (E11, E12).  A form takes
 * all four inputs; only the one its scope names is kept.
 */
#ifndef XIAOAO_AUDIENCE_H
#define XIAOAO_AUDIENCE_H

#include "req.h"

extern const char *const audiences[]; /* all province group customer */

/* The inputs, in a fieldset `who`.  party is the code of a customer. */
#define AUDIENCE_FIELDS \
	{ "scope", TYPE_SELECT, REQUIRED, .set = "scope", .options = audiences, .group = "who" }, \
	{ "party", TYPE_LOOKUP, .max = 20, .group = "who", .href = "/suggest/parties" }, \
	{ "group_id", TYPE_SELECT, .group = "who" }, \
	{ "province", TYPE_SELECT, .group = "who" }

struct audience {
	const char *scope;
	int64_t party;        /* 0: none */
	int64_t group;
	const char *province; /* "": none */
};

/* Choices of groups and provinces for a form with AUDIENCE_FIELDS. */
void audience_options(struct req *r, xmlNodePtr form);

/* What was chosen; an error beside the field that the scope needs and does not have. */
struct audience audience_read(struct req *r);

/* party_id, group_id, province of a statement. */
#define AUDIENCE_ARGS(a) arg_id((a)->party), arg_id((a)->group), T((a)->province)

/* The id of the customer whose code stands in `field`; 0, and an error beside it, when unknown. */
int64_t audience_customer(struct req *r, const char *field);

/* An id; 0 is NULL. */
struct arg arg_id(int64_t id);

#endif

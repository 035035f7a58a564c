/* See audience.h. */
#include "audience.h"

#include <string.h>

#include "form.h"
#include "scope.h"

const char *const audiences[] = { "all", "province", "group", "customer", NULL };

struct arg
arg_id(int64_t id)
{
	return id == 0 ? arg_text(NULL) : I(id);
}

void
audience_options(struct req *r, xmlNodePtr form)
{
	static const struct sql groups = { "audience.groups",
		"SELECT id AS value, name AS label FROM customer_group ORDER BY code" };
	static const struct sql provinces = { "audience.provinces",
		"SELECT code AS value, name AS label FROM region WHERE level = 1 ORDER BY code" };

	form_options(form, "group_id", db_query(r->db, r->pool, &groups, ARGS()));
	form_options(form, "province", db_query(r->db, r->pool, &provinces, ARGS()));
}

int64_t
audience_customer(struct req *r, const char *field)
{
	static const struct sql customer = { "audience.customer",
		"SELECT c.party_id AS id FROM party p JOIN customer c ON c.party_id = p.id"
		" WHERE p.code = ? AND " IN_SCOPE("c.rep_id", "c.org_unit_id") };
	const struct rows *found = db_query(r->db, r->pool, &customer, ARGS(S(req_str(r, field))));

	if (found->n > 0)
		return row_int(found, 0, "id");
	req_error(r, field, "party.unknown", "code", req_str(r, field), NULL);
	return 0;
}

struct audience
audience_read(struct req *r)
{
	struct audience a = { .scope = req_str(r, "scope"), .province = "" };

	if (strcmp(a.scope, "customer") == 0 && !req_given(r, "party"))
		req_error(r, "party", "required", NULL);
	else if (strcmp(a.scope, "customer") == 0)
		a.party = audience_customer(r, "party");
	else if (strcmp(a.scope, "group") == 0)
		a.group = req_int(r, "group_id", 0);
	else if (strcmp(a.scope, "province") == 0)
		a.province = req_str(r, "province");
	if (strcmp(a.scope, "group") == 0 && a.group == 0)
		req_error(r, "group_id", "required", NULL);
	if (strcmp(a.scope, "province") == 0 && a.province[0] == '\0')
		req_error(r, "province", "required", NULL);
	return a;
}

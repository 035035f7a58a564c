/*
 * customergroups.c - groups of customers: whom a price list, a rule or a policy is for.
 */
#include "crud.h"

static const struct column columns[] = {
	{ "code", TYPE_CODE, .sort = "g.code" },
	{ "name", TYPE_TEXT, .sort = "g.name" },
	{ "customers", TYPE_INT },
	{ "price_lists", TYPE_INT },
	{ 0 }
};

static const struct list groups = {
	.name = "customergroups",
	.columns = columns,
	.row_href = "/customergroups/edit?id={id}",
	.sort = "code",
	.select = "g.id, g.code, g.name,"
	    " (SELECT COUNT(*) FROM customer c WHERE c.group_id = g.id) AS customers,"
	    " (SELECT COUNT(*) FROM price_list l WHERE l.group_id = g.id AND l.status = 'active')"
	    " AS price_lists",
	.from = "customer_group g",
	.key = "g.id",
	.create = "create",
	.create_href = "/customergroups/edit",
	.create_perm = PERM_PARTY_EDIT,
};

static const struct field fields[] = {
	CRUD_ID,
	{ "code", TYPE_CODE, REQUIRED, .max = 20 },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ 0 }
};

static const struct entity group = {
	.name = "customergroup",
	.table = "customer_group",
	.path = "/customergroups",
	.title = "name",
	.fields = fields,
	.list = &groups,
	.edit = PERM_PARTY_EDIT,
};

static const struct route routes[] = {
	{ "/", GET, PERM_PARTY_VIEW, crud_list, .list = &groups, .entity = &group },
	{ "/edit", GET, PERM_PARTY_EDIT, crud_edit, fields, .entity = &group },
	{ "/save", POST, PERM_PARTY_EDIT, crud_save, fields, crud_edit, .entity = &group },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "customergroups", routes };

	return app_main(&app, argc, argv);
}

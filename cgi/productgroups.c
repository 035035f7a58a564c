/*
 * productgroups.c - product lines: what rules of visibility and of approval speak of.
 */
#include "crud.h"

static const struct column columns[] = {
	{ "code", TYPE_CODE, .sort = "g.code" },
	{ "name", TYPE_TEXT, .sub = "parent", .sort = "g.name" },
	{ "products", TYPE_INT },
	{ 0 }
};

static const struct list groups = {
	.name = "productgroups",
	.columns = columns,
	.row_href = "/products/?group={id}",
	.sort = "code",
	.select = "g.id, g.code, g.name, p.name AS parent,"
	    " (SELECT COUNT(*) FROM product_group_item i WHERE i.group_id = g.id) AS products",
	.from = "product_group g LEFT JOIN product_group p ON p.id = g.parent_id",
	.key = "g.id",
	.create = "create",
	.create_href = "/productgroups/edit",
	.create_perm = PERM_PRODUCT_EDIT,
};

static const struct field fields[] = {
	CRUD_ID,
	{ "code", TYPE_CODE, REQUIRED, .max = 20 },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "parent_id", TYPE_SELECT },
	{ 0 }
};

static const struct choice choices[] = {
	{ "parent_id", "SELECT id AS value, name AS label FROM product_group ORDER BY code" },
	{ 0 }
};

static const struct entity group = {
	.name = "productgroup",
	.table = "product_group",
	.path = "/productgroups",
	.title = "name",
	.fields = fields,
	.choices = choices,
	.list = &groups,
	.edit = PERM_PRODUCT_EDIT,
};

static const struct route routes[] = {
	{ "/", GET, PERM_PRODUCT_VIEW, crud_list, .list = &groups, .entity = &group },
	{ "/edit", GET, PERM_PRODUCT_EDIT, crud_edit, fields, .entity = &group },
	{ "/save", POST, PERM_PRODUCT_EDIT, crud_save, fields, crud_edit, .entity = &group },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "productgroups", routes };

	return app_main(&app, argc, argv);
}

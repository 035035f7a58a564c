/*
 * warehouses.c - where stock lies.
 *
 * Goods refused or returned go to one of kind quarantine and are never sold from
 * there.  A warehouse has movements for ever, so it is closed, never deleted.
 */
#include "crud.h"

static const char *const kinds[] = { "normal", "quarantine", NULL };
static const char *const statuses[] = { "active", "closed", NULL };

static const struct column columns[] = {
	{ "code", TYPE_CODE, .sort = "w.code" },
	{ "name", TYPE_TEXT, .sub = "address" },
	{ "kind", TYPE_STATUS, .set = "warehouse_kind" },
	{ "cold", TYPE_FLAG },
	{ "products", TYPE_INT },
	{ "qty", TYPE_QTY },
	{ "status", TYPE_STATUS, .set = "address" },
	{ 0 }
};

static const struct list warehouses = {
	.name = "warehouses",
	.columns = columns,
	.row_href = "/warehouses/edit?id={id}",
	.sort = "code",
	.select = "w.id, w.code, w.name, w.address, w.kind, IF(w.cold, 'true', 'false') AS cold,"
	    " (SELECT COUNT(DISTINCT b.product_id) FROM stock_balance b"
	    " WHERE b.warehouse_id = w.id AND b.qty > 0) AS products,"
	    " (SELECT SUM(b.qty) FROM stock_balance b WHERE b.warehouse_id = w.id) AS qty,"
	    " w.status",
	.from = "warehouse w",
	.key = "w.id",
};

static const struct field fields[] = {
	CRUD_ID,
	{ "code", TYPE_CODE, REQUIRED, .max = 20 },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "kind", TYPE_SELECT, REQUIRED, .set = "warehouse_kind", .options = kinds },
	{ "address", TYPE_TEXT, .max = 200 },
	{ "cold", TYPE_CHECK },
	{ "status", TYPE_SELECT, REQUIRED, .set = "address", .options = statuses },
	{ 0 }
};

static const struct entity warehouse = {
	.name = "warehouse",
	.table = "warehouse",
	.path = "/warehouses",
	.title = "name",
	.fields = fields,
	.defaults = "SELECT 'normal' AS kind, 'active' AS status",
	.list = &warehouses,
	.edit = PERM_STOCK_EDIT,
};

static const struct route routes[] = {
	{ "/", GET, PERM_STOCK_VIEW, crud_list, .list = &warehouses, .entity = &warehouse },
	{ "/edit", GET, PERM_STOCK_EDIT, crud_edit, fields, .entity = &warehouse },
	{ "/save", POST, PERM_STOCK_EDIT, crud_save, fields, crud_edit, .entity = &warehouse },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "warehouses", routes };

	return app_main(&app, argc, argv);
}

/*
 * products.c - products: what may be sold, in which packs, to whom.
 *
 * A product is one 品规: generic name, form, strength, pack, maker and approval
 * number.  Orders refer to it for ever, so it is stopped, never deleted.
 */
#include "crud.h"

static const char *const statuses[] = { "draft", "active", "stopped", NULL };
static const char *const storage_classes[] = { "normal", "cool", "cold", "frozen", NULL };

static const struct column columns[] = {
	{ "code", TYPE_CODE, .href = "/products/edit?id={id}", .sort = "p.code" },
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "p.generic_name" },
	{ "dosage_form", TYPE_TEXT },
	{ "approval_no", TYPE_CODE },
	{ "case_qty", TYPE_QTY, .unit = "{unit}" },
	{ "storage_class", TYPE_STATUS, .set = "storage" },
	{ "status", TYPE_STATUS, .set = "product" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "p.code LIKE ? OR p.generic_name LIKE ? OR p.pinyin LIKE ?", 3, true },
	{ { "status", TYPE_SELECT, .set = "product", .options = statuses }, "p.status = ?" },
	{ 0 }
};

static const struct list products = {
	.name = "products",
	.columns = columns,
	.filters = filters,
	.sort = "code",
	.select = "p.id, p.code, p.generic_name AS product, p.pack_spec AS pack, p.dosage_form,"
	    " p.approval_no, p.case_qty, p.unit, p.storage_class, p.status",
	.from = "product p",
	.key = "p.id",
};

static const struct field fields[] = {
	CRUD_ID,
	{ "code", TYPE_CODE, REQUIRED, .max = 20, .group = "identity" },
	{ "generic_name", TYPE_TEXT, REQUIRED, .max = 80, .group = "identity" },
	{ "trade_name", TYPE_TEXT, .max = 60, .group = "identity" },
	{ "dosage_form", TYPE_TEXT, REQUIRED, .max = 40, .group = "identity" },
	{ "strength", TYPE_TEXT, REQUIRED, .max = 60, .group = "identity" },
	{ "approval_no", TYPE_TEXT, REQUIRED, .max = 40, .group = "identity" },
	{ "pack_spec", TYPE_TEXT, REQUIRED, .max = 60, .group = "pack" },
	{ "unit", TYPE_TEXT, REQUIRED, .max = 8, .group = "pack" },
	{ "inner_pack_qty", TYPE_INT, REQUIRED, 1, 100000, .group = "pack" },
	{ "case_qty", TYPE_INT, REQUIRED, 1, 100000, .group = "pack" },
	{ "min_qty", TYPE_INT, REQUIRED, 1, 100000, .group = "pack" },
	{ "qty_multiple", TYPE_INT, REQUIRED, 1, 100000, .group = "pack" },
	{ "storage_class", TYPE_SELECT, REQUIRED, .set = "storage", .options = storage_classes,
	    .group = "terms" },
	{ "status", TYPE_SELECT, REQUIRED, .set = "product", .options = statuses, .group = "terms" },
	{ "description", TYPE_TEXTAREA, .group = "terms" },
	{ 0 }
};

static const struct entity product = {
	.name = "product",
	.table = "product",
	.path = "/products",
	.title = "generic_name",
	.fields = fields,
	.list = &products,
	.edit = PERM_PRODUCT_EDIT,
};

static const struct route routes[] = {
	{ "/", GET, PERM_PRODUCT_VIEW, crud_list, .list = &products, .entity = &product },
	{ "/edit", GET, PERM_PRODUCT_VIEW, crud_edit, fields, .entity = &product },
	{ "/save", POST, PERM_PRODUCT_EDIT, crud_save, fields, crud_edit, .entity = &product },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "products", routes };

	return app_main(&app, argc, argv);
}

/*
 * products.c - products: what may be sold, in which packs, to whom.
 *
 * A product is one 品规: generic name, form, strength, pack, maker and approval
 * number.  Orders refer to it for ever, so it is stopped, never deleted.
 */
#include <string.h>

#include "crud.h"
#include "form.h"
#include "uscc.h"
#include "audience.h"

enum {
	GROUP_CHOICES, GET_ONE, CODES, GROUPS, RULES, PRICES, LOTS, TITLE, SET_PINYIN,
	CODE_ADD, CODE_REMOVE, GROUP_ADD, GROUP_REMOVE, NSQL
};

static const struct sql sql[NSQL] = {
	[GROUP_CHOICES] = { "products.group_choices",
		"SELECT id AS value, name AS label FROM product_group ORDER BY code" },
	[GET_ONE] = { "products.get",
		"SELECT p.id, p.code, p.generic_name, p.trade_name, p.dosage_form, p.strength,"
		" p.pack_spec, p.unit, p.inner_pack_qty, p.case_qty, p.min_qty, p.qty_multiple,"
		" m.name AS manufacturer, p.approval_no, p.barcode, p.nhsa_category, p.nhsa_code,"
		" IF(p.is_essential, 'true', 'false') AS is_essential, IF(p.is_vbp, 'true',"
		" 'false') AS is_vbp, IF(p.is_prescription, 'true', 'false') AS is_prescription,"
		" p.storage_class, p.storage_note, p.control_class, COALESCE(d.name,"
		" p.licence_scope) AS licence_scope, p.vat_rate, p.shelf_life_months,"
		" p.floor_price, a.token AS picture,"
		" IF(p.visible, 'true', 'false') AS visible, p.status,"
		" CONCAT(p.generic_name, ' ', p.pack_spec) AS title, COALESCE(f.free, 0) AS free"
		" FROM product p LEFT JOIN party m ON m.id = p.manufacturer_id"
		" LEFT JOIN attachment a ON a.id = p.image_id LEFT JOIN code_dict"
		" d ON d.list = 'licence_scope' AND d.code = p.licence_scope"
		" LEFT JOIN (SELECT b.product_id, SUM(b.qty - b.reserved) AS free"
		" FROM stock_balance b JOIN lot l ON l.id = b.lot_id JOIN warehouse w"
		" ON w.id = b.warehouse_id WHERE l.status = 'released' AND w.kind = 'normal'"
		" AND NOT is_expired(l.expires_on, business_day()) AND b.product_id = ?"
		" GROUP BY b.product_id) f ON f.product_id = p.id WHERE p.id = ?" },
	[CODES] = { "products.codes",
		"SELECT c.id, c.kind, c.value, p.name AS party, c.valid_from, c.valid_to"
		" FROM product_code c LEFT JOIN party p ON p.id = c.party_id"
		" WHERE c.product_id = ? ORDER BY c.kind, c.value" },
	[GROUPS] = { "products.groups",
		"SELECT g.id, g.code, g.name FROM product_group_item i JOIN product_group g"
		" ON g.id = i.group_id WHERE i.product_id = ? ORDER BY g.code" },
	[RULES] = { "products.rules",
		"SELECT v.id, v.effect, v.scope, COALESCE(p.name, cg.name, r.name) AS target,"
		" g.name AS by_group, v.valid_from, v.valid_to FROM product_visibility v"
		" LEFT JOIN party p ON p.id = v.party_id LEFT JOIN customer_group cg"
		" ON cg.id = v.group_id LEFT JOIN region r ON r.code = v.province"
		" LEFT JOIN product_group g ON g.id = v.product_group_id WHERE v.product_id = ?"
		" OR v.product_group_id IN (SELECT i.group_id FROM product_group_item i"
		" WHERE i.product_id = ?) ORDER BY v.scope DESC, v.effect DESC, v.id" },
	[PRICES] = { "products.prices",
		"SELECT t.id, l.id AS list_id, l.code, l.name, l.scope, COALESCE(p.name, cg.name,"
		" r.name) AS target, t.min_qty, t.price, COALESCE(t.floor_price,"
		" pr.floor_price) AS floor_price, l.valid_from, l.valid_to FROM price_tier t"
		" JOIN price_list l ON l.id = t.price_list_id JOIN product pr"
		" ON pr.id = t.product_id LEFT JOIN party p ON p.id = l.party_id"
		" LEFT JOIN customer_group cg ON cg.id = l.group_id LEFT JOIN region r"
		" ON r.code = l.province WHERE t.product_id = ? AND l.status = 'active'"
		" AND (l.valid_to IS NULL OR l.valid_to >= business_day()) ORDER BY l.scope,"
		" l.priority DESC, l.code, t.min_qty LIMIT 50" },
	[LOTS] = { "products.lots",
		"SELECT l.id, l.lot_no, l.produced_on, l.expires_on, l.status, l.report_id,"
		" COALESCE(b.qty, 0) AS qty, COALESCE(b.free, 0) AS free,"
		" IF(is_expired(l.expires_on, business_day()), 'expired', IF(l.expires_on <="
		" business_day() + INTERVAL param_int('stock.alarm_days', 90) DAY, 'alarm',"
		" IF(l.expires_on <= business_day() + INTERVAL param_int('stock.warn_days', 180)"
		" DAY, 'near', 'good'))) AS life, IF(l.report_id IS NULL, 'missing',"
		" 'there') AS report FROM lot l LEFT JOIN (SELECT lot_id, SUM(qty) AS qty,"
		" SUM(qty - reserved) AS free FROM stock_balance GROUP BY lot_id) b"
		" ON b.lot_id = l.id WHERE l.product_id = ? ORDER BY COALESCE(b.qty, 0) > 0 DESC,"
		" l.expires_on LIMIT 30" },
	[SET_PINYIN] = { "products.set_pinyin",
		"UPDATE product SET pinyin = pinyin_initials(CONCAT_WS(' ', generic_name,"
		" trade_name)) WHERE id = ?" },
	[CODE_ADD] = { "products.code_add",
		"INSERT INTO product_code (product_id, kind, value, party_id, valid_from, valid_to)"
		" SELECT id, ?, ?, ?, ?, ? FROM product WHERE id = ?" },
	[CODE_REMOVE] = { "products.code_remove",
		"DELETE FROM product_code WHERE id = ? AND product_id = ?" },
	[GROUP_ADD] = { "products.group_add",
		"INSERT IGNORE INTO product_group_item (group_id, product_id) SELECT g.id, p.id"
		" FROM product_group g, product p WHERE g.id = ? AND p.id = ?" },
	[GROUP_REMOVE] = { "products.group_remove",
		"DELETE FROM product_group_item WHERE group_id = ? AND product_id = ?" },
	[TITLE] = { "products.title",
		"SELECT id, CONCAT(generic_name, ' ', pack_spec) AS title FROM product"
		" WHERE id = ?" },
};

static const char *const statuses[] = { "draft", "active", "stopped", NULL };
static const char *const storage_classes[] = { "normal", "cool", "cold", "frozen", NULL };
static const char *const nhsa_categories[] = { "A", "B", "negotiated", "none", NULL };
static const char *const control_classes[] = { "none", "narcotic", "psychotropic1",
	"psychotropic2", "toxic", "radioactive", "precursor", "anabolic", NULL };
static const char *const vat_rates[] = { "0.1300", "0.0900", "0.0600", "0.0300", "0.0000", NULL };
static const char *const parts[] = { "code", "group", NULL };
static const char *const code_kinds[] = { "approval", "gtin", "standard14", "nhsa", "buyer", NULL };

static const struct column columns[] = {
	{ "code", TYPE_CODE, .sort = "p.code" },
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "p.generic_name" },
	{ "dosage_form", TYPE_TEXT, .sort = "p.dosage_form" },
	{ "approval_no", TYPE_CODE },
	{ "manufacturer", TYPE_TEXT, .optional = true },
	{ "case_qty", TYPE_QTY, .unit = "{unit}" },
	{ "storage_class", TYPE_STATUS, .set = "storage" },
	{ "nhsa_category", TYPE_STATUS, .set = "nhsa" },
	{ "status", TYPE_STATUS, .set = "product", .sort = "p.status" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "p.code LIKE ? OR p.generic_name LIKE ? OR p.trade_name LIKE ?"
	    " OR p.pinyin LIKE ? OR p.barcode LIKE ? OR p.approval_no LIKE ?", 6, true },
	{ { "group", TYPE_SELECT }, "EXISTS (SELECT 1 FROM product_group_item i"
	    " WHERE i.product_id = p.id AND i.group_id = ?)" },
	{ { "status", TYPE_SELECT, .set = "product", .options = statuses }, "p.status = ?" },
	{ { "storage", TYPE_SELECT, .set = "storage", .options = storage_classes },
	    "p.storage_class = ?" },
	{ { "nhsa", TYPE_SELECT, .set = "nhsa", .options = nhsa_categories },
	    "p.nhsa_category = ?" },
	{ 0 }
};

static const struct list products = {
	.name = "products",
	.columns = columns,
	.filters = filters,
	.row_href = "/products/view?id={id}",
	.sort = "code",
	.select = "p.id, p.code, CONCAT_WS(' · ', p.generic_name, p.trade_name) AS product,"
	    " p.pack_spec AS pack, p.dosage_form, p.approval_no, m.name AS manufacturer,"
	    " p.case_qty, p.unit, p.storage_class, p.nhsa_category, p.status",
	.from = "product p LEFT JOIN party m ON m.id = p.manufacturer_id",
	.count_from = "product p",
	.key = "p.id",
	.create = "create",
	.create_href = "/products/edit",
	.create_perm = PERM_PRODUCT_EDIT,
};

static int
product_list(struct req *r)
{
	int status;

	x_action(r->heading, "groups", "get", "/productgroups/");
	if (req_may(r, PERM_PRODUCT_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/products/edit"), "primary", true);
	status = list_page(r, &products);
	form_options(r->page, "group", req_query(r, GROUP_CHOICES));
	return status;
}

static const struct column record[] = {
	{ "code", TYPE_CODE },
	{ "generic_name", TYPE_TEXT },
	{ "trade_name", TYPE_TEXT },
	{ "dosage_form", TYPE_TEXT },
	{ "strength", TYPE_TEXT },
	{ "pack_spec", TYPE_TEXT },
	{ "manufacturer", TYPE_TEXT },
	{ "approval_no", TYPE_CODE },
	{ "barcode", TYPE_CODE },
	{ "free", TYPE_QTY, .unit = "{unit}", .href = "/stock/?product={code}", .emphasis = true },
	{ "inner_pack_qty", TYPE_QTY, .unit = "{unit}" },
	{ "case_qty", TYPE_QTY, .unit = "{unit}" },
	{ "min_qty", TYPE_QTY, .unit = "{unit}" },
	{ "qty_multiple", TYPE_QTY, .unit = "{unit}" },
	{ "storage_class", TYPE_STATUS, .sub = "storage_note", .set = "storage" },
	{ "control_class", TYPE_STATUS, .set = "control" },
	{ "licence_scope", TYPE_TEXT },
	{ "nhsa_category", TYPE_STATUS, .sub = "nhsa_code", .set = "nhsa" },
	{ "is_prescription", TYPE_FLAG },
	{ "is_essential", TYPE_FLAG },
	{ "is_vbp", TYPE_FLAG },
	{ "vat_rate", TYPE_PERCENT },
	{ "shelf_life_months", TYPE_INT },
	{ "floor_price", TYPE_PRICE },
	{ "visible", TYPE_FLAG },
	{ 0 }
};

static const struct column lot_columns[] = {
	{ "lot_no", TYPE_CODE, .href = "/lots/view?id={id}" },
	{ "produced_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE },
	{ "life", TYPE_STATUS, .set = "life" },
	{ "qty", TYPE_QTY },
	{ "free", TYPE_QTY },
	{ "status", TYPE_STATUS, .set = "lot" },
	{ "report", TYPE_STATUS, .set = "report" },
	{ 0 }
};

static const struct column price_columns[] = {
	{ "code", TYPE_CODE, .sub = "name", .href = "/prices/view?id={list_id}" },
	{ "scope", TYPE_STATUS, .sub = "target", .set = "scope" },
	{ "min_qty", TYPE_QTY },
	{ "price", TYPE_PRICE, .emphasis = true },
	{ "floor_price", TYPE_PRICE },
	{ "valid_from", TYPE_DATE },
	{ "valid_to", TYPE_DATE },
	{ 0 }
};

static const struct column rule_columns[] = {
	{ "effect", TYPE_STATUS, .set = "effect" },
	{ "scope", TYPE_STATUS, .sub = "target", .set = "scope" },
	{ "by_group", TYPE_TEXT },
	{ "valid_from", TYPE_DATE },
	{ "valid_to", TYPE_DATE },
	{ 0 }
};

static const struct column code_columns[] = {
	{ "kind", TYPE_STATUS, .set = "product_code" },
	{ "value", TYPE_CODE, .sub = "party" },
	{ "valid_from", TYPE_DATE },
	{ "valid_to", TYPE_DATE },
	{ 0 }
};

static const struct column group_columns[] = {
	{ "code", TYPE_CODE },
	{ "name", TYPE_TEXT },
	{ 0 }
};

/* A part of the page whose rows can be added and removed. */
static void
add_part(struct req *r, const char *part, const struct rows *rows, const struct column *shown,
    const char *id)
{
	bool may = req_may(r, PERM_PRODUCT_EDIT);
	xmlNodePtr list = x_el(r->page, "list");

	x_attr(list, "name", pool_printf(r->pool, "product-%ss", part));
	x_columns(list, shown);
	for (size_t i = 0; i < rows->n; i++) {
		xmlNodePtr row = x_row(list, rows, i, shown, NULL);

		if (may)
			x_attr(x_action(row, "remove", "post", pool_printf(r->pool,
			    "/products/remove?part=%s&id=%s&item=%s", part, id,
			    row_str(rows, i, "id"))), "confirm", "remove");
	}
	if (may)
		x_action(list, "add", "get", pool_printf(r->pool, "/products/%s?id=%s", part, id));
}

static int
product_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *p = req_query(r, GET_ONE, I(id), I(id));
	const char *text;
	xmlNodePtr facts, rules;

	if (p->n == 0)
		return 404;
	text = row_str(p, 0, "id");
	req_title(r, row_str(p, 0, "title"));
	req_state(r, "product", row_str(p, 0, "status"));
	req_trail(r, "products", "/products/");
	if (req_may(r, PERM_PRODUCT_EDIT))
		x_flag(x_action(r->heading, "edit", "get",
		    x_href(r->pool, "/products/edit?id={id}", p, 0)), "primary", true);
	facts = x_record(r->page, "product", p, record);
	x_picture(facts, x_href(r->pool, "/pictures/show?token={picture}", p, 0));
	if (req_may(r, PERM_PRODUCT_EDIT))
		x_action(facts, "picture", "get", x_href(r->pool, "/pictures/?id={id}", p, 0));
	x_list(r, "product-lots", req_query(r, LOTS, I(id)), lot_columns, NULL);
	if (req_may(r, PERM_PRICE_VIEW))
		x_list(r, "product-prices", req_query(r, PRICES, I(id)), price_columns, NULL);
	rules = x_list(r, "product-rules", req_query(r, RULES, I(id), I(id)), rule_columns, NULL);
	if (req_may(r, PERM_PRICE_EDIT))
		x_action(rules, "add", "get",
		    x_href(r->pool, "/visibility/edit?product={code}", p, 0));
	add_part(r, "code", req_query(r, CODES, I(id)), code_columns, text);
	add_part(r, "group", req_query(r, GROUPS, I(id)), group_columns, text);
	return 200;
}

static const struct field code_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "kind", TYPE_SELECT, REQUIRED, .set = "product_code", .options = code_kinds },
	{ "value", TYPE_CODE, REQUIRED, .max = 40 },
	{ "party", TYPE_LOOKUP, .max = 20, .href = "/suggest/parties" },
	{ "valid_from", TYPE_DATE },
	{ "valid_to", TYPE_DATE },
	{ 0 }
};

static const struct field group_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "group_id", TYPE_SELECT, REQUIRED },
	{ 0 }
};

static const struct field remove_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "item", TYPE_INT },
	{ "part", TYPE_SELECT, .options = parts },
	{ 0 }
};

/* The form that adds one part to the product ?id=; NULL when there is none. */
static xmlNodePtr
part_form(struct req *r, const char *name, const char *path, const struct field *part)
{
	const struct rows *p = req_query(r, TITLE, I(req_int(r, "id", 0)));
	xmlNodePtr form;

	if (p->n == 0)
		return NULL;
	req_trail(r, "products", "/products/");
	x_value(r->heading, TYPE_TEXT, "product", row_str(p, 0, "title"));
	form = x_form(r, name, path, part, NULL);
	form_action(form, "save");
	x_action(form, "cancel", "get",
	    pool_printf(r->pool, "/products/view?id=%s", row_str(p, 0, "id")));
	return form;
}

static int
back_to_view(struct req *r)
{
	req_notice(r, "saved");
	return req_redirect(r, "/products/view?id=%lld", (long long)req_int(r, "id", 0));
}

static int
code_form(struct req *r)
{
	return part_form(r, "product-code", "/products/code", code_fields) == NULL ? 404 : 200;
}

/* A buyer's own code says whose it is; the others are nobody's. */
static int
code_add(struct req *r)
{
	bool buyer = strcmp(req_str(r, "kind"), "buyer") == 0;
	int64_t party = buyer ? audience_customer(r, "party") : 0;

	if (!req_good(r))
		return 422;
	if (req_exec(r, CODE_ADD, S(req_str(r, "kind")), S(req_str(r, "value")), arg_id(party),
	    D(req_str(r, "valid_from")), D(req_str(r, "valid_to")), I(req_int(r, "id", 0))) == 0)
		return 404;
	return back_to_view(r);
}

static int
group_form(struct req *r)
{
	xmlNodePtr form = part_form(r, "product-group", "/products/group", group_fields);

	if (form == NULL)
		return 404;
	form_options(form, "group_id", req_query(r, GROUP_CHOICES));
	return 200;
}

static int
group_add(struct req *r)
{
	req_exec(r, GROUP_ADD, I(req_int(r, "group_id", 0)), I(req_int(r, "id", 0)));
	return back_to_view(r);
}

static int
part_remove(struct req *r)
{
	size_t statement = strcmp(req_str(r, "part"), "code") == 0 ? CODE_REMOVE : GROUP_REMOVE;

	req_exec(r, statement, I(req_int(r, "item", 0)), I(req_int(r, "id", 0)));
	return back_to_view(r);
}

static const struct field fields[] = {
	CRUD_ID,
	{ "code", TYPE_CODE, REQUIRED | LOCKED, .max = 20, .group = "identity" },
	{ "generic_name", TYPE_TEXT, REQUIRED, .max = 80, .group = "identity" },
	{ "trade_name", TYPE_TEXT, .max = 60, .group = "identity" },
	{ "dosage_form", TYPE_TEXT, REQUIRED, .max = 40, .group = "identity" },
	{ "strength", TYPE_TEXT, REQUIRED, .max = 60, .group = "identity" },
	{ "manufacturer_id", TYPE_SELECT, .group = "identity" },
	{ "approval_no", TYPE_TEXT, REQUIRED, .max = 40, .group = "identity" },
	{ "barcode", TYPE_CODE, .max = 14, .group = "identity" },
	{ "pack_spec", TYPE_TEXT, REQUIRED, .max = 60, .group = "pack" },
	{ "units_per_pack", TYPE_INT, REQUIRED, 1, 100000, .group = "pack" },
	{ "unit", TYPE_TEXT, REQUIRED, .max = 8, .group = "pack" },
	{ "inner_pack_qty", TYPE_INT, REQUIRED, 1, 100000, .group = "pack" },
	{ "case_qty", TYPE_INT, REQUIRED, 1, 100000, .group = "pack" },
	{ "min_qty", TYPE_INT, REQUIRED, 1, 100000, .group = "pack" },
	{ "qty_multiple", TYPE_INT, REQUIRED, 1, 100000, .group = "pack" },
	{ "storage_class", TYPE_SELECT, REQUIRED, .set = "storage", .options = storage_classes,
	    .group = "quality" },
	{ "storage_note", TYPE_TEXT, .max = 100, .group = "quality" },
	{ "shelf_life_months", TYPE_INT, .min = 1, .max = 120, .group = "quality" },
	{ "control_class", TYPE_SELECT, REQUIRED, .set = "control", .options = control_classes,
	    .group = "quality" },
	{ "licence_scope", TYPE_SELECT, REQUIRED, .group = "quality" },
	{ "is_prescription", TYPE_CHECK, .group = "quality" },
	{ "is_otc", TYPE_CHECK, .group = "quality" },
	{ "nhsa_category", TYPE_SELECT, REQUIRED, .set = "nhsa", .options = nhsa_categories,
	    .group = "policy" },
	{ "nhsa_code", TYPE_CODE, .max = 23, .group = "policy" },
	{ "is_essential", TYPE_CHECK, .group = "policy" },
	{ "is_vbp", TYPE_CHECK, .group = "policy" },
	{ "vat_rate", TYPE_SELECT, REQUIRED, .set = "vat", .options = vat_rates, .group = "terms" },
	{ "floor_price", TYPE_PRICE, .group = "terms" },
	{ "band_low", TYPE_INT, REQUIRED, 0, 10000000, .group = "terms" },
	{ "visible", TYPE_CHECK, .group = "terms" },
	{ "status", TYPE_SELECT, REQUIRED, .set = "product", .options = statuses,
	    .group = "terms" },
	{ "description", TYPE_TEXTAREA, .group = "terms" },
	{ 0 }
};

static const struct choice choices[] = {
	{ "manufacturer_id", "SELECT p.id AS value, p.name AS label FROM party p"
	    " WHERE EXISTS (SELECT 1 FROM party_role o WHERE o.party_id = p.id"
	    " AND o.role IN ('manufacturer', 'company')) ORDER BY p.name" },
	{ "licence_scope", "SELECT code AS value, name AS label FROM code_dict"
	    " WHERE list = 'licence_scope' AND active = 1 ORDER BY seq" },
	{ 0 }
};

static const struct entity product = {
	.name = "product",
	.table = "product",
	.path = "/products",
	.title = "CONCAT(generic_name, ' ', pack_spec)",
	.fields = fields,
	.choices = choices,
	.defaults = "SELECT 1 AS inner_pack_qty, 1 AS min_qty, 1 AS qty_multiple, 'normal' AS"
	    " storage_class, 'none' AS control_class, 'chemical' AS licence_scope,"
	    " 1 AS is_prescription, 'none' AS nhsa_category, '0.1300' AS vat_rate, 500 AS band_low,"
	    " 1 AS visible, 'draft' AS status",
	.list = &products,
	.edit = PERM_PRODUCT_EDIT,
};

/* The number of a medicine and its barcode carry their own proof; packs fit into one another. */
static void
check_product(struct req *r)
{
	if (approval_read(r->pool, req_str(r, "approval_no")).kind == APPROVAL_NONE)
		req_error(r, "approval_no", "approval.wrong", NULL);
	if (req_given(r, "barcode") && !gtin_valid(req_str(r, "barcode")))
		req_error(r, "barcode", "barcode.wrong", NULL);
	if (req_int(r, "min_qty", 1) % req_int(r, "qty_multiple", 1) != 0)
		req_error(r, "min_qty", "pack.multiple", "pack", req_str(r, "qty_multiple"), NULL);
	if (req_int(r, "case_qty", 1) % req_int(r, "inner_pack_qty", 1) != 0)
		req_error(r, "case_qty", "pack.inner", NULL);
}

static int
product_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	int status;

	check_product(r);
	status = req_good(r) ? crud_save(r) : 422;
	if (status != 303)
		return status;
	if (id == 0)
		id = req_last_id(r);
	req_exec(r, SET_PINYIN, I(id));
	return req_redirect(r, "/products/view?id=%lld", (long long)id);
}

static const struct route routes[] = {
	{ "/", GET, PERM_PRODUCT_VIEW, product_list, .list = &products },
	{ "/view", GET, PERM_PRODUCT_VIEW, product_view, remove_fields },
	{ "/edit", GET, PERM_PRODUCT_EDIT, crud_edit, fields, .entity = &product },
	{ "/save", POST, PERM_PRODUCT_EDIT, product_save, fields, crud_edit, .entity = &product },
	{ "/code", GET, PERM_PRODUCT_EDIT, code_form, code_fields },
	{ "/code", POST, PERM_PRODUCT_EDIT, code_add, code_fields, code_form },
	{ "/group", GET, PERM_PRODUCT_EDIT, group_form, group_fields },
	{ "/group", POST, PERM_PRODUCT_EDIT, group_add, group_fields, group_form },
	{ "/remove", POST, PERM_PRODUCT_EDIT, part_remove, remove_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "products", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

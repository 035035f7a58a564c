/*
 * pictures.c - the picture of a product, by which people know its box.
 *
 * A product has one or none; everybody who sees the product sees it.  A new one
 * takes the old one's place; the audit trail knows both.
 */
#include "attach.h"
#include "form.h"

enum { GET_ONE, SET, DROP, SHOW, NSQL };

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "pictures.get",
		"SELECT p.id, p.version, p.code, CONCAT(p.generic_name, ' ', p.pack_spec) AS title,"
		" a.token, a.name, a.size, a.created_at FROM product p"
		" LEFT JOIN attachment a ON a.id = p.image_id WHERE p.id = ?" },
	[SET] = { "pictures.set",
		"UPDATE product SET image_id = ?, version = version + 1"
		" WHERE id = ? AND version = ?" },
	[DROP] = { "pictures.drop",
		"UPDATE product SET image_id = NULL, version = version + 1"
		" WHERE id = ? AND image_id = (SELECT a.id FROM attachment a WHERE a.token = ?)" },
	[SHOW] = { "pictures.show",
		"SELECT a.name, a.media_type, a.content FROM attachment a"
		" WHERE a.token = ? AND EXISTS (SELECT 1 FROM product p WHERE p.image_id = a.id)" },
};

static const struct column facts[] = {
	{ "code", TYPE_CODE, .href = "/products/view?id={id}" },
	{ "name", TYPE_TEXT },
	{ "size", TYPE_BYTES },
	{ "created_at", TYPE_DATETIME },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };
static const struct field token_field[] = { { "token", TYPE_TEXT, REQUIRED, .max = 32 }, { 0 } };

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "file", TYPE_FILE, REQUIRED, .accept = ".jpg,.jpeg,.png,.webp" },
	{ 0 }
};

static const struct field remove_fields[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "token", TYPE_TEXT, REQUIRED, .max = 32 },
	{ 0 }
};

/* The product ?id= with its picture; no rows when there is none. */
static const struct rows *
product_asked(struct req *r)
{
	return req_query(r, GET_ONE, I(req_int(r, "id", 0)));
}

static int
picture_form(struct req *r)
{
	const struct rows *p = product_asked(r);
	xmlNodePtr record, form;

	if (p->n == 0)
		return 404;
	req_page(r, "");
	req_title(r, row_str(p, 0, "title"));
	req_trail(r, "products", "/products/");
	record = x_record(r->page, "picture", p, facts);
	x_picture(record, x_href(r->pool, "/pictures/show?token={token}", p, 0));
	if (!row_null(p, 0, "token"))
		x_attr(x_action(record, "remove", "post",
		    x_href(r->pool, "/pictures/remove?id={id}&token={token}", p, 0)), "confirm",
		    "remove");
	form = x_form(r, "picture", "/pictures/attach", fields, p);
	form_action(form, "upload");
	x_action(form, "cancel", "get", x_href(r->pool, "/products/view?id={id}", p, 0));
	return 200;
}

static int
back_to_product(struct req *r)
{
	req_notice(r, "saved");
	return req_redirect(r, "/products/view?id=%lld", (long long)req_int(r, "id", 0));
}

static int
picture_attach(struct req *r)
{
	int64_t id = req_int(r, "id", 0), file;

	if (product_asked(r)->n == 0)
		return 404;
	file = attach_picture(r, "file", "product", id);
	if (file == 0)
		return 422;
	if (req_exec(r, SET, I(file), I(id), I(req_int(r, "_version", 0))) == 0)
		return 409;
	return back_to_product(r);
}

/* The picture that was looked at, and no newer one. */
static int
picture_remove(struct req *r)
{
	if (product_asked(r)->n == 0)
		return 404;
	if (req_exec(r, DROP, I(req_int(r, "id", 0)), S(req_str(r, "token"))) == 0)
		return 409;
	return back_to_product(r);
}

static int
picture_show(struct req *r)
{
	return attach_show(r, req_query(r, SHOW, S(req_str(r, "token"))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_PRODUCT_EDIT, picture_form, id_field },
	{ "/show", GET, PERM_PRODUCT_VIEW, picture_show, token_field },
	{ "/attach", POST, PERM_PRODUCT_EDIT, picture_attach, fields, picture_form, UPLOAD },
	{ "/remove", POST, PERM_PRODUCT_EDIT, picture_remove, remove_fields, picture_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "pictures", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

/*
 * suggest.c - what a lookup field offers while one types: products the company may
 * buy, by code, name, initials of the sound, or barcode.
 *
 * The answer is a page with one lookup field; the browser takes its options.
 */
#include "app.h"
#include "form.h"

enum { PRODUCTS, NSQL };

static const struct sql sql[NSQL] = {
	[PRODUCTS] = { "suggest.products", "CALL portal_catalogue_suggest(?, ?, 12)" },
};

/* Names of fields that ask; those of a grid have their line's number behind. */
static const struct field fields[] = {
	{ "product", TYPE_TEXT, MANY },
	{ "code", TYPE_TEXT, MANY },
	{ 0 }
};

static int
product_suggest(struct req *r)
{
	const char *typed = "";
	const struct rows *found;
	xmlNodePtr form, field;

	for (size_t i = 0; i < r->in.n; i++) {
		if (r->in.part[i].n > 0 && r->in.part[i].name[0] != '_')
			typed = r->in.part[i].value;
	}
	found = req_query(r, PRODUCTS, S(r->token), S(typed));
	form = x_form(r, "suggest", "/suggest/products", NULL, NULL);
	field = form_field(r, form, &(struct field){ "found", TYPE_LOOKUP }, "found", "");
	for (size_t i = 0; i < found->n; i++)
		x_attr(x_text(field, "option", pool_printf(r->pool, "%s · %s · %s",
		    row_str(found, i, "product"), row_str(found, i, "pack"),
		    row_str(found, i, "maker"))), "value", row_str(found, i, "code"));
	form_action(form, "search");
	return 200;
}

static const struct route routes[] = {
	{ "/products", GET, PERM_CATALOGUE_VIEW, product_suggest, fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "suggest", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

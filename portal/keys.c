/*
 * keys.c - keys with which a company's machines send its flow reports (uploads.c).
 *
 * A key is shown once, when it is made; what is kept is its hash.  It may do no more than flows,
 * no more than who made it, and ends with his account.
 */
#include <string.h>

#include <sodium.h>

#include "auth.h"
#include "form.h"
#include "list.h"

enum { LIST, ADD, REVOKE, NSQL };

static const struct sql sql[NSQL] = {
	[LIST] = { "keys.list", "CALL portal_keys_list(?)" },
	[ADD] = { "keys.add", "CALL portal_keys_add(?, ?, ?, ?)" },
	[REVOKE] = { "keys.revoke", "CALL portal_keys_revoke(?, ?)" },
};

static const struct column columns[] = {
	{ "name", TYPE_TEXT },
	{ "state", TYPE_STATUS, .set = "api_key" },
	{ "expires_on", TYPE_DATE },
	{ "used_at", TYPE_AGO },
	{ "created_at", TYPE_DATETIME, .sub = "made_by" },
	{ 0 }
};

static const struct field fields[] = {
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "expires_on", TYPE_DATE, REQUIRED },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };

/* A live key has a button that ends it. */
static void
add_buttons(struct req *r, xmlNodePtr list, const struct rows *keys)
{
	size_t i = 0;

	for (xmlNodePtr row = list->children; row != NULL; row = row->next) {
		xmlNodePtr n;

		if (!xmlStrEqual(row->name, (const xmlChar *)"row"))
			continue;
		if (!row_null(keys, i, "live_id")) {
			n = x_action(row, "key.revoke", "post",
			    x_href(r->pool, "/keys/revoke?id={live_id}", keys, i));
			x_attr(n, "confirm", "key.revoke");
			x_flag(n, "danger", true);
		}
		i++;
	}
}

static int
key_list(struct req *r)
{
	const struct rows *keys = req_query(r, LIST, S(r->token));

	req_page(r, "");
	req_trail(r, "company", "/company/");
	add_buttons(r, x_list(r, "keys", keys, columns, NULL), keys);
	form_action(x_form(r, "key", "/keys/add", fields, NULL), "key.add");
	return 200;
}

/* The one page that shows it: it is not kept, so it is not shown again. */
static int
key_add(struct req *r)
{
	const char *key = auth_new_key(r->pool);
	unsigned char hash[crypto_hash_sha256_BYTES];
	xmlNodePtr n;

	crypto_hash_sha256(hash, (const unsigned char *)key, strlen(key));
	if (req_query(r, ADD, S(r->token), S(req_str(r, "name")), D(req_str(r, "expires_on")),
	    B(hash, sizeof(hash)))->n == 0)
		return 404;
	/* A second click is led to the list: the key of the first is not shown again either. */
	r->location = "/keys/";
	req_page(r, "made");
	req_trail(r, "company", "/company/");
	req_trail(r, "keys", "/keys/");
	x_notice(r->page, "warning", "notice.key.once");
	n = x_el(r->page, "record");
	x_attr(n, "name", "key");
	x_value(n, TYPE_TEXT, "name", req_str(r, "name"));
	x_value(n, TYPE_CODE, "api_key", key);
	return 200;
}

static int
key_revoke(struct req *r)
{
	if (req_query(r, REVOKE, S(r->token), I(req_int(r, "id", 0)))->n == 0)
		return 404;
	req_notice(r, "key.revoked");
	return req_redirect(r, "/keys/");
}

static const struct route routes[] = {
	{ "/", GET, PERM_COMPANY_EDIT, key_list },
	{ "/add", POST, PERM_COMPANY_EDIT, key_add, fields, key_list },
	{ "/revoke", POST, PERM_COMPANY_EDIT, key_revoke, id_field },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "keys", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

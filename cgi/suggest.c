/*
 * suggest.c - what a lookup field offers while one types.
 *
 * The answer is a page with one lookup field; the browser takes its options.
 * Whatever the field that asks is called, its text is the search: code, name or
 * initials of the sound.
 */
#include "app.h"
#include "form.h"
#include "scope.h"

#define MINE "(c.party_id IS NULL OR " IN_SCOPE("c.rep_id", "c.org_unit_id") ")"

enum { PRODUCTS, PARTIES, SUPPLIERS, ALL, REGIONS, STAFF, REPS, NSQL };

static const struct sql sql[NSQL] = {
	[PRODUCTS] = { "suggest.products",
		"SELECT code AS value, CONCAT(generic_name, ' ', pack_spec) AS label FROM product"
		" WHERE status <> 'stopped'"
		" AND (code LIKE CONCAT(?, '%') OR generic_name LIKE CONCAT('%', ?, '%')"
		" OR pinyin LIKE CONCAT('%', ?, '%'))"
		" ORDER BY code LIMIT 20" },
	[PARTIES] = { "suggest.parties",
		"SELECT p.code AS value, p.name AS label FROM party p"
		" JOIN customer c ON c.party_id = p.id"
		" WHERE p.status <> 'closed' AND " IN_SCOPE("c.rep_id", "c.org_unit_id")
		" AND (p.code LIKE CONCAT(?, '%') OR p.name LIKE CONCAT('%', ?, '%')"
		" OR p.pinyin LIKE CONCAT(?, '%'))"
		" ORDER BY p.code LIMIT 20" },
	[SUPPLIERS] = { "suggest.suppliers",
		"SELECT p.code AS value, p.name AS label FROM party p"
		" LEFT JOIN customer c ON c.party_id = p.id"
		" WHERE p.status <> 'closed' AND " MINE " AND EXISTS (SELECT 1 FROM party_role o"
		" WHERE o.party_id = p.id AND o.role IN ('manufacturer', 'distributor', 'company'))"
		" AND (p.code LIKE CONCAT(?, '%') OR p.name LIKE CONCAT('%', ?, '%')"
		" OR p.pinyin LIKE CONCAT(?, '%'))"
		" ORDER BY p.code LIMIT 20" },
	[ALL] = { "suggest.all",
		"SELECT p.code AS value, p.name AS label FROM party p"
		" LEFT JOIN customer c ON c.party_id = p.id"
		" WHERE p.status <> 'closed' AND " MINE
		" AND (p.code LIKE CONCAT(?, '%') OR p.name LIKE CONCAT('%', ?, '%')"
		" OR p.pinyin LIKE CONCAT(?, '%'))"
		" ORDER BY p.code LIMIT 20" },
	[REGIONS] = { "suggest.regions",
		"SELECT r.code AS value, CONCAT_WS(' ', q.name, p.name, r.name) AS label"
		" FROM region r"
		" LEFT JOIN region p ON p.code = r.parent_code"
		" LEFT JOIN region q ON q.code = p.parent_code"
		" WHERE r.level <= 3 AND (r.code LIKE CONCAT(?, '%') OR r.name LIKE CONCAT(?, '%')"
		" OR p.name LIKE CONCAT(?, '%')) ORDER BY r.code LIMIT 20" },
	[STAFF] = { "suggest.staff",
		"SELECT u.login AS value, u.name AS label FROM app_user u"
		" WHERE u.site = 'office' AND u.status = 'active' AND (u.login LIKE CONCAT(?, '%')"
		" OR u.name LIKE CONCAT(?, '%') OR u.name LIKE CONCAT('%', ?, '%'))"
		" ORDER BY u.login LIMIT 20" },
	[REPS] = { "suggest.reps",
		"SELECT u.login AS value, CONCAT_WS(' ', u.name, o.name) AS label FROM app_user u"
		" LEFT JOIN org_unit o ON o.id = u.org_unit_id WHERE u.site = 'office'"
		" AND (u.status = 'active' OR EXISTS (SELECT 1 FROM terminal_assignment a"
		" WHERE a.user_id = u.id)) AND " IN_SCOPE("u.id", "u.org_unit_id")
		" AND (u.login LIKE CONCAT(?, '%') OR u.name LIKE CONCAT(?, '%')"
		" OR u.name LIKE CONCAT('%', ?, '%')) ORDER BY u.login LIMIT 20" },
};

/* Names of fields that ask; those of a grid have their line's number behind. */
static const struct field fields[] = {
	{ "product", TYPE_TEXT, MANY },
	{ "party", TYPE_TEXT, MANY },
	{ "supplier", TYPE_TEXT, MANY },
	{ "customer", TYPE_TEXT, MANY },
	{ "manufacturer", TYPE_TEXT, MANY },
	{ "parent", TYPE_TEXT, MANY },
	{ "region", TYPE_TEXT, MANY },
	{ "terminal", TYPE_TEXT, MANY },
	{ "rep", TYPE_TEXT, MANY },
	{ "code", TYPE_TEXT, MANY },
	{ "from", TYPE_TEXT },
	{ "to", TYPE_TEXT },
	{ 0 }
};

static int
answer(struct req *r, size_t statement)
{
	static const struct field lookup[] = { { "found", TYPE_LOOKUP }, { 0 } };
	const char *typed = "";
	xmlNodePtr form;

	for (size_t i = 0; i < r->in.n; i++) {
		if (r->in.part[i].n > 0 && r->in.part[i].name[0] != '_')
			typed = r->in.part[i].value;
	}
	form = x_form(r, "suggest", r->path, lookup, NULL);
	form_options(form, "found", req_query(r, statement, S(typed), S(typed), S(typed)));
	form_action(form, "search");
	return 200;
}

static int
product_suggest(struct req *r)
{
	return answer(r, PRODUCTS);
}

static int
party_suggest(struct req *r)
{
	return answer(r, PARTIES);
}

static int
supplier_suggest(struct req *r)
{
	return answer(r, SUPPLIERS);
}

static int
all_suggest(struct req *r)
{
	return answer(r, ALL);
}

static int
region_suggest(struct req *r)
{
	return answer(r, REGIONS);
}

static int
staff_suggest(struct req *r)
{
	return answer(r, STAFF);
}

static int
rep_suggest(struct req *r)
{
	return answer(r, REPS);
}

static const struct route routes[] = {
	{ "/products", GET, PERM_PRODUCT_VIEW, product_suggest, fields },
	{ "/parties", GET, PERM_PARTY_VIEW, party_suggest, fields },
	{ "/suppliers", GET, PERM_PARTY_VIEW, supplier_suggest, fields },
	{ "/all", GET, PERM_PARTY_VIEW, all_suggest, fields },
	{ "/regions", GET, PERM_PARTY_VIEW, region_suggest, fields },
	{ "/staff", GET, PERM_PARTY_EDIT, staff_suggest, fields },
	{ "/reps", GET, PERM_ASSIGNMENT_EDIT, rep_suggest, fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "suggest", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

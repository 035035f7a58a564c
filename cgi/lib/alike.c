/* See alike.h. */
#include "alike.h"

#include <stdio.h>
#include <string.h>

#include "json.h"
#include "list.h"
#include "match.h"
#include "norm.h"
#include "scope.h"

enum { LIKE_E4 = 8500, EQUAL_E4 = 9500 };

/* A new party is compared with all: names without their blanks, addresses too. */
static const struct sql same_code = { "alike.uscc",
	"SELECT id FROM party WHERE uscc = ? AND id <> ?" };

static const struct sql place = { "alike.place",
	"SELECT CONCAT(CASE WHEN r.level > 1 THEN p.name ELSE '' END,"
	" CASE WHEN r.level > 2 THEN COALESCE(c.name, '') ELSE '' END, r.name) AS name"
	" FROM region r LEFT JOIN region p ON p.code = CONCAT(LEFT(r.code, 2), '0000')"
	" LEFT JOIN region c ON c.code = CONCAT(LEFT(r.code, 4), '00') WHERE r.code = ?" };

static const struct sql same_text = { "alike.text",
	"SELECT COALESCE(p.merged_into, p.id) AS id, CASE WHEN p.name = g.name THEN 'name'"
	" WHEN REPLACE(p.address, ' ', '') = g.address THEN 'address' ELSE 'part' END AS why"
	" FROM party p JOIN (SELECT ? AS name, NULLIF(REPLACE(?, ' ', ''), '') AS address) g"
	" WHERE p.name = g.name OR REPLACE(p.address, ' ', '') = g.address"
	" OR (CHAR_LENGTH(g.name) > 3 AND p.name LIKE CONCAT('%', g.name, '%')) LIMIT 8" };

static const struct sql found = { "alike.found",
	"SELECT p.id, p.code, p.name, p.uscc, r.name AS region, p.address, p.status, j.why,"
	" IF(c.party_id IS NULL OR " IN_SCOPE("c.rep_id", "c.org_unit_id") ","
	" CONCAT('/parties/view?id=', p.id), NULL) AS href"
	" FROM JSON_TABLE(?, '$[*]' COLUMNS (nr FOR ORDINALITY, id BIGINT PATH '$.id',"
	" why VARCHAR(10) PATH '$.why')) j JOIN party p ON p.id = j.id"
	" LEFT JOIN customer c ON c.party_id = p.id LEFT JOIN region r ON r.code = p.region_code"
	" ORDER BY j.nr" };

static const struct sql name_of = { "alike.name", "SELECT name FROM party WHERE id = ?" };

/* What was found so far: as JSON for the list, each party once. */
struct alike {
	struct req *r;
	struct json *json;
	size_t n;
	int64_t id[16];
};

static void
add(struct alike *a, int64_t id, const char *why)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->id[i] == id)
			return;
	}
	if (a->n == LEN(a->id))
		return;
	a->id[a->n++] = id;
	json_object(a->json);
	json_int(a->json, "id", id);
	json_text(a->json, "why", why);
}

static void
by_code(struct alike *a, const struct alike_given *g)
{
	const struct rows *same = db_query(a->r->db, a->r->pool, &same_code,
	    ARGS(S(g->uscc), I(g->id)));

	if (same->n > 0)
		add(a, row_int(same, 0, "id"), "uscc");
}

static void
by_text(struct alike *a, const struct alike_given *g)
{
	const struct rows *same = db_query(a->r->db, a->r->pool, &same_text,
	    ARGS(S(g->name), S(g->address)));

	for (size_t i = 0; i < same->n; i++)
		add(a, row_int(same, i, "id"), row_str(same, i, "why"));
}

/* Names that differ in a number are those of two: 三店, 五店; numerals count. */
static bool
numbers_differ(struct req *r, const char *name, int64_t other)
{
	static const char digits[] = "0123456789";
	const char *a = norm_numerals(r->pool, norm_fold(r->pool, name));
	const char *b = norm_numerals(r->pool, norm_fold(r->pool,
	    req_value(r, db_query(r->db, r->pool, &name_of, ARGS(I(other))), "name")));

	for (;;) {
		a += strcspn(a, digits);
		b += strcspn(b, digits);
		if (*a != *b)
			return true;
		if (*a == '\0')
			return false;
		a++;
		b++;
	}
}

/* As a name in a report that says this, where this is. */
static void
by_match(struct alike *a, const struct alike_given *g)
{
	struct req *r = a->r;
	const struct rows *where = db_query(r->db, r->pool, &place, ARGS(S(g->region)));
	const struct match_given given = { g->name, "", pool_printf(r->pool, "%s%s",
	    req_value(r, where, "name"), g->address), "", "" };
	struct matcher *m = matcher_load(r->db, 0);
	const struct match *got = matcher_party(m, r->pool, &given);

	if (got->state == MATCH_MATCHED && !numbers_differ(r, g->name, got->target))
		add(a, got->target, got->method == MATCH_SIMILAR ? "similar" : "name");
	for (size_t i = 0; i < got->n; i++) {
		const struct match_candidate *c = &got->candidate[i];

		if (c->score_e4 >= (c->veto == NULL ? LIKE_E4 : EQUAL_E4) &&
		    !numbers_differ(r, g->name, c->target))
			add(a, c->target, "similar");
	}
	matcher_free(m);
}

/* The error carries what was found to the form, which is made anew. */
static void
refuse(struct alike *a, const char *field, const char *code)
{
	req_error(a->r, field, code, "n", pool_printf(a->r->pool, "%zu", a->n), "found",
	    json_end(a->json), NULL);
}

void
alike_check(struct req *r, const struct alike_given *given)
{
	struct alike a = { .r = r, .json = json_array(r->pool) };

	if (given->uscc[0] != '\0')
		by_code(&a, given);
	if (a.n > 0) {
		refuse(&a, "uscc", "uq_party_uscc");
		return;
	}
	if (given->id != 0 || given->sure || given->name[0] == '\0')
		return;
	by_text(&a, given);
	by_match(&a, given);
	if (a.n > 0)
		refuse(&a, "name", "party.similar");
}

static const struct column columns[] = {
	{ "name", TYPE_TEXT, .sub = "code", .href = "{href}", .emphasis = true },
	{ "why", TYPE_STATUS, .set = "alike" },
	{ "uscc", TYPE_CODE },
	{ "region", TYPE_TEXT },
	{ "address", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "party" },
	{ 0 }
};

/* The value of an argument of an error, or NULL. */
static const char *
argument(const struct req_error *e, const char *name)
{
	for (size_t i = 0; i + 1 < LEN(e->args) && e->args[i] != NULL; i += 2) {
		if (strcmp(e->args[i], name) == 0)
			return e->args[i + 1];
	}
	return NULL;
}

void
alike_list(struct req *r)
{
	for (const struct req_error *e = r->errors; e != NULL; e = e->next) {
		const char *ids = argument(e, "found");

		if (ids != NULL)
			x_list(r, "alike", db_query(r->db, r->pool, &found, ARGS(S(ids))), columns,
			    NULL);
	}
}

/*
 * rematch.c - names that wait are matched once more, after master data was completed.
 *
 * Piece by piece, at most 500 names of one sender at a time: nobody waits for it, and it can stop.
 */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "json.h"
#include "match.h"
#include "scope.h"

enum { WAITING, FOUND, CANDIDATE, NSQL };

static const struct sql sql[NSQL] = {
	/* Names of one sender at a time: what a matcher is loaded for. */
	[WAITING] = { "rematch.waiting",
		"SELECT id, version, what, name, code, extra, unit, maker, sender_id FROM flow_name"
		" WHERE state = 'queued' AND sender_id = (SELECT MIN(n.sender_id) FROM flow_name n"
		" WHERE n.state = 'queued' AND (n.sender_id > ? OR (n.sender_id = ? AND n.id > ?))"
		" AND " NAMES_IN_SCOPE("n.sender_id") ")"
		" AND (sender_id > ? OR id > ?) ORDER BY id LIMIT 500" },
	[FOUND] = { "rematch.found", "CALL flow_name_found(?, ?, ?, ?, ?, ?, ?)" },
	[CANDIDATE] = { "rematch.candidate", "CALL flow_name_candidates(?, ?)" },
};

static const char *
candidates_json(struct req *r, const struct match *m)
{
	struct json *json = json_array(r->pool);

	for (size_t i = 0; i < m->n; i++) {
		json_object(json);
		json_int(json, "target", m->candidate[i].target);
		json_int(json, "score", m->candidate[i].score_e4);
		json_text(json, "veto", m->candidate[i].veto);
	}
	return json_end(json);
}

static void
match_again(struct req *r, struct matcher *m, const struct rows *waiting, size_t i)
{
	struct match_given given = { row_str(waiting, i, "name"), row_str(waiting, i, "code"),
		row_str(waiting, i, "extra"), row_str(waiting, i, "unit"),
		row_str(waiting, i, "maker") };
	const struct match *got = strcmp(row_str(waiting, i, "what"), "party") == 0 ?
	    matcher_party(m, r->pool, &given) : matcher_product(m, r->pool, &given);
	int64_t id = row_int(waiting, i, "id");

	if (got->state == MATCH_QUEUED) {
		req_query(r, CANDIDATE, I(id), S(candidates_json(r, got)));
		return;
	}
	req_query(r, FOUND, I(id), I(row_int(waiting, i, "version")),
	    S(match_state_word(got->state)), got->target != 0 ? I(got->target) : S(NULL),
	    M(pool_printf(r->pool, "%lld.%06lld",
	    (long long)(got->factor_millionths / MATCH_ONE_E6),
	    (long long)(got->factor_millionths % MATCH_ONE_E6))),
	    S(match_method_word(got->method)),
	    M(pool_printf(r->pool, "%d.%04d", got->score_e4 / MATCH_ONE_E4,
	    got->score_e4 % MATCH_ONE_E4)));
}

static int
name_again(struct req *r)
{
	int64_t sender = strtoll(req_str(r, "sender"), NULL, 10);
	int64_t after = strtoll(req_str(r, "after"), NULL, 10);
	const struct rows *waiting = req_query(r, WAITING, I(sender), I(sender), I(after),
	    I(sender), I(after));
	struct matcher *m;

	if (waiting->n == 0) {
		req_notice(r, "name.again-done");
		return req_redirect(r, "/matching/");
	}
	sender = row_int(waiting, 0, "sender_id");
	m = matcher_load(r->db, sender);
	for (size_t i = 0; i < waiting->n; i++)
		match_again(r, m, waiting, i);
	matcher_free(m);
	req_notice(r, "name.again");
	return req_redirect(r, "/rematch/?sender=%lld&after=%lld", (long long)sender,
	    (long long)row_int(waiting, waiting->n - 1, "id"));
}

static const struct field again_fields[] = {
	{ "sender", TYPE_HIDDEN },
	{ "after", TYPE_HIDDEN },
	{ 0 }
};

/* Where the last piece ended; the button goes on from there. */
static int
name_again_page(struct req *r)
{
	form_action(x_form(r, "again", "/rematch/", again_fields, NULL), "match-again");
	req_trail(r, "matching", "/matching/");
	return 200;
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_MATCH, name_again_page, again_fields },
	{ "/", POST, PERM_FLOW_MATCH, name_again, again_fields, name_again_page },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "rematch", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

/* See match.h. */
#include "match_store.h"

#include <string.h>

#include "uscc.h"

const char *
match_state_word(enum match_state state)
{
	static const char *const words[] = { "queued", "matched", "foreign" };

	return words[state];
}

const char *
match_method_word(enum match_method method)
{
	static const char *const words[] = { "code", "alias", "global", "identifier", "name",
		"similar", "manual", "none" };

	return words[method];
}

const struct said *
match_said(const struct matcher *m, const struct keymap *map, const char *key)
{
	const struct said *one = NULL;

	for (uint32_t at = keymap_first(map, key); at != 0; at = keymap_next(map, at)) {
		const struct said *said = &m->said[keymap_value(map, at)];

		if (one != NULL && (one->target != said->target || one->state != said->state))
			return NULL;
		one = said;
	}
	return one;
}

static bool
take_said(const struct said *said, enum match_method method, struct match *to)
{
	if (said == NULL)
		return false;
	to->state = (enum match_state)said->state;
	to->target = said->target;
	to->factor_millionths = said->factor;
	to->method = method;
	to->score_e4 = MATCH_ONE_E4;
	return true;
}

/* What people have said before: by the sender's code, by its spelling, by the spelling of all. */
static bool
known(struct matcher *m, struct pool *p, const struct keymap *map, const char *code,
    struct match *to)
{
	const char *clean = identifier_clean(p, code);

	return (*clean != '\0' && !identifier_is_damaged(clean) &&
	    take_said(match_said(m, map, pool_printf(p, "C%s", clean)), MATCH_CODE, to)) ||
	    take_said(match_said(m, map, pool_printf(p, "A%s", to->norm)), MATCH_ALIAS, to) ||
	    take_said(match_said(m, map, pool_printf(p, "G%s", to->norm)), MATCH_GLOBAL, to);
}

static bool
take_house(struct matcher *m, const char *key, enum match_method method, struct match *to)
{
	int64_t one = 0;

	for (uint32_t at = keymap_first(m->party, key); at != 0; at = keymap_next(m->party, at)) {
		int64_t target = m->houses[keymap_value(m->party, at)].target;

		if (one != 0 && one != target)
			return false;
		one = target;
	}
	if (one == 0)
		return false;
	to->state = MATCH_MATCHED;
	to->target = one;
	to->method = method;
	to->score_e4 = MATCH_ONE_E4;
	return true;
}

static struct match *
nothing_yet(struct pool *p, const char *norm)
{
	struct match *to = pool_alloc(p, sizeof(*to));

	*to = (struct match){ .state = MATCH_QUEUED, .factor_millionths = MATCH_ONE_E6,
		.method = MATCH_NONE, .norm = norm };
	return to;
}

const struct match *
matcher_party(struct matcher *m, struct pool *p, const struct match_given *given)
{
	struct norm_name name = norm_party(p, given->name);
	struct match *to = nothing_yet(p, name.text);
	const char *extra = identifier_clean(p, given->extra);

	if (known(m, p, m->said_party, given->code, to))
		return to;
	if (uscc_valid(extra) && take_house(m, pool_printf(p, "U%s", extra), MATCH_IDENTIFIER, to))
		return to;
	if (*name.text != '\0')
		take_house(m, pool_printf(p, "N%s", name.text), MATCH_NAME, to);
	return to;
}

const char *
match_product_norm(struct pool *p, const char *name, const char *spec)
{
	return pool_printf(p, "%s %s", norm_product(p, name), norm_fold(p, spec));
}

const struct match *
matcher_product(struct matcher *m, struct pool *p, const struct match_given *given)
{
	struct match *to = nothing_yet(p, match_product_norm(p, given->name, given->extra));

	known(m, p, m->said_product, given->code, to);
	return to;
}

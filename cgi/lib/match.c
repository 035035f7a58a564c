/* See match.h: what parties and products have in common. */
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

const char *
match_text(const struct matcher *m, uint32_t place)
{
	return place == 0 ? "" : m->text.s + place;
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

bool
match_known(struct matcher *m, struct pool *p, const struct keymap *map, const char *code,
    struct match *to)
{
	const char *clean = identifier_clean(p, code);

	return (*clean != '\0' && !identifier_is_damaged(clean) &&
	    take_said(match_said(m, map, pool_printf(p, "C%s", clean)), MATCH_CODE, to)) ||
	    take_said(match_said(m, map, pool_printf(p, "A%s", to->norm)), MATCH_ALIAS, to) ||
	    take_said(match_said(m, map, pool_printf(p, "G%s", to->norm)), MATCH_GLOBAL, to);
}

struct match *
match_none(struct pool *p, const char *norm)
{
	struct match *to = pool_alloc(p, sizeof(*to));

	*to = (struct match){ .state = MATCH_QUEUED, .factor_millionths = MATCH_ONE_E6,
		.method = MATCH_NONE, .norm = norm };
	return to;
}

void
match_take(struct match *to, int64_t target, enum match_method method, int score_e4)
{
	to->state = MATCH_MATCHED;
	to->target = target;
	to->method = method;
	to->score_e4 = score_e4;
}

/* Of equal scores, the one against which nothing speaks. */
static bool
is_better(const struct match_candidate *a, const struct match_candidate *b)
{
	if (a->score_e4 != b->score_e4)
		return a->score_e4 > b->score_e4;
	return a->veto == NULL && b->veto != NULL;
}

static void
shortlist_drop(struct shortlist *l, size_t i)
{
	memmove(&l->c[i], &l->c[i + 1], (l->n - i - 1) * sizeof(l->c[0]));
	l->n--;
}

void
shortlist_add(struct shortlist *l, int64_t target, int score_e4, const char *veto)
{
	struct match_candidate new = { target, score_e4, veto };
	size_t to;

	for (size_t i = 0; i < l->n; i++) {
		if (l->c[i].target != target)
			continue;
		/* Another name of the same house: what nothing speaks against counts. */
		if (l->c[i].veto == NULL ? veto != NULL || l->c[i].score_e4 >= score_e4 :
		    veto != NULL && l->c[i].score_e4 >= score_e4)
			return;
		shortlist_drop(l, i);
		break;
	}
	for (to = l->n; to > 0 && is_better(&new, &l->c[to - 1]); to--)
		;
	if (to > MATCH_CANDIDATES)
		return;
	if (l->n > MATCH_CANDIDATES)
		l->n = MATCH_CANDIDATES;
	memmove(&l->c[to + 1], &l->c[to], (l->n - to) * sizeof(l->c[0]));
	l->c[to] = new;
	l->n++;
}

void
match_judge(const struct matcher *m, struct pool *p, const struct shortlist *l, struct match *to)
{
	const struct match_candidate *best = NULL;
	int next = 0;
	struct match_candidate *kept = pool_alloc(p, MATCH_CANDIDATES * sizeof(*kept));

	for (size_t i = 0; i < l->n; i++) {
		if (l->c[i].veto != NULL)
			continue;
		if (best == NULL)
			best = &l->c[i];
		else if (next == 0)
			next = l->c[i].score_e4;
	}
	if (best != NULL && best->score_e4 >= m->auto_e4 && best->score_e4 - next >= m->lead_e4) {
		match_take(to, best->target, MATCH_SIMILAR, best->score_e4);
		return;
	}
	for (size_t i = 0; i < l->n && to->n < MATCH_CANDIDATES; i++)
		kept[to->n++] = l->c[i];
	to->candidate = kept;
	to->score_e4 = to->n > 0 ? kept[0].score_e4 : 0;
}

/* See match.h: products. */
#include "match_store.h"

#include <stdlib.h>
#include <string.h>

#include "uscc.h"

enum { PACK_E4 = 8900, CONTENT_E4 = 8500, MAKER_E4 = 8000, BRAND_E4 = 9000 };

const char *
match_product_norm(struct pool *p, const char *name, const char *spec)
{
	const char *norm = pool_printf(p, "%s %s", norm_product(p, name), norm_fold(p, spec));

	return pool_strndup(p, norm, strnlen(norm, NORM_MAX));
}

/* The factor of the narrowest rule for a unit; 0: none is known. */
static int64_t
unit_factor(const struct matcher *m, struct pool *p, const struct drug *d, const char *unit)
{
	const char *u = norm_fold(p, unit);
	const int64_t scope[4][2] = { { d->target, m->sender }, { d->target, 0 }, { 0, m->sender },
		{ 0, 0 } };

	for (size_t i = 0; i < 4; i++) {
		uint32_t at = keymap_first(m->units, pool_printf(p, "%lld:%lld:%s",
		    (long long)scope[i][0], (long long)scope[i][1], u));

		if (at != 0) {
			int64_t factor = m->factors[keymap_value(m->units, at)];

			return factor != 0 ? factor : d->case_qty * MATCH_ONE_E6;
		}
		if (i == 1 && (*u == '\0' || strcmp(u, match_text(m, d->unit)) == 0))
			return MATCH_ONE_E6;
	}
	return 0;
}

/* A name holds ours and more: a brand before, a form of packing behind.  What is more is ours when
 * it is the trade name or the maker. */
static bool
is_ours(const struct matcher *m, const struct drug *d, struct pool *p, const char *name,
    size_t from, size_t n)
{
	const char *trade = match_text(m, d->trade);
	const char *more = pool_printf(p, "%.*s%s", (int)from, name, name + from + n);

	if (norm_ends(more, "牌"))
		more = pool_strndup(p, more, strlen(more) - strlen("牌"));
	return *more == '\0' || (*trade != '\0' && strcmp(more, trade) == 0) ||
	    (strlen(more) >= 6 && strstr(match_text(m, d->maker), more) != NULL);
}

static bool
same_maker(const struct matcher *m, struct pool *p, const struct drug *d, const char *maker)
{
	const char *ours = match_text(m, d->maker);
	const char *theirs = norm_party(p, maker).text;

	return strlen(theirs) >= 6 && *ours != '\0' &&
	    (strstr(ours, theirs) != NULL || strstr(theirs, ours) != NULL);
}

/* What is asked: the pack as told by the spec, else by the name. */
struct asked {
	const char *name;
	const char *maker;
	struct packspec pack;
	bool exact;          /* found by a code of one pack: no spec is needed */
};

static void
judge(const struct matcher *m, struct pool *p, const struct asked *a, const struct drug *d,
    int score, struct shortlist *l)
{
	const char *veto = NULL;

	if (*a->maker != '\0' && !same_maker(m, p, d, a->maker)) {
		veto = "maker";
		score = score < MAKER_E4 ? score : MAKER_E4;
	} else if (a->pack.n == 0 && !a->pack.counted) {
		veto = a->exact ? NULL : "pack";
	} else if (!packspec_same_content(&a->pack, &d->pack) &&
	    !packspec_same_content(&a->pack, &d->strength)) {
		veto = "content";
		score = score < CONTENT_E4 ? score : CONTENT_E4;
	} else if (a->pack.count != d->pack.count || d->pack.count != d->pieces) {
		/* Which of the three is wrong is not for us to guess. */
		veto = "pack";
		score = score < PACK_E4 ? score : PACK_E4;
	}
	shortlist_add(l, d->target, score, veto);
}

static void
add_key(const struct matcher *m, struct pool *p, const struct asked *a, const char *key, int score,
    struct shortlist *l)
{
	for (uint32_t at = keymap_first(m->product, key); at != 0; at = keymap_next(m->product, at))
		judge(m, p, a, &m->drugs[keymap_value(m->product, at)], score, l);
}

/* Every part of the name that is the name of a product of ours. */
static void
by_parts(const struct matcher *m, struct pool *p, const struct asked *a, struct shortlist *l)
{
	size_t n = strlen(a->name);

	for (size_t from = 0; from < n; from++) {
		if (((unsigned char)a->name[from] & 0xC0) == 0x80)
			continue;
		for (size_t to = n; to >= from + 6; to--) {
			const char *key;

			if (((unsigned char)a->name[to] & 0xC0) == 0x80)
				continue;
			key = pool_printf(p, "N%.*s", (int)(to - from), a->name + from);
			for (uint32_t at = keymap_first(m->product, key); at != 0;
			    at = keymap_next(m->product, at)) {
				const struct drug *d = &m->drugs[keymap_value(m->product, at)];

				judge(m, p, a, d, is_ours(m, d, p, a->name, from, to - from) ?
				    MATCH_ONE_E4 : BRAND_E4, l);
			}
		}
	}
}

/* A name with a slip of the pen. */
static void
by_likeness(const struct matcher *m, struct pool *p, const struct asked *a, struct shortlist *l)
{
	struct runes name;

	runes_read(&name, a->name);
	for (size_t i = 0; i < m->drug_n.n; i++) {
		struct runes ours;
		int score;

		runes_read(&ours, match_text(m, m->drugs[i].name));
		score = (7 * similar_jaro_winkler(&name, &ours) +
		    3 * similar_dice(&name, &ours)) / 10;
		if (score >= m->queue_e4)
			judge(m, p, a, &m->drugs[i], score < BRAND_E4 ? score : BRAND_E4, l);
	}
}

static const char *
approval(struct pool *p, const char *s)
{
	struct approval a = *s == '\0' ? (struct approval){ .number = "" } : approval_read(p, s);

	return a.number;
}

/* An identifier says which drug; which of its packs, the spec. */
static void
by_identifier(const struct matcher *m, struct pool *p, const struct match_given *given,
    const struct asked *a, struct shortlist *l)
{
	const char *code = identifier_clean(p, given->code);
	const char *numbers[] = { approval(p, given->code), approval(p, given->extra),
		approval(p, given->name) };
	struct asked exact = *a;

	exact.exact = true;
	if (*code != '\0')
		add_key(m, p, &exact, pool_printf(p, "B%s", code), MATCH_ONE_E4, l);
	if (gtin_valid(code))
		add_key(m, p, &exact, pool_printf(p, "T%s", code), MATCH_ONE_E4, l);
	for (size_t i = 0; i < 3; i++)
		if (*numbers[i] != '\0')
			add_key(m, p, a, pool_printf(p, "V%s", numbers[i]), MATCH_ONE_E4, l);
}

/* The one candidate against which nothing speaks. */
static bool
only_one(const struct shortlist *l, int least, enum match_method method, struct match *to)
{
	const struct match_candidate *one = NULL;

	for (size_t i = 0; i < l->n; i++) {
		if (l->c[i].veto != NULL || l->c[i].score_e4 < least)
			continue;
		if (one != NULL)
			return false;
		one = &l->c[i];
	}
	if (one != NULL)
		match_take(to, one->target, method, one->score_e4);
	return one != NULL;
}

static const struct drug *
drug_of(const struct matcher *m, int64_t target)
{
	for (size_t i = 0; i < m->drug_n.n; i++)
		if (m->drugs[i].target == target)
			return &m->drugs[i];
	return NULL;
}

static const struct match *
with_unit(const struct matcher *m, struct pool *p, const struct match_given *given,
    struct match *to)
{
	const struct drug *d = to->state == MATCH_MATCHED ? drug_of(m, to->target) : NULL;
	int64_t of_alias = to->method == MATCH_GLOBAL ? to->factor_millionths : MATCH_ONE_E6;
	struct match_candidate *why;

	if (d == NULL)
		return to;
	to->factor_millionths = unit_factor(m, p, d, given->unit) * of_alias / MATCH_ONE_E6;
	if (to->factor_millionths > 0)
		return to;
	why = pool_alloc(p, sizeof(*why));
	*why = (struct match_candidate){ to->target, to->score_e4, "unit" };
	to->state = MATCH_QUEUED;
	to->target = 0;
	to->method = MATCH_NONE;
	to->factor_millionths = MATCH_ONE_E6;
	to->n = 1;
	to->candidate = why;
	return to;
}

/* The factor people gave holds for the unit they saw. */
static bool
said_unit(const struct matcher *m, struct pool *p, const struct match_given *given,
    const struct match *to)
{
	const struct said *s;

	if (to->method != MATCH_CODE && to->method != MATCH_ALIAS)
		return false;
	s = match_said(m, m->said_product, to->method == MATCH_CODE ?
	    pool_printf(p, "C%s", identifier_clean(p, given->code)) :
	    pool_printf(p, "A%s", to->norm));
	return s != NULL && strcmp(match_text(m, s->unit), given->unit) == 0;
}

const struct match *
matcher_product(struct matcher *m, struct pool *p, const struct match_given *given)
{
	struct match *to = match_none(p, match_product_norm(p, given->name, given->extra));
	struct shortlist list = { 0, { { 0, 0, NULL } } };
	struct asked a = { norm_product(p, given->name), given->maker,
		packspec_read(p, given->extra), false };

	if (match_known(m, p, m->said_product, given->code, to))
		return said_unit(m, p, given, to) ? to : with_unit(m, p, given, to);
	by_identifier(m, p, given, &a, &list);
	if (only_one(&list, MATCH_ONE_E4, MATCH_IDENTIFIER, to))
		return with_unit(m, p, given, to);
	by_parts(m, p, &a, &list);
	if (only_one(&list, MATCH_ONE_E4, MATCH_NAME, to))
		return with_unit(m, p, given, to);
	if (list.n == 0)
		by_likeness(m, p, &a, &list);
	for (size_t i = 0; i < list.n; i++)
		if (list.c[i].veto == NULL)
			list.c[i].veto = list.c[i].score_e4 < MATCH_ONE_E4 ? "name" : "pack";
	match_judge(m, p, &list, to);
	return to;
}

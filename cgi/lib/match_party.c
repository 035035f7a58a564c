/* See match.h: parties. */
#include "match_store.h"

#include <string.h>

#include "uscc.h"

enum {
	SPECIFIC = 4,   /* characters of an owner that tell a house apart beyond its place */
	OWNED = 2,      /* ... in one place */
	GUESSED = 9100, /* the most a name gets that had to be written out */
	WEAKER = 2500,  /* below the score of the queue, when there are not five above it */
	ELSEWHERE = 1000
};

/* A name as received, with all that is known about where it is. */
struct asked {
	struct nameparts parts;
	size_t owner;        /* characters of its core */
	uint32_t area;       /* of its name or address; 0: not told */
	uint32_t where;      /* ... or of the sender */
	struct runes rest;
	struct runes whole;  /* without the part of the house */
	struct runes full;   /* written out: 2院 is mostly 2人民医院; n is 0: nothing to write out */
	uint64_t bits;
};

static void
runes_whole(struct runes *to, const char *rest, const char *campus)
{
	struct runes tail;

	runes_read(to, rest);
	runes_read(&tail, campus);
	to->n -= tail.n < to->n ? tail.n : 0;
}

/* 2院, 2医院 and 医院 of a county are mostly its 人民医院: to propose, never to take. */
static void
write_out(struct asked *a, struct pool *p)
{
	const char *s = a->parts.rest;
	size_t digits = strspn(s, "0123456789");

	a->full.n = 0;
	if (strcmp(s + digits, "院") == 0 || strcmp(s + digits, "医院") == 0)
		runes_read(&a->full, pool_printf(p, "%.*s人民医院", (int)digits, s));
}

static void
ask(const struct matcher *m, struct pool *p, struct asked *a, const char *norm,
    struct place place, uint32_t address)
{
	a->parts = nameparts_at(p, norm, place);
	a->owner = norm_length(a->parts.core);
	a->area = a->parts.place;
	if (place_level(address) > place_level(a->area) && place_within(address, a->area))
		a->area = address;
	a->where = a->area != 0 ? a->area : m->home;
	runes_read(&a->rest, a->parts.rest);
	runes_whole(&a->whole, a->parts.rest, a->parts.campus);
	write_out(a, p);
	a->bits = match_bits(&a->rest) | match_bits(&a->full);
}

static bool
is_near(const struct asked *a, const struct house *h)
{
	return a->area != 0 ? place_within(a->area, h->region) && place_within(a->area, h->place) :
	    place_within(place_city(a->where), h->region);
}

/* A place the name does not tell can only be guessed where the owner is rare: towns are, shops of
 * a chain are not. */
static bool
is_rare(const struct asked *a)
{
	if (a->parts.is_store || a->parts.branch != 0)
		return false;
	return a->owner >= SPECIFIC || (a->owner >= OWNED && (a->parts.kind == HOUSE_COMMUNITY ||
	    a->parts.kind == HOUSE_TOWNSHIP || a->parts.kind == HOUSE_TOWNSHIP_CENTRAL));
}

/* Whether a house of the same name may be taken for it. */
static bool
is_there(const struct asked *a, const struct house *h, bool same_place)
{
	if (!is_near(a, h))
		return false;
	if (same_place || (a->parts.place != 0 && a->parts.place == h->place))
		return true;
	return is_rare(a) || (a->owner >= OWNED && a->area != 0 && a->area == h->region);
}

/* Adds the houses a key leads to; returns the one that may be taken, 0 for none or several. */
static int64_t
same_name(const struct matcher *m, const struct asked *a, const char *key, bool same_place,
    struct shortlist *l)
{
	int64_t one = 0;
	bool several = false;

	for (uint32_t at = keymap_first(m->party, key); at != 0; at = keymap_next(m->party, at)) {
		const struct house *h = &m->houses[keymap_value(m->party, at)];
		bool there = is_there(a, h, same_place);

		if (there || is_near(a, h) || l->n < MATCH_CANDIDATES)
			shortlist_add(l, h->target, MATCH_ONE_E4 - !there, there ? NULL : "county");
		if (!there)
			continue;
		several = several || (one != 0 && one != h->target);
		one = h->target;
	}
	return several ? 0 : one;
}

/* The same normalised name, in its place. */
static bool
by_name(const struct matcher *m, struct pool *p, const struct asked *a, const char *norm,
    struct shortlist *l, struct match *to)
{
	int64_t found = same_name(m, a, pool_printf(p, "N%s", norm),
	    a->parts.place != 0 || a->parts.doubtful, l);

	if (found == 0 && l->n == 0 && a->parts.place != 0)
		found = same_name(m, a, pool_printf(p, "P%u %s", a->parts.place, a->parts.rest),
		    true, l);
	if (found == 0 && l->n == 0 && a->owner >= OWNED)
		found = same_name(m, a, pool_printf(p, "R%s", a->parts.rest), false, l);
	if (found != 0)
		match_take(to, found, MATCH_NAME, MATCH_ONE_E4);
	return found != 0;
}

static bool
is_elsewhere(const struct asked *a, const struct house *h, const char *core)
{
	if (place_level(a->parts.place) == 6 && place_level(h->place) == 6 &&
	    a->parts.place != h->place)
		return true;
	if (!is_near(a, h))
		return true;
	if (a->parts.place != 0 && a->parts.place == h->place)
		return false;
	/* 人民医院 is that of its place and of no other. */
	if (a->owner < OWNED || norm_length(core) < OWNED)
		return true;
	return !is_rare(a) && (a->area == 0 || a->area != h->region);
}

static const char *
veto(const struct matcher *m, const struct asked *a, const struct house *h, const char *core)
{
	struct nameparts parts = { .rest = "", .core = core, .campus = match_text(m, h->campus),
		.place = h->place, .kind = (enum house_kind)h->kind, .ordinal = h->ordinal,
		.branch = h->branch, .is_store = h->is_store };

	return is_elsewhere(a, h, core) ? "county" : nameparts_veto(&a->parts, &parts);
}

/* DOMAIN 2.5: 0.5 Jaro-Winkler, 0.3 Dice, 0.2 the same core. */
static int
score(const struct runes *a, const struct runes *b, bool same_core)
{
	return (5 * similar_jaro_winkler(a, b) + 3 * similar_dice(a, b) +
	    (same_core ? 2 * MATCH_ONE_E4 : 0)) / 10;
}

static void
compare(const struct matcher *m, const struct asked *a, const struct house *h,
    struct shortlist *l)
{
	const char *core = match_text(m, h->core);
	const char *campus = match_text(m, h->campus);
	bool same_core = strcmp(core, a->parts.core) == 0;
	bool same_part = strcmp(campus, a->parts.campus) == 0;
	struct runes rest;
	const char *why;
	int s;

	runes_whole(&rest, match_text(m, h->rest), same_part ? "" : campus);
	s = score(same_part ? &a->rest : &a->whole, &rest, same_core);
	if (a->full.n > 0) {
		int guessed = score(&a->full, &rest, same_core);

		guessed = guessed > GUESSED ? GUESSED : guessed;
		s = guessed > s ? guessed : s;
	}
	if (s < m->queue_e4 - WEAKER)
		return;
	why = veto(m, a, h, core);
	if (why != NULL && strcmp(why, "county") == 0 && (a->area == 0 || a->area != h->region))
		s -= ELSEWHERE;
	shortlist_add(l, h->target, s, why);
}

static bool
is_far(const struct asked *a, const struct house *h)
{
	int common = __builtin_popcountll(a->bits & h->bits);
	int fewer = __builtin_popcountll(h->bits);

	if (a->rest.n < (size_t)fewer)
		fewer = (int)a->rest.n;
	return 2 * common < fewer;
}

/* First house in the order of areas that is not before code. */
static size_t
area_from(const struct matcher *m, uint32_t code)
{
	size_t low = 0;
	size_t high = m->house_n.n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (m->houses[m->by_area[middle]].region < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
search(const struct matcher *m, const struct asked *a, uint32_t from, uint32_t to,
    struct shortlist *l)
{
	for (size_t i = area_from(m, from); i < m->house_n.n; i++) {
		const struct house *h = &m->houses[m->by_area[i]];

		if (h->region >= to)
			break;
		if (!is_far(a, h))
			compare(m, a, h, l);
	}
}

/* The block: the city where it is, or its province when no city is known. */
static void
by_block(const struct matcher *m, const struct asked *a, struct shortlist *l)
{
	uint32_t city = place_city(a->where);

	if (a->where == 0)
		search(m, a, 0, UINT32_MAX, l);
	else if (place_level(city) == 2)
		search(m, a, city, city + 10000, l);
	else
		search(m, a, city, city + 100, l);
	/* What has no city, or no place at all, may be anywhere. */
	if (place_level(city) == 4)
		search(m, a, place_province(city), place_province(city) + 1, l);
	if (a->where != 0)
		search(m, a, 0, 1, l);
}

/* The USCC, alone or in an address. */
static const char *
find_uscc(struct pool *p, const struct match_given *given)
{
	const char *extra = identifier_clean(p, given->extra);
	const char *code = identifier_clean(p, given->code);

	return uscc_valid(extra) ? extra : uscc_valid(code) ? code : NULL;
}

static bool
by_uscc(const struct matcher *m, struct pool *p, const char *uscc, struct match *to)
{
	uint32_t at = uscc == NULL ? 0 : keymap_first(m->party, pool_printf(p, "U%s", uscc));

	if (at == 0)
		return false;
	match_take(to, m->houses[keymap_value(m->party, at)].target, MATCH_IDENTIFIER,
	    MATCH_ONE_E4);
	return true;
}

/* A bolder reading of its place, and what stands in brackets. */
static bool
by_other_names(const struct matcher *m, struct pool *p, const struct norm_name *name,
    struct asked *asked, uint32_t address, struct shortlist *l, struct match *to)
{
	uint32_t hint = address != 0 ? address : m->home;
	struct place bold = place_read_bold(m->places, p, name->text, hint);
	struct asked other;

	if (l->n == 0 && bold.code != asked->parts.place && !bold.doubtful) {
		ask(m, p, &other, name->text, bold, address);
		if (by_name(m, p, &other, name->text, l, to))
			return true;
		if (l->n > 0 || asked->parts.place == 0)
			*asked = other;
	}
	for (size_t i = 0; i < name->n_alias && l->n == 0; i++) {
		ask(m, p, &other, name->alias[i],
		    place_read(m->places, p, name->alias[i], hint), address);
		if (by_name(m, p, &other, name->alias[i], l, to))
			return true;
	}
	return false;
}

const struct match *
matcher_party(struct matcher *m, struct pool *p, const struct match_given *given)
{
	struct norm_name name = norm_party(p, given->name);
	struct match *to = match_none(p, name.text);
	const char *uscc = find_uscc(p, given);
	struct shortlist list = { 0, { { 0, 0, NULL } } };
	struct asked asked;
	uint32_t address = 0;
	uint32_t hint;

	if (match_known(m, p, m->said_party, given->code, to) || by_uscc(m, p, uscc, to) ||
	    *name.text == '\0')
		return to;
	if (*given->extra != '\0' && uscc == NULL)
		address = place_read(m->places, p, norm_letters(p, norm_fold(p, given->extra)),
		    m->home).code;
	hint = address != 0 ? address : m->home;
	ask(m, p, &asked, name.text, place_read(m->places, p, name.text, hint), address);
	if (by_name(m, p, &asked, name.text, &list, to) ||
	    by_other_names(m, p, &name, &asked, address, &list, to))
		return to;
	/* Equal names among which nothing decides are a question for a person. */
	if (list.n > 0)
		for (size_t i = 0; i < list.n; i++)
			list.c[i].veto = "county";
	by_block(m, &asked, &list);
	match_judge(m, p, &list, to);
	return to;
}

/* See packspec.h. */
#include "packspec.h"

#include <stdlib.h>
#include <string.h>

#include "norm.h"

enum { MASS = 1, VOLUME, UNITS, PART, LENGTH, KINDS = 8 };

/* Longer words first: mg before m, 万iu before iu. */
static const struct {
	const char *word;
	int64_t factor;
	int kind;
} units[] = {
	{ "μg", 1, MASS }, { "ug", 1, MASS }, { "mcg", 1, MASS }, { "微克", 1, MASS },
	{ "mg", 1000, MASS }, { "毫克", 1000, MASS }, { "kg", 1000000000, MASS },
	{ "g", 1000000, MASS }, { "克", 1000000, MASS },
	{ "ml", 1000, VOLUME }, { "毫升", 1000, VOLUME }, { "μl", 1, VOLUME },
	{ "l", 1000000, VOLUME }, { "升", 1000000, VOLUME },
	{ "万iu", 10000, UNITS }, { "万单位", 10000, UNITS }, { "万u", 10000, UNITS },
	{ "iu", 1, UNITS }, { "单位", 1, UNITS }, { "u", 1, UNITS },
	{ "%", 1, PART }, { "cm", 10, LENGTH }, { "mm", 1, LENGTH },
};

/* A number with at most three decimals, in thousandths; NULL: too large to be one. */
static const char *
read_number(const char *s, int64_t *thousandths)
{
	int64_t n = 0;
	int decimals = -1;

	for (; (*s >= '0' && *s <= '9') || (*s == '.' && decimals < 0); s++) {
		if (*s == '.') {
			decimals = 0;
			continue;
		}
		if (decimals >= 3)
			continue;
		if (n > 1000000000)
			return NULL;
		n = n * 10 + (*s - '0');
		decimals += decimals >= 0;
	}
	for (; decimals < 3; decimals++)
		n *= decimals < 0 ? 1 : 10;
	*thousandths = n;
	return s;
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* True when the number is a measure: its unit stands behind it. */
static bool
take_measure(struct packspec *to, const char **s, int64_t thousandths)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!norm_begins(*s, units[i].word))
			continue;
		*s += strlen(units[i].word);
		if (to->n < PACK_MEASURES)
			to->measure[to->n++] =
			    thousandths * units[i].factor * KINDS + units[i].kind;
		return true;
	}
	return false;
}

struct packspec
packspec_read(struct pool *p, const char *text)
{
	struct packspec to = { 0, { 0 }, 1, false };
	const char *s = norm_fold(p, text);

	while (*s != '\0') {
		int64_t n;

		if (*s < '0' || *s > '9') {
			s++;
			continue;
		}
		s = read_number(s, &n);
		if (s == NULL)
			break;
		if (take_measure(&to, &s, n) || n <= 0 || n % 1000 != 0)
			continue;
		to.counted = true;
		to.count = to.count > 1000000 ? to.count : to.count * (n / 1000);
	}
	qsort(to.measure, to.n, sizeof(to.measure[0]), by_value);
	return to;
}

bool
packspec_same_content(const struct packspec *a, const struct packspec *b)
{
	if (a->n == 0 || b->n == 0)
		return true;
	return a->n == b->n && memcmp(a->measure, b->measure, a->n * sizeof(a->measure[0])) == 0;
}

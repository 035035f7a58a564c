/* See format.h. */
#include "format.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char minus[] = "\xe2\x88\x92"; /* U+2212 */
static const char nbsp[] = "\xc2\xa0";

void
text_add(struct text *t, const char *s, size_t n)
{
	if (n >= t->cap - t->n) {
		size_t cap = (t->cap + n) * 2 + 64;
		char *bigger = realloc(t->s, cap);

		if (bigger == NULL)
			abort();
		t->s = bigger;
		t->cap = cap;
	}
	memcpy(t->s + t->n, s, n);
	t->n += n;
	t->s[t->n] = '\0';
}

void
text_str(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void
text_free(struct text *t)
{
	free(t->s);
	memset(t, 0, sizeof(*t));
}

void
format_word(struct text *t, const struct words *w, const char *key, size_t n)
{
	const char *text = word_n(w, key, n);

	if (text != NULL) {
		text_str(t, text);
		return;
	}
	text_str(t, "\xe2\x9f\xa6");
	text_add(t, key, n);
	text_str(t, "\xe2\x9f\xa7");
}

void
format_count(struct text *t, const struct words *w, const char *key, const char *n)
{
	char one[200];
	const char *text = NULL, *hole;

	if (strcmp(n, "1") == 0) {
		snprintf(one, sizeof(one), "%s.one", key);
		text = word(w, one);
	}
	if (text == NULL)
		text = word(w, key);
	if (text == NULL) {
		format_word(t, w, key, strlen(key));
		return;
	}
	hole = strstr(text, "{n}");
	if (hole == NULL) {
		text_str(t, text);
		return;
	}
	text_add(t, text, (size_t)(hole - text));
	format_int(t, n);
	text_str(t, hole + 3);
}

/* ---- numbers ------------------------------------------------------------ */

/* -?digits(.digits)? taken apart; the strings point into v. */
struct decimal {
	bool negative;
	const char *whole;
	size_t whole_n;
	const char *part;
	size_t part_n;
};

static size_t
digits_at(const char *s)
{
	size_t n = 0;

	while (isdigit((unsigned char)s[n]))
		n++;
	return n;
}

static bool
decimal_parse(struct decimal *d, const char *v)
{
	d->negative = *v == '-';
	d->whole = v + d->negative;
	d->whole_n = digits_at(d->whole);
	d->part = d->whole + d->whole_n;
	d->part_n = 0;
	if (*d->part == '.') {
		d->part++;
		d->part_n = digits_at(d->part);
	}
	return d->whole_n > 0 && d->part[d->part_n] == '\0';
}

static void
add_grouped(struct text *t, const char *digits, size_t n)
{
	size_t first = n % 3 == 0 ? 3 : n % 3;

	if (first > n)
		first = n;
	text_add(t, digits, first);
	for (size_t i = first; i < n; i += 3) {
		text_add(t, ",", 1);
		text_add(t, digits + i, 3);
	}
}

/* At least least decimals, no zeros behind those. */
static void
add_decimals(struct text *t, const struct decimal *d, size_t least)
{
	size_t n = d->part_n;

	while (n > least && d->part[n - 1] == '0')
		n--;
	if (n == 0 && least == 0)
		return;
	text_add(t, ".", 1);
	text_add(t, d->part, n);
	for (; n < least; n++)
		text_add(t, "0", 1);
}

void
format_int(struct text *t, const char *v)
{
	struct decimal d;

	if (!decimal_parse(&d, v)) {
		text_str(t, v);
		return;
	}
	if (d.negative)
		text_str(t, minus);
	add_grouped(t, d.whole, d.whole_n);
	add_decimals(t, &d, 0);
}

void
format_money(struct text *t, const struct words *w, const char *v, const char *unit)
{
	struct decimal d;
	char key[64];
	const char *sign;

	if (!decimal_parse(&d, v)) {
		text_str(t, v);
		return;
	}
	if (d.negative)
		text_str(t, minus);
	if (*unit != '\0') {
		snprintf(key, sizeof(key), "format.currency.%s", unit);
		sign = word(w, key);
		text_str(t, sign != NULL ? sign : unit);
		if (sign == NULL)
			text_str(t, nbsp);
	}
	add_grouped(t, d.whole, d.whole_n);
	add_decimals(t, &d, 2);
}

void
format_qty(struct text *t, const struct words *w, const char *v, const char *unit)
{
	char key[80];
	const char *name = NULL;

	format_int(t, v);
	if (*unit == '\0')
		return;
	text_str(t, nbsp);
	if (strcmp(v, "1") == 0) {
		snprintf(key, sizeof(key), "unit.%s.one", unit);
		name = word(w, key);
	}
	if (name == NULL) {
		snprintf(key, sizeof(key), "unit.%s", unit);
		name = word(w, key);
	}
	text_str(t, name != NULL ? name : unit);
}

static void
add_percent(struct text *t, const char *v, bool with_plus)
{
	char digits[64];
	char *end;
	double x = strtod(v, &end) * 100;

	if (end == v || *end != '\0' || x > 1e15 || x < -1e15) {
		text_str(t, v);
		return;
	}
	snprintf(digits, sizeof(digits), "%.1f", x < 0 ? -x : x);
	if (strcmp(digits, "0.0") != 0)
		text_str(t, x < 0 ? minus : with_plus ? "+" : "");
	text_str(t, digits);
	text_str(t, "%");
}

void
format_percent(struct text *t, const char *v)
{
	add_percent(t, v, false);
}

void
format_growth(struct text *t, const char *v)
{
	add_percent(t, v, true);
}

void
format_bytes(struct text *t, const char *v)
{
	static const char *const units[] = { "B", "KB", "MB", "GB", "TB" };
	char out[64];
	char *end;
	double x = strtod(v, &end);
	size_t i = 0;

	if (end == v || *end != '\0') {
		text_str(t, v);
		return;
	}
	for (; x >= 1024 && i + 1 < sizeof(units) / sizeof(*units); i++)
		x /= 1024;
	snprintf(out, sizeof(out), i > 0 && x < 10 ? "%.1f" : "%.0f", x);
	text_str(t, out);
	text_str(t, nbsp);
	text_str(t, units[i]);
}

/* One decimal at most. */
static void
add_short(struct text *t, double v)
{
	char out[64];
	char *end;

	snprintf(out, sizeof(out), "%.1f", v);
	end = out + strlen(out) - 2;
	if (strcmp(end, ".0") == 0)
		*end = '\0';
	format_int(t, out);
}

/* format.compact is "100000000 亿;10000 万": the first step that fits is taken. */
void
format_compact(struct text *t, const struct words *w, double v)
{
	const char *step = word(w, "format.compact");

	while (step != NULL && *step != '\0') {
		char *name;
		double size = strtod(step, &name);
		size_t n = strcspn(name, ";");

		if (size > 0 && v >= size && n > 1) {
			add_short(t, v / size);
			text_add(t, name + 1, n - 1);
			return;
		}
		step = name[n] == ';' ? name + n + 1 : NULL;
	}
	add_short(t, v);
}

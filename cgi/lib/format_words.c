/* See format.h: an amount in capital numerals, as cheques and statements have it (大写). */
#include "format.h"

#include <string.h>

/* What format.words holds, one character each. */
enum { ZERO, TEN = 10, WAN = 13, YI, YUAN, JIAO, FEN, EVEN, MINUS, SIGNS };
enum { SIGN_BYTES = 3, WHOLE_MAX = 12 };

static void
add_sign(struct text *t, const char *signs, int i)
{
	text_add(t, signs + (size_t)i * SIGN_BYTES, SIGN_BYTES);
}

/* Up to four digits; gap: digits before them ended in zeros that are still to be said. */
static void
add_group(struct text *t, const char *signs, const char *digits, size_t n, bool *gap)
{
	for (size_t i = 0; i < n; i++) {
		size_t power = n - 1 - i;

		if (digits[i] == '0') {
			*gap = true;
			continue;
		}
		if (*gap && t->n > 0)
			add_sign(t, signs, ZERO);
		*gap = false;
		add_sign(t, signs, digits[i] - '0');
		if (power > 0)
			add_sign(t, signs, TEN + (int)power - 1);
	}
}

static void
add_whole(struct text *t, const char *signs, const char *digits, size_t n)
{
	static const int units[] = { YUAN, WAN, YI };
	bool gap = false;

	for (size_t left = (n + 3) / 4; left > 0; left--) {
		size_t here = n - (left - 1) * 4;
		size_t before = t->n;

		add_group(t, signs, digits, here, &gap);
		if (left > 1 && t->n > before) {
			add_sign(t, signs, units[left - 1]);
			gap = false;
		}
		if (here > 0 && digits[here - 1] == '0' && t->n > before)
			gap = true;
		digits += here;
		n -= here;
	}
}

static void
add_fraction(struct text *t, const char *signs, char jiao, char fen)
{
	if (jiao == '0' && fen == '0') {
		add_sign(t, signs, EVEN);
		return;
	}
	if (jiao != '0') {
		add_sign(t, signs, jiao - '0');
		add_sign(t, signs, JIAO);
	} else if (t->n > 0) {
		add_sign(t, signs, ZERO);
	}
	if (fen != '0') {
		add_sign(t, signs, fen - '0');
		add_sign(t, signs, FEN);
	}
}

void
format_words(struct text *t, const struct words *w, const char *v)
{
	const char *signs = word(w, "format.words");
	bool negative = *v == '-';
	const char *digits = v + negative;
	struct text said = { 0 };
	const char *part;
	size_t n;

	while (*digits == '0')
		digits++;
	n = strspn(digits, "0123456789");
	part = digits + n;
	if (signs == NULL || strlen(signs) != SIGNS * SIGN_BYTES || n > WHOLE_MAX || *part != '.' ||
	    strspn(part + 1, "0123456789") != 2 || part[3] != '\0')
		return;
	if (n > 0) {
		add_whole(&said, signs, digits, n);
		add_sign(&said, signs, YUAN);
	} else if (strcmp(part, ".00") == 0) {
		add_sign(&said, signs, ZERO);
		add_sign(&said, signs, YUAN);
	}
	add_fraction(&said, signs, part[1], part[2]);
	if (negative)
		add_sign(t, signs, MINUS);
	text_add(t, said.s, said.n);
	text_free(&said);
}

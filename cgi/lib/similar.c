/* See similar.h. */
#include "similar.h"

#include <stdbool.h>
#include <string.h>

#include "utf8.h"

enum { ONE = 10000 };

void
runes_read(struct runes *to, const char *s)
{
	size_t n = strlen(s);

	to->n = 0;
	for (size_t i = 0; i < n && to->n < SIMILAR_MAX;) {
		int length = utf8_next(s + i, n - i, &to->c[to->n]);

		if (length == UTF8_BAD)
			break;
		i += (size_t)length;
		to->n++;
	}
}

/* Matches of a in b within the window; marks them in both. */
static size_t
common(const struct runes *a, const struct runes *b, bool *in_a, bool *in_b)
{
	size_t longer = a->n > b->n ? a->n : b->n;
	size_t window = longer / 2 > 0 ? longer / 2 - 1 : 0;
	size_t found = 0;

	for (size_t i = 0; i < a->n; i++) {
		size_t from = i > window ? i - window : 0;
		size_t to = i + window + 1 < b->n ? i + window + 1 : b->n;

		for (size_t j = from; j < to; j++) {
			if (in_b[j] || a->c[i] != b->c[j])
				continue;
			in_a[i] = true;
			in_b[j] = true;
			found++;
			break;
		}
	}
	return found;
}

static size_t
moved(const struct runes *a, const struct runes *b, const bool *in_a, const bool *in_b)
{
	size_t n = 0;
	size_t j = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (!in_a[i])
			continue;
		while (!in_b[j])
			j++;
		n += a->c[i] != b->c[j];
		j++;
	}
	return n / 2;
}

int
similar_jaro_winkler(const struct runes *a, const struct runes *b)
{
	bool in_a[SIMILAR_MAX] = { false };
	bool in_b[SIMILAR_MAX] = { false };
	size_t m = common(a, b, in_a, in_b);
	size_t prefix = 0;
	size_t jaro;

	if (m == 0)
		return a->n == 0 && b->n == 0 ? ONE : 0;
	jaro = (ONE * m / a->n + ONE * m / b->n + ONE * (m - moved(a, b, in_a, in_b)) / m) / 3;
	while (prefix < 4 && prefix < a->n && prefix < b->n && a->c[prefix] == b->c[prefix])
		prefix++;
	return (int)(jaro + prefix * (ONE - jaro) / 10);
}

int
similar_dice(const struct runes *a, const struct runes *b)
{
	bool used[SIMILAR_MAX] = { false };
	size_t found = 0;

	if (a->n < 2 || b->n < 2)
		return a->n == b->n && (a->n == 0 || a->c[0] == b->c[0]) ? ONE : 0;
	for (size_t i = 0; i + 1 < a->n; i++) {
		for (size_t j = 0; j + 1 < b->n; j++) {
			if (used[j] || a->c[i] != b->c[j] || a->c[i + 1] != b->c[j + 1])
				continue;
			used[j] = true;
			found++;
			break;
		}
	}
	return (int)(2 * ONE * found / (a->n + b->n - 2));
}

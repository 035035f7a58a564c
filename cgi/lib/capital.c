/* See capital.h. */
#include "capital.h"

#include <stdbool.h>
#include <string.h>

enum { WHOLE_MAX = 16, GROUP = 4 };

static const char *const digits[] = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };
static const char *const places[] = { "", "拾", "佰", "仟" };
static const char *const groups[] = { "", "万", "亿", "万" };

/* The whole yuan; zeros between digits are said once, those at the end of a group not at all. */
static void
add_whole(struct buf *out, const char *s, size_t n)
{
	bool zero = false, said = false, in_group = false;

	for (size_t i = 0; i < n; i++) {
		size_t place = n - 1 - i;
		int digit = s[i] - '0';

		if (digit == 0) {
			zero = true;
		} else {
			if (zero && said)
				buf_str(out, digits[0]);
			buf_str(out, digits[digit]);
			buf_str(out, places[place % GROUP]);
			zero = false;
			said = in_group = true;
		}
		if (place % GROUP == 0 && in_group) {
			buf_str(out, groups[place / GROUP]);
			/* 万亿 is one word where no 亿 of its own follows. */
			if (place == 3 * GROUP && strspn(s + i + 1, "0") >= GROUP)
				buf_str(out, groups[2]);
			in_group = false;
		}
	}
	if (said)
		buf_str(out, "元");
}

/* Jiao and fen behind the yuan; a missing jiao is said when there is fen. */
static void
add_cents(struct buf *out, int jiao, int fen, bool whole, bool ends_in_zero)
{
	if (jiao == 0 && fen == 0) {
		buf_str(out, whole ? "整" : "零元整");
		return;
	}
	if (whole && (jiao == 0 || ends_in_zero))
		buf_str(out, digits[0]);
	if (jiao != 0) {
		buf_str(out, digits[jiao]);
		buf_str(out, "角");
	}
	if (fen == 0) {
		buf_str(out, "整");
		return;
	}
	buf_str(out, digits[fen]);
	buf_str(out, "分");
}

const char *
capital_yuan(struct pool *p, const char *amount)
{
	struct buf *out = buf_new(p);
	bool negative = amount[0] == '-';
	const char *s = amount + negative;
	size_t n = strspn(s, "0123456789");
	const char *cents = s[n] == '.' ? s + n + 1 : "";
	size_t m = strspn(cents, "0123456789");
	int jiao = m > 0 ? cents[0] - '0' : 0;
	int fen = m > 1 ? cents[1] - '0' : 0;
	size_t lead = strspn(s, "0");

	if (n == 0 || n > WHOLE_MAX || m > 2 || cents[m] != '\0' ||
	    (s[n] != '.' && s[n] != '\0'))
		return NULL;
	if (lead > n)
		lead = n;
	if (negative && (lead < n || jiao != 0 || fen != 0))
		buf_str(out, "负");
	add_whole(out, s + lead, n - lead);
	add_cents(out, jiao, fen, lead < n, lead < n && s[n - 1] == '0');
	return out->s;
}

/* See norm.h: characters, and what both kinds of names need. */
#include "norm.h"

#include <string.h>

#include "utf8.h"

static const struct {
	uint32_t code;
	const char *text;
} signs[] = {
	{ 0xD7, "*" }, { 0x2715, "*" }, { 0x2A09, "*" }, { 0x2236, ":" }, { 0xFE55, ":" },
	{ 0x3014, "(" }, { 0x3015, ")" }, { 0x3010, "(" }, { 0x3011, ")" }, { 0x3016, "(" },
	{ 0x3017, ")" }, { 0x300A, "(" }, { 0x300B, ")" }, { 0x2329, "(" }, { 0x232A, ")" },
	{ 0x3008, "(" }, { 0x3009, ")" }, { '[', "(" }, { ']', ")" }, { '{', "(" }, { '}', ")" },
	{ 0xFE59, "(" }, { 0xFE5A, ")" }, { 0xFE35, "(" }, { 0xFE36, ")" },
	{ 0x3007, "零" }, { 0x25CB, "零" }, { 0xB5, "μ" }, { 0x2103, "c" },
	{ 0x338E, "mg" }, { 0x338D, "μg" }, { 0x338F, "kg" }, { 0x3396, "ml" }, { 0x339D, "cm" },
	{ 0x339C, "mm" }, { 0x2010, "-" }, { 0x2011, "-" }, { 0x2012, "-" }, { 0x2013, "-" },
	{ 0x2014, "-" }, { 0x2015, "-" }, { 0x2212, "-" }, { 0x3002, "." }, { 0x2027, "·" },
	{ 0x2022, "·" }, { 0x30FB, "·" }, { 0xFF65, "·" },
};

/* Circled, bracketed and Roman numbers have their NFKC form. */
static size_t
put_number(char *to, uint32_t code)
{
	static const char *const roman[] = { "i", "ii", "iii", "iv", "v", "vi", "vii", "viii",
		"ix", "x", "xi", "xii" };
	uint32_t n = 0;

	if ((code >= 0x2160 && code <= 0x216B) || (code >= 0x2170 && code <= 0x217B)) {
		const char *s = roman[(code & 0xF)];

		memcpy(to, s, strlen(s));
		return strlen(s);
	}
	if (code >= 0x2460 && code <= 0x2473)
		n = code - 0x2460 + 1;
	else if (code >= 0x2474 && code <= 0x2487)
		n = code - 0x2474 + 1;
	else if (code >= 0x2488 && code <= 0x249B)
		n = code - 0x2488 + 1;
	if (n == 0)
		return 0;
	if (n < 10) {
		to[0] = (char)('0' + n);
		return 1;
	}
	to[0] = (char)('0' + n / 10);
	to[1] = (char)('0' + n % 10);
	return 2;
}

/* At most 4 bytes. */
static size_t
put_folded(char *to, uint32_t code)
{
	size_t n = put_number(to, code);

	if (n > 0 || utf8_is_space(code) || code < ' ' || (code >= 0x2028 && code <= 0x202F))
		return n;
	if (code >= 0xFF01 && code <= 0xFF5E)
		code -= 0xFEE0;
	if (code >= 'A' && code <= 'Z')
		code += 'a' - 'A';
	if (code >= 0x4E00 && code <= 0x9FFF)
		return utf8_put(to, norm_simplified(code));
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (signs[i].code == code) {
			n = strlen(signs[i].text);
			memcpy(to, signs[i].text, n);
			return n;
		}
	}
	return utf8_put(to, code);
}

const char *
norm_fold(struct pool *p, const char *s)
{
	size_t n = strlen(s);
	char *to = pool_alloc(p, 4 * n + 1);
	size_t out = 0;
	uint32_t code;

	for (size_t i = 0; i < n;) {
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD)
			break;
		out += put_folded(to + out, code);
		i += (size_t)length;
	}
	to[out] = '\0';
	return to;
}

static bool
is_letter(uint32_t code)
{
	if (code < 0x80)
		return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
		    (code >= 'A' && code <= 'Z');
	return code >= 0xC0 && code != 0xD7 && code != 0xF7 &&
	    !(code >= 0x2000 && code <= 0x2BFF) && !(code >= 0x3000 && code <= 0x303F) &&
	    !(code >= 0xFE30 && code <= 0xFE6F) && !(code >= 0xFF00 && code <= 0xFFEF) &&
	    code != 0x30FB;
}

const char *
norm_letters(struct pool *p, const char *s)
{
	size_t n = strlen(s);
	char *to = pool_alloc(p, n + 1);
	size_t out = 0;
	uint32_t code;

	for (size_t i = 0; i < n;) {
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD)
			break;
		if (is_letter(code)) {
			memcpy(to + out, s + i, (size_t)length);
			out += (size_t)length;
		}
		i += (size_t)length;
	}
	to[out] = '\0';
	return to;
}

const char *
norm_replace(struct pool *p, const char *s, const char *from, const char *to)
{
	const char *at = strstr(s, from);
	struct buf *b;

	if (at == NULL)
		return s;
	b = buf_new(p);
	for (; at != NULL; at = strstr(s, from)) {
		buf_add(b, s, (size_t)(at - s));
		buf_str(b, to);
		s = at + strlen(from);
	}
	buf_str(b, s);
	return b->s;
}

size_t
norm_length(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

bool
norm_begins(const char *s, const char *head)
{
	return strncmp(s, head, strlen(head)) == 0;
}

bool
norm_ends(const char *s, const char *tail)
{
	size_t n = strlen(s);
	size_t k = strlen(tail);

	return n >= k && memcmp(s + n - k, tail, k) == 0;
}

/* The digit a numeral stands for: 0 to 9, 10 for 十, 100 for 百; -1 for another character. */
static int
numeral_value(const char *s)
{
	static const char numerals[] = "零一二三四五六七八九十百两壹贰叁肆伍陆柒捌玖拾佰廿";
	static const int values[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 2, 1, 2, 3, 4, 5, 6, 7,
		8, 9, 10, 100, -1 };

	if (*s >= '0' && *s <= '9')
		return *s - '0';
	if ((unsigned char)*s < 0xE0 || s[1] == '\0' || s[2] == '\0')
		return -1;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (memcmp(numerals + 3 * i, s, 3) == 0)
			return values[i];
	return -1;
}

/* Reads a run of numerals: its length in bytes, and its value; 0 when there is none. */
static size_t
numeral_run(const char *s, long *value)
{
	const char *at = s;
	long total = 0;
	long digit = -1;
	bool placed = false;
	size_t digits = 0;

	for (;; digits++) {
		int v = numeral_value(at);

		if (v < 0 || digits > 6)
			break;
		if (v >= 10) {
			total += (digit < 0 ? 1 : digit) * v;
			digit = -1;
			placed = true;
		} else if (placed || digit < 0) {
			digit = v;
		} else {
			digit = digit * 10 + v;
		}
		at += (unsigned char)*at < 0x80 ? 1 : 3;
	}
	*value = total + (digit < 0 ? 0 : digit);
	return (size_t)(at - s);
}

/* What a number of its own stands before, when 第 does not announce it. */
static bool
counts_before(const char *s)
{
	static const char *const words[] = { "分店", "店", "号店", "院", "医院", "人民医院", "中医院",
		"中心医院", "附属", "附院", "分院", "门诊", "妇幼", "院区", "分部", "药房", "药店", "门市",
		"临床", "师", "团", "附一", "附二", "附三" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (norm_begins(s, words[i]))
			return true;
	return *s == '\0';
}

const char *
norm_numerals(struct pool *p, const char *s)
{
	struct buf *b = buf_new(p);

	while (*s != '\0') {
		bool announced = norm_begins(s, "第");
		const char *at = announced ? s + strlen("第") : s;
		long value;
		size_t n = numeral_run(at, &value);

		if (n > 0 && (announced || counts_before(at + n) ||
		    (b->n >= 6 && memcmp(b->s + b->n - 6, "附属", 6) == 0))) {
			buf_printf(b, "%ld", value);
			s = at + n;
		} else if (n > 0) {
			buf_add(b, s, n);
			s += n;
		} else {
			uint32_t code;
			int length = utf8_next(s, strnlen(s, 4), &code);

			buf_add(b, s, length > 0 ? (size_t)length : 1);
			s += length > 0 ? length : 1;
		}
	}
	return b->s;
}

const char *
norm_product(struct pool *p, const char *name)
{
	return norm_letters(p, norm_fold(p, name));
}

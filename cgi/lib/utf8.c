/* See utf8.h. */
#include "utf8.h"

#include <string.h>

static int
sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 3;
	if (lead >= 0xF0 && lead <= 0xF4)
		return 4;
	return UTF8_BAD;
}

int
utf8_next(const char *s, size_t n, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const unsigned char mask[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	int length;
	uint32_t c;

	if (n == 0)
		return UTF8_BAD;
	length = sequence_length((unsigned char)s[0]);
	if (length == UTF8_BAD || (size_t)length > n)
		return UTF8_BAD;
	c = (unsigned char)s[0] & mask[length];
	for (int i = 1; i < length; i++) {
		unsigned char b = (unsigned char)s[i];

		if ((b & 0xC0) != 0x80)
			return UTF8_BAD;
		c = c << 6 | (b & 0x3FU);
	}
	if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return UTF8_BAD;
	*code = c;
	return length;
}

size_t
utf8_put(char *to, uint32_t code)
{
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xC0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		to[0] = (char)(0xE0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3F));
		to[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	to[0] = (char)(0xF0 | code >> 18);
	to[1] = (char)(0x80 | (code >> 12 & 0x3F));
	to[2] = (char)(0x80 | (code >> 6 & 0x3F));
	to[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

bool
utf8_valid(const char *s, size_t n)
{
	uint32_t code;

	for (size_t i = 0; i < n;) {
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD)
			return false;
		i += (size_t)length;
	}
	return true;
}

static bool
is_xml_char(uint32_t code)
{
	if (code < 0x20)
		return code == '\t' || code == '\n' || code == '\r';
	return code != 0x7F && code != 0xFFFE && code != 0xFFFF;
}

bool
utf8_clean(const char *s, size_t n)
{
	uint32_t code;

	for (size_t i = 0; i < n;) {
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD || !is_xml_char(code))
			return false;
		i += (size_t)length;
	}
	return true;
}

bool
utf8_is_space(uint32_t code)
{
	return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xA0 || code == 0x3000 ||
	    code == 0xFEFF || (code >= 0x2000 && code <= 0x200B);
}

/* The length of the last character, 0 when there is none. */
static size_t
last_length(const char *s, size_t n)
{
	size_t length = n > 0 ? 1 : 0;

	while (length < n && length < 4 && ((unsigned char)s[n - length] & 0xC0) == 0x80)
		length++;
	return length;
}

void
utf8_trim(const char **s, size_t *n)
{
	uint32_t code;

	for (;;) {
		int length = utf8_next(*s, *n, &code);

		if (length == UTF8_BAD || !utf8_is_space(code))
			break;
		*s += length;
		*n -= (size_t)length;
	}
	for (;;) {
		size_t length = last_length(*s, *n);

		if (length == 0 || utf8_next(*s + *n - length, length, &code) == UTF8_BAD ||
		    !utf8_is_space(code))
			break;
		*n -= length;
	}
}

size_t
utf8_narrow(char *to, const char *s, size_t n)
{
	size_t out = 0;
	uint32_t code;

	for (size_t i = 0; i < n;) {
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD)
			break;
		if (code >= 0xFF01 && code <= 0xFF5E)
			code -= 0xFEE0;
		else if (code == 0x3000 || code == 0xA0)
			code = ' ';
		out += utf8_put(to + out, code);
		i += (size_t)length;
	}
	to[out] = '\0';
	return out;
}

size_t
utf8_cut(const char *s, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && ((unsigned char)s[max] & 0xC0) == 0x80)
		max--;
	return max;
}

/* See cell.h. */
#include "cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

enum { TEXT_MAX = 64, WHOLE_MAX = 14 };

/* The text in half width; false when it is too long to be a number or a date. */
static bool
narrow(const struct table_cell *cell, char text[static TEXT_MAX + 1])
{
	if ((cell->flags & (CELL_DAMAGED | CELL_ERROR)) != 0 || cell->n == 0 || cell->n > TEXT_MAX)
		return false;
	utf8_narrow(text, cell->text, cell->n);
	return true;
}

/* Up to `most` digits at *s; -1 when there is none. */
static int
take_number(const char **s, int most)
{
	int n = 0;
	int digits = 0;

	for (; digits < most && **s >= '0' && **s <= '9'; digits++, (*s)++)
		n = n * 10 + (**s - '0');
	return digits > 0 ? n : -1;
}

static bool
take_word(const char **s, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*s, word, n) != 0)
		return false;
	*s += n;
	return true;
}

static bool
is_day(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (year < 1970 || year > 2099 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && leap);
}

/* Nothing follows, or a time does. */
static bool
ends_date(const char *s)
{
	if (*s == '\0')
		return true;
	if (*s != ' ' && *s != 'T')
		return false;
	s += 1 + strspn(s + 1, " ");
	return s[strspn(s, "0123456789:.")] == '\0' && *s >= '0' && *s <= '9';
}

static bool
read_date(const char *s, int *year, int *month, int *day)
{
	bool compact = strspn(s, "0123456789") == 8;
	const char *separator;

	*year = take_number(&s, 4);
	if (compact) {
		*month = take_number(&s, 2);
		*day = take_number(&s, 2);
		return ends_date(s);
	}
	separator = *s == '-' ? "-" : *s == '/' ? "/" : *s == '.' ? "." : NULL;
	if (*year < 1000 || !take_word(&s, separator != NULL ? separator : "年"))
		return false;
	*month = take_number(&s, 2);
	if (!take_word(&s, separator != NULL ? separator : "月"))
		return false;
	*day = take_number(&s, 2);
	return (separator != NULL || take_word(&s, "日")) && ends_date(s);
}

bool
cell_date(const struct table_cell *cell, char date[static CELL_DATE_SIZE])
{
	char text[TEXT_MAX + 1];
	int year = 0;
	int month = 0;
	int day = 0;

	if (!narrow(cell, text) || !read_date(text, &year, &month, &day) ||
	    !is_day(year, month, day))
		return false;
	snprintf(date, CELL_DATE_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000U,
	    (unsigned)month % 100U, (unsigned)day % 100U);
	return true;
}

/* Digits before the point into to; with commas only every three from the right.  -1: malformed. */
static int
take_whole(const char **s, char *to)
{
	const char *from = *s;
	size_t length = strspn(from, "0123456789,");
	size_t first = strcspn(from, ",");
	bool grouped = first < length;
	int n = 0;

	if (grouped && (first == 0 || first > 3 || (length - first) % 4 != 0))
		return -1;
	for (size_t i = 0; i < length; i++) {
		bool comma_place = grouped && i >= first && (i - first) % 4 == 0;

		if ((from[i] == ',') != comma_place)
			return -1;
		if (from[i] == ',' || (n == 0 && from[i] == '0'))
			continue;
		if (n == WHOLE_MAX)
			return -1;
		to[n++] = from[i];
	}
	*s += length;
	return length > 0 ? n : -1;
}

/* The point and digits behind it, without zeros at the end; -1: more than scale. */
static int
take_fraction(const char **s, int scale, char *to)
{
	size_t length;

	if (**s != '.')
		return 0;
	(*s)++;
	length = strspn(*s, "0123456789");
	if (length == 0)
		return -1;
	to[0] = '.';
	for (size_t i = length; i > 0; i--) {
		if ((*s)[i - 1] == '0')
			continue;
		if (i > (size_t)scale)
			return -1;
		memcpy(to + 1, *s, i);
		*s += length;
		return (int)i + 1;
	}
	*s += length;
	return 0;
}

bool
cell_decimal(const struct table_cell *cell, int scale, char decimal[static CELL_DECIMAL_SIZE])
{
	char text[TEXT_MAX + 1];
	const char *s = text;
	char *to = decimal;
	bool negative;
	int n;

	if (scale > 6 || !narrow(cell, text))
		return false;
	s += strspn(s, " ");
	negative = *s == '-';
	s += negative || *s == '+';
	if (!take_word(&s, "¥"))
		take_word(&s, "￥");
	*to = '-';
	to += negative;
	n = take_whole(&s, to);
	if (n < 0)
		return false;
	if (n == 0)
		to[n++] = '0';
	to += n;
	n = take_fraction(&s, scale, to);
	s += strspn(s, " ");
	if (n < 0 || *s != '\0')
		return false;
	to[n] = '\0';
	if (strcmp(decimal, "-0") == 0)
		memcpy(decimal, "0", 2);
	return true;
}

bool
cell_int(const struct table_cell *cell, int64_t *n)
{
	char decimal[CELL_DECIMAL_SIZE];

	if (!cell_decimal(cell, 0, decimal))
		return false;
	*n = strtoll(decimal, NULL, 10);
	return true;
}

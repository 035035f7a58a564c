/* See tabbuild.h: spreadsheet numbers and dates as text. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tabbuild.h"

enum { DIGITS_MAX = 15, EXPONENT_MAX = 30 };

/* value = 0.d1d2d3… · 10^point, leading zeros dropped. */
struct decimal {
	bool negative;
	char digit[DIGITS_MAX + 2]; /* one more than kept, to round */
	int n;
	int point;
};

/* Reads the digits; false when it is not a number.  *s moves behind them. */
static bool
read_digits(struct decimal *d, const char **s, const char *end)
{
	bool seen_point = false;
	bool any = false;

	for (; *s < end; (*s)++) {
		char c = **s;

		if (c == '.' && !seen_point) {
			seen_point = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		any = true;
		if (d->n == 0 && c == '0') {
			d->point -= seen_point;
			continue;
		}
		d->point += !seen_point;
		if (d->n <= DIGITS_MAX)
			d->digit[d->n++] = (char)(c - '0');
	}
	return any;
}

static bool
read_exponent(struct decimal *d, const char **s, const char *end)
{
	int exponent = 0;
	int sign = 1;

	if (*s == end)
		return true;
	if (**s != 'E' && **s != 'e')
		return false;
	(*s)++;
	if (*s < end && (**s == '+' || **s == '-'))
		sign = *(*s)++ == '-' ? -1 : 1;
	if (*s == end)
		return false;
	for (; *s < end && **s >= '0' && **s <= '9'; (*s)++)
		exponent = exponent < 10000 ? exponent * 10 + (**s - '0') : exponent;
	d->point += sign * exponent;
	return *s == end;
}

/* Half up to 15 digits, which is what the spreadsheet showed; then zeros at the end go. */
static void
round_digits(struct decimal *d)
{
	if (d->n > DIGITS_MAX) {
		int i = DIGITS_MAX - 1;

		d->n = DIGITS_MAX;
		if (d->digit[DIGITS_MAX] >= 5) {
			while (i >= 0 && d->digit[i] == 9)
				d->digit[i--] = 0;
			if (i >= 0) {
				d->digit[i]++;
			} else {
				d->digit[0] = 1;
				d->point++;
			}
		}
	}
	while (d->n > 0 && d->digit[d->n - 1] == 0)
		d->n--;
}

static void
write_plain(const struct decimal *d, char *to)
{
	if (d->negative)
		*to++ = '-';
	if (d->point <= 0)
		*to++ = '0';
	for (int i = 0; i < d->point; i++)
		*to++ = (char)('0' + (i < d->n ? d->digit[i] : 0));
	if (d->n > d->point) {
		*to++ = '.';
		for (int i = d->point; i < 0; i++)
			*to++ = '0';
		for (int i = d->point < 0 ? 0 : d->point; i < d->n; i++)
			*to++ = (char)('0' + d->digit[i]);
	}
	*to = '\0';
}

bool
number_plain(const char *s, size_t n, char plain[static NUMBER_SIZE], uint32_t *flags)
{
	const char *end = s + n;
	struct decimal d = { 0 };

	if (s < end && (*s == '-' || *s == '+'))
		d.negative = *s++ == '-';
	if (!read_digits(&d, &s, end) || !read_exponent(&d, &s, end))
		return false;
	round_digits(&d);
	if (d.n == 0) {
		memcpy(plain, "0", 2);
		*flags |= CELL_NUMBER;
		return true;
	}
	if (d.point > EXPONENT_MAX || d.point < -EXPONENT_MAX)
		return false;
	write_plain(&d, plain);
	/* The sixteenth digit and what follows it are not what was typed. */
	*flags |= CELL_NUMBER | (d.point > DIGITS_MAX ? CELL_DAMAGED : 0U);
	return true;
}

/* Days since 1970-01-01 to a date of the Gregorian calendar. */
static void
civil_date(long days, int *year, int *month, int *day)
{
	long z = days + 719468;
	long era = (z >= 0 ? z : z - 146096) / 146097;
	long of_era = z - era * 146097;
	long year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	long of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	long m = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

void
number_date(double serial, char text[static NUMBER_SIZE], uint32_t *flags)
{
	enum { EPOCH = 25569, FALSE_LEAP_DAY = 60, LAST = 2958465, DAY_S = 86400 };
	long days = (long)floor(serial);
	long seconds = lround((serial - floor(serial)) * DAY_S);
	int year;
	int month;
	int day;
	int n = 0;

	if (seconds == DAY_S) {
		seconds = 0;
		days++;
	}
	*flags |= CELL_DATE;
	/* 1900-02-29 never was; serials before it count from a day later. */
	if (days == FALSE_LEAP_DAY)
		*flags |= CELL_DAMAGED;
	civil_date(days - EPOCH + (days < FALSE_LEAP_DAY), &year, &month, &day);
	if (days >= 1 && days <= LAST)
		n = snprintf(text, NUMBER_SIZE, "%04d-%02d-%02d", year, month, day);
	if (seconds != 0 || n == 0)
		snprintf(text + n, NUMBER_SIZE - (size_t)n, "%s%02ld:%02ld:%02ld", n > 0 ? " " : "",
		    seconds / 3600, seconds / 60 % 60, seconds % 60);
}

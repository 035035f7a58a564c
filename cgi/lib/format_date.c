/* See format.h: dates and times. */
#include "format.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct moment {
	int64_t year, month, day, hour, minute, second;
	int64_t zone; /* minutes east of Greenwich */
	bool has_zone;
	bool is_database; /* a blank between date and time: UTC */
};

static void
text_number(struct text *t, int64_t v)
{
	char digits[24];

	text_add(t, digits, (size_t)snprintf(digits, sizeof(digits), "%lld", (long long)v));
}

static bool
number_at(const char *s, size_t n, int64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)s[i]))
			return false;
		*v = *v * 10 + (s[i] - '0');
	}
	return true;
}

/* 2026-11 with n 7, 2026-11-23 with n 10. */
static bool
parse_day(struct moment *m, const char *v, size_t n)
{
	memset(m, 0, sizeof(*m));
	m->day = 1;
	if (strnlen(v, n) < n || !number_at(v, 4, &m->year) || v[4] != '-' ||
	    !number_at(v + 5, 2, &m->month) || m->month < 1 || m->month > 12)
		return false;
	return n == 7 || (v[7] == '-' && number_at(v + 8, 2, &m->day));
}

static void
parse_zone(struct moment *m, const char *s)
{
	int64_t hours, minutes;

	if (*s == '.') {
		s++;
		s += strspn(s, "0123456789");
	}
	m->has_zone = *s == 'Z';
	if ((*s == '+' || *s == '-') && strlen(s) == 6 && number_at(s + 1, 2, &hours) &&
	    number_at(s + 4, 2, &minutes)) {
		m->has_zone = true;
		m->zone = (hours * 60 + minutes) * (*s == '-' ? -1 : 1);
	}
}

static bool
parse_moment(struct moment *m, const char *v)
{
	if (!parse_day(m, v, 10) || strlen(v) < 16 || v[13] != ':' ||
	    !number_at(v + 11, 2, &m->hour) || !number_at(v + 14, 2, &m->minute))
		return false;
	if (v[16] == ':' && strlen(v) >= 19 && number_at(v + 17, 2, &m->second))
		parse_zone(m, v + 19);
	else
		parse_zone(m, v + 16);
	m->is_database = v[10] == ' ' && !m->has_zone;
	return true;
}

/* Days since 1970-01-01 in the Gregorian calendar (Hinnant). */
static int64_t
day_number(int64_t y, int64_t m, int64_t d)
{
	int64_t era, of_era, of_year;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	of_era = y - era * 400;
	of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void
day_of_number(struct moment *m, int64_t z)
{
	int64_t era, of_era, y, of_year, mp;

	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	of_era = z - era * 146097;
	y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * y + y / 4 - y / 100);
	mp = (5 * of_year + 2) / 153;
	m->day = of_year - (153 * mp + 2) / 5 + 1;
	m->month = mp + (mp < 10 ? 3 : -9);
	m->year = y + era * 400 + (m->month <= 2);
}

/* Seconds since 1970 in UTC; times without a zone have that of zone. */
static int64_t
seconds_of(const struct moment *m, int64_t zone)
{
	int64_t at = day_number(m->year, m->month, m->day) * 86400 + m->hour * 3600 +
	    m->minute * 60 + m->second;

	if (m->is_database)
		return at;
	return at - (m->has_zone ? m->zone : zone) * 60;
}

static int64_t
page_zone(const struct format *f)
{
	struct moment m;

	return f->now != NULL && parse_moment(&m, f->now) ? m.zone : 0;
}

static void
add_padded(struct text *t, int64_t v)
{
	if (v < 10)
		text_add(t, "0", 1);
	text_number(t, v);
}

/* {Y} {M} {MM} {MMM} {D} {DD}: the rest of the pattern stands as it is. */
static void
add_pattern(struct text *t, const struct words *w, const char *key, const struct moment *m)
{
	const char *p = word(w, key);
	char month[16];

	if (p == NULL) {
		format_word(t, w, key, strlen(key));
		return;
	}
	for (; *p != '\0'; p += *p == '}') {
		size_t n = strcspn(p, "{");

		text_add(t, p, n);
		p += n;
		n = strcspn(p, "}");
		if (strncmp(p, "{Y", n) == 0 && n > 1)
			text_number(t, m->year);
		else if (strncmp(p, "{MMM", n) == 0 && n == 4) {
			snprintf(month, sizeof(month), "month.%02d", (int)m->month);
			format_word(t, w, month, strlen(month));
		} else if (strncmp(p, "{MM", n) == 0 && n == 3)
			add_padded(t, m->month);
		else if (strncmp(p, "{M", n) == 0 && n == 2)
			text_number(t, m->month);
		else if (strncmp(p, "{DD", n) == 0 && n == 3)
			add_padded(t, m->day);
		else if (strncmp(p, "{D", n) == 0 && n == 2)
			text_number(t, m->day);
		p += n;
	}
}

void
format_date(struct text *t, const struct words *w, const char *v)
{
	struct moment m;

	if (parse_day(&m, v, 10))
		add_pattern(t, w, "format.date", &m);
	else
		text_str(t, v);
}

void
format_month(struct text *t, const struct words *w, const char *v)
{
	struct moment m;

	if (parse_day(&m, v, 7))
		add_pattern(t, w, "format.month", &m);
	else
		text_str(t, v);
}

void
format_datetime(struct text *t, const struct format *f, const char *v)
{
	struct moment m;
	int64_t zone = page_zone(f), local;

	if (!parse_moment(&m, v)) {
		format_date(t, f->words, v);
		return;
	}
	local = seconds_of(&m, zone) + zone * 60;
	day_of_number(&m, (local - ((local % 86400) + 86400) % 86400) / 86400);
	local = ((local % 86400) + 86400) % 86400;
	add_pattern(t, f->words, "format.date", &m);
	text_add(t, " ", 1);
	add_padded(t, local / 3600);
	text_add(t, ":", 1);
	add_padded(t, local / 60 % 60);
}

void
format_ago(struct text *t, const struct format *f, const char *v)
{
	struct moment then, now;
	char n[24];
	int64_t hours;

	if (f->now == NULL || !parse_moment(&then, v) || !parse_moment(&now, f->now)) {
		text_str(t, v);
		return;
	}
	hours = (seconds_of(&now, now.zone) - seconds_of(&then, now.zone)) / 3600;
	if (hours < 1) {
		format_word(t, f->words, "ago.now", 7);
		return;
	}
	snprintf(n, sizeof(n), "%lld", (long long)(hours < 48 ? hours : hours / 24));
	format_count(t, f->words, hours < 48 ? "ago.hours" : "ago.days", n);
}

int64_t
format_days(const struct format *f, const char *v)
{
	struct moment then, now;

	if (f->now == NULL || !parse_day(&then, v, 10) || !parse_day(&now, f->now, 10))
		return 0;
	return day_number(then.year, then.month, then.day) -
	    day_number(now.year, now.month, now.day);
}

void
format_due(struct text *t, const struct format *f, const char *v)
{
	int64_t days = format_days(f, v);
	char n[24];

	if (days == 0) {
		format_word(t, f->words, "due.today", 9);
		return;
	}
	snprintf(n, sizeof(n), "%lld", (long long)(days < 0 ? -days : days));
	format_count(t, f->words, days < 0 ? "due.late" : "due.in", n);
}

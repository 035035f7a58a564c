/* See multipart.h: the headers Cookie, Accept and Accept-Language. */
#include "multipart.h"

#include <string.h>
#include <strings.h>

enum { HEADER_MAX = 8192 };

/* RFC 6265: visible ASCII without quote, comma, semicolon and backslash. */
static bool
is_cookie_value(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c <= 0x20 || c >= 0x7F || strchr("\",;\\", c) != NULL)
			return false;
	}
	return true;
}

bool
cookie_find(struct pool *p, const char *header, const char *name, const char **value,
    const char **error)
{
	size_t name_n = strlen(name);

	*value = NULL;
	*error = "cookie.bad";
	if (header == NULL)
		return true;
	if (strlen(header) > HEADER_MAX)
		return false;
	while (*header != '\0') {
		size_t n = strcspn(header, ";");

		/* Other programs' cookies on this host may look as they like. */
		if (n > name_n && header[name_n] == '=' && strncmp(header, name, name_n) == 0) {
			const char *s = header + name_n + 1;

			if (*value != NULL) {
				*error = "cookie.repeated";
				return false;
			}
			if (!is_cookie_value(s, n - name_n - 1))
				return false;
			*value = pool_strndup(p, s, n - name_n - 1);
		}
		header += n;
		header += strspn(header, "; ");
	}
	return true;
}

/* One element of an Accept header: its name and its quality in thousandths. */
struct preference {
	const char *s;
	size_t n;
	int q;
};

static int
read_quality(const char *s)
{
	int q = 0;

	if (*s == '1')
		return 1000;
	if (*s != '0')
		return 0;
	if (s[1] != '.')
		return 0;
	for (int i = 0, unit = 100; i < 3 && s[2 + i] >= '0' && s[2 + i] <= '9'; i++, unit /= 10)
		q += (s[2 + i] - '0') * unit;
	return q;
}

/* Takes the next element off the header; false at its end. */
static bool
take_preference(const char **header, struct preference *to)
{
	const char *s = *header + strspn(*header, ", \t");
	size_t n = strcspn(s, ",");

	if (n == 0)
		return false;
	to->s = s;
	to->n = strcspn(s, "; \t,");
	to->q = 1000;
	for (const char *at = s + to->n; at < s + n; at += strcspn(at, ";,")) {
		at += strspn(at, "; \t");
		if ((*at == 'q' || *at == 'Q') && at[1] == '=')
			to->q = read_quality(at + 2);
	}
	*header = s + n;
	return true;
}

/* 3 exact, 2 type/ *, 1 anything, 0 no match. */
static int
media_match(const struct preference *want, const char *offer)
{
	size_t type_n = strcspn(offer, "/") + 1;

	if (want->n == strlen(offer) && strncasecmp(want->s, offer, want->n) == 0)
		return 3;
	if (want->n == type_n + 1 && want->s[type_n] == '*' &&
	    strncasecmp(want->s, offer, type_n) == 0)
		return 2;
	return want->n == 3 && strncmp(want->s, "*/*", 3) == 0 ? 1 : 0;
}

/* 3 exact, 2 same language, 1 anything, 0 no match. */
static int
language_match(const struct preference *want, const char *offer)
{
	size_t language_n = strcspn(offer, "-");

	if (want->n == strlen(offer) && strncasecmp(want->s, offer, want->n) == 0)
		return 3;
	if (want->n >= language_n && strncasecmp(want->s, offer, language_n) == 0 &&
	    (want->n == language_n || want->s[language_n] == '-'))
		return 2;
	return want->n == 1 && *want->s == '*' ? 1 : 0;
}

/* What the most precise element that speaks of the offer says of it; -1: none does. */
static int
quality_of(const char *header, const char *offer,
    int (*match)(const struct preference *, const char *))
{
	struct preference want;
	int best = 0;
	int q = -1;

	while (take_preference(&header, &want)) {
		int precision = match(&want, offer);

		if (precision > best || (precision == best && precision > 0 && want.q > q)) {
			best = precision;
			q = want.q;
		}
	}
	return q;
}

static int
choose(const char *header, const char *const *offers, size_t n, int none,
    int (*match)(const struct preference *, const char *))
{
	int best_q = 0;
	int best = none;

	if (header == NULL || *header == '\0' || strlen(header) > HEADER_MAX)
		return 0;
	for (size_t i = 0; i < n; i++) {
		int q = quality_of(header, offers[i], match);

		if (q > best_q) {
			best_q = q;
			best = (int)i;
		}
	}
	return best;
}

int
accept_media(const char *header, const char *const *offers, size_t n)
{
	return choose(header, offers, n, -1, media_match);
}

int
accept_language(const char *header, const char *const *offers, size_t n)
{
	return choose(header, offers, n, 0, language_match);
}

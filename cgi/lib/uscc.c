/* See uscc.h. */
#include "uscc.h"

#include <string.h>

#include "utf8.h"

static const char prefix[] = "国药准字";

static bool
is_digits(const char *s, size_t n)
{
	return strlen(s) == n && strspn(s, "0123456789") == n;
}

const char *
identifier_clean(struct pool *p, const char *s)
{
	size_t n = strlen(s);
	char *to = pool_alloc(p, n + 1);
	size_t out = 0;

	n = utf8_narrow(to, s, n);
	for (size_t i = 0; i < n; i++) {
		char c = to[i];

		if (c == ' ' || c == '-' || (c >= '\t' && c <= '\r'))
			continue;
		to[out++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	to[out] = '\0';
	return to;
}

bool
identifier_is_damaged(const char *s)
{
	static const char digits[] = "0123456789";
	size_t n = strspn(s, digits);

	if (n == 0)
		return false;
	s += n;
	if (*s == '.')
		s += 1 + strspn(s + 1, digits);
	if ((*s != 'E' && *s != 'e') || s[1] != '+')
		return false;
	n = strspn(s + 2, digits);
	return n > 0 && s[2 + n] == '\0';
}

/* Index in the alphabet, or -1. */
static int
index_in(const char *alphabet, char c)
{
	const char *at = c != '\0' ? strchr(alphabet, c) : NULL;

	return at != NULL ? (int)(at - alphabet) : -1;
}

bool
uscc_valid(const char *s)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	enum { LENGTH = 18, BASE = 31 };
	int weight = 1;
	int sum = 0;

	if (strlen(s) != LENGTH || strspn(s, alphabet) != LENGTH)
		return false;
	for (int i = 0; i < LENGTH - 1; i++) {
		sum += index_in(alphabet, s[i]) * weight;
		weight = weight * 3 % BASE;
	}
	return s[LENGTH - 1] == alphabet[(BASE - sum % BASE) % BASE];
}

bool
uscc_inner_valid(const char *s)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const int weights[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;
	int check;

	if (!uscc_valid(s))
		return false;
	for (int i = 0; i < 8; i++)
		sum += index_in(alphabet, s[8 + i]) * weights[i];
	check = 11 - sum % 11;
	return s[16] == (check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check));
}

/* GS1: from the right, the check digit has weight 1, then 3, 1, 3 …; the sum ends in 0. */
static bool
gs1_valid(const char *s, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (s[n - 1 - i] - '0') * (i % 2 == 1 ? 3 : 1);
	return sum % 10 == 0;
}

bool
gtin_valid(const char *s)
{
	size_t n = strlen(s);

	return (n == 8 || n == 12 || n == 13 || n == 14) && is_digits(s, n) && gs1_valid(s, n);
}

bool
drug_code_valid(const char *s)
{
	return is_digits(s, 14) && strncmp(s, "869", 3) == 0 && gs1_valid(s, 14);
}

bool
trace_code_valid(const char *s)
{
	return is_digits(s, 20);
}

bool
e_invoice_valid(const char *s)
{
	return is_digits(s, 20);
}

bool
insurance_site_valid(const char *s)
{
	return (s[0] == 'H' || s[0] == 'P') && is_digits(s + 1, 11);
}

/* ([HZS][CJ]?|[BJTF])[0-9]{8} */
static bool
is_domestic_tail(const char *s)
{
	size_t letters = strcspn(s, "0123456789");

	if (letters == 0 || letters > 2 || !is_digits(s + letters, 8))
		return false;
	if (letters == 2)
		return strchr("HZS", s[0]) != NULL && strchr("CJ", s[1]) != NULL;
	return strchr("HZSBJTF", s[0]) != NULL;
}

bool
approval_valid(const char *s)
{
	size_t n = sizeof(prefix) - 1;

	return strncmp(s, prefix, n) == 0 && is_domestic_tail(s + n);
}

/* B?[HZSX]C?[0-9]{8} */
static bool
is_certificate(const char *s)
{
	if (*s == 'B')
		s++;
	if (*s == '\0' || strchr("HZSX", *s) == NULL)
		return false;
	s++;
	if (*s == 'C')
		s++;
	return is_digits(s, 8);
}

/* Skips the words before a certificate number. */
static const char *
skip_words(const char *s)
{
	static const char *const words[] = { "进口药品注册证号", "进口药品注册证", "医药产品注册证号",
		"医药产品注册证" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(s, words[i], strlen(words[i])) == 0)
			return s + strlen(words[i]) + (s[strlen(words[i])] == ':');
	return s;
}

/* One number without brackets. */
static struct approval
read_one(struct pool *p, const char *s)
{
	struct approval a = { APPROVAL_NONE, "", "", false };

	s = skip_words(s);
	if (approval_valid(s)) {
		a.kind = APPROVAL_DOMESTIC;
		a.number = s;
	} else if (is_certificate(s)) {
		a.kind = APPROVAL_IMPORT_CERT;
		a.number = s;
	} else if (*s == 'J' && is_domestic_tail(s)) {
		/* Repacked imports have no number of any other kind: only the prefix is lost. */
		a.kind = APPROVAL_DOMESTIC;
		a.number = pool_printf(p, "%s%s", prefix, s);
		a.restored = true;
	}
	return a;
}

struct approval
approval_read(struct pool *p, const char *s)
{
	char *text = pool_strdup(p, identifier_clean(p, s));
	char *open = strchr(text, '(');
	char *close = open != NULL ? strchr(open, ')') : NULL;
	struct approval inner = { APPROVAL_NONE, "", "", false };
	struct approval a;

	if (open != NULL) {
		if (close == NULL || close[1] != '\0')
			return inner;
		*open = '\0';
		*close = '\0';
		inner = read_one(p, open + 1);
		if (inner.kind != APPROVAL_IMPORT_CERT)
			return (struct approval){ APPROVAL_NONE, "", "", false };
	}
	a = read_one(p, text);
	if (a.kind != APPROVAL_NONE)
		a.import_no = inner.number;
	return a;
}

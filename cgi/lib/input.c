/* See input.h. */
#include "input.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

/* What the router and the lists take on every route. */
static const char *const always[] = {
	"_csrf", "_version", "_key", "lang", "format", "sort", "after", "before", "cols", "view",
	"size",
};

static bool
is_always(const char *name)
{
	for (size_t i = 0; i < LEN(always); i++) {
		if (strcmp(always[i], name) == 0)
			return true;
	}
	return false;
}

/* Whether an input's name is the field's, or the field's with .<digits> behind it. */
static bool
is_of_field(const struct field *f, const char *name)
{
	enum { DIGITS = 18 }; /* as many as every id has room for */
	size_t n = strlen(f->name);
	size_t index;

	if (strncmp(f->name, name, n) != 0)
		return false;
	if (name[n] == '\0')
		return true;
	if ((f->flags & MANY) == 0 || name[n] != '.')
		return false;
	index = strspn(name + n + 1, "0123456789");
	return index > 0 && index <= DIGITS && name[n + 1 + index] == '\0';
}

const struct field *
input_field(const struct route *route, const char *name)
{
	if (route->fields != NULL) {
		for (const struct field *f = route->fields; f->name != NULL; f++) {
			if (is_of_field(f, name))
				return f;
		}
	}
	if (route->list != NULL && route->list->filters != NULL) {
		for (const struct filter *f = route->list->filters; f->field.name != NULL; f++) {
			if (is_of_field(&f->field, name))
				return &f->field;
		}
	}
	return NULL;
}

static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static const char *
number_text(struct req *r, int64_t n)
{
	return pool_printf(r->pool, "%lld", (long long)n);
}

static void
check_length(struct req *r, const struct field *f, const char *name, const char *value)
{
	int64_t max = f->max != 0 ? f->max :
	    f->type == TYPE_TEXTAREA ? 2000 : f->type == TYPE_HIDDEN ? 65536 : 200;
	int64_t n = (int64_t)characters(value);

	if (n > max || n < f->min)
		req_error(r, name, "length", "min", number_text(r, f->min), "max",
		    number_text(r, max), NULL);
	else if (f->type != TYPE_TEXTAREA && f->type != TYPE_HIDDEN && strchr(value, '\n') != NULL)
		req_error(r, name, "one_line", NULL);
}

static void
check_bounds(struct req *r, const struct field *f, const char *name, int64_t n)
{
	if (f->min == 0 && f->max == 0)
		return;
	if (n < f->min)
		req_error(r, name, "min", "min", number_text(r, f->min), NULL);
	else if (f->max != 0 && n > f->max)
		req_error(r, name, "max", "max", number_text(r, f->max), NULL);
}

static void
check_int(struct req *r, const struct field *f, const char *name, const char *value)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(value, &end, 10);
	if (*end != '\0' || errno != 0 || isspace((unsigned char)value[0]) || value[0] == '+' ||
	    n > 9007199254740992 || n < -9007199254740992)
		req_error(r, name, "number", NULL);
	else
		check_bounds(r, f, name, n);
}

/* An optional minus, 1 to 14 digits, a point and at most `places` digits. */
static void
check_decimal(struct req *r, const struct field *f, const char *name, const char *value,
    size_t places)
{
	const char *s = value[0] == '-' ? value + 1 : value;
	size_t whole = strspn(s, "0123456789");
	size_t part = s[whole] == '.' ? strspn(s + whole + 1, "0123456789") : 0;
	size_t all = whole + (s[whole] == '.' ? part + 1 : 0);

	if (whole == 0 || whole > 14 || s[all] != '\0' || (s[whole] == '.' && part == 0))
		req_error(r, name, "number", NULL);
	else if (part > places)
		req_error(r, name, "decimals", "places", number_text(r, (int64_t)places), NULL);
	else
		check_bounds(r, f, name, strtoll(value, NULL, 10));
}

static bool
is_date(const char *s)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int y, m, d, used = 0;
	bool leap;

	if (strlen(s) != 10 || sscanf(s, "%4d-%2d-%2d%n", &y, &m, &d, &used) != 3 || used != 10)
		return false;
	leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	return y >= 1900 && y <= 2199 && m >= 1 && m <= 12 && d >= 1 &&
	    d <= days[m - 1] + (m == 2 && leap);
}

static bool
is_month(const char *s)
{
	int y, m, used = 0;

	return strlen(s) == 7 && sscanf(s, "%4d-%2d%n", &y, &m, &used) == 2 && used == 7 &&
	    y >= 1900 && y <= 2199 && m >= 1 && m <= 12;
}

static bool
is_option(const struct field *f, const char *value)
{
	if (f->options == NULL)
		return strlen(value) <= 100;
	for (const char *const *o = f->options; *o != NULL; o++) {
		if (strcmp(*o, value) == 0)
			return true;
	}
	return false;
}

static bool
is_email(const char *s)
{
	const char *at = strchr(s, '@');

	return strlen(s) <= 200 && at != NULL && at > s && strchr(at + 1, '@') == NULL &&
	    strchr(at, '.') != NULL && strpbrk(s, " \t\n<>\"'") == NULL;
}

static void
check_value(struct req *r, const struct field *f, const struct part *in)
{
	switch (f->type) {
	case TYPE_INT:
	case TYPE_QTY:
		check_int(r, f, in->name, in->value);
		break;
	case TYPE_MONEY:
	case TYPE_PERCENT:
		check_decimal(r, f, in->name, in->value, 2);
		break;
	case TYPE_PRICE:
		check_decimal(r, f, in->name, in->value, 4);
		break;
	case TYPE_DATE:
		if (!is_date(in->value))
			req_error(r, in->name, "date", NULL);
		break;
	case TYPE_MONTH:
		if (!is_month(in->value))
			req_error(r, in->name, "month", NULL);
		break;
	case TYPE_SELECT:
	case TYPE_RADIO:
	case TYPE_CHECKS:
	case TYPE_STATUS:
		if (!is_option(f, in->value))
			req_error(r, in->name, "choice", NULL);
		break;
	case TYPE_CHECK:
		if (strcmp(in->value, "1") != 0)
			check_int(r, f, in->name, in->value);
		break;
	case TYPE_EMAIL:
		if (!is_email(in->value))
			req_error(r, in->name, "email", NULL);
		break;
	case TYPE_FILE:
		break;
	default:
		check_length(r, f, in->name, in->value);
		break;
	}
}

/* Blanks around a value are never meant, but in passwords and long texts. */
static void
trim(struct req *r, const struct field *f, struct part *in)
{
	const char *s = in->value;
	size_t n = in->n;

	if (f->type == TYPE_PASSWORD || f->type == TYPE_TEXTAREA || f->type == TYPE_FILE ||
	    f->type == TYPE_HIDDEN)
		return;
	while (n > 0 && (*s == ' ' || *s == '\t')) {
		s++;
		n--;
	}
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\n'))
		n--;
	if (n == in->n)
		return;
	in->value = pool_strndup(r->pool, s, n);
	in->n = n;
}

static bool
is_number(const struct field *f)
{
	return f->type == TYPE_INT || f->type == TYPE_QTY || f->type == TYPE_MONEY ||
	    f->type == TYPE_PRICE || f->type == TYPE_PERCENT;
}

/* A number as pages show it, ¥10,505.17, without its sign and the commas that part thousands. */
static void
ungroup(struct req *r, struct part *in)
{
	static const char digits[] = "0123456789";
	const char *minus = in->value[0] == '-' ? "-" : "";
	const char *s = in->value + strlen(minus);
	size_t first;
	struct buf *b;

	s += strncmp(s, "¥", strlen("¥")) == 0 ? strlen("¥") : 0;
	s += strncmp(s, "￥", strlen("￥")) == 0 ? strlen("￥") : 0;
	first = strspn(s, digits);
	if (first == 0 || first > 14 || (s[first] == ',' && first > 3))
		return;
	b = buf_new(r->pool);
	buf_printf(b, "%s%.*s", minus, (int)first, s);
	for (s += first; s[0] == ',' && strspn(s + 1, digits) == 3; s += 4)
		buf_printf(b, "%.3s", s + 1);
	if (s[0] != '\0' && s[0] != '.')
		return;
	buf_str(b, s);
	in->value = b->s;
	in->n = b->n;
}

static bool
is_repeated(const struct req *r, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(r->in.part[k].name, r->in.part[i].name) == 0)
			return true;
	}
	return false;
}

static void
check_required(struct req *r, const struct field *fields)
{
	for (const struct field *f = fields; f != NULL && f->name != NULL; f++) {
		if ((f->flags & (REQUIRED | MANY)) != REQUIRED ||
		    ((f->flags & KEEPS) != 0 && req_given(r, "id") &&
		    parts_find(&r->in, f->name) == NULL))
			continue;
		if (f->type == TYPE_FILE ? req_file(r, f->name) == NULL : !req_given(r, f->name))
			req_error(r, f->name, "required", NULL);
	}
}

bool
input_check(struct req *r)
{
	for (size_t i = 0; i < r->in.n; i++) {
		struct part *in = &r->in.part[i];
		const struct field *f = input_field(r->route, in->name);

		if (is_repeated(r, i) && (f == NULL || (f->flags & MANY) == 0))
			return false;
		if (f == NULL && is_always(in->name))
			continue;
		if (f == NULL || (f->type == TYPE_FILE) != (in->filename != NULL))
			return false;
		trim(r, f, in);
		if (is_number(f) && in->n == strlen(in->value))
			ungroup(r, in);
		if (in->n > 0 && in->filename == NULL)
			check_value(r, f, in);
	}
	/* A GET without a query asks for the page; only what is posted can be missing. */
	if (r->route->method == POST)
		check_required(r, r->route->fields);
	return true;
}

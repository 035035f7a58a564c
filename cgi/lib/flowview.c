/* See flowview.h. */
#include "flowview.h"

#include <stdlib.h>
#include <string.h>

enum { MONTHS_MAX = 36 };

static void
set_input(struct req *r, const char *name, const char *value)
{
	struct part *more = pool_alloc(r->pool, (r->in.n + 1) * sizeof(*more));

	more[0] = (struct part){ .name = name, .value = value, .n = strlen(value) };
	if (r->in.n > 0)
		memcpy(more + 1, r->in.part, r->in.n * sizeof(*more));
	r->in.part = more;
	r->in.cap = ++r->in.n;
}

void
flow_default(struct req *r, const char *name, const char *value)
{
	if (!req_given(r, name))
		set_input(r, name, value);
}

/* Months since year 0 of "yyyy-mm…". */
static int
month_number(const char *s)
{
	return (int)(strtol(s, NULL, 10) * 12 + strtol(s + 5, NULL, 10) - 1);
}

static const char *
month_text(struct req *r, int n)
{
	return pool_printf(r->pool, "%04d-%02d", n / 12, n % 12 + 1);
}

void
flow_period(struct req *r, int months)
{
	const char *from = req_str(r, "from"), *to = req_str(r, "to");
	int last = to[0] != '\0' ? month_number(to) :
	    from[0] != '\0' ? month_number(from) + months - 1 : month_number(req_today(r));
	int first = from[0] != '\0' ? month_number(from) : last - months + 1;

	if (first > last || last - first >= MONTHS_MAX)
		first = last - MONTHS_MAX + 1;
	set_input(r, "to", month_text(r, last));
	set_input(r, "from", month_text(r, first));
}

static void
add_series(xmlNodePtr chart, const char *name, const struct rows *months)
{
	xmlNodePtr series = x_el(chart, "series");

	x_attr(series, "name", name);
	for (size_t i = 0; i < months->n; i++) {
		xmlNodePtr point;

		if (row_null(months, i, "month"))
			continue;
		point = x_el(series, "point");
		x_attr(point, "x", row_str(months, i, "month"));
		/* A month of returns only has no bar. */
		x_attr(point, "y", row_str(months, i, name)[0] == '-' ? "0" :
		    row_str(months, i, name));
	}
}

void
flow_chart(struct req *r, const char *name, const struct rows *months)
{
	xmlNodePtr chart;
	bool two = false;

	for (size_t i = 0; i < months->ncols; i++)
		two = two || strcmp(months->names[i], "other") == 0;
	if (months->n == 0 || row_null(months, 0, "month"))
		return;
	chart = x_el(r->page, "chart");
	x_attr(chart, "name", name);
	x_attr(chart, "kind", "bar-line");
	x_attr(chart, "x", "month");
	x_attr(chart, "type", "qty");
	add_series(chart, "qty", months);
	if (two)
		add_series(chart, "other", months);
}

void
flow_figures(struct req *r, const struct rows *months)
{
	static const struct {
		const char *name;
		enum type type;
	} sums[] = { { "qty", TYPE_QTY }, { "amount", TYPE_MONEY }, { "flow_rows", TYPE_INT } };
	xmlNodePtr n;

	if (months->n == 0)
		return;
	n = x_el(r->page, "figures");
	x_attr(n, "name", "flow");
	for (size_t i = 0; i < LEN(sums); i++) {
		xmlNodePtr figure = x_el(n, "figure");

		x_attr(figure, "name", sums[i].name);
		x_value(figure, sums[i].type, sums[i].name,
		    row_str(months, months->n - 1, sums[i].name));
	}
	flow_chart(r, "flow", months);
}

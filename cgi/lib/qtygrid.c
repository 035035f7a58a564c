/* See qtygrid.h. */
#include "qtygrid.h"

#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "json.h"

enum { COLUMNS_MAX = 12 };

/* The columns in front of the first input. */
static void
known(const struct column *columns, const struct qty_input *inputs, struct column *to)
{
	size_t n = 0;

	for (; columns[n].name != NULL && n + 1 < COLUMNS_MAX &&
	    strcmp(columns[n].name, inputs[0].name) != 0; n++)
		to[n] = columns[n];
	to[n] = (struct column){ 0 };
}

xmlNodePtr
qty_grid(struct req *r, xmlNodePtr form, const char *name, const struct column *columns,
    const struct qty_input *inputs, const struct rows *lines)
{
	xmlNodePtr grid = x_table(form, "grid", name, columns);
	struct column shown[COLUMNS_MAX];

	known(columns, inputs, shown);
	for (size_t i = 0; i < lines->n; i++) {
		xmlNodePtr row = x_row(grid, lines, i, shown, NULL);

		for (const struct qty_input *in = inputs; in->name != NULL; in++) {
			struct field f = { in->name, TYPE_QTY };
			const char *field = pool_printf(r->pool, "%s.%zu", in->name, i + 1);

			if (in->max != NULL)
				f.max = row_int(lines, i, in->max);
			form_field(r, row, &f, field, r->again ? req_str(r, field) :
			    in->start == NULL ? "0" : row_str(lines, i, in->start));
		}
	}
	return grid;
}

const char *
qty_lines(struct req *r, const struct qty_input *inputs, const struct rows *lines, const char *code)
{
	struct json *j = json_array(r->pool);

	for (size_t i = 0; i < lines->n; i++) {
		int64_t line = (int64_t)i + 1, sum = 0;

		json_object(j);
		json_int(j, "line", line);
		for (const struct qty_input *in = inputs; in->name != NULL; in++) {
			const char *s = req_at(r, in->name, line);
			int64_t qty = s == NULL ? 0 : strtoll(s, NULL, 10);

			json_int(j, in->name, qty);
			sum += qty;
		}
		if (inputs[0].max != NULL && sum > row_int(lines, i, inputs[0].max))
			req_error(r, pool_printf(r->pool, "%s.%lld", inputs[0].name,
			    (long long)line), code, "left", row_str(lines, i, inputs[0].max), NULL);
	}
	return json_end(j);
}

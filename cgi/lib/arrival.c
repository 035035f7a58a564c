/* See arrival.h. */
#include "arrival.h"

#include <stdlib.h>

#include "form.h"
#include "json.h"

static const struct column columns[] = {
	{ "product", TYPE_TEXT },
	{ "lot_no", TYPE_CODE },
	{ "qty", TYPE_QTY },
	{ "received", TYPE_QTY },
	{ "refused", TYPE_QTY },
	{ "damaged", TYPE_QTY },
	{ 0 }
};

/* One lot: what was sent, and three inputs that start with all of it received in good order. */
static void
arrive_row(struct req *r, xmlNodePtr grid, const struct rows *lines, size_t i)
{
	static const struct column shown[] = {
		{ "product", TYPE_TEXT, .sub = "pack" },
		{ "lot_no", TYPE_CODE },
		{ "qty", TYPE_QTY, .unit = "{unit}" },
		{ 0 }
	};
	static const struct field inputs[] = {
		{ "received", TYPE_QTY }, { "refused", TYPE_QTY }, { "damaged", TYPE_QTY },
	};
	xmlNodePtr row = x_row(grid, lines, i, shown, NULL);

	for (size_t k = 0; k < LEN(inputs); k++) {
		const char *name = pool_printf(r->pool, "%s.%zu", inputs[k].name, i + 1);
		const char *typed = req_str(r, name);

		form_field(r, row, &inputs[k], name,
		    typed[0] != '\0' ? typed : k == 0 ? row_str(lines, i, "qty") : "0");
	}
}

int
arrival_form(struct req *r, const struct rows *shipment, const struct column *facts,
    const struct field *fields, const struct rows *lines)
{
	xmlNodePtr form, grid;

	if (!req_record(r, "arrive", shipment, "shipment_no", "shipment", "status"))
		return 404;
	x_record(r->page, "shipment", shipment, facts);
	form = x_form(r, "arrive", "/shipments/arrive", fields, shipment);
	grid = x_table(form, "grid", "arrive-lines", columns);
	for (size_t i = 0; i < lines->n; i++)
		arrive_row(r, grid, lines, i);
	form_action(form, "arrive");
	return 200;
}

static int64_t
quantity(struct req *r, const char *name, int64_t line)
{
	const char *s = req_at(r, name, line);

	return s == NULL ? 0 : strtoll(s, NULL, 10);
}

const char *
arrival_lines(struct req *r, const struct rows *lines)
{
	struct json *j = json_array(r->pool);

	for (size_t i = 0; i < lines->n; i++) {
		int64_t line = (int64_t)i + 1;
		int64_t got = quantity(r, "received", line), refused = quantity(r, "refused", line);
		int64_t damaged = quantity(r, "damaged", line), sent = row_int(lines, i, "qty");

		if (got + refused + damaged != sent)
			req_error(r, pool_printf(r->pool, "received.%lld", (long long)line),
			    got + refused + damaged > sent ? "qty.more_than_sent" :
			    "qty.less_than_sent", "sent", row_str(lines, i, "qty"), "sum",
			    pool_printf(r->pool, "%lld", (long long)(got + refused + damaged)),
			    NULL);
		json_object(j);
		json_int(j, "line", line);
		json_int(j, "received", got);
		json_int(j, "refused", refused);
		json_int(j, "damaged", damaged);
	}
	return json_end(j);
}

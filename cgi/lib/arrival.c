/* See arrival.h. */
#include "arrival.h"

#include <stdlib.h>

#include "form.h"
#include "json.h"
#include "qtygrid.h"

static const struct column columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "received", TYPE_QTY },
	{ "refused", TYPE_QTY },
	{ "damaged", TYPE_QTY },
	{ 0 }
};

/* All of it received in good order, to begin with. */
static const struct qty_input inputs[] = {
	{ "received", "qty", NULL }, { "refused", NULL, NULL }, { "damaged", NULL, NULL }, { 0 }
};

int
arrival_form(struct req *r, const struct rows *shipment, const struct column *facts,
    const struct field *fields, const struct rows *lines)
{
	xmlNodePtr form;

	if (!req_record(r, "arrive", shipment, "shipment_no", "shipment", "status"))
		return 404;
	x_record(r->page, "shipment", shipment, facts);
	form = x_form(r, "arrive", "/shipments/arrive", fields, shipment);
	qty_grid(r, form, "arrive-lines", columns, inputs, lines);
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

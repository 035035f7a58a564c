/* See goodsback.h. */
#include "goodsback.h"

#include <stdlib.h>

#include "form.h"
#include "qtygrid.h"

const char *const return_reasons[] = { "recall", "expiry", "damaged", "wrong", "other", NULL };
const char *const return_statuses[] = { "waiting", "approved", "rejected", "withdrawn", "received",
	"closed", NULL };

static const struct qty_input inputs[] = { { "qty", NULL, "left_qty" }, { 0 } };

int
return_form(struct req *r, const struct rows *shipment, const struct column *facts,
    const struct field *fields, const struct rows *lines)
{
	static const struct column columns[] = {
		{ "product", TYPE_TEXT, .sub = "pack" },
		{ "lot_no", TYPE_CODE },
		{ "expires_on", TYPE_DATE },
		{ "left_qty", TYPE_QTY, .unit = "{unit}" },
		{ "qty", TYPE_QTY },
		{ 0 }
	};
	xmlNodePtr form;

	if (!req_record(r, "new", shipment, "shipment_no", "shipment", "status"))
		return 404;
	if (lines->n == 0)
		x_notice(r->page, "info", "notice.return.nothing");
	x_record(r->page, "shipment", shipment, facts);
	if (lines->n == 0)
		return 200;
	form = x_form(r, "return", "/returns/ask", fields, shipment);
	qty_grid(r, form, "return-ask-lines", columns, inputs, lines);
	form_action(form, "return.ask");
	return 200;
}

const char *
return_lines(struct req *r, const struct rows *lines)
{
	bool any = false;

	for (size_t i = 0; i < lines->n; i++) {
		const char *qty = req_at(r, "qty", (int64_t)i + 1);

		any = any || (qty != NULL && strtoll(qty, NULL, 10) > 0);
	}
	if (!any)
		req_error(r, "qty.1", "return.nothing", NULL);
	return qty_lines(r, inputs, lines, "return.more");
}

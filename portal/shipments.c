/*
 * shipments.c - a company's shipments: on the way, arrived, proof of arrival.
 *
 * A shipment is seen once it has left our house.  The receiver confirms it lot by
 * lot; what he refuses or finds damaged is known to both sides at once.
 */
#include <string.h>

#include "arrival.h"
#include "attach.h"
#include "form.h"
#include "list.h"

enum { VIEW, ARRIVE, KEEP, FILE_, NSQL };

static const struct sql sql[NSQL] = {
	[VIEW] = { "shipments.view", "CALL portal_shipments_view(?, ?)" },
	[ARRIVE] = { "shipments.arrive", "CALL portal_shipments_arrive(?, ?, ?, ?, ?, ?, ?, ?)" },
	[KEEP] = { "shipments.keep", "CALL portal_file_add(?, 'arrival', 0, ?, ?, ?)" },
	[FILE_] = { "shipments.file", "CALL portal_file_get(?, ?)" },
};

static const char *const statuses[] = { "open", "shipped", "in_transit", "delivered", NULL };

static const struct column columns[] = {
	{ "shipment_no", TYPE_CODE, .sub = "order_no", .sort = "yes" },
	{ "status", TYPE_STATUS, .set = "shipment", .sort = "yes" },
	{ "carrier", TYPE_TEXT, .sub = "tracking_no" },
	{ "cases", TYPE_INT },
	{ "storage_class", TYPE_STATUS, .set = "storage" },
	{ "shipped_on", TYPE_DATE },
	{ "expected_on", TYPE_DATE, .sort = "yes" },
	{ "delivered_at", TYPE_DATETIME },
	{ "created_at", TYPE_DATETIME, .sort = "yes", .optional = true },
	{ "po_no", TYPE_CODE, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH } },
	{ { "status", TYPE_SELECT, .set = "shipment", .options = statuses } },
	{ { "from", TYPE_DATE } },
	{ { "to", TYPE_DATE } },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "open", "status=open" },
	{ "delivered", "status=delivered" },
	{ 0 }
};

static const struct list shipments = {
	.name = "shipments",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/shipments/view?id={id}",
	.sort = "-created_at",
	.call = "portal_shipments_list",
	.count_call = "portal_shipments_count",
};

static int
shipment_list(struct req *r)
{
	return list_page(r, &shipments);
}

/* ---- the page of one shipment ---- */

static const struct column facts[] = {
	{ "order_no", TYPE_CODE, .sub = "po_no", .href = "/orders/view?id={order_id}" },
	{ "carrier", TYPE_TEXT, .sub = "tracking_no" },
	{ "shipped_on", TYPE_DATE },
	{ "expected_on", TYPE_DATE },
	{ "delivered_at", TYPE_DATETIME },
	{ "cases", TYPE_INT },
	{ "storage_class", TYPE_STATUS, .set = "storage" },
	{ "ship_address", TYPE_TEXT, .sub = "ship_name" },
	{ "ship_contact", TYPE_TEXT, .sub = "ship_phone" },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE, .href = "/shipments/file?file={report}" },
	{ "produced_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	LOT_ARRIVED,
	{ 0 }
};

static const struct column note_facts[] = {
	NOTE_FACTS,
	{ 0 }
};

static const struct column note_columns[] = {
	NOTE_LINE,
	{ 0 }
};

static const struct column note_seals[] = {
	NOTE_SEALS,
	{ 0 }
};

static const struct column arrival_facts[] = {
	ARRIVAL_FACTS,
	{ "photo_name", TYPE_TEXT, .href = "/shipments/file?file={photo}" },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

/* The shipment asked for, with its lines, events and arrival behind; no rows: not the company's. */
static const struct rows *
shipment_asked(struct req *r)
{
	return req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));
}

static int
shipment_view(struct req *r)
{
	const struct rows *s = shipment_asked(r);
	const struct rows *lines, *events;

	if (!req_record(r, "view", s, "shipment_no", "shipment", "status"))
		return 404;
	lines = s->next;
	events = lines->next;
	if (row_int(s, 0, "may_arrive") != 0 && req_may(r, PERM_ARRIVAL_CONFIRM))
		x_flag(x_action(r->heading, "arrive", "get",
		    x_href(r->pool, "/shipments/arrive?id={id}", s, 0)), "primary", true);
	if (row_int(s, 0, "may_return") != 0 && req_may(r, PERM_RETURN_REQUEST))
		x_action(r->heading, "return.new", "get",
		    x_href(r->pool, "/returns/new?id={id}", s, 0));
	x_link(r->heading, "print.note", x_href(r->pool, "/shipments/note?id={id}", s, 0));
	x_record(r->page, "shipment", s, facts);
	list_rows(r, "shipment-lines", lines, line_columns, NULL);
	x_record(r->page, "arrival", events->next, arrival_facts);
	x_timeline(r->page, "shipment", events);
	return 200;
}

static int
shipment_note(struct req *r)
{
	const struct rows *s = shipment_asked(r);

	if (!req_record(r, "note", s, "shipment_no", "shipment", "status"))
		return 404;
	x_attr(r->page, "paper", "landscape");
	x_action(r->heading, "print", "get", "#print");
	x_record(r->page, "note", s, note_facts);
	x_list(r, "note-lines", s->next, note_columns, NULL);
	x_attr(x_record(r->page, "note-seals", s, note_seals), "kind", "seals");
	return 200;
}

/* ---- arrival ---- */

static const struct field arrive_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	ARRIVAL_FIELDS,
	{ 0 }
};

static int
arrive_form(struct req *r)
{
	const struct rows *s = shipment_asked(r);

	return arrival_form(r, s, facts, arrive_fields, s->next);
}

static int
shipment_arrive(struct req *r)
{
	const struct rows *s = shipment_asked(r);
	const char *lines, *photo;

	if (s->n == 0)
		return 404;
	lines = arrival_lines(r, s->next);
	photo = attach_token(r, KEEP, "photo");
	if (!req_good(r))
		return 422;
	s = req_query(r, ARRIVE, S(r->token), I(req_int(r, "id", 0)), D(req_str(r, "arrived_on")),
	    S(req_str(r, "received_by_name")), M(req_str(r, "temperature")),
	    T(photo), T(req_str(r, "note")), S(lines));
	return req_done(r, s, "shipment.arrived", "/shipments/view?id=%lld",
	    (long long)req_int(r, "id", 0));
}

static const struct field file_fields[] = { { "file", TYPE_HIDDEN, REQUIRED, .max = 32 }, { 0 } };

static int
file_send(struct req *r)
{
	return attach_send(r, req_query(r, FILE_, S(r->token), S(req_str(r, "file"))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_SHIPMENT_VIEW, shipment_list, .list = &shipments },
	{ "/view", GET, PERM_SHIPMENT_VIEW, shipment_view, id_field },
	{ "/note", GET, PERM_SHIPMENT_VIEW, shipment_note, id_field },
	{ "/arrive", GET, PERM_ARRIVAL_CONFIRM, arrive_form, id_field },
	{ "/arrive", POST, PERM_ARRIVAL_CONFIRM, shipment_arrive, arrive_fields, arrive_form,
	    UPLOAD },
	{ "/file", GET, PERM_SHIPMENT_VIEW, file_send, file_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "shipments", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

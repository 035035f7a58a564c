/*
 * shipments.c - goods on their way: pick lists, delivery notes, the carrier's
 * news, proof of arrival.
 *
 * A pick list is made in picking.c.  Somebody else than the picker lets it out;
 * then stock has left and the delivery note is final.
 */
#include <string.h>

#include "arrival.h"
#include "attach.h"
#include "form.h"
#include "hold.h"
#include "list.h"
#include "scope.h"

enum { SHIPMENT, LINES, EVENTS, ARRIVAL, CARRIER, CANCEL, SHIP, TRACK, ARRIVE, PHOTO, NSQL };

static const struct sql sql[NSQL] = {
	[SHIPMENT] = { "shipments.shipment",
		"SELECT s.*, o.order_no, o.po_no, p.code AS customer_code, p.name AS customer,"
		" w.name AS warehouse, picker.name AS picked_by_name,"
		" checker.name AS checked_by_name, CONCAT_WS(' ', s.ship_contact, s.ship_phone) AS"
		" receiver, CONCAT_WS(' · ', s.ship_name, s.ship_address) AS address,"
		" s.picked_by = @actor_id AS is_mine, us.name AS supplier,"
		" us.name AS release_seal, NULL AS received_by_sign,"
		" (SELECT SUM(l.qty) FROM shipment_line l WHERE l.shipment_id = s.id) AS qty,"
		" s.status = 'delivered' AND EXISTS (SELECT 1 FROM returnable q"
		" WHERE q.party_id = s.party_id AND q.shipment_id = s.id) AS may_return"
		" FROM shipment s JOIN sales_order o ON o.id = s.order_id"
		" JOIN party p ON p.id = s.party_id JOIN warehouse w ON w.id = s.warehouse_id"
		" JOIN app_user picker ON picker.id = s.picked_by"
		" LEFT JOIN app_user checker ON checker.id = s.checked_by"
		" LEFT JOIN party us ON us.id = (SELECT MIN(b.party_id) FROM party_role b"
		" WHERE b.role = 'company')"
		" WHERE s.id = ? AND " IN_SCOPE("o.rep_id", "o.org_unit_id") },
	[LINES] = { "shipments.lines",
		"SELECT l.id, l.qty, l.received_qty, l.refused_qty, l.damaged_qty,"
		" p.code, p.generic_name AS product, p.pack_spec AS pack, p.strength,"
		" p.dosage_form, p.unit, p.case_qty, p.approval_no, p.storage_class,"
		" m.name AS maker, t.lot_no, t.produced_on, t.expires_on,"
		" l.qty DIV p.case_qty AS whole_cases, l.qty MOD p.case_qty AS loose_units"
		" FROM shipment_line l JOIN product p ON p.id = l.product_id"
		" LEFT JOIN party m ON m.id = p.manufacturer_id JOIN lot t ON t.id = l.lot_id"
		" WHERE l.party_id = ? AND l.shipment_id = ? ORDER BY l.id" },
	[EVENTS] = { "shipments.events",
		"SELECT e.at, e.kind, u.name AS actor, CONCAT_WS(' · ', e.place, e.note,"
		" CONCAT(e.temperature, ' ℃')) AS note"
		" FROM shipment_event e LEFT JOIN app_user u ON u.id = e.created_by"
		" WHERE e.party_id = ? AND e.shipment_id = ? ORDER BY e.at, e.id" },
	[ARRIVAL] = { "shipments.arrival",
		"SELECT a.arrived_on, a.received_by_name, a.temperature, a.note, a.entered_on,"
		" f.name AS photo, IF(f.id IS NULL, NULL, a.shipment_id) AS photo_of"
		" FROM arrival a LEFT JOIN attachment f ON f.id = a.photo_id"
		" WHERE a.party_id = ? AND a.shipment_id = ?" },
	[CARRIER] = { "shipments.carrier",
		"SELECT id, carrier, tracking_no FROM shipment WHERE id = ?" },
	[CANCEL] = { "shipments.cancel", "CALL shipment_cancel(?)" },
	[SHIP] = { "shipments.ship", "CALL shipment_ship(?, ?, ?, ?, ?, ?)" },
	[TRACK] = { "shipments.track", "CALL shipment_track(?, ?, NULL, ?, ?, ?, ?, ?)" },
	[ARRIVE] = { "shipments.arrive", "CALL shipment_arrive(?, ?, 'office', ?, ?, ?, ?, ?, ?)" },
	[PHOTO] = { "shipments.photo",
		"SELECT f.name, f.media_type, f.content FROM arrival a"
		" JOIN attachment f ON f.id = a.photo_id"
		" JOIN shipment s ON s.id = a.shipment_id JOIN sales_order o ON o.id = s.order_id"
		" WHERE a.shipment_id = ? AND " IN_SCOPE("o.rep_id", "o.org_unit_id") },
};

static const char *const statuses[] = { "picking", "shipped", "in_transit", "delivered",
	"cancelled", NULL };
static const char *const storage_classes[] = { "normal", "cool", "cold", "frozen", NULL };
static const char *const news[] = { "transit", "arrived", "problem", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "shipment_no", TYPE_CODE, .sub = "order_no", .sort = "s.shipment_no", .unique = true },
	{ "customer", TYPE_TEXT, .sub = "address" },
	{ "status", TYPE_STATUS, .set = "shipment" },
	{ "storage_class", TYPE_STATUS, .set = "storage" },
	{ "carrier", TYPE_TEXT, .sub = "tracking_no" },
	{ "shipped_on", TYPE_DATE },
	{ "expected_on", TYPE_DATE },
	{ "created_at", TYPE_DATETIME, .sort = "s.created_at" },
	{ "delivered_at", TYPE_DATETIME, .optional = true },
	{ "warehouse", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, CUSTOMER_CALLED("s.party_id"), 2, true,
	    .narrow = CUSTOMERS_NAMED, .narrow_to = "s.party_id",
	    .number = "s.shipment_no LIKE ? OR s.tracking_no LIKE ? OR s.order_id ="
	    " (SELECT x.id FROM sales_order x WHERE x.order_no LIKE ? ORDER BY x.order_no LIMIT 1)",
	    .numbers = 3 },
	{ { "status", TYPE_SELECT, .set = "shipment", .options = statuses }, "s.status = ?" },
	{ { "storage_class", TYPE_SELECT, .set = "storage", .options = storage_classes },
	    "s.storage_class = ?" },
	{ { "from", TYPE_DATE }, "s.created_at >= CAST(? AS DATETIME) - INTERVAL 8 HOUR" },
	{ { "to", TYPE_DATE }, "s.created_at < CAST(? AS DATETIME) + INTERVAL 16 HOUR" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "picking", "status=picking", true },
	{ "shipped", "status=shipped" },
	{ "in_transit", "status=in_transit" },
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
	.select = "s.id, s.shipment_no, o.order_no, p.name AS customer, s.ship_address AS address,"
	    " s.status, s.storage_class, s.carrier, s.tracking_no, s.shipped_on, s.expected_on,"
	    " s.created_at, s.delivered_at,"
	    " (SELECT w.name FROM warehouse w WHERE w.id = s.warehouse_id) AS warehouse,"
	    " IF(s.status IN ('shipped', 'in_transit') AND s.expected_on < business_day(),"
	    " 'attention', NULL) AS flag",
	.from = "shipment s STRAIGHT_JOIN sales_order o ON o.id = s.order_id"
	    " STRAIGHT_JOIN party p ON p.id = s.party_id",
	.where = IN_SCOPE("o.rep_id", "o.org_unit_id"),
	.key = "s.id",
};

static int
shipment_list(struct req *r)
{
	if (req_may(r, PERM_SHIPMENT_EDIT))
		x_flag(x_action(r->heading, "pick", "get", "/picking/"), "primary", true);
	return list_page(r, &shipments);
}

/* ---- the page of one shipment ---- */

static const struct column facts[] = {
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={order_id}", .sub = "po_no" },
	{ "customer", TYPE_TEXT, .sub = "customer_code" },
	{ "address", TYPE_TEXT, .sub = "receiver" },
	{ "warehouse", TYPE_TEXT },
	{ "storage_class", TYPE_STATUS, .set = "storage" },
	{ "carrier", TYPE_TEXT, .sub = "tracking_no" },
	{ "cases", TYPE_INT },
	{ "qty", TYPE_QTY },
	{ "expected_on", TYPE_DATE },
	{ "shipped_on", TYPE_DATE },
	{ "picked_by_name", TYPE_TEXT },
	{ "checked_by_name", TYPE_TEXT },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE },
	{ "expires_on", TYPE_DATE },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "whole_cases", TYPE_INT },
	{ "loose_units", TYPE_INT },
	LOT_ARRIVED,
	{ 0 }
};

static const struct column arrival_facts[] = {
	ARRIVAL_FACTS,
	{ "entered_on", TYPE_STATUS, .set = "origin" },
	{ "photo", TYPE_TEXT, .href = "/shipments/photo?id={photo_of}" },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct field ship_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "carrier", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "tracking_no", TYPE_TEXT, .max = 40 },
	{ "cases", TYPE_INT, REQUIRED, 1, 100000 },
	{ "expected_on", TYPE_DATE },
	{ "note", TYPE_TEXT, .max = 200 },
	{ 0 }
};

static const struct field track_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "kind", TYPE_RADIO, .set = "shipment_news", .options = news },
	{ "carrier", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "tracking_no", TYPE_TEXT, .max = 40 },
	{ "place", TYPE_TEXT, .max = 80 },
	{ "temperature", TYPE_PERCENT, .unit = "celsius" },
	{ "note", TYPE_TEXT, .max = 200 },
	{ 0 }
};

static const struct field arrive_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	ARRIVAL_FIELDS,
	{ 0 }
};

static bool
is_on_the_way(const struct rows *s)
{
	return strcmp(row_str(s, 0, "status"), "shipped") == 0 ||
	    strcmp(row_str(s, 0, "status"), "in_transit") == 0;
}

/* Who picked does not let it out. */
static bool
may_check(struct req *r, const struct rows *s)
{
	return req_may(r, PERM_SHIPMENT_CHECK) && row_int(s, 0, "is_mine") == 0;
}

static void
add_forms(struct req *r, const struct rows *s)
{
	bool picking = strcmp(row_str(s, 0, "status"), "picking") == 0;

	if (picking && may_check(r, s))
		form_action(x_form(r, "ship", "/shipments/ship", ship_fields, s), "ship");
	if (picking && req_may(r, PERM_SHIPMENT_EDIT))
		x_attr(x_action(r->heading, "cancel", "post",
		    x_href(r->pool, "/shipments/cancel?id={id}", s, 0)), "confirm",
		    "shipment.cancel");
	if (is_on_the_way(s) && req_may(r, PERM_SHIPMENT_EDIT))
		form_action(x_form(r, "track", "/shipments/track", track_fields,
		    req_query(r, CARRIER, I(row_int(s, 0, "id")))), "track");
	if (is_on_the_way(s) && req_may(r, PERM_ARRIVAL_CONFIRM))
		x_flag(x_action(r->heading, "arrive", "get",
		    x_href(r->pool, "/shipments/arrive?id={id}", s, 0)), "primary", true);
	if (row_int(s, 0, "may_return") != 0 && req_may(r, PERM_RETURN_REQUEST))
		x_action(r->heading, "return.new", "get",
		    x_href(r->pool, "/returns/new?id={id}", s, 0));
}

/* The shipment asked for; no rows: not one of the user's. */
static const struct rows *
shipment_asked(struct req *r)
{
	return req_query(r, SHIPMENT, I(req_int(r, "id", 0)));
}

static int
shipment_view(struct req *r)
{
	const struct rows *s = shipment_asked(r);
	int64_t id = req_int(r, "id", 0), party;
	bool picking;

	if (!req_record(r, "view", s, "shipment_no", "shipment", "status"))
		return 404;
	party = row_int(s, 0, "party_id");
	picking = strcmp(row_str(s, 0, "status"), "picking") == 0;
	if (picking && !may_check(r, s))
		x_notice(r->page, "info", "notice.shipment.check");
	if (picking)
		hold_said(r, row_int(s, 0, "order_id"),
		    x_href(r->pool, "/orders/view?id={order_id}", s, 0));
	x_link(r->heading, picking ? "print.pick" : "print.note",
	    x_href(r->pool, "/shipments/note?id={id}", s, 0));
	x_record(r->page, "shipment", s, facts);
	x_list(r, "shipment-lines", req_query(r, LINES, I(party), I(id)), line_columns, NULL);
	x_record(r->page, "arrival", req_query(r, ARRIVAL, I(party), I(id)), arrival_facts);
	add_forms(r, s);
	x_timeline(r->page, "shipment", req_query(r, EVENTS, I(party), I(id)));
	return 200;
}

/* ---- papers ---- */

static const struct column note_facts[] = {
	NOTE_FACTS,
	{ "warehouse", TYPE_TEXT },
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

/* A pick list stays in the house. */
static const struct column pick_seals[] = {
	{ "picked_by_name", TYPE_TEXT },
	{ "checked_by_name", TYPE_TEXT },
	{ 0 }
};

/* The pick list before it leaves, the delivery note after. */
static int
shipment_note(struct req *r)
{
	const struct rows *s = shipment_asked(r);
	bool picking = strcmp(req_value(r, s, "status"), "picking") == 0;

	if (!req_record(r, picking ? "pick" : "note", s, "shipment_no", "shipment", "status"))
		return 404;
	x_attr(r->page, "paper", "landscape");
	x_action(r->heading, "print", "get", "#print");
	x_record(r->page, "note", s, note_facts);
	x_list(r, "note-lines", req_query(r, LINES, I(row_int(s, 0, "party_id")),
	    I(req_int(r, "id", 0))), note_columns, NULL);
	x_attr(x_record(r->page, "note-seals", s, picking ? pick_seals : note_seals), "kind",
	    "seals");
	return 200;
}

/* ---- what may be done with it ---- */

/* Back to the shipment, when the routine did its work. */
static int
done(struct req *r, const struct rows *row, const char *notice)
{
	return req_done(r, row, notice, "/shipments/view?id=%lld", (long long)req_int(r, "id", 0));
}

static int
shipment_cancel(struct req *r)
{
	if (shipment_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, CANCEL, I(req_int(r, "id", 0))), "shipment.cancelled");
}

static int
shipment_ship(struct req *r)
{
	if (shipment_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, SHIP, I(req_int(r, "id", 0)), S(req_str(r, "carrier")),
	    T(req_str(r, "tracking_no")), I(req_int(r, "cases", 0)), D(req_str(r, "expected_on")),
	    T(req_str(r, "note"))), "shipment.shipped");
}

static int
shipment_track(struct req *r)
{
	if (shipment_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, TRACK, I(req_int(r, "id", 0)), T(req_str(r, "kind")),
	    T(req_str(r, "place")), T(req_str(r, "note")), M(req_str(r, "temperature")),
	    S(req_str(r, "carrier")), T(req_str(r, "tracking_no"))), "shipment.tracked");
}

/* ---- arrival ---- */

static int
arrive_form(struct req *r)
{
	const struct rows *s = shipment_asked(r);

	return arrival_form(r, s, note_facts, arrive_fields,
	    req_query(r, LINES, T(req_value(r, s, "party_id")), I(req_int(r, "id", 0))));
}

static int
shipment_arrive(struct req *r)
{
	int64_t id = req_int(r, "id", 0), party, photo;
	const struct rows *s = req_query(r, SHIPMENT, I(id));
	const char *lines;

	if (s->n == 0)
		return 404;
	party = row_int(s, 0, "party_id");
	lines = arrival_lines(r, req_query(r, LINES, I(party), I(id)));
	photo = attach_keep(r, "photo", party, "arrival", id);
	if (!req_good(r))
		return 422;
	return done(r, req_query(r, ARRIVE, I(id), I(party), D(req_str(r, "arrived_on")),
	    S(req_str(r, "received_by_name")), M(req_str(r, "temperature")),
	    photo == 0 ? S(NULL) : I(photo), T(req_str(r, "note")), S(lines)), "shipment.arrived");
}

static int
arrival_photo(struct req *r)
{
	return attach_send(r, req_query(r, PHOTO, I(req_int(r, "id", 0))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_SHIPMENT_VIEW, shipment_list, .list = &shipments },
	{ "/view", GET, PERM_SHIPMENT_VIEW, shipment_view, id_field },
	{ "/note", GET, PERM_SHIPMENT_VIEW, shipment_note, id_field },
	{ "/photo", GET, PERM_SHIPMENT_VIEW, arrival_photo, id_field },
	{ "/cancel", POST, PERM_SHIPMENT_EDIT, shipment_cancel, id_field, shipment_view },
	{ "/ship", POST, PERM_SHIPMENT_CHECK, shipment_ship, ship_fields, shipment_view },
	{ "/track", POST, PERM_SHIPMENT_EDIT, shipment_track, track_fields, shipment_view },
	{ "/arrive", GET, PERM_ARRIVAL_CONFIRM, arrive_form, id_field },
	{ "/arrive", POST, PERM_ARRIVAL_CONFIRM, shipment_arrive, arrive_fields, arrive_form,
	    UPLOAD },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "shipments", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

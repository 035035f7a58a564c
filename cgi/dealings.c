/*
 * dealings.c - what happened with a customer, newest first: orders, goods, invoices, money,
 * returns, complaints, notes.
 *
 * A kind is there for who may see its documents, and of those only the rows that are his.
 */
#include "list.h"
#include "scope.h"

enum { CUSTOMER, NSQL };

static const struct sql sql[NSQL] = {
	[CUSTOMER] = { "dealings.customer",
		"SELECT p.id, p.code, p.name FROM customer c JOIN party p ON p.id = c.party_id"
		" WHERE c.party_id = ? AND " IN_SCOPE("c.rep_id", "c.org_unit_id") },
};

static const char *const kinds[] = { "order", "shipped", "delivered", "invoice", "red",
	"receipt", "return", "dispute", "statement", "override", "collection", "licence", "case",
	NULL };

/* Midnight in Shanghai of a business date. */
#define DAY(date) "TIMESTAMP(" date ") - INTERVAL 8 HOUR"

/* Ids of several tables in one list: each has its own number behind it. */
#define ID(id, number) id " * 16 + " number " AS id"

#define OF_ORDER IN_SCOPE("o.rep_id", "o.org_unit_id")

/* Of each kind the rows of one customer; 0 for who may not see them. */
#define ORDERS \
	"SELECT " ID("o.id", "1") ", o.placed_at AS at, 'order' AS kind, o.order_no AS number," \
	" o.amount, u.name AS person, o.note, 'orders' AS program, o.id AS doc" \
	" FROM sales_order o LEFT JOIN app_user u ON u.id = o.submitted_by" \
	" WHERE o.party_id = ? AND o.status <> 'draft' AND " OF_ORDER

#define SHIPMENTS(number, at, kind, person, note) \
	"SELECT " ID("s.id", number) ", s." at ", '" kind "', s.shipment_no, NULL, " person "," \
	" " note ", 'shipments', s.id" \
	" FROM shipment s JOIN sales_order o ON o.party_id = s.party_id AND o.id = s.order_id" \
	" LEFT JOIN app_user u ON u.id = s.checked_by" \
	" LEFT JOIN arrival a ON a.shipment_id = s.id" \
	" WHERE s.party_id = ? AND s." at " IS NOT NULL AND " OF_ORDER

#define INVOICES \
	"SELECT " ID("i.id", "4") ", " DAY("i.issued_on") "," \
	" IF(i.kind = 'red', 'red', 'invoice'), i.doc_no, i.amount, u.name," \
	" CONCAT_WS(' ', i.invoice_no, i.reason), 'invoices', i.id" \
	" FROM invoice i JOIN sales_order o ON o.party_id = i.party_id AND o.id = i.order_id" \
	" LEFT JOIN app_user u ON u.id = i.created_by" \
	" WHERE i.party_id = ? AND i.status = 'issued' AND " OF_ORDER

#define RECEIPTS \
	"SELECT " ID("t.id", "5") ", " DAY("t.received_on") ", 'receipt', t.receipt_no, t.amount," \
	" u.name, COALESCE(t.reference, t.note), 'receipts', t.id" \
	" FROM receipt t LEFT JOIN app_user u ON u.id = t.posted_by" \
	" WHERE t.party_id = ? AND t.status = 'posted'"

#define RETURNS \
	"SELECT " ID("n.id", "6") ", n.created_at, 'return', n.return_no, NULL, u.name, n.note," \
	" 'returns', n.id" \
	" FROM return_order n JOIN sales_order o ON o.party_id = n.party_id AND o.id = n.order_id" \
	" LEFT JOIN app_user u ON u.id = n.made_by WHERE n.party_id = ? AND " OF_ORDER

#define DISPUTES \
	"SELECT " ID("d.id", "7") ", d.created_at, 'dispute', d.dispute_no, d.adjust_amount," \
	" u.name, d.comment, 'disputes', d.id" \
	" FROM reconciliation_dispute d JOIN app_user u ON u.id = d.raised_by" \
	" WHERE d.party_id = ?"

#define STATEMENTS \
	"SELECT " ID("r.id", "8") ", r.issued_at, 'statement', r.reconciliation_no, NULL," \
	" NULL, NULL, 'reconciliations', r.id" \
	" FROM reconciliation r WHERE r.party_id = ? AND r.issued_at IS NOT NULL"

#define OVERRIDES \
	"SELECT " ID("v.id", "9") ", v.created_at, 'override', o.order_no, v.amount, u.name," \
	" v.reason, 'orders', o.id" \
	" FROM credit_override v JOIN sales_order o ON o.party_id = v.party_id" \
	" AND o.id = v.order_id JOIN app_user u ON u.id = v.granted_by" \
	" WHERE v.party_id = ? AND " OF_ORDER

#define COLLECTIONS \
	"SELECT " ID("k.id", "10") ", k.created_at, 'collection', NULL, k.amount, u.name, k.note," \
	" 'accounts', k.party_id" \
	" FROM collection_task k JOIN app_user u ON u.id = k.owner_id WHERE k.party_id = ?"

#define DOCUMENTS \
	"SELECT " ID("l.id", "11") ", l.created_at, 'licence', l.number, NULL, u.name, k.name," \
	" 'licences', l.id" \
	" FROM party_licence l JOIN licence_kind k ON k.kind = l.kind" \
	" LEFT JOIN app_user u ON u.id = l.created_by WHERE l.party_id = ?"

#define CASES \
	"SELECT " ID("e.id", "12") ", e.created_at, 'case', NULL, e.amount, NULL, p.generic_name," \
	" 'diversions', e.id" \
	" FROM flow_case e JOIN product p ON p.id = e.product_id" \
	" WHERE e.party_id = ? AND e.status <> 'dismissed'"

static const struct column columns[] = {
	{ "at", TYPE_DATETIME, .sort = "x.at" },
	{ "kind", TYPE_STATUS, .set = "dealing" },
	{ "number", TYPE_CODE },
	{ "amount", TYPE_MONEY, .sort = "x.amount" },
	{ "person", TYPE_TEXT },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "kind", TYPE_SELECT, .set = "dealing", .options = kinds }, "x.kind = ?" },
	{ { "q", TYPE_SEARCH }, "x.number LIKE ? OR x.note LIKE ? OR x.person LIKE ?", 3, true },
	{ { "from", TYPE_DATE }, "x.at >= CAST(? AS DATETIME) - INTERVAL 8 HOUR" },
	{ { "to", TYPE_DATE }, "x.at < CAST(? AS DATETIME) + INTERVAL 16 HOUR" },
	{ 0 }
};

static const struct list dealings = {
	.name = "dealings",
	.columns = columns,
	.filters = filters,
	.row_href = "/{program}/view?id={doc}",
	.sort = "-at",
	.select = "x.id, x.at, x.kind, x.number, x.amount, x.person, x.note,"
	    " x.program, x.doc",
	.from = "(" ORDERS
	    " UNION ALL " SHIPMENTS("2", "shipped_at", "shipped", "u.name",
		"CONCAT_WS(' ', s.carrier, s.tracking_no)")
	    " UNION ALL " SHIPMENTS("3", "delivered_at", "delivered",
		"a.received_by_name", "a.note")
	    " UNION ALL " INVOICES
	    " UNION ALL " RECEIPTS
	    " UNION ALL " RETURNS
	    " UNION ALL " DISPUTES
	    " UNION ALL " STATEMENTS
	    " UNION ALL " OVERRIDES
	    " UNION ALL " COLLECTIONS
	    " UNION ALL " DOCUMENTS
	    " UNION ALL " CASES ") x",
	.key = "x.id",
};

static int
dealing_list(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *c = req_query(r, CUSTOMER, I(id));
	struct arg order = I(req_may(r, PERM_ORDER_VIEW) ? id : 0);
	struct arg shipment = I(req_may(r, PERM_SHIPMENT_VIEW) ? id : 0);
	struct arg reconcile = I(req_may(r, PERM_RECONCILE_VIEW) ? id : 0);

	if (c->n == 0)
		return 404;
	req_page(r, "");
	req_title(r, row_str(c, 0, "name"));
	req_trail(r, "parties", "/parties/");
	x_action(r->heading, "party", "get", x_href(r->pool, "/parties/view?id={id}", c, 0));
	/* In the order of the parts of the list. */
	return list_page(r, &dealings, order, shipment, shipment,
	    I(req_may(r, PERM_INVOICE_VIEW) ? id : 0), I(req_may(r, PERM_RECEIPT_VIEW) ? id : 0),
	    I(req_may(r, PERM_RETURN_VIEW) ? id : 0), reconcile, reconcile, order,
	    I(req_may(r, PERM_ACCOUNT_VIEW) ? id : 0), I(id),
	    I(req_may(r, PERM_FLOW_VIEW) ? id : 0));
}

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_PARTY_VIEW, dealing_list, id_field, .list = &dealings },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "dealings", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

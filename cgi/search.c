/*
 * search.c - one box for everything: documents by number, customers, products, lots.
 *
 * A document's number says its kind by its letters, so that one index is asked; of many that
 * begin so, the newest are looked through for the user's own.
 */
#include "scope.h"
#include "search.h"

enum { ORDERS, SHIPMENTS, INVOICES, BY_NUMBER, RECEIPTS, PARTIES, PRODUCTS, LOTS, NSQL };

/* The newest of what begins so; rows of others are left out afterwards. */
#define NEWEST(table, number) \
	"(SELECT f.id FROM " table " f WHERE f." number " LIKE ? ORDER BY f." number \
	" DESC LIMIT 1000) n"

#define INVOICE(number) \
	"SELECT i.id, i.invoice_no, i.doc_no, y.name AS customer, i.issued_on, i.amount, i.status" \
	" FROM " NEWEST("invoice", number) " JOIN invoice i ON i.id = n.id" \
	" JOIN sales_order o ON o.id = i.order_id JOIN party y ON y.id = i.party_id" \
	" WHERE " IN_SCOPE("o.rep_id", "o.org_unit_id") " ORDER BY i." number " DESC LIMIT 8"

static const struct sql sql[NSQL] = {
	[ORDERS] = { "search.orders",
		"SELECT o.id, o.order_no, y.name AS customer, o.placed_at, o.amount, o.status"
		" FROM " NEWEST("sales_order", "order_no") " JOIN sales_order o ON o.id = n.id"
		" JOIN party y ON y.id = o.party_id"
		" WHERE " IN_SCOPE("o.rep_id", "o.org_unit_id")
		" ORDER BY o.order_no DESC LIMIT 8" },
	[SHIPMENTS] = { "search.shipments",
		"SELECT s.id, s.shipment_no, o.order_no, y.name AS customer, s.shipped_on, s.status"
		" FROM " NEWEST("shipment", "shipment_no") " JOIN shipment s ON s.id = n.id"
		" JOIN sales_order o ON o.id = s.order_id JOIN party y ON y.id = s.party_id"
		" WHERE " IN_SCOPE("o.rep_id", "o.org_unit_id")
		" ORDER BY s.shipment_no DESC LIMIT 8" },
	[INVOICES] = { "search.invoices", INVOICE("doc_no") },
	[BY_NUMBER] = { "search.invoices_by_number", INVOICE("number_key") },
	[RECEIPTS] = { "search.receipts",
		"SELECT t.id, t.receipt_no, y.name AS customer, t.received_on, t.amount, t.status"
		" FROM " NEWEST("receipt", "receipt_no") " JOIN receipt t ON t.id = n.id"
		" LEFT JOIN party y ON y.id = t.party_id"
		" LEFT JOIN customer c ON c.party_id = t.party_id"
		" WHERE (t.party_id IS NULL OR " IN_SCOPE("c.rep_id", "c.org_unit_id") ")"
		" ORDER BY t.receipt_no DESC LIMIT 8" },
	/* Codes and initials by their indexes; names by reading one, and only for Chinese. */
	[PARTIES] = { "search.parties",
		"SELECT y.id, y.code, y.name, y.status, u.name AS rep"
		" FROM ((SELECT a.id FROM party a WHERE a.code LIKE ? LIMIT 1000)"
		" UNION (SELECT b.id FROM party b WHERE b.pinyin LIKE ? LIMIT 1000)"
		" UNION (SELECT d.id FROM party d FORCE INDEX (ix_party_name)"
		" WHERE ? <> '' AND d.name LIKE CONCAT('%', ?) LIMIT 1000)) n"
		" JOIN party y ON y.id = n.id LEFT JOIN customer c ON c.party_id = y.id"
		" LEFT JOIN app_user u ON u.id = c.rep_id"
		" WHERE c.party_id IS NULL OR " IN_SCOPE("c.rep_id", "c.org_unit_id")
		" ORDER BY y.code = ? DESC, c.party_id IS NULL, y.code LIMIT 8" },
	[PRODUCTS] = { "search.products",
		"SELECT p.id, p.code, p.generic_name AS product, p.pack_spec AS pack, p.status"
		" FROM product p WHERE p.code LIKE ? OR p.generic_name LIKE CONCAT('%', ?)"
		" OR p.pinyin LIKE ?"
		" ORDER BY p.code = ? DESC, p.code LIMIT 8" },
	[LOTS] = { "search.lots",
		"SELECT l.id, l.lot_no, CONCAT(p.generic_name, ' ', p.pack_spec) AS product,"
		" l.expires_on, l.status FROM lot l JOIN product p ON p.id = l.product_id"
		" WHERE l.lot_no LIKE ? ORDER BY l.lot_no LIMIT 8" },
};

static const struct column order_columns[] = {
	{ "order_no", TYPE_CODE },
	{ "customer", TYPE_TEXT },
	{ "placed_at", TYPE_DATETIME },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "order" },
	{ 0 }
};

static const struct column shipment_columns[] = {
	{ "shipment_no", TYPE_CODE, .sub = "order_no" },
	{ "customer", TYPE_TEXT },
	{ "shipped_on", TYPE_DATE },
	{ "status", TYPE_STATUS, .set = "shipment" },
	{ 0 }
};

static const struct column invoice_columns[] = {
	{ "doc_no", TYPE_CODE, .sub = "invoice_no" },
	{ "customer", TYPE_TEXT },
	{ "issued_on", TYPE_DATE },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "invoice" },
	{ 0 }
};

static const struct column receipt_columns[] = {
	{ "receipt_no", TYPE_CODE },
	{ "customer", TYPE_TEXT },
	{ "received_on", TYPE_DATE },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "receipt" },
	{ 0 }
};

static const struct column party_columns[] = {
	{ "name", TYPE_TEXT, .sub = "code" },
	{ "rep", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "party" },
	{ 0 }
};

static const struct column product_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "code", TYPE_CODE },
	{ "status", TYPE_STATUS, .set = "product" },
	{ 0 }
};

static const struct column lot_columns[] = {
	{ "lot_no", TYPE_CODE },
	{ "product", TYPE_TEXT },
	{ "expires_on", TYPE_DATE },
	{ "status", TYPE_STATUS, .set = "lot" },
	{ 0 }
};

static const struct search_kind orders = { "orders", PERM_ORDER_VIEW, order_columns,
	"/orders/view?id={id}", "order_no", "/orders/" };
static const struct search_kind shipments = { "shipments", PERM_SHIPMENT_VIEW, shipment_columns,
	"/shipments/view?id={id}", "shipment_no", "/shipments/" };
static const struct search_kind invoices = { "invoices", PERM_INVOICE_VIEW, invoice_columns,
	"/invoices/view?id={id}", "doc_no", "/invoices/" };
static const struct search_kind by_number = { "invoices", PERM_INVOICE_VIEW, invoice_columns,
	"/invoices/view?id={id}", "invoice_no", "/invoices/" };
static const struct search_kind receipts = { "receipts", PERM_RECEIPT_VIEW, receipt_columns,
	"/receipts/view?id={id}", "receipt_no", "/receipts/" };
static const struct search_kind parties = { "parties", PERM_PARTY_VIEW, party_columns,
	"/parties/view?id={id}", "code", "/parties/" };
static const struct search_kind products = { "products", PERM_PRODUCT_VIEW, product_columns,
	"/products/view?id={id}", "code", "/products/" };
static const struct search_kind lots = { "lots", PERM_STOCK_VIEW, lot_columns,
	"/lots/view?id={id}", "lot_no", "/lots/" };

/* Documents, by the letters their numbers begin with. */
static const struct {
	const char *letters;
	const struct search_kind *kind;
	size_t statement;
} documents[] = {
	{ "SO", &orders, ORDERS },
	{ "CK", &shipments, SHIPMENTS },
	{ "IV", &invoices, INVOICES },
	{ "SK", &receipts, RECEIPTS },
};

/* The text where the characters of LIKE stand for themselves, and more behind it. */
static const char *
beginning(struct req *r, const char *before, const char *text)
{
	struct buf *b = buf_new(r->pool);

	buf_str(b, before);
	for (; *text != '\0'; text++) {
		if (*text == '%' || *text == '_' || *text == '\\')
			buf_char(b, '\\');
		buf_char(b, *text);
	}
	buf_char(b, '%');
	return b->s;
}

static void
find(struct req *r, const struct search_kind *kind, size_t statement, const char *like,
    const char **straight)
{
	if (req_may(r, kind->perm))
		search_found(r, kind, req_query(r, statement, S(like)), straight);
}

static void
find_parties(struct req *r, const char *text, const char **straight)
{
	const char *like = beginning(r, "", text);
	const char *name = "";

	for (const char *c = text; *c != '\0'; c++) {
		if ((unsigned char)*c >= 0x80)
			name = like;
	}
	if (req_may(r, parties.perm))
		search_found(r, &parties, req_query(r, PARTIES, S(like), S(like), S(name), S(name),
		    S(text)), straight);
}

static void
find_products(struct req *r, const char *text, const char **straight)
{
	const char *like = beginning(r, "", text);

	if (req_may(r, products.perm))
		search_found(r, &products, req_query(r, PRODUCTS, S(like), S(like), S(like),
		    S(text)), straight);
}

static int
search(struct req *r)
{
	const char *text = search_text(r);
	const char *straight = NULL;

	if (text[0] == '\0')
		return search_done(r, NULL);
	for (size_t i = 0; i < LEN(documents); i++) {
		if (!search_is_number(text, documents[i].letters))
			continue;
		find(r, documents[i].kind, documents[i].statement, beginning(r, "", text),
		    &straight);
		return search_done(r, straight);
	}
	if (search_is_digits(text))
		find(r, &by_number, BY_NUMBER, beginning(r, "/", text), &straight);
	find_parties(r, text, &straight);
	find_products(r, text, &straight);
	find(r, &lots, LOTS, beginning(r, "", text), &straight);
	return search_done(r, straight);
}

static const struct route routes[] = {
	{ "/", GET, PERM_SIGNED_IN, search, search_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "search", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

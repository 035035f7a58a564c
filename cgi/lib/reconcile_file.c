/* See reconcile.h. */
#include "reconcile.h"

struct stated {
	const char *attribute;
	const char *column;
};

static const struct stated head_parts[] = {
	{ "no", "reconciliation_no" }, { "customer", "customer_code" }, { "from", "date_from" },
	{ "to", "date_to" }, { "opening", "opening" }, { "debit", "debit" },
	{ "credit", "credit" }, { "closing", "closing" }, { "hash", "content_hash" },
	{ "status", "status" }, { "flows", "flow_state" }, { "adjusted", "adjusted" }, { 0 }
};

static const struct stated account_parts[] = {
	{ "no", "line_no" }, { "date", "biz_date" }, { "kind", "entry" },
	{ "document", "doc_no" }, { "debit", "debit" }, { "credit", "credit" },
	{ "balance", "balance" }, { "note", "note" }, { "state", "state" }, { 0 }
};

static const struct stated volume_parts[] = {
	{ "no", "line_no" }, { "product", "product_id" }, { "code", "code" },
	{ "name", "product" }, { "pack", "pack" }, { "unit", "unit" }, { "shipped", "shipped" },
	{ "returned", "returned" }, { "purchased", "purchased" }, { "pure-sale", "pure_sale" },
	{ "stock", "stock" }, { "state", "state" }, { 0 }
};

static void
add_parts(xmlNodePtr n, const struct rows *rows, size_t i, const struct stated *parts)
{
	for (const struct stated *p = parts; p->attribute != NULL; p++) {
		if (!row_null(rows, i, p->column))
			x_attr(n, p->attribute, row_str(rows, i, p->column));
	}
}

static void
add_instant(xmlNodePtr n, const char *name, const struct rows *head, const char *column)
{
	char when[32];

	x_instant(row_str(head, 0, column), when);
	x_attr(n, name, when);
}

static void
add_lines(xmlNodePtr root, const char *section, const struct rows *lines,
    const struct stated *parts)
{
	xmlNodePtr list = x_el(root, section);

	for (size_t i = 0; i < lines->n; i++)
		add_parts(x_el(list, "line"), lines, i, parts);
}

int
reconcile_file(struct req *r, const struct rows *head, const struct rows *lines)
{
	xmlDocPtr doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNodePtr root = xmlNewDocNode(doc, NULL, (const xmlChar *)"statement", NULL);
	xmlNodePtr signature;
	const char *bytes;
	xmlChar *text;
	int n;

	xmlDocSetRootElement(doc, root);
	xmlSetNs(root, xmlNewNs(root, (const xmlChar *)"urn:xiaoao:statement:1", NULL));
	add_parts(root, head, 0, head_parts);
	add_instant(root, "issued", head, "issued_at");
	x_text(root, "supplier", row_str(head, 0, "company"));
	x_text(root, "buyer", row_str(head, 0, "customer"));
	if (!row_null(head, 0, "confirmed_at")) {
		signature = x_el(root, "signed");
		add_instant(signature, "at", head, "confirmed_at");
		x_attr(signature, "by", row_str(head, 0, "confirmed_by"));
	}
	add_lines(root, "account", lines, account_parts);
	add_lines(root, "volume", lines->next, volume_parts);
	xmlDocDumpFormatMemoryEnc(doc, &text, &n, "UTF-8", 1);
	/* What is libxml2's goes with the arena, before the answer is sent. */
	bytes = pool_strndup(r->pool, (const char *)text, (size_t)n);
	xmlFree(text);
	xmlFreeDoc(doc);
	return req_send(r, "application/xml", pool_printf(r->pool, "%s.xml",
	    row_str(head, 0, "reconciliation_no")), bytes, (size_t)n);
}

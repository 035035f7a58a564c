/* See menu.h. */
#include "menu.h"

#include <string.h>

/* A program: its word is nav.<name>, its address /<name>/. */
struct place {
	const char *section; /* menu.<section>; NULL: on top, and in the tab bar of a phone */
	const char *name;
	enum perm perm;
};

static const struct place office[] = {
	{ NULL, "home", PERM_SIGNED_IN },
	{ NULL, "approvals", PERM_ORDER_APPROVE },
	{ "sales", "orders", PERM_ORDER_VIEW },
	{ "sales", "parties", PERM_PARTY_VIEW },
	{ "sales", "quotations", PERM_ORDER_VIEW },
	{ "sales", "purchases", PERM_ORDER_VIEW },
	{ "sales", "licences", PERM_PARTY_VIEW },
	{ "sales", "products", PERM_PRODUCT_VIEW },
	{ "sales", "prices", PERM_PRICE_VIEW },
	{ "sales", "pricechanges", PERM_PRICE_VIEW },
	{ "sales", "bidprices", PERM_PRICE_VIEW },
	{ "sales", "visibility", PERM_PRICE_VIEW },
	{ "sales", "copies", PERM_ORDER_VIEW },
	{ "logistics", "picking", PERM_SHIPMENT_EDIT },
	{ "logistics", "shipments", PERM_SHIPMENT_VIEW },
	{ "logistics", "returns", PERM_RETURN_VIEW },
	{ "logistics", "stock", PERM_STOCK_VIEW },
	{ "logistics", "lots", PERM_STOCK_VIEW },
	{ "logistics", "receiving", PERM_STOCK_EDIT },
	{ "logistics", "adjustments", PERM_STOCK_VIEW },
	{ "flows", "flows", PERM_FLOW_VIEW },
	{ "flows", "channel", PERM_FLOW_VIEW },
	{ "flows", "flowfiles", PERM_FLOW_VIEW },
	{ "flows", "flowsources", PERM_FLOW_VIEW },
	{ "flows", "matching", PERM_FLOW_MATCH },
	{ "flows", "matchrate", PERM_FLOW_VIEW },
	{ "flows", "assignments", PERM_FLOW_VIEW },
	{ "flows", "territories", PERM_FLOW_VIEW },
	{ "flows", "periods", PERM_FLOW_VIEW },
	{ "flows", "balances", PERM_FLOW_VIEW },
	{ "flows", "corrections", PERM_FLOW_VIEW },
	{ "flows", "diversions", PERM_FLOW_VIEW },
	{ "flows", "recalls", PERM_RECALL_EDIT },
	{ "flows", "trace", PERM_RECALL_EDIT },
	{ "finance", "invoices", PERM_INVOICE_VIEW },
	{ "finance", "receipts", PERM_RECEIPT_VIEW },
	{ "finance", "accounts", PERM_ACCOUNT_VIEW },
	{ "finance", "reconciliations", PERM_RECONCILE_VIEW },
	{ "finance", "disputes", PERM_RECONCILE_VIEW },
	{ "finance", "letters", PERM_RECONCILE_VIEW },
	{ "finance", "rebates", PERM_REBATE_VIEW },
	{ "finance", "rebatepolicies", PERM_REBATE_VIEW },
	{ "system", "portalusers", PERM_PORTAL_USER_EDIT },
	{ "system", "rules", PERM_RULE_EDIT },
	{ "system", "staff", PERM_STAFF_VIEW },
	{ "system", "roles", PERM_STAFF_VIEW },
	{ "system", "units", PERM_STAFF_VIEW },
	{ "system", "audit", PERM_AUDIT_VIEW },
	{ 0 }
};

static const struct place portal[] = {
	{ NULL, "home", PERM_SIGNED_IN },
	{ NULL, "entry", PERM_ORDER_CREATE },
	{ NULL, "catalogue", PERM_CATALOGUE_VIEW },
	{ NULL, "orders", PERM_ORDER_VIEW },
	{ NULL, "lists", PERM_ORDER_CREATE },
	{ NULL, "quotations", PERM_ORDER_VIEW },
	{ "goods", "shipments", PERM_SHIPMENT_VIEW },
	{ "goods", "returns", PERM_RETURN_VIEW },
	{ "goods", "stock", PERM_STOCK_VIEW },
	{ "goods", "recalls", PERM_RECALL_REPLY },
	{ "finance", "invoices", PERM_INVOICE_VIEW },
	{ "finance", "statements", PERM_STATEMENT_VIEW },
	{ "finance", "reconciliations", PERM_RECONCILE_VIEW },
	{ "finance", "rebates", PERM_REBATE_VIEW },
	{ "flows", "uploads", PERM_FLOW_VIEW },
	{ "flows", "flows", PERM_FLOW_VIEW },
	{ "flows", "inventory", PERM_FLOW_VIEW },
	{ "flows", "corrections", PERM_FLOW_VIEW },
	{ "flows", "flowcases", PERM_FLOW_VIEW },
	{ "own", "company", PERM_COMPANY_VIEW },
	{ 0 }
};

static const struct place *
places(const struct req *r)
{
	return strcmp(r->conf->site, "portal") == 0 ? portal : office;
}

static void
add_place(struct req *r, xmlNodePtr parent, const struct place *p)
{
	xmlNodePtr link = x_link(parent, p->name, pool_printf(r->pool, "/%s/", p->name));

	x_flag(link, "current", strcmp(p->name, r->app->name) == 0);
	if (strcmp(p->name, "approvals") == 0)
		x_attr_int(link, "count", r->user.waiting);
}

void
x_menu(struct req *r)
{
	xmlNodePtr menu = x_el(r->page, "menu");
	xmlNodePtr parent = menu;
	const char *section = NULL;
	xmlNodePtr search;

	for (const struct place *p = places(r); p->name != NULL; p++) {
		if (!req_may(r, p->perm))
			continue;
		if (p->section != NULL && (section == NULL || strcmp(section, p->section) != 0)) {
			section = p->section;
			parent = x_el(menu, "section");
			x_attr(parent, "name", section);
		}
		add_place(r, parent, p);
	}
	search = x_el(menu, "search");
	x_attr(search, "href", "/search/");
	x_attr(search, "name", "q");
}

/* Most names differ in their first letter, and every link of a page is looked up. */
static bool
is(const char *name, const char *text, size_t n)
{
	return name[0] == text[0] && strncmp(name, text, n) == 0 && name[n] == '\0';
}

/* What a GET of this address wants; PERM_PUBLIC when that is not known here. */
static enum perm
wanted(const struct req *r, const char *href)
{
	const char *name = href[0] == '/' ? href + 1 : "";
	size_t n = strcspn(name, "/?#");
	size_t path = n == 0 ? 0 : strcspn(name + n, "?#");

	if (path == 0)
		return PERM_PUBLIC;
	if (!is(r->app->name, name, n)) {
		for (const struct place *p = places(r); p->name != NULL; p++) {
			if (is(p->name, name, n))
				return p->perm;
		}
		return PERM_PUBLIC;
	}
	for (const struct route *t = r->app->routes; t->path != NULL; t++) {
		if (t->method == GET && is(t->path, name + n, path))
			return t->perm;
	}
	return PERM_PUBLIC;
}

static bool
named(const xmlNode *n, const char *name)
{
	return strcmp((const char *)n->name, name) == 0;
}

/* The address a person would follow from here; posts are the handler's to offer. */
static const char *
address(const xmlNode *n)
{
	const char *href = "";

	for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
		const char *value = a->children == NULL ? "" : (const char *)a->children->content;

		if (strcmp((const char *)a->name, "href") == 0)
			href = value;
		else if (strcmp((const char *)a->name, "method") == 0 && strcmp(value, "post") == 0)
			return "";
	}
	return href;
}

static void
drop(xmlNodePtr n)
{
	xmlUnlinkNode(n);
	xmlFreeNode(n);
}

static void
keep_in_reach(const struct req *r, xmlNodePtr parent)
{
	for (xmlNodePtr n = parent->children, next; n != NULL; n = next) {
		const char *href = n->type == XML_ELEMENT_NODE ? address(n) : "";
		bool open = href[0] == '\0' || req_may(r, wanted(r, href));

		next = n->next;
		if (n->type != XML_ELEMENT_NODE)
			continue;
		if (!open && (named(n, "link") || named(n, "action"))) {
			drop(n);
			continue;
		}
		if (!open)
			xmlUnsetProp(n, (const xmlChar *)"href");
		keep_in_reach(r, n);
		if (named(n, "trail") && xmlFirstElementChild(n) == NULL)
			drop(n);
	}
}

void
menu_keep_in_reach(struct req *r)
{
	if (req_may(r, PERM_SIGNED_IN))
		keep_in_reach(r, r->page);
}

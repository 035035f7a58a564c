/*
 * perm.h - every permission of the system: the one list that routes, roles and
 * the authorisation tests share.  Names are those of table permission.
 */
#ifndef XIAOAO_PERM_H
#define XIAOAO_PERM_H

#include <stdbool.h>
#include <stdint.h>

/* Name in C, name in the database.  PUBLIC needs no session, SIGNED_IN any session. */
#define PERMISSIONS(P) \
	P(PUBLIC, "public") \
	P(HALF_SIGNED_IN, "half-signed-in") \
	P(SIGNED_IN, "signed-in") \
	P(ORDER_VIEW, "order.view") \
	P(ORDER_CREATE, "order.create") \
	P(ORDER_APPROVE, "order.approve") \
	P(RULE_EDIT, "rule.edit") \
	P(SHIPMENT_VIEW, "shipment.view") \
	P(SHIPMENT_EDIT, "shipment.edit") \
	P(SHIPMENT_CHECK, "shipment.check") \
	P(INVOICE_VIEW, "invoice.view") \
	P(INVOICE_EDIT, "invoice.edit") \
	P(RECEIPT_VIEW, "receipt.view") \
	P(RECEIPT_EDIT, "receipt.edit") \
	P(ACCOUNT_VIEW, "account.view") \
	P(COLLECTION_EDIT, "collection.edit") \
	P(CREDIT_EDIT, "credit.edit") \
	P(CREDIT_OVERRIDE, "credit.override") \
	P(STOCK_VIEW, "stock.view") \
	P(STOCK_EDIT, "stock.edit") \
	P(STOCK_APPROVE, "stock.approve") \
	P(LOT_BLOCK, "lot.block") \
	P(PRODUCT_VIEW, "product.view") \
	P(PRODUCT_EDIT, "product.edit") \
	P(PRICE_VIEW, "price.view") \
	P(PRICE_EDIT, "price.edit") \
	P(PARTY_VIEW, "party.view") \
	P(PARTY_EDIT, "party.edit") \
	P(LICENCE_APPROVE, "licence.approve") \
	P(PORTAL_USER_EDIT, "portal-user.edit") \
	P(STAFF_VIEW, "staff.view") \
	P(STAFF_EDIT, "staff.edit") \
	P(ROLE_EDIT, "role.edit") \
	P(AUDIT_VIEW, "audit.view") \
	P(CATALOGUE_VIEW, "catalogue.view") \
	P(STATEMENT_VIEW, "statement.view") \
	P(ARRIVAL_CONFIRM, "arrival.confirm") \
	P(COMPANY_VIEW, "company.view") \
	P(COMPANY_EDIT, "company.edit") \
	P(CHAIN_STOCK_VIEW, "chain-stock.view") \
	P(VIEW_SHARE, "view.share") \
	P(FLOW_VIEW, "flow.view") \
	P(FLOW_UPLOAD, "flow.upload") \
	P(FLOW_MATCH, "flow.match") \
	P(FLOW_CORRECT, "flow.correct") \
	P(FLOW_APPROVE, "flow.approve") \
	P(PERIOD_CLOSE, "period.close") \
	P(RECONCILE_VIEW, "reconcile.view") \
	P(RECONCILE_EDIT, "reconcile.edit") \
	P(RECONCILE_APPROVE, "reconcile.approve") \
	P(RECONCILE_CONFIRM, "reconcile.confirm") \
	P(REBATE_VIEW, "rebate.view") \
	P(REBATE_EDIT, "rebate.edit") \
	P(REBATE_APPROVE, "rebate.approve") \
	P(RECALL_EDIT, "recall.edit") \
	P(RECALL_REPLY, "recall.reply") \
	P(LETTER_READ, "letter.read") \
	P(ASSIGNMENT_EDIT, "assignment.edit") \
	P(RETURN_VIEW, "return.view") \
	P(RETURN_REQUEST, "return.request") \
	P(RETURN_DECIDE, "return.decide")

enum perm {
#define P(c, name) PERM_##c,
	PERMISSIONS(P)
#undef P
	PERM_COUNT
};

_Static_assert(PERM_COUNT <= 64, "a set of permissions is one 64-bit word");

/* "order.view" and so on. */
const char *perm_name(enum perm p);

/* The set named by a list of names between blanks; names unknown here are passed over. */
uint64_t perm_set(const char *names);

static inline bool
perm_in(uint64_t set, enum perm p)
{
	return (set >> p & 1) != 0;
}

#endif

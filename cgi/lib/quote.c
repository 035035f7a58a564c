/* See quote.h. */
#include "quote.h"

#include "list.h"
#include "statement.h"

const char *const quote_statuses[] = { "draft", "waiting", "sent", "accepted", "declined",
	"expired", "withdrawn", NULL };

static const struct column facts[] = {
	{ "customer", TYPE_TEXT },
	{ "valid_until", TYPE_DATE },
	{ "rep", TYPE_TEXT, .sub = "rep_phone" },
	{ "pay", TYPE_STATUS, .set = "pay" },
	{ "terms", TYPE_TEXT },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "manufacturer", TYPE_TEXT, .sub = "approval_no" },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "price", TYPE_PRICE },
	{ "amount", TYPE_MONEY },
	{ "note", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct column sums[] = { { "amount", TYPE_MONEY, .emphasis = true }, { 0 } };

int
quote_paper(struct req *r, const struct rows *quote, const struct rows *lines)
{
	if (!req_record(r, "paper", quote, "quote_no", "quote", "status"))
		return 404;
	x_attr(r->page, "paper", "portrait");
	x_action(r->heading, "print", "get", "#print");
	x_record(r->page, "quote-paper", quote, facts);
	x_list(r, "quote-paper-lines", lines, columns, NULL);
	x_attr(x_record(r->page, "quote-sum", quote, sums), "kind", "totals");
	statement_seals(r, row_str(quote, 0, "customer"));
	return 200;
}

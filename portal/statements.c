/*
 * statements.c - a company's account with us: statements month by month or for
 * any period, what is due, its age.
 *
 * It is read from the same ledger as finance reads, by the same routine.
 */
#include "list.h"
#include "statement.h"

enum { MONTHS, STATEMENT, NSQL };

static const struct sql sql[NSQL] = {
	[MONTHS] = { "statements.months", "CALL portal_statements_list(?, ?)" },
	[STATEMENT] = { "statements.view", "CALL portal_statements_view(?, ?, ?)" },
};

static const struct column month_columns[] = {
	{ "month", TYPE_MONTH },
	{ "opening", TYPE_MONEY },
	{ "debit", TYPE_MONEY },
	{ "credit", TYPE_MONEY },
	{ "closing", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

/* The account today: one day's statement has it all but the movements. */
static int
statement_list(struct req *r)
{
	const struct rows *months = req_query(r, MONTHS, S(r->token), I(36));
	const char *today = req_today(r);
	const struct rows *now = req_query(r, STATEMENT, S(r->token), D(today), D(today));

	x_flag(x_action(r->heading, "statement", "get", "/statements/view"), "primary", true);
	if (now->n > 0) {
		x_list(r, "ageing", now->next->next->next, statement_ageing, NULL);
		statement_open(r, now->next->next);
	}
	list_rows(r, "statement-months", months, month_columns,
	    "/statements/view?from={date_from}&to={date_to}");
	return 200;
}

static const struct field fields[] = { STATEMENT_FIELDS, { 0 } };

static int
statement_view(struct req *r)
{
	struct period period = statement_period(r);
	const struct rows *s = req_query(r, STATEMENT, S(r->token), D(period.from), D(period.to));

	if (s->n == 0)
		return 404;
	req_trail(r, "statements", "/statements/");
	statement_show(r, s, period);
	return 200;
}

static const struct route routes[] = {
	{ "/", GET, PERM_STATEMENT_VIEW, statement_list },
	{ "/view", GET, PERM_STATEMENT_VIEW, statement_view, fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "statements", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}

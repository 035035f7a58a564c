/*
 * statement.h - a statement of account as both sites show it: the same sums, lines
 * and open items, so that they are equal to the fen.
 */
#ifndef XIAOAO_STATEMENT_H
#define XIAOAO_STATEMENT_H

#include "req.h"

/* Inputs of a statement's page, behind the site's own. */
#define STATEMENT_FIELDS { "from", TYPE_DATE }, { "to", TYPE_DATE }

struct period {
	const char *from;
	const char *to;
};

/* The period asked for; else this month until today. */
struct period statement_period(struct req *r);

/*
 * Draws the results of a statement procedure: sums, lines with running balance,
 * what is open at the end, room for both seals.  Where CSV or XLSX was asked
 * for, the lines are the answer.
 */
void statement_show(struct req *r, const struct rows *statement, struct period period);

/* Room for both seals, on paper. */
void statement_seals(struct req *r, const char *customer);

/* What is open, with its age. */
void statement_open(struct req *r, const struct rows *items);

/* One row of ageing, or many with their customers. */
extern const struct column statement_ageing[];

#endif

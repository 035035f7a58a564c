/*
 * reconcile.h - a monthly statement as both sites show it: the same sums, lines and volumes,
 * under the same hash, so that what is signed is what was sent.
 */
#ifndef XIAOAO_RECONCILE_H
#define XIAOAO_RECONCILE_H

#include "req.h"

extern const char *const reconcile_statuses[];
extern const char *const dispute_statuses[];
extern const char *const letter_kinds[];
extern const char *const letter_statuses[];

/* The path of a statement: issued, checked, confirmed. */
void reconcile_steps(struct req *r, const struct rows *head);

/* Facts and sums; the balance both sides end with in capital numerals. */
void reconcile_sums(struct req *r, const struct rows *head);

/*
 * The lines of the account and, behind them in `lines`, the volumes.  Where CSV or XLSX was asked
 * for, the list named by ?list= is the answer.  The lists are returned to add actions to;
 * NULL: not on this page.
 */
struct reconcile_lists {
	xmlNodePtr account;
	xmlNodePtr volumes;
};

struct reconcile_lists reconcile_lines(struct req *r, const struct rows *lines);

/* The statement on paper: facts, sums, lines, and room for both seals. */
int reconcile_print(struct req *r, const struct rows *head, const struct rows *lines);

/*
 * The statement as XML, xslt/schema/statement.rnc: what was issued under its hash, which anybody
 * can make again from the file, and what became of it.
 */
int reconcile_file(struct req *r, const struct rows *head, const struct rows *lines);

/* Facts of a letter and what it asks; `company` and `customer` are columns of the row. */
void letter_show(struct req *r, const struct rows *letter);

#endif

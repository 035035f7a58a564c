/*
 * list.h - lists: search, filters, sort, pages by key, column choice, export,
 * all kept in the URL.
 *
 * An office list gives its SQL in pieces of constant text, which the library
 * puts together: only constants are ever joined, values are bound.  A portal
 * list names a procedure that takes (token, filters…, sort, after key, after
 * id, limit) and returns id and sort_key beside the columns.
 */
#ifndef XIAOAO_LIST_H
#define XIAOAO_LIST_H

#include "req.h"

/*
 * One input above the list.
 *
 * where: the condition that its value makes, with as many ? as `binds` says (0
 * is read as 1), all bound to the value; `%` around a search is added when like is set.
 * number: the condition instead, with `numbers` ?, for a value with a digit in
 * it: numbers are found by how they begin, which an index can do.
 * narrow: a statement for the ids that a value without a digit names, with the ? of
 * where.  When they are few, the condition is that the column narrow_to is one of
 * them: the database then knows how many rows it looks for, and by which index.
 */
struct filter {
	struct field field;
	const char *where;
	int binds;
	bool like;
	const char *number;
	int numbers;
	const char *narrow;
	const char *narrow_to;
	bool having;            /* the condition is on sums of a group; list_months() skips it */
};

/* The narrow of a list whose rows have a customer. */
#define CUSTOMERS_NAMED \
	"SELECT k.party_id AS id FROM customer k JOIN party y ON y.id = k.party_id" \
	" WHERE y.name LIKE ? OR y.pinyin LIKE ? LIMIT 33"

/* Its where, when they are many: looked up row by row, so that the list follows its own index. */
#define CUSTOMER_CALLED(party) \
	"(SELECT y.name LIKE ? OR y.pinyin LIKE ? FROM party y WHERE y.id = " party ")"

/*
 * A named query over the list, shown as a tab: `view.<list>.<name>`.  A query that begins with
 * "/" is another page of the same things: its tab keeps what the page is about (the fields of its
 * route) and the filters that are set.
 */
struct view {
	const char *name;
	const char *query; /* status=submitted&… ; "" is the whole list */
	bool counted;      /* the tab says how many: an index must find them */
};

struct list {
	/* catalogue: list.<name>, col.<name>.<column>, empty.<name> */
	const char *name;
	const struct column *columns;
	const struct filter *filters;
	const struct view *views;
	const char *row_href;          /* of a row, with {alias}es */
	const char *picture;           /* address of a row's picture, with {alias}es, or NULL */
	bool drill;                    /* row_href keeps the filters that are set and not in it */
	const char *action;            /* rel of a button in each row that posts, or NULL */
	bool action_opens;             /* it opens a page instead */
	const char *action_href;       /* with {alias}es; a row where one is NULL has no button */
	enum perm action_perm;
	const char *sort;              /* default: "-placed_at"; names a column with sort */

	/* office */
	const char *select;            /* "o.id, o.number, …" with aliases */
	const char *from;              /* "sales_order o JOIN party p ON …" */
	/* base condition, bound by the args of list_page(), or NULL */
	const char *where;
	const char *group;             /* GROUP BY …, or NULL; ties by alias id then */
	const char *key;               /* unique column that breaks ties: "o.id" */
	const char *month;             /* what list_months() groups by … */
	const char *sums;              /* … and adds up: "SUM(o.qty) AS qty" */
	const char *count_from;        /* a cheaper FROM for counting, or NULL */

	/* portal */
	const char *call;              /* "portal_orders_list" */
	const char *count_call;        /* "portal_orders_count" or NULL */
	const char *months_call;       /* of list_months(), or NULL */
	int call_args;                 /* how many args of list_page() the procedures take */
	const char *create;            /* rel of the primary action when empty, or NULL */
	const char *create_href;
	enum perm create_perm;
};

/* Adds the list to the page, or sends it as CSV or XLSX.  Returns 200. */
int list_page_args(struct req *r, const struct list *list, const struct arg *args);
#define list_page(r, ...) LIST_CALL(r, __VA_ARGS__)
#define LIST_CALL(r, list, ...) list_page_args(r, list, ARGS(__VA_ARGS__))

/* Sums of all rows of the list by `month`, oldest first; the last row, its month NULL, is all. */
const struct rows *list_months_args(struct req *r, const struct list *list,
    const struct arg *args);
#define list_months(r, ...) LIST_MONTHS_CALL(r, __VA_ARGS__)
#define LIST_MONTHS_CALL(r, list, ...) list_months_args(r, list, ARGS(__VA_ARGS__))

/* A small list of rows already there, without search and pages: lines of a record.
 * Returns the <list>, so that actions can be added to it. */
xmlNodePtr x_list(struct req *r, const char *name, const struct rows *rows,
    const struct column *columns, const char *row_href);

/* The same with links to CSV and XLSX; where one of them was asked for, that file is the answer. */
xmlNodePtr list_rows(struct req *r, const char *name, const struct rows *rows,
    const struct column *columns, const char *row_href);

/*
 * Links to the CSV and XLSX of a list: of this page, or of `href` (which has a ?) where the list is
 * the answer there.
 */
void list_exports(struct req *r, xmlNodePtr list, const char *href);

/*
 * One row's record stands beside the list: marks the row that `?open=` names, or the first, and
 * returns its id; "" when there is none.
 */
const char *list_open(struct req *r, xmlNodePtr list);

/* As list_rows(), in pages of ?size= (200 at most, and by default): rows have an id. */
xmlNodePtr list_paged(struct req *r, const char *name, const struct rows *rows,
    const struct column *columns, const char *row_href);

/* Puts a query form in front of a list made by x_list() or list_rows(); values are its fields'. */
void list_filter(struct req *r, xmlNodePtr list, const struct field *fields,
    const char *const *values);

/* Prepares what the list may run: for prog -t. */
bool list_check(struct db *db, struct pool *pool, const struct list *list);

#endif

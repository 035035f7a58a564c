/*
 * search.h - the program `search` of both sites: one box for numbers and names.
 *
 * What is typed is looked up by how numbers, codes and initials begin, in each kind of record
 * the user may see; the number of one record leads straight to it.
 */
#ifndef XIAOAO_SEARCH_H
#define XIAOAO_SEARCH_H

#include "list.h"

enum { SEARCH_SHOWN = 8, SEARCH_MAX = 60 };

/* A kind of record; its words are list.search-<name>. */
struct search_kind {
	const char *name;
	enum perm perm;
	const struct column *columns;
	const char *href;   /* of a row, with {alias}es */
	const char *number; /* alias of what may be typed whole to go straight there */
	const char *list;   /* the list that takes ?q= too, or NULL */
};

/* The text to look up: what was typed, or "" when there is too little of it. */
const char *search_text(struct req *r);

/* Whether the text is a number of documents: these two letters and a digit behind them. */
bool search_is_number(const char *text, const char *letters);

/* Whether it is a number of a tax invoice, or the beginning of one. */
bool search_is_digits(const char *text);

/* Adds what was found of a kind, and keeps the address of the one that was meant in *straight. */
void search_found(struct req *r, const struct search_kind *kind, const struct rows *rows,
    const char **straight);

/* Ends the page: straight to the one record, or says that nothing was found. */
int search_done(struct req *r, const char *straight);

extern const struct field search_fields[];

#endif

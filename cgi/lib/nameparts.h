/*
 * nameparts.h - a name of a party taken apart: place, owner, ordinal, kind, part of the house,
 * number of the branch (DOMAIN.md 2.5); and what forbids that two names are one.
 */
#ifndef XIAOAO_NAMEPARTS_H
#define XIAOAO_NAMEPARTS_H

#include <stdint.h>

#include "place.h"
#include "pool.h"

enum house_kind {
	HOUSE_UNKNOWN, HOUSE_HOSPITAL, HOUSE_PEOPLE, HOUSE_CENTRAL, HOUSE_TCM, HOUSE_INTEGRATED,
	HOUSE_MATERNAL, HOUSE_CHILD, HOUSE_OBSTETRIC, HOUSE_MENTAL, HOUSE_DENTAL, HOUSE_EYE,
	HOUSE_TUMOUR, HOUSE_BONE, HOUSE_INFECTIOUS, HOUSE_CHEST, HOUSE_SKIN, HOUSE_BOWEL,
	HOUSE_REHAB, HOUSE_AGED, HOUSE_OCCUPATIONAL, HOUSE_BEAUTY, HOUSE_COMMUNITY, HOUSE_STATION,
	HOUSE_TOWNSHIP_CENTRAL, HOUSE_TOWNSHIP, HOUSE_ROOM, HOUSE_CDC, HOUSE_OUTPATIENT,
	HOUSE_CLINIC, HOUSE_CHAIN, HOUSE_STORE, HOUSE_COMPANY
};

struct nameparts {
	const char *rest;     /* the name behind its place */
	const char *core;     /* owner: rest without ordinal, kind, part and number; may be empty */
	const char *campus;   /* 城北院区; "" for the whole house */
	uint32_t place;       /* as in place_read() */
	bool doubtful;
	enum house_kind kind;
	uint32_t ordinal;     /* 0: none */
	uint32_t branch;      /* number of the shop, 0: none */
	bool is_store;        /* one shop: …店 */
};

struct nameparts nameparts_read(const struct places *pl, struct pool *p, const char *norm,
    uint32_t hint);

/* With a place that was read already. */
struct nameparts nameparts_at(struct pool *p, const char *norm, struct place place);

/* Why two names are not one, whatever their score: ordinal, kind, branch, store, campus; NULL. */
const char *nameparts_veto(const struct nameparts *a, const struct nameparts *b);

#endif

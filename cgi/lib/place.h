/*
 * place.h - administrative divisions by name: where a name of a party says it is.
 *
 * 浙江省杭州市西湖区…, 杭州市西湖区…, 西湖区…, 浙江杭州… and 杭州… begin with places.  A county
 * without its 县 or 区 is read as one only before words of a public institution: 朝阳医院 is not the
 * hospital of 朝阳区.  A name that several places bear is decided by what stands before it, or by the
 * place the caller has from elsewhere; else its code stays 0.
 */
#ifndef XIAOAO_PLACE_H
#define XIAOAO_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct places;

struct places *places_new(void);
void places_free(struct places *pl);

/* Adds a division: code of 2, 4 or 6 digits (or 6 with zeros), name with its 省 市 区 县. */
void places_add(struct places *pl, struct pool *scratch, const char *code, const char *name);

struct place {
	uint32_t code;  /* 330106; 330100 a city, 330000 a province; 0: not told or not clear */
	size_t length;  /* bytes of the name it took */
	bool doubtful;  /* a place was named that several bear, and nothing decides */
};

/*
 * What the (normalised) text begins with; hint: a place known from elsewhere, or 0.  The bold one
 * takes a county's bare name behind that of its city before any word: 杭州西湖三墩卫生院.
 */
struct place place_read(const struct places *pl, struct pool *p, const char *text, uint32_t hint);
struct place place_read_bold(const struct places *pl, struct pool *p, const char *text,
    uint32_t hint);

/* 33 -> 330000, 3301 -> 330100; 0 for what is no code. */
uint32_t place_code(const char *s);

/* How much of a code counts: 0 nothing, 2 province, 4 city, 6 county. */
int place_level(uint32_t code);

/* One is the other, or lies in it. */
bool place_within(uint32_t one, uint32_t other);

/* The city of a county; of a province itself. */
uint32_t place_city(uint32_t code);
uint32_t place_province(uint32_t code);

#endif

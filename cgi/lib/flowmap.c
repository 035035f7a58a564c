/* See flowmap.h. */
#include "flowmap.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

enum { HEAD_MAX = 120, NO_RANK = 1000, SAMPLE = 20 };

bool
flowmap_requires(enum report kind, enum flow_col col)
{
	return flow_fields[col].need[kind] == 'R';
}

bool
flowmap_complete(const struct flowmap *map, enum report kind)
{
	for (int i = 0; i < COL_COUNT; i++)
		if (flowmap_requires(kind, (enum flow_col)i) && map->column[i] < 0)
			return false;
	return map->header_row > 0;
}

/* A head in one form: half width, without blanks, stars, colons and what stands in brackets. */
static void
plain_head(const struct table_cell *cell, char to[static HEAD_MAX + 1])
{
	char narrow[HEAD_MAX + 1];
	size_t n = 0;
	int depth = 0;

	utf8_narrow(narrow, cell->text, utf8_cut(cell->text, cell->n, HEAD_MAX));
	for (const char *s = narrow; *s != '\0'; s++) {
		depth += *s == '(';
		if (depth == 0 && strchr(" \t\r\n*:", *s) == NULL)
			to[n++] = *s;
		depth -= *s == ')' && depth > 0;
	}
	to[n] = '\0';
}

/* The place of a head among the words of a field; NO_RANK: it is not one of them. */
static int
rank_of(const struct flow_field *field, const char *head)
{
	size_t n = strlen(head);
	const char *s = field->words;

	if (n == 0)
		return NO_RANK;
	if (strcmp(head, field->name) == 0)
		return -1;
	for (int rank = 0;; rank++) {
		size_t length = strcspn(s, "|");

		if (length == n && memcmp(s, head, n) == 0)
			return rank;
		if (s[length] == '\0')
			return NO_RANK;
		s += length + 1;
	}
}

/* Characters, roughly; what a unit of measure has one or two of. */
static size_t
characters(const struct table_cell *cell)
{
	size_t n = 0;

	for (uint32_t i = 0; i < cell->n; i++)
		n += ((unsigned char)cell->text[i] & 0xC0) != 0x80;
	return n;
}

/* 销售单位 is the seller or the unit of measure: the column's own texts tell. */
static bool
is_unit_column(const struct table_row *row, size_t n, size_t column)
{
	size_t sum = 0;
	size_t seen = 0;

	for (size_t i = 0; i < n && seen < SAMPLE; i++) {
		const struct table_cell *cell = table_cell(&row[i], column);

		seen += cell->n > 0;
		sum += characters(cell);
	}
	return sum <= seen * 3;
}

/* Takes one row for the heads; returns how many fields it names. */
static int
map_row(struct flowmap *map, enum report kind, const struct table_row *row, size_t n)
{
	int rank[COL_COUNT];
	int found = 0;

	map->header_row = row->line;
	for (int i = 0; i < COL_COUNT; i++) {
		map->column[i] = -1;
		rank[i] = NO_RANK;
	}
	for (uint32_t column = 0; column < row->n; column++) {
		char head[HEAD_MAX + 1];
		bool seller;

		plain_head(&row->cell[column], head);
		seller = strcmp(head, "销售单位") == 0 && !is_unit_column(row + 1, n - 1, column);
		for (int i = 0; i < COL_COUNT; i++) {
			int r = rank_of(&flow_fields[i], head);

			if (r >= rank[i] || flow_fields[i].need[kind] == '-' ||
			    (strcmp(head, "销售单位") == 0 && (i == COL_UNIT) == seller))
				continue;
			found += rank[i] == NO_RANK;
			rank[i] = r;
			map->column[i] = (int)column;
		}
	}
	return found;
}

void
flowmap_guess(struct flowmap *map, enum report kind, const struct table_row *row, size_t n)
{
	int best = 1; /* one alone is chance */

	*map = (struct flowmap){ 0 };
	memset(map->column, -1, sizeof(map->column));
	for (size_t i = 0; i < n && i < FLOWMAP_ROWS; i++) {
		struct flowmap one;
		int found = map_row(&one, kind, &row[i], n - i);

		if (found > best) {
			best = found;
			*map = one;
		}
	}
}

void
flowmap_hash(const struct table_row *heads, unsigned char hash[static FLOWMAP_HASH])
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (uint32_t i = 0; i < heads->n; i++) {
		char head[HEAD_MAX + 1];

		plain_head(&heads->cell[i], head);
		crypto_hash_sha256_update(&state, (unsigned char *)head, strlen(head) + 1);
	}
	crypto_hash_sha256_final(&state, hash);
}

/* The database checks that it is JSON; a field that is not there stays away. */
void
flowmap_parse(struct flowmap *map, const char *json)
{
	for (int i = 0; i < COL_COUNT; i++) {
		char key[40];
		const char *at;

		snprintf(key, sizeof(key), "\"%s\"", flow_fields[i].name);
		map->column[i] = -1;
		at = strstr(json, key);
		if (at == NULL)
			continue;
		at += strlen(key);
		at += strspn(at, " :\"");
		if (*at >= '0' && *at <= '9')
			map->column[i] = (int)strtol(at, NULL, 10);
		if (map->column[i] >= TABULAR_COLUMNS_MAX)
			map->column[i] = -1;
	}
}

const char *
flowmap_json(const struct flowmap *map, struct pool *p)
{
	struct buf *b = buf_new(p);

	buf_char(b, '{');
	for (int i = 0; i < COL_COUNT; i++)
		if (map->column[i] >= 0)
			buf_printf(b, "%s\"%s\":%d", b->n > 1 ? "," : "", flow_fields[i].name,
			    map->column[i]);
	buf_char(b, '}');
	return b->s;
}

/* See flowcheck.h. */
#include "flowcheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "flowfield.h"
#include "flowseen.h"
#include "utf8.h"

struct flowcheck {
	const struct flowfile *file;
	struct flownames *names;
	struct flowref *ref;
	struct flowseen *seen;
	int level;                 /* of the sender, where no chain says it */
	/* the row at hand */
	const struct table_row *from;
	struct flowrow *row;
	struct buf *issues;
};

struct flowcheck *
flowcheck_new(struct db *db, struct pool *p, const struct flowfile *file)
{
	struct flowcheck *c = pool_alloc(p, sizeof(*c));
	const struct ref_party *sender;

	c->file = file;
	c->names = flownames_load(db, p, file->sender);
	c->ref = flowref_new(db, p);
	c->seen = flowseen_new(p);
	sender = flowref_party(c->ref, file->sender);
	/* Levels told above 2 are kinds of distributors (DOMAIN 1.1), not steps away from us. */
	c->level = sender->level == 1 || sender->level == 2 ? sender->level :
	    sender->is_customer ? 1 : 2;
	return c;
}

struct flownames *
flowcheck_names(struct flowcheck *c)
{
	return c->names;
}

static const struct table_cell *
cell(const struct flowcheck *c, enum flow_col col)
{
	static const struct table_cell none = { "", 0, 0 };
	int column = c->file->map.column[col];

	return column < 0 ? &none : table_cell(c->from, (size_t)column);
}

static void
issue(struct flowcheck *c, int check, enum flow_col col)
{
	buf_printf(c->issues, "%sflow.v%02d:%s", c->issues->n > 0 ? " " : "", check,
	    flow_fields[col].name);
}

static void
bad(struct flowcheck *c, int check, enum flow_col col)
{
	c->row->bad = true;
	c->row->errors |= 1U << (check - 1);
	issue(c, check, col);
}

static void
warn(struct flowcheck *c, int check, enum flow_col col)
{
	uint32_t bit = 1U << (check - 1);

	if ((c->row->warnings & bit) == 0)
		issue(c, check, col);
	c->row->warnings |= bit;
}

/* ---- texts and numbers of a row ---- */

/* The text of a field of at most `most` characters; damaged or longer ones are errors. */
static const char *
text(struct flowcheck *c, enum flow_col col, size_t most)
{
	const struct table_cell *at = cell(c, col);
	size_t n = 0;

	for (uint32_t i = 0; i < at->n; i++)
		n += ((unsigned char)at->text[i] & 0xC0) != 0x80;
	if (n <= most && (at->flags & (CELL_DAMAGED | CELL_ERROR)) == 0)
		return at->text;
	bad(c, 3, col);
	return "";
}

static void
copy_text(struct flowcheck *c, enum flow_col col, char to[static FLOW_TEXT_SIZE])
{
	enum { COLUMN = 40 };

	snprintf(to, FLOW_TEXT_SIZE, "%s", text(c, col, COLUMN));
}

/* A decimal in units of 10^-scale, rounded half up from at most six places. */
static bool
number(const struct table_cell *at, int scale, int64_t *to)
{
	char decimal[CELL_DECIMAL_SIZE];
	const char *s = decimal;
	int64_t n = 0;
	int places = -1;

	if (!cell_decimal(at, 6, decimal))
		return false;
	for (s += *s == '-'; *s != '\0' && places < scale; s++) {
		if (*s == '.')
			places = 0;
		else if (places >= 0)
			places++;
		if (*s != '.' && n > (INT64_MAX - 9) / 10)
			return false;
		if (*s != '.')
			n = n * 10 + (*s - '0');
	}
	for (places = places < 0 ? 0 : places; places < scale; places++) {
		if (n > INT64_MAX / 10)
			return false;
		n *= 10;
	}
	n += *s >= '5' && *s <= '9';
	*to = decimal[0] == '-' ? -n : n;
	return n < INT64_C(99999999999999) * 10000;
}

static bool
optional_number(struct flowcheck *c, enum flow_col col, int scale, int64_t *to)
{
	const struct table_cell *at = cell(c, col);

	if (at->n == 0)
		return false;
	if (number(at, scale, to))
		return true;
	bad(c, 3, col);
	return false;
}

static void
take_numbers(struct flowcheck *c)
{
	struct flowrow *row = c->row;
	bool is_stock = c->file->kind == REPORT_STOCK;

	if (!number(cell(c, COL_QTY), 4, &row->raw_qty_e4) ||
	    (is_stock ? row->raw_qty_e4 < 0 : row->raw_qty_e4 == 0))
		bad(c, 5, COL_QTY);
	row->has_price = optional_number(c, COL_UNIT_PRICE, 4, &row->price_e4);
	row->has_amount = optional_number(c, COL_AMOUNT, 2, &row->amount_e2);
}

static void
take_days(struct flowcheck *c)
{
	const struct flowfile *file = c->file;
	const struct table_cell *expiry = cell(c, COL_EXPIRY_DATE);

	if (!cell_date(cell(c, COL_BIZ_DATE), c->row->day))
		bad(c, 3, COL_BIZ_DATE);
	else if (strcmp(c->row->day, file->from) < 0 || strcmp(c->row->day, file->to) > 0)
		warn(c, 4, COL_BIZ_DATE);
	if (expiry->n > 0 && !cell_date(expiry, c->row->expires_on))
		bad(c, 3, COL_EXPIRY_DATE);
}

/* ---- what a machine writes ---- */

/* 2026-03-05 and nothing else. */
static bool
is_plain_day(const struct table_cell *at)
{
	char day[CELL_DATE_SIZE];

	return cell_date(at, day) && strcmp(day, at->text) == 0;
}

/* Digits, with a point and more of them or not, below 0 or not. */
static bool
is_plain_decimal(const struct table_cell *at)
{
	static const char digits[] = "0123456789";
	const char *s = at->text + (at->text[0] == '-');
	size_t whole = strspn(s, digits);

	s += whole;
	if (*s == '.') {
		s++;
		whole = whole > 0 ? strspn(s, digits) : 0;
		s += whole;
	}
	return whole > 0 && *s == '\0';
}

/* An XML report is read as its schema says, without guessing what was meant. */
static void
check_xml(struct flowcheck *c)
{
	for (int i = 0; i < COL_COUNT; i++) {
		const struct table_cell *at = table_cell(c->from, (size_t)i);
		char need = flow_fields[i].need[c->file->kind];
		enum type type = flow_fields[i].type;

		if (at->n == 0 && need == 'R')
			bad(c, 2, (enum flow_col)i);
		else if (at->n > 0 && need == '-')
			bad(c, 18, (enum flow_col)i);
		else if (at->n > 0 && ((type == TYPE_DATE && !is_plain_day(at)) ||
		    (type == TYPE_MONEY && !is_plain_decimal(at))))
			bad(c, 3, (enum flow_col)i);
	}
}

/* ---- names ---- */

static void
find_product(struct flowcheck *c)
{
	const char *approval = text(c, COL_APPROVAL_NO, 60);
	const char *code = text(c, COL_PRODUCT_CODE, 60);
	struct match_given given = { text(c, COL_PRODUCT_NAME, 200),
		*code != '\0' ? code : approval, text(c, COL_SPEC, 200), text(c, COL_UNIT, 20),
		text(c, COL_MAKER, 120) };

	if (*given.name == '\0')
		bad(c, 2, COL_PRODUCT_NAME);
	if (!c->row->bad)
		c->row->product = flownames_find(c->names, true, &given);
}

static void
find_party(struct flowcheck *c)
{
	const char *uscc = text(c, COL_PARTY_USCC, 60);
	const char *address = text(c, COL_PARTY_ADDRESS, 200);
	struct match_given given = { text(c, COL_PARTY_NAME, 200), text(c, COL_PARTY_CODE, 60),
		*uscc != '\0' ? uscc : address, "", "" };

	if (c->file->kind == REPORT_STOCK)
		return;
	if (*given.name == '\0')
		bad(c, 2, COL_PARTY_NAME);
	if (!c->row->bad)
		c->row->party = flownames_find(c->names, false, &given);
}

/* ---- what is judged when the row can be read ---- */

static int64_t
absolute(int64_t n)
{
	return n < 0 ? -n : n;
}

/* V07: quantity times price is the amount, but for rounding. */
static void
check_amount(struct flowcheck *c)
{
	struct flowrow *row = c->row;
	__int128 product = (__int128)row->raw_qty_e4 * row->price_e4; /* in 10^-8 */
	__int128 amount = (__int128)row->amount_e2 * 1000000;
	__int128 gap = product > amount ? product - amount : amount - product;
	__int128 slack = (amount < 0 ? -amount : amount) / 200;

	if (row->has_price && row->has_amount && gap > slack && gap > 5000000)
		warn(c, 7, COL_AMOUNT);
	if (row->has_price && !row->has_amount) {
		row->amount_e2 = (int64_t)((product + (product < 0 ? -500000 : 500000)) / 1000000);
		row->has_amount = true;
	}
}

/* A unit other than ours, and nobody said how many of ours it holds. */
static void
check_unit(struct flowcheck *c)
{
	const struct flowname *name = c->row->product;
	const char *unit = cell(c, COL_UNIT)->text;
	const char *ours = flowref_product(c->ref, name->target)->unit;

	if (strcmp(unit, ours) != 0 && name->factor_e6 == MATCH_ONE_E6)
		warn(c, 6, COL_UNIT);
}

static void
check_lot(struct flowcheck *c)
{
	struct flowrow *row = c->row;
	const struct ref_lot *lot;

	if (*row->lot_no == '\0')
		return;
	lot = flowref_lot(c->ref, row->product->target, row->lot_no);
	row->lot_id = lot->id;
	if (lot->id == 0)
		warn(c, 9, COL_BATCH_NO);
	else if (*row->expires_on != '\0' && strcmp(row->expires_on, lot->expires_on) != 0)
		warn(c, 10, COL_EXPIRY_DATE);
	else if (strcmp(row->day, lot->expires_on) > 0)
		warn(c, 10, COL_BIZ_DATE);
}

/* V12: half to one and a half times the price for all, and not below what it was bought for. */
static void
check_price(struct flowcheck *c)
{
	int64_t usual = flowref_product(c->ref, c->row->product->target)->price_e4;
	int64_t price = absolute(c->row->price_e4);

	if (c->row->has_price && usual > 0 && (price * 2 < usual || price * 2 > usual * 3))
		warn(c, 12, COL_UNIT_PRICE);
	if (c->row->has_price && c->file->kind == REPORT_SALE && c->row->qty_e4 > 0 &&
	    price < flowref_bought(c->ref, c->file->sender, c->row->product->target))
		warn(c, 12, COL_UNIT_PRICE);
}

static void
convert(struct flowcheck *c)
{
	struct flowrow *row = c->row;
	int64_t factor = row->product->factor_e6;
	__int128 qty = (__int128)row->raw_qty_e4 * factor;

	row->qty_e4 = (int64_t)((qty + (qty < 0 ? -500000 : 500000)) / 1000000);
	if (row->has_price)
		row->price_e4 = (int64_t)((__int128)row->price_e4 * 1000000 / factor);
}

static void
judge_product(struct flowcheck *c)
{
	struct flowrow *row = c->row;

	check_amount(c);
	convert(c);
	if (row->product->state == MATCH_MATCHED) {
		check_unit(c);
		check_lot(c);
		check_price(c);
	}
	if (*row->expires_on != '\0' && strcmp(row->day, row->expires_on) > 0)
		warn(c, 10, COL_EXPIRY_DATE);
}

/* How far the seller of the product is from us. */
static int
level_of(struct flowcheck *c)
{
	const struct flowname *product = c->row->product;
	int level = product->state != MATCH_MATCHED ? 0 :
	    flowref_level(c->ref, c->file->sender, c->file->period, product->target);

	return level > 0 ? level : c->level;
}

static void
judge_party(struct flowcheck *c)
{
	struct flowrow *row = c->row;
	const struct flowname *party = row->party;

	row->level = level_of(c) - (c->file->kind == REPORT_PURCHASE);
	if (party == NULL)
		return;
	if (party->target == c->file->sender ||
	    strcmp(cell(c, COL_PARTY_NAME)->text, c->file->sender_name) == 0)
		warn(c, 11, COL_PARTY_NAME);
	if (party->state != MATCH_MATCHED || c->file->kind != REPORT_SALE)
		return;
	row->is_pure_sale = flowref_party(c->ref, party->target)->is_terminal;
	if (row->product->state == MATCH_MATCHED)
		row->duty = flowref_duty(c->ref, party->target, row->product->target, row->day);
}

/* V08: the same again, in all that a row says. */
static void
check_double(struct flowcheck *c)
{
	static const enum flow_col cols[] = { COL_BIZ_DATE, COL_DOC_NO, COL_PARTY_NAME,
		COL_PARTY_CODE, COL_PRODUCT_NAME, COL_PRODUCT_CODE, COL_SPEC, COL_BATCH_NO, COL_QTY,
		COL_UNIT, COL_UNIT_PRICE, COL_WAREHOUSE, COL_STOCK_STATUS };
	uint64_t hash = 0;

	for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		hash = flowseen_mix(hash, cell(c, cols[i])->text, cell(c, cols[i])->n);
	if (flowseen_again(c->seen, hash))
		warn(c, 8, COL_DOC_NO);
}

/* ---- the row ---- */

/* Totals, and heads again on the next printed page. */
static bool
is_total(const struct table_row *row)
{
	static const char *const words[] = { "合计", "小计", "总计", "本页合计", "累计", "合 计" };

	for (uint32_t i = 0; i < row->n; i++) {
		if (row->cell[i].n == 0)
			continue;
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			if (strncmp(row->cell[i].text, words[k], strlen(words[k])) == 0)
				return true;
		return false;
	}
	return true;
}

static bool
is_heads(const struct flowcheck *c)
{
	struct flowmap map;
	const struct table_cell *qty = cell(c, COL_QTY);

	if (qty->n == 0 || (*qty->text >= '0' && *qty->text <= '9') || *qty->text == '-')
		return false;
	flowmap_guess(&map, c->file->kind, c->from, 1);
	return map.header_row != 0 && map.column[COL_QTY] == c->file->map.column[COL_QTY];
}

enum row_verdict
flowcheck_row(struct flowcheck *c, const struct table_row *from, struct flowrow *row,
    struct buf *issues)
{
	c->from = from;
	c->row = row;
	c->issues = issues;
	issues->n = 0;
	*row = (struct flowrow){ .line = from->line };
	if (from->line <= c->file->map.header_row ||
	    (!c->file->is_xml && (is_total(from) || is_heads(c))))
		return ROW_NONE;
	if (c->file->is_xml)
		check_xml(c);
	if (row->bad)
		return ROW_BAD;
	take_days(c);
	take_numbers(c);
	copy_text(c, COL_BATCH_NO, row->lot_no);
	copy_text(c, COL_DOC_NO, row->doc_no);
	find_product(c);
	find_party(c);
	if (row->bad)
		return ROW_BAD;
	check_double(c);
	judge_product(c);
	judge_party(c);
	return ROW_GOOD;
}

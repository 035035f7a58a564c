/*
 * cell.h - what people and programs write into cells, as canonical values.
 *
 * Only readings without doubt are made: 2026/3/5 is a date, 3/5/2026 is not, for it could be
 * another day elsewhere.  Damaged cells (CELL_DAMAGED) are never read.
 */
#ifndef XIAOAO_CELL_H
#define XIAOAO_CELL_H

#include "tabular.h"

enum { CELL_DATE_SIZE = 11, CELL_DECIMAL_SIZE = 24 };

/*
 * Year first, with - / . or 年月日, two-digit months and days or not, or 20260305; a time behind it is
 * ignored.  Writes 2026-03-05; false when it is no day of 1970 to 2099.
 */
bool cell_date(const struct table_cell *cell, char date[static CELL_DATE_SIZE]);

/*
 * A decimal with at most `scale` digits behind the point and 14 before it: full width, blanks
 * around, thousands separators in their places, a currency sign in front.  Writes it with a
 * point, without useless zeros; false otherwise, and for more digits than scale that are not
 * zero.
 */
bool cell_decimal(const struct table_cell *cell, int scale, char decimal[static CELL_DECIMAL_SIZE]);

/* A whole number, written as cell_decimal() takes it; false when it is none or out of range. */
bool cell_int(const struct table_cell *cell, int64_t *n);

#endif

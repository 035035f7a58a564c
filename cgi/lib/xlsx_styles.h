/*
 * xlsx_styles.h - which cell formats of a workbook show a date or a time.
 */
#ifndef XIAOAO_XLSX_STYLES_H
#define XIAOAO_XLSX_STYLES_H

#include <stdbool.h>
#include <stdint.h>

enum { XLSX_FORMATS_MAX = 512, XLSX_CELLS_MAX = 8192 };

/* Zero it first.  What exceeds the arrays counts as no date. */
struct xlsx_styles {
	uint32_t date_format[XLSX_FORMATS_MAX]; /* ids of the workbook's own date formats */
	uint32_t formats;
	bool cell[XLSX_CELLS_MAX];              /* is the n-th cell style a date? */
	uint32_t cells;
	bool in_cells;                          /* for the reader: inside cellXfs */
};

/* A format that the workbook defines. */
void xlsx_styles_format(struct xlsx_styles *styles, uint32_t id, const char *code);

/* The next cell style, in order; formats come before. */
void xlsx_styles_cell(struct xlsx_styles *styles, uint32_t format);

bool xlsx_styles_is_date(const struct xlsx_styles *styles, uint32_t cell);

#endif

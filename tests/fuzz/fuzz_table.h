/* fuzz_table.h - what must hold for any table that was accepted. */
#ifndef XIAOAO_FUZZ_TABLE_H
#define XIAOAO_FUZZ_TABLE_H

#include "cell.h"
#include "fuzz.h"
#include "tabular.h"
#include "utf8.h"

static inline void
fuzz_check_table(const struct table *t)
{
	uint32_t line = 0;
	char date[CELL_DATE_SIZE];
	char decimal[CELL_DECIMAL_SIZE];

	fuzz_claim(t->n > 0 && t->n <= TABULAR_ROWS_MAX);
	for (size_t i = 0; i < t->n; i++) {
		fuzz_claim(t->row[i].line > line && t->row[i].n > 0 && t->row[i].n <= t->columns);
		line = t->row[i].line;
		for (size_t k = 0; k < t->row[i].n; k++) {
			const struct table_cell *cell = table_cell(&t->row[i], k);

			fuzz_claim(strlen(cell->text) == cell->n &&
			    utf8_clean(cell->text, cell->n));
			if (cell_decimal(cell, 4, decimal))
				fuzz_claim(strlen(decimal) < CELL_DECIMAL_SIZE);
			if (cell_date(cell, date))
				fuzz_claim(strlen(date) == CELL_DATE_SIZE - 1);
		}
	}
}

#endif

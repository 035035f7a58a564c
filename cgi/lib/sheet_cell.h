/*
 * sheet_cell.h - instructions for what stands on a page by the hundred, for sheet.c only.
 *
 * Nine tenths of a long list are cells that are nothing but their text.  These
 * instructions of urn:xiaoao:f draw such a cell without evaluating a single
 * expression; the sheet still says what a cell looks like, and a template that
 * matches a cell more precisely still wins.
 *
 *   <f:cells mode="cell"/>
 *       applies the templates of that mode to the values of the context row
 *       behind the first, in order.
 *   <f:cell class="num" plain="true" mark="state">...</f:cell>
 *       a td of that class (a number of class num also "negative" or "zero")
 *       with data-label, the name of its column.  With plain it holds the
 *       value's text, inside an a when it has @href, and a small class="sub"
 *       when it has @sub; with mark the text is in a span of that class and the
 *       value's tone.  Without plain, what stands inside is done.  An empty
 *       value leaves the cell empty, but in a row of a @kind the first such
 *       cell says row.<kind>.
 *   <f:lead class="code">...</f:lead>
 *       a th scope="row" with the value's text inside the link of its row (or
 *       its own), and its second line; what stands inside is done when the row
 *       has no @href, or a @kind or @level.
 *   <f:options/>
 *       the option elements of a select: the context field's choices as f:option()
 *       calls them, selected where they have @selected.
 */
#ifndef XIAOAO_SHEET_CELL_H
#define XIAOAO_SHEET_CELL_H

#include <libxslt/xsltInternals.h>

void cell_register(void);

/* Before each transform: the names of a cell in its dictionary. */
void cell_start(xsltTransformContextPtr ctxt);

/* What stands inside an instruction is done for node; what comes of it goes into `into`. */
void do_inside(xsltTransformContextPtr ctxt, xmlNode *into, xmlNode *node, xmlNode *inst);

#endif

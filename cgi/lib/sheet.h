/*
 * sheet.h - page XML to HTML through a sheet compiled once for one language.
 *
 * The sheet of a program is <dir>/<site folder>/<program>.xsl (site office is
 * the folder cgi), else <dir>/lib/layout.xsl.  While a sheet is read, every
 * f:t('literal key') in it becomes the word itself, so fixed words cost
 * nothing when a page is made; the other functions of urn:xiaoao:f are C over
 * hash tables (sheet_fn.c).  A sheet reads no file and no network after it is
 * compiled, and writes none at any time.
 *
 * Page XML says the rest: page/@static the URL prefix of assets, page/@at the
 * time of the page and its zone, session/@theme the theme.
 */
#ifndef XIAOAO_SHEET_H
#define XIAOAO_SHEET_H

#include "pool.h"
#include "words.h"

#include <libxml/tree.h>
#include <stdbool.h>

struct sheet;

/*
 * With words that live as long; for the life of the process.  NULL, and the reason on the log, on
 * any error.
 */
struct sheet *sheet_load(const char *dir, const struct words *words, const char *site,
    const char *program);

/* The words the sheet was compiled with; exports use them too. */
const struct words *sheet_words(const struct sheet *s);

/*
 * Adds the page as HTML to out.  The page stays the caller's.  False, and a
 * line on the log, when the transform failed or made what may not be sent.
 */
bool sheet_html(const struct sheet *s, xmlDocPtr page, struct buf *out);

#endif

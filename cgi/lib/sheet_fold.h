/*
 * sheet_fold.h - fixed words into the tree of a stylesheet, for sheet.c only.
 *
 * f:t('literal') becomes the word, f:lang() the language: in every expression
 * as a string literal; alone in xsl:value-of or in braces, as text.
 */
#ifndef XIAOAO_SHEET_FOLD_H
#define XIAOAO_SHEET_FOLD_H

#include "words.h"

#include <libxml/tree.h>

void fold_words(xmlDocPtr sheet, const struct words *w);

#endif

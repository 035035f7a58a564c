/*
 * html.h - a tree of HTML elements to bytes.
 *
 * Writes HTML5 without pretty printing: void elements, boolean attributes,
 * text and attributes escaped.  It is the last wall behind the lint of the
 * sheets, so it refuses what could run code: text inside script or style,
 * attributes style, srcdoc and on*, and an address whose scheme is not http,
 * https, mailto or tel.  Comments and processing instructions are left out.
 */
#ifndef XIAOAO_HTML_H
#define XIAOAO_HTML_H

#include "pool.h"

#include <libxml/tree.h>
#include <stdbool.h>

/* Adds "<!DOCTYPE html>" and the tree under root; false when something was refused. */
bool html_write(const xmlNode *root, struct buf *out);

#endif

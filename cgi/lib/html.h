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

/* As html_write(), of what is inside parent and without the first line. */
bool html_inside(const xmlNode *parent, struct buf *out);

/* The name of a text node whose content was written by html_inside(): it goes out as it is. */
extern const xmlChar html_bytes[];

#endif

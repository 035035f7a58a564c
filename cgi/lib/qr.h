/*
 * qr.h - QR codes as SVG path data, for the enrolment page: no image, no inline style.
 */
#ifndef XIAOAO_QR_H
#define XIAOAO_QR_H

#include "pool.h"

/*
 * The dark modules of the code for text, as an SVG path in units of one module, and the width of
 * the square in *size without the quiet zone (draw 4 modules of white around it).  In the pool;
 * NULL when the text is too long (about 2 KiB).
 */
const char *qr_path(struct pool *p, const char *text, int *size);

#endif

/*
 * sheet_keep.h - an instruction for what is the same on page after page, for sheet.c only.
 *
 *   <f:keep>...</f:keep>
 *       what stands inside is drawn once and kept as the bytes it became.  It may look
 *       at nothing but the context node and what is in it: equal nodes get those bytes.
 *       Not inside a variable.  A small node is drawn each time: that is as quick.
 *
 * A worker keeps a few dozen pieces, the oldest makes room.
 */
#ifndef XIAOAO_SHEET_KEEP_H
#define XIAOAO_SHEET_KEEP_H

void keep_register(void);

#endif

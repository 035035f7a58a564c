/*
 * menu.h - the places of each site, as far as the user may go there.
 */
#ifndef XIAOAO_MENU_H
#define XIAOAO_MENU_H

#include "req.h"

/* Adds <menu> to the page. */
void x_menu(struct req *r);

/*
 * Takes off a finished page what leads to a place of the menu, or to a page of this program, that
 * the user may not see: a link or action goes, a row or value stays without its address.
 */
void menu_keep_in_reach(struct req *r);

#endif

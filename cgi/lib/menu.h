/*
 * menu.h - the places of each site, as far as the user may go there.
 */
#ifndef XIAOAO_MENU_H
#define XIAOAO_MENU_H

#include "req.h"

/* Adds <menu> to the page. */
void x_menu(struct req *r);

#endif

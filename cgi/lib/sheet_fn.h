/*
 * sheet_fn.h - the functions of urn:xiaoao:f, for sheet.c only.
 *
 * Without an argument a function speaks of the context node, which is the
 * fastest way to call it.  Functions with several parts join them first:
 * f:t('status.', @set, '.', .) is the word of that key.
 *
 *   f:t(part...)        the word of a key, ⟦key⟧ without one
 *   f:has(part...)      is there such a word?
 *   f:any(name...)      has the context node one of these attributes?
 *   f:tn(part..., n)    the word of a key for n things
 *   f:msg()             the message of @key, or of error.@code, its values filled in
 *   f:label()           the name of a column, value, field or figure
 *   f:text()            any typed value as text
 *   f:option()          what a choice is called
 *   f:tone()            of a status;  f:tone(set, value) of any state
 *   f:icon(part...)     the address of a relation's icon, '' without one
 *   f:static()          page/@static
 *   f:days()            days from today to the date
 *   f:sign()            '' or ' negative'
 *   f:date f:datetime f:month f:int f:percent f:money(v [, unit])
 *   f:value(type, value [, unit])   f:fill(node, part...)
 *   f:compact(number)   f:ceiling(nodes) the end of an axis above them
 *
 * The transform's _private is the struct value_page of the page.
 */
#ifndef XIAOAO_SHEET_FN_H
#define XIAOAO_SHEET_FN_H

#define FN_NAMESPACE "urn:xiaoao:f"

void fn_register(void);

#endif

/*
 * flowview.h - what the pages over reported flows share on both sites: months
 * asked for, and the sums of what is listed as figures and chart.
 */
#ifndef XIAOAO_FLOWVIEW_H
#define XIAOAO_FLOWVIEW_H

#include "list.h"

/* Sets an input that was not given, as if it had been typed. */
void flow_default(struct req *r, const char *name, const char *value);

/* Inputs from and to: `months` months up to this one where neither is given, 36 at most. */
void flow_period(struct req *r, int months);

/* Figures (qty, amount, flow_rows) and a chart of months × qty of what list_months() gave. */
void flow_figures(struct req *r, const struct rows *months);

/* A chart of months × qty; two series where there is a column `other`. */
void flow_chart(struct req *r, const char *name, const struct rows *months);

#endif

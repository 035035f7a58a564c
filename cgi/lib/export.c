/* See export.h. */
#include "export.h"

int
export_list(struct req *r, const struct list_query *q, const struct column *columns)
{
	(void)r;
	(void)q;
	(void)columns;
	return 404;
}

/* See ordersteps.h. */
#include "ordersteps.h"

#include <string.h>

/* An answer that is all is done; the first that is not, is where the order stands. */
static void
add_step(xmlNodePtr steps, const char *name, bool done, bool *reached)
{
	xmlNodePtr step = x_el(steps, "step");

	x_attr(step, "name", name);
	x_attr(step, "state", done ? "done" : *reached ? "todo" : "current");
	*reached = *reached || !done;
}

void
order_steps(struct req *r, const struct rows *order, bool approved)
{
	static const char *const answers[] = { "shipped", "delivered", "invoiced", "paid" };
	const char *status = row_str(order, 0, "status");
	bool placed = strcmp(status, "draft") != 0 && strcmp(status, "returned") != 0;
	bool stopped = strcmp(status, "rejected") == 0 || strcmp(status, "cancelled") == 0;
	bool reached = stopped;
	xmlNodePtr steps = x_el(r->page, "steps");

	x_attr(steps, "name", "order");
	add_step(steps, "submitted", placed, &reached);
	add_step(steps, "approved", approved, &reached);
	for (size_t i = 0; i < LEN(answers); i++)
		add_step(steps, answers[i], strcmp(row_str(order, 0, answers[i]), "all") == 0,
		    &reached);
}

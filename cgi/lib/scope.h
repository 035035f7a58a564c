/*
 * scope.h - whose rows a member of staff sees.
 *
 * office_session() sets @actor_id, @actor_scope and @actor_path.  MariaDB takes
 * them as constants while it plans, so of the four cases one is left and finds its
 * index (checked at a million orders).
 */
#ifndef XIAOAO_SCOPE_H
#define XIAOAO_SCOPE_H

/* A condition; rep and unit name the columns of the responsible person and department. */
#define IN_SCOPE(rep, unit) \
	"(@actor_scope = 'all'" \
	" OR (@actor_scope = 'own' AND " rep " = @actor_id)" \
	" OR (@actor_scope = 'unit' AND " unit " = (SELECT mine.id FROM org_unit mine" \
	" WHERE mine.path = @actor_path))" \
	" OR (@actor_scope = 'below' AND " unit " IN (SELECT within.id FROM org_unit within" \
	" WHERE within.path LIKE CONCAT(@actor_path, '%'))))"

/* The same for what a distributor reported: whose customer he is, sees it; one that is nobody's
 * customer (he buys from a distributor of ours) is seen by who sees all. */
#define SENDER_IN_SCOPE(party) \
	"(@actor_scope = 'all' OR EXISTS (SELECT 1 FROM customer own WHERE own.party_id = " party \
	" AND " IN_SCOPE("own.rep_id", "own.org_unit_id") "))"

/* The same for reported rows: whose customer the distributor is, or whose the terminal is. */
#define FLOW_IN_SCOPE(t) "(" IN_SCOPE(t ".rep_id", t ".org_unit_id") " OR " t ".sender_id IN" \
	" (SELECT c.party_id FROM customer c WHERE " IN_SCOPE("c.rep_id", "c.org_unit_id") "))"

/* The same for names: senders that are no customers of ours are those of who sees all. */
#define NAMES_IN_SCOPE(party) "(@actor_scope = 'all' OR " SENDER_IN_SCOPE(party) ")"

/* The same for a terminal nobody looks after: it is of the departments whose province it is in, and
 * seen by their heads. */
#define POOL_IN_SCOPE(province) \
	"(@actor_scope = 'all' OR EXISTS (SELECT 1 FROM org_unit near" \
	" WHERE FIND_IN_SET(" province ", near.provinces) AND " IN_SCOPE("NULL", "near.id") "))"

/* Steps s of the approval of an order: those of his rows, those meant for him, those he decided. */
#define STEP_IN_SCOPE(order) \
	"(" IN_SCOPE(order ".rep_id", order ".org_unit_id") \
	" OR s.user_id = @actor_id OR s.decided_by = @actor_id)"

#endif

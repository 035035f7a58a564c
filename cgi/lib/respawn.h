/*
 * respawn.h - who has read the sheets stays; who serves is forked from it.
 *
 * A worker in its sandbox can open nothing, so one that lost its database or has served its share
 * ends and another takes its place.  Forked, that one has sheets and words already: what is left
 * of a start is its connection and its statements, a tenth of the work when all programs of an
 * instance begin again at once.
 */
#ifndef XIAOAO_RESPAWN_H
#define XIAOAO_RESPAWN_H

/*
 * Returns in the server, again and again as servers end well (exit 0); before any thread or
 * connection is made.  The process that called never returns: it passes SIGTERM on, and ends as
 * its server ends otherwise, for the supervisor to see.
 */
void respawn(void);

#endif

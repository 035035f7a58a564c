/*
 * parsejail.h - a child that parses a hostile file and can do nothing else.
 */
#ifndef XIAOAO_PARSEJAIL_H
#define XIAOAO_PARSEJAIL_H

#include <stdbool.h>

/*
 * From here on this process computes, asks for at most 256 MiB, writes (and reads, when it is told
 * so) through fd alone, and ends after cpu_s seconds of work, or with its parent.  Ends it when
 * that cannot be had.  Returns the new number of fd.
 */
int parsejail_enter(int fd, bool reads, unsigned cpu_s);

/* Before that, in the service that makes such children: what libxml2 may load, nothing. */
void parsejail_prepare(void);

#endif

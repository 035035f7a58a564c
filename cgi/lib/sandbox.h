/*
 * sandbox.h - after the start a worker keeps nothing it does not need.
 *
 * Landlock without a rule: no file.  seccomp with a short list: no open, no
 * socket, no exec, no executable memory; anything else kills the process, and
 * its supervisor starts another.  Costs nothing measurable (TRUST.md 3.3).
 */
#ifndef XIAOAO_SANDBOX_H
#define XIAOAO_SANDBOX_H

#include <stdbool.h>

/* Becomes `user` (when root and not NULL) and limits memory. Ends the program on failure. */
void sandbox_user(const char *user);

/* Closes the sandbox; false, and a log line, when the kernel cannot. */
bool sandbox_close(void);

#endif

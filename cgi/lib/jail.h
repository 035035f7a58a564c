/*
 * jail.h - the two locks of a sandbox: no file (Landlock), no system call but the listed (seccomp).
 *
 * Both hold for the process and all its children and cannot be opened again.
 */
#ifndef XIAOAO_JAIL_H
#define XIAOAO_JAIL_H

#include <stdbool.h>

/* No file, no directory, no TCP port can be opened any more; false where the kernel has no
 * Landlock. */
bool jail_files(void);

/*
 * Only these system calls, named, NULL at the end, besides memory that is never executable, and the
 * way out; any other kills the process.  Names that this machine does not have are passed over.
 */
bool jail_calls(const char *const *names);

/* The process was built with sanitizers, which need more calls and memory than a jail allows. */
bool jail_is_sanitized(void);

#endif

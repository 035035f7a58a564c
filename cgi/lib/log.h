/*
 * log.h - structured log: one JSON object a line on stderr.
 *
 * Values are escaped, so a request cannot forge a line.  Never give a token,
 * a password or a bound parameter to it.
 */
#ifndef XIAOAO_LOG_H
#define XIAOAO_LOG_H

enum log_level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR };

/* What every line of this process carries; level names: debug info warn error. */
void log_open(const char *program, const char *level);

/* The request the following lines belong to; NULL ends it. */
void log_request(const char *id);

/* Pairs of name and value follow the event and end with NULL. */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));

#define log_debug(...) log_event(LEVEL_DEBUG, __VA_ARGS__, (char *)0)
#define log_info(...) log_event(LEVEL_INFO, __VA_ARGS__, (char *)0)
#define log_warn(...) log_event(LEVEL_WARN, __VA_ARGS__, (char *)0)
#define log_error(...) log_event(LEVEL_ERROR, __VA_ARGS__, (char *)0)

#endif

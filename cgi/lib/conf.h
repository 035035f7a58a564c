/*
 * conf.h - the configuration file of a program: lines `key = value`, # comments.
 *
 * Read once at the start; every key is known here, an unknown one is refused.
 */
#ifndef XIAOAO_CONF_H
#define XIAOAO_CONF_H

#include <stdbool.h>

struct conf {
	const char *site;        /* office | portal */
	const char *company;     /* the company's name, on pages and papers */
	const char *db_socket;
	const char *db_user;
	const char *db_password; /* NULL: the socket's peer is asked (unix_socket) */
	const char *db_name;
	const char *sheet_dir;   /* the folder xslt */
	const char *words_dir;   /* the folder words of a build */
	const char *static_url;  /* prefix of the assets, ends with / */
	const char *run_as;      /* user to become after the start, when root */
	const char *tmp_dir;
	const char *metrics_dir; /* NULL: metrics of this worker alone */
	const char *log_level;
	const char *time_zone;   /* of the company: pages show its local time */
	bool secure_cookies;     /* cookies are __Host-, HTTPS only */
	bool sandbox;
	long max_requests;       /* a worker retires after so many; 0 never */
};

/* Ends the program with a message when the file cannot be read or is wrong. */
const struct conf *conf_read(const char *path);

#endif

/* See conf.h. */
#include "conf.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct conf conf = {
	.site = "office",
	.company = "",
	.db_name = "xiaoao",
	.db_user = "office",
	.static_url = "/static/",
	.tmp_dir = "/tmp",
	.log_level = "info",
	.time_zone = "Asia/Shanghai",
	.sandbox = true,
	.max_requests = 100000,
};

enum kind { TEXT, YES_NO, NUMBER };

static const struct {
	const char *name;
	enum kind kind;
	size_t at;
} keys[] = {
	{ "site", TEXT, offsetof(struct conf, site) },
	{ "company", TEXT, offsetof(struct conf, company) },
	{ "db_socket", TEXT, offsetof(struct conf, db_socket) },
	{ "db_user", TEXT, offsetof(struct conf, db_user) },
	{ "db_password", TEXT, offsetof(struct conf, db_password) },
	{ "db_name", TEXT, offsetof(struct conf, db_name) },
	{ "sheet_dir", TEXT, offsetof(struct conf, sheet_dir) },
	{ "words_dir", TEXT, offsetof(struct conf, words_dir) },
	{ "static_url", TEXT, offsetof(struct conf, static_url) },
	{ "run_as", TEXT, offsetof(struct conf, run_as) },
	{ "tmp_dir", TEXT, offsetof(struct conf, tmp_dir) },
	{ "metrics_dir", TEXT, offsetof(struct conf, metrics_dir) },
	{ "log_level", TEXT, offsetof(struct conf, log_level) },
	{ "time_zone", TEXT, offsetof(struct conf, time_zone) },
	{ "secure_cookies", YES_NO, offsetof(struct conf, secure_cookies) },
	{ "sandbox", YES_NO, offsetof(struct conf, sandbox) },
	{ "max_requests", NUMBER, offsetof(struct conf, max_requests) },
};

static _Noreturn void
refuse(const char *path, int line, const char *why)
{
	fprintf(stderr, "%s:%d: %s\n", path, line, why);
	exit(2);
}

static char *
trim(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return s;
}

static void
set(const char *path, int line, size_t key, const char *value)
{
	void *at = (char *)&conf + keys[key].at;
	char *end;

	switch (keys[key].kind) {
	case TEXT:
		*(const char **)at = value[0] == '\0' ? NULL : strdup(value);
		break;
	case YES_NO:
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			refuse(path, line, "yes or no expected");
		*(bool *)at = value[0] == 'y';
		break;
	case NUMBER:
		*(long *)at = strtol(value, &end, 10);
		if (*end != '\0' || end == value || *(long *)at < 0)
			refuse(path, line, "a number expected");
		break;
	}
}

static void
read_line(const char *path, int line, char *text)
{
	char *name = trim(text);
	char *value = strchr(name, '=');

	if (name[0] == '\0' || name[0] == '#')
		return;
	if (value == NULL)
		refuse(path, line, "key = value expected");
	*value++ = '\0';
	name = trim(name);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, name) == 0) {
			set(path, line, i, trim(value));
			return;
		}
	}
	refuse(path, line, "unknown key");
}

const struct conf *
conf_read(const char *path)
{
	FILE *f = fopen(path, "re");
	char text[1024];

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	for (int line = 1; fgets(text, sizeof(text), f) != NULL; line++)
		read_line(path, line, text);
	fclose(f);
	if (conf.db_socket == NULL || conf.sheet_dir == NULL)
		refuse(path, 0, "db_socket and sheet_dir are needed");
	return &conf;
}

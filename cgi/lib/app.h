/*
 * app.h - what a program is: tables, and the handlers they name.
 *
 * main() is one line: app_main(&app, argc, argv).  The router does everything
 * around a handler: session, permission, CSRF, input, transaction, retry,
 * idempotency, sheet, bytes.
 */
#ifndef XIAOAO_APP_H
#define XIAOAO_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "perm.h"
#include "type.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

struct req;
struct list;
struct entity;

enum method { GET, POST };

enum field_flags {
	REQUIRED = 1,
	MANY = 2,      /* may be repeated: read it with req_many() */
	NO_ECHO = 4,   /* never sent back to the page (passwords) */
	READ_ONLY = 8, /* shown, not taken */
	LOCKED = 16,   /* taken only when the row is made */
	STARTS_TODAY = 32,    /* starts with today where nothing is known */
	KEEPS = 64     /* not sent with a row that is there: the row keeps what it has */
};

/*
 * An input of a route, and a field of its form.
 *
 * min, max: bounds of a number, or of the length in characters of a text
 * (0, 0: none for numbers, 200 for one line, 2,000 for a textarea, 64 KiB hidden).
 * options: the closed choices of a select or radio; their words are
 * `status.<set>.<option>`.  Choices from the database are added by the handler
 * with form_options() and checked by the database.
 */
struct field {
	const char *name;
	enum type type;
	unsigned flags;
	int64_t min;
	int64_t max;
	const char *set;
	const char *const *options;
	const char *href;  /* of a lookup: where suggestions come from */
	const char *group; /* fieldset it stands in; words `group.<name>` */
	const char *unit;
	const char *accept; /* of a file */
	const char *autocomplete; /* what a browser may fill in: "username", "new-password" */
};

enum route_flags {
	UPLOAD = 1,  /* up to 10 MiB of multipart/form-data */
	LARGE = 2,   /* up to 2,000 fields: grids of lines */
	READS = 4,   /* a POST that only asks: no idempotency, no audit */
	REPEATABLE = 8, /* a POST whose second run does no harm: takes no idempotency key */
	STREAM = 16, /* one file of up to 256 MiB, read as it comes in (incoming.h); REPEATABLE */
	KEYED = 32   /* a machine may come with a key instead of a session (portal) */
};

/*
 * One address.  form is the page a POST came from: it is shown again with
 * status 422 (or 409), what was typed and why, when the handler or the database
 * says no.
 */
struct route {
	const char *path; /* below /<program>: "/", "/view" */
	enum method method;
	enum perm perm;
	int (*handler)(struct req *r);
	const struct field *fields;
	int (*form)(struct req *r);
	unsigned flags;
	const struct list *list;     /* of a list page: its filters are inputs too */
	const struct entity *entity; /* of a CRUD page */
};

struct app {
	const char *name;
	const struct route *routes; /* ends with a route without path */
	const struct sql *sql;
	size_t nsql;
	bool uploads;               /* starts the upload service before the sandbox */
	void (*start)(void);        /* once, before the sandbox */
};

int app_main(const struct app *app, int argc, char **argv);

#endif

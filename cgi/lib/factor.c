/* See signin.h: setting up the second factor. */
#include "signin.h"

#include <string.h>
#include <time.h>

#include "form.h"
#include "password.h"
#include "qr.h"
#include "totp.h"

enum { CODES = 10 };

const struct field factor_fields[] = {
	{ "code", TYPE_TEXT, REQUIRED | NO_ECHO, .max = 6, .autocomplete = "one-time-code" },
	{ 0 }
};

const struct field factor_password_fields[] = {
	{ "password", TYPE_PASSWORD, REQUIRED | NO_ECHO, .max = PASSWORD_MAX,
	    .autocomplete = "current-password" },
	{ 0 }
};

static const struct rows *
session(struct req *r)
{
	return req_query(r, SIGNIN_SESSION, S(r->conf->site), S(r->token));
}

/* The secret as a code to photograph and as groups of letters to type. */
static void
add_secret(struct req *r, xmlNodePtr form, const struct rows *s)
{
	const char *secret = row_str(s, 0, "totp_pending");
	const char *uri = totp_uri(r->pool, r->conf->company, row_str(s, 0, "login"), secret);
	struct buf *groups = buf_new(r->pool);
	xmlNodePtr drawing, record;
	int size = 0;

	drawing = x_text(form, "drawing", qr_path(r->pool, uri, &size));
	x_attr(drawing, "name", "secret_qr");
	x_attr_int(drawing, "size", size);
	for (size_t i = 0; secret[i] != '\0'; i++) {
		if (i > 0 && i % 4 == 0)
			buf_char(groups, ' ');
		buf_char(groups, secret[i]);
	}
	record = x_el(form, "record");
	x_attr(record, "name", "secret");
	x_value(record, TYPE_CODE, "secret", groups->s);
}

/* Of two forms with the same field only the one that was sent is shown again. */
static void
add_password_form(struct req *r, const char *name, const char *path, const char *rel)
{
	if (!r->again || strcmp(r->route->path, path) == 0)
		form_action(x_form(r, name, pool_printf(r->pool, "/login%s", path),
		    factor_password_fields, NULL), rel);
}

/* Enrolling has pages of its own for who is half signed in; their paths begin so. */
static const char *
path_of(struct req *r, const char *rest)
{
	bool enrols = strncmp(r->route->path, "/enrol", 6) == 0;

	return pool_printf(r->pool, "/login%s%s", enrols ? "/enrol" : "/factor", rest);
}

/* Nothing begun: an offer.  Begun: the secret and a field for its first code. */
static void
add_enrolment(struct req *r, const struct rows *s)
{
	xmlNodePtr form;

	if (row_null(s, 0, "totp_pending")) {
		form_action(x_form(r, "factor_begin", path_of(r, "/begin"), NULL, NULL),
		    "factor.begin");
		return;
	}
	form = x_form(r, "factor_confirm", path_of(r, "/confirm"), factor_fields, NULL);
	add_secret(r, form, s);
	form_action(form, "factor.confirm");
}

int
factor_enrol(struct req *r)
{
	const struct rows *s = session(r);

	if (s->n == 0 || row_int(s, 0, "must_change") != 0 || !row_null(s, 0, "totp_secret"))
		return req_redirect(r, "/login/code");
	req_page(r, "enrol");
	add_enrolment(r, s);
	form_button(r, "logout", "/login/out", NULL);
	return 200;
}

int
factor_page(struct req *r)
{
	const struct rows *s = session(r);

	if (s->n == 0)
		return 403;
	req_page(r, "factor");
	req_trail(r, "profile", "/login/profile");
	if (!row_null(s, 0, "totp_secret")) {
		add_password_form(r, "factor_codes", "/factor/codes", "factor.codes");
		add_password_form(r, "factor_off", "/factor/off", "factor.off");
	} else {
		add_enrolment(r, s);
	}
	return 200;
}

int
factor_begin(struct req *r)
{
	const struct rows *s = session(r);
	char secret[TOTP_SECRET_SIZE];

	if (s->n == 0 || row_int(s, 0, "must_change") != 0 || !row_null(s, 0, "totp_secret"))
		return 403;
	totp_new_secret(secret);
	req_query(r, SIGNIN_TOTP_BEGIN, S(r->conf->site), S(r->token), S(secret));
	return req_redirect(r, "%s", path_of(r, ""));
}

/* Fresh recovery codes: shown on this page and never again. Their hashes as JSON. */
static const char *
new_codes(struct req *r)
{
	struct buf *hashes = buf_new(r->pool);
	xmlNodePtr list;

	req_page(r, "codes");
	if (req_may(r, PERM_SIGNED_IN))
		req_trail(r, "profile", "/login/profile");
	list = x_el(r->page, "list");
	x_attr(list, "name", "recovery_codes");
	x_columns(list, (const struct column[]){ { "recovery_code", TYPE_CODE }, { 0 } });
	for (int i = 0; i < CODES; i++) {
		char code[RECOVERY_CODE_SIZE];
		char hash[RECOVERY_HASH_SIZE];
		xmlNodePtr row = x_el(list, "row");

		recovery_new_code(code);
		recovery_hash(code, hash);
		buf_printf(hashes, "%s\"%s\"", i == 0 ? "[" : ",", hash);
		x_attr_int(row, "id", i + 1);
		x_value(row, TYPE_CODE, "recovery_code", code);
	}
	buf_char(hashes, ']');
	x_link(r->heading, "print", r->path);
	x_action(r->heading, "codes.done", "get",
	    req_may(r, PERM_SIGNED_IN) ? "/login/profile" : "/home/");
	return hashes->s;
}

int
factor_confirm(struct req *r)
{
	const struct rows *s = session(r);
	const struct rows *done;
	uint64_t step;

	if (s->n == 0 || row_int(s, 0, "must_change") != 0)
		return 403;
	step = row_null(s, 0, "totp_pending") ? 0 :
	    totp_verify(row_str(s, 0, "totp_pending"), req_str(r, "code"), time(NULL), 0);
	if (step == 0) {
		req_error(r, "code", "code.wrong", NULL);
		return 422;
	}
	done = req_query(r, SIGNIN_TOTP_CONFIRM, S(r->conf->site), S(r->token), I((int64_t)step),
	    S(new_codes(r)));
	if (done->n == 0 || row_int(done, 0, "good") == 0)
		return 409;
	signin_rotate(r, "full");
	signin_trust(r);
	return 200;
}

int
factor_codes(struct req *r)
{
	const struct rows *s = session(r);

	if (s->n == 0 || row_null(s, 0, "totp_secret"))
		return 403;
	if (!signin_is_owner(r, s, "password"))
		return 422;
	req_query(r, SIGNIN_CODES, S(r->conf->site), S(r->token), S(new_codes(r)));
	return 200;
}

int
factor_off(struct req *r)
{
	const struct rows *s = session(r);

	if (s->n == 0)
		return 403;
	if (!signin_is_owner(r, s, "password"))
		return 422;
	req_query(r, SIGNIN_TOTP_OFF, S(r->conf->site), S(r->token));
	signin_rotate(r, "full");
	req_notice(r, "factor.off");
	return req_redirect(r, "/login/profile");
}

/* See signin.h: one's own account. */
#include "signin.h"

#include <string.h>

#include "form.h"
#include "list.h"
#include "password.h"

enum { EVENTS = 20 };

static const char *const locales[] = { "zh-CN", "en", NULL };
static const char *const themes[] = { "auto", "light", "dark", NULL };

const struct field profile_fields[] = {
	{ "name", TYPE_TEXT, REQUIRED, .max = 60, .autocomplete = "name" },
	{ "email", TYPE_EMAIL, .max = 120, .autocomplete = "email" },
	{ "phone", TYPE_TEL, .max = 30, .autocomplete = "tel" },
	{ "locale", TYPE_SELECT, REQUIRED, .set = "locale", .options = locales },
	{ "theme", TYPE_SELECT, REQUIRED, .set = "theme", .options = themes },
	{ 0 }
};

const struct field password_fields[] = {
	{ "old_password", TYPE_PASSWORD, REQUIRED | NO_ECHO, .max = PASSWORD_MAX,
	    .autocomplete = "current-password" },
	{ "new_password", TYPE_PASSWORD, REQUIRED | NO_ECHO, .max = PASSWORD_MAX,
	    .autocomplete = "new-password" },
	{ "again", TYPE_PASSWORD, REQUIRED | NO_ECHO, .max = PASSWORD_MAX,
	    .autocomplete = "new-password" },
	{ 0 }
};

const struct field revoke_fields[] = {
	{ "session", TYPE_INT, REQUIRED },
	{ 0 }
};

static const struct column session_columns[] = {
	{ "agent", TYPE_TEXT, .sub = "ip" },
	{ "created_at", TYPE_DATETIME },
	{ "seen_at", TYPE_AGO },
	{ "this", TYPE_STATUS, .set = "session" },
	{ 0 }
};

static const struct column event_columns[] = {
	{ "at", TYPE_DATETIME },
	{ "event", TYPE_STATUS, .set = "login_event" },
	{ "ip", TYPE_CODE },
	{ "agent", TYPE_TEXT },
	{ 0 }
};

static void
add_factor(struct req *r, const struct rows *s)
{
	xmlNodePtr record = x_el(r->page, "record");
	bool on = !row_null(s, 0, "totp_secret");

	x_attr(record, "name", "factor");
	x_attr(x_value(record, TYPE_STATUS, "factor", on ? "on" : "off"), "set", "factor");
	if (on)
		x_value(record, TYPE_INT, "recovery_left", row_str(s, 0, "recovery_left"));
	x_action(record, on ? "factor.change" : "factor.begin", "get", "/login/factor");
}

static void
add_revoke(xmlNodePtr parent, const char *rel, const char *session)
{
	x_post(parent, rel, "/login/revoke", "session", session);
}

static void
add_sessions(struct req *r)
{
	const struct rows *rows = req_query(r, SIGNIN_SESSIONS, S(r->conf->site), S(r->token));
	xmlNodePtr list = x_table(r->page, "list", "sessions", session_columns);

	for (size_t i = 0; i < rows->n; i++) {
		xmlNodePtr row = x_row(list, rows, i, session_columns, NULL);

		if (strcmp(row_str(rows, i, "this"), "this") != 0)
			add_revoke(row, "revoke", row_str(rows, i, "id"));
	}
	if (rows->n > 1)
		add_revoke(list, "revoke-others", "0");
}

int
profile_page(struct req *r)
{
	const struct rows *s = req_query(r, SIGNIN_SESSION, S(r->conf->site), S(r->token));

	if (s->n == 0)
		return 403;
	req_page(r, "profile");
	form_action(x_form(r, "profile", "/login/profile", profile_fields, s), "save");
	form_action(x_form(r, "password", "/login/password", password_fields, NULL),
	    "change-password");
	add_factor(r, s);
	add_sessions(r);
	x_list(r, "login_events", req_query(r, SIGNIN_EVENTS, S(r->conf->site), S(r->token),
	    I(EVENTS)), event_columns, NULL);
	return 200;
}

int
profile_save(struct req *r)
{
	req_query(r, SIGNIN_PROFILE, S(r->conf->site), S(r->token), S(req_str(r, "name")),
	    S(req_str(r, "email")), S(req_str(r, "phone")), S(req_str(r, "locale")),
	    S(req_str(r, "theme")));
	req_cookie(r, "xo_lang", req_str(r, "locale"), 31536000);
	req_notice(r, "saved");
	return req_redirect(r, "/login/profile");
}

/* Every other session and known browser ends; this one gets a new token. */
int
profile_password(struct req *r)
{
	const struct rows *s = req_query(r, SIGNIN_SESSION, S(r->conf->site), S(r->token));
	char hash[PASSWORD_HASH_SIZE];

	if (s->n == 0)
		return 403;
	if (!signin_is_owner(r, s, "old_password") ||
	    !signin_new_password(r, row_str(s, 0, "login")))
		return 422;
	if (strcmp(req_str(r, "old_password"), req_str(r, "new_password")) == 0) {
		req_error(r, "new_password", "password.same", NULL);
		return 422;
	}
	if (!password_hash(req_str(r, "new_password"), hash))
		return 503;
	req_query(r, SIGNIN_PASSWORD, S(r->conf->site), S(r->token), S(hash));
	signin_rotate(r, "full");
	signin_trust(r);
	req_notice(r, "password.changed");
	return req_redirect(r, "/login/profile");
}

int
profile_revoke(struct req *r)
{
	int64_t session = req_int(r, "session", -1);

	req_query(r, SIGNIN_REVOKE, S(r->conf->site), S(r->token), I(session));
	if (session == 0)
		signin_trust(r);
	req_notice(r, "session.revoked");
	return req_redirect(r, "/login/profile");
}

/* See signin.h: signing in and out. */
#include "signin.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth.h"
#include "form.h"
#include "password.h"
#include "totp.h"

enum { DEVICE_DAYS = 90 };

static const struct sql sql[SIGNIN_STATEMENTS] = {
	[SIGNIN_BEGIN] = { "login.begin", "CALL login_begin(?, ?, ?)" },
	[SIGNIN_FAILED] = { "login.failed", "CALL login_failed(?, ?, ?, ?, ?, ?)" },
	[SIGNIN_MINT] = { "login.mint", "CALL login_mint(?, ?, ?, ?, ?)" },
	[SIGNIN_ROTATE] = { "login.rotate", "CALL login_rotate(?, ?, ?, ?, ?, ?)" },
	[SIGNIN_REHASH] = { "login.rehash", "CALL login_rehash(?, ?, ?)" },
	[SIGNIN_SESSION] = { "login.session", "CALL login_session(?, ?)" },
	[SIGNIN_TOTP_USE] = { "login.totp_use", "CALL login_totp_use(?, ?, ?)" },
	[SIGNIN_RECOVERY_USE] = { "login.recovery_use", "CALL login_recovery_use(?, ?, ?)" },
	[SIGNIN_DEVICE] = { "login.device", "CALL login_device_keep(?, ?, ?, ?)" },
	[SIGNIN_LOGOUT] = { "login.logout", "CALL login_logout(?, ?, ?)" },
	[SIGNIN_RESET_FIND] = { "login.reset_find", "CALL login_reset_find(?, ?)" },
	[SIGNIN_RESET_USE] = { "login.reset_use", "CALL login_reset_use(?, ?, ?)" },
	[SIGNIN_PASSWORD] = { "login.password", "CALL login_password_set(?, ?, ?)" },
	[SIGNIN_PROFILE] = { "login.profile", "CALL login_profile_set(?, ?, ?, ?, ?, ?, ?)" },
	[SIGNIN_SESSIONS] = { "login.sessions", "CALL login_sessions(?, ?)" },
	[SIGNIN_REVOKE] = { "login.revoke", "CALL login_revoke(?, ?, ?)" },
	[SIGNIN_EVENTS] = { "login.events", "CALL login_events(?, ?, ?)" },
	[SIGNIN_TOTP_BEGIN] = { "login.totp_begin", "CALL login_totp_begin(?, ?, ?)" },
	[SIGNIN_TOTP_CONFIRM] = { "login.totp_confirm", "CALL login_totp_confirm(?, ?, ?, ?)" },
	[SIGNIN_TOTP_OFF] = { "login.totp_off", "CALL login_totp_off(?, ?)" },
	[SIGNIN_CODES] = { "login.codes", "CALL login_recovery_set(?, ?, ?)" },
};

static const struct field enter_fields[] = {
	{ "login", TYPE_TEXT, REQUIRED, .max = 60, .autocomplete = "username" },
	{ "password", TYPE_PASSWORD, REQUIRED | NO_ECHO, .max = PASSWORD_MAX,
	    .autocomplete = "current-password" },
	{ "next", TYPE_HIDDEN, .max = 1000 },
	{ 0 }
};

static const struct field code_fields[] = {
	{ "code", TYPE_TEXT, REQUIRED | NO_ECHO, .max = 24, .autocomplete = "one-time-code" },
	{ "next", TYPE_HIDDEN, .max = 1000 },
	{ 0 }
};

static const struct field renew_fields[] = {
	{ "new_password", TYPE_PASSWORD, REQUIRED | NO_ECHO, .max = PASSWORD_MAX,
	    .autocomplete = "new-password" },
	{ "again", TYPE_PASSWORD, REQUIRED | NO_ECHO, .max = PASSWORD_MAX,
	    .autocomplete = "new-password" },
	{ "next", TYPE_HIDDEN, .max = 1000 },
	{ 0 }
};

static const struct field setup_fields[] = {
	{ "login", TYPE_TEXT, READ_ONLY, .autocomplete = "username" },
	{ "new_password", TYPE_PASSWORD, REQUIRED | NO_ECHO, .max = PASSWORD_MAX,
	    .autocomplete = "new-password" },
	{ "again", TYPE_PASSWORD, REQUIRED | NO_ECHO, .max = PASSWORD_MAX,
	    .autocomplete = "new-password" },
	{ "token", TYPE_HIDDEN, .max = TOKEN_LENGTH },
	{ 0 }
};

/* ---- what the parts share ---- */

const char *
signin_agent(struct req *r)
{
	char *agent = pool_strndup(r->pool, r->agent, strnlen(r->agent, 200));

	for (char *s = agent; *s != '\0'; s++) {
		if (*s < 0x20 || *s > 0x7e)
			*s = '?';
	}
	return agent;
}

/* Where to go after signing in: a page of this site, not one of ours. */
static const char *
next_page(const struct req *r)
{
	const char *next = req_str(r, "next");

	for (const char *s = next; *s != '\0'; s++) {
		if (*s <= 0x20 || *s > 0x7e || *s == '\\')
			return "/home/";
	}
	if (next[0] != '/' || next[1] == '/' || strncmp(next, "/login/", 7) == 0)
		return "/home/";
	return next;
}

/* One of our own pages, which will know where to go on. */
static int
go_to(struct req *r, const char *path)
{
	const char *next = next_page(r);

	if (strcmp(next, "/home/") == 0)
		return req_redirect(r, "%s", path);
	r->path = path;
	r->query = "";
	return req_redirect(r, "%s", req_url_with(r, "next", next));
}

static const char *
device_cookie(const struct req *r)
{
	return strcmp(r->conf->site, "portal") == 0 ? "xo_portal_device" : "xo_office_device";
}

/* The token of a browser that signed in before, or NULL. */
static const char *
device(struct req *r)
{
	const char *token = req_cookie_sent(r, device_cookie(r));

	return token != NULL && strlen(token) == TOKEN_LENGTH ? token : NULL;
}

void
signin_trust(struct req *r)
{
	const char *token = device(r);

	if (token == NULL)
		token = auth_new_token(r->pool);
	req_query(r, SIGNIN_DEVICE, S(r->conf->site), S(r->token), S(token), S(signin_agent(r)));
	req_cookie(r, device_cookie(r), token, DEVICE_DAYS * 86400);
}

static void
take_token(struct req *r, const char *token)
{
	r->token = token;
	req_cookie(r, auth_cookie(r->conf), token, -1);
}

void
signin_rotate(struct req *r, const char *stage)
{
	const char *token = auth_new_token(r->pool);

	req_query(r, SIGNIN_ROTATE, S(r->conf->site), S(r->token), S(token), S(stage),
	    S(r->address),
	    S(signin_agent(r)));
	take_token(r, token);
}

bool
signin_is_password(const struct rows *user, const char *password)
{
	const char *hash = user->n > 0 ? row_str(user, 0, "password_hash") : "";

	return password_verify(hash[0] == '$' ? hash : NULL, password);
}

bool
signin_new_password(struct req *r, const char *login)
{
	const char *problem = password_problem(req_str(r, "new_password"), login);

	if (problem != NULL)
		req_error(r, "new_password", problem, NULL);
	else if (strcmp(req_str(r, "new_password"), req_str(r, "again")) != 0)
		req_error(r, "again", "password.differs", NULL);
	return req_good(r);
}

static int
refuse(struct req *r, const char *login, const char *event, const char *field, const char *code)
{
	req_query(r, SIGNIN_FAILED, S(r->conf->site), S(login), S(event), S(device(r)),
	    S(r->address), S(signin_agent(r)));
	r->keep = true;
	req_error(r, field, code, NULL);
	return 422;
}

bool
signin_is_owner(struct req *r, const struct rows *s, const char *field)
{
	const char *login = row_str(s, 0, "login");
	const struct rows *user = req_query(r, SIGNIN_BEGIN, S(r->conf->site), S(login),
	    S(device(r)));
	bool right = signin_is_password(s, req_str(r, field));
	bool waits = user->n == 0 || row_int(user, 0, "wait_s") > 0;

	if (right && !waits)
		return true;
	refuse(r, login, waits ? "locked" : "failed", field, "password.wrong");
	return false;
}

/* ---- name and password ---- */

static int
enter_page(struct req *r)
{
	xmlNodePtr form;

	if (r->user.id != 0 && !r->again)
		return req_may(r, PERM_SIGNED_IN) ? req_redirect(r, "%s", next_page(r)) :
		    go_to(r, "/login/code");
	form = x_form(r, "login", "/login/", enter_fields, NULL);
	form_action(form, "sign-in");
	return 200;
}

static void
rehash(struct req *r, const struct rows *user)
{
	const char *old = row_str(user, 0, "password_hash");
	char hash[PASSWORD_HASH_SIZE];

	if (password_needs_rehash(old) && password_hash(req_str(r, "password"), hash))
		req_query(r, SIGNIN_REHASH, I(row_int(user, 0, "user_id")), S(old), S(hash));
}

/* The right password opens a session, which may still owe something. */
static int
open_session(struct req *r, const struct rows *user)
{
	bool owes = row_int(user, 0, "totp") != 0 || row_int(user, 0, "must_change") != 0 ||
	    row_int(user, 0, "must_enrol") != 0;
	const char *token = auth_new_token(r->pool);

	if (r->token != NULL)
		req_query(r, SIGNIN_LOGOUT, S(r->conf->site), S(r->token), S(r->address));
	req_query(r, SIGNIN_MINT, I(row_int(user, 0, "user_id")), S(token),
	    S(owes ? "password" : "full"), S(r->address), S(signin_agent(r)));
	take_token(r, token);
	if (owes)
		return go_to(r, "/login/code");
	signin_trust(r);
	return req_redirect(r, "%s", next_page(r));
}

/* Unknown, wrong and locked are one answer after the same work. */
static int
enter(struct req *r)
{
	const char *login = req_str(r, "login");
	const struct rows *user = req_query(r, SIGNIN_BEGIN, S(r->conf->site), S(login),
	    S(device(r)));
	bool right = signin_is_password(user, req_str(r, "password"));
	bool waits = user->n > 0 && row_int(user, 0, "wait_s") > 0;

	if (waits || !right)
		return refuse(r, login, waits ? "locked" : "failed", NULL, "login.wrong");
	rehash(r, user);
	return open_session(r, user);
}

/* ---- what a session may still owe: a new password, a second factor ---- */

static const struct rows *
session(struct req *r)
{
	return req_query(r, SIGNIN_SESSION, S(r->conf->site), S(r->token));
}

static void
add_way_out(struct req *r)
{
	form_button(r, "logout", "/login/out", NULL);
}

static int
code_page(struct req *r)
{
	const struct rows *s = session(r);
	xmlNodePtr form;

	if (s->n == 0)
		return 403;
	if (row_int(s, 0, "must_change") != 0)
		return go_to(r, "/login/renew");
	if (row_null(s, 0, "totp_secret"))
		return req_redirect(r, "/login/enrol");
	form = x_form(r, "code", "/login/code", code_fields, NULL);
	form_action(form, "sign-in");
	add_way_out(r);
	return 200;
}

/* A code of the app, once, or one of the recovery codes, once. */
static bool
is_code(struct req *r, const struct rows *s)
{
	const char *code = req_str(r, "code");
	char hash[RECOVERY_HASH_SIZE];
	uint64_t step = totp_verify(row_str(s, 0, "totp_secret"), code, time(NULL),
	    (uint64_t)row_int(s, 0, "totp_last_step"));

	if (step != 0) {
		s = req_query(r, SIGNIN_TOTP_USE, S(r->conf->site), S(r->token), I((int64_t)step));
		return s->n > 0 && row_int(s, 0, "good") != 0;
	}
	if (!recovery_hash(code, hash))
		return false;
	s = req_query(r, SIGNIN_RECOVERY_USE, S(r->conf->site), S(r->token), S(hash));
	return s->n > 0 && row_int(s, 0, "good") != 0;
}

static int
code_enter(struct req *r)
{
	const struct rows *s = session(r);
	const char *login = req_value(r, s, "login");
	const struct rows *user;

	if (s->n == 0 || row_int(s, 0, "must_change") != 0 || row_null(s, 0, "totp_secret"))
		return 403;
	user = req_query(r, SIGNIN_BEGIN, S(r->conf->site), S(login), S(device(r)));
	if (user->n == 0 || row_int(user, 0, "wait_s") > 0)
		return refuse(r, login, "locked", "code", "code.wrong");
	if (!is_code(r, s))
		return refuse(r, login, "totp_failed", "code", "code.wrong");
	signin_rotate(r, "full");
	signin_trust(r);
	return req_redirect(r, "%s", next_page(r));
}

static int
renew_page(struct req *r)
{
	const struct rows *s = session(r);
	xmlNodePtr form;

	if (s->n == 0 || row_int(s, 0, "must_change") == 0)
		return go_to(r, "/login/code");
	form = x_form(r, "renew", "/login/renew", renew_fields, NULL);
	form_action(form, "set-password");
	add_way_out(r);
	return 200;
}

/* Whether the company wants a second factor of everybody here, and this person has none. */
static bool
must_enrol(struct req *r, const struct rows *s)
{
	const struct rows *user = req_query(r, SIGNIN_BEGIN, S(r->conf->site),
	    S(row_str(s, 0, "login")), S(device(r)));

	return user->n > 0 && row_int(user, 0, "must_enrol") != 0;
}

static int
renew(struct req *r)
{
	const struct rows *s = session(r);
	char hash[PASSWORD_HASH_SIZE];

	if (s->n == 0 || row_int(s, 0, "must_change") == 0)
		return 403;
	if (!signin_new_password(r, row_str(s, 0, "login")))
		return 422;
	if (signin_is_password(s, req_str(r, "new_password"))) {
		req_error(r, "new_password", "password.same", NULL);
		return 422;
	}
	if (!password_hash(req_str(r, "new_password"), hash))
		return 503;
	req_query(r, SIGNIN_PASSWORD, S(r->conf->site), S(r->token), S(hash));
	if (!row_null(s, 0, "totp_secret") || must_enrol(r, s)) {
		signin_rotate(r, "password");
		return go_to(r, "/login/code");
	}
	signin_rotate(r, "full");
	signin_trust(r);
	return req_redirect(r, "%s", next_page(r));
}

/* ---- the link with which an account begins, or begins again ---- */

static int
setup_page(struct req *r)
{
	const struct rows *user = req_query(r, SIGNIN_RESET_FIND, S(r->conf->site),
	    S(req_str(r, "token")));
	xmlNodePtr form;

	if (user->n == 0) {
		xmlNodePtr n = x_el(r->page, "notice");

		x_attr(n, "level", "warning");
		x_attr(n, "key", "notice.setup.gone");
		x_action(r->heading, "sign-in", "get", "/login/");
		return 200;
	}
	form = x_form(r, "setup", "/login/setup", setup_fields, user);
	form_action(form, "set-password");
	return 200;
}

static int
setup(struct req *r)
{
	const struct rows *user = req_query(r, SIGNIN_RESET_FIND, S(r->conf->site),
	    S(req_str(r, "token")));
	char hash[PASSWORD_HASH_SIZE];
	const struct rows *done;

	if (user->n == 0)
		return req_redirect(r, "/login/setup");
	if (!signin_new_password(r, row_str(user, 0, "login")))
		return 422;
	if (!password_hash(req_str(r, "new_password"), hash))
		return 503;
	done = req_query(r, SIGNIN_RESET_USE, S(r->conf->site), S(req_str(r, "token")), S(hash));
	if (done->n == 0 || row_int(done, 0, "good") == 0)
		return req_redirect(r, "/login/setup");
	req_notice(r, "password.set");
	return req_redirect(r, "/login/");
}

/* ---- the end ---- */

static int
leave(struct req *r)
{
	if (r->token != NULL)
		req_query(r, SIGNIN_LOGOUT, S(r->conf->site), S(r->token), S(r->address));
	req_cookie(r, auth_cookie(r->conf), "", 0);
	req_notice(r, "signed-out");
	return req_redirect(r, "/login/");
}

static void
start(void)
{
	if (!password_init())
		exit(1);
}

static const struct route routes[] = {
	{ "/", GET, PERM_PUBLIC, enter_page, enter_fields },
	{ "/", POST, PERM_PUBLIC, enter, enter_fields, enter_page, REPEATABLE },
	{ "/code", GET, PERM_HALF_SIGNED_IN, code_page, code_fields },
	{ "/code", POST, PERM_HALF_SIGNED_IN, code_enter, code_fields, code_page, REPEATABLE },
	{ "/renew", GET, PERM_HALF_SIGNED_IN, renew_page, renew_fields },
	{ "/renew", POST, PERM_HALF_SIGNED_IN, renew, renew_fields, renew_page, REPEATABLE },
	{ "/enrol", GET, PERM_HALF_SIGNED_IN, factor_enrol },
	{ "/enrol/begin", POST, PERM_HALF_SIGNED_IN, factor_begin, .flags = REPEATABLE },
	{ "/enrol/confirm", POST, PERM_HALF_SIGNED_IN, factor_confirm, factor_fields, factor_enrol,
	    REPEATABLE },
	{ "/setup", GET, PERM_PUBLIC, setup_page, setup_fields },
	{ "/setup", POST, PERM_PUBLIC, setup, setup_fields, setup_page, REPEATABLE },
	{ "/out", POST, PERM_PUBLIC, leave, .flags = REPEATABLE },
	{ "/profile", GET, PERM_SIGNED_IN, profile_page, profile_fields },
	{ "/profile", POST, PERM_SIGNED_IN, profile_save, profile_fields, profile_page,
	    REPEATABLE },
	{ "/password", POST, PERM_SIGNED_IN, profile_password, password_fields, profile_page,
	    REPEATABLE },
	{ "/revoke", POST, PERM_SIGNED_IN, profile_revoke, revoke_fields, .flags = REPEATABLE },
	{ "/factor", GET, PERM_SIGNED_IN, factor_page },
	{ "/factor/begin", POST, PERM_SIGNED_IN, factor_begin, .flags = REPEATABLE },
	{ "/factor/confirm", POST, PERM_SIGNED_IN, factor_confirm, factor_fields, factor_page,
	    REPEATABLE },
	{ "/factor/codes", POST, PERM_SIGNED_IN, factor_codes, factor_password_fields, factor_page,
	    REPEATABLE },
	{ "/factor/off", POST, PERM_SIGNED_IN, factor_off, factor_password_fields, factor_page,
	    REPEATABLE },
	{ 0 }
};

const struct app signin_app = {
	.name = "login",
	.routes = routes,
	.sql = sql,
	.nsql = LEN(sql),
	.start = start,
};

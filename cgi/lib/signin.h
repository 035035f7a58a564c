/*
 * signin.h - the program `login` of both sites: signing in, and one's own account.
 *
 * It alone hashes passwords and makes tokens, with a database account that can
 * call the login procedures and nothing else.  Every answer to a wrong name, a
 * wrong password and a locked account is the same, after the same work.
 *
 * signin.c signs in and out; profile.c shows and changes one's own account;
 * factor.c sets up the second factor.  Both sites link the same statements, each
 * with its site as first argument.
 */
#ifndef XIAOAO_SIGNIN_H
#define XIAOAO_SIGNIN_H

#include "req.h"

enum signin_statement {
	SIGNIN_BEGIN,
	SIGNIN_FAILED,
	SIGNIN_MINT,
	SIGNIN_ROTATE,
	SIGNIN_REHASH,
	SIGNIN_SESSION,
	SIGNIN_TOTP_USE,
	SIGNIN_RECOVERY_USE,
	SIGNIN_DEVICE,
	SIGNIN_LOGOUT,
	SIGNIN_RESET_FIND,
	SIGNIN_RESET_USE,
	SIGNIN_PASSWORD,
	SIGNIN_PROFILE,
	SIGNIN_SESSIONS,
	SIGNIN_REVOKE,
	SIGNIN_EVENTS,
	SIGNIN_TOTP_BEGIN,
	SIGNIN_TOTP_CONFIRM,
	SIGNIN_TOTP_OFF,
	SIGNIN_CODES,
	SIGNIN_STATEMENTS
};

extern const struct app signin_app;

/* ---- signin.c, for the other two ---- */

/* The browser's user agent as the log keeps it: printable, at most 200 bytes. */
const char *signin_agent(struct req *r);

/* A new token instead of r->token, with its cookie; the old one is dead. */
void signin_rotate(struct req *r, const char *stage);

/* Remembers this browser as one that signed in. */
void signin_trust(struct req *r);

/* Whether the password is the one of the row; its account exists or not. */
bool signin_is_password(const struct rows *user, const char *password);

/* Whether the field holds the password of who is signed in; a wrong one counts as a failed
 * sign-in does, and leaves an error. */
bool signin_is_owner(struct req *r, const struct rows *session, const char *field);

/* Whether new_password and again agree and may be used; else an error beside the field. */
bool signin_new_password(struct req *r, const char *login);

/* ---- profile.c ---- */

extern const struct field profile_fields[];
extern const struct field password_fields[];
extern const struct field revoke_fields[];

int profile_page(struct req *r);
int profile_save(struct req *r);
int profile_password(struct req *r);
int profile_revoke(struct req *r);

/* ---- factor.c ---- */

extern const struct field factor_fields[];
extern const struct field factor_password_fields[];

int factor_page(struct req *r);
int factor_enrol(struct req *r); /* the same for who may not go on without one */
int factor_begin(struct req *r);
int factor_confirm(struct req *r);
int factor_codes(struct req *r);
int factor_off(struct req *r);

#endif

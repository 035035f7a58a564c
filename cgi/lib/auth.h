/*
 * auth.h - who is asking: session cookie, session row, CSRF token.
 *
 * The cookie holds 64 hex digits of 256 random bits; the database keeps their
 * SHA-256.  Only the login program mints tokens.
 */
#ifndef XIAOAO_AUTH_H
#define XIAOAO_AUTH_H

#include "server.h"

enum { TOKEN_LENGTH = 64 };

/* The name of this site's session cookie. */
const char *auth_cookie(const struct conf *conf);

/* Takes the token of a Cookie header into r->token; false: the header is to be refused. */
bool auth_token(struct req *r, const char *cookies);

/*
 * Takes the key of a machine, `Authorization: Bearer xok_…`, into r->token: 0.  Only routes that
 * are KEYED take one, and no cookie beside it; else the status that says so.  Without a key: 0.
 */
int auth_key(struct req *r, const struct wire *wire);

/* A new key, in the pool. */
char *auth_new_key(struct pool *p);

/* Fills r->user from the session; leaves it empty when there is none. */
void auth_session(struct req *r);

/* A new random token, in the pool. */
char *auth_new_token(struct pool *p);

/*
 * The token every POST of this browser carries as _csrf: a keyed hash of the
 * session's token, or of the pre-session cookie where nobody is signed in yet.
 */
const char *auth_csrf(struct req *r);

/* Whether a POST comes from a page of ours: its _csrf, Origin and Sec-Fetch-Site. */
bool auth_csrf_good(struct req *r, const char *origin, const char *host, const char *fetch_site);

#endif

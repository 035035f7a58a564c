/* See auth.h. */
#include "auth.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

enum { KEY_BYTES = 32, KEY_LENGTH = 47 };

static const char key_mark[] = "xok_";

static const struct sql session_sql[] = {
	{ "auth.office", "CALL office_session(?)" },
	{ "auth.portal", "CALL portal_session(?)" },
	{ "auth.key", "CALL portal_key_session(?)" },
};

static bool
is_portal(const struct conf *conf)
{
	return strcmp(conf->site, "portal") == 0;
}

const char *
auth_cookie(const struct conf *conf)
{
	static const char *const names[2][2] = {
		{ "xo_office", "__Host-xo_office" },
		{ "xo_portal", "__Host-xo_portal" },
	};

	return names[is_portal(conf)][conf->secure_cookies];
}

static bool
is_token(const char *s)
{
	return strlen(s) == TOKEN_LENGTH && strspn(s, "0123456789abcdef") == TOKEN_LENGTH;
}

bool
auth_token(struct req *r, const char *cookies)
{
	const char *error;
	const char *value;

	if (cookies == NULL)
		return true;
	if (!cookie_find(r->pool, cookies, auth_cookie(r->conf), &value, &error))
		return false;
	if (value != NULL && is_token(value))
		r->token = value;
	return true;
}

static bool
is_key(const char *s)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	return strlen(s) == KEY_LENGTH && strncmp(s, key_mark, strlen(key_mark)) == 0 &&
	    strspn(s, letters) == KEY_LENGTH;
}

int
auth_key(struct req *r, const struct wire *wire)
{
	const char *s = wire->authorization;

	/* Another scheme is for a server in front of us. */
	if (s == NULL || strncasecmp(s, "Bearer ", 7) != 0)
		return 0;
	r->keyed = true;
	if (wire->cookies != NULL)
		return 400;
	if (!is_portal(r->conf) || (r->route->flags & KEYED) == 0 || !is_key(s + 7)) {
		req_header(r, "WWW-Authenticate", "Bearer");
		return 401;
	}
	r->token = s + 7;
	return 0;
}

void
auth_session(struct req *r)
{
	const struct rows *s;

	if (r->token == NULL)
		return;
	s = db_query(r->db, r->pool, &session_sql[r->keyed ? 2 : is_portal(r->conf)],
	    ARGS(S(r->token)));
	if (s->n == 0 && r->keyed)
		req_header(r, "WWW-Authenticate", "Bearer error=\"invalid_token\"");
	if (s->n == 0)
		return;
	r->limited = r->keyed && row_int(s, 0, "limited") != 0;
	if (r->limited)
		req_header(r, "Retry-After", "60");
	r->user.id = row_int(s, 0, "user_id");
	r->user.party = row_int(s, 0, "party_id");
	r->user.name = row_str(s, 0, "user");
	r->user.login = row_str(s, 0, "login");
	r->user.org = row_str(s, 0, "org");
	r->user.role = row_str(s, 0, "role");
	r->user.theme = row_str(s, 0, "theme");
	r->user.waiting = row_int(s, 0, "waiting");
	r->user.unread = row_int(s, 0, "unread");
	r->user.perms = perm_set(row_str(s, 0, "permissions"));
	/* A session that still owes its second factor may do nothing but give it. */
	if (row_col(s, "stage") >= 0 && strcmp(row_str(s, 0, "stage"), "full") != 0)
		r->user.perms = UINT64_C(1) << PERM_HALF_SIGNED_IN;
	if (r->lang == NULL)
		r->lang = row_str(s, 0, "locale");
}

char *
auth_new_token(struct pool *p)
{
	unsigned char bytes[TOKEN_LENGTH / 2];
	char *token = pool_alloc(p, TOKEN_LENGTH + 1);

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(token, TOKEN_LENGTH + 1, bytes, sizeof(bytes));
	return token;
}

char *
auth_new_key(struct pool *p)
{
	unsigned char bytes[KEY_BYTES];
	char *key = pool_alloc(p, KEY_LENGTH + 1);
	size_t mark = strlen(key_mark);

	memcpy(key, key_mark, mark);
	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(key + mark, KEY_LENGTH + 1 - mark, bytes, sizeof(bytes),
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return key;
}

const char *
auth_csrf(struct req *r)
{
	static const unsigned char purpose[] = "xiaoao csrf";
	unsigned char hash[16];
	char *text = pool_alloc(r->pool, sizeof(hash) * 2 + 1);
	const char *key = r->token != NULL ? r->token : r->visitor;

	if (key == NULL)
		return "00000000";
	crypto_generichash(hash, sizeof(hash), purpose, sizeof(purpose), (const unsigned char *)key,
	    TOKEN_LENGTH);
	sodium_bin2hex(text, sizeof(hash) * 2 + 1, hash, sizeof(hash));
	return text;
}

/* Origin is scheme://host[:port]; it must be the host that was asked. */
static bool
is_same_origin(const char *origin, const char *host)
{
	const char *at = strstr(origin, "://");

	return at != NULL && host != NULL && strcmp(at + 3, host) == 0;
}

bool
auth_csrf_good(struct req *r, const char *origin, const char *host, const char *fetch_site)
{
	const char *sent = req_str(r, "_csrf");
	const char *want = auth_csrf(r);

	if (fetch_site != NULL && strcmp(fetch_site, "same-origin") != 0 &&
	    strcmp(fetch_site, "none") != 0)
		return false;
	if (origin != NULL && !is_same_origin(origin, host))
		return false;
	if (r->token == NULL && r->visitor == NULL)
		return false;
	return strlen(sent) == strlen(want) && sodium_memcmp(sent, want, strlen(want)) == 0;
}

/* See password.h. */
#include "password.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"
#include "utf8.h"

static const unsigned long long passes = 2;
static const size_t room = 64U << 20;

_Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_argon2id_STRBYTES, "room for the hash");

static char dummy[PASSWORD_HASH_SIZE];

bool
password_init(void)
{
	char random[33] = { 0 };
	unsigned char bytes[16];

	if (sodium_init() < 0)
		return false;
	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(random, sizeof(random), bytes, sizeof(bytes));
	return password_hash(random, dummy);
}

bool
password_hash(const char *password, char hash[static PASSWORD_HASH_SIZE])
{
	size_t n = strlen(password);

	if (n > PASSWORD_MAX)
		return false;
	memset(hash, 0, PASSWORD_HASH_SIZE);
	if (crypto_pwhash_str_alg(
		hash, password, n, passes, room, crypto_pwhash_ALG_ARGON2ID13) != 0)
		memory_none();
	return true;
}

struct stored {
	unsigned long long passes;
	size_t room;
	unsigned char salt[crypto_pwhash_SALTBYTES];
	unsigned char key[32];
};

/* Characters of base64 as far as they go; NULL when they are not n bytes. */
static const char *
take_bytes(const char *s, unsigned char *to, size_t n)
{
	const char *end;
	size_t got;

	if (sodium_base642bin(to, n, s, strlen(s), NULL, &got, &end,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0 || got != n)
		return NULL;
	return end;
}

/* $argon2id$v=19$m=65536,t=2,p=1$SALT$KEY, as libsodium writes it. */
static bool
take_apart(const char *hash, struct stored *to)
{
	static const char head[] = "$argon2id$v=19$m=", tail[] = ",p=1$";
	unsigned long long kib;
	char *s;

	if (strncmp(hash, head, sizeof(head) - 1) != 0)
		return false;
	kib = strtoull(hash + sizeof(head) - 1, &s, 10);
	if (strncmp(s, ",t=", 3) != 0 || kib < 8 || kib > 1U << 20)
		return false;
	to->room = (size_t)kib << 10;
	to->passes = strtoull(s + 3, &s, 10);
	if (strncmp(s, tail, sizeof(tail) - 1) != 0 || to->passes < 1 || to->passes > 64)
		return false;
	hash = take_bytes(s + sizeof(tail) - 1, to->salt, sizeof(to->salt));
	if (hash == NULL || *hash != '$')
		return false;
	hash = take_bytes(hash + 1, to->key, sizeof(to->key));
	return hash != NULL && *hash == '\0';
}

/*
 * crypto_pwhash_str_verify() says the same, errno too, of a wrong password and of memory that was
 * not to be had: who has the right one would be counted as guessing, and locked out.
 */
static bool
is_password(const struct stored *stored, const char *password, size_t n)
{
	unsigned char key[sizeof(stored->key)];
	bool same;

	if (crypto_pwhash(key, sizeof(key), password, n, stored->salt, stored->passes, stored->room,
	    crypto_pwhash_ALG_ARGON2ID13) != 0)
		memory_none();
	same = sodium_memcmp(key, stored->key, sizeof(key)) == 0;
	sodium_memzero(key, sizeof(key));
	return same;
}

bool
password_verify(const char *hash, const char *password)
{
	size_t n = strlen(password);
	struct stored stored;
	bool known, same;

	if (n > PASSWORD_MAX)
		return false;
	known = hash != NULL && take_apart(hash, &stored);
	if (!known && !take_apart(dummy, &stored))
		return false;
	same = is_password(&stored, password, n);
	return known && same;
}

bool
password_needs_rehash(const char *hash)
{
	if (strlen(hash) >= crypto_pwhash_argon2id_STRBYTES)
		return true;
	return crypto_pwhash_argon2id_str_needs_rehash(hash, passes, room) != 0;
}

static size_t
count_characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

/* Every character is the one before it, or one more, or one less. */
static bool
is_run(const char *s)
{
	int step = s[0] != '\0' ? s[1] - s[0] : 0;

	if (step < -1 || step > 1)
		return false;
	for (size_t i = 1; s[i] != '\0'; i++) {
		bool wraps = s[i - 1] == '9' && s[i] == '0';

		if (s[i] - s[i - 1] != step && !wraps)
			return false;
	}
	return true;
}

static bool
is_well_known(const char *s)
{
	static const char *const stems[] = { "password", "passw0rd", "p@ssw0rd", "p@ssword",
		"qwertyuiop", "1q2w3e4r5t", "administrator", "woaini1314", "iloveyou", "5201314",
		"abcd123456", "abc1234567", "welcome123", "xiaoao" };

	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
		size_t n = strlen(stems[i]);

		/* The stem with at most three characters behind it adds nothing. */
		if (strncasecmp(s, stems[i], n) == 0 && strlen(s) <= n + 3)
			return true;
	}
	return false;
}

const char *
password_problem(const char *password, const char *login)
{
	if (count_characters(password) < PASSWORD_MIN)
		return "password.short";
	if (strlen(password) > PASSWORD_MAX)
		return "password.long";
	if (is_run(password) || is_well_known(password))
		return "password.simple";
	if (login != NULL && strlen(login) >= 4 && strcasestr(password, login) != NULL)
		return "password.login";
	return NULL;
}

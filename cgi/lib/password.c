/* See password.h. */
#include "password.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "utf8.h"

static const unsigned long long passes = 2;
static const size_t memory = 64U << 20;

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
	return crypto_pwhash_str_alg(
		   hash, password, n, passes, memory, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool
password_verify(const char *hash, const char *password)
{
	size_t n = strlen(password);
	bool known = hash != NULL && strlen(hash) < crypto_pwhash_argon2id_STRBYTES;
	char copy[PASSWORD_HASH_SIZE] = { 0 };
	bool same;

	if (n > PASSWORD_MAX)
		return false;
	snprintf(copy, sizeof(copy), "%s", known ? hash : dummy);
	same = crypto_pwhash_str_verify(copy, password, n) == 0;
	return known && same;
}

bool
password_needs_rehash(const char *hash)
{
	if (strlen(hash) >= crypto_pwhash_argon2id_STRBYTES)
		return true;
	return crypto_pwhash_argon2id_str_needs_rehash(hash, passes, memory) != 0;
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

/* See totp.h. */
#include "totp.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_BYTES = 20, DIGITS = 6, RECOVERY_LETTERS = 16 };

/* Crockford's Base32: no I, L, O and U, so that a code survives handwriting. */
static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
totp_new_secret(char secret[static TOTP_SECRET_SIZE])
{
	static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned char bytes[TOTP_SECRET_SIZE - 1];

	randombytes_buf(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		secret[i] = base32[bytes[i] & 31];
	secret[sizeof(bytes)] = '\0';
}

static bool
is_code(const char *code)
{
	return strlen(code) == DIGITS && strspn(code, "0123456789") == DIGITS;
}

/* All steps are compared, whichever matches, so that time tells nothing. */
static uint64_t
matching_step(const char *key, size_t n, const char *code, uint64_t first, uint64_t last)
{
	uint64_t found = 0;

	for (uint64_t step = first; step <= last; step++) {
		char expected[DIGITS + 1];

		if (oath_hotp_generate(key, n, step, DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION,
			expected) != OATH_OK)
			return 0;
		if (sodium_memcmp(expected, code, DIGITS) == 0)
			found = step;
	}
	return found;
}

uint64_t
totp_verify(const char *secret, const char *code, time_t now, uint64_t last_step)
{
	uint64_t step = (uint64_t)now / TOTP_STEP_S;
	uint64_t found;
	char *key = NULL;
	size_t n = 0;

	if (!is_code(code) || now < TOTP_STEP_S || strlen(secret) > 128)
		return 0;
	if (oath_base32_decode(secret, strlen(secret), &key, &n) != OATH_OK)
		return 0;
	found = n == 0 ? 0 : matching_step(key, n, code, step - 1, step + 1);
	sodium_memzero(key, n);
	free(key);
	return found > last_step ? found : 0;
}

static void
add_escaped(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x80 && (strchr("-._~", c) != NULL || (c >= '0' && c <= '9') ||
				    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')))
			buf_char(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}

const char *
totp_uri(struct pool *p, const char *issuer, const char *account, const char *secret)
{
	struct buf *b = buf_new(p);

	buf_str(b, "otpauth://totp/");
	add_escaped(b, issuer);
	buf_char(b, ':');
	add_escaped(b, account);
	buf_printf(b, "?secret=%s&issuer=", secret);
	add_escaped(b, issuer);
	return b->s;
}

void
recovery_new_code(char code[static RECOVERY_CODE_SIZE])
{
	unsigned char bytes[RECOVERY_LETTERS];
	size_t n = 0;

	randombytes_buf(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i > 0 && i % 4 == 0)
			code[n++] = '-';
		code[n++] = crockford[bytes[i] & 31];
	}
	code[n] = '\0';
}

static char
recovery_letter(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c;
}

bool
recovery_hash(const char *code, char hash[static RECOVERY_HASH_SIZE])
{
	unsigned char letters[RECOVERY_LETTERS];
	unsigned char digest[crypto_hash_sha256_BYTES];
	size_t n = 0;

	for (; *code != '\0'; code++) {
		char c = recovery_letter(*code);

		if (c == '-' || c == ' ')
			continue;
		if (n == sizeof(letters) || strchr(crockford, c) == NULL)
			return false;
		letters[n++] = (unsigned char)c;
	}
	if (n != sizeof(letters))
		return false;
	crypto_hash_sha256(digest, letters, sizeof(letters));
	sodium_bin2hex(hash, RECOVERY_HASH_SIZE, digest, sizeof(digest));
	return true;
}

/*
 * password.h - passwords, by Argon2id (64 MiB, 2 passes).
 *
 * A verification costs about 0.1 s of one core and 64 MiB, whoever asks: for a login name that
 * nobody has, call password_verify() with NULL, which does the same work and says no.
 * Without that memory the program ends (memory.h).  sodium_init() happens here;
 * password_init() must run before the sandbox closes.
 */
#ifndef XIAOAO_PASSWORD_H
#define XIAOAO_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

enum {
	PASSWORD_MIN = 10,       /* characters, not bytes */
	PASSWORD_MAX = 128,      /* bytes; longer ones are refused, never cut */
	PASSWORD_HASH_SIZE = 128 /* room for a hash with its NUL */
};

/* Prepares libsodium and the dummy hash; false when the system has no randomness. */
bool password_init(void);

/* Writes the text form of the hash; false when the password is too long. */
bool password_hash(const char *password, char hash[static PASSWORD_HASH_SIZE]);

/* True when the password is the one; hash NULL: the dummy, always false. */
bool password_verify(const char *hash, const char *password);

/* The hash was made with other costs than today's: hash again at the next good login. */
bool password_needs_rehash(const char *hash);

/*
 * What is wrong with a new password: NULL, or the error code `password.short`, `password.long`,
 * `password.simple` (one character repeated, a run such as 1234567890, a well-known one) or
 * `password.login` (holds the login name).
 */
const char *password_problem(const char *password, const char *login);

#endif

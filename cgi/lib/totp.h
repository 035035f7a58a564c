/*
 * totp.h - the second factor: time-based codes (RFC 6238, SHA-1, 30 s, 6 digits) and recovery
 * codes.
 *
 * Secrets are text in Base32, as an authenticator app wants them.  A code is good once: the caller
 * stores the step that totp_verify() returns and passes it in as the last one the next time, in the
 * same transaction that opens the session.
 */
#ifndef XIAOAO_TOTP_H
#define XIAOAO_TOTP_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "pool.h"

enum {
	TOTP_STEP_S = 30,
	TOTP_SECRET_SIZE = 33,   /* 160 bits in Base32 with the NUL */
	RECOVERY_CODE_SIZE = 20, /* XXXX-XXXX-XXXX-XXXX with the NUL: 80 random bits */
	RECOVERY_HASH_SIZE = 65  /* SHA-256 in hex with the NUL */
};

void totp_new_secret(char secret[static TOTP_SECRET_SIZE]);

/*
 * The step (seconds since 1970 / 30) whose code this is, among the steps now - 1 to now + 1 that
 * are later than last_step (0: none used yet); 0 when there is none, or secret or code are
 * malformed.
 */
uint64_t totp_verify(const char *secret, const char *code, time_t now, uint64_t last_step);

/* otpauth://totp/issuer:account?… for the QR code; allocated in the pool. */
const char *totp_uri(struct pool *p, const char *issuer, const char *account, const char *secret);

/* One recovery code, shown to the person once. */
void recovery_new_code(char code[static RECOVERY_CODE_SIZE]);

/*
 * What is stored and compared: SHA-256 of the code's 16 letters, case, blanks and hyphens ignored,
 * O read as 0, I and L as 1.  False when the text cannot be a recovery code.
 */
bool recovery_hash(const char *code, char hash[static RECOVERY_HASH_SIZE]);

#endif

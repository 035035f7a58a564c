/* The vectors of RFC 6238 (SHA-1, last six digits), single use, recovery codes and the QR code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "qr.h"
#include "totp.h"

/* "12345678901234567890" in Base32. */
static const char rfc_secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

static void
rfc6238_vectors(void **state)
{
	static const struct {
		time_t at;
		const char *code;
	} vectors[] = {
		{ 59, "287082" },
		{ 1111111109, "081804" },
		{ 1111111111, "050471" },
		{ 1234567890, "005924" },
		{ 2000000000, "279037" },
		{ 20000000000, "353130" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		assert_int_equal(totp_verify(rfc_secret, vectors[i].code, vectors[i].at, 0),
		    vectors[i].at / TOTP_STEP_S);
}

static void
window_is_one_step_either_way(void **state)
{
	(void)state;
	assert_int_equal(totp_verify(rfc_secret, "005924", 1234567890 + 30, 0), 41152263);
	assert_int_equal(totp_verify(rfc_secret, "005924", 1234567890 - 30, 0), 41152263);
	assert_int_equal(totp_verify(rfc_secret, "005924", 1234567890 + 60, 0), 0);
	assert_int_equal(totp_verify(rfc_secret, "005924", 1234567890 - 60, 0), 0);
}

static void
a_code_is_good_once(void **state)
{
	uint64_t step = totp_verify(rfc_secret, "005924", 1234567890, 0);

	(void)state;
	assert_int_equal(totp_verify(rfc_secret, "005924", 1234567890, step), 0);
	assert_int_equal(totp_verify(rfc_secret, "005924", 1234567890, step - 1), step);
}

static void
malformed_is_refused(void **state)
{
	(void)state;
	assert_int_equal(totp_verify(rfc_secret, "", 59, 0), 0);
	assert_int_equal(totp_verify(rfc_secret, "28708", 59, 0), 0);
	assert_int_equal(totp_verify(rfc_secret, "2870822", 59, 0), 0);
	assert_int_equal(totp_verify(rfc_secret, "28708a", 59, 0), 0);
	assert_int_equal(totp_verify("not base32!", "287082", 59, 0), 0);
	assert_int_equal(totp_verify("", "287082", 59, 0), 0);
	assert_int_equal(totp_verify(rfc_secret, "287082", 0, 0), 0);
}

static void
secrets_differ_and_work(void **state)
{
	char a[TOTP_SECRET_SIZE];
	char b[TOTP_SECRET_SIZE];

	(void)state;
	totp_new_secret(a);
	totp_new_secret(b);
	assert_int_equal(strlen(a), 32);
	assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 32);
	assert_string_not_equal(a, b);
}

static void
uri_is_escaped(void **state)
{
	struct pool *p = pool_new();

	(void)state;
	assert_string_equal(totp_uri(p, "逍遥 &Co", "a@b?c", "ABC"),
	    "otpauth://totp/%E9%80%8D%E9%81%A5%20%26Co:a%40b%3Fc?secret=ABC"
	    "&issuer=%E9%80%8D%E9%81%A5%20%26Co");
	pool_free(p);
}

static void
recovery_codes(void **state)
{
	char code[RECOVERY_CODE_SIZE];
	char hash[RECOVERY_HASH_SIZE];
	char again[RECOVERY_HASH_SIZE];

	(void)state;
	recovery_new_code(code);
	assert_int_equal(strlen(code), 19);
	assert_true(recovery_hash(code, hash));
	for (char *c = code; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 0x20);
	assert_true(recovery_hash(code, again));
	assert_string_equal(hash, again);
	assert_true(recovery_hash("OIL0-0000-0000-0000", hash));
	assert_true(recovery_hash("0110 0000 0000 0000", again));
	assert_string_equal(hash, again);
	assert_false(recovery_hash("0110-0000-0000-000", hash));
	assert_false(recovery_hash("0110-0000-0000-00000", hash));
	assert_false(recovery_hash("0110-0000-0000-000U", hash));
	assert_false(recovery_hash("", hash));
}

static void
qr_is_a_square_path(void **state)
{
	struct pool *p = pool_new();
	int size = 0;
	const char *path = qr_path(p, totp_uri(p, "Xiaoao", "sales01", rfc_secret), &size);
	char *long_text = pool_alloc(p, 5000);

	(void)state;
	assert_non_null(path);
	/* The finder pattern: the first row starts with seven dark modules. */
	assert_memory_equal(path, "M0 0h7v1h-7z", 12);
	assert_true(size >= 33 && (size - 17) % 4 == 0);
	assert_int_equal(strspn(path, "M0123456789 hv-z"), strlen(path));
	memset(long_text, 'x', 4999);
	assert_null(qr_path(p, long_text, &size));
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc6238_vectors),
		cmocka_unit_test(window_is_one_step_either_way),
		cmocka_unit_test(a_code_is_good_once),
		cmocka_unit_test(malformed_is_refused),
		cmocka_unit_test(secrets_differ_and_work),
		cmocka_unit_test(uri_is_escaped),
		cmocka_unit_test(recovery_codes),
		cmocka_unit_test(qr_is_a_square_path),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("totp", tests, NULL, NULL);
}

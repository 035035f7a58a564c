/* Argon2id hashes: the right password, the wrong one, nobody's, and what is not accepted at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <sodium.h>

#include "password.h"

static void
right_and_wrong(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	char other[PASSWORD_HASH_SIZE];

	(void)state;
	assert_true(password_hash("correct 马 battery", hash));
	assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
	assert_true(password_verify(hash, "correct 马 battery"));
	assert_false(password_verify(hash, "correct 马 batterz"));
	assert_false(password_verify(hash, ""));
	assert_true(password_hash("correct 马 battery", other));
	assert_string_not_equal(hash, other);
	assert_false(password_needs_rehash(hash));
}

/* Of other costs than today's, as an older release made them. */
static void
stored_costs_count(void **state)
{
	char other[crypto_pwhash_STRBYTES];

	(void)state;
	assert_int_equal(crypto_pwhash_str_alg(other, "of another year", 15, 3, 8U << 20,
	    crypto_pwhash_ALG_ARGON2ID13), 0);
	assert_true(password_verify(other, "of another year"));
	assert_false(password_verify(other, "of another yeas"));
	assert_true(password_needs_rehash(other));
}

static void
malformed_hashes_say_no(void **state)
{
	char cut[PASSWORD_HASH_SIZE];

	(void)state;
	assert_true(password_hash("a whole one", cut));
	cut[strlen(cut) - 1] = '\0';
	assert_false(password_verify(cut, "a whole one"));
	assert_true(password_hash("one and a bit", cut));
	strncpy(cut + strlen(cut), "A", 2);
	assert_false(password_verify(cut, "one and a bit"));
	assert_false(password_verify("", "x"));
	assert_false(password_verify("$argon2id$v=19$m=65536,t=2,p=1$", "x"));
	assert_false(password_verify("plain", "plain"));
	assert_true(password_needs_rehash("plain"));
	assert_true(password_needs_rehash("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
}

static double
seconds_of_verify(const char *hash)
{
	struct timespec a;
	struct timespec b;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	assert_false(password_verify(hash, "some wrong password"));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

/* The same work for nobody: CPU time within a factor of four, which noise does not reach. */
static void
nobody_costs_the_same(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	double known;
	double nobody;

	(void)state;
	assert_true(password_hash("a known password", hash));
	known = seconds_of_verify(hash);
	nobody = seconds_of_verify(NULL);
	assert_true(nobody > known / 4 && known > nobody / 4);
}

static void
too_long_is_refused_not_cut(void **state)
{
	char password[PASSWORD_MAX + 2] = { 0 };
	char hash[PASSWORD_HASH_SIZE];

	(void)state;
	memset(password, 'x', PASSWORD_MAX);
	password[0] = 'y';
	assert_true(password_hash(password, hash));
	assert_true(password_verify(hash, password));
	password[PASSWORD_MAX] = 'x';
	assert_false(password_verify(hash, password));
	assert_false(password_hash(password, hash));
	assert_string_equal(password_problem(password, NULL), "password.long");
}

static void
problems(void **state)
{
	(void)state;
	assert_string_equal(password_problem("short 9", NULL), "password.short");
	assert_string_equal(password_problem("", NULL), "password.short");
	assert_string_equal(password_problem("马马虎虎", NULL), "password.short");
	assert_string_equal(password_problem("aaaaaaaaaaaa", NULL), "password.simple");
	assert_string_equal(password_problem("1234567890", NULL), "password.simple");
	assert_string_equal(password_problem("9876543210", NULL), "password.simple");
	assert_string_equal(password_problem("Password123", NULL), "password.simple");
	assert_string_equal(password_problem("x-Sales01-x", "sales01"), "password.login");
	assert_null(password_problem("逍遥于天地之间而心意自得", "sales01"));
	assert_null(password_problem("correct horse", "sales01"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_and_wrong),
		cmocka_unit_test(stored_costs_count),
		cmocka_unit_test(malformed_hashes_say_no),
		cmocka_unit_test(nobody_costs_the_same),
		cmocka_unit_test(too_long_is_refused_not_cut),
		cmocka_unit_test(problems),
	};

	if (!password_init())
		return 1;
	return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}

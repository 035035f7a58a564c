/* Who gets no memory ends, and says by how he ended whether another shall take his place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "jail.h"
#include "memory.h"
#include "password.h"
#include "pool.h"

static volatile size_t much = 1U << 30;
static void *volatile got; /* for all to see: else the compiler leaves it out */

static void
by_malloc(void)
{
	got = malloc(much);
}

static void
by_calloc(void)
{
	got = calloc(much / 8, 8);
}

static void
by_realloc(void)
{
	got = realloc(malloc(8), much);
}

static void
by_pool(void)
{
	got = pool_alloc(pool_new(), much);
}

static char hash[PASSWORD_HASH_SIZE];

/* The wrong one, too: who cannot compare has not been told that it is wrong. */
static void
by_password(void)
{
	(void)password_verify(hash, "not this one");
}

/* Leaves no 64 MiB, as a password takes. */
static void
crowd(void)
{
	while (mmap(NULL, 32U << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		;
}

/* How a process ends that has 256 MiB and asks for more. */
static int
end_of(void (*ask)(void), void (*before)(void))
{
	const struct rlimit limit = { 256U << 20, 256U << 20 };
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		setrlimit(RLIMIT_AS, &limit);
		before();
		ask();
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
nothing(void)
{
}

static void
no_memory_is_the_end(void **state)
{
	(void)state;
	if (jail_is_sanitized())
		skip();
	assert_int_equal(end_of(by_malloc, nothing), MEMORY_NONE);
	assert_int_equal(end_of(by_calloc, nothing), MEMORY_NONE);
	assert_int_equal(end_of(by_realloc, nothing), MEMORY_NONE);
	assert_int_equal(end_of(by_pool, nothing), MEMORY_NONE);
	assert_int_equal(end_of(by_malloc, memory_serving), 0);
	assert_true(password_init() && password_hash("this one", hash));
	assert_int_equal(end_of(by_password, crowd), MEMORY_NONE);
	assert_int_equal(end_of(by_password, nothing), 1); /* the 1 of end_of(): it went on */
}

static void
no_bytes_are_no_failure(void **state)
{
	(void)state;
	got = malloc(0);
	free(got);
	got = malloc(8);
	got = realloc(got, 0);
	assert_null(got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory_is_the_end),
		cmocka_unit_test(no_bytes_are_no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

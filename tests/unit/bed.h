/* bed.h - where most unit tests lie: cmocka, and for each test a pool and an error of its own. */
#ifndef XIAOAO_TEST_BED_H
#define XIAOAO_TEST_BED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

#define CASE(f) cmocka_unit_test_setup_teardown(f, up, down)

static struct pool *p;
static const char *error;

static int
up(void **state)
{
	(void)state;
	p = pool_new();
	error = NULL;
	return 0;
}

static int
down(void **state)
{
	(void)state;
	pool_free(p);
	return 0;
}

#endif

/* Errors of the server by what they mean for the request: the table of TRUST 3.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db_outcome.h"

static const struct {
	unsigned code;
	const char *state;
	enum db_failure outcome;
} table[] = {
	/* nothing happened: again, same connection */
	{ 1213, "40001", DB_AGAIN }, { 1205, "HY000", DB_AGAIN }, { 1020, "HY000", DB_AGAIN },
	/* outcome unknown: another connection, same key */
	{ 2006, "HY000", DB_LOST }, { 2013, "HY000", DB_LOST }, { 1927, "70100", DB_LOST },
	{ 1053, "08S01", DB_LOST }, { 1180, "HY000", DB_LOST }, { 2002, "HY000", DB_LOST },
	/* the client's own end of the connection is in disorder */
	{ 2000, "HY000", DB_LOST }, { 2008, "HY000", DB_LOST }, { 2014, "HY000", DB_LOST },
	/* no server to write to: another address */
	{ 1047, "08S01", DB_LOST }, { 1290, "HY000", DB_LOST }, { 1836, "HY000", DB_LOST },
	/* too much for it: later, same key */
	{ 1040, "08004", DB_BUSY }, { 1203, "42000", DB_BUSY }, { 1226, "42000", DB_BUSY },
	{ 1969, "70100", DB_BUSY }, { 3024, "HY000", DB_BUSY }, { 1317, "70100", DB_BUSY },
	/* its disk is full, or dies */
	{ 1021, "HY000", DB_BUSY }, { 1026, "HY000", DB_BUSY }, { 1114, "HY000", DB_BUSY },
	{ 1030, "HY000", DB_BUSY }, { 3, "HY000", DB_BUSY }, { 28, "HY000", DB_BUSY },
	/* what the trade says */
	{ 1644, "45000", DB_REFUSED }, { 1644, "28000", DB_NO_SESSION },
	/* ours: a table or right that is missing, SQL that is none, a password that is wrong */
	{ 1146, "42S02", DB_BROKEN }, { 1064, "42000", DB_BROKEN }, { 1142, "42000", DB_BROKEN },
	{ 1045, "28000", DB_BROKEN }, { 1792, "25006", DB_BROKEN }, { 0, "HY000", DB_BROKEN },
	/* for db_refuse.h to tell */
	{ 1062, "23000", DB_BROKEN }, { 1452, "23000", DB_BROKEN }, { 4025, "23000", DB_BROKEN },
};

static void
every_error_has_its_outcome(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (db_outcome(table[i].code, table[i].state) != table[i].outcome)
			fail_msg("error %u is %d, not %d", table[i].code,
			    (int)db_outcome(table[i].code, table[i].state), (int)table[i].outcome);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_error_has_its_outcome) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

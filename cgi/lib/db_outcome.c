/* See db_outcome.h. */
#include "db_outcome.h"

#include <string.h>

#include <mysqld_error.h>
#include <errmsg.h>

/* Names that the client's header does not have. */
enum {
	SYS_WRITE = 3,              /* error writing a file */
	SYS_DISK_FULL = 20,
	SYS_NO_SPACE = 28,          /* ENOSPC of the system, as some engines pass it on */
	QUERY_TIMEOUT = 3024        /* as 1969, of other servers */
};

/* Nothing happened: the same transaction may well succeed at once. */
static const unsigned again[] = { ER_LOCK_DEADLOCK, ER_LOCK_WAIT_TIMEOUT, ER_CHECKREAD,
	ER_TABLE_DEF_CHANGED, ER_NEED_REPREPARE, 0 };

/* The connection, or the server behind it, is of no more use. */
static const unsigned lost[] = { CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR, CR_SERVER_GONE_ERROR,
	CR_SERVER_HANDSHAKE_ERR, CR_SERVER_LOST, CR_MALFORMED_PACKET, CR_SERVER_LOST_EXTENDED,
	CR_UNKNOWN_ERROR, CR_OUT_OF_MEMORY, CR_COMMANDS_OUT_OF_SYNC,
	ER_SERVER_SHUTDOWN, ER_CONNECTION_KILLED, ER_ERROR_DURING_COMMIT, ER_ERROR_DURING_ROLLBACK,
	ER_ABORTING_CONNECTION, ER_NEW_ABORTING_CONNECTION, ER_NET_READ_ERROR,
	ER_NET_READ_INTERRUPTED, ER_NET_ERROR_ON_WRITE, ER_NET_WRITE_INTERRUPTED,
	ER_UNKNOWN_COM_ERROR, ER_OPTION_PREVENTS_STATEMENT, ER_READ_ONLY_MODE, 0 };

/* It is there and cannot now: overload, a limit of time, a full or failing disk. */
static const unsigned busy[] = { ER_STATEMENT_TIMEOUT, QUERY_TIMEOUT, ER_QUERY_INTERRUPTED,
	ER_FILSORT_ABORT, ER_CON_COUNT_ERROR, ER_TOO_MANY_USER_CONNECTIONS, ER_USER_LIMIT_REACHED,
	ER_HOST_IS_BLOCKED, ER_TOO_MANY_CONCURRENT_TRXS, ER_OUTOFMEMORY, ER_OUT_OF_SORTMEMORY,
	ER_OUT_OF_RESOURCES, ER_DISK_FULL, ER_RECORD_FILE_FULL, ER_ERROR_ON_WRITE,
	ER_ERROR_ON_READ, ER_ERROR_ON_CLOSE, ER_CANT_CREATE_FILE, ER_CANT_OPEN_FILE, ER_GET_ERRNO,
	SYS_WRITE, SYS_DISK_FULL, SYS_NO_SPACE, 0 };

static bool
is_one_of(unsigned code, const unsigned *codes)
{
	while (*codes != 0 && *codes != code)
		codes++;
	return *codes != 0;
}

enum db_failure
db_outcome(unsigned code, const char *state)
{
	if (is_one_of(code, again))
		return DB_AGAIN;
	if (is_one_of(code, lost))
		return DB_LOST;
	if (is_one_of(code, busy))
		return DB_BUSY;
	if (code == ER_SIGNAL_EXCEPTION && strcmp(state, "28000") == 0)
		return DB_NO_SESSION;
	if (strcmp(state, "45000") == 0)
		return DB_REFUSED;
	return DB_BROKEN;
}

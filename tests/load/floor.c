/*
 * floor.c - as little as a page can cost: a FastCGI program that runs the page's
 * SQL through Connector/C as prepared statements, reads every row, and answers
 * bytes it was given.
 *
 * usage: floor SOCKET USER DATABASE STATEMENTS BODY < listening socket
 * The password stands in the environment, FLOOR_PASSWORD.  STATEMENTS holds
 * texts, each ended by a zero byte.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcgiapp.h>
#include <mysql.h>

enum { MAX_STATEMENTS = 64, MAX_COLUMNS = 128, CELL = 8192 };

struct file {
	char *bytes;
	size_t n;
};

static char cells[MAX_COLUMNS][CELL];

static _Noreturn void
die(const char *what, const char *why)
{
	fprintf(stderr, "floor: %s: %s\n", what, why);
	exit(1);
}

static struct file
read_file(const char *name)
{
	FILE *f = fopen(name, "rb");
	struct file file = { 0 };
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0)
		die(name, "cannot be read");
	rewind(f);
	file.n = (size_t)n;
	file.bytes = calloc(1, file.n + 1);
	if (file.bytes == NULL || fread(file.bytes, 1, file.n, f) != file.n)
		die(name, "cannot be read");
	fclose(f);
	return file;
}

static size_t
prepare(MYSQL *db, struct file texts, MYSQL_STMT **s)
{
	size_t n = 0;

	for (size_t at = 0; at < texts.n; at += strlen(texts.bytes + at) + 1) {
		const char *text = texts.bytes + at;

		if (n == MAX_STATEMENTS)
			die("statements", "too many");
		s[n] = mysql_stmt_init(db);
		if (mysql_stmt_prepare(s[n], text, strlen(text)) != 0)
			die(text, mysql_stmt_error(s[n]));
		n++;
	}
	return n;
}

static void
read_rows(MYSQL_STMT *s)
{
	MYSQL_BIND binds[MAX_COLUMNS];
	unsigned n = mysql_stmt_field_count(s);

	if (n == 0)
		return;
	if (n > MAX_COLUMNS)
		die("result", "too many columns");
	memset(binds, 0, sizeof(binds));
	for (unsigned i = 0; i < n; i++) {
		binds[i].buffer_type = MYSQL_TYPE_STRING;
		binds[i].buffer = cells[i];
		binds[i].buffer_length = CELL;
	}
	if (mysql_stmt_bind_result(s, binds) != 0 || mysql_stmt_store_result(s) != 0)
		die("result", mysql_stmt_error(s));
	while (mysql_stmt_fetch(s) == 0)
		continue;
	mysql_stmt_free_result(s);
}

static void
run(MYSQL_STMT *s)
{
	int more;

	if (mysql_stmt_execute(s) != 0)
		die("execute", mysql_stmt_error(s));
	do {
		read_rows(s);
		more = mysql_stmt_more_results(s) ? mysql_stmt_next_result(s) : -1;
	} while (more == 0);
}

int
main(int argc, char **argv)
{
	static MYSQL_STMT *statements[MAX_STATEMENTS];
	MYSQL *db = mysql_init(NULL);
	struct file texts, body;
	FCGX_Request request;
	size_t n;

	if (argc != 6 || db == NULL)
		die("usage", "floor SOCKET USER DATABASE STATEMENTS BODY");
	signal(SIGPIPE, SIG_IGN);
	texts = read_file(argv[4]);
	body = read_file(argv[5]);
	mysql_options(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(db, MYSQL_INIT_COMMAND, "SET time_zone = '+00:00'");
	if (mysql_real_connect(db, NULL, argv[2], getenv("FLOOR_PASSWORD"), argv[3], 0, argv[1],
	    CLIENT_MULTI_RESULTS) == NULL)
		die(argv[1], mysql_error(db));
	n = prepare(db, texts, statements);
	FCGX_Init();
	FCGX_InitRequest(&request, 0, 0);
	while (FCGX_Accept_r(&request) == 0) {
		for (size_t i = 0; i < n; i++)
			run(statements[i]);
		FCGX_FPrintF(request.out, "Status: 200 OK\r\n"
		    "Content-Type: text/html; charset=utf-8\r\nContent-Length: %lu\r\n\r\n",
		    (unsigned long)body.n);
		FCGX_PutStr(body.bytes, (int)body.n, request.out);
		FCGX_Finish_r(&request);
	}
	return 0;
}

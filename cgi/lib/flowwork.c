/* See flowwork.h. */
#include "flowwork.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db_bulk.h"
#include "flowcheck.h"
#include "flowload.h"
#include "json.h"
#include "log.h"
#include "utf8.h"

enum { CLAIM, BEGIN, PIECE, HEAD, TEMPLATES, MAPPED, REJECT, SEEN, CHECKED, DONE, FAILED, RELEASE,
	NSQL };

const struct sql flowwork_sql[NSQL] = {
	[CLAIM] = { "flowwork.claim", "CALL flow_job_claim(?)" },
	[BEGIN] = { "flowwork.begin", "CALL flow_job_begin(?, ?)" },
	[PIECE] = { "flowwork.piece",
		"SELECT content FROM flow_blob WHERE file_id = ? AND seq = ?" },
	[HEAD] = { "flowwork.head",
		"INSERT INTO flow_head (file_id, row_no, cells) VALUES (?, ?, ?)" },
	[TEMPLATES] = { "flowwork.templates",
		"SELECT HEX(header_hash) AS hash, mapping FROM flow_template"
		" WHERE party_id = ? AND kind = ? ORDER BY used_at DESC" },
	[MAPPED] = { "flowwork.mapped", "CALL flow_job_mapped(?, ?, ?, ?, ?)" },
	[REJECT] = { "flowwork.reject",
		"INSERT INTO flow_reject (file_id, row_no, severity, issues, cells)"
		" VALUES (?, ?, ?, ?, ?)" },
	[SEEN] = { "flowwork.seen", "CALL flow_job_seen(?, ?, ?)" },
	[CHECKED] = { "flowwork.checked", "CALL flow_job_checked(?, ?, ?, ?, ?, ?, ?)" },
	[DONE] = { "flowwork.done", "CALL flow_job_done(?, ?, ?, ?)" },
	[FAILED] = { "flowwork.failed", "CALL flow_job_failed(?, ?, ?)" },
	[RELEASE] = { "flowwork.release", "CALL flow_job_release(?)" },
};
const size_t flowwork_nsql = NSQL;

enum { REJECT_COLUMNS = 5, REJECT_BATCH = 1000, HEARTBEAT_ROWS = 20000,
	HEAD_CELL_MAX = 200, TRIES = 10, CELLS_MAX = 60000 };

/* Rows that have one issue. */
struct flow_issue {
	int64_t rows;
	uint32_t first; /* line of the file */
};

/* A file at work. */
struct job {
	const struct flowwork *w;
	struct pool *pool;
	struct flowfile file;
	const char *status;
	bool trusts_guess;          /* nobody is there to look at the columns */
	struct pool *bytes;         /* the piece of the file at hand */
	int64_t seq;
	const char *error;          /* of the file: code|name=value */
	bool stopped;               /* the worker is to leave */

	/* heads */
	struct table_row head[FLOWMAP_ROWS];
	size_t heads;
	unsigned char hash[FLOWMAP_HASH];

	/* rows */
	struct flowcheck *check;
	struct flowload *load;
	struct buf *issues;
	struct pool *texts;
	struct arg *reject;         /* waiting */
	size_t rejects;
	struct flow_issue issue[2][FLOW_CHECKS]; /* of rows with warnings, and with errors */
	int64_t total;
	int64_t bad;
	int64_t warned;
	int64_t skip;               /* rows that are in already */
	int64_t qty_e4;
};

/* ---- reading ---- */

static bool
next_piece(void *arg, const char **s, size_t *n)
{
	struct job *j = arg;
	const struct rows *rows;

	pool_reset(j->bytes);
	rows = db_query(j->w->db, j->bytes, &flowwork_sql[PIECE], ARGS(I(j->file.id), I(j->seq++)));
	if (rows->n == 0)
		return false;
	*s = rows->cells[0];
	*n = rows->lengths[0];
	return true;
}

/* False: j->error, or the worker leaves, or the database failed. */
static bool
read_rows(struct job *j, bool (*row)(void *arg, const struct table_row *row))
{
	const struct rowfeed_use use = { next_piece, row, j };
	const char *error = NULL;
	bool good = rowfeed_read(j->w->feed, &use, &error);

	/* A piece that could not be had looks like the end of the file. */
	if (db_failed(j->w->db) != DB_OK)
		return false;
	if (!good && j->error == NULL && !j->stopped)
		j->error = error;
	return good;
}

/* One transaction of one statement, again when it lost against another. */
static bool
commit_one(struct job *j, int statement, const struct arg *args)
{
	struct db *db = j->w->db;
	bool good = false;

	for (int i = 0; i < TRIES && !good; i++) {
		db_begin(db, false);
		db_exec(db, &flowwork_sql[statement], args);
		good = db_commit(db);
		if (db_failed(db) != DB_AGAIN)
			break;
	}
	return good;
}

static bool
still_ours(struct job *j, int64_t done)
{
	return commit_one(j, SEEN, ARGS(I(j->file.id), S(j->w->worker), I(done)));
}

/* ---- heads ---- */

static const char *
cells_json(struct pool *p, const struct table_row *row, size_t cell_max)
{
	const char **text = pool_alloc(p, (row->n + 1) * sizeof(*text));
	size_t sum = 0;

	for (uint32_t i = 0; i < row->n; i++) {
		size_t n = utf8_cut(row->cell[i].text, row->cell[i].n, cell_max);

		/* The column holds 64 KiB; a row of such texts is no row of a report. */
		n = sum + n * 2 > CELLS_MAX ? 0 : n;
		sum += n * 2 + 3;
		text[i] = pool_strndup(p, row->cell[i].text, n);
	}
	return json_strings(p, text, row->n);
}

static bool
keep_head(void *arg, const struct table_row *row)
{
	struct job *j = arg;
	struct table_row *to = &j->head[j->heads++];
	struct table_cell *cell = pool_alloc(j->pool, (row->n + 1) * sizeof(*cell));

	for (uint32_t i = 0; i < row->n; i++) {
		cell[i] = row->cell[i];
		cell[i].text = pool_strndup(j->pool, cell[i].text, cell[i].n);
	}
	*to = *row;
	to->cell = cell;
	return j->heads < FLOWMAP_ROWS;
}

/* What this sender's heads meant the last time. */
static bool
from_template(struct job *j)
{
	const struct rows *known = db_query(j->w->db, j->pool, &flowwork_sql[TEMPLATES],
	    ARGS(I(j->file.sender), S(j->file.kind_word)));

	for (size_t i = 0; i < j->heads && known->n > 0; i++) {
		char hex[2 * FLOWMAP_HASH + 1];

		flowmap_hash(&j->head[i], j->hash);
		sodium_bin2hex(hex, sizeof(hex), j->hash, sizeof(j->hash));
		for (size_t k = 0; k < known->n; k++) {
			if (strcasecmp(hex, row_str(known, k, "hash")) != 0)
				continue;
			j->file.map.header_row = j->head[i].line;
			flowmap_parse(&j->file.map, row_str(known, k, "mapping"));
			return flowmap_complete(&j->file.map, j->file.kind);
		}
	}
	return false;
}

static bool
write_heads(struct job *j, const char *status)
{
	struct db *db = j->w->db;
	const char *mapping = flowmap_json(&j->file.map, j->pool);

	db_begin(db, false);
	db_exec(db, &flowwork_sql[BEGIN], ARGS(I(j->file.id), S(j->w->worker)));
	for (size_t i = 0; i < j->heads; i++)
		db_exec(db, &flowwork_sql[HEAD], ARGS(I(j->file.id), I(j->head[i].line),
		    S(cells_json(j->pool, &j->head[i], HEAD_CELL_MAX))));
	db_exec(db, &flowwork_sql[MAPPED], ARGS(I(j->file.id), S(j->w->worker),
	    I(j->file.map.header_row), S(mapping), S(status)));
	return db_commit(db);
}

static void
do_heads(struct job *j)
{
	bool fits;

	read_rows(j, keep_head);
	if (db_failed(j->w->db) != DB_OK)
		return;
	/* Enough rows is no error. */
	if (j->heads == FLOWMAP_ROWS)
		j->error = NULL;
	if (j->error != NULL)
		return;
	fits = from_template(j);
	if (!fits) {
		flowmap_guess(&j->file.map, j->file.kind, j->head, j->heads);
		fits = j->trusts_guess && flowmap_complete(&j->file.map, j->file.kind);
	}
	write_heads(j, fits ? "mapped" : "mapping");
}

/* ---- checking ---- */

static bool
write_rejects(struct job *j)
{
	struct db *db = j->w->db;
	bool good = true;

	db_begin(db, false);
	if (j->rejects > 0)
		db_bulk(db, &flowwork_sql[REJECT], j->reject, j->rejects);
	db_exec(db, &flowwork_sql[SEEN], ARGS(I(j->file.id), S(j->w->worker), I(0)));
	good = db_commit(db);
	j->rejects = 0;
	pool_reset(j->texts);
	return good;
}

static bool
reject(struct job *j, const struct table_row *from, const struct flowrow *row)
{
	enum { ISSUES_MAX = 400 };
	const struct arg cells[REJECT_COLUMNS] = { I(j->file.id), I(row->line),
		S(row->bad ? "error" : "warning"),
		S(pool_strndup(j->texts, j->issues->s,
		    utf8_cut(j->issues->s, j->issues->n, ISSUES_MAX))),
		S(cells_json(j->texts, from, TABULAR_CELL_MAX)) };

	/* Rows with errors are kept all: they are left out, and come back as a file. */
	if (!row->bad && j->warned > FLOW_WARNED_MAX)
		return true;
	memcpy(j->reject + j->rejects++ * REJECT_COLUMNS, cells, sizeof(cells));
	return j->rejects < REJECT_BATCH || write_rejects(j);
}

static void
count_issues(struct job *j, const struct flowrow *row)
{
	uint32_t all = row->errors | row->warnings;

	for (int i = 0; i < FLOW_CHECKS; i++) {
		struct flow_issue *issue = &j->issue[row->bad][i];

		if ((all >> i & 1) == 0)
			continue;
		if (issue->rows++ == 0)
			issue->first = row->line;
	}
}

/* [["error",5,rows,first], ...] */
static const char *
issues_json(struct job *j)
{
	struct buf *b = buf_new(j->pool);

	for (int bad = 0; bad < 2; bad++)
		for (int i = 0; i < FLOW_CHECKS; i++) {
			const struct flow_issue *issue = &j->issue[bad][i];

			if (issue->rows > 0)
				buf_printf(b, "%s[\"%s\",%d,%lld,%u]", b->n > 0 ? "," : "",
				    bad ? "error" : "warning", i + 1, (long long)issue->rows,
				    issue->first);
		}
	return pool_printf(j->pool, "[%s]", b->n > 0 ? b->s : "");
}

static bool
check_row(void *arg, const struct table_row *from)
{
	struct job *j = arg;
	struct flowrow row;

	if (flowcheck_row(j->check, from, &row, j->issues) == ROW_NONE)
		return true;
	j->total++;
	j->bad += row.bad;
	j->warned += !row.bad && row.warnings != 0;
	j->qty_e4 += row.bad ? 0 : row.qty_e4;
	count_issues(j, &row);
	if (j->issues->n > 0 && !reject(j, from, &row))
		return false;
	if (j->total % HEARTBEAT_ROWS != 0)
		return true;
	j->stopped = *j->w->leave != 0;
	return !j->stopped && still_ours(j, 0);
}

static void
do_check(struct job *j)
{
	const char *qty;

	j->reject = pool_alloc(j->pool, REJECT_BATCH * REJECT_COLUMNS * sizeof(*j->reject));
	if (!commit_one(j, BEGIN, ARGS(I(j->file.id), S(j->w->worker))))
		return;
	j->check = flowcheck_new(j->w->db, j->pool, &j->file);
	if (!read_rows(j, check_row) || !write_rejects(j))
		return;
	if (j->total == 0)
		j->error = "flow.no_row";
	if (j->total == 0)
		return;
	qty = pool_printf(j->pool, "%s%llu.%04llu", j->qty_e4 < 0 ? "-" : "",
	    (unsigned long long)llabs(j->qty_e4) / 10000,
	    (unsigned long long)llabs(j->qty_e4) % 10000);
	commit_one(j, CHECKED, ARGS(I(j->file.id), S(j->w->worker), I(j->total), I(j->bad),
	    I(j->warned), M(qty), S(issues_json(j))));
}

/* ---- loading ---- */

static bool
load_row(void *arg, const struct table_row *from)
{
	struct job *j = arg;
	struct flowrow row;
	enum row_verdict verdict;

	if (from->line == j->file.map.header_row)
		flowmap_hash(from, j->hash);
	verdict = flowcheck_row(j->check, from, &row, j->issues);
	if (verdict == ROW_NONE)
		return true;
	if (++j->total <= j->skip || verdict == ROW_BAD)
		return true;
	if (!flowload_row(j->load, &row, j->total))
		return false;
	j->stopped = *j->w->leave != 0 && j->total % FLOWLOAD_PIECE == 0;
	return !j->stopped;
}

static void
do_load(struct job *j)
{
	j->check = flowcheck_new(j->w->db, j->pool, &j->file);
	j->load = flowload_new(j->w->db, j->pool, &j->file, flowcheck_names(j->check),
	    j->w->worker);
	if (!read_rows(j, load_row) || !flowload_flush(j->load, j->total))
		return;
	commit_one(j, DONE, ARGS(I(j->file.id), S(j->w->worker), I(j->total),
	    B(j->hash, sizeof(j->hash))));
}

/* ---- a file ---- */

static void
take_claim(struct job *j, const struct rows *row)
{
	struct flowfile *file = &j->file;
	const char *origin = row_str(row, 0, "origin");

	file->id = row_int(row, 0, "id");
	file->sender = row_int(row, 0, "party_id");
	file->sender_name = row_str(row, 0, "sender");
	file->kind_word = row_str(row, 0, "kind");
	file->kind = report_of(file->kind_word);
	file->period = row_int(row, 0, "book_period");
	snprintf(file->from, sizeof(file->from), "%s", row_str(row, 0, "date_from"));
	snprintf(file->to, sizeof(file->to), "%s", row_str(row, 0, "date_to"));
	flowmap_parse(&file->map, row_str(row, 0, "mapping"));
	file->map.header_row = (uint32_t)row_int(row, 0, "header_row");
	j->status = row_str(row, 0, "status");
	j->skip = row_int(row, 0, "rows_done");
	file->is_xml = strcmp(row_str(row, 0, "format"), "xml") == 0;
	j->trusts_guess = strcmp(origin, "api") == 0 || file->is_xml;
}

/* Why it went no further, in the words of an error: `code|name=value`. */
static const char *
reason(struct job *j)
{
	switch (db_failed(j->w->db)) {
	case DB_OK:
		return j->error;
	case DB_REFUSED:
		/* Lost to another worker, or taken back by a person: theirs to go on with. */
		if (strncmp(db_refusal(j->w->db), "flow.lease", 10) == 0)
			return NULL;
		return pool_strdup(j->pool, db_refusal(j->w->db));
	case DB_AGAIN:
	case DB_BUSY:
	case DB_LOST:
		/* Nothing is wrong with the file: it is taken up again. */
		return NULL;
	default:
		return "flow.internal";
	}
}

static int
finish(struct job *j)
{
	const char *why = reason(j);
	bool lost = db_failed(j->w->db) == DB_LOST;
	char id[24];
	char rows[24];

	snprintf(id, sizeof(id), "%lld", (long long)j->file.id);
	snprintf(rows, sizeof(rows), "%lld", (long long)j->total);
	log_info("flow.file", "file", id, "was", j->status, "rows", rows, "error",
	    why != NULL ? why : lost ? "lost" : j->stopped ? "stopped" : "");
	if (lost || !rowfeed_alive(j->w->feed))
		return -1;
	db_rollback(j->w->db);
	if (why != NULL)
		commit_one(j, FAILED, ARGS(I(j->file.id), S(j->w->worker), S(why)));
	commit_one(j, RELEASE, ARGS(S(j->w->worker)));
	return db_failed(j->w->db) == DB_OK ? 1 : -1;
}

static int
work(struct job *j)
{
	const struct rows *claim;

	db_begin(j->w->db, false);
	claim = db_query(j->w->db, j->pool, &flowwork_sql[CLAIM], ARGS(S(j->w->worker)));
	if (!db_commit(j->w->db))
		return db_failed(j->w->db) == DB_AGAIN ? 0 : -1;
	if (claim->n == 0)
		return 0;
	take_claim(j, claim);
	if (strcmp(j->status, "uploaded") == 0)
		do_heads(j);
	else if (strcmp(j->status, "mapped") == 0)
		do_check(j);
	else
		do_load(j);
	return finish(j);
}

int
flowwork_once(const struct flowwork *w)
{
	struct job j = { .w = w, .pool = pool_new() };
	int rc;

	j.bytes = pool_new();
	j.texts = pool_new();
	j.issues = buf_new(j.pool);
	rc = work(&j);
	pool_free(j.texts);
	pool_free(j.bytes);
	pool_free(j.pool);
	return rc;
}

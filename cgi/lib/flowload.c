/* See flowload.h. */
#include "flowload.h"

#include <string.h>

#include "db_bulk.h"

enum { ADD_ROW, ADD_STOCK, SEEN, NSQL };

const struct sql flowload_sql[NSQL] = {
	[ADD_ROW] = { "flowload.row",
		"INSERT INTO flow_row (id, book_period, file_id, row_no, kind, sender_id, biz_date,"
		" party_name_id, product_name_id, party_id, product_id, lot_no, lot_id, raw_qty,"
		" qty, price, amount, doc_no, flow_level, is_pure_sale, rep_id, org_unit_id,"
		" warnings)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[ADD_STOCK] = { "flowload.stock",
		"INSERT INTO stock_report (id, book_period, file_id, row_no, sender_id, stock_date,"
		" product_name_id, product_id, lot_no, lot_id, expires_on, raw_qty, qty, warnings)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[SEEN] = { "flowload.seen", "CALL flow_job_seen(?, ?, ?)" },
};
const size_t flowload_nsql = NSQL;

enum { ROW_COLUMNS = 23, STOCK_COLUMNS = 14, CHUNK = 5000, TRIES = 10, ROWS_OF_FILE = 10000000 };

struct flowload {
	struct db *db;
	struct pool *texts;         /* of one chunk */
	const struct flowfile *file;
	struct flownames *names;
	const char *worker;
	struct flowrow *row;
	size_t n;
	struct arg *cell;
};

struct flowload *
flowload_new(struct db *db, struct pool *p, const struct flowfile *file, struct flownames *names,
    const char *worker)
{
	struct flowload *l = pool_alloc(p, sizeof(*l));

	l->db = db;
	l->texts = pool_new();
	pool_defer(p, (void (*)(void *))pool_free, l->texts);
	l->file = file;
	l->names = names;
	l->worker = worker;
	l->row = pool_alloc(p, FLOWLOAD_PIECE * sizeof(*l->row));
	l->cell = pool_alloc(p, CHUNK * ROW_COLUMNS * sizeof(*l->cell));
	return l;
}

/* A number in units of 10^-scale as decimal text. */
static struct arg
decimal(struct pool *p, int64_t n, int scale)
{
	char *text = pool_alloc(p, 24);
	char *s = text + 23;
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	struct arg a = { ARG_DECIMAL, 0, NULL, 0 };

	for (int i = 0; i < scale || left > 0 || i == scale; i++) {
		if (i == scale)
			*--s = '.';
		*--s = (char)('0' + left % 10);
		left /= 10;
	}
	if (n < 0)
		*--s = '-';
	a.s = s;
	a.n = (size_t)(text + 23 - s);
	return a;
}

static struct arg
known(int64_t id)
{
	struct arg a = arg_int(id);

	if (id == 0)
		a.type = ARG_NULL;
	return a;
}

static struct arg
nothing_or(bool there, struct arg a)
{
	if (!there)
		a.type = ARG_NULL;
	return a;
}

static void
row_cells(const struct flowload *l, const struct flowrow *row, struct arg *to)
{
	const struct flowfile *file = l->file;
	struct pool *p = l->texts;
	const struct arg cells[ROW_COLUMNS] = { I(file->id * ROWS_OF_FILE + row->line),
		I(file->period), I(file->id), I(row->line), S(file->kind_word), I(file->sender),
		S(row->day), I(row->party->id), I(row->product->id), known(row->party->target),
		known(row->product->target), S(row->lot_no), known(row->lot_id),
		decimal(p, row->raw_qty_e4, 4), decimal(p, row->qty_e4, 4),
		nothing_or(row->has_price, decimal(p, row->price_e4, 4)),
		nothing_or(row->has_amount, decimal(p, row->amount_e2, 2)), S(row->doc_no),
		I(row->level), I(row->is_pure_sale), known(row->duty != NULL ? row->duty->rep : 0),
		known(row->duty != NULL ? row->duty->org_unit : 0), I(row->warnings) };

	memcpy(to, cells, sizeof(cells));
}

static void
stock_cells(const struct flowload *l, const struct flowrow *row, struct arg *to)
{
	const struct flowfile *file = l->file;
	const struct arg cells[STOCK_COLUMNS] = { I(file->id * ROWS_OF_FILE + row->line),
		I(file->period), I(file->id), I(row->line), I(file->sender), S(row->day),
		I(row->product->id), known(row->product->target), S(row->lot_no),
		known(row->lot_id), D(row->expires_on), decimal(l->texts, row->raw_qty_e4, 4),
		decimal(l->texts, row->qty_e4, 4), I(row->warnings) };

	memcpy(to, cells, sizeof(cells));
}

static void
write_rows(struct flowload *l)
{
	bool is_stock = l->file->kind == REPORT_STOCK;
	size_t columns = is_stock ? STOCK_COLUMNS : ROW_COLUMNS;

	for (size_t from = 0; from < l->n; from += CHUNK) {
		size_t n = l->n - from < CHUNK ? l->n - from : CHUNK;

		for (size_t i = 0; i < n; i++)
			(is_stock ? stock_cells : row_cells)(l, &l->row[from + i],
			    l->cell + i * columns);
		db_bulk(l->db, &flowload_sql[is_stock ? ADD_STOCK : ADD_ROW], l->cell, n);
		pool_reset(l->texts);
	}
}

static bool
write_piece(struct flowload *l, int64_t done)
{
	db_begin(l->db, false);
	flownames_write(l->names);
	write_rows(l);
	db_exec(l->db, &flowload_sql[SEEN], ARGS(I(l->file->id), S(l->worker), I(done)));
	return db_commit(l->db);
}

bool
flowload_flush(struct flowload *l, int64_t done)
{
	bool good = write_piece(l, done);

	for (int i = 0; i < TRIES && !good && db_failed(l->db) == DB_AGAIN; i++) {
		flownames_again(l->names);
		good = write_piece(l, done);
	}
	if (good)
		flownames_written(l->names);
	l->n = 0;
	return good;
}

bool
flowload_row(struct flowload *l, const struct flowrow *row, int64_t done)
{
	flownames_use(l->names, row->product, row->day);
	if (row->party != NULL)
		flownames_use(l->names, row->party, row->day);
	l->row[l->n++] = *row;
	return l->n < FLOWLOAD_PIECE || flowload_flush(l, done);
}

/* See tabbuild.h and, for the table, tabular.h. */
#include "tabbuild.h"

#include <string.h>

#include "utf8.h"

/* First bytes of the stream; both ends are the same program, so numbers are as the machine has
 * them. */
struct head {
	uint32_t rows;
	uint32_t cells;
	uint32_t columns;
	uint32_t sheets;
	uint32_t sheet_n; /* bytes of the sheet's name, which follow with a NUL */
};

struct row_head {
	uint32_t line;
	uint32_t n;
	uint32_t hidden;
};

struct cell_head {
	uint32_t flags;
	uint32_t n;
};

void
tabbuild_begin(struct tabbuild *b, struct buf *out)
{
	struct head head = { 0 };

	*b = (struct tabbuild){ .out = out, .sheet = "" };
	buf_add(out, &head, sizeof(head));
}

void
tabbuild_stream(struct tabbuild *b, struct buf *out,
    bool (*row)(void *arg, const char *s, size_t n), void *arg)
{
	*b = (struct tabbuild){ .out = out, .sheet = "", .row = row, .arg = arg };
}

static void
fail(struct tabbuild *b, const char *code)
{
	if (b->error == NULL)
		b->error = code;
}

/* Writes the head of the open row, now that its cells are known. */
static void
close_row(struct tabbuild *b)
{
	struct row_head head = { b->line, b->row_cells, b->hidden };

	if (b->row_cells == 0)
		return;
	memcpy(b->out->s + b->row_at, &head, sizeof(head));
	b->row_cells = 0;
	if (++b->rows > (b->row != NULL ? TABBUILD_STREAM_ROWS : TABULAR_ROWS_MAX))
		fail(b, b->row != NULL ? "file.long" : "file.rows");
	if (b->row == NULL)
		return;
	if (b->error == NULL && !b->row(b->arg, b->out->s, b->out->n))
		fail(b, "file.lost");
	b->cells = 0;
	b->out->n = 0;
}

void
tabbuild_row(struct tabbuild *b, uint32_t line, bool hidden)
{
	close_row(b);
	b->line = line;
	b->hidden = hidden;
}

static void
add_cell(struct tabbuild *b, const char *s, size_t n, uint32_t flags)
{
	struct cell_head head = { flags, (uint32_t)n };
	struct row_head row = { 0 };

	if (b->row_cells == 0) {
		b->row_at = b->out->n;
		buf_add(b->out, &row, sizeof(row));
	}
	buf_add(b->out, &head, sizeof(head));
	buf_add(b->out, s, n);
	buf_char(b->out, '\0');
	b->row_cells++;
	if (b->row_cells > b->columns)
		b->columns = b->row_cells;
	if (++b->cells > TABULAR_CELLS_MAX || b->out->n > TABULAR_BYTES_MAX)
		fail(b, "file.too_big");
}

/* Copies text without control characters; returns the length or 0 with an error. */
static size_t
copy_clean(struct tabbuild *b, char *to, const char *s, size_t n)
{
	size_t out = 0;
	uint32_t code;

	for (size_t i = 0; i < n;) {
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD) {
			fail(b, "file.charset");
			return 0;
		}
		if (code == '\r' && i + 1 < n && s[i + 1] == '\n')
			code = 0;
		else if ((code < 0x20 && code != '\n') || code == 0x7F || code == 0xFFFE ||
		    code == 0xFFFF)
			code = ' ';
		if (code != 0)
			out += utf8_put(to + out, code);
		i += (size_t)length;
	}
	return out;
}

/* 9.14403E+17: what a spreadsheet makes of a long code when it saves it as text. */
static bool
looks_damaged(const char *s, size_t n)
{
	size_t i = strspn(s, "0123456789");

	if (i == 0 || i > 3 || n > 24)
		return false;
	if (s[i] == '.')
		i += 1 + strspn(s + i + 1, "0123456789");
	if ((s[i] != 'E' && s[i] != 'e') || s[i + 1] != '+')
		return false;
	i += 2;
	return i < n && i + strspn(s + i, "0123456789") == n;
}

void
tabbuild_cell(struct tabbuild *b, uint32_t column, const char *s, size_t n, uint32_t flags)
{
	char clean[TABULAR_CELL_MAX + 1];

	utf8_trim(&s, &n);
	if (n == 0 || b->error != NULL)
		return;
	if (column >= TABULAR_COLUMNS_MAX) {
		fail(b, "file.columns");
		return;
	}
	if (n > TABULAR_CELL_MAX) {
		fail(b, "file.cell");
		return;
	}
	if (column < b->row_cells) {
		fail(b, "file.broken");
		return;
	}
	n = copy_clean(b, clean, s, n);
	clean[n] = '\0';
	s = clean;
	utf8_trim(&s, &n);
	if (n == 0 || b->error != NULL)
		return;
	if (looks_damaged(s, n))
		flags |= CELL_DAMAGED;
	while (b->row_cells < column && b->error == NULL)
		add_cell(b, "", 0, 0);
	add_cell(b, s, n, flags);
}

bool
tabbuild_end(struct tabbuild *b)
{
	size_t name_n = utf8_cut(b->sheet, strlen(b->sheet), 200);
	struct head head;

	close_row(b);
	if (b->error == NULL && b->rows == 0)
		fail(b, "file.empty");
	if (b->error != NULL || b->row != NULL)
		return b->error == NULL;
	head = (struct head){ b->rows, b->cells, b->columns, b->sheets, (uint32_t)name_n };
	memcpy(b->out->s, &head, sizeof(head));
	buf_add(b->out, b->sheet, name_n);
	buf_char(b->out, '\0');
	return true;
}

/* Reading the stream: nothing in it is believed, its writer may have been taken over. */
struct reader {
	char *s;
	size_t n;
};

static void *
take(struct reader *r, size_t n)
{
	void *at = r->s;

	if (n > r->n)
		return NULL;
	r->s += n;
	r->n -= n;
	return at;
}

static bool
take_number(struct reader *r, void *to, size_t n)
{
	void *at = take(r, n);

	if (at != NULL)
		memcpy(to, at, n);
	return at != NULL;
}

/* Text of n bytes and its NUL; NULL when it is not clean. */
static const char *
take_text(struct reader *r, size_t n)
{
	char *s = n < r->n ? take(r, n + 1) : NULL;

	return s != NULL && s[n] == '\0' && utf8_clean(s, n) ? s : NULL;
}

static bool
decode_row(struct reader *r, struct table_row *row, struct table_cell *cell, size_t left)
{
	struct row_head head;

	if (!take_number(r, &head, sizeof(head)) || head.n > left || head.n > TABULAR_COLUMNS_MAX)
		return false;
	*row = (struct table_row){ cell, head.n, head.line, head.hidden != 0 };
	for (uint32_t i = 0; i < head.n; i++) {
		struct cell_head of;

		if (!take_number(r, &of, sizeof(of)))
			return false;
		cell[i] = (struct table_cell){ take_text(r, of.n), of.n, of.flags };
		if (cell[i].text == NULL)
			return false;
	}
	return true;
}

bool
tabbuild_decode(struct table_row *row, struct table_cell cells[static TABULAR_COLUMNS_MAX], char *s,
    size_t n)
{
	struct reader r = { s, n };

	return decode_row(&r, row, cells, TABULAR_COLUMNS_MAX) && r.n == 0;
}

bool
tabular_decode(struct table *to, struct pool *p, char *stream, size_t n)
{
	struct reader r = { stream, n };
	struct head head;
	struct table_cell *cells;
	size_t used = 0;

	*to = (struct table){ 0 };
	if (!take_number(&r, &head, sizeof(head)) || head.rows > TABULAR_ROWS_MAX ||
	    head.cells > TABULAR_CELLS_MAX || head.columns > TABULAR_COLUMNS_MAX)
		return false;
	to->row = pool_alloc(p, head.rows * sizeof(*to->row));
	cells = pool_alloc(p, head.cells * sizeof(*cells));
	for (; to->n < head.rows; to->n++) {
		struct table_row *row = &to->row[to->n];

		if (!decode_row(&r, row, cells + used, head.cells - used))
			return false;
		used += row->n;
	}
	to->columns = head.columns;
	to->sheets = head.sheets;
	to->sheet = take_text(&r, head.sheet_n);
	return to->sheet != NULL && r.n == 0;
}

const struct table_cell *
table_cell(const struct table_row *row, size_t column)
{
	static const struct table_cell empty = { "", 0, 0 };

	return column < row->n ? &row->cell[column] : &empty;
}

/* See xlsx_book.h: rows and cells. */
#include "xlsx_book.h"

#include <stdlib.h>
#include <string.h>

static void
on_text(void *arg, const char *s, size_t n)
{
	xlsx_collect(arg, s, n);
}

/* The column of a reference such as AB12, from 0; the one after the last when there is none. */
static uint32_t
column_of(const struct xml_attributes *a, uint32_t next)
{
	uint32_t column = 0;
	size_t n;
	const char *s = xml_attribute(a, "r", &n);

	for (size_t i = 0; s != NULL && i < n && s[i] >= 'A' && s[i] <= 'Z' && i < 4; i++)
		column = column * 26 + (uint32_t)(s[i] - 'A' + 1);
	return column > 0 ? column - 1 : next;
}

static void
start_row(struct xlsx_book *book, const struct xml_attributes *a)
{
	uint32_t row = xlsx_number(a, "r", book->row + 1);

	if (row <= book->row) {
		xml_feed_fail(book->feed, "file.broken");
		return;
	}
	book->row = row;
	book->column = 0;
	book->has_row = true;
	book->cells = 0;
	if (book->probing)
		return;
	tabbuild_row(book->build, row, xlsx_is_true(a, "hidden"));
}

static void
start_cell(struct xlsx_book *book, const struct xml_attributes *a)
{
	char type[12];

	if (!book->has_row) {
		xml_feed_fail(book->feed, "file.broken");
		return;
	}
	xlsx_copy(a, "t", type, sizeof(type));
	book->kind = strcmp(type, "str") == 0 ? 't' : type[0] == '\0' ? 'n' : type[0];
	book->column = column_of(a, book->column);
	book->format = xlsx_number(a, "s", 0);
	book->text.n = 0;
}

static void
sheet_start(void *arg, const char *name, const struct xml_attributes *a)
{
	struct xlsx_book *book = arg;

	if (strcmp(name, "row") == 0)
		start_row(book, a);
	else if (strcmp(name, "c") == 0)
		start_cell(book, a);
	else if (strcmp(name, "rPh") == 0)
		book->in_phonetic = true;
	else if (strcmp(name, "v") == 0)
		book->text.on = book->kind != 'i';
	else if (strcmp(name, "t") == 0)
		book->text.on = book->kind == 'i' && !book->in_phonetic;
}

/* The serial number of a day in the 1900 system, if that is what the cell shows. */
static bool
is_date(const struct xlsx_book *book, const char *plain, double *serial)
{
	enum { FROM_1904 = 1462, LAST = 2958465 };

	if (!xlsx_styles_is_date(&book->styles, book->format))
		return false;
	*serial = strtod(plain, NULL) + (book->date1904 ? FROM_1904 : 0);
	return *serial >= 0 && *serial < LAST;
}

static void
add_number(struct xlsx_book *book)
{
	char plain[NUMBER_SIZE];
	uint32_t flags = 0;
	double serial;

	if (!number_plain(book->text.s, book->text.n, plain, &flags)) {
		tabbuild_cell(book->build, book->column, book->text.s, book->text.n, 0);
		return;
	}
	if (is_date(book, plain, &serial)) {
		flags = 0;
		number_date(serial, plain, &flags);
	}
	tabbuild_cell(book->build, book->column, plain, strlen(plain), flags);
}

static void
add_shared(struct xlsx_book *book)
{
	const struct xlsx_strings *strings = &book->strings;
	size_t i = 0;

	for (size_t k = 0; k < book->text.n && i < XLSX_STRINGS_MAX; k++)
		i = i * 10 + (size_t)(book->text.s[k] - '0');
	if (book->text.n == 0)
		return;
	if (i >= strings->n) {
		xml_feed_fail(book->feed, "file.broken");
		return;
	}
	tabbuild_cell(book->build, book->column, strings->text->s + strings->from[i],
	    strings->from[i + 1] - strings->from[i], 0);
}

static void
end_cell(struct xlsx_book *book)
{
	struct xlsx_text *text = &book->text;
	bool is_error = book->kind == 'e';
	bool is_true_value = text->n == 1 && text->s[0] == '1';

	if (book->probing) {
		book->cells += text->n > 0;
		return;
	}
	switch (book->kind) {
	case 'n':
		if (text->n > 0)
			add_number(book);
		break;
	case 's':
		add_shared(book);
		break;
	case 'b':
		tabbuild_cell(book->build, book->column, is_true_value ? "TRUE" : "FALSE",
		    is_true_value ? 4 : 5, 0);
		break;
	default:
		xlsx_unescape(text);
		tabbuild_cell(book->build, book->column, text->s, text->n,
		    is_error ? CELL_ERROR : 0U);
	}
	book->column++;
	if (book->build->error != NULL)
		xml_feed_fail(book->feed, book->build->error);
}

/* Two rows of a table are enough to know. */
static void
end_row(struct xlsx_book *book)
{
	enum { CELLS = 3, ROWS = 2 };

	book->has_row = false;
	if (book->probing && book->cells >= CELLS && ++book->wide == ROWS)
		xml_feed_fail(book->feed, "file.empty");
}

static void
sheet_end(void *arg, const char *name)
{
	struct xlsx_book *book = arg;

	if (strcmp(name, "c") == 0 && book->has_row)
		end_cell(book);
	else if (strcmp(name, "row") == 0)
		end_row(book);
	else if (strcmp(name, "rPh") == 0)
		book->in_phonetic = false;
	else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
		book->text.on = false;
}

static const struct xml_handler sheet_handler = { sheet_start, sheet_end, on_text };

bool
xlsx_sheet(struct xlsx_book *book, const char *path)
{
	return xlsx_part(book, path, &sheet_handler);
}

bool
xlsx_holds_table(struct xlsx_book *book, const char *path)
{
	bool found;

	book->probing = true;
	book->wide = 0;
	xlsx_part(book, path, &sheet_handler);
	found = book->wide >= 2;
	if (found)
		book->error = NULL;
	book->probing = false;
	book->row = 0;
	book->has_row = false;
	book->in_phonetic = false;
	book->text.on = false;
	return found;
}

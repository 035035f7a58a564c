/*
 * See xlsx_book.h, and tabbuild.h for xlsx_read(): the first visible sheet of an XLSX workbook.
 *
 * Relations, workbook, styles and shared strings are read whole into small tables, then the sheet
 * streams through.  Values are the cached ones; formulas are not looked at.
 */
#include "xlsx_book.h"

#include <stdlib.h>
#include <string.h>

#include "utf8.h"

/* Without entity substitution libxml2 hands an ampersand over as a character reference. */
static size_t
copy_value(char *to, const char *s, size_t n)
{
	static const char ampersand[] = "&#38;";
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		to[out++] = s[i];
		if (n - i >= sizeof(ampersand) - 1 &&
		    memcmp(s + i, ampersand, sizeof(ampersand) - 1) == 0)
			i += sizeof(ampersand) - 2;
	}
	to[out] = '\0';
	return out;
}

size_t
xlsx_copy(const struct xml_attributes *a, const char *name, char *to, size_t size)
{
	size_t n;
	const char *s = xml_attribute(a, name, &n);

	return copy_value(to, s, s == NULL || n >= size ? 0 : n);
}

uint32_t
xlsx_number(const struct xml_attributes *a, const char *name, uint32_t absent)
{
	char text[12];

	if (xlsx_copy(a, name, text, sizeof(text)) == 0 ||
	    strspn(text, "0123456789") != strlen(text))
		return absent;
	return (uint32_t)strtoul(text, NULL, 10);
}

bool
xlsx_is_true(const struct xml_attributes *a, const char *name)
{
	return xml_attribute_is(a, name, "1") || xml_attribute_is(a, name, "true");
}

static void
nothing_at_end(void *arg, const char *name)
{
	(void)arg;
	(void)name;
}

static void
nothing_of_text(void *arg, const char *s, size_t n)
{
	(void)arg;
	(void)s;
	(void)n;
}

/* ---- one part of the package through a handler ---- */

static bool
feed_piece(void *arg, const char *s, size_t n)
{
	return xml_feed_push(arg, s, n);
}

static bool
read_entry(struct xlsx_book *book, const struct zip_entry *entry, const struct xml_handler *handler)
{
	const char *error = NULL;
	bool good;

	book->feed = xml_feed_new(handler, book);
	good = zip_read(entry, feed_piece, book->feed, &error) && xml_feed_end(book->feed);
	if (!good && book->error == NULL)
		book->error = xml_feed_error(book->feed);
	if (!good && book->error == NULL)
		book->error = error;
	xml_feed_free(book->feed);
	book->feed = NULL;
	return good;
}

bool
xlsx_part(struct xlsx_book *book, const char *path, const struct xml_handler *handler)
{
	const struct zip_entry *entry = zip_find(&book->zip, path);

	if (entry == NULL) {
		book->error = "file.not_table";
		return false;
	}
	return read_entry(book, entry, handler);
}

/* ---- relations: type or id to path ---- */

static bool
ends_with(const char *s, size_t n, const char *end)
{
	return n >= strlen(end) && memcmp(s + n - strlen(end), end, strlen(end)) == 0;
}

static void
relation_start(void *arg, const char *name, const struct xml_attributes *a)
{
	struct xlsx_book *book = arg;
	const char *type;
	size_t n = 0;

	if (strcmp(name, "Relationship") != 0 || book->target[0] != '\0')
		return;
	type = xml_attribute(a, "Type", &n);
	if (xml_attribute_is(a, "Id", book->wanted) ||
	    (type != NULL && ends_with(type, n, book->wanted)))
		xlsx_copy(a, "Target", book->target, sizeof(book->target));
}

static const struct xml_handler relation_handler = { relation_start, nothing_at_end,
	nothing_of_text };

/* Targets are relative to the folder of the part that names them, or absolute. */
static bool
join_path(char *to, const char *part, const char *target)
{
	const char *slash = strrchr(part, '/');
	size_t folder = target[0] == '/' || slash == NULL ? 0 : (size_t)(slash - part) + 1;
	size_t n;

	target += target[0] == '/';
	n = strlen(target);
	if (n == 0 || folder + n >= XLSX_PATH_SIZE)
		return false;
	memcpy(to, part, folder);
	memcpy(to + folder, target, n + 1);
	return true;
}

/* The path of a relation of the workbook into `path`; false when there is none. */
static bool
find_relation(struct xlsx_book *book, const char *wanted, char path[XLSX_PATH_SIZE])
{
	const char *slash = strrchr(book->workbook, '/');
	size_t folder = slash == NULL ? 0 : (size_t)(slash - book->workbook) + 1;
	const char *relations = pool_printf(book->pool, "%.*s_rels/%s.rels", (int)folder,
	    book->workbook, book->workbook + folder);

	book->wanted = wanted;
	book->target[0] = '\0';
	if (!xlsx_part(book, relations, &relation_handler))
		return false;
	return book->target[0] != '\0' && join_path(path, book->workbook, book->target);
}

static bool
find_workbook(struct xlsx_book *book)
{
	book->wanted = "/officeDocument";
	if (!xlsx_part(book, "_rels/.rels", &relation_handler))
		return false;
	return book->target[0] != '\0' && join_path(book->workbook, "", book->target);
}

/* ---- workbook: the sheets that are not hidden ---- */

static void
workbook_start(void *arg, const char *name, const struct xml_attributes *a)
{
	struct xlsx_book *book = arg;
	char text[XLSX_PATH_SIZE];

	if (strcmp(name, "workbookPr") == 0)
		book->date1904 = xlsx_is_true(a, "date1904");
	if (strcmp(name, "sheet") != 0 || xml_attribute_is(a, "state", "hidden") ||
	    xml_attribute_is(a, "state", "veryHidden"))
		return;
	if (book->build->sheets++ >= XLSX_SHEETS_MAX)
		return;
	/* r:id; its local name is id, and no other attribute of a sheet is called so. */
	xlsx_copy(a, "id", book->sheet_relation[book->build->sheets - 1], XLSX_RELATION_SIZE);
	if (book->build->sheets > 1)
		return;
	if (xlsx_copy(a, "name", text, sizeof(text)) > 0 && utf8_clean(text, strlen(text)))
		book->build->sheet = pool_strdup(book->pool, text);
}

static const struct xml_handler workbook_handler = { workbook_start, nothing_at_end,
	nothing_of_text };

/* ---- styles: which formats show a date ---- */

static void
styles_start(void *arg, const char *name, const struct xml_attributes *a)
{
	struct xlsx_book *book = arg;
	char code[128];

	if (strcmp(name, "numFmt") == 0) {
		xlsx_copy(a, "formatCode", code, sizeof(code));
		xlsx_styles_format(&book->styles, xlsx_number(a, "numFmtId", 0), code);
	} else if (strcmp(name, "cellXfs") == 0) {
		book->styles.in_cells = true;
	} else if (strcmp(name, "xf") == 0 && book->styles.in_cells) {
		xlsx_styles_cell(&book->styles, xlsx_number(a, "numFmtId", 0));
	}
}

static void
styles_end(void *arg, const char *name)
{
	struct xlsx_book *book = arg;

	if (strcmp(name, "cellXfs") == 0)
		book->styles.in_cells = false;
}

static const struct xml_handler styles_handler = { styles_start, styles_end, nothing_of_text };

/* ---- text ---- */

void
xlsx_collect(struct xlsx_book *book, const char *s, size_t n)
{
	if (!book->text.on)
		return;
	if (n > XLSX_TEXT_MAX - book->text.n) {
		xml_feed_fail(book->feed, "file.cell");
		return;
	}
	memcpy(book->text.s + book->text.n, s, n);
	book->text.n += n;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* _x000D_ is how a workbook writes what XML cannot hold; false: no such escape at s. */
static bool
read_escape(const char *s, size_t n, uint32_t *code)
{
	*code = 0;
	if (n < 7 || s[0] != '_' || s[1] != 'x' || s[6] != '_')
		return false;
	for (int i = 2; i < 6; i++) {
		int digit = hex_digit(s[i]);

		if (digit < 0)
			return false;
		*code = *code << 4 | (uint32_t)digit;
	}
	return *code < 0xD800 || *code > 0xDFFF;
}

void
xlsx_unescape(struct xlsx_text *text)
{
	size_t out = 0;
	uint32_t code;

	if (memchr(text->s, '_', text->n) == NULL)
		return;
	for (size_t i = 0; i < text->n;) {
		if (read_escape(text->s + i, text->n - i, &code)) {
			out += utf8_put(text->s + out, code);
			i += 7;
		} else {
			text->s[out++] = text->s[i++];
		}
	}
	text->n = out;
}

/* ---- shared strings: <t> elements, but not those of phonetic runs ---- */

static void
on_text(void *arg, const char *s, size_t n)
{
	xlsx_collect(arg, s, n);
}

static void
strings_start(void *arg, const char *name, const struct xml_attributes *a)
{
	struct xlsx_book *book = arg;

	(void)a;
	if (strcmp(name, "si") == 0)
		book->text.n = 0;
	else if (strcmp(name, "rPh") == 0)
		book->in_phonetic = true;
	else if (strcmp(name, "t") == 0)
		book->text.on = !book->in_phonetic;
}

static void
add_string(struct xlsx_book *book)
{
	struct xlsx_strings *strings = &book->strings;

	if (strings->text->n > XLSX_STRINGS_BYTES) {
		xml_feed_fail(book->feed, "file.strings");
		return;
	}
	if (strings->n == XLSX_STRINGS_MAX) {
		xml_feed_fail(book->feed, "file.bomb");
		return;
	}
	if (strings->n + 1 >= strings->cap) {
		size_t cap = strings->cap == 0 ? 1024 : strings->cap * 2;
		uint32_t *more = pool_alloc(book->pool, cap * sizeof(*more));

		if (strings->n > 0)
			memcpy(more, strings->from, (strings->n + 1) * sizeof(*more));
		strings->from = more;
		strings->cap = cap;
	}
	xlsx_unescape(&book->text);
	buf_add(strings->text, book->text.s, book->text.n);
	strings->from[++strings->n] = (uint32_t)strings->text->n;
}

static void
strings_end(void *arg, const char *name)
{
	struct xlsx_book *book = arg;

	if (strcmp(name, "rPh") == 0)
		book->in_phonetic = false;
	else if (strcmp(name, "t") == 0)
		book->text.on = false;
	else if (strcmp(name, "si") == 0)
		add_string(book);
}

static const struct xml_handler strings_handler = { strings_start, strings_end, on_text };

/* ---- the whole ---- */

/* A cover sheet may stand before the table; a small upload is a table of any width. */
static bool
find_sheet(struct xlsx_book *book, char path[XLSX_PATH_SIZE])
{
	uint32_t all = book->build->sheets;
	uint32_t n = all < XLSX_SHEETS_MAX ? all : XLSX_SHEETS_MAX;

	for (uint32_t i = 0; i < n && n > 1 && book->build->row != NULL; i++)
		if (find_relation(book, book->sheet_relation[i], path) &&
		    xlsx_holds_table(book, path))
			return true;
	return book->error == NULL && book->sheet_relation[0][0] != '\0' &&
	    find_relation(book, book->sheet_relation[0], path);
}

static bool
read_book(struct xlsx_book *book)
{
	char path[XLSX_PATH_SIZE];

	if (!find_workbook(book) || !xlsx_part(book, book->workbook, &workbook_handler))
		return false;
	if (find_relation(book, "/styles", path) && !xlsx_part(book, path, &styles_handler))
		return false;
	if (book->error == NULL && find_relation(book, "/sharedStrings", path) &&
	    !xlsx_part(book, path, &strings_handler))
		return false;
	return book->error == NULL && find_sheet(book, path) && xlsx_sheet(book, path);
}

void
xlsx_read(struct tabbuild *b, const void *bytes, size_t n)
{
	struct xlsx_book book = { .build = b, .pool = b->out->pool };
	bool good;

	book.text.s = pool_alloc(book.pool, XLSX_TEXT_MAX);
	book.strings.text = buf_new(book.pool);
	book.strings.from = pool_alloc(book.pool, sizeof(*book.strings.from));
	good = b->row != NULL ? zip_open_large(&book.zip, book.pool, bytes, n, &book.error)
			      : zip_open(&book.zip, book.pool, bytes, n, &book.error);
	if (!good || !read_book(&book)) {
		if (b->error == NULL)
			b->error = book.error != NULL ? book.error : "file.not_table";
	}
}

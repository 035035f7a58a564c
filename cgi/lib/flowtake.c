/* See flowfile.h: a file on its way in. */
#include "flowfile.h"

#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "cell.h"
#include "form.h"
#include "incoming.h"
#include "rowreader.h"
#include "storage.h"
#include "xmlfeed.h"

enum { PIECE = 1 << 20, XML_HEAD = 16 << 10 };

const char *const flow_kinds[] = { "purchase", "sale", "stock", NULL };

#define TAKE_FIELDS \
	{ "kind", TYPE_RADIO, .set = "flow_kind", .options = flow_kinds }, \
	{ "month", TYPE_SELECT }, \
	{ "from", TYPE_DATE, .group = "flow_days" }, \
	{ "to", TYPE_DATE, .group = "flow_days" }

const struct field flow_take_fields[] = {
	{ "sender", TYPE_LOOKUP, .max = 40 },
	TAKE_FIELDS,
	{ "adds_to", TYPE_INT },
	{ "name", TYPE_TEXT, .max = 200 },
	{ "file", TYPE_FILE, REQUIRED },
	{ 0 }
};

/* The file stands last: it is read while it comes in, when the rest is known. */
static const struct field form_fields[] = {
	{ "adds_to", TYPE_HIDDEN },
	{ "sender", TYPE_LOOKUP, REQUIRED, .href = "/suggest/parties" },
	TAKE_FIELDS,
	{ "file", TYPE_FILE, REQUIRED, .group = "flow_file", .accept = ".csv,.xlsx,.xml,.txt" },
	{ 0 }
};

void
flow_new(struct req *r, const struct flow_site *site, const struct rows *months, bool sender)
{
	xmlNodePtr form = x_form(r, "flow-take", pool_printf(r->pool, "%s/", site->path),
	    form_fields, NULL);
	xmlNodePtr month = form_find(form, "month");
	const char *chosen = req_str(r, "month");

	xmlUnsetProp(form, (const xmlChar *)"idem");
	if (!sender) {
		xmlNodePtr n = form_find(form, "sender");

		xmlUnlinkNode(n);
		xmlFreeNode(n);
	}
	for (size_t i = 0; i < months->n; i++) {
		const char *value = row_str(months, i, "value");

		form_option(month, value, row_str(months, i, "label"),
		    chosen[0] == '\0' ? i == 0 && !r->again : strcmp(chosen, value) == 0);
	}
	form_action(form, "flow.take");
}

/* ---- what it is, by its first bytes ---- */

static bool
begins(const struct part *file, const char *magic, size_t n)
{
	return file->n >= n && memcmp(file->value, magic, n) == 0;
}

/* The first character that says something; a mark of UTF-8 and blanks are passed over. */
static char
first_letter(const struct part *file)
{
	size_t i = begins(file, "\xEF\xBB\xBF", 3) ? 3 : 0;

	while (i < file->n && memchr(" \t\r\n", file->value[i], 4) != NULL)
		i++;
	return i < file->n ? file->value[i] : '\0';
}

/* Text has no control characters; UTF-16 has, and says so by its mark. */
static bool
is_text(const struct part *file)
{
	if (begins(file, "\xFF\xFE", 2) || begins(file, "\xFE\xFF", 2))
		return true;
	for (size_t i = 0; i < file->n; i++) {
		unsigned char c = (unsigned char)file->value[i];

		if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
			return false;
	}
	return true;
}

/* What an XML report says of itself, in the attributes of its root. */
struct report {
	struct pool *pool;
	struct xml_feed *feed;
	const char *kind;
	const char *from;
	const char *to;
	bool found;
};

static const char *
attribute(const struct report *report, const struct xml_attributes *attributes, const char *name,
    int *others)
{
	size_t n;
	const char *s = xml_attribute(attributes, name, &n);

	*others -= s != NULL;
	return s == NULL || n > 20 ? "" : pool_strndup(report->pool, s, n);
}

/* The first element is all that is read here; the rest is the importer's. */
static void
on_root(void *arg, const char *name, const struct xml_attributes *attributes)
{
	struct report *report = arg;
	bool ours = strcmp(name, "flow-report") == 0 && !xml_in_namespace(attributes);
	int others = xml_attribute_count(attributes);

	report->kind = attribute(report, attributes, "kind", &others);
	report->from = attribute(report, attributes, "from", &others);
	report->to = attribute(report, attributes, "to", &others);
	report->found = ours && others == 0;
	xml_feed_fail(report->feed, !ours ? "file.not_table" : others > 0 ? "file.element" :
	    "enough");
}

static void
on_end(void *arg, const char *name)
{
	(void)arg;
	(void)name;
}

static void
on_text(void *arg, const char *s, size_t n)
{
	(void)arg;
	(void)s;
	(void)n;
}

static struct report
report_of(struct pool *p, const struct part *file, const char **error)
{
	static const struct xml_handler handler = { on_root, on_end, on_text };
	struct report report = { .pool = p, .kind = "", .from = "", .to = "" };

	report.feed = xml_feed_new(&handler, &report);
	xml_feed_push(report.feed, file->value, file->n < XML_HEAD ? file->n : XML_HEAD);
	if (!report.found && xml_feed_error(report.feed) != NULL)
		*error = pool_strdup(p, xml_feed_error(report.feed));
	xml_feed_free(report.feed);
	return report;
}

/* csv, xlsx or xml; NULL: *error says what is wrong with it. */
static const char *
format_of(struct pool *p, const struct part *file, const char **error)
{
	*error = "file.not_table";
	if (begins(file, "PK\3\4", 4))
		return "xlsx";
	if (begins(file, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8)) {
		*error = "file.old_excel";
		return NULL;
	}
	if (first_letter(file) == '<')
		return report_of(p, file, error).found ? "xml" : NULL;
	if (!is_text(file) || strchr("%{#\x1F\x7F", first_letter(file)) != NULL)
		return NULL;
	return "csv";
}

/* A name to keep: as sent, but for its path and what no file is called. */
static const char *
name_of(struct req *r, const char *sent, const char *format)
{
	static const struct storage_type types[] = {
		{ "csv", "text/csv", ".csv" },
		{ "xlsx", "", ".xlsx" },
		{ "xml", "application/xml", ".xml" },
	};

	for (size_t i = 0; i < LEN(types); i++) {
		if (strcmp(types[i].name, format) == 0)
			return storage_name(r->pool, sent, &types[i]);
	}
	return sent;
}

/* ---- in it comes ---- */

/* As many bytes as there are, up to a whole piece. */
static size_t
read_piece(struct incoming *in, char *to)
{
	size_t n = 0, got;

	do {
		got = incoming_read(in, to + n, PIECE - n);
		n += got;
	} while (got > 0 && n < PIECE);
	return n;
}

/* Keeps the bytes; their number, or -1: an error stands beside the file. */
static int64_t
keep_bytes(struct req *r, const struct flow_site *site, int64_t id, const char *format,
    unsigned char *hash)
{
	crypto_hash_sha256_state state;
	char *piece = pool_alloc(r->pool, PIECE);
	int64_t most = strcmp(format, "xlsx") == 0 ? ROWREADER_PACKED_MAX : INCOMING_MAX;
	int64_t size = 0;
	size_t n;

	crypto_hash_sha256_init(&state);
	for (int64_t seq = 0; (n = read_piece(r->incoming, piece)) > 0; seq++) {
		size += (int64_t)n;
		if (size > most) {
			req_error(r, "file", "flow.too_big", "mib", pool_printf(r->pool,
			    "%lld", (long long)most >> 20), NULL);
			return -1;
		}
		crypto_hash_sha256_update(&state, (const unsigned char *)piece, n);
		site->piece(r, id, seq, piece, n);
	}
	crypto_hash_sha256_final(&state, hash);
	if (!incoming_whole(r->incoming)) {
		req_error(r, "file", "file.broken", NULL);
		return -1;
	}
	return size;
}

/* What an XML report says of itself holds where nothing else was said. */
static void
give_head(struct req *r, struct flow_given *given, const struct part *file)
{
	const char *error;
	struct report report;

	if (strcmp(given->format, "xml") != 0)
		return;
	report = report_of(r->pool, file, &error);
	if (given->kind[0] == '\0')
		given->kind = report.kind;
	if (given->from[0] == '\0' && given->to[0] == '\0') {
		given->from = report.from;
		given->to = report.to;
	}
}

/* A day as XML writes it; the rest of the checks is the database's. */
static void
check_day(struct req *r, const char *name, const char *day)
{
	struct table_cell cell = { day, (uint32_t)strlen(day), 0 };
	char date[CELL_DATE_SIZE];

	if (day[0] != '\0' && (!cell_date(&cell, date) || strcmp(date, day) != 0))
		req_error(r, name, "date", NULL);
}

static bool
is_kind(const char *s)
{
	for (const char *const *k = flow_kinds; *k != NULL; k++) {
		if (strcmp(*k, s) == 0)
			return true;
	}
	return false;
}

static bool
read_given(struct req *r, struct flow_given *given)
{
	const struct part *file = req_file(r, "file");
	const char *error = "required";
	const char *name = req_given(r, "name") ? req_str(r, "name") : file->filename;

	given->format = format_of(r->pool, file, &error);
	if (given->format == NULL) {
		req_error(r, "file", error, NULL);
		return false;
	}
	given->name = name_of(r, name, given->format);
	give_head(r, given, file);
	if (given->kind[0] != '\0' && !is_kind(given->kind))
		req_error(r, "kind", "choice", NULL);
	check_day(r, "from", given->from);
	check_day(r, "to", given->to);
	return req_good(r);
}

/* Where the file is looked at, and for a machine the page itself. */
static int
answer(struct req *r, const struct flow_site *site, const struct rows *kept)
{
	bool again = row_int(kept, 0, "again") != 0;
	const char *id = row_str(kept, 0, site->id);
	const char *href = pool_printf(r->pool, "%s/view?id=%s", site->path, id);
	struct part given = { .name = "id", .value = id, .n = strlen(id) };
	const char *error;

	r->drop = again;
	if (!r->keyed)
		return req_redirect(r, again ? "%s&again=1" : "%s", href);
	req_header(r, "Location", href);
	if (!parts_file(&r->in, &given, &error) || flow_page(r, site) != 200)
		return 500;
	return again ? 200 : 202;
}

int
flow_take(struct req *r, const struct flow_site *site)
{
	struct flow_given given = { .sender = req_str(r, "sender"), .kind = req_str(r, "kind"),
		.month = req_str(r, "month"), .from = req_str(r, "from"), .to = req_str(r, "to"),
		.adds_to = req_int(r, "adds_to", 0) };
	unsigned char hash[crypto_hash_sha256_BYTES];
	const struct rows *opened;
	int64_t id, size;

	if (r->incoming == NULL || !read_given(r, &given))
		return 422;
	opened = site->open(r, &given);
	if (!req_good(r))
		return 422;
	if (opened->n == 0)
		return 404;
	id = row_int(opened, 0, "id");
	size = keep_bytes(r, site, id, given.format, hash);
	if (size < 0)
		return 422;
	return answer(r, site, site->close(r, id, size, hash));
}

/* See xmlfeed.h. */
#include "xmlfeed.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	TAG_MAX = 16384,
	ATTRIBUTES_MAX = 64,
	NAMES_MAX = 2000,
	NAME_SLOTS = 4096,
	DEPTH_MAX = 64
};

/* Where the guard stands in the document. */
enum place { TEXT, OPEN, BANG, TAG, QUOTED, COMMENT, CDATA, INSTRUCTION };

struct xml_attributes {
	const xmlChar **v; /* five pointers each, as libxml2 gives them */
	int n;
	bool in_namespace; /* the element is */
};

struct xml_feed {
	const struct xml_handler *handler;
	void *arg;
	xmlParserCtxtPtr parser;
	const char *error;
	int depth;

	/* guard */
	enum place place;
	size_t seen;        /* bytes of the document */
	bool marked;        /* it begins with the byte order mark */
	size_t in_tag;      /* bytes since <, or since the comment or CDATA began */
	int attributes;     /* of this tag */
	char quote;
	uint64_t tail;      /* the last eight bytes, newest lowest */
	uint64_t name;      /* hash of the name being read, 0: none */
	uint64_t names[NAME_SLOTS];
	int name_count;
};

const char *
xml_attribute(const struct xml_attributes *attributes, const char *name, size_t *n)
{
	for (int i = 0; i < attributes->n; i++) {
		const xmlChar **a = attributes->v + (ptrdiff_t)i * 5;

		if (strcmp((const char *)a[0], name) == 0) {
			*n = (size_t)(a[4] - a[3]);
			return (const char *)a[3];
		}
	}
	return NULL;
}

bool
xml_attribute_is(const struct xml_attributes *attributes, const char *name, const char *word)
{
	size_t n;
	const char *s = xml_attribute(attributes, name, &n);

	return s != NULL && n == strlen(word) && memcmp(s, word, n) == 0;
}

int
xml_attribute_count(const struct xml_attributes *attributes)
{
	return attributes->n;
}

bool
xml_in_namespace(const struct xml_attributes *attributes)
{
	return attributes->in_namespace;
}

void
xml_feed_fail(struct xml_feed *feed, const char *code)
{
	if (feed->error == NULL)
		feed->error = code;
	if (feed->parser != NULL)
		xmlStopParser(feed->parser);
}

const char *
xml_feed_error(const struct xml_feed *feed)
{
	return feed->error;
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
    int namespaces_n, const xmlChar **namespaces, int n, int defaulted, const xmlChar **attributes)
{
	struct xml_feed *feed = ctx;
	struct xml_attributes a = { attributes, n, uri != NULL };

	(void)prefix;
	(void)namespaces_n;
	(void)namespaces;
	(void)defaulted;
	if (feed->error != NULL)
		return;
	if (++feed->depth > DEPTH_MAX) {
		xml_feed_fail(feed, "file.bomb");
		return;
	}
	feed->handler->start(feed->arg, (const char *)name, &a);
}

static void
on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml_feed *feed = ctx;

	(void)prefix;
	(void)uri;
	feed->depth--;
	if (feed->error == NULL)
		feed->handler->end(feed->arg, (const char *)name);
}

static void
on_text(void *ctx, const xmlChar *s, int n)
{
	struct xml_feed *feed = ctx;

	if (feed->error == NULL && n > 0)
		feed->handler->text(feed->arg, (const char *)s, (size_t)n);
}

static void
on_dtd(void *ctx, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	xml_feed_fail(ctx, "file.dtd");
}

static xmlEntityPtr
on_entity(void *ctx, const xmlChar *name)
{
	(void)ctx;
	return xmlGetPredefinedEntity(name);
}

struct xml_feed *
xml_feed_new(const struct xml_handler *handler, void *arg)
{
	struct xml_feed *feed = calloc(1, sizeof(*feed));
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC };

	if (feed == NULL)
		abort();
	feed->handler = handler;
	feed->arg = arg;
	sax.startElementNs = on_start;
	sax.endElementNs = on_end;
	sax.characters = on_text;
	sax.cdataBlock = on_text;
	sax.internalSubset = on_dtd;
	sax.getEntity = on_entity;
	feed->parser = xmlCreatePushParserCtxt(&sax, feed, NULL, 0, NULL);
	if (feed->parser == NULL)
		abort();
	xmlCtxtUseOptions(feed->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
		XML_PARSE_IGNORE_ENC);
	return feed;
}

void
xml_feed_free(struct xml_feed *feed)
{
	if (feed->parser->myDoc != NULL)
		xmlFreeDoc(feed->parser->myDoc);
	xmlFreeParserCtxt(feed->parser);
	free(feed);
}

/* A name has ended: is it a new one, and are there too many? */
static bool
count_name(struct xml_feed *feed)
{
	uint64_t name = feed->name | 1;
	size_t slot = (size_t)(name >> 20) % NAME_SLOTS;

	feed->name = 0;
	while (feed->names[slot] != 0) {
		if (feed->names[slot] == name)
			return true;
		slot = (slot + 1) % NAME_SLOTS;
	}
	feed->names[slot] = name;
	return ++feed->name_count <= NAMES_MAX;
}

/* The document so far ends with this word of at most eight bytes. */
static bool
ends_with(const struct xml_feed *feed, const char *word)
{
	uint64_t wanted = 0;
	uint64_t mask = 0;

	for (; *word != '\0'; word++) {
		wanted = wanted << 8 | (unsigned char)*word;
		mask = mask << 8 | 0xFF;
	}
	return (feed->tail & mask) == wanted;
}

/* One byte outside quotes in a tag; NULL or the error. */
static const char *
guard_tag(struct xml_feed *feed, char c)
{
	bool ends_name = strchr("/>=\"' \t\r\n", c) != NULL;

	if (!ends_name) {
		feed->name = (feed->name ^ (unsigned char)c) * 0x100000001B3ULL + 1;
		return NULL;
	}
	if (feed->name != 0 && !count_name(feed))
		return "file.bomb";
	if (c == '=' && ++feed->attributes > ATTRIBUTES_MAX)
		return "file.bomb";
	if (c == '"' || c == '\'') {
		feed->quote = c;
		feed->place = QUOTED;
	} else if (c == '>') {
		feed->place = TEXT;
	}
	return NULL;
}

/* After <: what kind of markup is it? */
static const char *
guard_open(struct xml_feed *feed, char c)
{
	feed->attributes = 0;
	feed->name = 0;
	if (c == '!') {
		feed->place = BANG;
		return NULL;
	}
	feed->place = c == '?' ? INSTRUCTION : TAG;
	return feed->place == TAG ? guard_tag(feed, c) : NULL;
}

/* After <!: a comment, CDATA, or a declaration, which means a DTD. */
static const char *
guard_bang(struct xml_feed *feed, char c)
{
	static const char comment[] = "<!--";
	static const char cdata[] = "<![CDATA[";
	size_t at = feed->in_tag - 1;
	const char *word;

	if (at == 2)
		feed->quote = c;
	word = feed->quote == '-' ? comment : cdata;
	if (c != word[at])
		return "file.dtd";
	if (word[at + 1] == '\0') {
		feed->place = word == comment ? COMMENT : CDATA;
		feed->in_tag = 0;
	}
	return NULL;
}

static const char *
guard_byte(struct xml_feed *feed, char c)
{
	bool is_content = feed->place == TEXT || feed->place == COMMENT || feed->place == CDATA;

	feed->tail = feed->tail << 8 | (unsigned char)c;
	if (c == '\0')
		return "file.broken";
	if (++feed->in_tag > TAG_MAX && !is_content)
		return "file.bomb";
	switch (feed->place) {
	case TEXT:
		if (c == '<') {
			feed->place = OPEN;
			feed->in_tag = 1;
		}
		return NULL;
	case OPEN:
		return guard_open(feed, c);
	case BANG:
		return guard_bang(feed, c);
	case TAG:
		return guard_tag(feed, c);
	case QUOTED:
		if (c == feed->quote)
			feed->place = TAG;
		return NULL;
	case COMMENT:
		if (c == '>' && feed->in_tag >= 3 && ends_with(feed, "-->"))
			feed->place = TEXT;
		return NULL;
	case CDATA:
		if (c == '>' && ends_with(feed, "]]>"))
			feed->place = TEXT;
		return NULL;
	case INSTRUCTION:
		if (c == '>' && ends_with(feed, "?>"))
			feed->place = TEXT;
		return NULL;
	}
	return NULL;
}

/* A document in UTF-8 starts with <, or with the byte order mark and <. */
static bool
is_start_good(struct xml_feed *feed, char c)
{
	static const char start[] = "\xEF\xBB\xBF<";

	if (feed->seen == 0)
		feed->marked = c == start[0];
	if (feed->marked)
		return c == start[feed->seen];
	return feed->seen > 0 || c == '<';
}

/* Not the parser's result: that is the last warning too, about a namespace for instance. */
static bool
parse(struct xml_feed *feed, const char *s, int n, int last)
{
	xmlParseChunk(feed->parser, s, n, last);
	if (!feed->parser->wellFormed)
		xml_feed_fail(feed, "file.broken");
	return feed->error == NULL;
}

bool
xml_feed_push(struct xml_feed *feed, const char *s, size_t n)
{
	for (size_t i = 0; i < n && feed->error == NULL; i++, feed->seen++) {
		if (feed->seen <= 3 && !is_start_good(feed, s[i]))
			feed->error = "file.broken";
		else
			feed->error = guard_byte(feed, s[i]);
	}
	if (feed->error != NULL)
		return false;
	return parse(feed, s, (int)n, 0);
}

bool
xml_feed_end(struct xml_feed *feed)
{
	return feed->error == NULL && parse(feed, NULL, 0, 1);
}

/*
 * xmlfeed.h - SAX over foreign XML that arrives in pieces, with a guard before the parser.
 *
 * The guard reads the bytes first and refuses what would burn time in libxml2: a DTD of any kind, a
 * tag over 16 KiB or with more than 64 attributes, more than 2,000 distinct names, 64 levels, an
 * encoding other than UTF-8, NUL bytes.  Use it only in the upload child: it is no substitute for
 * limits of time and memory.
 *
 * Errors are codes: file.dtd, file.bomb (a limit), file.broken (not well formed).
 */
#ifndef XIAOAO_XMLFEED_H
#define XIAOAO_XMLFEED_H

#include <stdbool.h>
#include <stddef.h>

/* Attributes of an element, by local name. */
struct xml_attributes;

/* The value in *n bytes without a NUL, or NULL. */
const char *xml_attribute(const struct xml_attributes *attributes, const char *name, size_t *n);

/* The value is the given word. */
bool xml_attribute_is(const struct xml_attributes *attributes, const char *name, const char *word);

/* How many there are; whether the element is in a namespace. */
int xml_attribute_count(const struct xml_attributes *attributes);
bool xml_in_namespace(const struct xml_attributes *attributes);

/* Names are local names; depth counts from 1.  A handler stops the parse with xml_feed_fail(). */
struct xml_handler {
	void (*start)(void *arg, const char *name, const struct xml_attributes *attributes);
	void (*end)(void *arg, const char *name);
	void (*text)(void *arg, const char *s, size_t n);
};

struct xml_feed;

struct xml_feed *xml_feed_new(const struct xml_handler *handler, void *arg);

/* False when the document is refused; xml_feed_error() says why. */
bool xml_feed_push(struct xml_feed *feed, const char *s, size_t n);

/* The document is complete: false when it is not. */
bool xml_feed_end(struct xml_feed *feed);

void xml_feed_fail(struct xml_feed *feed, const char *code);
const char *xml_feed_error(const struct xml_feed *feed); /* NULL: none so far */
void xml_feed_free(struct xml_feed *feed);

#endif

/* See words.h. */
#include "words.h"

#include "log.h"

#include <dirent.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Open addressing; a table is at most half full. */
struct entry {
	char *key;
	size_t n;
	uint32_t hash;
	char *text;
};

struct table {
	struct entry *entries;
	size_t size; /* a power of two */
	size_t used;
};

struct words {
	char *lang;
	struct table texts;
	struct table tones;
	struct table icons;
};

static uint32_t
hash_of(const char *s, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h ^ h >> 15;
}

static struct entry *
slot(const struct table *t, const char *key, size_t n, uint32_t hash)
{
	size_t i = hash & (t->size - 1);

	while (t->entries[i].key != NULL) {
		struct entry *e = &t->entries[i];

		if (e->hash == hash && e->n == n && memcmp(e->key, key, n) == 0)
			return e;
		i = (i + 1) & (t->size - 1);
	}
	return &t->entries[i];
}

static const char *
table_get(const struct table *t, const char *key, size_t n)
{
	return t->size == 0 ? NULL : slot(t, key, n, hash_of(key, n))->text;
}

static void *
zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		abort();
	return p;
}

static void
table_grow(struct table *t)
{
	struct table bigger = { .size = t->size == 0 ? 256 : t->size * 2, .used = t->used };

	bigger.entries = zeroed(bigger.size, sizeof(*bigger.entries));
	for (size_t i = 0; i < t->size; i++) {
		const struct entry *e = &t->entries[i];

		if (e->key != NULL)
			*slot(&bigger, e->key, e->n, e->hash) = *e;
	}
	free(t->entries);
	*t = bigger;
}

/* false when the key is there already. */
static bool
table_put(struct table *t, const char *key, const char *text)
{
	size_t n = strlen(key);
	uint32_t hash = hash_of(key, n);
	struct entry *e;

	if (t->used * 2 >= t->size)
		table_grow(t);
	e = slot(t, key, n, hash);
	if (e->key != NULL)
		return false;
	e->key = strdup(key);
	e->text = strdup(text);
	if (e->key == NULL || e->text == NULL)
		abort();
	e->n = n;
	e->hash = hash;
	t->used++;
	return true;
}

static void
table_free(struct table *t)
{
	for (size_t i = 0; i < t->size; i++) {
		free(t->entries[i].key);
		free(t->entries[i].text);
	}
	free(t->entries);
}

void
words_free(struct words *w)
{
	table_free(&w->texts);
	table_free(&w->tones);
	table_free(&w->icons);
	free(w->lang);
	free(w);
}

static const char *
attribute(const xmlNode *node, const char *name)
{
	const xmlAttr *a = xmlHasProp(node, (const xmlChar *)name);

	if (a == NULL || a->children == NULL)
		return "";
	return (const char *)a->children->content;
}

static bool
is_named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* The first text of a key stays. */
static bool
add_once(struct table *t, const char *file, const char *key, const char *text)
{
	if (*key == '\0' || !table_put(t, key, text))
		log_error("words.twice", "file", file, "key", key);
	return *key != '\0';
}

static bool
add_message(struct words *w, const char *file, xmlNode *m)
{
	xmlChar *text = xmlNodeGetContent(m);
	bool ok = add_once(&w->texts, file, attribute(m, "k"), (const char *)text);

	xmlFree(text);
	return ok;
}

static bool
add_icon(struct words *w, const char *file, xmlNode *icon)
{
	return add_once(&w->icons, file, attribute(icon, "for"), attribute(icon, "name"));
}

static bool
add_tones(struct words *w, const char *file, xmlNode *set)
{
	bool ok = true;
	char key[200];

	for (xmlNode *tone = set->children; tone != NULL; tone = tone->next) {
		if (!is_named(tone, "tone"))
			continue;
		snprintf(key, sizeof(key), "%s.%s", attribute(set, "name"),
		    attribute(tone, "value"));
		ok = add_once(&w->tones, file, key, attribute(tone, "as")) && ok;
	}
	return ok;
}

/* Every child of the root that is called name is given to add. */
static bool
read_file(struct words *w, const char *file, const char *name,
    bool (*add)(struct words *, const char *, xmlNode *))
{
	xmlDoc *doc = xmlReadFile(file, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
	bool ok = true;

	if (doc == NULL || xmlDocGetRootElement(doc) == NULL) {
		log_error("words.unreadable", "file", file);
		xmlFreeDoc(doc);
		return false;
	}
	for (xmlNode *n = xmlDocGetRootElement(doc)->children; n != NULL; n = n->next)
		if (is_named(n, name))
			ok = add(w, file, n) && ok;
	xmlFreeDoc(doc);
	return ok;
}

static int
is_catalogue(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 4 && strcmp(d->d_name + n - 4, ".xml") == 0;
}

static bool
read_catalogues(struct words *w, const char *dir)
{
	char folder[2048], file[4096];
	struct dirent **names;
	bool ok = true;
	int n;

	snprintf(folder, sizeof(folder), "%s/i18n/%s", dir, w->lang);
	n = scandir(folder, &names, is_catalogue, alphasort);
	if (n <= 0) {
		log_error("words.missing", "folder", folder);
		return false;
	}
	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", folder, names[i]->d_name);
		ok = read_file(w, file, "m", add_message) && ok;
		free(names[i]);
	}
	free(names);
	return ok;
}

struct words *
words_load(const char *dir, const char *lang)
{
	struct words *w = zeroed(1, sizeof(*w));
	char file[4096];
	bool ok;

	w->lang = strdup(lang);
	if (w->lang == NULL)
		abort();
	ok = read_catalogues(w, dir);
	snprintf(file, sizeof(file), "%s/lib/vocab/tones.xml", dir);
	ok = read_file(w, file, "set", add_tones) && ok;
	snprintf(file, sizeof(file), "%s/lib/vocab/icons.xml", dir);
	ok = read_file(w, file, "icon", add_icon) && ok;
	if (ok)
		return w;
	words_free(w);
	return NULL;
}

const char *
words_lang(const struct words *w)
{
	return w->lang;
}

const char *
word_n(const struct words *w, const char *key, size_t n)
{
	return table_get(&w->texts, key, n);
}

const char *
word(const struct words *w, const char *key)
{
	return word_n(w, key, strlen(key));
}

const char *
word_tone(const struct words *w, const char *key, size_t n)
{
	const char *tone = table_get(&w->tones, key, n);

	return tone == NULL ? "neutral" : tone;
}

const char *
word_icon(const struct words *w, const char *rel, size_t n)
{
	return table_get(&w->icons, rel, n);
}

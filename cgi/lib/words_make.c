/* See words_make.h. */
#include "words_make.h"

#include <cdb.h>
#include <dirent.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "words.h"

enum { PATH_SIZE = 4096 };

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

/* The text is kept with its NUL: who looks it up gets a string. */
static bool
put(struct cdb_make *to, enum word_kind kind, const char *file, const char *key, const char *text)
{
	char full[WORD_KEY_MAX + 1];
	size_t n = strlen(key);
	bool fits = n > 0 && n < sizeof(full);

	full[0] = (char)kind;
	if (fits)
		memcpy(full + 1, key, n);
	if (fits && cdb_make_put(to, full, (unsigned)n + 1, text, (unsigned)strlen(text) + 1,
	    CDB_PUT_INSERT) == 0)
		return true;
	log_error("words.twice", "file", file, "key", key);
	return false;
}

static bool
put_message(struct cdb_make *to, const char *file, xmlNode *m)
{
	xmlChar *text = xmlNodeGetContent(m);
	bool ok = put(to, WORD_TEXT, file, attribute(m, "k"), (const char *)text);

	xmlFree(text);
	return ok;
}

static bool
put_icon(struct cdb_make *to, const char *file, xmlNode *icon)
{
	return put(to, WORD_ICON, file, attribute(icon, "for"), attribute(icon, "name"));
}

static bool
put_tones(struct cdb_make *to, const char *file, xmlNode *set)
{
	bool ok = true;
	char key[WORD_KEY_MAX];

	for (xmlNode *tone = set->children; tone != NULL; tone = tone->next) {
		if (!is_named(tone, "tone"))
			continue;
		snprintf(key, sizeof(key), "%s.%s", attribute(set, "name"),
		    attribute(tone, "value"));
		ok = put(to, WORD_TONE, file, key, attribute(tone, "as")) && ok;
	}
	return ok;
}

/* Every child of the root that is called name is given to put_one. */
static bool
read_file(struct cdb_make *to, const char *file, const char *name,
    bool (*put_one)(struct cdb_make *, const char *, xmlNode *))
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
			ok = put_one(to, file, n) && ok;
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
read_catalogues(struct cdb_make *to, const char *dir, const char *lang)
{
	char folder[PATH_SIZE / 2], file[PATH_SIZE];
	struct dirent **names;
	bool ok = true;
	int n;

	snprintf(folder, sizeof(folder), "%s/i18n/%s", dir, lang);
	n = scandir(folder, &names, is_catalogue, alphasort);
	if (n <= 0) {
		log_error("words.missing", "folder", folder);
		return false;
	}
	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", folder, names[i]->d_name);
		ok = read_file(to, file, "m", put_message) && ok;
		free(names[i]);
	}
	free(names);
	return ok;
}

static bool
write_all(struct cdb_make *to, const char *dir, const char *lang)
{
	char file[PATH_SIZE];
	bool ok = read_catalogues(to, dir, lang);

	snprintf(file, sizeof(file), "%s/lib/vocab/tones.xml", dir);
	ok = read_file(to, file, "set", put_tones) && ok;
	snprintf(file, sizeof(file), "%s/lib/vocab/icons.xml", dir);
	return read_file(to, file, "icon", put_icon) && ok;
}

bool
words_make(const char *dir, const char *lang, const char *file)
{
	char beside[PATH_SIZE];
	struct cdb_make to;
	bool ok;
	int fd;

	snprintf(beside, sizeof(beside), "%s.new", file);
	fd = open(beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		log_error("words.unwritable", "file", beside);
		return false;
	}
	cdb_make_start(&to, fd);
	ok = write_all(&to, dir, lang);
	ok = cdb_make_finish(&to) == 0 && ok;
	ok = close(fd) == 0 && ok && rename(beside, file) == 0;
	if (!ok)
		unlink(beside);
	return ok;
}

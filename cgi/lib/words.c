/* See words.h. */
#include "words.h"

#include <cdb.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

struct words {
	char *lang;
	struct cdb *file; /* looking up moves its cursor */
};

static bool
map(struct cdb *to, const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && cdb_init(to, fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

struct words *
words_load(const char *dir, const char *lang)
{
	struct words *w = calloc(1, sizeof(*w));
	char file[4096];

	if (w == NULL || (w->lang = strdup(lang)) == NULL ||
	    (w->file = calloc(1, sizeof(*w->file))) == NULL)
		abort();
	snprintf(file, sizeof(file), "%s/%s.cdb", dir == NULL ? "" : dir, lang);
	if (map(w->file, file))
		return w;
	log_error("words.unusable", "file", file);
	free(w->file);
	free(w->lang);
	free(w);
	return NULL;
}

void
words_free(struct words *w)
{
	cdb_free(w->file);
	free(w->file);
	free(w->lang);
	free(w);
}

static const char *
find(const struct words *w, enum word_kind kind, const char *key, size_t n)
{
	char full[WORD_KEY_MAX + 1];

	if (n >= sizeof(full))
		return NULL;
	full[0] = (char)kind;
	memcpy(full + 1, key, n);
	if (cdb_find(w->file, full, (unsigned)n + 1) <= 0)
		return NULL;
	return cdb_getdata(w->file);
}

const char *
words_lang(const struct words *w)
{
	return w->lang;
}

const char *
word_n(const struct words *w, const char *key, size_t n)
{
	return find(w, WORD_TEXT, key, n);
}

const char *
word(const struct words *w, const char *key)
{
	return word_n(w, key, strlen(key));
}

const char *
word_tone(const struct words *w, const char *key, size_t n)
{
	const char *tone = find(w, WORD_TONE, key, n);

	return tone == NULL ? "neutral" : tone;
}

const char *
word_icon(const struct words *w, const char *rel, size_t n)
{
	return find(w, WORD_ICON, rel, n);
}

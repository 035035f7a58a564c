/* See tabbuild.h: CSV as RFC 4180 has it, and as spreadsheet programs write it, in pieces. */
#include <string.h>
#include <strings.h>

#include "tabbuild.h"

enum { SAMPLE_LINES = 20, SAMPLE_BYTES = 65536, KINDS = 3, CTRL_Z = 0x1A };

static const char separators[KINDS] = { ',', ';', '\t' };

/* Counts separators outside quotes in one line; returns what lies behind its end. */
static size_t
count_line(const char *s, size_t n, unsigned counts[KINDS])
{
	bool quoted = false;

	memset(counts, 0, KINDS * sizeof(counts[0]));
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		if (s[i] == '\n' && !quoted)
			return i + 1;
		for (size_t k = 0; k < KINDS && !quoted; k++)
			counts[k] += s[i] == separators[k];
	}
	return n;
}

/*
 * The separator that stands in most of the first lines; among equals the one that is used more.
 * Title rows above the header have none, so no single line decides.
 */
static char
sniff(const char *s, size_t n)
{
	unsigned lines[KINDS] = { 0 };
	unsigned sums[KINDS] = { 0 };
	size_t best = 0;

	for (int line = 0; line < SAMPLE_LINES && n > 0; line++) {
		unsigned counts[KINDS];
		size_t used = count_line(s, n, counts);

		for (size_t k = 0; k < KINDS; k++) {
			lines[k] += counts[k] > 0;
			sums[k] += counts[k];
		}
		s += used;
		n -= used;
	}
	for (size_t k = 1; k < KINDS; k++)
		if (lines[k] > lines[best] || (lines[k] == lines[best] && sums[k] > sums[best]))
			best = k;
	return separators[best];
}

/* Where the reader stands in a record. */
enum place {
	BETWEEN, /* two records */
	START,   /* of a field */
	PLAIN,   /* in a field, or behind a closing quote */
	QUOTED,
	QUOTE    /* seen in a quoted field: its end, or the first of two */
};

struct csv {
	struct tabbuild *build;
	struct buf *sample;  /* the first lines, until the separator is known */
	char separator;      /* 0: not known yet */
	enum place place;
	bool after_cr;       /* a record ended with CR: an LF belongs to it */
	size_t ctrl_z;       /* not handed on: old programs end a text with it */
	uint32_t line;       /* of the file */
	uint32_t column;
	char *field;
	size_t field_n;
};

struct csv *
csv_new(struct tabbuild *b)
{
	struct csv *c = pool_alloc(b->out->pool, sizeof(*c));

	c->build = b;
	c->line = 1;
	c->field = pool_alloc(b->out->pool, TABULAR_CELL_MAX + 2);
	/* Of its own: what is built must not grow around it. */
	c->sample = buf_new(b->out->pool);
	return c;
}

/* One byte more than allowed is kept, so that the cell is refused. */
static void
collect(struct csv *c, const char *s, size_t n)
{
	size_t room = TABULAR_CELL_MAX + 1 - c->field_n;

	if (n > room)
		n = room;
	memcpy(c->field + c->field_n, s, n);
	c->field_n += n;
}

static void
end_field(struct csv *c)
{
	tabbuild_cell(c->build, c->column++, c->field, c->field_n, 0);
	c->field_n = 0;
	c->place = START;
}

static void
end_record(struct csv *c, char end)
{
	end_field(c);
	c->place = BETWEEN;
	c->after_cr = end == '\r';
	c->line++;
}

/* A record may span lines; it is named by its first. */
static void
start_record(struct csv *c)
{
	tabbuild_row(c->build, c->line, false);
	c->column = 0;
	c->place = START;
	c->after_cr = false;
}

/* What stands behind a closing quote belongs to the field too, as spreadsheet programs do. */
static size_t
take_plain(struct csv *c, const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] != c->separator && s[i] != '\n' && s[i] != '\r')
		i++;
	collect(c, s, i);
	if (i == n)
		return n;
	if (s[i] == c->separator)
		end_field(c);
	else
		end_record(c, s[i]);
	return i + 1;
}

static size_t
take_quoted(struct csv *c, const char *s, size_t n)
{
	size_t i = 0;

	for (; i < n && s[i] != '"'; i++)
		c->line += s[i] == '\n';
	collect(c, s, i);
	if (i == n)
		return n;
	c->place = QUOTE;
	return i + 1;
}

/* Takes some bytes; returns how many. */
static size_t
take(struct csv *c, const char *s, size_t n)
{
	switch (c->place) {
	case BETWEEN:
		if (c->after_cr && *s == '\n') {
			c->after_cr = false;
			return 1;
		}
		start_record(c);
		return 0;
	case START:
		c->place = *s == '"' ? QUOTED : PLAIN;
		return *s == '"';
	case QUOTED:
		return take_quoted(c, s, n);
	case QUOTE:
		c->place = *s == '"' ? QUOTED : PLAIN;
		if (*s == '"')
			collect(c, s, 1);
		return *s == '"';
	case PLAIN:
		break;
	}
	return take_plain(c, s, n);
}

static void
take_all(struct csv *c, const char *s, size_t n)
{
	while (n > 0 && c->build->error == NULL) {
		size_t used = take(c, s, n);

		s += used;
		n -= used;
	}
}

/* Excel's own hint, alone on the first line: sep=; */
static size_t
take_hint(struct csv *c, const char *s, size_t n)
{
	if (n < 6 || strncasecmp(s, "sep=", 4) != 0 || strchr("\r\n", s[5]) == NULL || s[4] == '"')
		return 0;
	c->separator = s[4];
	c->line++;
	return s[5] == '\r' && n > 6 && s[6] == '\n' ? 7 : 6;
}

static void
start(struct csv *c)
{
	size_t used;

	c->separator = sniff(c->sample->s, c->sample->n);
	used = take_hint(c, c->sample->s, c->sample->n);
	take_all(c, c->sample->s + used, c->sample->n - used);
}

static void
feed(struct csv *c, const char *s, size_t n)
{
	if (c->separator != 0) {
		take_all(c, s, n);
		return;
	}
	buf_add(c->sample, s, n);
	if (c->sample->n >= SAMPLE_BYTES)
		start(c);
}

void
csv_push(struct csv *c, const char *s, size_t n)
{
	size_t kept = n;

	while (kept > 0 && s[kept - 1] == CTRL_Z)
		kept--;
	for (; kept > 0 && c->ctrl_z > 0; c->ctrl_z--)
		feed(c, "\x1A", 1);
	feed(c, s, kept);
	c->ctrl_z += n - kept;
}

void
csv_end(struct csv *c)
{
	if (c->separator == 0)
		start(c);
	if (c->build->error != NULL)
		return;
	if (c->place == QUOTED)
		c->build->error = "file.broken";
	else if (c->place != BETWEEN)
		end_record(c, '\n');
}

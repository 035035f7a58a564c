/* See tabbuild.h: CSV as RFC 4180 has it, and as spreadsheet programs write it. */
#include <string.h>
#include <strings.h>

#include "tabbuild.h"

enum { SAMPLE_LINES = 20, KINDS = 3 };

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

/* Where the reader stands in the text. */
struct csv {
	struct tabbuild *build;
	const char *s;
	size_t n;
	size_t i;
	char separator;
	uint32_t line;   /* of the file */
	char *field;     /* the bytes of a quoted field, unescaped */
	size_t field_n;
};

/* Takes the text between quotes into field; false when the closing one is missing. */
static bool
take_quoted(struct csv *c)
{
	for (c->i++; c->i < c->n; c->i++) {
		char x = c->s[c->i];

		if (x == '"') {
			if (c->i + 1 >= c->n || c->s[c->i + 1] != '"') {
				c->i++;
				return true;
			}
			c->i++;
		}
		c->line += x == '\n';
		if (c->field_n <= TABULAR_CELL_MAX)
			c->field[c->field_n++] = x;
	}
	return false;
}

static bool
ends_field(const struct csv *c)
{
	return c->s[c->i] == c->separator || c->s[c->i] == '\n' || c->s[c->i] == '\r';
}

/* What stands behind a closing quote belongs to the field too, as spreadsheet programs do. */
static bool
take_field(struct csv *c, uint32_t column)
{
	size_t from;

	c->field_n = 0;
	if (c->i < c->n && c->s[c->i] == '"' && !take_quoted(c))
		return false;
	from = c->i;
	while (c->i < c->n && !ends_field(c))
		c->i++;
	if (c->field_n == 0) {
		tabbuild_cell(c->build, column, c->s + from, c->i - from, 0);
		return true;
	}
	for (; from < c->i && c->field_n <= TABULAR_CELL_MAX; from++)
		c->field[c->field_n++] = c->s[from];
	tabbuild_cell(c->build, column, c->field, c->field_n, 0);
	return true;
}

/* A record may span lines; it is named by its first. */
static bool
take_record(struct csv *c)
{
	uint32_t column = 0;

	tabbuild_row(c->build, c->line, false);
	for (;;) {
		if (!take_field(c, column++))
			return false;
		if (c->i == c->n || c->s[c->i] != c->separator)
			break;
		c->i++;
	}
	if (c->i < c->n && c->s[c->i] == '\r')
		c->i++;
	if (c->i < c->n && c->s[c->i] == '\n')
		c->i++;
	c->line++;
	return true;
}

/* Excel's own hint, alone on the first line: sep=; */
static void
take_hint(struct csv *c)
{
	if (c->n < 6 || strncasecmp(c->s, "sep=", 4) != 0 || strchr("\r\n", c->s[5]) == NULL ||
	    c->s[4] == '"')
		return;
	c->separator = c->s[4];
	c->i = c->s[5] == '\r' && c->n > 6 && c->s[6] == '\n' ? 7 : 6;
	c->line++;
}

void
csv_read(struct tabbuild *b, const char *s, size_t n)
{
	struct csv c = { .build = b, .s = s, .n = n, .line = 1 };

	/* Old programs end a text with Ctrl-Z. */
	while (c.n > 0 && s[c.n - 1] == 0x1A)
		c.n--;
	c.separator = sniff(s, c.n);
	c.field = pool_alloc(b->out->pool, TABULAR_CELL_MAX + 2);
	take_hint(&c);
	while (c.i < c.n && b->error == NULL)
		if (!take_record(&c))
			b->error = "file.broken";
}

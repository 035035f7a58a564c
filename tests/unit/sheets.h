/* sheets.h - a folder of sheets and catalogues made for one test. */
#ifndef XIAOAO_TEST_SHEETS_H
#define XIAOAO_TEST_SHEETS_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words.h"
#include "words_make.h"

static char sheets_dir[64];

static inline void
sheets_file(const char *name, const char *content)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", sheets_dir, name);
	for (char *slash = path + sizeof("/tmp/"); *slash != '\0'; slash++) {
		if (*slash != '/')
			continue;
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	f = fopen(path, "w");
	if (f == NULL)
		abort();
	fputs(content, f);
	fclose(f);
}

/* The words of a language as they stand in its catalogues now; NULL: they cannot be read. */
static inline struct words *
sheets_words(const char *lang)
{
	char file[256];

	snprintf(file, sizeof(file), "%s/%s.cdb", sheets_dir, lang);
	return words_make(sheets_dir, lang, file) ? words_load(sheets_dir, lang) : NULL;
}

static inline void
sheets_make(void)
{
	snprintf(sheets_dir, sizeof(sheets_dir), "/tmp/xiaoao-sheets-XXXXXX");
	if (mkdtemp(sheets_dir) == NULL)
		abort();
	sheets_file("lib/vocab/tones.xml", "<tones><set name='order'>"
	    "<tone value='draft' as='wait'/></set></tones>");
	sheets_file("lib/vocab/icons.xml", "<icons><icon for='save' name='disk'/></icons>");
	sheets_file("i18n/en/common.xml", "<catalogue><m k='hello'>Hello &lt;you&gt; {it's}</m>"
	    "<m k='quotes'>a 'b' \"c\"</m>"
	    "<m k='status.order.draft'>Draft</m><m k='field.amount'>Amount</m>"
	    "<m k='col.orders.amount'>Sum</m><m k='rows'>{n} rows</m><m k='rows.one'>one row</m>"
	    "<m k='error.multiple'>of {pack}, {missing}</m>"
	    "<m k='format.date'>{D} {MMM} {Y}</m><m k='format.month'>{MMM} {Y}</m>"
	    "<m k='format.compact'>1000000 M;1000 k</m><m k='format.currency.CNY'>¥</m>"
	    "<m k='format.words'>零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整负</m>"
	    "<m k='month.11'>Nov</m><m k='month.12'>Dec</m><m k='unit.box'>boxes</m>"
	    "<m k='unit.box.one'>box</m><m k='ago.now'>now</m><m k='ago.hours'>{n} h</m>"
	    "<m k='ago.days'>{n} d</m><m k='due.today'>today</m><m k='due.in'>in {n} d</m>"
	    "<m k='due.late'>{n} d late</m></catalogue>");
}

static inline int
sheets_unlink(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline void
sheets_remove(void)
{
	nftw(sheets_dir, sheets_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

#endif

/*
 * render.c - a page XML file to HTML with the real engine.
 *
 *   render [-d xslt] [-w words] [-l lang] [-t theme] [-a static url] [-n times] page.xml
 *
 * The program's sheet is found by page/@id (office.orders.view: site office,
 * program orders).  With -n the page is made that many times and only the
 * speed is printed.
 */
#include "arena.h"
#include "log.h"
#include "pool.h"
#include "sheet.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct options {
	const char *dir, *words, *lang, *theme, *assets, *file;
	long times;
};

static int
usage(void)
{
	fprintf(stderr, "usage: render [-d xslt] [-w words] [-l lang] [-t theme]"
	    " [-a static url] [-n times] page.xml\n");
	return 2;
}

static bool
parse_options(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "d:w:l:t:a:n:")) != -1) {
		switch (c) {
		case 'd': o->dir = optarg; break;
		case 'w': o->words = optarg; break;
		case 'l': o->lang = optarg; break;
		case 't': o->theme = optarg; break;
		case 'a': o->assets = optarg; break;
		case 'n': o->times = strtol(optarg, NULL, 10); break;
		default: return false;
		}
	}
	if (optind + 1 != argc)
		return false;
	o->file = argv[optind];
	return true;
}

/* The second word of the page's id. */
static void
program_of(xmlNode *page, char *site, char *program, size_t size)
{
	xmlChar *id = xmlGetProp(page, (const xmlChar *)"id");
	char *save = NULL, *word = strtok_r((char *)id, ".", &save);

	snprintf(site, size, "%s", word == NULL ? "" : word);
	word = strtok_r(NULL, ".", &save);
	snprintf(program, size, "%s", word == NULL ? "" : word);
	xmlFree(id);
}

static xmlDocPtr
read_page(const struct options *o)
{
	xmlDocPtr doc = xmlReadFile(o->file, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
	xmlNode *page = doc == NULL ? NULL : xmlDocGetRootElement(doc);

	if (page == NULL)
		return NULL;
	if (o->assets != NULL)
		xmlSetProp(page, (const xmlChar *)"static", (const xmlChar *)o->assets);
	for (xmlNode *n = page->children; o->theme != NULL && n != NULL; n = n->next)
		if (strcmp((const char *)n->name, "session") == 0)
			xmlSetProp(n, (const xmlChar *)"theme", (const xmlChar *)o->theme);
	return doc;
}

/* Of this process on its core: the machine may have other things to do. */
static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
run(const struct sheet *sheet, xmlDocPtr page, long times, struct pool *pool)
{
	double start = seconds(), took;
	size_t bytes = 0, used = 0;
	struct buf *out;
	bool ok = true;

	for (long i = 0; ok && i < (times == 0 ? 1 : times); i++) {
		pool_reset(pool);
		out = buf_new(pool);
		arena_begin();
		ok = sheet_html(sheet, page, out);
		used = arena_used();
		arena_end();
		bytes = out->n;
		if (times == 0)
			fwrite(out->s, 1, out->n, stdout);
	}
	took = seconds() - start;
	if (times > 0)
		printf("%ld pages in %.2f s of one core: %.0f pages/s, %zu bytes of HTML,"
		    " %zu KB of arena\n", times, took, (double)times / took, bytes, used / 1024);
	return ok;
}

int
main(int argc, char **argv)
{
	struct options o = { .dir = "xslt", .words = "words", .lang = "zh-CN" };
	char site[64], program[64];
	struct words *words;
	struct sheet *sheet;
	struct pool *pool;
	xmlDocPtr page;
	bool ok;

	if (!parse_options(&o, argc, argv))
		return usage();
	arena_init();
	log_open("render", "warn");
	page = read_page(&o);
	if (page == NULL)
		return 1;
	program_of(xmlDocGetRootElement(page), site, program, sizeof(site));
	words = words_load(o.words, o.lang);
	sheet = words == NULL ? NULL : sheet_load(o.dir, words, site, program);
	if (sheet == NULL)
		return 1;
	pool = pool_new();
	ok = run(sheet, page, o.times, pool);
	pool_free(pool);
	xmlFreeDoc(page);
	return ok ? 0 : 1;
}

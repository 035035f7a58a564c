/* See sheet.h. */
#include "sheet.h"

#include "arena.h"
#include "html.h"
#include "log.h"
#include "sheet_cell.h"
#include "sheet_fn.h"
#include "sheet_fold.h"
#include "sheet_keep.h"
#include "value.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxslt/documents.h>
#include <libxslt/extensions.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/xslt.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_DEPTH = 200, MAX_STEPS = 20000000 };

struct sheet {
	const struct words *words;
	xsltStylesheetPtr style;
};

static xsltSecurityPrefsPtr closed;
static const struct words *compiling; /* whose words go into what is being read */
static bool trouble;                  /* the library complained since this was cleared */

/* ---- errors ------------------------------------------------------------- */

static void __attribute__((format(printf, 2, 3)))
complain(void *context, const char *fmt, ...)
{
	char line[1000];
	va_list ap;

	(void)context;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	line[strcspn(line, "\n")] = '\0';
	trouble = true;
	if (line[0] != '\0')
		log_error("sheet.error", "text", line);
}

/* ---- compiling ---------------------------------------------------------- */

/* The only way to a file, and only while a sheet is compiled. */
static xmlDocPtr
read_sheet(const xmlChar *uri, xmlDictPtr dict, int options, void *context, xsltLoadType type)
{
	xmlParserCtxtPtr parser;
	xmlDocPtr doc;

	(void)options;
	(void)context;
	if (compiling == NULL || type == XSLT_LOAD_DOCUMENT)
		return NULL;
	parser = xmlNewParserCtxt();
	if (parser == NULL)
		return NULL;
	if (dict != NULL) {
		xmlDictFree(parser->dict);
		parser->dict = dict;
		xmlDictReference(dict);
	}
	doc = xmlCtxtReadFile(parser, (const char *)uri, NULL, XML_PARSE_NONET | XML_PARSE_NOCDATA);
	xmlFreeParserCtxt(parser);
	if (doc != NULL && (doc->intSubset != NULL || doc->extSubset != NULL)) {
		xmlFreeDoc(doc);
		return NULL;
	}
	if (doc != NULL)
		fold_words(doc, compiling);
	return doc;
}

static void
close_doors(void)
{
	static const xsltSecurityOption options[] = { XSLT_SECPREF_READ_FILE,
		XSLT_SECPREF_WRITE_FILE, XSLT_SECPREF_CREATE_DIRECTORY, XSLT_SECPREF_READ_NETWORK,
		XSLT_SECPREF_WRITE_NETWORK };

	closed = xsltNewSecurityPrefs();
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		xsltSetSecurityPrefs(closed, options[i], xsltSecurityForbid);
}

static void
start_library(void)
{
	if (closed != NULL)
		return;
	xsltInit();
	xsltMaxDepth = MAX_DEPTH;
	xsltSetGenericErrorFunc(NULL, complain);
	xmlSetGenericErrorFunc(NULL, complain);
	xsltSetLoaderFunc(read_sheet);
	close_doors();
	fn_register();
	cell_register();
	keep_register();
}

struct sheet *
sheet_load(const char *dir, const struct words *words, const char *site, const char *program)
{
	const char *folder = strcmp(site, "office") == 0 ? "cgi" : site;
	struct sheet *s = calloc(1, sizeof(*s));
	char file[4096];

	if (s == NULL)
		abort();
	start_library();
	s->words = words;
	snprintf(file, sizeof(file), "%s/%s/%s.xsl", dir, folder, program);
	if (access(file, R_OK) != 0)
		snprintf(file, sizeof(file), "%s/lib/layout.xsl", dir);
	compiling = words;
	trouble = false;
	xsltSetDefaultSecurityPrefs(NULL);
	s->style = xsltParseStylesheetFile((const xmlChar *)file);
	xsltSetDefaultSecurityPrefs(closed);
	compiling = NULL;
	if (s->style == NULL || s->style->errors > 0 || trouble) {
		log_error("sheet.unusable", "file", file, "lang", words_lang(words));
		xsltFreeStylesheet(s->style);
		free(s);
		return NULL;
	}
	return s;
}

const struct words *
sheet_words(const struct sheet *s)
{
	return s->words;
}

/* ---- transforming ------------------------------------------------------- */

/* In an arena the tree goes with it; only the shared dictionary counts its users. */
static void
drop_result(xmlDocPtr doc)
{
	if (doc == NULL)
		return;
	if (arena_open() && doc->dict != NULL)
		xmlDictFree(doc->dict);
	else
		xmlFreeDoc(doc);
}

bool
sheet_html(const struct sheet *s, xmlDocPtr page, struct buf *out)
{
	xmlNode *root = xmlDocGetRootElement(page);
	xsltTransformContextPtr ctxt;
	xmlDocPtr doc;
	struct value_page state;
	bool ok = false;

	if (root == NULL)
		return false;
	ctxt = xsltNewTransformContext(s->style, page);
	if (ctxt == NULL)
		return false;
	value_start(&state, s->words, root);
	ctxt->_private = &state;
	cell_start(ctxt);
	ctxt->xpathCtxt->opLimit = MAX_STEPS;
	xsltSetCtxtSecurityPrefs(closed, ctxt);
	doc = xsltApplyStylesheetUser(s->style, page, NULL, NULL, NULL, ctxt);
	if (doc != NULL && ctxt->state == XSLT_STATE_OK && xmlDocGetRootElement(doc) != NULL)
		ok = html_write(xmlDocGetRootElement(doc), out);
	if (!ok)
		log_error("sheet.failed", "page", state.id);
	drop_result(doc);
	xsltFreeTransformContext(ctxt);
	return ok;
}

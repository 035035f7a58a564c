/*
 * words - the catalogues of one language as the file that programs map (cgi/lib/words_make.h).
 */
#include <stdio.h>

#include "log.h"
#include "words_make.h"

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: %s XSLT-FOLDER LANGUAGE FILE\n", argv[0]);
		return 2;
	}
	log_open("words", "warn");
	return words_make(argv[1], argv[2], argv[3]) ? 0 : 1;
}

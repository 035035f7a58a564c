/*
 * norm.c - the normalised form of names of parties, a line each, as name_alias holds it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "norm.h"

int
main(void)
{
	struct pool *p = pool_new();
	char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		puts(norm_party(p, line).text);
		pool_reset(p);
	}
	free(line);
	pool_free(p);
	return 0;
}

/*
 * hash - reads a password from standard input and prints its hash.
 */
#include <stdio.h>
#include <string.h>

#include "password.h"

int
main(void)
{
	char password[PASSWORD_MAX + 2] = "";
	char hash[PASSWORD_HASH_SIZE];

	if (fgets(password, sizeof(password), stdin) == NULL)
		return 1;
	password[strcspn(password, "\n")] = '\0';
	if (!password_init() || !password_hash(password, hash))
		return 1;
	return puts(hash) < 0;
}

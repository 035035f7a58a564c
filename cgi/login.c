/* login.c - signing in, and one's own account.  See signin.h. */
#include "signin.h"

int
main(int argc, char **argv)
{
	return app_main(&signin_app, argc, argv);
}

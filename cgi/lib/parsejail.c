/* See parsejail.h. */
#include "parsejail.h"

#include <libxml/parser.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "charset.h"
#include "jail.h"

static void
limit(int resource, rlim_t value)
{
	struct rlimit r = { value, value };

	if (setrlimit((__rlimit_resource_t)resource, &r) != 0)
		_exit(1);
}

static xmlParserInputPtr
no_entity(const char *url, const char *id, xmlParserCtxtPtr parser)
{
	(void)url;
	(void)id;
	(void)parser;
	return NULL;
}

void
parsejail_prepare(void)
{
	charset_init();
	xmlInitParser();
	xmlSetExternalEntityLoader(no_entity);
	if (!jail_is_sanitized())
		jail_files();
}

/* Everything else that was open goes; the descriptor becomes the lowest. */
static int
keep_only(int fd)
{
	int lowest = jail_is_sanitized() ? 3 : 0;

	if (fd != lowest && dup2(fd, lowest) < 0)
		_exit(1);
	close_range((unsigned)lowest + 1, ~0U, 0);
	return lowest;
}

int
parsejail_enter(int fd, bool reads, unsigned cpu_s)
{
	/* The last one is for those who read. */
	const char *const calls[] = { "write", "futex", "getrandom", "clock_gettime", "time",
		"gettimeofday", "rt_sigreturn", "rt_sigprocmask", "rt_sigaction", "getpid",
		"gettid", "tgkill", reads ? "read" : NULL, NULL };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGPIPE, SIG_DFL);
	fd = keep_only(fd);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, cpu_s);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NOFILE, 8);
	limit(RLIMIT_NPROC, 0);
	if (jail_is_sanitized())
		return fd;
	limit(RLIMIT_AS, 256UL << 20);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!jail_calls(calls))
		_exit(1);
	return fd;
}

/* See respawn.h. */
#include "respawn.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"

static sigset_t
watched(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	return set;
}

/* 0 in the server. */
static pid_t
spawn(const sigset_t *set)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child < 0) {
		log_error("respawn.fork", "error", strerror(errno));
		exit(1);
	}
	if (child > 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	sigprocmask(SIG_UNBLOCK, set, NULL);
	return 0;
}

/* The status of the server once it has ended; *leave when we were told to end it. */
static int
wait_for(pid_t child, const sigset_t *set, bool *leave)
{
	int status = 0;

	while (waitpid(child, &status, WNOHANG) != child) {
		if (sigwaitinfo(set, NULL) != SIGTERM)
			continue;
		*leave = true;
		kill(child, SIGTERM);
	}
	return status;
}

/* As the server ended; at once, as there is nothing of ours to put in order. */
static _Noreturn void
end_like(int status)
{
	if (!WIFSIGNALED(status))
		_exit(WEXITSTATUS(status));
	signal(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
	_exit(1);
}

void
respawn(void)
{
	sigset_t set = watched();
	bool leave = false;

	sigprocmask(SIG_BLOCK, &set, NULL);
	for (;;) {
		pid_t child = spawn(&set);
		int status;

		if (child == 0)
			return;
		status = wait_for(child, &set, &leave);
		if (leave || status != 0)
			end_like(status);
	}
}

/* See sandbox.h. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>
#include <seccomp.h>

#include "log.h"

static const int allowed[] = {
	SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(brk), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(close), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(futex), SCMP_SYS(getpeername), SCMP_SYS(getpid), SCMP_SYS(getrandom),
	SCMP_SYS(getsockname), SCMP_SYS(getsockopt), SCMP_SYS(gettid), SCMP_SYS(gettimeofday),
	SCMP_SYS(lseek), SCMP_SYS(madvise), SCMP_SYS(mremap), SCMP_SYS(munmap),
	SCMP_SYS(nanosleep), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(pselect6), SCMP_SYS(read),
	SCMP_SYS(readv), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(select), SCMP_SYS(sendmsg),
	SCMP_SYS(sendto), SCMP_SYS(shutdown), SCMP_SYS(time), SCMP_SYS(write), SCMP_SYS(writev),
};

void
sandbox_user(const char *user)
{
	const struct passwd *pw;

	if (user == NULL || geteuid() != 0)
		return;
	pw = getpwnam(user);
	if (pw == NULL || setgroups(0, NULL) != 0 || setgid(pw->pw_gid) != 0 ||
	    setuid(pw->pw_uid) != 0) {
		log_error("sandbox.user", "user", user, "error", strerror(errno));
		exit(1);
	}
	/* A change of user clears it: still end with the supervisor. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

/* No file at all, no TCP, no signals out: a ruleset that handles everything and allows nothing. */
static bool
landlock_close(void)
{
	struct {
		uint64_t fs;
		uint64_t net;
		uint64_t scoped;
	} rules = { (UINT64_C(1) << 13) - 1, 0, 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	long fd;

	if (abi < 0)
		return false;
	for (int bit = 13; bit <= 15; bit++) {
		static const long since[] = { 2, 3, 5 };

		if (abi >= since[bit - 13])
			rules.fs |= UINT64_C(1) << bit;
	}
	rules.net = abi >= 4 ? 3 : 0;
	rules.scoped = abi >= 6 ? 3 : 0;
	fd = syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	if (syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		return false;
	return close((int)fd) == 0;
}

static bool
seccomp_close(void)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = c == NULL ? -1 : 0;

	for (size_t i = 0; rc == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0);
	rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETFL));
	rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_SETFL));
	rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
	    SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
	if (rc == 0)
		rc = seccomp_load(c);
	seccomp_release(c);
	return rc == 0;
}

bool
sandbox_close(void)
{
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (!landlock_close())
		log_warn("sandbox.landlock", "error", strerror(errno));
	if (!seccomp_close()) {
		log_error("sandbox.seccomp", "error", strerror(errno));
		return false;
	}
	return true;
}

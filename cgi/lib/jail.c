/* See jail.h. */
#include "jail.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What later kernels can forbid too; the header of this system may be older. */
struct ruleset {
	uint64_t files;
	uint64_t ports;
	uint64_t scopes;
};

bool
jail_is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
	return true;
#endif
#endif
	return false;
}

bool
jail_files(void)
{
	enum { BASE = 13, REFER = 13, TRUNCATE = 14, IOCTL = 15 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset all = { .files = (1ULL << BASE) - 1 };
	size_t size = sizeof(all.files);
	long fd;
	bool good;

	if (abi < 1)
		return false;
	all.files |= abi >= 2 ? 1ULL << REFER : 0;
	all.files |= abi >= 3 ? 1ULL << TRUNCATE : 0;
	all.files |= abi >= 5 ? 1ULL << IOCTL : 0;
	all.ports = abi >= 4 ? 3 : 0;
	all.scopes = abi >= 6 ? 3 : 0;
	if (abi >= 4)
		size = abi >= 6 ? sizeof(all) : offsetof(struct ruleset, scopes);
	fd = syscall(SYS_landlock_create_ruleset, &all, size, 0);
	if (fd < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	good = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close((int)fd);
	return good;
}

static int
allow_memory(scmp_filter_ctx filter)
{
	int rc = 0;

	rc |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	rc |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	rc |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(brk), 0);
	rc |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(munmap), 0);
	rc |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mremap), 0);
	rc |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(madvise), 0);
	rc |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(exit), 0);
	rc |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(exit_group), 0);
	return rc;
}

bool
jail_calls(const char *const *names)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc;

	if (filter == NULL)
		return false;
	rc = allow_memory(filter);
	for (; *names != NULL; names++) {
		int call = seccomp_syscall_resolve_name(*names);

		if (call != __NR_SCMP_ERROR)
			rc |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
	}
	rc |= seccomp_load(filter);
	seccomp_release(filter);
	return rc == 0;
}

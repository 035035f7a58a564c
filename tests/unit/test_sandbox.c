/* A program in its sandbox: what it never does, and what kills it at once. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "jail.h"
#include "sandbox.h"

static long
open_file(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static long
remove_file(void)
{
	return unlink("/tmp/xiaoao-no-such-file");
}

static long
make_folder(void)
{
	return mkdir("/proc/xiaoao", 0700);
}

static long
change_mode(void)
{
	return chmod("/tmp/xiaoao-no-such-file", 0600);
}

static long
run_program(void)
{
	char *const argv[] = { (char[]){ "true" }, NULL };

	return execv("/bin/true", argv);
}

static long
start_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static long
open_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static long
executable_memory(void)
{
	return (long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long
make_executable(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long
trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long
signal_other(void)
{
	return kill(getppid(), 0);
}

static long
file_in_memory(void)
{
	return memfd_create("x", MFD_CLOEXEC);
}

static long
read_other(void)
{
	return syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static const struct {
	const char *name;
	long (*act)(void);
} acts[] = {
	{ "open", open_file },
	{ "unlink", remove_file },
	{ "mkdir", make_folder },
	{ "chmod", change_mode },
	{ "exec", run_program },
	{ "fork", start_process },
	{ "socket", open_socket },
	{ "mmap exec", executable_memory },
	{ "mprotect exec", make_executable },
	{ "ptrace", trace },
	{ "kill", signal_other },
	{ "memfd", file_in_memory },
	{ "process_vm_readv", read_other },
};

/* How a process ended that does this, behind its walls or without. */
static int
end_of(long (*act)(void), bool (*close_up)(void))
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (close_up != NULL && !close_up())
			_exit(77);
		act();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
each_act_kills(void **state)
{
	(void)state;
	if (jail_is_sanitized())
		skip();
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		int status = end_of(acts[i].act, sandbox_close);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("%s: %x", acts[i].name, (unsigned)status);
	}
}

/* The negative control: outside none of them ends a process. */
static void
none_kills_outside(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		int status = end_of(acts[i].act, NULL);

		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			fail_msg("%s: %x", acts[i].name, (unsigned)status);
	}
}

static long
nothing(void)
{
	return 0;
}

static void
an_idle_program_lives(void **state)
{
	(void)state;
	if (jail_is_sanitized())
		skip();
	assert_int_equal(end_of(nothing, sandbox_close), 0);
}

static long
open_or_die(void)
{
	long fd = open_file();

	if (fd >= 0)
		abort();
	return fd;
}

/* Landlock alone: the second wall, should the first have a hole. */
static void
files_are_closed_without_the_filter(void **state)
{
	(void)state;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 1)
		skip();
	assert_int_equal(end_of(open_or_die, jail_files), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_act_kills),
		cmocka_unit_test(none_kills_outside),
		cmocka_unit_test(an_idle_program_lives),
		cmocka_unit_test(files_are_closed_without_the_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

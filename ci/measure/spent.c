/*
 * spent: what a command took. For ci/bench, also in a lab's dom0, which has no time(1).
 *
 *   spent FILE COMMAND...
 *
 * Runs COMMAND and appends one line to FILE: wall, user and system time in ms, and the most memory
 * that it or a process it waited for had resident, in KiB. What COMMAND leaves behind, such as the
 * QEMU of a guest, is not in it. Exit status: that of COMMAND, 127 if there is none.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long ms_of(struct timeval time)
{
	return time.tv_sec * 1000ll + time.tv_usec / 1000;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	long long began = now_ms();
	struct rusage usage;
	int status = 0;
	FILE *file;
	pid_t pid;

	if (argc < 3) {
		fputs("Usage: spent FILE COMMAND...\n", stderr);
		return 2;
	}
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "spent: cannot execute %s: %s\n", argv[2], strerror(errno));
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	file = fopen(argv[1], "ae");
	if (pid < 0 || !file || getrusage(RUSAGE_CHILDREN, &usage) < 0) {
		fprintf(stderr, "spent: %s: %s\n", argv[1], strerror(errno));
		return 127;
	}
	fprintf(file, "%lld %lld %lld %ld\n", now_ms() - began, ms_of(usage.ru_utime),
		ms_of(usage.ru_stime), usage.ru_maxrss);
	if (fclose(file) != 0)
		return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

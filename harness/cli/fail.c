#include "harness/cli/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int command_fail(const struct command *command, int status, const struct problem *why)
{
	fprintf(stderr, "igd-harness %s: %s\n", command->name,
		why->text[0] ? why->text : "out of memory");
	return status;
}

void command_begin(void)
{
	signal(SIGXFSZ, SIG_IGN);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		/* The wrong way round: to read or write there is an error, as before. */
		if (fcntl(fd, F_GETFD) < 0 &&
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return;
}

int command_end(const char *name, int status)
{
	bool failed = ferror(stdout);
	int error = 0;

	if (fflush(stdout) != 0) {
		failed = true;
		error = errno;
	}
	if (!failed)
		return status;
	fprintf(stderr, "igd-harness%s%s: cannot write the output: %s\n", name[0] ? " " : "", name,
		error ? strerror(error) : "an earlier write failed");
	return EXIT_NO_ANSWER;
}

int exit_status_of(int error)
{
	switch (-error) {
	case EINVAL:
	case ENOENT:
	case EEXIST:
	case EPROTO:
	case ENOTDIR:
		return EXIT_USAGE;
	default:
		return EXIT_NO_ANSWER;
	}
}

#include "harness/process/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/digest.h"
#include "harness/process/guest_mark.h"
#include "harness/process/keeper.h"

static int left_ms(uint64_t until)
{
	uint64_t now = clock_us();

	return until > now ? (int)((until - now) / 1000) + 1 : 0;
}

/* Waits for something to read, or for the end of a process. Returns 0 or -ETIMEDOUT. */
static int await(int fd, uint64_t until)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	for (;;) {
		int left = left_ms(until);

		if (left == 0)
			return -ETIMEDOUT;
		if (poll(&poll_fd, 1, left) > 0)
			return 0;
	}
}

/* Reads until `stop` (a newline, or 0 for none), the end, a full text or the limit. Returns 0 or
 * -ETIMEDOUT. */
static int read_text(int fd, char *text, size_t size, char stop, uint64_t until)
{
	size_t used = 0;

	text[0] = 0;
	while (used + 1 < size && (!stop || !strchr(text, stop))) {
		int r = await(fd, until);
		ssize_t n;

		if (r < 0)
			return r;
		n = read(fd, text + used, size - 1 - used);
		if (n <= 0)
			break;
		used += (size_t)n;
		text[used] = 0;
	}
	return 0;
}

static int spawn(char *const argv[], int out_fd, struct keeper *keeper_r)
{
	char **environment = guest_environment(NULL);
	const struct child_parts parts = { .fds = (int[]){ -1, out_fd, STDERR_FILENO },
		.fds_count = 3,
		.death_signal = SIGKILL,
		.environment = environment };
	int r = environment ? keeper_start(argv, &parts, keeper_r) : -ENOMEM;

	free(environment);
	return r;
}

/* Why a program printed nothing. */
static int tell_mute(char *const argv[], const struct keeper_end *end, struct problem *why)
{
	return problem_set(why, -EIO, "%s %s printed nothing (%s %d)", argv[0], argv[1],
		end->code == CLD_EXITED ? "exit status" : "signal", end->status);
}

static int ask_program(char *const argv[], unsigned int limit_ms, char *text, size_t size,
	char stop, struct problem *why)
{
	uint64_t until = clock_us() + limit_ms * UINT64_C(1000);
	struct keeper keeper = KEEPER_NONE;
	int ends[2] = { -1, -1 }, r, ended = 0;
	char *program = program_find(argv[0]);
	struct keeper_end end;

	if (!program)
		return problem_set(
			why, -ENOENT, "cannot execute %s: %s", argv[0], strerror(ENOENT));
	free(program);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return problem_set(why, -errno, "cannot make a pipe: %s", strerror(errno));
	r = spawn(argv, ends[1], &keeper);
	close(ends[1]);
	if (r < 0) {
		close(ends[0]);
		return problem_set(why, r, "cannot execute %s: %s", argv[0], strerror(-r));
	}
	r = read_text(ends[0], text, size, stop, until);
	/* Closed before the wait: a program that goes on printing dies of it. */
	close(ends[0]);
	if (r == 0)
		ended = await(keeper.fd, until);
	keeper_finish(&keeper, r < 0 || ended < 0, &end);
	if (r == -ETIMEDOUT)
		return problem_set(why, r, "%s %s did not answer within %g s", argv[0], argv[1],
			limit_ms / 1000.0);
	if (r == 0 && ended < 0)
		return problem_set(why, ended, "%s %s did not exit within %g s", argv[0], argv[1],
			limit_ms / 1000.0);
	return r == 0 && !text[0] ? tell_mute(argv, &end, why) : r;
}

int command_line_within(char *const argv[], unsigned int limit_ms,
	char line[static PROGRAM_LINE_MAX], struct problem *why)
{
	int r = ask_program(argv, limit_ms, line, PROGRAM_LINE_MAX, '\n', why);

	if (r == 0)
		line[strcspn(line, "\r\n")] = 0;
	return r;
}

int program_line(char *const argv[], char line[static PROGRAM_LINE_MAX], struct problem *why)
{
	return command_line_within(argv, PROGRAM_LIMIT_MS, line, why);
}

int program_text(char *const argv[], char *text, size_t size, struct problem *why)
{
	return ask_program(argv, PROGRAM_LIMIT_MS, text, size, 0, why);
}

char *program_find(const char *program)
{
	const char *path = getenv("PATH");
	char *copy, *rest, *folder, *found = NULL;

	if (strchr(program, '/'))
		return realpath(program, NULL);
	copy = rest = strdup(path ? path : "/usr/bin:/bin");
	while (copy && !found && (folder = strsep(&rest, ":"))) {
		char *candidate = NULL;

		if (asprintf(&candidate, "%s/%s", folder, program) < 0)
			break;
		if (access(candidate, X_OK) == 0)
			found = realpath(candidate, NULL);
		free(candidate);
	}
	free(copy);
	return found;
}

int program_identify(const char *program, json_t *identities, struct problem *why)
{
	char *path = program_find(program), sha256[DIGEST_TEXT_MAX];
	int r;

	if (!path)
		return problem_set(why, -ENOENT, "no program %s", program);
	r = digest_file(path, sha256, why);
	if (r == 0)
		json_object_set_new(identities, "device_model",
			json_pack("{s:s, s:s}", "path", path, "sha256", sha256));
	free(path);
	return r;
}

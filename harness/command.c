#include "harness/command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/clock.h"
#include "harness/digest.h"

/* Reads until `stop` (a newline, or 0 for none), the end, a full text or the limit. Returns 0 or
 * -ETIMEDOUT. */
static int read_text(int fd, char *text, size_t size, char stop)
{
	uint64_t until = clock_us() + COMMAND_LIMIT_MS * 1000ull;
	size_t used = 0;

	text[0] = 0;
	while (used + 1 < size && (!stop || !strchr(text, stop))) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		uint64_t now = clock_us();
		ssize_t n;

		if (now >= until)
			return -ETIMEDOUT;
		if (poll(&poll_fd, 1, (int)((until - now) / 1000) + 1) <= 0)
			continue;
		n = read(fd, text + used, size - 1 - used);
		if (n <= 0)
			break;
		used += (size_t)n;
		text[used] = 0;
	}
	return 0;
}

static int spawn(char *const argv[], int out_fd, pid_t *pid_r)
{
	posix_spawn_file_actions_t actions;
	extern char **environ;
	int r;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
	r = posix_spawnp(pid_r, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

static int ask_program(char *const argv[], char *text, size_t size, char stop, struct problem *why)
{
	int ends[2] = { -1, -1 }, status = 0, r;
	pid_t pid = -1;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	r = spawn(argv, ends[1], &pid);
	close(ends[1]);
	if (r < 0) {
		problem_set(why, r, "cannot execute %s: %s", argv[0], strerror(-r));
		goto out;
	}
	r = read_text(ends[0], text, size, stop);
	if (r < 0) {
		kill(pid, SIGKILL);
		problem_set(why, r, "%s %s did not answer within %d s", argv[0], argv[1],
			COMMAND_LIMIT_MS / 1000);
	}
out:
	/* Closed before the wait: a program that goes on printing dies of it. */
	close(ends[0]);
	if (pid > 0 && waitpid(pid, &status, 0) == pid && r == 0 && !text[0])
		r = problem_set(why, -EIO, "%s %s printed nothing (status 0x%x)", argv[0], argv[1],
			(unsigned int)status);
	return r;
}

int command_line(char *const argv[], char line[static COMMAND_LINE_MAX], struct problem *why)
{
	int r = ask_program(argv, line, COMMAND_LINE_MAX, '\n', why);

	if (r == 0)
		line[strcspn(line, "\r\n")] = 0;
	return r;
}

int command_text(char *const argv[], char *text, size_t size, struct problem *why)
{
	return ask_program(argv, text, size, 0, why);
}

char *command_find(const char *program)
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

int command_identify(const char *program, json_t *identities, struct problem *why)
{
	char *path = command_find(program), sha256[DIGEST_TEXT_MAX];
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

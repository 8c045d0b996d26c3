#include "harness/backend/libxl/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "harness/process/pidfd.h"

#define ARGUMENTS_MAX (64 * 1024)

ssize_t process_arguments(pid_t pid, char *arguments, size_t size)
{
	char path[64];
	size_t length = 0;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (length < size) {
		n = read(fd, arguments + length, size - length);
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	if (n < 0)
		n = -errno;
	close(fd);
	return n < 0 ? n : (ssize_t)length;
}

/* Whether the arguments are a QEMU's and one of them is what is wanted. */
static bool is_model(const char *arguments, size_t length,
	bool (*wanted)(const char *argument, const void *data), const void *data)
{
	const char *end = arguments + length;

	if (length == 0 || arguments[length - 1] != '\0' || !strstr(arguments, "qemu"))
		return false;
	for (const char *arg = arguments; arg < end; arg += strlen(arg) + 1)
		if (wanted(arg, data))
			return true;
	return false;
}

pid_t process_find(bool (*wanted)(const char *argument, const void *data), const void *data)
{
	char *arguments = calloc(1, ARGUMENTS_MAX);
	DIR *proc = opendir("/proc");
	pid_t found = 0;

	while (arguments && proc && !found) {
		const struct dirent *entry = readdir(proc);
		pid_t pid;
		ssize_t length;

		if (!entry)
			break;
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid = (pid_t)strtol(entry->d_name, NULL, 10);
		length = process_arguments(pid, arguments, ARGUMENTS_MAX);
		if (length > 0 && is_model(arguments, (size_t)length, wanted, data))
			found = pid;
	}
	if (proc)
		closedir(proc);
	free(arguments);
	return found;
}

int process_open(pid_t pid)
{
	int fd = pidfd_open(pid, 0);

	return fd < 0 ? -errno : fd;
}

bool process_alive(int pidfd)
{
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };

	/* A pidfd is readable from the end on, also while nobody has reaped the process. */
	return pidfd >= 0 && poll(&pfd, 1, 0) == 0;
}

void process_kill(int pidfd)
{
	if (pidfd >= 0)
		pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
}

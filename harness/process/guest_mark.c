#include "harness/process/guest_mark.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/process/pidfd.h"

#define NAME "IGD_HARNESS_GUEST"

/* Bytes of a process's environment that are searched: what a shell was given, and more. */
#define ENVIRONMENT_MAX (256u << 10)

/* A killed process is gone in milliseconds; one that waits for a device is not. */
#define ROUNDS     100
#define ROUND_US   10000
#define MARKED_MAX 256 /* texts about processes */

/* Rounds in a row that find none: a process that executes a program has no environment then. */
#define EMPTY_MAX 3

extern char **environ;

/* A name that ends with "_" is a prefix. */
static const char *const allowed[] = { "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG",
	"LANGUAGE", "LC_", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR", "QEMU_", "XEN_", "XENSTORED_",
	"LIBXL_", "ASAN_OPTIONS", "UBSAN_OPTIONS", NULL };

/* Of the harness itself: its folders, the service manager's watchdog, the terminal. */
static const char *const ours[] = { "IGD_", "NOTIFY_SOCKET", "WATCHDOG_", "TERM", "NO_COLOR",
	NULL };

static bool is_listed(const char *const *list, const char *variable)
{
	for (; *list; list++) {
		size_t length = strlen(*list);

		if (strncmp(variable, *list, length) == 0 &&
			((*list)[length - 1] == '_' || variable[length] == '='))
			return true;
	}
	return false;
}

char **guest_environment(const struct guest_mark *mark)
{
	size_t count = 0, used = 0;
	char **list;

	while (environ && environ[count])
		count++;
	list = calloc(count + 2, sizeof(*list));
	if (!list)
		return NULL;
	if (mark)
		list[used++] = (char *)mark->text;
	for (size_t i = 0; i < count; i++)
		if (is_listed(allowed, environ[i]))
			list[used++] = environ[i];
	return list;
}

void guest_environment_restrict(void)
{
	for (size_t i = 0; environ && environ[i];) {
		char *name = is_listed(allowed, environ[i]) || is_listed(ours, environ[i])
				     ? NULL
				     : strndup(environ[i], strcspn(environ[i], "="));

		if (!name || unsetenv(name) < 0)
			i++;
		free(name);
	}
}

/* Reads a file of /proc; it ends with a 0. Returns its bytes, or -1. */
static ssize_t read_proc(pid_t pid, const char *name, char *bytes, size_t size)
{
	char path[64];
	size_t used = 0;
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	while (used + 1 < size && (n = read(fd, bytes + used, size - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	bytes[used] = 0;
	return n < 0 ? -1 : (ssize_t)used;
}

/* When a process started, in ticks since boot. 0: it is not there, or has exited. */
static unsigned long long start_of(pid_t pid)
{
	struct clock_process process = clock_process(pid);

	return process.state == 'Z' || process.state == 'X' ? 0 : process.start;
}

static unsigned long long namespace_of_pids(void)
{
	char link[64];
	ssize_t n = readlink("/proc/self/ns/pid", link, sizeof(link) - 1);
	unsigned long long number = 0;

	link[n < 0 ? 0 : n] = 0;
	return sscanf(link, "pid:[%llu]", &number) == 1 ? number : 0;
}

struct guest_mark guest_mark_new(void)
{
	static unsigned int number;
	struct guest_mark mark;

	snprintf(mark.text, sizeof(mark.text), NAME "=%llu-%d-%llu-%u", namespace_of_pids(),
		(int)getpid(), start_of(getpid()), ++number);
	return mark;
}

/* Is it the mark of a harness of this namespace that is not there any more? */
static bool is_lost(const char *variable)
{
	unsigned long long namespace = 0, start = 0;
	unsigned int number = 0;
	int pid = 0;

	return sscanf(variable, NAME "=%llu-%d-%llu-%u", &namespace, &pid, &start, &number) == 4 &&
	       namespace != 0 && namespace == namespace_of_pids() && start_of(pid) != start;
}

/* Has the process that mark, or with NULL one of a harness that is lost? */
static bool is_marked(pid_t pid, const struct guest_mark *mark, char *bytes)
{
	ssize_t length = read_proc(pid, "environ", bytes, ENVIRONMENT_MAX);

	for (ssize_t at = 0; at < length; at += (ssize_t)strlen(bytes + at) + 1) {
		const char *variable = bytes + at;

		if (strncmp(variable, NAME "=", sizeof(NAME)) == 0)
			return mark ? strcmp(variable, mark->text) == 0 : is_lost(variable);
	}
	return false;
}

static void note(json_t *list, pid_t pid)
{
	char name[64];
	ssize_t n = read_proc(pid, "comm", name, sizeof(name));

	for (ssize_t i = 0; i < n; i++)
		if (!isprint((unsigned char)name[i]))
			name[i] = i == n - 1 ? 0 : '?';
	if (json_array_size(list) < MARKED_MAX)
		json_array_append_new(list,
			json_sprintf("process %d (%s) of a guest", (int)pid, n > 0 ? name : "?"));
}

/* Kills the marked processes that are there now, and notes them. Returns how many. */
static unsigned int kill_marked(const struct guest_mark *mark, json_t *noted, char *bytes)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	unsigned int count = 0;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		/* Held before it is looked at: it is the one that is killed. */
		int fd = pid > 0 && pid != getpid() ? pidfd_open(pid, 0) : -1;

		if (fd < 0)
			continue;
		if (is_marked(pid, mark, bytes)) {
			count++;
			note(noted, pid);
			pidfd_send_signal(fd, SIGKILL, NULL, 0);
		}
		close(fd);
	}
	if (dir)
		closedir(dir);
	return count;
}

static void end_all(const struct guest_mark *mark, json_t *killed, json_t *leftovers)
{
	char *bytes = malloc(ENVIRONMENT_MAX);
	json_t *left = NULL;
	int empty = 0;

	for (int round = 0; bytes && round < ROUNDS && empty < EMPTY_MAX; round++) {
		bool was_empty = empty == round;

		if (round > 0)
			usleep(ROUND_US);
		json_decref(left);
		left = json_array();
		/* Again: a process may have forked meanwhile. */
		empty = kill_marked(mark, left, bytes) == 0 ? empty + 1 : 0;
		if (was_empty)
			json_array_extend(killed, left);
	}
	json_array_extend(leftovers, left);
	json_decref(left);
	free(bytes);
}

void guest_mark_end(const struct guest_mark *mark, json_t *leftovers)
{
	end_all(mark, NULL, leftovers);
}

void guest_mark_end_lost(json_t *killed)
{
	end_all(NULL, killed, NULL);
}

/* The drivers of an Intel GPU: loaded by a process of their own, which a broken one may kill. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guests/agent/igd.h"
#include "guests/agent/init.h"
#include "src/clock.h"
#include "src/tree.h"

#define ORDER "lib/modules/igd-order"

static struct {
	bool tried, ended;
	long long took_ms;
	json_t *failed; /* of init_load_list(); NULL while a probe goes on, or after a crash */
} loading;

static bool has_modules(const char *root)
{
	int fd = tree_open(root, O_RDONLY, ORDER);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* In the child: an oops of a probe kills it, and not the guest's init. */
__attribute__((noreturn)) static void load_and_say(int fd)
{
	json_t *failed = init_load_list(ORDER);

	_exit(failed && !json_dumpfd(failed, fd, JSON_COMPACT | JSON_ENSURE_ASCII) ? 0 : 1);
}

/* Waits for the child. Returns whether it came to its end. */
static bool await(pid_t pid, long long until)
{
	do {
		pid_t ended = waitpid(pid, NULL, WNOHANG);

		if (ended == pid || (ended < 0 && errno == ECHILD))
			return true;
		usleep(10000);
	} while (clock_ms(CLOCK_MONOTONIC) < until);
	return false;
}

void igd_load(void)
{
	long long begin = clock_ms(CLOCK_MONOTONIC);
	struct bdf where;
	int ends[2];
	pid_t pid;

	if (loading.tried || !igd_find("", &where) || !has_modules("") || pipe2(ends, O_CLOEXEC))
		return;
	/* What the drivers say of themselves is there. */
	mount("debugfs", "/sys/kernel/debug", "debugfs", MS_NOSUID | MS_NOEXEC, NULL);
	loading.tried = true;
	pid = fork();
	if (pid == 0)
		load_and_say(ends[1]);
	close(ends[1]);
	if (pid > 0 && await(pid, begin + IGD_LOAD_MS)) {
		loading.ended = true;
		loading.failed = json_loadfd(ends[0], 0, NULL);
	}
	loading.took_ms = clock_ms(CLOCK_MONOTONIC) - begin;
	close(ends[0]);
}

/* Those of the list that did not fail, by their names. */
static json_t *loaded_json(void)
{
	FILE *order = tree_stream("", ORDER);
	json_t *names = json_array(), *failure;
	char *line = NULL;
	size_t size = 0, i;

	while (order && names && getline(&line, &size, order) > 0) {
		const char *name;
		bool loaded = loading.failed != NULL;

		tree_clean(line);
		name = strrchr(line, '/');
		json_array_foreach(loading.failed, i, failure)
		{
			const char *path = json_string_value(json_object_get(failure, "path"));

			loaded = loaded && path && strcmp(path, line) != 0;
		}
		if (loaded)
			json_array_append_new(names, json_string(name ? name + 1 : line));
	}
	free(line);
	if (order)
		fclose(order);
	return names;
}

json_t *igd_modules_json(void)
{
	if (!loading.tried)
		return json_null();
	return json_pack("{s:s, s:o, s:O?, s:I, s:b}", "observer", "agent", "loaded", loaded_json(),
		"failed", loading.failed, "took_ms", (json_int_t)loading.took_ms, "ended",
		(int)loading.ended);
}

const char *igd_no_driver(const char *root)
{
	return root[0] || has_modules(root)
		       ? NULL
		       : "the guest has no driver of an Intel GPU: the harness adds none for this cell";
}

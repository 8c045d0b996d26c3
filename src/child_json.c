#include "src/child_json.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/limited_read.h"

/* Where the limit of a process is higher, nobody has that many open here. */
#define DESCRIPTORS_MAX 1024

/* For one that was killed; a call into a driver that hangs is not ended by that. */
#define REAP_TRIES 50
#define REAP_US    20000

/* A child that hangs in the kernel would keep what is locked, or a pipe that somebody waits for. */
static void close_all_but(int fd)
{
	for (int i = STDERR_FILENO + 1; i < DESCRIPTORS_MAX; i++)
		if (i != fd)
			close(i);
}

__attribute__((noreturn)) static void make_value(json_t *(*make)(void *data), void *data, int fd)
{
	json_t *value;

	close_all_but(fd);
	value = make(data);
	_exit(value && json_dumpfd(value, fd, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY) ==
					0
			? 0
			: 1);
}

void child_json_end(pid_t pid)
{
	kill(pid, SIGKILL);
	for (int i = 0; i < REAP_TRIES && waitpid(pid, NULL, WNOHANG) == 0; i++)
		usleep(REAP_US);
}

int child_json(json_t *(*make)(void *data), void *data, size_t max, int limit_ms, json_t **value_r)
{
	char *text = malloc(max);
	size_t length = 0;
	int ends[2], r;
	pid_t pid;

	if (!text)
		return -ENOMEM;
	if (pipe(ends) < 0) {
		r = -errno;
		goto out;
	}
	pid = fork();
	if (pid == 0)
		make_value(make, data, ends[1]);
	r = pid < 0 ? -errno : 0;
	close(ends[1]);
	if (r == 0)
		r = limited_read(ends[0], text, max, limit_ms, &length);
	close(ends[0]);
	if (pid > 0)
		child_json_end(pid);
	if (r == 0) {
		*value_r = json_loadb(text, length, JSON_DECODE_ANY, NULL);
		r = *value_r ? 0 : -EPROTO;
	}
out:
	free(text);
	return r;
}

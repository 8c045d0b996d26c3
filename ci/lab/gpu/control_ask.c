#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "ci/lab/gpu/control.h"
#include "ci/lab/gpu/listen.h"
#include "src/io.h"

/* Reads until the newline. */
static int read_answer(int fd, char answer[static CONTROL_LINE_MAX])
{
	size_t got = 0;

	while (got < CONTROL_LINE_MAX - 1) {
		ssize_t n = read(fd, answer + got, CONTROL_LINE_MAX - 1 - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (n == 0)
			return -ECONNRESET;
		got += (size_t)n;
		answer[got] = '\0';
		if (answer[got - 1] == '\n') {
			answer[got - 1] = '\0';
			return strncmp(answer, "{\"error\"", 8) == 0;
		}
	}
	return -EMSGSIZE;
}

int control_ask(
	const char *path, const char *line, int seconds, char answer[static CONTROL_LINE_MAX])
{
	const struct timeval limit = { .tv_sec = seconds };
	struct sockaddr_un address;
	int fd, r = socket_address(path, &address);

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) ||
		connect(fd, (struct sockaddr *)&address, sizeof(address)))
		r = -errno;
	if (r == 0)
		r = io_write_all(fd, line, strlen(line));
	if (r == 0)
		r = io_write_all(fd, "\n", 1);
	if (r == 0)
		r = read_answer(fd, answer);
	close(fd);
	return r;
}

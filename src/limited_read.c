#include "src/limited_read.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "src/clock.h"

int limited_read(int fd, char *text, size_t size, int limit_ms, size_t *length_r)
{
	long long until = clock_ms(CLOCK_MONOTONIC) + limit_ms;

	*length_r = 0;
	while (*length_r < size) {
		struct pollfd poller = { .fd = fd, .events = POLLIN };
		long long left = until - clock_ms(CLOCK_MONOTONIC);
		ssize_t got;

		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(&poller, 1, (int)left) <= 0)
			continue;
		got = read(fd, text + *length_r, size - *length_r);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		*length_r += (size_t)got;
	}
	return -E2BIG;
}

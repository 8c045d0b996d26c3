/*
 * A calendar that jumps, for tests: preloaded, it adds to the real time what a file says each time
 * it is asked for. What is monotonic stays so, as in the kernel. Not installed.
 *
 *   JUMP_FILE=file   seconds, such as -34560000; none: 0
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "harness/testing/preload.h"

static time_t jumped(void)
{
	const char *path = getenv("JUMP_FILE");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char text[32] = "";

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	return (time_t)strtoll(text, NULL, 10);
}

EXPORT int clock_gettime(clockid_t id, struct timespec *now)
{
	int r = REAL(clock_gettime)(id, now);

	if (r == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		now->tv_sec += jumped();
	return r;
}

EXPORT time_t time(time_t *now_r)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (now_r)
		*now_r = now.tv_sec;
	return now.tv_sec;
}

EXPORT int gettimeofday(struct timeval *now_r, void *zone)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	*now_r = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
	return 0;
}

/*
 * A harness that stands still, for tests: preloaded, it stops its own process (SIGSTOP) when a
 * certain text has been written and synced, so that a moment that lasts microseconds can be met.
 * Not installed.
 *
 *   HOLD_AT='"state":"screenshot"'   the text
 *   HOLD_TIMES=2                  the second time it is written; else the first
 */
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/testing/preload.h"

static bool due;
static const char *text; /* NULL: none */
static long times = 1;

static void look(const void *bytes, size_t length)
{
	static long seen;

	if (text && memmem(bytes, length, text, strlen(text)))
		due = ++seen == times;
}

static int hold(int result)
{
	static const char word[] = "HELD\n";

	if (due && REAL(write)(STDERR_FILENO, word, sizeof(word) - 1) > 0)
		raise(SIGSTOP);
	due = false;
	return result;
}

/* The harness removes such variables later. The programs that it starts are to go on. */
__attribute__((constructor)) static void begin(void)
{
	const char *given = getenv("HOLD_TIMES");

	text = getenv("HOLD_AT") ? strdup(getenv("HOLD_AT")) : NULL;
	times = given ? strtol(given, NULL, 10) : 1;
	unsetenv("LD_PRELOAD");
}

EXPORT ssize_t write(int fd, const void *bytes, size_t length)
{
	look(bytes, length);
	return REAL(write)(fd, bytes, length);
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at)
{
	look(bytes, length);
	return REAL(pwrite64)(fd, bytes, length, at);
}

EXPORT int fsync(int fd)
{
	return hold(REAL(fsync)(fd));
}

EXPORT int fdatasync(int fd)
{
	return hold(REAL(fdatasync)(fd));
}

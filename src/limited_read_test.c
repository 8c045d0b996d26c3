/* Reading from a process that may hang: its end, its silence, too much of it. */
#include "src/limited_read.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/clock.h"
#include "src/suite.h"

#define SIZE     8
#define LIMIT_MS 50

static int ends[2];
static char text[SIZE];
static size_t length;

static void open_pipe(const char *written)
{
	CU_ASSERT_FATAL(pipe(ends) == 0);
	CU_ASSERT_FATAL(write(ends[1], written, strlen(written)) == (ssize_t)strlen(written));
}

static void close_pipe(void)
{
	close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
}

static void test_closed(void)
{
	open_pipe("abc");
	close(ends[1]);
	ends[1] = -1;
	CU_ASSERT_EQUAL(limited_read(ends[0], text, SIZE, 60000, &length), 0);
	CU_ASSERT_EQUAL(length, 3);
	CU_ASSERT_EQUAL(memcmp(text, "abc", 3), 0);
	close_pipe();
}

static void test_silent(void)
{
	long long begin = clock_ms(CLOCK_MONOTONIC);

	open_pipe("abc");
	CU_ASSERT_EQUAL(limited_read(ends[0], text, SIZE, LIMIT_MS, &length), -ETIMEDOUT);
	CU_ASSERT(clock_ms(CLOCK_MONOTONIC) - begin >= LIMIT_MS);
	/* A part that was written before is there. */
	CU_ASSERT_EQUAL(length, 3);
	CU_ASSERT_EQUAL(memcmp(text, "abc", 3), 0);
	close_pipe();
}

static void test_too_much(void)
{
	open_pipe("abcdefghij");
	CU_ASSERT_EQUAL(limited_read(ends[0], text, SIZE, 60000, &length), -E2BIG);
	CU_ASSERT_EQUAL(length, SIZE);
	CU_ASSERT_EQUAL(memcmp(text, "abcdefgh", SIZE), 0);
	close_pipe();
}

static void test_no_pipe(void)
{
	CU_ASSERT_EQUAL(limited_read(-1, text, SIZE, LIMIT_MS, &length), -ETIMEDOUT);
	CU_ASSERT_EQUAL(length, 0);
}

static void test_clock(void)
{
	long long monotonic = clock_ms(CLOCK_MONOTONIC), begin = (long long)time(NULL) * 1000;
	long long now = clock_ms(CLOCK_REALTIME);
	struct timespec pause = { .tv_nsec = 20000000 };

	CU_ASSERT(now >= begin && now < begin + 60000);
	nanosleep(&pause, NULL);
	CU_ASSERT(clock_ms(CLOCK_MONOTONIC) - monotonic >= 20);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "all until the writer closes", test_closed },
		{ "a writer that hangs costs the limit", test_silent },
		{ "too much is cut and said", test_too_much },
		{ "a descriptor that is none costs the limit", test_no_pipe },
		{ "milliseconds of both clocks", test_clock },
		CU_TEST_INFO_NULL,
	};

	return suite_main("limited_read", tests);
}

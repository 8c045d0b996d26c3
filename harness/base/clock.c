#include "harness/base/clock.h"

#include <errno.h>
#include <time.h>

#define FORMAT "%Y-%m-%dT%H:%M:%SZ"

uint64_t clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

void clock_text(char text[static CLOCK_TEXT_MAX])
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(text, CLOCK_TEXT_MAX, FORMAT, &tm);
}

int clock_parse(const char *text, time_t *when_r)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, FORMAT, &tm);

	if (!end || *end)
		return -EINVAL;
	*when_r = timegm(&tm);
	return 0;
}

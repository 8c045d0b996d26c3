#include "harness/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define STAT_MAX 1024 /* bytes of a process's stat: 52 numbers and a name of 16 bytes */

#define FORMAT "%Y-%m-%dT%H:%M:%SZ"

uint64_t clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

void clock_text_of(time_t when, char text[static CLOCK_TEXT_MAX])
{
	struct tm tm;

	if (!gmtime_r(&when, &tm) || strftime(text, CLOCK_TEXT_MAX, FORMAT, &tm) == 0)
		text[0] = '\0';
}

void clock_text(char text[static CLOCK_TEXT_MAX])
{
	clock_text_of(time(NULL), text);
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

struct clock_process clock_process(pid_t pid)
{
	char path[64], line[STAT_MAX] = "";
	struct clock_process process = { 0 };
	const char *rest;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return process;
	/* Its name is in parentheses, and may have blanks and parentheses in it. */
	rest = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
	fclose(file);
	if (!rest || sscanf(rest,
			     ") %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d "
			     "%*d %*d %*d %*d %*d %llu",
			     &process.state, &process.parent, &process.start) != 3)
		return (struct clock_process){ 0 };
	return process;
}

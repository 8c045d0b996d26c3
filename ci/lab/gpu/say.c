#include "ci/lab/gpu/say.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/base/clock.h"

static bool silent;
static unsigned long lines;

static void write_line(const char *text)
{
	static uint64_t began;

	if (!began)
		began = clock_us();
	fprintf(stderr, "igd-gpu: %.3f: %s\n", (double)(clock_us() - began) / 1e6, text);
}

void say(const char *fmt, ...)
{
	char text[500];
	va_list ap;

	if (silent || lines++ >= SAY_LINES_A_CLIENT)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (char *c = text; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	}
	write_line(text);
}

void say_begin_client(void)
{
	unsigned long lost = lines > SAY_LINES_A_CLIENT ? lines - SAY_LINES_A_CLIENT : 0;

	lines = 0;
	if (lost > 0)
		say("%lu lines of the last client were not written", lost);
}

void say_nothing(void)
{
	silent = true;
}

#include "src/problem.h"

#include <stdarg.h>
#include <stdio.h>

int problem_set(struct problem *why, int error, const char *fmt, ...)
{
	va_list ap;

	if (!why || why->text[0])
		return error;
	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return error;
}

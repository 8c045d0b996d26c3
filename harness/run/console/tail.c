#include "harness/run/console/tail.h"

#include <ctype.h>
#include <string.h>

void tail_keep(struct tail *tail, const char *bytes, size_t length)
{
	size_t keep;

	if (length > TAIL_MAX) {
		bytes += length - TAIL_MAX;
		length = TAIL_MAX;
	}
	keep = tail->used;
	if (keep + length > TAIL_MAX) {
		size_t drop = keep + length - TAIL_MAX;

		memmove(tail->text, tail->text + drop, keep - drop);
		keep -= drop;
	}
	for (size_t i = 0; i < length; i++) /* no 0 inside: strstr() shall see all of it */
		tail->text[keep + i] = bytes[i] ? bytes[i] : ' ';
	tail->used = keep + length;
	tail->text[tail->used] = 0;
}

/* The line that begins at `begin`, up to its end, cut and printable. */
static void copy_line(const char *begin, char *line, size_t size)
{
	size_t used = 0;

	for (; *begin && *begin != '\n' && used + 1 < size; begin++) {
		if (*begin >= 0x20 && *begin <= 0x7e)
			line[used++] = *begin;
	}
	line[used] = 0;
}

void tail_last_line(const struct tail *tail, char *line, size_t size)
{
	const char *text = tail->text, *panic = strstr(text, "Kernel panic");
	size_t end = tail->used;

	if (panic) {
		copy_line(panic, line, size);
		return;
	}
	while (end > 0 && isspace((unsigned char)text[end - 1]))
		end--;
	while (end > 0 && text[end - 1] != '\n')
		end--;
	copy_line(text + end, line, size);
}

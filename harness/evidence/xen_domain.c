#include "harness/evidence/xen_domain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer lines are not whole: a device has few ranges, and a host's dom0 is not asked for. */
#define LINE_TEXT_MAX 2048

/* The next line of Xen's own, without what stands before it; false at the end of the log. */
static bool next_line(const char **log, size_t *length, char line[static LINE_TEXT_MAX])
{
	static const char mark[] = "(XEN) ";

	while (*length > 0) {
		const char *begin = *log, *end = memchr(begin, '\n', *length);
		size_t size = end ? (size_t)(end - begin) : *length;

		*log += end ? size + 1 : size;
		*length -= end ? size + 1 : size;
		if (size < sizeof(mark) - 1 || memcmp(begin, mark, sizeof(mark) - 1) != 0)
			continue;
		begin += sizeof(mark) - 1;
		size -= sizeof(mark) - 1;
		if (size >= LINE_TEXT_MAX)
			size = LINE_TEXT_MAX - 1;
		memcpy(line, begin, size);
		line[size] = '\0';
		/* console_timestamps= puts one there, in brackets. */
		if (line[0] == '[' && strstr(line, "] "))
			memmove(line, strstr(line, "] ") + 2, strlen(strstr(line, "] ") + 2) + 1);
		line[strcspn(line, "\r")] = '\0';
		return true;
	}
	return false;
}

/* "    NAME { a0-bf, febd4 }": the text between the braces, or NULL. */
static const char *ranges_of(const char *line, const char *name)
{
	const char *text = line + strspn(line, " ");
	size_t length = strlen(line);

	if (strncmp(text, name, strlen(name)) != 0 || length < 2 || line[length - 1] != '}')
		return NULL;
	text += strlen(name);
	text += strspn(text, " ");
	return *text == '{' ? text + 1 : NULL;
}

/* Ranges that touch are one in Xen (rangeset_add_range()), so one must have it all. */
static bool covers(const char *ranges, unsigned long from, unsigned long to)
{
	for (;;) {
		unsigned long first, last;
		char *end;

		ranges += strspn(ranges, " ,");
		first = last = strtoul(ranges, &end, 16);
		if (end == ranges)
			return false;
		if (*end == '-')
			last = strtoul(end + 1, &end, 16);
		if (first <= from && to <= last)
			return true;
		ranges = end;
	}
}

int xen_domain_ranges(
	const char *log, size_t length, unsigned int domid, struct xen_ranges *ranges_r)
{
	struct xen_ranges found = { 0 };
	bool ours = false, have_memory = false, have_ports = false;
	char line[LINE_TEXT_MAX];
	int r = -ENODATA;

	while (next_line(&log, &length, line)) {
		const char *ranges;
		unsigned int id;

		if (sscanf(line, "Rangesets belonging to domain %u:", &id) == 1 ||
			sscanf(line, "General information for domain %u:", &id) == 1) {
			ours = id == domid;
			have_memory = have_ports = false;
		} else if (ours && (ranges = ranges_of(line, "I/O Memory"))) {
			found.vga_memory = covers(ranges, 0xa0, 0xbf);
			have_memory = true;
		} else if (ours && (ranges = ranges_of(line, "I/O Ports"))) {
			found.vga_ports =
				covers(ranges, 0x3b0, 0x3bb) && covers(ranges, 0x3c0, 0x3df);
			have_ports = true;
		}
		if (have_memory && have_ports) {
			*ranges_r = found;
			r = 0;
		}
	}
	return r;
}

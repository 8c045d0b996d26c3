#include "harness/host/memory_map.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "src/tree.h"

#define LINES_MAX 65536

int memory_map_is_reserved(const struct host_view *view, uint64_t start, uint64_t end)
{
	FILE *file = tree_stream(view->sources->root, "proc/iomem");
	char line[256], name[64];
	uint64_t from, to, next = start;
	bool any = false;

	if (!file)
		return -1;
	for (unsigned int i = 0; i < LINES_MAX && fgets(line, sizeof(line), file); i++) {
		if (sscanf(line, " %" SCNx64 "-%" SCNx64 " : %63[^\n]", &from, &to, name) != 3)
			continue;
		any |= to != 0;
		/* The lines are in order, so neighbours may have the range together. */
		if ((strcasecmp(name, "Reserved") == 0 || strstr(name, "Stolen")) && from <= next &&
			next <= to && next <= end)
			next = to == UINT64_MAX ? to : to + 1;
	}
	fclose(file);
	/* To others than root the kernel shows zeros. */
	return any ? next > end : -1;
}

/*
 * The "iomem" section: the ranges of /proc/iomem that stolen memory and the OpRegion live in.
 *
 * A line is "  START-END : NAME", two blanks for each level. Without CAP_SYS_ADMIN the kernel shows
 * all addresses as 0.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "guests/agent/collect.h"
#include "src/tree.h"

#define IOMEM_MAX 128

/* What is kept, and whether only at the outermost level: devices have reserved parts of their own.
 */
static const struct {
	const char *name;
	int outermost;
} wanted[] = {
	{ "Reserved", 1 },                  /* e820 type 2 */
	{ "ACPI Tables", 0 },               /* type 3 */
	{ "ACPI Non-volatile Storage", 0 }, /* type 4 */
	{ "Graphics Stolen Memory", 0 },    /* Linux' early quirk for Intel graphics found it */
};

static int is_wanted(const char *name, int outermost)
{
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (strcmp(name, wanted[i].name) == 0)
			return outermost || !wanted[i].outermost;
	}
	return 0;
}

/* Adds the range of one line if it is wanted. Returns 0, or -ENOMEM. */
static int add_line(json_t *ranges, const char *line)
{
	uint64_t start, end;
	char name[64];

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " : %63[^\n]", &start, &end, name) != 3)
		return 0;
	tree_clean(name);
	if (!is_wanted(name, line[0] != ' '))
		return 0;
	return json_array_append_new(ranges,
		       json_pack("{s:o, s:o, s:s}", "start", json_sprintf("0x%016" PRIx64, start),
			       "end", json_sprintf("0x%016" PRIx64, end), "name", name))
		       ? -ENOMEM
		       : 0;
}

int collect_iomem(const struct guest *guest, json_t **section_r, struct problem *why)
{
	FILE *stream = tree_stream(guest->root, "proc/iomem");
	json_t *ranges = NULL;
	char *line = NULL;
	size_t size = 0;
	int r = 0;

	if (!stream)
		return problem_set(why, -errno, "/proc/iomem: %s", strerror(errno));
	ranges = json_array();
	if (!ranges)
		r = -ENOMEM;
	while (r == 0 && json_array_size(ranges) < IOMEM_MAX && getline(&line, &size, stream) > 0)
		r = add_line(ranges, line);
	free(line);
	fclose(stream);
	if (r < 0) {
		json_decref(ranges);
		return r;
	}
	*section_r = ranges;
	return 0;
}

#include "guests/agent/igd_interrupts.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/tree.h"

#define DEVICE "sys/bus/pci/devices/%s/"

/* A function with MSI has a folder with a file for each of its lines, "msi" or "msix" in it. */
static void read_msi(const char *root, const char *address, struct interrupts *interrupts)
{
	char folder[TREE_TEXT_MAX], mode[TREE_TEXT_MAX];
	struct dirent **names = NULL;
	int count;

	snprintf(folder, sizeof(folder), DEVICE "msi_irqs", address);
	count = tree_list(root, folder, "", &names);
	for (int i = 0; i < count && interrupts->count_of_lines < INTERRUPT_LINES_MAX; i++) {
		if (tree_text(root, mode, "%s/%s", folder, names[i]->d_name))
			continue;
		interrupts->kind = strcmp(mode, "msix") == 0 ? "msix" : "msi";
		interrupts->lines[interrupts->count_of_lines++] =
			(unsigned int)strtoul(names[i]->d_name, NULL, 10);
	}
	tree_list_free(names, count);
}

static void read_intx(const char *root, const char *address, struct interrupts *interrupts)
{
	char line[TREE_TEXT_MAX];
	unsigned long number;

	if (tree_text(root, line, DEVICE "irq", address))
		return;
	number = strtoul(line, NULL, 10);
	if (!number)
		return;
	interrupts->kind = "intx";
	interrupts->lines[interrupts->count_of_lines++] = (unsigned int)number;
}

static bool has_line(const struct interrupts *interrupts, unsigned long number)
{
	for (size_t i = 0; i < interrupts->count_of_lines; i++)
		if (interrupts->lines[i] == number)
			return true;
	return false;
}

/* "  24:    10    20   PCI-MSI 32768-edge  i915": the counts of the processors follow the number.
 */
static unsigned long long sum_line(const struct interrupts *interrupts, const char *line)
{
	unsigned long long sum = 0;
	char *end;
	unsigned long number = strtoul(line, &end, 10);

	if (end == line || *end != ':' || !has_line(interrupts, number))
		return 0;
	for (const char *at = end + 1;; at = end) {
		unsigned long long count = strtoull(at, &end, 10);

		/* What follows the last count may begin with a digit: "9-fasteoi". */
		if (end == at || (*end && !isspace((unsigned char)*end)))
			return sum;
		sum += count;
	}
}

void interrupts_read(const char *root, struct bdf where, struct interrupts *interrupts_r)
{
	char address[BDF_TEXT_MAX], *line = NULL;
	size_t size = 0;
	FILE *stream;

	*interrupts_r = (struct interrupts){ .count = 0 };
	bdf_format(where, address);
	read_msi(root, address, interrupts_r);
	if (!interrupts_r->kind)
		read_intx(root, address, interrupts_r);
	stream = tree_stream(root, "proc/interrupts");
	while (stream && getline(&line, &size, stream) > 0)
		interrupts_r->count += sum_line(interrupts_r, line);
	free(line);
	if (stream)
		fclose(stream);
}

json_t *interrupts_json(const struct interrupts *before, const struct interrupts *after)
{
	json_t *lines;

	if (!after->kind)
		return json_null();
	lines = json_array();
	for (size_t i = 0; lines && i < after->count_of_lines; i++)
		json_array_append_new(lines, json_integer(after->lines[i]));
	return json_pack("{s:s, s:s, s:o, s:I, s:I}", "observer", "kernel", "kind", after->kind,
		"lines", lines, "before", (json_int_t)before->count, "after",
		(json_int_t)after->count);
}

/*
 * Where a restored guest has its BARs and its QEMU does not. With accel=xen QEMU writes no mark at
 * the end of each device's state, so a byte too many that is a 0 ends the whole (QEMU_VM_EOF in
 * migration/savevm.c), and nobody notices: the guest runs on, its kernel remembers where its
 * devices were, and all devices behind that byte are as after power-on.
 *
 * "info qtree" (pcibus_dev_print(), QEMU hw/pci/pci.c):
 *
 *       dev: VGA, id ""
 *         class VGA controller, addr 00:03.0, pci id 1234:1111 (sub 1af4:1100)
 *         bar 0: mem at 0xf1000000 [0xf1ffffff]
 *
 * and 0xffffffffffffffff for one that is nowhere.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/transition_bars.h"
#include "src/bdf.h"
#include "src/document.h"

#define LINE_MAX_HERE 512

/* The start of a BAR in a report, or 0. A ROM's decoding is on and off as the guest likes. */
static uint64_t start_of(const json_t *report, const char *address, unsigned index)
{
	const json_t *functions = json_object_get(json_object_get(report, "pci"), "functions");
	const json_t *function, *bar;
	size_t i, k;

	json_array_foreach(functions, i, function)
	{
		if (strcmp(document_text(function, "address"), address) != 0)
			continue;
		json_array_foreach(json_object_get(function, "bars"), k, bar)
		{
			if (json_integer_value(json_object_get(bar, "index")) == index &&
				strcmp(document_text(bar, "kind"), "rom") != 0)
				return strtoull(document_text(bar, "start"), NULL, 16);
		}
	}
	return 0;
}

static void note(
	json_t *changes, const char *address, unsigned index, uint64_t guest, uint64_t qemu)
{
	json_t *what = json_sprintf("qemu.functions[%s].bars[%u]", address, index);
	json_t *there = qemu == UINT64_MAX ? json_null() : json_sprintf("0x%016" PRIx64, qemu);

	json_array_append_new(changes, json_pack("{s:o, s:o, s:o}", "what", what, "a",
					       json_sprintf("0x%016" PRIx64, guest), "b", there));
}

struct reader {
	const json_t *report;
	json_t *changes;
	bool skipped;               /* QEMU keeps the BARs of the host's devices elsewhere */
	char address[BDF_TEXT_MAX]; /* "" before the device's own line */
};

static void read_line(struct reader *reader, const char *line)
{
	static const char addr[] = ", addr ";
	const char *at = strstr(line, addr);
	struct bdf bdf;
	unsigned index;
	uint64_t qemu, guest;
	char text[sizeof("00:00.0")];

	if (strncmp(line, "dev: ", 5) == 0) {
		reader->address[0] = '\0';
		reader->skipped = strncmp(line + 5, "xen-pci-passthrough,", 20) == 0;
	} else if (strncmp(line, "class ", 6) == 0 && at) {
		snprintf(text, sizeof(text), "%s", at + strlen(addr));
		reader->address[0] = '\0';
		if (bdf_parse(text, &bdf) == 0)
			bdf_format(bdf, reader->address);
	} else if (reader->address[0] && !reader->skipped &&
		   sscanf(line, "bar %1u: %*3s at 0x%16" SCNx64, &index, &qemu) == 2) {
		guest = start_of(reader->report, reader->address, index);
		if (guest && guest != qemu)
			note(reader->changes, reader->address, index, guest, qemu);
	}
}

void transition_bars(const json_t *report, const char *qtree, json_t *changes)
{
	struct reader reader = { .report = report, .changes = changes };

	while (*qtree) {
		size_t length = strcspn(qtree, "\n");
		char line[LINE_MAX_HERE];

		snprintf(line, sizeof(line), "%.*s", (int)(length < LINE_MAX_HERE ? length : 0),
			qtree);
		read_line(&reader, line + strspn(line, " "));
		qtree += length + (qtree[length] == '\n');
	}
}

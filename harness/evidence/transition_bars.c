/*
 * Where a restored guest has its BARs and its QEMU does not. With accel=xen QEMU writes no mark at
 * the end of each device's state, so a byte too many that is a 0 ends the whole (QEMU_VM_EOF in
 * migration/savevm.c), and nobody notices: the guest runs on, its kernel remembers where its
 * devices were, and all devices behind that byte are as after power-on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/evidence/transition_bars.h"
#include "src/document.h"

/* The BARs of a report's function, NULL if there is none at that address. */
static const json_t *bars_at(const json_t *report, const char *address)
{
	const json_t *functions = json_object_get(json_object_get(report, "pci"), "functions");
	const json_t *function;
	size_t i;

	json_array_foreach(functions, i, function)
	{
		if (strcmp(document_text(function, "address"), address) == 0)
			return json_object_get(function, "bars");
	}
	return NULL;
}

static void compare_bar(
	const char *address, const json_t *bar, const json_t *of_qemu, json_t *changes)
{
	json_int_t index = json_integer_value(json_object_get(bar, "index"));
	const json_t *guest = json_object_get(bar, "start"), *qemu;
	char key[24];

	/* A ROM's decoding is on and off as the guest likes. */
	if (strcmp(document_text(bar, "kind"), "rom") == 0 ||
		strtoull(document_text(bar, "start"), NULL, 16) == 0)
		return;
	snprintf(key, sizeof(key), "%" JSON_INTEGER_FORMAT, index);
	qemu = json_object_get(of_qemu, key);
	if (!qemu || json_equal(guest, qemu))
		return;
	json_array_append_new(
		changes, json_pack("{s:o, s:O, s:O}", "what",
				 json_sprintf("qemu.functions[%s].bars[%s]", address, key), "a",
				 guest, "b", qemu));
}

void transition_bars(const json_t *report, const json_t *qemu, json_t *changes)
{
	const json_t *function, *bar;
	size_t i, k;

	json_array_foreach(qemu, i, function)
	{
		const char *address = document_text(function, "address");

		if (strcmp(document_text(function, "type"), "xen-pci-passthrough") == 0)
			continue;
		json_array_foreach(bars_at(report, address), k, bar)
			compare_bar(address, bar, json_object_get(function, "bars"), changes);
	}
}

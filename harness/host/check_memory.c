/* Memory that belongs to an IGD: its OpRegion, and what is stolen from the system's. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/check.h"
#include "harness/host/memory_map.h"
#include "harness/host/stolen_memory.h"
#include "src/document.h"
#include "src/opregion.h"

#define CONFIG "its configuration space"

static void look_asls(const struct host_view *view, struct host_answer *answer)
{
	uint32_t asls;

	if (!host_register(view->igd, "0xfc", &asls))
		host_answer(
			answer, HOST_UNKNOWN, NULL, CONFIG, "register 0xfc (ASLS) cannot be read");
	else if (asls == 0)
		host_answer(answer, HOST_FAIL, json_string("0x00000000"), CONFIG,
			"the IGD has no OpRegion (ASLS is 0): QEMU and libxl give a guest with "
			"igd-passthru the host's page 0 in its place, and the driver in a guest "
			"finds no outputs");
	else
		host_answer(answer, HOST_PASS, json_sprintf("0x%08x", asls), CONFIG, "%s", "");
}

/* Answers for both checks that look into the OpRegion if nobody can; returns whether it did. */
static bool is_out_of_sight(const struct host_view *view, struct host_answer *answer)
{
	const json_t *opregion = json_object_get(view->igd, "opregion");
	uint32_t asls;

	if (!host_register(view->igd, "0xfc", &asls)) {
		host_answer(
			answer, HOST_UNKNOWN, NULL, CONFIG, "register 0xfc (ASLS) cannot be read");
		return true;
	}
	if (asls == 0) {
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, CONFIG, "the IGD has no OpRegion");
		return true;
	}
	if (document_text(opregion, "error")[0] || !json_is_object(opregion)) {
		host_answer(answer, HOST_UNKNOWN, NULL, "/dev/mem",
			"the OpRegion cannot be read: %.100s", document_text(opregion, "error"));
		return true;
	}
	return false;
}

static void look_header(const struct host_view *view, struct host_answer *answer)
{
	const json_t *opregion = json_object_get(view->igd, "opregion");
	const char *signature = document_text(opregion, "signature");
	json_t *value;

	if (is_out_of_sight(view, answer))
		return;
	value = json_pack("{s:s, s:O?, s:s}", "version", document_text(opregion, "version"),
		"size_kib", json_object_get(opregion, "size_kib"), "mailboxes",
		document_text(opregion, "mailboxes"));
	if (strcmp(signature, "IntelGraphicsMem") == 0)
		host_answer(answer, HOST_PASS, value, "/dev/mem", "%s", "");
	else
		host_answer(answer, HOST_FAIL, value, "/dev/mem",
			"the OpRegion begins with \"%.40s\" instead of \"IntelGraphicsMem\"",
			signature);
}

static void look_vbt(const struct host_view *view, struct host_answer *answer)
{
	const json_t *opregion = json_object_get(view->igd, "opregion");
	const char *vbt = document_text(opregion, "vbt");
	struct opregion_vbt beyond = { 0 };
	uint32_t asls;
	int r;

	if (is_out_of_sight(view, answer))
		return;
	host_register(view->igd, "0xfc", &asls);
	r = opregion_vbt_read(view->sources->root, asls, &beyond);
	/* RVDA came with 2.0; in older ones these bytes are something else. */
	if (r == 0 && strtoul(document_text(opregion, "version"), NULL, 10) >= 2 &&
		beyond.at != 0 && beyond.bytes > OPREGION_VBT_MAX)
		host_answer(answer, HOST_FAIL, json_integer(beyond.bytes), "/dev/mem",
			"the VBT has more than %d bytes and lies beyond the "
			"three pages that Xen and QEMU map for a guest",
			OPREGION_VBT_MAX);
	else if (strncmp(vbt, "$VBT", 4) == 0)
		host_answer(answer, HOST_PASS, json_string(vbt), "/dev/mem", "%s", "");
	else
		host_answer(answer, HOST_FAIL, json_string(vbt), "/dev/mem",
			"the OpRegion has no VBT: the driver in a guest finds no outputs");
}

static void judge_stolen(
	const struct host_view *view, struct host_answer *answer, uint64_t base, uint16_t gmch)
{
	uint64_t size = stolen_memory_size(view->platform->gmch, gmch);
	json_t *value = json_pack("{s:o, s:I, s:I, s:b}", "base", json_sprintf("0x%" PRIx64, base),
		"mib", (json_int_t)(size >> 20), "gtt_mib",
		(json_int_t)(stolen_memory_gtt_size(view->platform->gmch, gmch) >> 20),
		"vga_disabled", gmch >> 1 & 1);
	int reserved;

	if (size == 0 || base == 0) {
		host_answer(answer, HOST_FAIL, value, CONFIG,
			"firmware has reserved no stolen memory for the IGD");
		return;
	}
	/* A phantom's is only a number: docs/labs/virtual-lab.md. */
	reserved = view->phantom ? 1 : memory_map_is_reserved(view, base, base + size - 1);
	if (reserved == 0)
		host_answer(answer, HOST_FAIL, value, CONFIG ", /proc/iomem",
			"stolen memory is not in a reserved range of the memory map");
	else
		host_answer(answer, HOST_PASS, value, CONFIG, "%s",
			reserved < 0 ? "the memory map cannot be read, so it is unknown whether "
				       "this range is reserved"
				     : "");
}

static void look_stolen(const struct host_view *view, struct host_answer *answer)
{
	uint64_t base = 0;
	uint32_t gmch = 0;

	if (!view->platform)
		host_answer(answer, HOST_UNKNOWN, NULL, CONFIG,
			"the IGD's generation is unknown, so the registers to read are "
			"unknown");
	else if (view->platform->bdsm == IGD_BDSM_NONE)
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, CONFIG,
			"from Meteor Lake on, the registers of stolen memory are in a BAR "
			"and not in configuration space");
	else if (!stolen_memory_base(view, &base) || !host_register(view->igd, "0x50", &gmch))
		host_answer(answer, HOST_UNKNOWN, NULL, CONFIG,
			"the registers of stolen memory cannot be read");
	else
		judge_stolen(view, answer, base, (uint16_t)gmch);
}

const struct host_check host_checks_memory[] = {
	{ "opregion/address", "address of the OpRegion (ASLS)", .decides = "igd_opregion",
		.advice = "let the firmware initialise the IGD: connect a display to it at boot",
		.look = look_asls, .needs_igd = true },
	{ "opregion/header", "header of the OpRegion",
		.advice = "run igd-harness as root, on a kernel that lets /dev/mem be read "
			  "(iomem=relaxed)",
		.look = look_header, .needs_igd = true },
	{ "opregion/vbt", "VBT in the OpRegion",
		.advice = "run igd-harness as root, on a kernel that lets /dev/mem be read "
			  "(iomem=relaxed)",
		.look = look_vbt, .needs_igd = true },
	{ "igd/stolen", "stolen memory",
		.advice = "reserve memory for the IGD in the firmware setup", .look = look_stolen,
		.needs_igd = true },
	{ NULL },
};

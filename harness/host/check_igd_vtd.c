/* Is the IGD behind the IOMMU? Its unit, the faults of its DMA, the memory that firmware reserves
 * for it (RMRR). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/check.h"
#include "harness/host/memory_map.h"
#include "harness/host/stolen_memory.h"
#include "harness/host/vtd_table.h"
#include "harness/host/xen_cmdline.h"
#include "harness/host/xen_messages.h"
#include "src/document.h"

/* Faults beyond this many are no few right after an assignment. */
#define FEW_FAULTS 16

/* Answers if there is no IGD, or none that is known of; `what` is what was found all the same. */
static bool answer_without_igd(
	const struct host_view *view, struct host_answer *answer, const char *found)
{
	const char *why;
	enum host_igd has = host_has_igd(view, &why);

	if (has == IGD_ABSENT)
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, "",
			"there is no Intel display at 0000:00:02.0");
	else if (has == IGD_UNKNOWN)
		host_answer(answer, HOST_UNKNOWN, NULL, "", "%.200s%s%.80s", why,
			found[0] ? "; " : "", found);
	return has != IGD_THERE;
}

/* Does Xen discard the warnings that `level` is about? By its log, else by its command line. */
static bool hides_warnings(const struct host_view *view, const char *level, const char *option)
{
	const char *said = document_text(view->log, level);
	const char *cmdline = host_xen_cmdline(view);
	char value[64];

	if (said[0])
		return !strstr(said, "warnings") && !strstr(said, "All");
	return cmdline && xen_cmdline_value(cmdline, option, value, sizeof(value)) &&
	       xen_cmdline_hides_warnings(value);
}

static const char *xen_version(const struct host_view *view)
{
	const char *version = host_xen_text(view, "texts", "xen");

	return version[0] ? version : document_text(view->log, "version");
}

/* A table without a unit of the IGD's own. A virtual machine's IGD is no IGD of Intel's. */
static bool answer_by_table(const struct host_view *view, struct host_answer *answer)
{
	struct problem why = { 0 };
	struct dmar dmar = { 0 };
	const char *name = "";

	if (vtd_table_read(view, &dmar, &name, &why) < 0 || dmar.igd_unit || !view->igd)
		return false;
	if (!dmar.rest_unit) {
		host_answer(answer, HOST_FAIL, NULL, VTD_TABLES,
			"the firmware's DMAR table has no VT-d unit for the IGD, so its DMA is not "
			"translated");
		answer->advice =
			"enable VT-d for the integrated GPU in the firmware setup, or update "
			"the firmware";
		return true;
	}
	if (host_is_virtual(view))
		return false;
	host_answer(answer, HOST_UNKNOWN, NULL, VTD_TABLES,
		"the firmware's DMAR table has no VT-d unit for the IGD alone, as "
		"Intel's hosts have: the unit of all other devices may not "
		"translate the IGD's DMA");
	answer->advice = "enable VT-d for the integrated GPU in the firmware setup, or update the "
			 "firmware";
	return true;
}

/*
 * Xen leaves the unit of the IGD off for no-igfx, and, on Ironlake alone, if firmware did not
 * enable VT-d in the IGD (is_igd_vt_enabled_quirk(), xen/drivers/passthrough/vtd/quirks.c). The
 * table of ids begins after Ironlake. Returns why it is not known that the unit is on, or NULL.
 */
static const char *engine_doubt(const struct host_view *view)
{
	bool on = false;

	if ((!host_xen_has(view, "iommu", &on) && !host_log_says(view, "iommu", &on)) || !on)
		return "Xen's log does not show that VT-d is on";
	if (!host_xen_cmdline(view))
		return "Xen's command line is unknown, and may have no-igfx";
	if (!xen_messages_cover(xen_messages_builtin(), xen_version(view)))
		return "this release of Xen is not in results/data/" XEN_MESSAGES_FILE;
	if (view->platform)
		return NULL;
	if (!view->log)
		return view->log_trouble.text;
	if (host_log_loss(view))
		return host_log_loss(view);
	return hides_warnings(view, "std_loglevel", "loglvl")
		       ? "Xen does not print warnings (loglvl=)"
		       : NULL;
}

static void look_engine(const struct host_view *view, struct host_answer *answer)
{
	json_t *bad = json_array_get(json_object_get(view->log, "bad"), 0);
	char option[128];
	const char *doubt;
	bool on;

	if (bad) {
		host_answer(answer, HOST_FAIL, json_incref(bad), view->log_source,
			"Xen does not use the IGD's own IOMMU: its log says \"%.160s\"",
			json_string_value(bad));
		return;
	}
	if (host_option_is_off(view, "iommu", "igfx", option, sizeof(option))) {
		host_answer(answer, HOST_FAIL, json_string(option), "Xen's command line",
			"Xen does not use the IGD's own IOMMU: %.100s is on its command line",
			option);
		return;
	}
	if (answer_without_igd(view, answer, ""))
		return;
	if (host_log_says(view, "iommu", &on) && !on) {
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, view->log_source,
			"VT-d is off for all devices");
		return;
	}
	if (answer_by_table(view, answer))
		return;
	doubt = engine_doubt(view);
	if (doubt)
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source, "%.250s", doubt);
	else
		host_answer(answer, HOST_PASS, NULL, view->log_source,
			"VT-d is on, and no option disables it for the IGD");
}

/* Faults that Xen printed, and what it left out around them. */
static void answer_faults(const struct host_view *view, struct host_answer *answer, json_int_t seen,
	json_int_t left_out)
{
	const char *last = document_text(view->log, "fault");
	json_t *value = json_integer(seen + left_out);

	answer->grave = seen + left_out > FEW_FAULTS;
	if (answer->grave)
		host_answer(answer, HOST_UNKNOWN, value, view->log_source,
			"a storm: VT-d refused DMA of the IGD; Xen printed %" JSON_INTEGER_FORMAT
			" of these faults and suppressed %" JSON_INTEGER_FORMAT
			" messages between them%s%.120s",
			seen, left_out, last[0] ? "; the last: " : "", last);
	else
		host_answer(answer, HOST_UNKNOWN, value, view->log_source,
			"VT-d refused DMA of the IGD; a few faults right after an assignment are "
			"normal%s%.160s",
			last[0] ? "; the last: " : "", last);
}

static void look_faults(const struct host_view *view, struct host_answer *answer)
{
	json_int_t seen = json_integer_value(json_object_get(view->log, "igd_faults"));
	json_int_t left_out = json_integer_value(json_object_get(view->log, "suppressed"));

	if (!view->log)
		host_answer(
			answer, HOST_UNKNOWN, NULL, "xl dmesg", "%.300s", view->log_trouble.text);
	else if (seen > 0)
		answer_faults(view, answer, seen, left_out);
	else if (left_out > 0)
		host_answer(answer, HOST_UNKNOWN, json_integer(left_out), view->log_source,
			"Xen suppressed %" JSON_INTEGER_FORMAT
			" messages, which may be faults of the IGD",
			left_out);
	else if (host_log_loss(view))
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source,
			"%s: the lost part may have had faults of the IGD", host_log_loss(view));
	else if (hides_warnings(view, "guest_loglevel", "guest_loglvl"))
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source,
			"Xen does not print faults (guest_loglvl=)");
	else if (!xen_messages_cover(xen_messages_builtin(), xen_version(view)))
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source,
			"this release of Xen is not in results/data/" XEN_MESSAGES_FILE
			", and may print faults in a different wording");
	else if (!answer_without_igd(view, answer, ""))
		host_answer(answer, HOST_PASS, json_integer(0), view->log_source, "%s", "");
}

#define RANGES_MAX 32

/* Memory that firmware reserves for the IGD. */
struct ranges {
	struct {
		uint64_t start, end;
	} list[RANGES_MAX];
	size_t count;
	unsigned int others; /* devices that share one of them */
	const char *source;
};

static void add_range(struct ranges *ranges, uint64_t start, uint64_t end)
{
	if (ranges->count == RANGES_MAX)
		return;
	ranges->list[ranges->count].start = start;
	ranges->list[ranges->count++].end = end;
}

/* By Xen, or else by the firmware's table. Returns 0, or a negative errno with the sentence. */
static int read_ranges(const struct host_view *view, struct ranges *ranges, struct problem *why)
{
	const json_t *reserved = json_object_get(view->sources->survey, "reserved"), *entry;
	struct dmar dmar = { 0 };
	const char *name = "";
	uint64_t start, end;
	size_t i;
	int r;

	if (json_is_array(reserved)) {
		ranges->source = "xc_reserved_device_memory_map()";
		json_array_foreach(reserved, i, entry)
		{
			if (json_is_string(entry) &&
				sscanf(json_string_value(entry), "0x%" SCNx64 "-0x%" SCNx64, &start,
					&end) == 2)
				add_range(ranges, start, end);
		}
		return 0;
	}
	ranges->source = VTD_TABLES;
	r = vtd_table_read(view, &dmar, &name, why);
	for (i = 0; r == 0 && i < dmar.range_count; i++) {
		if (!dmar.ranges[i].igd)
			continue;
		add_range(ranges, dmar.ranges[i].start, dmar.ranges[i].end);
		ranges->others += dmar.ranges[i].devices - 1;
	}
	return r;
}

static json_t *range_json(uint64_t start, uint64_t end)
{
	return json_sprintf("0x%" PRIx64 "-0x%" PRIx64, start, end);
}

static json_t *ranges_json(const struct ranges *ranges)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ranges->count; i++)
		json_array_append_new(list, range_json(ranges->list[i].start, ranges->list[i].end));
	return list;
}

/* Is a range that Xen complains of the IGD's? By the firmware's ranges, by the base of stolen
 * memory, or by an address that the IGD read or wrote in vain. */
static bool is_of_igd(
	const struct host_view *view, const struct ranges *ranges, uint64_t start, uint64_t end)
{
	const json_t *fault = json_object_get(view->log, "igd_fault_at");
	uint64_t at = (uint64_t)json_integer_value(fault), base;

	for (size_t i = 0; i < ranges->count; i++) {
		if (ranges->list[i].start <= end && start <= ranges->list[i].end)
			return true;
	}
	if (json_is_integer(fault) && start <= at && at <= end)
		return true;
	return stolen_memory_base(view, &base) && start <= base && base <= end;
}

/* Ranges that are not in reserved memory, from Xen's own words. True if it answered. */
static bool answer_outside(const struct host_view *view, const struct ranges *ranges, bool known,
	struct host_answer *answer)
{
	const json_t *list = json_object_get(view->log, "rmrr_outside"), *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		uint64_t start = (uint64_t)json_integer_value(json_array_get(entry, 0));
		uint64_t end = (uint64_t)json_integer_value(json_array_get(entry, 1));
		bool of_igd = is_of_igd(view, ranges, start, end);

		if (!of_igd && known)
			continue;
		host_answer(answer, of_igd ? HOST_FAIL : HOST_UNKNOWN, range_json(start, end),
			view->log_source,
			"by Xen's log, the RMRR 0x%" PRIx64 "-0x%" PRIx64
			"%s is not in reserved memory: %s",
			start, end, of_igd ? " of the IGD" : "",
			of_igd ? "VT-d may refuse the IGD's DMA to it, or the DMA may reach memory "
				 "that is in use"
			       : "the RMRR may belong to the IGD");
		answer->blocks = "iommu";
		answer->grave = true;
		answer->advice =
			"update the firmware; Xen's log has each RMRR and the memory map with "
			"iommu=verbose and loglvl=all on Xen's command line";
		return true;
	}
	return false;
}

/* A range that the kernel's memory map does not have as reserved. */
static bool answer_unreserved(
	const struct host_view *view, const struct ranges *ranges, struct host_answer *answer)
{
	for (size_t i = 0; !host_is_virtual(view) && i < ranges->count; i++) {
		uint64_t start = ranges->list[i].start, end = ranges->list[i].end;

		if (memory_map_is_reserved(view, start, end) != 0)
			continue;
		host_answer(answer, HOST_FAIL, range_json(start, end), "/proc/iomem",
			"the RMRR 0x%" PRIx64 "-0x%" PRIx64
			" of the IGD is not in a reserved range of the memory map",
			start, end);
		answer->blocks = "iommu";
		answer->advice = "update the firmware";
		return true;
	}
	return false;
}

static void answer_missing(const struct host_view *view, const struct ranges *ranges, json_t *value,
	struct host_answer *answer)
{
	/* Firmware gives every IGD whose stolen memory is in configuration space an RMRR for it:
	 * coreboot's soc_fill_dmar() and acpi_create_igfx_rmrr(), Sandy Bridge to Raptor Lake. */
	if (!host_is_virtual(view) && view->platform && view->platform->bdsm != IGD_BDSM_NONE) {
		host_answer(answer, HOST_FAIL, value, ranges->source,
			"firmware reserves no memory for the IGD (RMRR), and %.40s has its "
			"stolen memory in host memory: VT-d refuses DMA to it",
			view->platform->title);
		answer->blocks = "iommu";
		answer->advice = "update the firmware";
	} else if (!host_is_virtual(view) && !view->platform) {
		host_answer(answer, HOST_UNKNOWN, value, ranges->source,
			"firmware reserves no memory for the IGD, and it is unknown "
			"whether this generation needs reserved memory");
	} else {
		host_answer(answer, HOST_PASS, value, ranges->source,
			"firmware reserves no memory for the IGD, and this generation "
			"needs none");
	}
}

static void look_rmrr(const struct host_view *view, struct host_answer *answer)
{
	struct ranges ranges = { .source = VTD_TABLES };
	struct problem why = { 0 };
	int r = read_ranges(view, &ranges, &why);
	json_t *value;

	if (host_has_igd(view, &(const char *){ "" }) != IGD_ABSENT &&
		answer_outside(view, &ranges, r == 0, answer))
		return;
	if (answer_without_igd(view, answer, ""))
		return;
	if (r < 0) {
		host_answer(answer, HOST_UNKNOWN, NULL, VTD_TABLES,
			"the DMAR table cannot be used: %.200s", why.text);
		return;
	}
	if (answer_unreserved(view, &ranges, answer))
		return;
	value = ranges_json(&ranges);
	if (ranges.count == 0)
		answer_missing(view, &ranges, value, answer);
	else if (ranges.others > 0)
		host_answer(answer, HOST_FAIL, value, ranges.source,
			"%u other devices share the IGD's reserved memory, and Xen refuses "
			"to assign one of these devices alone",
			ranges.others);
	else
		host_answer(answer, HOST_PASS, value, ranges.source, "%s", "");
}

const struct host_check host_checks_igd_vtd[] = {
	{ "vtd/igd-engine", "IOMMU of the IGD", .blocks = "iommu",
		.advice = "remove no-igfx from Xen's command line; if Xen's command line "
			  "does not have it, boot Xen with conring_size=1M, and run "
			  "igd-harness as root soon after the boot",
		.look = look_engine, .needed = true },
	{ "vtd/faults", "VT-d faults of the IGD",
		.advice = "compare with Xen's log while a guest runs: xen.log of a cell",
		.look = look_faults },
	{ "vtd/rmrr", "memory reserved for the IGD by firmware (RMRR)",
		.advice = "see rdm_policy in xl.cfg(5)", .look = look_rmrr },
	{ NULL },
};

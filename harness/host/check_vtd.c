/* The IOMMU as firmware offers it and as Xen speaks of it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/check.h"
#include "harness/host/dmar.h"
#include "src/document.h"
#include "src/tree.h"

#define TABLES "/sys/firmware/acpi/tables"

/* The name of the table: Xen writes another over it, so that dom0 does not use it
 * (acpi_dmar_zap(), xen/drivers/passthrough/vtd/dmar.c; XMAR before). */
static const char *const table_names[] = { "DMAR", "RMAD", "XMAR" };

/* Returns the bytes of the first that is there and its name, or a negative errno. */
static ssize_t read_table(const struct host_view *view, uint8_t *bytes, const char **name_r)
{
	ssize_t length = -ENOENT;

	for (size_t i = 0; i < sizeof(table_names) / sizeof(table_names[0]); i++) {
		*name_r = table_names[i];
		length = tree_bytes(view->sources->root, bytes, DMAR_MAX,
			"sys/firmware/acpi/tables/%s", *name_r);
		if (length != -ENOENT)
			return length;
	}
	return length;
}

static int load_table(
	const struct host_view *view, struct dmar *dmar_r, const char **name_r, struct problem *why)
{
	uint8_t *bytes = malloc(DMAR_MAX);
	ssize_t length = bytes ? read_table(view, bytes, name_r) : -ENOMEM;
	int r = length < 0 ? problem_set(why, (int)length, "%s", strerror((int)-length))
			   : dmar_parse(bytes, (size_t)length, dmar_r, why);

	free(bytes);
	return r;
}

static void look_table(const struct host_view *view, struct host_answer *answer)
{
	struct problem why = { 0 };
	struct dmar dmar = { 0 };
	const char *name = "";
	char text[TREE_TEXT_MAX];
	int r = load_table(view, &dmar, &name, &why);

	if (r == 0) {
		host_answer(answer, HOST_PASS,
			json_pack("{s:s, s:i, s:b, s:b}", "table", name, "units", (int)dmar.units,
				"interrupt_remapping", !!(dmar.flags & DMAR_INTR_REMAP),
				"x2apic_opt_out", !!(dmar.flags & DMAR_X2APIC_OPT_OUT)),
			TABLES, "%s", "");
		return;
	}
	if (r == -EINVAL) {
		host_answer(answer, HOST_FAIL, json_string(name), TABLES,
			"the firmware's DMAR table is malformed: %.200s", why.text);
		return;
	}
	/* Is the folder there, that none of its files is it? Reading a folder is -EISDIR. */
	if (r == -ENOENT &&
		tree_text(view->sources->root, text, "sys/firmware/acpi/tables") == -EISDIR)
		host_answer(answer, HOST_FAIL, NULL, TABLES,
			"the firmware has no DMAR table, so it describes no Intel IOMMU");
	else
		host_answer(answer, HOST_UNKNOWN, NULL, TABLES,
			"the DMAR table cannot be read: %.200s", why.text);
}

/* Why a message that the log does not have may be lost, or NULL. */
static const char *log_loss(const struct host_view *view)
{
	if (!json_is_true(json_object_get(view->log, "complete")))
		return "the beginning of Xen's boot log is lost";
	return view->log_cut ? "only a part of Xen's log was read" : NULL;
}

static void look_log(const struct host_view *view, struct host_answer *answer)
{
	if (!view->log)
		host_answer(
			answer, HOST_UNKNOWN, NULL, "xl dmesg", "%.300s", view->log_trouble.text);
	else if (log_loss(view))
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source,
			"%s: a missing message proves nothing", log_loss(view));
	else
		host_answer(answer, HOST_PASS, json_incref(json_object_get(view->log, "vtd")),
			view->log_source, "%s", "");
}

static void look_enabled(const struct host_view *view, struct host_answer *answer)
{
	bool on;

	if (!host_log_says(view, "iommu", &on))
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source,
			"Xen's log says neither \"I/O virtualisation enabled\" nor \"disabled\"");
	else
		host_answer(answer, on ? HOST_PASS : HOST_FAIL, json_boolean(on), view->log_source,
			"%s",
			on ? "" : "VT-d is off: Xen's log says \"I/O virtualisation disabled\"");
}

static void look_remapping(const struct host_view *view, struct host_answer *answer)
{
	bool on;

	if (!host_log_says(view, "interrupt_remapping", &on))
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source,
			"Xen's log does not mention interrupt remapping");
	else if (on)
		host_answer(answer, HOST_PASS, json_true(), view->log_source, "%s", "");
	else
		host_answer(answer, HOST_NOT_APPLICABLE, json_false(), view->log_source,
			"interrupt remapping is off: no test needs it, but a "
			"guest with a passed-through device must be trusted");
}

static void look_engine(const struct host_view *view, struct host_answer *answer)
{
	json_t *bad = json_array_get(json_object_get(view->log, "bad"), 0);

	if (bad)
		host_answer(answer, HOST_FAIL, json_incref(bad), view->log_source,
			"Xen does not use the IGD's own IOMMU: its log says \"%.160s\"",
			json_string_value(bad) + strspn(json_string_value(bad), " "));
	else if (log_loss(view))
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source,
			"%s: the rest may say that the IGD's IOMMU is not used", log_loss(view));
	else
		host_answer(answer, HOST_PASS, NULL, view->log_source,
			"Xen's log does not say that it is not used");
}

static void look_faults(const struct host_view *view, struct host_answer *answer)
{
	json_int_t count = json_integer_value(json_object_get(view->log, "igd_faults"));

	if (!view->log)
		host_answer(
			answer, HOST_UNKNOWN, NULL, "xl dmesg", "%.300s", view->log_trouble.text);
	else if (count > 0)
		host_answer(answer, HOST_UNKNOWN, json_integer(count), view->log_source,
			"VT-d refused DMA of the IGD; a few faults right after an assignment are "
			"normal; the last: %.160s",
			document_text(view->log, "fault"));
	else if (view->log_cut)
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source,
			"%s: the rest may have faults of the IGD", log_loss(view));
	else
		host_answer(answer, HOST_PASS, json_integer(0), view->log_source, "%s", "");
}

static void look_x2apic(const struct host_view *view, struct host_answer *answer)
{
	json_t *said = json_object_get(view->log, "x2apic");

	if (json_is_string(said))
		host_answer(answer, HOST_PASS, json_incref(said), view->log_source, "%s", "");
	else
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, view->log_source,
			"Xen's log does not mention x2APIC");
}

static json_t *range_json(uint64_t start, uint64_t end)
{
	return json_sprintf("0x%" PRIx64 "-0x%" PRIx64, start, end);
}

static void look_rmrr(const struct host_view *view, struct host_answer *answer)
{
	json_t *reserved = json_object_get(view->sources->survey, "reserved");
	json_t *ranges = json_array();
	struct problem why = { 0 };
	struct dmar dmar = { 0 };
	const char *name = "";
	unsigned int others = 0;

	if (json_is_array(reserved)) {
		json_decref(ranges);
		host_answer(answer, HOST_PASS, json_incref(reserved),
			"xc_reserved_device_memory_map()", "%s",
			json_array_size(reserved) > 0 ? ""
						      : "firmware reserves no memory for the IGD");
		return;
	}
	if (load_table(view, &dmar, &name, &why) < 0) {
		json_decref(ranges);
		host_answer(answer, HOST_UNKNOWN, NULL, TABLES,
			"the DMAR table cannot be used: %.200s", why.text);
		return;
	}
	for (size_t i = 0; i < dmar.range_count; i++) {
		if (!dmar.ranges[i].igd)
			continue;
		json_array_append_new(ranges, range_json(dmar.ranges[i].start, dmar.ranges[i].end));
		others += dmar.ranges[i].devices - 1;
	}
	if (others > 0)
		host_answer(answer, HOST_FAIL, ranges, TABLES,
			"%u other devices share the IGD's reserved memory, and "
			"Xen refuses to assign one of them alone",
			others);
	else
		host_answer(answer, HOST_PASS, ranges, TABLES, "%s",
			json_array_size(ranges) > 0 ? ""
						    : "firmware reserves no memory for the IGD");
}

const struct host_check host_checks_vtd[] = {
	{ "vtd/table", "DMAR table of the firmware",
		.advice = "enable VT-d in the firmware setup; run igd-harness as root, "
			  "since only root may read the table",
		.look = look_table },
	{ "vtd/messages", "Xen's boot log",
		.advice = "run igd-harness as root soon after the boot, or boot Xen with "
			  "conring_size=1M",
		.look = look_log },
	{ "vtd/enabled", "VT-d in Xen's log", .blocks = "iommu",
		.advice = "enable VT-d in the firmware setup, and remove iommu=0 from "
			  "Xen's command line",
		.look = look_enabled },
	{ "vtd/interrupt-remapping", "interrupt remapping", .look = look_remapping },
	{ "vtd/igd-engine", "IOMMU of the IGD", .blocks = "iommu",
		.advice = "remove no-igfx from Xen's command line, or update the firmware",
		.look = look_engine, .needs_igd = true },
	{ "vtd/faults", "VT-d faults of the IGD",
		.advice = "compare with Xen's log while a guest runs: xen.log of a cell",
		.look = look_faults, .needs_igd = true },
	{ "vtd/rmrr", "memory reserved for the IGD by firmware (RMRR)",
		.advice = "see rdm_policy in xl.cfg(5)", .look = look_rmrr, .needs_igd = true },
	{ "vtd/x2apic", "x2APIC", .look = look_x2apic },
	{ NULL },
};

/* The IOMMU as firmware offers it and as Xen speaks of it. */
#include <errno.h>

#include "harness/host/check.h"
#include "harness/host/vtd_table.h"

static void look_table(const struct host_view *view, struct host_answer *answer)
{
	struct problem why = { 0 };
	struct dmar dmar = { 0 };
	const char *name = "";
	int r = vtd_table_read(view, &dmar, &name, &why);

	if (r == 0) {
		host_answer(answer, HOST_PASS,
			json_pack("{s:s, s:i, s:s, s:b, s:b}", "table", name, "units",
				(int)dmar.units, "igd_unit",
				dmar.igd_unit    ? "own"
				: dmar.rest_unit ? "that of all other devices"
						 : "none",
				"interrupt_remapping", !!(dmar.flags & DMAR_INTR_REMAP),
				"x2apic_opt_out", !!(dmar.flags & DMAR_X2APIC_OPT_OUT)),
			VTD_TABLES, "%s", "");
		return;
	}
	if (r == -EINVAL) {
		host_answer(answer, HOST_FAIL, json_string(name), VTD_TABLES,
			"the firmware's DMAR table is malformed: %.200s", why.text);
		return;
	}
	if (r == -ENOENT && vtd_tables_are_whole(view))
		host_answer(answer, HOST_FAIL, NULL, VTD_TABLES,
			"the firmware has no DMAR table, so it describes no Intel IOMMU");
	else
		host_answer(answer, HOST_UNKNOWN, NULL, VTD_TABLES,
			"the DMAR table cannot be read: %.200s", why.text);
}

static void look_log(const struct host_view *view, struct host_answer *answer)
{
	if (!view->log)
		host_answer(
			answer, HOST_UNKNOWN, NULL, "xl dmesg", "%.300s", view->log_trouble.text);
	else if (host_log_loss(view))
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source,
			"%s: a missing message proves nothing", host_log_loss(view));
	else
		host_answer(answer, HOST_PASS, json_incref(json_object_get(view->log, "vtd")),
			view->log_source, "%s", "");
}

static void look_enabled(const struct host_view *view, struct host_answer *answer)
{
	bool on;

	if (!host_log_says(view, "iommu", &on))
		host_answer(answer, HOST_UNKNOWN, NULL, view->log_source,
			"Xen's log has neither \"I/O virtualisation enabled\" nor "
			"\"disabled\"");
	else
		host_answer(answer, on ? HOST_PASS : HOST_FAIL, json_boolean(on), view->log_source,
			"%s",
			on ? "" : "VT-d is off: Xen's log has \"I/O virtualisation disabled\"");
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
			"interrupt remapping is off: no test needs it, but do not pass a "
			"device to a guest that you do not trust");
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
	{ "vtd/x2apic", "x2APIC", .look = look_x2apic },
	{ NULL },
};

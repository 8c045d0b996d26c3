/* The device model that libxl will start. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/version_range.h"
#include "harness/host/check.h"
#include "harness/host/qemu_texts.h"

static void look_binary(const struct host_view *view, struct host_answer *answer)
{
	const char *version = host_xen_text(view, "versions", "qemu");

	if (version[0])
		host_answer(answer, HOST_PASS, json_string(version), qemu_path(view), "%s", "");
	else if (view->sources->model_trouble[0])
		host_answer(answer, HOST_FAIL, NULL, qemu_path(view), "%.300s",
			view->sources->model_trouble);
	else
		host_answer(answer, HOST_UNKNOWN, NULL, qemu_path(view),
			"it is unknown which QEMU libxl starts");
}

/* As qemu_texts_find(), or an answer if there is nothing to search. */
static bool search_model(const struct host_view *view, const char *const *texts,
	unsigned int *found_r, struct host_answer *answer)
{
	const char *path = qemu_path(view);
	int r = qemu_texts_find(view, texts, found_r);

	if (r == 0)
		return true;
	if (path[0])
		host_answer(answer, HOST_UNKNOWN, NULL, path, "this QEMU cannot be read: %s",
			strerror(-r));
	else
		host_answer(
			answer, HOST_UNKNOWN, NULL, path, "it is unknown which QEMU libxl starts");
	answer->advice = "see qemu/binary";
	return false;
}

static void look_passthrough(const struct host_view *view, struct host_answer *answer)
{
	/* TYPE_XEN_PT_DEVICE of hw/xen/xen_pt.h; the text of hw/xen/xen_pt_stub.c. */
	static const char *const texts[] = { "xen-pci-passthrough",
		"Xen PCI passthrough support not built in", NULL };
	unsigned int found;

	if (!search_model(view, texts, &found, answer))
		return;
	if (found == 1)
		host_answer(answer, HOST_PASS, json_true(), qemu_path(view), "%s", "");
	else
		host_answer(answer, HOST_FAIL, json_false(), qemu_path(view),
			"this QEMU was built without PCI passthrough for Xen");
}

static void look_machines(const struct host_view *view, struct host_answer *answer)
{
	static const char *const texts[] = { "xenfv-3.1-machine", "xenfv-4.2-machine", NULL };
	static const char *const names[] = { "xenfv", "xenfv-4.2" };
	json_t *machines;
	unsigned int found;

	if (!search_model(view, texts, &found, answer))
		return;
	machines = json_array();
	for (unsigned int i = 0; texts[i]; i++)
		if (found >> i & 1)
			json_array_append_new(machines, json_string(names[i]));
	host_answer(answer, found & 1 ? HOST_PASS : HOST_FAIL, machines, qemu_path(view), "%s",
		found & 1 ? "" : "this QEMU has no machine xenfv, which libxl starts");
}

static void look_option_rom(const struct host_view *view, struct host_answer *answer)
{
	const char *version = host_xen_text(view, "versions", "qemu");
	bool aborts;

	/* f6fc01c786 asserts that a BAR is registered once; load_option_rom and
	 * xen_pt_register_regions both register the ROM's. Measured with 10.0.13. */
	if (!version[0] || version_range_match(">=10.0", version, &aborts) < 0)
		host_answer(
			answer, HOST_UNKNOWN, NULL, qemu_path(view), "QEMU's version is unknown");
	else if (aborts)
		host_answer(answer, HOST_FAIL, json_string(version), qemu_path(view),
			"QEMU 10.0 and later abort when an IGD with an option "
			"ROM is attached (Assertion `!r->size' failed; QEMU's "
			"commit f6fc01c786), and refuse an IGD without one");
	else
		host_answer(answer, HOST_PASS, json_string(version), qemu_path(view), "%s", "");
}

const struct host_check host_checks_qemu[] = {
	{ "qemu/binary", "QEMU that libxl starts",
		.advice = "install QEMU (Debian: qemu-system-xen), or give its path with "
			  "--device-model",
		.look = look_binary },
	{ "qemu/passthrough", "PCI passthrough in QEMU",
		.advice = "use a QEMU that was built with --enable-xen-pci-passthrough",
		.look = look_passthrough },
	{ "qemu/machines", "machine types that libxl starts", .look = look_machines,
		.advice = "use a QEMU for i386 that was built with --enable-xen" },
	{ "qemu/option-rom", "option ROM of an IGD in QEMU",
		.advice = "use a different QEMU, --device-model PATH, or one with "
			  "the patches of 2026-07-09",
		.look = look_option_rom, .needs_igd = true },
	{ NULL },
};

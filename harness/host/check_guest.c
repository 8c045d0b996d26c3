/* What a guest will get, and what this host will lose. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/version_range.h"
#include "harness/host/check.h"
#include "src/document.h"
#include "src/tree.h"

#define BRIDGE "sys/bus/pci/devices/0000:00:00.0"

static void look_host_bridge(const struct host_view *view, struct host_answer *answer)
{
	const json_t *bridge = view->host_bridge;
	uint32_t gmch = 0;
	json_t *value;

	if (!bridge) {
		host_answer(answer, view->pci_trouble ? HOST_UNKNOWN : HOST_FAIL, NULL, "/" BRIDGE,
			"%.200s",
			view->pci_trouble ? view->pci_trouble : "there is nothing at 0000:00:00.0");
		return;
	}
	value = json_pack("{s:o, s:s?}", "ids",
		json_sprintf("%s:%s", document_text(bridge, "vendor") + 2,
			document_text(bridge, "device") + 2),
		"0x50",
		host_register(bridge, "0x50", &gmch)
			? document_text(json_object_get(bridge, "registers"), "0x50")
			: NULL);
	if (!host_register(bridge, "0x50", &gmch))
		host_answer(answer, HOST_UNKNOWN, value, "/" BRIDGE "/config",
			"only its first 64 bytes can be read");
	else
		host_answer(answer, HOST_PASS, value, "/" BRIDGE "/config", "%s", "");
}

/* xen_igd_pt.c opens it for reading and writing, in QEMU's own rights. */
static void look_bridge_file(const struct host_view *view, struct host_answer *answer)
{
	if (view->sources->root[0])
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, "/" BRIDGE "/config",
			"this is a record");
	else if (access("/" BRIDGE "/config", R_OK | W_OK) == 0)
		host_answer(answer, HOST_PASS, NULL, "/" BRIDGE "/config", "%s", "");
	else if (geteuid() != 0)
		host_answer(answer, HOST_UNKNOWN, NULL, "/" BRIDGE "/config", "only root can tell");
	else
		host_answer(answer, HOST_FAIL, NULL, "/" BRIDGE "/config",
			"QEMU opens it for writing: %s", strerror(errno));
}

static void look_isa_bridge(const struct host_view *view, struct host_answer *answer)
{
	const json_t *bridge = view->isa_bridge;
	json_t *ids = bridge ? json_sprintf("%s:%s", document_text(bridge, "vendor") + 2,
				       document_text(bridge, "device") + 2)
			     : NULL;

	if (view->pci_trouble)
		host_answer(answer, HOST_UNKNOWN, ids, "/sys/bus/pci/devices/0000:00:1f.0",
			"%.300s", view->pci_trouble);
	else if (bridge && strcmp(document_text(bridge, "vendor"), "0x8086") == 0 &&
		 strncmp(document_text(bridge, "class"), "0x0601", 6) == 0)
		host_answer(answer, HOST_PASS, ids, "/sys/bus/pci/devices/0000:00:1f.0", "%s", "");
	else
		host_answer(answer, HOST_NOT_APPLICABLE, ids, "/sys/bus/pci/devices/0000:00:1f.0",
			"no ISA bridge of Intel's is there, and QEMU copies none");
}

static void look_guest_bridge(const struct host_view *view, struct host_answer *answer)
{
	uint16_t bridge = igd_ids_isa_bridge(view->ids, view->device);

	if (!view->ids)
		host_answer(
			answer, HOST_UNKNOWN, NULL, IGD_IDS_FILE, "%.300s", view->ids_trouble.text);
	else if (bridge)
		host_answer(answer, HOST_PASS, json_sprintf("8086:%04x", bridge), IGD_IDS_FILE,
			"%s", "");
	else
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, IGD_IDS_FILE,
			"QEMU makes one at 00:1f.0 for Haswell and Broadwell only: i915 in the guest "
			"knows no PCH");
}

/* pc_xen_hvm_init() reserves the slot for a VGA at 0000:00:02.0 (QEMU's 4f67543bb8). */
static void look_slot(const struct host_view *view, struct host_answer *answer)
{
	const char *version = host_xen_text(view, "versions", "qemu");
	bool reserves;

	if (!version[0] || version_range_match(">=7.2.3", version, &reserves) < 0)
		host_answer(answer, HOST_UNKNOWN, NULL, "QEMU's version",
			"whether QEMU keeps slot 2 free is not known");
	else if (!reserves)
		host_answer(answer, HOST_FAIL, json_string(version), "QEMU's version",
			"QEMU before 8.0 and 7.2.3 puts its own devices into slot 2 first");
	else
		host_answer(answer, HOST_PASS,
			json_pack("{s:s, s:s}", "xenfv", "02", "pc", "first free"),
			"QEMU's version", "machine xenfv keeps slot 2 for it, machine pc does not");
}

static void look_console(const struct host_view *view, struct host_answer *answer)
{
	char text[TREE_TEXT_MAX], *tty = ttyname(0);
	int r = tree_text(view->sources->root, text, "sys/bus/pci/devices/0000:00:02.0/boot_vga");

	if (r < 0)
		host_answer(answer, HOST_UNKNOWN, NULL, "boot_vga",
			"whether it shows dom0's console is not known: %s", strerror(-r));
	else if (strcmp(text, "1") != 0)
		host_answer(answer, HOST_PASS, json_string(text), "boot_vga",
			"dom0's console is on another display");
	else if (!view->sources->root[0] && tty && strncmp(tty, "/dev/tty", 8) == 0 &&
		 tty[8] >= '0' && tty[8] <= '9')
		host_answer(answer, HOST_FAIL, json_string(text), "boot_vga",
			"you will lose this console, %.40s, while a guest has the GPU", tty);
	else
		host_answer(answer, HOST_PASS, json_string(text), "boot_vga",
			"dom0's screen goes dark while a guest has the GPU");
}

const struct host_check host_checks_guest[] = {
	{ "host/bridge", "the host bridge, of which QEMU copies registers",
		.advice = "run it as root", .look = look_host_bridge },
	{ "host/bridge-file", "QEMU may open the host bridge for writing",
		.advice = "run QEMU as root, without dm_restrict", .look = look_bridge_file },
	{ "host/isa-bridge", "the ISA bridge", .advice = "run it as root",
		.look = look_isa_bridge },
	{ "guest/isa-bridge", "the ISA bridge that QEMU makes for the guest",
		.look = look_guest_bridge, .needs_igd = true },
	{ "guest/slot", "the IGD will be at the guest's 00:02.0",
		.advice = "test a newer QEMU: --device-model", .look = look_slot,
		.needs_igd = true },
	{ "guest/console", "this console outlives the test",
		.advice = "come by ssh or over a serial line", .look = look_console,
		.needs_igd = true },
	{ NULL },
};

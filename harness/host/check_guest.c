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
		const char *unknown = view->pci_trouble ? view->pci_trouble : view->part;

		host_answer(answer, unknown[0] ? HOST_UNKNOWN : HOST_FAIL, NULL, "/" BRIDGE,
			"%.250s%s", unknown[0] ? unknown : "there is no device at 0000:00:00.0",
			view->part[0] ? ", which do not include the host bridge" : "");
		return;
	}
	value = json_pack("{s:o, s:s?}", "ids", host_ids_json(bridge), "0x50",
		host_register(bridge, "0x50", &gmch)
			? document_text(json_object_get(bridge, "registers"), "0x50")
			: NULL);
	if (!host_register(bridge, "0x50", &gmch))
		host_answer(answer, HOST_UNKNOWN, value, "/" BRIDGE "/config",
			"register 0x50 of the host bridge cannot be read: QEMU copies it "
			"into the guest");
	else
		host_answer(answer, HOST_PASS, value, "/" BRIDGE "/config", "%s", "");
}

/* xen_igd_pt.c opens it for reading and writing, in QEMU's own rights. */
static void look_bridge_file(const struct host_view *view, struct host_answer *answer)
{
	if (view->sources->root[0])
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, "/" BRIDGE "/config",
			"a recorded host has no access rights to check");
	else if (access("/" BRIDGE "/config", R_OK | W_OK) == 0)
		host_answer(answer, HOST_PASS, NULL, "/" BRIDGE "/config", "%s", "");
	else if (geteuid() != 0)
		host_answer(answer, HOST_UNKNOWN, NULL, "/" BRIDGE "/config",
			"igd-harness does not run as root, so QEMU's access to the host "
			"bridge is unknown");
	else
		host_answer(answer, HOST_FAIL, NULL, "/" BRIDGE "/config",
			"the host bridge's configuration space cannot be opened for "
			"writing, as QEMU does: %s",
			strerror(errno));
}

static void look_isa_bridge(const struct host_view *view, struct host_answer *answer)
{
	const json_t *bridge = view->isa_bridge;
	json_t *ids = bridge ? host_ids_json(bridge) : NULL;

	if (view->pci_trouble)
		host_answer(answer, HOST_UNKNOWN, ids, "/sys/bus/pci/devices/0000:00:1f.0",
			"%.300s", view->pci_trouble);
	else if (bridge && strcmp(document_text(bridge, "vendor"), "0x8086") == 0 &&
		 strncmp(document_text(bridge, "class"), "0x0601", 6) == 0)
		host_answer(answer, HOST_PASS, ids, "/sys/bus/pci/devices/0000:00:1f.0", "%s", "");
	/* Every host of Intel's has a function there, so the record is not of all. */
	else if (!bridge && view->sources->root[0])
		host_answer(answer, HOST_UNKNOWN, ids, "/sys/bus/pci/devices/0000:00:1f.0",
			"0000:00:1f.0 is not in the record");
	else
		host_answer(answer, HOST_NOT_APPLICABLE, ids, "/sys/bus/pci/devices/0000:00:1f.0",
			"the host has no Intel ISA bridge for QEMU to copy");
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
			"QEMU creates an ISA bridge at 00:1f.0 for Haswell and "
			"Broadwell only: i915 in the guest detects no PCH");
}

/* pc_xen_hvm_init() reserves the slot for a VGA at 0000:00:02.0 (QEMU's 4f67543bb8). */
static void look_slot(const struct host_view *view, struct host_answer *answer)
{
	const char *version = host_xen_text(view, "versions", "qemu");
	bool reserves;

	if (!version[0] || version_range_match(">=7.2.3", version, &reserves) < 0)
		host_answer(answer, HOST_UNKNOWN, NULL, "QEMU's version",
			"QEMU's version is unknown, so it is unknown whether QEMU reserves "
			"slot 2");
	else if (!reserves)
		host_answer(answer, HOST_FAIL, json_string(version), "QEMU's version",
			"QEMU before 8.0 and 7.2.3 does not reserve slot 2: an "
			"emulated device takes it before the IGD");
	else
		host_answer(answer, HOST_PASS,
			json_pack("{s:s, s:s}", "xenfv", "02", "pc", "first free"),
			"QEMU's version",
			"machine xenfv reserves slot 2 for the IGD, machine pc "
			"does not");
}

static void look_console(const struct host_view *view, struct host_answer *answer)
{
	char text[TREE_TEXT_MAX], *tty = ttyname(0);
	int r = tree_text(view->sources->root, text, "sys/bus/pci/devices/0000:00:02.0/boot_vga");

	if (r < 0)
		host_answer(answer, HOST_UNKNOWN, NULL, "boot_vga", "boot_vga cannot be read: %s",
			strerror(-r));
	else if (strcmp(text, "1") != 0)
		host_answer(answer, HOST_PASS, json_string(text), "boot_vga",
			"dom0's console is on a different display");
	else if (!view->sources->root[0] && tty && strncmp(tty, "/dev/tty", 8) == 0 &&
		 tty[8] >= '0' && tty[8] <= '9')
		host_answer(answer, HOST_FAIL, json_string(text), "boot_vga",
			"this terminal, %.40s, is on the IGD: its screen is dark while a "
			"guest has the IGD",
			tty);
	else
		host_answer(answer, HOST_PASS, json_string(text), "boot_vga",
			"dom0's screen goes dark while a guest has the IGD");
}

/* vmd_find_free_domain() in Linux' drivers/pci/controller/vmd.c; pci_sbdf_t in Xen. */
static void look_vmd(const struct host_view *view, struct host_answer *answer)
{
	if (host_has_vmd(view))
		host_answer(answer, HOST_PASS, json_true(), "/sys/bus/pci/devices",
			"functions behind Intel's VMD have a PCI domain that Xen does not "
			"support, so no such function can be passed through alone; the IGD "
			"is not behind VMD");
	else if (!view->all_pci || view->part[0])
		host_answer(answer, HOST_UNKNOWN, NULL, "/sys/bus/pci/devices", "%.250s",
			view->pci_trouble ? view->pci_trouble : view->part);
	else
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, "/sys/bus/pci/devices",
			"no function is behind Intel's VMD");
}

const struct host_check host_checks_guest[] = {
	{ "host/bridge", "host bridge, whose registers QEMU copies",
		.advice = "run igd-harness as root", .look = look_host_bridge },
	{ "host/bridge-file", "QEMU's write access to the host bridge",
		.advice = "run QEMU as root, without dm_restrict", .look = look_bridge_file },
	{ "host/isa-bridge", "ISA bridge of the host", .advice = "run igd-harness as root",
		.look = look_isa_bridge },
	{ "host/vmd", "functions behind Intel's VMD", .look = look_vmd },
	{ "guest/isa-bridge", "ISA bridge that QEMU creates in the guest",
		.look = look_guest_bridge, .needs_igd = true },
	{ "guest/slot", "slot of the IGD in the guest",
		.advice = "use a newer QEMU: --device-model PATH", .look = look_slot,
		.needs_igd = true },
	{ "guest/console", "dom0's console", .advice = "log in over ssh or a serial line",
		.look = look_console, .needs_igd = true },
	{ NULL },
};

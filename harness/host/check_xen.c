/* Xen, and what it can do. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "harness/host/check.h"
#include "harness/host/ovmf.h"
#include "src/document.h"
#include "src/tree.h"

#define PHYSINFO "libxl_get_physinfo()"

static void look_dom0(const struct host_view *view, struct host_answer *answer)
{
	const char *root = view->sources->root;
	char type[TREE_TEXT_MAX], mode[TREE_TEXT_MAX], text[TREE_TEXT_MAX];
	int r = tree_text(root, type, "sys/hypervisor/type");

	/* A record may lack the folder. */
	if ((r == -ENOENT || r == -ENOTDIR) && root[0]) {
		host_answer(answer, HOST_UNKNOWN, NULL, "/sys/hypervisor/type",
			"/sys/hypervisor was not recorded");
		return;
	}
	if (r == -ENOENT || (r == 0 && strcmp(type, "xen") != 0)) {
		host_answer(answer, HOST_FAIL, r == 0 ? json_string(type) : NULL,
			"/sys/hypervisor/type", "Xen does not run under this kernel");
		return;
	}
	if (r < 0) {
		host_answer(answer, HOST_UNKNOWN, NULL, "/sys/hypervisor/type",
			"/sys/hypervisor/type cannot be read: %s", strerror(-r));
		return;
	}
	tree_text(root, mode, "sys/hypervisor/guest_type");
	r = tree_text(root, text, "proc/xen/capabilities");
	if (r == -ENOENT || r == -ENOTDIR)
		host_answer(answer, HOST_UNKNOWN, NULL, "/proc/xen/capabilities",
			"/proc/xen/capabilities %s",
			root[0] ? "was not recorded" : "does not exist: xenfs is not mounted");
	else if (r < 0)
		host_answer(answer, HOST_UNKNOWN, NULL, "/proc/xen/capabilities",
			"/proc/xen/capabilities cannot be read: %s", strerror(-r));
	else if (!strstr(text, "control_d"))
		host_answer(answer, HOST_FAIL, json_string("domU"), "/proc/xen/capabilities",
			"this machine is a Xen guest, not dom0");
	else
		host_answer(answer, HOST_PASS,
			json_sprintf("dom0%s%.16s", mode[0] ? ", " : "", mode),
			"/proc/xen/capabilities, /sys/hypervisor/guest_type", "%s", "");
}

static void look_libxl(const struct host_view *view, struct host_answer *answer)
{
	const struct host_sources *sources = view->sources;
	const char *libxl = host_xen_text(view, "versions", "libxl");

	if (libxl[0])
		host_answer(answer, HOST_PASS, json_string(libxl), "libxenlight", "%s", "");
	else if (sources->xen_error == -EPROTO)
		host_answer(answer, HOST_FAIL, NULL, "libxenlight", "%.300s", sources->xen_trouble);
	else
		host_answer(answer, HOST_UNKNOWN, NULL, "libxenlight", "%.300s",
			sources->xen_trouble[0] ? sources->xen_trouble : "libxl was not queried");
}

static void look_version(const struct host_view *view, struct host_answer *answer)
{
	const char *root = view->sources->root, *text = host_xen_text(view, "texts", "xen");
	char major[TREE_TEXT_MAX], minor[TREE_TEXT_MAX], extra[TREE_TEXT_MAX];

	if (text[0]) {
		host_answer(
			answer, HOST_PASS, json_string(text), "libxl_get_version_info()", "%s", "");
	} else if (tree_text(root, major, "sys/hypervisor/version/major") == 0 &&
		   tree_text(root, minor, "sys/hypervisor/version/minor") == 0) {
		tree_text(root, extra, "sys/hypervisor/version/extra");
		host_answer(answer, HOST_PASS, json_sprintf("%.8s.%.8s%.32s", major, minor, extra),
			"/sys/hypervisor/version", "%s", "");
	} else if (json_is_string(json_object_get(view->log, "version"))) {
		host_answer(answer, HOST_PASS, json_incref(json_object_get(view->log, "version")),
			view->log_source, "%s", "");
	} else {
		host_answer(answer, HOST_UNKNOWN, NULL, "/sys/hypervisor/version",
			"neither libxl, sysfs nor Xen's log has Xen's version");
	}
}

static void look_cmdline(const struct host_view *view, struct host_answer *answer)
{
	const char *cmdline = host_xen_cmdline(view);
	char option[128];

	if (!cmdline) {
		host_answer(answer, HOST_UNKNOWN, NULL, "libxl_get_version_info()",
			"Xen's command line is unknown");
		answer->advice = "see xen/libxl";
		return;
	}
	if (host_option_is_off(view, "iommu", NULL, option, sizeof(option)) ||
		host_option_is_off(view, "iommu", "igfx", option, sizeof(option)) ||
		host_option_is_off(view, "hap", NULL, option, sizeof(option)))
		host_answer(answer, HOST_FAIL, json_string(cmdline), "Xen's command line",
			"%s on Xen's command line disables a feature that passthrough needs",
			option);
	else
		host_answer(
			answer, HOST_PASS, json_string(cmdline), "Xen's command line", "%s", "");
}

/* By libxl's word, or else by a line of Xen's messages (`log_key`), which may be gone. `option`, on
 * Xen's command line, is named as the reason if it is there. */
static void look_capability(const struct host_view *view, struct host_answer *answer,
	const char *capability, const char *log_key, const char *option, const char *without)
{
	const char *source = PHYSINFO;
	char reason[128], because[160] = "";
	bool has;

	if (!host_xen_has(view, capability, &has)) {
		source = view->log_source;
		if (!log_key || !host_log_says(view, log_key, &has)) {
			host_answer(answer, HOST_UNKNOWN, NULL, PHYSINFO,
				"libxl was not queried for \"%s\", and Xen's log does not mention it",
				capability);
			answer->advice = "see xen/libxl";
			return;
		}
	}
	if (has) {
		host_answer(answer, HOST_PASS, json_true(), source, "%s", "");
		return;
	}
	if (option && host_option_is_off(view, option, NULL, reason, sizeof(reason)))
		snprintf(because, sizeof(because), ": %s is on Xen's command line", reason);
	host_answer(answer, HOST_FAIL, json_false(), source, "%s%s", without, because);
}

static void look_hvm(const struct host_view *view, struct host_answer *answer)
{
	look_capability(view, answer, "hvm", "hvm", NULL, "Xen cannot run HVM guests");
}

static void look_hap(const struct host_view *view, struct host_answer *answer)
{
	look_capability(view, answer, "hap", "hap", "hap",
		"Xen does not use hardware assisted paging (EPT)");
}

static void look_iommu(const struct host_view *view, struct host_answer *answer)
{
	look_capability(view, answer, "iommu", "iommu", "iommu",
		"Xen does not use an IOMMU, so no device can be passed through");
}

/* What a host may have or not. */
static void look_optional(
	const struct host_view *view, struct host_answer *answer, const char *capability)
{
	bool has;

	if (!host_xen_has(view, capability, &has))
		host_answer(answer, HOST_UNKNOWN, NULL, PHYSINFO,
			"libxl did not report the capability \"%s\"", capability);
	else if (has)
		host_answer(answer, HOST_PASS, json_true(), PHYSINFO, "%s", "");
	else
		host_answer(answer, HOST_NOT_APPLICABLE, json_false(), PHYSINFO,
			"this Xen does not have it; passthrough does not need it");
}

static void look_shadow(const struct host_view *view, struct host_answer *answer)
{
	look_optional(view, answer, "shadow");
}

static void look_share(const struct host_view *view, struct host_answer *answer)
{
	look_optional(view, answer, "iommu_hap_pt_share");
}

static void look_ovmf_image(enum ovmf_kind kind, const char *path, struct host_answer *answer)
{
	switch (kind) {
	case OVMF_FOR_XEN:
		host_answer(answer, HOST_PASS, json_string(path), path, "%s", "");
		return;
	case OVMF_NOT_FOR_XEN:
		host_answer(answer, HOST_NOT_APPLICABLE, json_string(path), path,
			"%s was not made for Xen: edk2 has OvmfXen.dsc for that since 2019, and no "
			"other image of it runs in Xen since edk2-stable202108",
			path);
		return;
	case OVMF_UNKNOWN:
		host_answer(answer, HOST_UNKNOWN, json_string(path), path,
			"%s does not say whether it was made before edk2-stable202108, which no "
			"longer runs in Xen",
			path);
	}
}

/* The OVMF that the back end found where libxl looks for it. */
static void look_ovmf(const struct host_view *view, struct host_answer *answer)
{
	const json_t *firmware = json_object_get(view->sources->identities, "firmware");
	const json_t *ovmf = json_object_get(firmware, "ovmf");
	const char *path = document_text(ovmf, "path");
	struct problem why = { 0 };
	char *image = NULL;
	size_t size = 0;

	if (!ovmf)
		host_answer(
			answer, HOST_UNKNOWN, NULL, "libxl's firmware", "libxl was not queried");
	else if (!path[0])
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, "libxl's firmware",
			"OVMF is not where libxl looks for it; passthrough does not need it");
	else if (fileio_read(AT_FDCWD, path, &image, &size, &why) < 0)
		host_answer(
			answer, HOST_UNKNOWN, NULL, path, "%s cannot be read: %s", path, why.text);
	else
		look_ovmf_image(ovmf_kind((const uint8_t *)image, size), path, answer);
	free(image);
}

const struct host_check host_checks_xen[] = {
	{ "xen/dom0", "domain in which igd-harness runs",
		.advice = "boot Xen, and run igd-harness in dom0", .look = look_dom0 },
	{ "xen/libxl", "libxl of the running Xen",
		.advice = "run igd-harness as root, with the Xen libraries of the running "
			  "hypervisor",
		.look = look_libxl },
	{ "xen/version", "Xen's version", .look = look_version },
	{ "xen/cmdline", "Xen's command line",
		.advice = "remove the option from Xen's command line, and reboot",
		.look = look_cmdline },
	{ "xen/hvm", "HVM guests", .decides = "hvm",
		.advice = "enable the CPU's virtualisation (VT-x) in the firmware setup",
		.look = look_hvm, .needed = true },
	{ "xen/hap", "hardware assisted paging (EPT)", .decides = "hap",
		.advice = "use a CPU with EPT, or remove hap=0 from Xen's command line",
		.look = look_hap, .needed = true },
	{ "xen/iommu", "IOMMU (VT-d)", .decides = "iommu",
		.advice = "enable VT-d in the firmware setup, and remove iommu=0 from "
			  "Xen's command line",
		.look = look_iommu, .needed = true },
	{ "xen/shadow", "shadow paging", .decides = "shadow", .look = look_shadow },
	{ "xen/iommu-hap-pt-share", "page table shared by HAP and IOMMU",
		.decides = "iommu_hap_pt_share", .look = look_share },
	{ "xen/ovmf", "UEFI firmware for HVM guests (OVMF)", .decides = "ovmf",
		.advice = "build OvmfPkg/OvmfXen.dsc of edk2, and name the image by the setting "
			  "bios_path_override",
		.look = look_ovmf },
	{ NULL },
};

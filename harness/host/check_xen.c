/* Xen, and what it can do. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/host/check.h"
#include "src/tree.h"

#define PHYSINFO "libxl_get_physinfo()"

static void look_dom0(const struct host_view *view, struct host_answer *answer)
{
	const char *root = view->sources->root;
	char type[TREE_TEXT_MAX], mode[TREE_TEXT_MAX], text[TREE_TEXT_MAX];
	int r = tree_text(root, type, "sys/hypervisor/type");

	if (r == -ENOENT || (r == 0 && strcmp(type, "xen") != 0)) {
		host_answer(answer, HOST_FAIL, r == 0 ? json_string(type) : NULL,
			"/sys/hypervisor/type",
			"Xen does not run under this kernel: what only Xen knows cannot be told");
		return;
	}
	if (r < 0) {
		host_answer(answer, HOST_UNKNOWN, NULL, "/sys/hypervisor/type", "%s", strerror(-r));
		return;
	}
	tree_text(root, mode, "sys/hypervisor/guest_type");
	r = tree_text(root, text, "proc/xen/capabilities");
	if (r == -ENOENT)
		host_answer(answer, HOST_UNKNOWN, NULL, "/proc/xen/capabilities",
			"it is not there: xenfs is not mounted");
	else if (r < 0)
		host_answer(
			answer, HOST_UNKNOWN, NULL, "/proc/xen/capabilities", "%s", strerror(-r));
	else if (!strstr(text, "control_d"))
		host_answer(answer, HOST_FAIL, json_string("domU"), "/proc/xen/capabilities",
			"this is a guest of Xen, not its dom0");
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
			sources->xen_trouble[0] ? sources->xen_trouble : "it was not asked");
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
			"nothing tells Xen's version");
	}
}

static void look_cmdline(const struct host_view *view, struct host_answer *answer)
{
	const char *cmdline = host_xen_cmdline(view);
	char option[128];

	if (!cmdline) {
		host_answer(answer, HOST_UNKNOWN, NULL, "libxl_get_version_info()",
			"Xen's command line is not known");
		answer->advice = "see xen/libxl";
		return;
	}
	if (host_bad_option(view, "iommu", option, sizeof(option)) ||
		host_bad_option(view, "hap", option, sizeof(option)))
		host_answer(answer, HOST_FAIL, json_string(cmdline), "Xen's command line",
			"%s on it takes away what passthrough needs", option);
	else
		host_answer(
			answer, HOST_PASS, json_string(cmdline), "Xen's command line", "%s", "");
}

static bool xen_says(const struct host_view *view, const char *capability, bool *value_r)
{
	const json_t *list = json_object_get(view->sources->identities, "capabilities"), *entry;
	size_t i;

	*value_r = false;
	if (!json_is_array(list) || !host_xen_text(view, "versions", "libxl")[0])
		return false;
	json_array_foreach(list, i, entry)
	{
		if (json_is_string(entry) && strcmp(json_string_value(entry), capability) == 0)
			*value_r = true;
	}
	return true;
}

/* By libxl's word, or else by a line of Xen's messages (`log_key`), which may be gone. `option`, on
 * Xen's command line, is named as the reason if it is there. */
static void look_capability(const struct host_view *view, struct host_answer *answer,
	const char *capability, const char *log_key, const char *option, const char *without)
{
	const char *source = PHYSINFO;
	char reason[128], because[160] = "";
	bool has;

	if (!xen_says(view, capability, &has)) {
		source = view->log_source;
		if (!log_key || !host_log_says(view, log_key, &has)) {
			host_answer(answer, HOST_UNKNOWN, NULL, PHYSINFO,
				"libxl was not asked, and Xen's messages say nothing of it");
			answer->advice = "see xen/libxl";
			return;
		}
	}
	if (has) {
		host_answer(answer, HOST_PASS, json_true(), source, "%s", "");
		return;
	}
	if (option && host_bad_option(view, option, reason, sizeof(reason)))
		snprintf(because, sizeof(because), ": %s is on its command line", reason);
	host_answer(answer, HOST_FAIL, json_false(), source, "%s%s", without, because);
}

static void look_hvm(const struct host_view *view, struct host_answer *answer)
{
	look_capability(view, answer, "hvm", "hvm", NULL, "Xen can run no HVM guests");
}

static void look_hap(const struct host_view *view, struct host_answer *answer)
{
	look_capability(view, answer, "hap", "hap", "hap", "Xen has no hardware assisted paging");
}

static void look_iommu(const struct host_view *view, struct host_answer *answer)
{
	look_capability(view, answer, "iommu", "iommu", "iommu",
		"Xen uses no IOMMU, so it gives no device to a guest");
}

/* What a host may have or not. */
static void look_optional(
	const struct host_view *view, struct host_answer *answer, const char *capability)
{
	bool has;

	if (!xen_says(view, capability, &has))
		host_answer(answer, HOST_UNKNOWN, NULL, PHYSINFO, "libxl does not tell");
	else if (has)
		host_answer(answer, HOST_PASS, json_true(), PHYSINFO, "%s", "");
	else
		host_answer(answer, HOST_NOT_APPLICABLE, json_false(), PHYSINFO,
			"this Xen has it not, and passthrough does not need it");
}

static void look_shadow(const struct host_view *view, struct host_answer *answer)
{
	look_optional(view, answer, "shadow");
}

static void look_share(const struct host_view *view, struct host_answer *answer)
{
	look_optional(view, answer, "iommu_hap_pt_share");
}

const struct host_check host_checks_xen[] = {
	{ "xen/dom0", "this is dom0 of a running Xen", .advice = "boot Xen, and run this in dom0",
		.look = look_dom0 },
	{ "xen/libxl", "libxl is there and made for this Xen",
		.advice = "run it as root, with the Xen libraries of the hypervisor that runs",
		.look = look_libxl },
	{ "xen/version", "Xen's version", .look = look_version },
	{ "xen/cmdline", "nothing on Xen's command line is against it",
		.advice = "take it from Xen's command line, and boot again", .look = look_cmdline },
	{ "xen/hvm", "HVM guests", .decides = "hvm",
		.advice = "switch the CPU's virtualisation (VT-x) on in the firmware's set-up",
		.look = look_hvm, .needed = true },
	{ "xen/hap", "hardware assisted paging (EPT)", .decides = "hap",
		.advice = "use a CPU that has it, or take hap=0 from Xen's command line",
		.look = look_hap, .needed = true },
	{ "xen/iommu", "Xen uses an IOMMU (VT-d)", .decides = "iommu",
		.advice = "switch VT-d on in the firmware's set-up, and iommu=0 off",
		.look = look_iommu, .needed = true },
	{ "xen/shadow", "shadow paging", .decides = "shadow", .look = look_shadow },
	{ "xen/iommu-hap-pt-share", "one page table for HAP and IOMMU",
		.decides = "iommu_hap_pt_share", .look = look_share },
	{ NULL },
};

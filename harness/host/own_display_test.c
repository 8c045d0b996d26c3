/*
 * What the host's own driver drives, against a recorded tree (src/testdata/README.md) and copies of
 * it that are changed in one place. Expected: the monitor that the virtual GPU was given, 1920x1080
 * at HDMI; digests by sha256sum(1) of the recorded files; `bytes` is the size in the VBT's header.
 */
#include "harness/host/own_display.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/identity.h"
#include "src/field.h"
#include "src/report.h"
#include "src/suite.h"

#define GPU       "/sys/bus/pci/devices/0000:00:02.0"
#define CONNECTOR "/sys/class/drm/card0-HDMI-A-1"
#define DEBUGFS   "/sys/kernel/debug/dri/0"

#define EDID_SHA256 "72513fad6755142b52ba3c84d234eddf165e2ddca523b612e2436f75e45b7fc2"
/* Of the first 126 bytes of i915_vbt. */
#define VBT_SHA256 "1aab1fa179b160e1cb0180d71704d841b2edf96750aba9ab4dc0ed974396101c"

static char tree[512], copy[] = "/tmp/igd-display-XXXXXX";

/* Runs a command of the shell with $T, the copy. */
static void change(const char *command)
{
	setenv("T", copy, 1);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
}

static void copy_tree(void)
{
	setenv("FROM", tree, 1);
	change("rm -rf \"$T\" && cp -r \"$FROM\" \"$T\" && chmod -R u+w \"$T\"");
}

/* As evidence_host() makes it. */
static json_t *report_of(const json_t *host)
{
	static const char *const sections[] = { "pci", "igd", "display" };
	json_t *report = json_object();
	struct problem why = { 0 };

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		json_object_set(report, sections[i], json_object_get(host, sections[i]));
	CU_ASSERT_EQUAL(report_check(report, &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	return report;
}

static void field_is(const json_t *host, const char *name, const char *expected)
{
	json_t *report = report_of(host), *value = NULL;
	const char *seen;

	CU_ASSERT_EQUAL(field_get(report, name, &value, NULL), 0);
	seen = json_string_value(value);
	CU_ASSERT_STRING_EQUAL(seen ? seen : "(no text)", expected);
	json_decref(value);
	json_decref(report);
}

/* Nobody looked at it. */
static void field_is_unknown(const json_t *host, const char *name)
{
	json_t *report = report_of(host), *value = NULL;

	CU_ASSERT_EQUAL(field_get(report, name, &value, NULL), -ENODATA);
	json_decref(report);
}

static void the_monitor_is_known(void)
{
	json_t *host = host_identify(tree, NULL);
	const json_t *igd = json_object_get(host, "igd");

	field_is(host, "igd/display/edid_sha256", EDID_SHA256);
	field_is(host, "igd/display/edid_name", "VIRTUAL GPU");
	field_is(host, "igd/display/connector", "HDMI-A-1");
	field_is(host, "igd/display/connectors", "HDMI-A-1");
	field_is(host, "igd/display/mode", "1920x1080");
	field_is(host, "igd/display/driver", "i915");
	field_is(host, "igd/platform", "COFFEELAKE");
	field_is(host, "igd/vbt/sha256", VBT_SHA256);
	field_is(host, "igd/vbt/ports", "HDMI-B");
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(igd, "stolen"), "bytes")), 0);
	CU_ASSERT_PTR_NULL(json_object_get(host, "igd_unknown"));
	json_decref(host);
}

static void unknown_is(const char *sentence)
{
	json_t *host = host_identify(copy, NULL);
	const char *unknown = json_string_value(json_object_get(host, "igd_unknown"));

	CU_ASSERT_PTR_NULL(json_object_get(host, "igd"));
	CU_ASSERT_PTR_NULL(json_object_get(host, "display"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(unknown);
	CU_ASSERT_STRING_EQUAL(unknown, sentence);
	field_is_unknown(host, "igd/display/edid_sha256");
	json_decref(host);
}

static void without_a_driver_nothing_is_known(void)
{
	copy_tree();
	change("rm \"$T" GPU "/driver\"");
	unknown_is("0000:00:02.0 has no driver on the host");
	change("ln -s ../../../bus/pci/drivers/pciback \"$T" GPU "/driver\"");
	unknown_is("0000:00:02.0 has the driver pciback on the host, which is neither i915 nor xe");
	copy_tree();
	change("rm -r \"$T/sys/class/drm\"");
	unknown_is("0000:00:02.0 has the driver i915 on the host, but no DRM card");
}

static void without_debugfs_the_mode_is_not_known(void)
{
	json_t *host;

	copy_tree();
	change("rm -r \"$T/sys/kernel\"");
	host = host_identify(copy, NULL);
	field_is(host, "igd/display/edid_sha256", EDID_SHA256);
	field_is_unknown(host, "igd/display/mode");
	field_is_unknown(host, "igd/platform");
	field_is_unknown(host, "igd/stolen");
	field_is_unknown(host, "igd/vbt/sha256");
	json_decref(host);
}

static void a_host_without_an_intel_display_has_none(void)
{
	json_t *host = json_object();

	copy_tree();
	change("echo 0x1002 >\"$T" GPU "/vendor\"");
	own_display_add(copy, host);
	CU_ASSERT(json_is_null(json_object_get(host, "igd")));
	json_object_clear(host);
	/* Of a tree without sysfs nobody can say that. */
	own_display_add("/nowhere", host);
	CU_ASSERT_EQUAL(json_object_size(host), 0);
	json_decref(host);
}

/* By what the kernel gave each connector as its id, not by name. */
static void connectors_have_the_order_of_the_kernel(void)
{
	json_t *host;

	copy_tree();
	change("mkdir \"$T/sys/class/drm/card0-DP-1\" \"$T/sys/class/drm/card1-DP-9\" "
	       "\"$T/sys/class/drm/card0-ZZ-1\" && "
	       "echo disconnected >\"$T/sys/class/drm/card0-DP-1/status\" && "
	       "printf 'connector[200]: DP-1\\n\\tcrtc=(null)\\n' >>\"$T" DEBUGFS "/state\"");
	host = host_identify(copy, NULL);
	field_is(host, "igd/display/connectors", "HDMI-A-1 DP-1 ZZ-1");
	json_decref(host);
}

static void check_is(const json_t *before, const char *sentence)
{
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(own_display_check(copy, before, 0, &why), sentence[0] ? -ENODEV : 0);
	CU_ASSERT_STRING_EQUAL(why.text, sentence);
}

static void give_back_is_judged(void)
{
	json_t *before = host_identify(tree, NULL), *unknown = json_object();

	copy_tree();
	check_is(before, "");
	/* A different mode, since nobody sets that of before, is the host's business. */
	change("sed -i 's/\"1920x1080\": 60 138500 1920/\"1920x1080\": 60 138500 1024/' "
	       "\"$T" DEBUGFS "/state\"");
	check_is(before, "");
	change("sed -i 's/crtc=pipe A/crtc=(null)/' \"$T" DEBUGFS "/state\"");
	check_is(before, "the host's driver no longer sets a mode at HDMI-A-1, as it did "
			 "before the first cell");
	change("printf x >>\"$T" CONNECTOR "/edid\"");
	check_is(before,
		"the host's driver reads a different EDID at HDMI-A-1 than before the first "
		"cell");
	change("echo disconnected >\"$T" CONNECTOR "/status\"");
	check_is(before, "the host's driver no longer finds the monitor at HDMI-A-1 that it "
			 "found before the first cell");
	change("rm \"$T" GPU "/driver\"");
	check_is(before, "the host's driver had the Intel GPU before the first cell and no "
			 "longer has it: 0000:00:02.0 has no driver on the host");
	/* Where nothing was known before, nothing is judged. */
	own_display_add(copy, unknown);
	check_is(unknown, "");
	json_decref(unknown);
	json_decref(before);
}

static CU_TestInfo tests[] = {
	{ "the monitor is known", the_monitor_is_known },
	{ "without a driver nothing is known", without_a_driver_nothing_is_known },
	{ "without debugfs the mode is not known", without_debugfs_the_mode_is_not_known },
	{ "a host without an Intel display has none", a_host_without_an_intel_display_has_none },
	{ "connectors have the order of the kernel", connectors_have_the_order_of_the_kernel },
	{ "give-back is judged", give_back_is_judged },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	const char *root = getenv("SOURCE_ROOT");

	snprintf(tree, sizeof(tree), "%s/src/testdata/igd-gpu-6.1", root ? root : ".");
	if (!mkdtemp(copy))
		return 1;
	return suite_remove(copy, suite_main("own_display", tests));
}

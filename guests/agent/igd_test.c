/*
 * The parts of the "igd" section that need no driver, against testdata/made-driver. Its log has
 * lines as Linux 6.1 and 6.12 write them, those about a probe that failed from reports of users;
 * its VBT and OpRegion are as in src/vbt_test.c.
 */
#include "guests/agent/igd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guests/agent/collect.h"
#include "guests/agent/igd_interrupts.h"
#include "guests/agent/igd_picture.h"
#include "guests/agent/processors.h"
#include "src/field.h"
#include "src/report.h"
#include "src/suite.h"

static char tree[512], none[512];

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "(no text)";
}

static json_t *collect(const char *root)
{
	struct guest guest = { .root = root, .request = 1 };
	struct problem why = { "" };
	json_t *section = NULL;

	CU_ASSERT_EQUAL_FATAL(collect_igd(&guest, &section, &why), 0);
	return section;
}

static void a_guest_without_a_gpu_says_null(void)
{
	json_t *section = collect(none);

	CU_ASSERT(json_is_null(section));
	json_decref(section);
}

static void the_log_has_errors_and_firmware(void)
{
	json_t *section = collect(tree);
	const json_t *errors = json_object_get(section, "errors");
	const json_t *firmware = json_object_get(section, "firmware");

	CU_ASSERT_STRING_EQUAL(text(section, "address"), "0000:00:02.0");
	/* A recorded tree has no modules, which is no reason that nothing drives it. */
	CU_ASSERT_PTR_NULL(json_object_get(section, "no_driver"));
	CU_ASSERT_EQUAL_FATAL(json_array_size(errors), 1);
	CU_ASSERT_STRING_EQUAL(text(json_array_get(errors, 0), "text"),
		"i915 0000:00:02.0: Device initialization failed (-19)");
	CU_ASSERT_EQUAL_FATAL(json_array_size(firmware), 3);
	CU_ASSERT_STRING_EQUAL(
		text(json_array_get(firmware, 0), "file"), "i915/kbl_dmc_ver1_04.bin");
	CU_ASSERT_STRING_EQUAL(text(json_array_get(firmware, 0), "state"), "missing");
	CU_ASSERT_STRING_EQUAL(text(json_array_get(firmware, 1), "state"), "loaded");
	CU_ASSERT_STRING_EQUAL(text(json_array_get(firmware, 2), "file"), "i915/adlp_guc_70.bin");
	CU_ASSERT_STRING_EQUAL(text(json_array_get(firmware, 2), "state"), "failed");
	json_decref(section);
}

static void without_a_driver_the_opregion_has_the_vbt(void)
{
	json_t *section = collect(tree);
	const json_t *vbt = json_object_get(section, "vbt");
	const json_t *child = json_array_get(json_object_get(vbt, "children"), 0);

	CU_ASSERT_STRING_EQUAL(text(vbt, "observer"), "memory");
	CU_ASSERT_STRING_EQUAL(text(vbt, "source"), "opregion");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(vbt, "bytes")), 126);
	/* sha256sum of the file src/corpus/vbt/coffee-lake. */
	CU_ASSERT_STRING_EQUAL(text(vbt, "sha256"),
		"4d25e66214308e23c695ba65de8d68dd0800ba7e5d9a2a0f22716290707257a4");
	CU_ASSERT_STRING_EQUAL(text(child, "port"), "HDMI-B");
	CU_ASSERT_STRING_EQUAL(text(child, "type"), "0x60d2");
	CU_ASSERT(json_is_null(json_object_get(section, "frames")));
	CU_ASSERT(json_is_null(json_object_get(section, "engine")));
	json_decref(section);
}

static void a_vbt_of_the_drivers_own_is_from_elsewhere(void)
{
	static const struct bdf where = { .slot = 2 };
	uint8_t bytes[64] = "$VBT ELSEWHERE";
	json_t *vbt;

	bytes[24] = sizeof(bytes);
	vbt = igd_vbt_json(tree, where, bytes, sizeof(bytes));
	CU_ASSERT_STRING_EQUAL(text(vbt, "observer"), "debugfs");
	CU_ASSERT_STRING_EQUAL(text(vbt, "source"), "other");
	CU_ASSERT_STRING_EQUAL(text(vbt, "signature"), "$VBT ELSEWHERE");
	CU_ASSERT_PTR_NOT_NULL(json_object_get(vbt, "error"));
	json_decref(vbt);
	vbt = igd_vbt_json(none, where, NULL, 0);
	CU_ASSERT(json_is_null(vbt));
	json_decref(vbt);
}

static void interrupts_are_summed(void)
{
	struct interrupts interrupts;
	json_t *part;

	interrupts_read(tree, (struct bdf){ .slot = 2 }, &interrupts);
	CU_ASSERT_STRING_EQUAL(interrupts.kind, "msi");
	CU_ASSERT_EQUAL(interrupts.count_of_lines, 1);
	CU_ASSERT_EQUAL(interrupts.count, 38);
	part = interrupts_json(&interrupts, &interrupts);
	CU_ASSERT_EQUAL(json_integer_value(json_array_get(json_object_get(part, "lines"), 0)), 24);
	json_decref(part);
	interrupts_read(none, (struct bdf){ .slot = 2 }, &interrupts);
	CU_ASSERT_EQUAL(interrupts.count, 0);
	/* No function, no interrupts. */
	interrupts_read(tree, (struct bdf){ .slot = 9 }, &interrupts);
	part = interrupts_json(&interrupts, &interrupts);
	CU_ASSERT(json_is_null(part));
	json_decref(part);
}

static void check_shares(struct processor_time before, struct processor_time after, json_int_t idle,
	json_int_t stolen)
{
	json_t *shares = processors_json(&before, &after);

	CU_ASSERT_EQUAL(json_integer_value(json_object_get(shares, "idle_percent")), idle);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(shares, "stolen_percent")), stolen);
	json_decref(shares);
}

/* The columns are those of proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal. */
static void idle_and_stolen_time_are_shares(void)
{
	struct processor_time time;
	json_t *shares;

	processors_read(tree, &time);
	CU_ASSERT_EQUAL(time.total, 100 + 1 + 50 + 800 + 20 + 2 + 3 + 24);
	CU_ASSERT_EQUAL(time.idle, 820);
	CU_ASSERT_EQUAL(time.stolen, 24);
	check_shares(time, (struct processor_time){ 2000, 1570, 74 }, 75, 5);
	/* Idle time may go back. */
	check_shares(time, (struct processor_time){ 1100, 819, 24 }, 0, 0);
	check_shares(time, (struct processor_time){ 1100, 940, 24 }, 100, 0);
	shares = processors_json(&time, &time);
	CU_ASSERT(json_is_null(shares));
	json_decref(shares);
	processors_read(none, &time);
	CU_ASSERT_EQUAL(time.total, 0);
}

static void the_picture_is_known(void)
{
	CU_ASSERT_EQUAL(picture_pixel(1920, 1080, false, 0, 0), 0xffffff);
	CU_ASSERT_EQUAL(picture_pixel(1920, 1080, false, 239, 539), 0xffffff);
	CU_ASSERT_EQUAL(picture_pixel(1920, 1080, false, 240, 539), 0xffff00);
	CU_ASSERT_EQUAL(picture_pixel(1920, 1080, false, 1919, 0), 0x000000);
	CU_ASSERT_EQUAL(picture_pixel(1920, 1080, true, 0, 0), 0x000000);
	CU_ASSERT_EQUAL(picture_pixel(1920, 1080, true, 1919, 0), 0xffffff);
	CU_ASSERT_EQUAL(picture_pixel(1920, 1080, false, 0, 540), 0x000000);
	CU_ASSERT_EQUAL(picture_pixel(1920, 1080, true, 1919, 1079), 0xffffff);
	/* No division by what is not there. */
	CU_ASSERT_EQUAL(picture_pixel(1, 1, false, 0, 0), 0x000000);
}

/* ---- a generation that nobody has tried ---------------------------------------------------- */

static char copy[] = "/tmp/igd-agent-XXXXXX";

/* Runs commands of the shell on $T, a copy of the tree, whose GPU has an id that is in no list. */
static void make_copy(const char *commands)
{
	setenv("T", copy, 1);
	setenv("FROM", tree, 1);
	setenv("GPU", "sys/bus/pci/devices/0000:00:02.0", 1);
	setenv("DRI", "sys/kernel/debug/dri/0", 1);
	CU_ASSERT_EQUAL_FATAL(system("set -e; rm -rf \"$T\"; cp -r \"$FROM\" \"$T\"; chmod -R u+w"
				     " \"$T\"; cd \"$T\"; echo 0xf00d >\"$GPU/device\";"
				     " printf '\\015\\360' | dd of=\"$GPU/config\" bs=1 seek=2"
				     " conv=notrunc status=none"),
		0);
	CU_ASSERT_EQUAL_FATAL(system(commands), 0);
}

static json_t *whole_report(void)
{
	struct guest guest = { .root = copy, .request = 1 };
	struct problem why = { "" };
	json_t *report = NULL, *parsed = NULL;
	char *bytes;

	CU_ASSERT_EQUAL_FATAL(collect_report(&guest, &report, &why), 0);
	bytes = json_dumps(report, JSON_COMPACT);
	CU_ASSERT_EQUAL_FATAL(report_parse(bytes, strlen(bytes), &parsed, &why), 0);
	free(bytes);
	json_decref(report);
	return parsed;
}

static json_t *value_of(const json_t *report, const char *field)
{
	json_t *value = NULL;

	CU_ASSERT_EQUAL(field_get(report, field, &value, NULL), 0);
	return value;
}

static void is_text(const json_t *report, const char *field, const char *expected)
{
	json_t *value = value_of(report, field);
	const char *seen = json_string_value(value);

	if (expected) {
		CU_ASSERT_STRING_EQUAL(seen ? seen : "(no text)", expected);
	} else {
		CU_ASSERT(json_is_null(value));
	}
	json_decref(value);
}

/* As the kernel of a guest that is older than the GPU. */
static void a_gpu_that_no_driver_knows_leaves_a_whole_report(void)
{
	json_t *report;

	make_copy("cd \"$T\"; : >dev/kmsg");
	report = whole_report();
	is_text(report, "igd/device", "0xf00d");
	is_text(report, "igd/driver", NULL);
	is_text(report, "igd/errors", NULL);
	is_text(report, "igd/platform", NULL);
	is_text(report, "igd/frames", NULL);
	is_text(report, "igd/engine", NULL);
	is_text(report, "igd/firmware/missing", NULL);
	/* What needs no driver is there. */
	is_text(report, "igd/vbt/source", "opregion");
	is_text(report, "igd/bars", "0:memory:0x1000000");
	/* The tree has no /proc/iomem; every other section could be made. */
	CU_ASSERT_EQUAL(
		json_array_size(json_object_get(json_object_get(report, "agent"), "errors")), 1);
	json_decref(report);
}

/* Lines as xe_uc_fw.c and xe_pci.c write them, Linux 6.12. */
static void firmware_that_is_missing_is_named(void)
{
	json_t *report;

	make_copy(
		"cd \"$T\"; cat >dev/kmsg <<'END'\n"
		"4,1,4000000,-;xe 0000:00:02.0: Direct firmware load for xe/new_guc_99.bin failed "
		"with error -2\n"
		"3,2,4000001,-;xe 0000:00:02.0: [drm] *ERROR* GuC firmware xe/new_guc_99.bin: fetch "
		"failed with error -2\n"
		"3,3,4000002,-;xe 0000:00:02.0: probe with driver xe failed with error -2\n"
		"END\n");
	report = whole_report();
	is_text(report, "igd/firmware/missing", "xe/new_guc_99.bin");
	is_text(report, "igd/firmware/failed", NULL);
	is_text(report, "igd/errors", "xe 0000:00:02.0: probe with driver xe failed with error -2");
	is_text(report, "igd/driver", NULL);
	json_decref(report);
}

/* debugfs as i915 has it since Linux 6.16, i915_capabilities() and intel_display_caps(). */
static void the_display_has_a_file_of_its_own(void)
{
	json_t *device;

	make_copy("cd \"$T\"; mkdir -p $DRI;"
		  " printf 'platform: COFFEELAKE\ngraphics version: 9\nmedia version: 9\n' "
		  ">$DRI/i915_capabilities;"
		  " printf 'PCH type: 6\ndisplay version: 9\ndisplay stepping: N/A\n' "
		  ">$DRI/intel_display_caps");
	device = igd_device_json(copy, 0);
	CU_ASSERT_STRING_EQUAL(text(device, "platform"), "COFFEELAKE");
	CU_ASSERT_STRING_EQUAL(text(device, "graphics_version"), "9");
	CU_ASSERT_STRING_EQUAL(text(device, "display_version"), "9");
	/* Cannon Lake's: 6 since LPT_LP has a number, told as before. */
	CU_ASSERT_STRING_EQUAL(text(device, "pch"), "5");
	json_decref(device);
	/* Lynx Point's keep theirs, the two of them as one; none and what is no number stay. */
	static const char *const pairs[][2] = { { "3", "3" }, { "4", "3" }, { "5", "4" },
		{ "0", "0" }, { "-1", "-1" }, { "1024", "1023" }, { "5a", "5a" }, { "", "" } };
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		setenv("PCH", pairs[i][0], 1);
		make_copy(
			"cd \"$T\"; mkdir -p $DRI; echo \"PCH type: $PCH\" >$DRI/intel_display_caps");
		device = igd_device_json(copy, 0);
		CU_ASSERT_STRING_EQUAL(text(device, "pch"), pairs[i][1]);
		json_decref(device);
	}
}

/* debugfs as xe has it: info() in xe_debugfs.c, intel_display_device_info_print(), Linux 6.12. */
static void xe_says_less_of_itself(void)
{
	json_t *report, *device, *stolen, *card;

	make_copy("cd \"$T\"; : >dev/kmsg; mkdir -p sys/bus/pci/drivers/xe $DRI"
		  " sys/class/drm/card0 sys/class/drm/card0-eDP-1;"
		  " ln -s ../../drivers/xe $GPU/driver;"
		  " ln -s ../../../bus/pci/devices/0000:00:02.0 sys/class/drm/card0/device;"
		  " echo connected >sys/class/drm/card0-eDP-1/status;"
		  " printf 'graphics_verx100 3004\\nmedia_verx100 3002\\nstepping G:A0 M:A0 B:**\\n"
		  "is_dgfx no\\nplatform 99\\nsubplatform 0\\ndevid 0xf00d\\n' >$DRI/info;"
		  " printf 'display version: 35\\ndisplay stepping: A0\\n' "
		  ">$DRI/i915_display_capabilities;"
		  " printf '  use_type: 1\\n  use_tt: 0\\n  size: 66060288\\n  usage: 0\\n' "
		  ">$DRI/stolen_mm");
	report = whole_report();
	is_text(report, "igd/driver", "xe");
	is_text(report, "igd/device", "0xf00d");
	json_decref(report);
	device = igd_device_json(copy, 0);
	CU_ASSERT_STRING_EQUAL(text(device, "platform"), "99");
	CU_ASSERT_STRING_EQUAL(text(device, "graphics_version"), "30.04");
	CU_ASSERT_STRING_EQUAL(text(device, "display_version"), "35");
	CU_ASSERT(json_is_null(json_object_get(device, "pch")));
	json_decref(device);
	stolen = igd_stolen_json(copy, 0);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(stolen, "bytes")), 66060288);
	json_decref(stolen);
	card = igd_card_json(copy, (struct bdf){ .slot = 2 }, 0);
	CU_ASSERT_STRING_EQUAL(text(card, "driver"), "xe");
	CU_ASSERT_STRING_EQUAL(
		text(json_array_get(json_object_get(card, "connectors"), 0), "name"), "eDP-1");
	json_decref(card);
	/* Without debugfs nothing is said, and nothing made up. */
	make_copy("true");
	device = igd_device_json(copy, 0);
	stolen = igd_stolen_json(copy, 0);
	CU_ASSERT(json_is_null(device));
	CU_ASSERT(json_is_null(stolen));
	json_decref(device);
	json_decref(stolen);
	CU_ASSERT_EQUAL(system("rm -rf \"$T\""), 0);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a guest without a GPU says null", a_guest_without_a_gpu_says_null },
		{ "the log has errors and firmware", the_log_has_errors_and_firmware },
		{ "without a driver the OpRegion has the VBT",
			without_a_driver_the_opregion_has_the_vbt },
		{ "a VBT of the driver's own is from elsewhere",
			a_vbt_of_the_drivers_own_is_from_elsewhere },
		{ "interrupts are summed", interrupts_are_summed },
		{ "idle and stolen time are shares", idle_and_stolen_time_are_shares },
		{ "the picture is known", the_picture_is_known },
		{ "a GPU that no driver knows leaves a whole report",
			a_gpu_that_no_driver_knows_leaves_a_whole_report },
		{ "firmware that is missing is named", firmware_that_is_missing_is_named },
		{ "the display has a file of its own", the_display_has_a_file_of_its_own },
		{ "xe says less of itself", xe_says_less_of_itself },
		CU_TEST_INFO_NULL,
	};
	const char *root = getenv("SOURCE_ROOT");

	snprintf(tree, sizeof(tree), "%s/guests/agent/testdata/made-driver", root ? root : ".");
	snprintf(none, sizeof(none), "%s/guests/agent/testdata/qemu-7.2-pc", root ? root : ".");
	if (!mkdtemp(copy))
		return 1;
	return suite_main("igd", tests);
}

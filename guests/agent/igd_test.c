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
		{ "the picture is known", the_picture_is_known },
		CU_TEST_INFO_NULL,
	};
	const char *root = getenv("SOURCE_ROOT");

	snprintf(tree, sizeof(tree), "%s/guests/agent/testdata/made-driver", root ? root : ".");
	snprintf(none, sizeof(none), "%s/guests/agent/testdata/qemu-7.2-pc", root ? root : ".");
	return suite_main("igd", tests);
}

/*
 * The matrix seed-igd, and the guests that people reported with a black screen: a guest whose
 * driver drives the IGD passes, and each thing that is taken from it is a FAIL that names the
 * layer.
 */
#include "harness/judge/seed_run.h"

static void a_guest_that_drives_the_igd_passes(void)
{
	json_t *cell = judge_guest(good_guest());

	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "PASS");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "cause"), "");
	json_decref(cell);
}

static void without_a_driver_the_cell_is_skipped(void)
{
	json_t *report = json_deep_copy(seed.record.report), *cell;

	/* As recorded, by an agent that did not look. */
	cell = judge_guest(json_incref(report));
	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "SKIP");
	json_decref(cell);
	/* By one that could not. */
	json_object_set_new(json_object_get(report, "agent"), "version", json_string("0.2.0"));
	json_object_set_new(
		report, "igd", parse("{\"address\": \"0000:00:02.0\", \"no_driver\": \"tiny\"}"));
	cell = judge_guest(json_incref(report));
	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "SKIP");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "cause"), "igd/driver: tiny");
	json_decref(cell);
	/* What needs no driver is judged all the same. */
	json_object_set_new(igd_of(report), "bars", json_array());
	fails(report, "igd/bars", "firmware");
}

/* What QEMU and hvmloader give to the guest besides. */
static void what_is_taken_from_the_guest_fails(void)
{
	json_t *report = good_guest();

	set_register(report, "0x50", "0x00000000");
	fails(report, "igd/0x50", "QEMU");
	report = good_guest();
	json_object_set_new(igd_of(report), "capabilities", parse("[\"0x05\"]"));
	fails(report, "igd/capability/0x05", "QEMU");
}

static void a_driver_that_fails_is_named(void)
{
	json_t *report = good_guest();

	/* Without a word in its log. */
	no_screen(report);
	fails(report, "igd/driver", "guest");
	report = good_guest();
	no_screen(report);
	json_array_append_new(json_object_get(json_object_get(report, "kernel"), "log"),
		parse("{\"time_us\": 5, \"level\": 3, \"text\":"
		      " \"i915 0000:00:02.0: Device initialization failed (-12)\"}"));
	fails(report, "igd/display/card", "guest kernel");
	/* The log alone: the cell would pass. */
	report = good_guest();
	json_array_append_new(json_object_get(json_object_get(report, "kernel"), "log"),
		parse("{\"time_us\": 5, \"level\": 3, \"text\":"
		      " \"i915 0000:00:02.0: [drm] GPU HANG: ecode 9:1:85dffffb\"}"));
	json_t *cell = judge_guest(report);

	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "FAIL");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), "guest kernel");
	json_decref(cell);
}

static void a_driver_without_frames_or_interrupts_fails(void)
{
	json_t *report = good_guest();

	json_object_set_new(part_of(report, "frames"), "flips", json_integer(29));
	fails(report, "igd/frames", "guest");
	report = good_guest();
	json_object_set_new(part_of(report, "interrupts"), "after", json_integer(8));
	fails(report, "igd/interrupts", "guest");
	report = good_guest();
	json_object_set_new(part_of(report, "vbt"), "source", json_string("other"));
	fails(report, "igd/vbt/source", "guest");
	report = good_guest();
	json_object_set_new(part_of(report, "engine"), "result", json_string("wedged"));
	fails(report, "igd/engine", "guest");
}

/* An emulated adapter beside a dark IGD: its picture is not the IGD's. */
static void a_second_card_does_not_speak_for_the_igd(void)
{
	json_t *report = good_guest(), *cards, *cell;

	cards = json_object_get(json_object_get(report, "display"), "cards");
	json_object_set_new(
		json_array_get(json_object_get(json_array_get(cards, 0), "connectors"), 0),
		"status", json_string("disconnected"));
	json_array_insert_new(cards, 0,
		parse("{\"name\": \"card1\", \"observer\": \"kms\", \"driver\": \"bochs-drm\","
		      " \"pci\": \"0000:00:04.0\", \"connectors\": [{\"name\": \"Virtual-1\","
		      " \"observer\": \"kms\", \"status\": \"connected\", \"edid\": null,"
		      " \"modes\": [], \"crtc\": {\"observer\": \"kms\", \"id\": 34, \"mode\":"
		      " {\"name\": \"1024x768\", \"width\": 1024, \"height\": 768,"
		      " \"refresh_mhz\": 60004, \"preferred\": true}}, \"framebuffer\":"
		      " {\"observer\": \"kms\", \"width\": 1024, \"height\": 768}}]}"));
	cell = judge_guest(report);
	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "FAIL");
	CU_ASSERT_PTR_NOT_NULL(strstr(document_text(cell, "cause"), "igd/display/card"));
	json_decref(cell);
}

static CU_TestInfo tests[] = {
	{ "the run opens", the_run_opens },
	{ "a guest that drives the IGD passes", a_guest_that_drives_the_igd_passes },
	{ "without a driver the cell is skipped", without_a_driver_the_cell_is_skipped },
	{ "what is taken from the guest fails", what_is_taken_from_the_guest_fails },
	{ "a driver that fails is named", a_driver_that_fails_is_named },
	{ "a driver without frames or interrupts fails",
		a_driver_without_frames_or_interrupts_fails },
	{ "a second card does not speak for the IGD", a_second_card_does_not_speak_for_the_igd },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return seed_main("seed", tests);
}

/*
 * Screens that stayed black, as people reported them, by the matrix seed-igd; and the monitor of
 * the guest beside the one that dom0 had.
 */
#include "harness/judge/seed_run.h"

/* As fails(), of a guest as recorded, of which nobody knows the driver, and of one with a driver.
 */
static void fails_either_way(void (*take)(json_t *report), const char *field, const char *layer)
{
	json_t *recorded = json_deep_copy(seed.record.report), *good = good_guest();

	take(recorded);
	take(good);
	fails(recorded, field, layer);
	fails(good, field, layer);
}

static void take_bars(json_t *report)
{
	json_object_set_new(igd_of(report), "bars", json_array());
}

static void take_bdsm(json_t *report)
{
	set_register(report, "0x5c", "0x00000000");
}

static void take_vbt(json_t *report)
{
	json_object_set_new(json_object_get(igd_of(report), "opregion"), "vbt", json_string(""));
}

static void take_reserved(json_t *report)
{
	json_object_set_new(report, "iomem", json_array());
}

static void say(json_t *report, const char *text)
{
	json_array_append_new(json_object_get(json_object_get(report, "kernel"), "log"),
		json_pack("{s:i, s:i, s:s}", "time_us", 4100000, "level", 3, "text", text));
}

/*
 * What people reported with a screen that stayed black, in which this program found nothing once:
 * lf-edge/eve 6407 and 6432, QubesOS/qubes-issues 4321 and 8561, LongQT-sea 13 and 35.
 */
static void each_black_screen_that_was_reported_fails(void)
{
	json_t *report, *cell;

	fails_either_way(take_bars, "igd/bars", "firmware");
	fails_either_way(take_bdsm, "igd/0x5c", "QEMU");
	fails_either_way(take_vbt, "igd/opregion/vbt", "QEMU");
	fails_either_way(take_reserved, "iomem/opregion", "firmware");
	/* The driver's lines alone, in a report that is as good as before. */
	for (int driven = 0; driven < 2; driven++) {
		report = driven ? good_guest() : json_deep_copy(seed.record.report);
		say(report, "i915 0000:00:02.0: [drm] *ERROR* GT0: Enabling uc failed (-5)");
		say(report, "i915 0000:00:02.0: Device initialization failed (-19)");
		say(report, "i915: probe of 0000:00:02.0 failed with error -19");
		cell = judge_guest(report);
		CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "FAIL");
		CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), "guest kernel");
		CU_ASSERT_PTR_NOT_NULL(strstr(document_text(cell, "cause"), "igd-probe-failed"));
		json_decref(cell);
	}
}

/* A monitor without an EDID, beside an emulated VGA: the picture has 1024x768, the mode has not. */
static const char second_card[] =
	"{\"name\": \"card1\", \"observer\": \"kms\", \"pci\": \"0000:00:02.0\", \"driver\": \"i915\","
	" \"connectors\": [{\"name\": \"HDMI-A-1\", \"observer\": \"kms\", \"status\": \"connected\","
	"  \"edid\": null, \"modes\": [], \"crtc\": {\"observer\": \"kms\", \"id\": 34, \"mode\":"
	"   {\"name\": \"2560x1440\", \"width\": 2560, \"height\": 1440, \"refresh_mhz\": 60004,"
	"    \"preferred\": true}},"
	"  \"framebuffer\": {\"observer\": \"kms\", \"width\": 1024, \"height\": 768}}]}";

static void a_card_beside_an_emulated_vga_is_judged(void)
{
	for (int driven = 0; driven < 2; driven++) {
		json_t *report, *cards;

		open_cell(CELL_VGA);
		report = driven ? good_guest() : json_deep_copy(seed.record.report);
		cards = json_object_get(json_object_get(report, "display"), "cards");
		if (driven)
			json_array_remove(cards, json_array_size(cards) - 1);
		json_array_append_new(cards, parse(second_card));
		fails(report, "igd/display/framebuffer", "guest");
	}
	/* A good one passes, whatever the emulated VGA shows. */
	json_t *cell = judge_guest(good_guest());

	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "PASS");
	json_decref(cell);
	open_cell(CELL);
}

/* In a cell that would pass. */
static void a_grave_line_decides(void)
{
	static const struct {
		struct log_line line;
		const char *verdict, *layer, *label;
	} cases[] = {
		{ { PATTERN_CONSOLE, "console.log",
			  "[   31.6] i915 0000:00:02.0: [drm] GPU HANG: ecode 9:1:85dffffb" },
			"FAIL", "guest kernel", "gpu-hang" },
		{ { PATTERN_CONSOLE, "console.log",
			  "[    4.2] i915 0000:00:02.0: Device initialization failed (-19)" },
			"FAIL", "guest kernel", "igd-probe-failed" },
		{ { PATTERN_XEN, "xen.log",
			  "(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:02.0] fault addr "
			  "fffff000" },
			"FAIL", "Xen", "vtd-fault" },
		/* No guest is at fault for what breaks dom0. */
		{ { PATTERN_DOM0, "dom0.log",
			  "[  123.4] BUG: unable to handle page fault for address: "
			  "ffffc90000e8f000" },
			"MISS", "host", "dom0-oops" },
		/* A different device. */
		{ { PATTERN_XEN, "xen.log",
			  "(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:1a.0] fault addr "
			  "fffff000" },
			"PASS", "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *cell = judge_guest_and(good_guest(), &cases[i].line);

		CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), cases[i].verdict);
		CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), cases[i].layer);
		CU_ASSERT_PTR_NOT_NULL(strstr(document_text(cell, "cause"), cases[i].label));
		json_decref(cell);
	}
}

/* The verdict of the finding of an expectation; "" if it has none. */
static const char *verdict_of_expectation(const json_t *cell, const char *id)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (strcmp(document_text(finding, "id"), id) == 0)
			return document_text(finding, "verdict");
	}
	return "";
}

static json_t *connector_card(json_t *report)
{
	json_t *cards = json_object_get(json_object_get(report, "display"), "cards");

	return json_array_get(cards, json_array_size(cards) - 1);
}

static json_t *connector_of(json_t *report)
{
	return json_array_get(json_object_get(connector_card(report), "connectors"), 0);
}

static void the_guest_drives_the_monitor_of_dom0(void)
{
	json_t *report = good_guest(), *cell;

	json_object_set_new(json_object_get(connector_of(report), "edid"), "sha256",
		json_string("a different monitor"));
	fails(report, "igd/display/edid_sha256", "guest");
	report = good_guest();
	json_object_set_new(connector_of(report), "name", json_string("DP-1"));
	fails(report, "igd/display/connector", "guest");
	report = good_guest();
	json_object_set_new(part_of(report, "vbt"), "sha256", json_string("a different VBT"));
	fails(report, "igd/vbt/sha256", "guest");
	cell = judge_guest(good_guest());
	CU_ASSERT_STRING_EQUAL(verdict_of_expectation(cell, "monitor"), "PASS");
	json_decref(cell);
}

/* The findings that have no part in the verdict. */
static size_t count_undecided(const json_t *cell)
{
	const json_t *finding;
	size_t count = 0, i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding) count +=
		json_is_false(json_object_get(finding, "decides"));
	return count;
}

/* Hidden from dom0's driver at boot, or a run of a version that did not ask. */
static void a_monitor_that_dom0_never_drove_is_not_compared(void)
{
	static const char *const ids[] = { "monitor", "monitor-connector", "connectors", "vbt-host",
		"vbt-ports", "stolen-host" };
	json_t *igd = json_incref(json_object_get(seed.host, "igd")), *cell, *report;
	json_t *display = json_incref(json_object_get(seed.host, "display"));

	json_object_del(seed.host, "igd");
	json_object_del(seed.host, "display");
	json_object_set_new(seed.host, "igd_unknown", json_string("0000:00:02.0 has no driver"));
	cell = judge_guest(good_guest());
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		CU_ASSERT_STRING_EQUAL(verdict_of_expectation(cell, ids[i]), "SKIP");
	/* All else is judged, and decides: docs/use/verdicts.md, "Not compared". */
	CU_ASSERT_STRING_EQUAL(verdict_of_expectation(cell, "screen-mode"), "PASS");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "PASS");
	CU_ASSERT_EQUAL(count_undecided(cell), sizeof(ids) / sizeof(ids[0]));
	json_decref(cell);
	report = good_guest();
	take_bars(report);
	fails(report, "igd/bars", "firmware");
	/* A guest without a driver is no better for that. */
	report = good_guest();
	json_object_set_new(
		report, "igd", parse("{\"address\": \"0000:00:02.0\", \"no_driver\": \"tiny\"}"));
	cell = judge_guest(report);
	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "SKIP");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "cause"), "igd/driver: tiny");
	json_decref(cell);
	json_object_del(seed.host, "igd_unknown");
	json_object_set_new(seed.host, "igd", igd);
	json_object_set_new(seed.host, "display", display);
}

/* A GPU whose id is in no list, of guest and host, with that driver or NULL; a new reference. */
static json_t *guest_with_unknown_gpu(const char *driver)
{
	json_t *report = good_guest(), *igd = json_object_get(report, "igd");

	json_object_set_new(igd_of(report), "device", json_string("0xf00d"));
	json_object_set_new(igd_of(report), "driver", driver ? json_string(driver) : json_null());
	json_object_set_new(connector_card(report), "driver", json_string(driver ? driver : ""));
	if (!driver)
		no_screen(report);
	else
		json_object_set_new(json_object_get(igd, "engine"), "result",
			json_string(strcmp(driver, "xe") == 0 ? "untried" : "done"));
	return report;
}

/* Nothing is FAIL of which nobody knows what it should be. */
static void a_generation_that_nobody_has_tried_is_not_known(void)
{
	json_t *host = json_incref(seed.host), *cell, *report;

	seed.host = json_deep_copy(host);
	json_object_set_new(igd_of(seed.host), "device", json_string("0xf00d"));
	cell = judge_guest(guest_with_unknown_gpu(NULL));
	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "SKIP");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "cause"),
		"igd/driver: results/data/igd-ids.yaml does not have the GPU 0xf00d, and the guest's "
		"kernel has no driver for it");
	CU_ASSERT_STRING_EQUAL(verdict_of_expectation(cell, "screen"), "SKIP");
	/* What needs no driver is judged. */
	CU_ASSERT_STRING_EQUAL(verdict_of_expectation(cell, "igd-bars"), "PASS");
	json_decref(cell);
	report = guest_with_unknown_gpu(NULL);
	take_bars(report);
	fails(report, "igd/bars", "firmware");
	/* A driver that says why it failed is no riddle. */
	report = guest_with_unknown_gpu(NULL);
	json_array_append_new(json_object_get(json_object_get(report, "igd"), "errors"),
		parse("{\"time_us\": 5, \"level\": 3, \"text\": \"xe 0000:00:02.0: probe failed\"}"));
	fails(report, "igd/driver", "guest");
	/* xe drives it, and all that it shows is as it should be. */
	cell = judge_guest(guest_with_unknown_gpu("xe"));
	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "SKIP");
	CU_ASSERT_PTR_NOT_NULL(strstr(document_text(cell, "cause"),
		"which driver it needs is not known, and the guest has xe"));
	CU_ASSERT_STRING_EQUAL(verdict_of_expectation(cell, "driver"), "SKIP");
	CU_ASSERT_STRING_EQUAL(verdict_of_expectation(cell, "engine"), "SKIP");
	CU_ASSERT_STRING_EQUAL(verdict_of_expectation(cell, "frames"), "PASS");
	CU_ASSERT_STRING_EQUAL(verdict_of_expectation(cell, "monitor"), "PASS");
	json_decref(cell);
	/* A dark screen is one on any generation. */
	report = guest_with_unknown_gpu("xe");
	json_object_set_new(part_of(report, "frames"), "flips", json_integer(0));
	fails(report, "igd/frames", "guest");
	cell = judge_guest(guest_with_unknown_gpu("i915"));
	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "PASS");
	json_decref(cell);
	json_decref(seed.host);
	seed.host = host;
}

static CU_TestInfo tests[] = {
	{ "the run opens", the_run_opens },
	{ "each black screen that was reported fails", each_black_screen_that_was_reported_fails },
	{ "a card beside an emulated VGA is judged", a_card_beside_an_emulated_vga_is_judged },
	{ "a grave line decides", a_grave_line_decides },
	{ "the guest drives the monitor of dom0", the_guest_drives_the_monitor_of_dom0 },
	{ "a monitor that dom0 never drove is not compared",
		a_monitor_that_dom0_never_drove_is_not_compared },
	{ "a generation that nobody has tried is not known",
		a_generation_that_nobody_has_tried_is_not_known },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return seed_main("screen", tests);
}

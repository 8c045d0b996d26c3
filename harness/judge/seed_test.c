/*
 * The matrix seed-igd, and the guests that people reported with a black screen: a guest whose
 * driver drives the IGD passes, and each thing that is taken from it is a FAIL that names the
 * layer.
 *
 * The guest is the recorded one of the phantom coffee-lake, with what i915 would say of it added:
 * as in docs/use/guest-report.md, a monitor of 1920x1080 on HDMI.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/judge/judge.h"
#include "harness/judge/logs.h"
#include "harness/judge/record.h"
#include "harness/judge/shard_identity.h"
#include "harness/judge/stored_run.h"
#include "harness/plan/plan.h"
#include "harness/views/views.h"
#include "src/document.h"
#include "src/report.h"
#include "src/suite.h"

#define CELL     "xenfv-libxl-on-none-0nic"
#define CELL_VGA "xenfv-libxl-on-std-0nic" /* with an emulated VGA at 00:04.0 */

static const char section[] =
	"{\"address\": \"0000:00:02.0\", \"errors\": [], \"errors_dropped\": 0, \"firmware\": [],"
	" \"device\": {\"observer\": \"debugfs\", \"platform\": \"COFFEELAKE\"},"
	" \"stolen\": {\"observer\": \"debugfs\", \"bytes\": 33554432},"
	" \"vbt\": {\"observer\": \"debugfs\", \"source\": \"opregion\", \"bytes\": 126, \"children\":"
	"  [{\"handle\": \"0x0004\", \"type\": \"0x60d2\", \"port\": \"HDMI-B\"}]},"
	" \"mode\": {\"observer\": \"kms\", \"set_by\": \"kernel\"},"
	" \"frames\": {\"observer\": \"kms\", \"wanted\": 30, \"flips\": 30, \"vblanks\": 30},"
	" \"interrupts\": {\"observer\": \"kernel\", \"kind\": \"msi\", \"before\": 8, \"after\": 38},"
	" \"engine\": {\"observer\": \"i915\", \"result\": \"done\", \"took_ms\": 3}}";

static const char card[] =
	"{\"name\": \"card0\", \"observer\": \"kms\", \"driver\": \"i915\", \"pci\": \"0000:00:02.0\","
	" \"connectors\": [{\"name\": \"HDMI-A-1\", \"observer\": \"kms\", \"status\": \"connected\","
	"  \"edid\": {\"observer\": \"edid\", \"bytes\": 128, \"vendor\": \"DEL\","
	"   \"preferred\": {\"width\": 1920, \"height\": 1080, \"refresh_mhz\": 60000}},"
	"  \"modes\": [], \"crtc\": {\"observer\": \"kms\", \"id\": 51, \"mode\": {\"name\": \"1920x1080\","
	"   \"width\": 1920, \"height\": 1080, \"refresh_mhz\": 60000, \"preferred\": true}},"
	"  \"framebuffer\": {\"observer\": \"kms\", \"width\": 1920, \"height\": 1080}}]}";

/* The run, and what of it is needed to judge the cell again. */
static struct {
	struct stored_run stored;
	struct shard_identities identities;
	struct judge_record record;
	const json_t *plan_cell;
	int fd;
} seed;

static char *in_source(const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	char *path = NULL;

	return asprintf(&path, "%s/%s", root ? root : ".", name) < 0 ? NULL : path;
}

static const json_t *cell_of(const json_t *plan, const char *name, size_t *at_r)
{
	json_t *places = plan_places(plan);
	ssize_t at = plan_place(places, name);

	json_decref(places);
	CU_ASSERT_FATAL(at >= 0);
	*at_r = (size_t)at;
	return json_array_get(json_object_get(plan, "cells"), *at_r);
}

/* Makes it the cell that is judged. */
static void open_cell(const char *name)
{
	struct problem why = { "" };
	size_t at;

	if (seed.record.report) {
		close(seed.fd);
		judge_record_free(&seed.record);
		seed.record = (struct judge_record){ 0 };
	}
	seed.plan_cell = cell_of(seed.stored.plan, name, &at);
	cell_of(seed.stored.stored_plan, name, &at);
	seed.fd = store_cell(&seed.stored.store, at, name, false, &why);
	CU_ASSERT_FATAL(seed.fd >= 0);
	judge_record_read(seed.fd, seed.plan_cell, seed.identities.of[0].identities,
		seed.stored.patterns, &seed.record);
	CU_ASSERT_PTR_NOT_NULL_FATAL(seed.record.report);
}

static void the_run_opens(void)
{
	char *run = in_source("results/recorded/lab-bookworm-seed-igd");
	char *matrix = in_source("results/matrices/seed-igd.yaml");
	char *patterns = in_source("results/data/patterns.yaml");
	struct stored_run_options options = { .matrix = matrix, .patterns = patterns };
	struct problem why = { "" };

	CU_ASSERT_EQUAL_FATAL(stored_run_open(run, &options, &seed.stored, &why), 0);
	CU_ASSERT_EQUAL_FATAL(shard_identities_read(seed.stored.run, &seed.identities, &why), 0);
	open_cell(CELL);
	free(run);
	free(matrix);
	free(patterns);
}

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

static json_t *igd_of(json_t *report)
{
	struct bdf where = { .slot = 2 };

	return (json_t *)report_function(report, where);
}

/* The guest as it is with a driver; a new reference. */
static json_t *good_guest(void)
{
	json_t *report = json_deep_copy(seed.record.report);
	json_t *igd = igd_of(report);

	json_object_set_new(json_object_get(report, "agent"), "version", json_string("0.2.0"));
	json_object_set_new(report, "igd", parse(section));
	json_object_set_new(igd, "driver", json_string("i915"));
	json_array_append_new(
		json_object_get(json_object_get(report, "display"), "cards"), parse(card));
	return report;
}

/* A line that is in a log of the cell, too; or NULL. */
struct log_line {
	enum pattern_log log;
	const char *file, *text;
};

static void add_line(json_t *logs, const struct log_line *line)
{
	struct pattern_input input = { line->log, line->file, line->text, strlen(line->text) };
	struct log_subject subject;
	json_t *more;

	judge_subject(seed.plan_cell, seed.identities.of[0].identities, seed.fd, -1, &subject);
	more = patterns_match(seed.stored.patterns, &input, 1, NULL, &subject);
	json_array_extend(logs, more);
	json_decref(more);
}

/* What the judge says of a guest; `report` is taken. A new reference. */
static json_t *judge_guest_and(json_t *report, const struct log_line *line)
{
	const struct shard_identity *identity = &seed.identities.of[0];
	json_t *views, *logs, *cut = NULL, *cell;
	struct problem why = { "" };

	CU_ASSERT_EQUAL_FATAL(report_check(report, &why), 0);
	views = views_of_cell(seed.plan_cell, "libxl", seed.fd, report);
	logs = judge_logs(seed.stored.patterns, seed.fd, report, NULL, NULL, &cut);
	if (line)
		add_line(logs, line);
	cell = judge_cell(0, seed.plan_cell, identity->identities,
		&(struct evidence){ .end = seed.record.end,
			.report = report,
			.logs = logs,
			.host = identity->host,
			.views = views,
			.xen = seed.record.xen,
			.started = "2026-11-22T00:00:00Z" },
		NULL);
	json_decref(views);
	json_decref(logs);
	json_decref(cut);
	json_decref(report);
	return cell;
}

static json_t *judge_guest(json_t *report)
{
	return judge_guest_and(report, NULL);
}

/* Is the cell FAIL by that layer, and one of its findings of that field? `report` is taken. */
static void fails(json_t *report, const char *field, const char *layer)
{
	json_t *cell = judge_guest(report);
	const json_t *finding;
	bool found = false;
	size_t i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding) found |=
		strcmp(document_text(finding, "field"), field) == 0 &&
		strcmp(document_text(finding, "verdict"), "FAIL") == 0;
	if (!found || strcmp(document_text(cell, "layer"), layer) != 0)
		printf("\n  %s: %s, layer %s, %s", field, document_text(cell, "verdict"),
			document_text(cell, "layer"), document_text(cell, "cause"));
	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "FAIL");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), layer);
	CU_ASSERT(found);
	json_decref(cell);
}

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

static void set_register(json_t *report, const char *name, const char *value)
{
	json_object_set_new(json_object_get(igd_of(report), "registers"), name, json_string(value));
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

static json_t *part_of(json_t *report, const char *name)
{
	return json_object_get(json_object_get(report, "igd"), name);
}

static void no_screen(json_t *report)
{
	json_t *igd = json_object_get(report, "igd");
	static const char *const parts[] = { "device", "stolen", "vbt", "mode", "frames",
		"interrupts", "engine" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		json_object_set_new(igd, parts[i], json_null());
	json_object_set_new(igd_of(report), "driver", json_null());
	json_array_clear(json_object_get(json_object_get(report, "display"), "cards"));
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

static CU_TestInfo tests[] = {
	{ "the run opens", the_run_opens },
	{ "a guest that drives the IGD passes", a_guest_that_drives_the_igd_passes },
	{ "without a driver the cell is skipped", without_a_driver_the_cell_is_skipped },
	{ "what is taken from the guest fails", what_is_taken_from_the_guest_fails },
	{ "a driver that fails is named", a_driver_that_fails_is_named },
	{ "a driver without frames or interrupts fails",
		a_driver_without_frames_or_interrupts_fails },
	{ "a second card does not speak for the IGD", a_second_card_does_not_speak_for_the_igd },
	{ "each black screen that was reported fails", each_black_screen_that_was_reported_fails },
	{ "a card beside an emulated VGA is judged", a_card_beside_an_emulated_vga_is_judged },
	{ "a grave line decides", a_grave_line_decides },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status = suite_main("seed", tests);

	if (seed.fd > 0)
		close(seed.fd);
	judge_record_free(&seed.record);
	shard_identities_free(&seed.identities);
	stored_run_close(&seed.stored);
	return status;
}

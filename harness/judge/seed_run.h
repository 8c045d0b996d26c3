/*
 * The guest of the suites seed and screen: the recorded one of the phantom coffee-lake, with what
 * i915 would say of it added, as in docs/use/guest-report.md, and a monitor of 1920x1080 on HDMI.
 * dom0's driver had the same monitor before.
 */
#ifndef IGD_JUDGE_SEED_RUN_H
#define IGD_JUDGE_SEED_RUN_H

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
	" \"device\": {\"observer\": \"debugfs\", \"platform\": \"COFFEELAKE\","
	"  \"graphics_version\": \"9\", \"display_version\": \"9\", \"pch\": \"5\"},"
	" \"stolen\": {\"observer\": \"debugfs\", \"bytes\": 33554432},"
	" \"vbt\": {\"observer\": \"debugfs\", \"source\": \"opregion\", \"bytes\": 126,"
	"  \"sha256\": \"1a\", \"signature\": \"$VBT COFFEELAKE\", \"children\":"
	"  [{\"handle\": \"0x0004\", \"type\": \"0x60d2\", \"port\": \"HDMI-B\"}]},"
	" \"mode\": {\"observer\": \"kms\", \"set_by\": \"kernel\"},"
	" \"frames\": {\"observer\": \"kms\", \"wanted\": 30, \"flips\": 30, \"vblanks\": 30},"
	" \"interrupts\": {\"observer\": \"kernel\", \"kind\": \"msi\", \"before\": 8, \"after\": 38},"
	" \"engine\": {\"observer\": \"i915\", \"result\": \"done\", \"took_ms\": 3}}";

static const char card[] =
	"{\"name\": \"card0\", \"observer\": \"kms\", \"driver\": \"i915\", \"pci\": \"0000:00:02.0\","
	" \"connectors\": [{\"name\": \"HDMI-A-1\", \"observer\": \"kms\", \"status\": \"connected\","
	"  \"edid\": {\"observer\": \"edid\", \"bytes\": 128, \"sha256\": \"ed\", \"vendor\": \"DEL\","
	"   \"preferred\": {\"width\": 1920, \"height\": 1080, \"refresh_mhz\": 60000}},"
	"  \"modes\": [], \"crtc\": {\"observer\": \"kms\", \"id\": 51, \"mode\": {\"name\": \"1920x1080\","
	"   \"width\": 1920, \"height\": 1080, \"refresh_mhz\": 60000, \"preferred\": true}},"
	"  \"framebuffer\": {\"observer\": \"kms\", \"width\": 1920, \"height\": 1080}}]}";

static const char console[] =
	"{\"name\": \"fb0\", \"observer\": \"fbdev\", \"driver\": \"i915drmfb\","
	" \"width\": 1920, \"height\": 1080, \"bits_per_pixel\": 32}";

/* The run, and what of it is needed to judge the cell again. */
static struct {
	struct stored_run stored;
	struct shard_identities identities;
	struct judge_record record;
	const json_t *plan_cell;
	json_t *host; /* of which its driver was asked */
	int fd;
} seed;

static inline json_t *parse(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

static inline char *in_source(const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	char *path = NULL;

	return asprintf(&path, "%s/%s", root ? root : ".", name) < 0 ? NULL : path;
}

static inline const json_t *cell_of(const json_t *plan, const char *name, size_t *at_r)
{
	json_t *places = plan_places(plan);
	ssize_t at = plan_place(places, name);

	json_decref(places);
	CU_ASSERT_FATAL(at >= 0);
	*at_r = (size_t)at;
	return json_array_get(json_object_get(plan, "cells"), *at_r);
}

/* Makes it the cell that is judged. */
static inline void open_cell(const char *name)
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

static inline void the_run_opens(void)
{
	char *run = in_source("results/recorded/lab-bookworm-seed-igd");
	char *matrix = in_source("results/matrices/seed-igd.yaml");
	char *patterns = in_source("results/data/patterns.yaml");
	struct stored_run_options options = { .matrix = matrix, .patterns = patterns };
	struct problem why = { "" };

	CU_ASSERT_EQUAL_FATAL(stored_run_open(run, &options, &seed.stored, &why), 0);
	CU_ASSERT_EQUAL_FATAL(shard_identities_read(seed.stored.run, &seed.identities, &why), 0);
	seed.host = json_copy((json_t *)seed.identities.of[0].host);
	json_object_set_new(seed.host, "igd", parse(section));
	json_object_set_new(seed.host, "display", json_pack("{s:[o]}", "cards", parse(card)));
	open_cell(CELL);
	free(run);
	free(matrix);
	free(patterns);
}

static inline json_t *igd_of(json_t *report)
{
	struct bdf where = { .slot = 2 };

	return (json_t *)report_function(report, where);
}

/* The guest as it is with a driver; a new reference. */
static inline json_t *good_guest(void)
{
	json_t *report = json_deep_copy(seed.record.report);
	json_t *igd = igd_of(report), *display = json_object_get(report, "display");

	json_object_set_new(json_object_get(report, "agent"), "version", json_string("0.2.0"));
	json_object_set_new(report, "igd", parse(section));
	json_object_set_new(igd, "driver", json_string("i915"));
	json_array_append_new(json_object_get(display, "cards"), parse(card));
	if (json_array_size(json_object_get(display, "framebuffers")) == 0)
		json_array_append_new(json_object_get(display, "framebuffers"), parse(console));
	return report;
}

/* A line that is in a log of the cell, too; or NULL. */
struct log_line {
	enum pattern_log log;
	const char *file, *text;
};

static inline void add_line(json_t *logs, const struct log_line *line)
{
	struct pattern_input input = { line->log, line->file, line->text, strlen(line->text) };
	struct log_subject subject;
	json_t *more;

	judge_subject(seed.plan_cell, seed.identities.of[0].identities, seed.fd, -1, &subject);
	more = patterns_match(seed.stored.patterns, &input, 1, NULL, &subject);
	json_array_extend(logs, more);
	json_decref(more);
}

/* The views of the cell. QEMU's and libxl's are of the recorded GPU, so the guest's has its id. */
static inline json_t *views_of(const json_t *report)
{
	json_t *recorded = json_deep_copy(report), *views;

	json_object_set(
		igd_of(recorded), "device", json_object_get(igd_of(seed.record.report), "device"));
	views = views_of_cell(seed.plan_cell, "libxl", seed.fd, recorded);
	json_decref(recorded);
	return views;
}

/* What the judge says of a guest; `report` is taken. A new reference. */
static inline json_t *judge_guest_and(json_t *report, const struct log_line *line)
{
	const struct shard_identity *identity = &seed.identities.of[0];
	json_t *views, *logs, *cut = NULL, *cell;
	struct problem why = { "" };

	CU_ASSERT_EQUAL_FATAL(report_check(report, &why), 0);
	views = views_of(report);
	logs = judge_logs(seed.stored.patterns, seed.fd, report, NULL, NULL, &cut);
	if (line)
		add_line(logs, line);
	cell = judge_cell(0, seed.plan_cell, identity->identities,
		&(struct evidence){ .end = seed.record.end,
			.report = report,
			.logs = logs,
			.host = seed.host,
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

static inline json_t *judge_guest(json_t *report)
{
	return judge_guest_and(report, NULL);
}

/* Is the cell FAIL by that layer, and one of its findings of that field? `report` is taken. */
static inline void fails(json_t *report, const char *field, const char *layer)
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

static inline void set_register(json_t *report, const char *name, const char *value)
{
	json_object_set_new(json_object_get(igd_of(report), "registers"), name, json_string(value));
}

static inline json_t *part_of(json_t *report, const char *name)
{
	return json_object_get(json_object_get(report, "igd"), name);
}

/* Takes the driver and all that it made. */
static inline void no_screen(json_t *report)
{
	json_t *igd = json_object_get(report, "igd");
	static const char *const parts[] = { "device", "stolen", "vbt", "mode", "frames",
		"interrupts", "engine" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		json_object_set_new(igd, parts[i], json_null());
	json_object_set_new(igd_of(report), "driver", json_null());
	json_array_clear(json_object_get(json_object_get(report, "display"), "cards"));
}

/* Runs the tests of a suite, and closes the run. */
static inline int seed_main(const char *name, CU_TestInfo *tests)
{
	int status = suite_main(name, tests);

	if (seed.fd > 0)
		close(seed.fd);
	json_decref(seed.host);
	judge_record_free(&seed.record);
	shard_identities_free(&seed.identities);
	stored_run_close(&seed.stored);
	return status;
}

#endif

/* Whole stored runs, made here: their verdicts with and without patterns. */
#include "harness/judge/logs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/judge/judge.h"
#include "src/document.h"
#include "src/suite.h"

#define PATTERN(label, log, severity, layer, text)                                                 \
	"  - label: " label "\n    log: " log "\n    text: " text "\n    layer: " layer            \
	"\n    severity: " severity "\n    known: source\n    meaning: m\n    advice: a\n"         \
	"    reference: r\n    samples: " text "\n"

/* The same, of a cause that explains these endings. */
#define EXPLAINS(label, log, layer, text, endings)                                                 \
	PATTERN(label, log, "cause", layer, text) "    explains: " endings "\n"

static const char data[] = "format: igd-harness patterns\nversion: 1\npatterns:\n" PATTERN(
	"aborted", "qemu", "cause", "qemu", "Assertion failed") PATTERN("refused", "[libxl, qemu]",
	"cause", "config", "slot is taken") PATTERN("reset", "libxl", "note", "host",
	"no reset here") PATTERN("slow", "dom0", "cause", "host", "not ready")
	PATTERN("hang", "console", "cause", "guest kernel", "GPU HANG") PATTERN("fault", "xen",
		"grave", "xen", "DMAR fault") PATTERN("oops", "dom0", "grave", "host", "Oops 0000")
		EXPLAINS("rom", "qemu", "host", "Cannot read the ROM", "create-failed") EXPLAINS(
			"opregion", "qemu", "xen", "OpRegion not mapped", "[done, silent]");

#define CREATE_FAILED                                                                              \
	"{\"format\": \"igd-harness end\", \"version\": 1, \"ending\": \"create-failed\","         \
	" \"detail\": \"libxl said no\", \"times_ms\": {}, \"leftovers\": []}"
#define CRASHED                                                                                    \
	"{\"format\": \"igd-harness end\", \"version\": 1, \"ending\": \"guest-crashed\","         \
	" \"detail\": \"a triple fault\", \"times_ms\": {}, \"leftovers\": []}"
#define LIBXL                                                                                      \
	"{\"format\": \"igd-harness libxl\", \"version\": 1, \"domid\": 3, \"pci\":"               \
	" [{\"host\": \"0000:00:02.0\", \"guest\": \"0000:00:03.0\"}]}"
#define DONE                                                                                        \
	"{\"format\": \"igd-harness end\", \"version\": 1, \"ending\": \"done\", \"detail\": \"\"," \
	" \"times_ms\": {}, \"leftovers\": []}"
#define LEFT                                                                                       \
	"{\"format\": \"igd-harness end\", \"version\": 1, \"ending\": \"create-failed\","         \
	" \"detail\": \"libxl said no\", \"times_ms\": {}, \"leftovers\": [\"domain 7\"]}"
#define SHARED(key)                                                                                \
	"{\"format\": \"igd-harness end\", \"version\": 1, \"ending\": \"create-failed\","         \
	" \"detail\": \"libxl said no\", \"times_ms\": {}, \"leftovers\": [], \"" key              \
	"\": [\"other\"]}"
#define CONCURRENT SHARED("concurrent")
#define BESIDE     SHARED("beside") /* until 0.1.0 */
#define REPORT                                                                                     \
	"{\"format\": \"igd-harness report\", \"version\": 1,"                                     \
	" \"agent\": {\"version\": \"0\", \"errors\": []},"                                        \
	" \"kernel\": {\"release\": \"6.1\", \"version\": \"1\", \"cmdline\": \"\","               \
	" \"log\": [{\"time_us\": 1, \"level\": 6, \"text\": \"drm ok\"},"                         \
	" {\"time_us\": 2, \"level\": 3, \"text\": \"i915\\nGPU HANG\"}], \"log_dropped\": 0}}"

/* Without the line of the hang. */
#define REPORT_WELL                                                                                \
	"{\"format\": \"igd-harness report\", \"version\": 1,"                                     \
	" \"agent\": {\"version\": \"0\", \"errors\": []}}"

static char place[] = "/tmp/igd-judge-logs-XXXXXX";

struct file {
	const char *name, *text;
};

static void write_file(const char *folder, const struct file *made)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, made->name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(made->text, file);
	CU_ASSERT_EQUAL(fclose(file), 0);
}

/*
 * Judges a run of one cell of this plan whose folder has these files; the entry of the cell. A name
 * that begins with "restored/" is in the folder of the restored guest. The plan is stolen.
 */
static json_t *judge_plan(json_t *plan, const struct file *files, bool with_patterns)
{
	json_t *run = json_pack("{s:{s:s, s:{s:s}}}", "identities", "acts_as", "libxl", "versions",
		"qemu", "10.0.13");
	struct store store = STORE_NONE;
	struct patterns *patterns = NULL;
	struct problem why = { "" };
	json_t *findings = NULL, *cell;
	char folder[128], command[320];

	CU_ASSERT_EQUAL(patterns_parse("p", data, strlen(data), &patterns, &why), 0);
	snprintf(folder, sizeof(folder), "%s/cells/001-c", place);
	snprintf(
		command, sizeof(command), "rm -rf %s/cells && mkdir -p %s/restored", place, folder);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	for (; files->name; files++)
		write_file(folder, files);
	store.dir_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	store.dir = strdup(place);
	CU_ASSERT_EQUAL(judge_collect(&(struct judge_request){ &store, run, plan, plan,
					      with_patterns ? patterns : NULL },
				&findings, &why),
		0);
	CU_ASSERT_EQUAL(json_is_object(json_object_get(findings, "patterns")), with_patterns);
	cell = json_incref(json_array_get(json_object_get(findings, "cells"), 0));
	store_close(&store);
	patterns_free(patterns);
	json_decref(findings);
	json_decref(plan);
	json_decref(run);
	return cell;
}

static json_t *judge(const struct file *files, const char *expect, bool with_patterns)
{
	return judge_plan(json_pack("{s:[{s:s, s:{}, s:o}]}", "cells", "name", "c", "words",
				  "expect", json_loads(expect, 0, NULL)),
		files, with_patterns);
}

/* The same of a transition, of which nothing is expected. */
static json_t *judge_transition(const struct file *files)
{
	return judge_plan(json_pack("{s:[{s:s, s:{}, s:[], s:{}}]}", "cells", "name", "c", "words",
				  "expect", "to"),
		files, true);
}

static void the_cause_is_named_first_and_gives_the_layer(void)
{
	static const struct file files[] = { { "end.json", CREATE_FAILED },
		{ "libxl.log", "no reset here\nslot is taken\n" },
		{ "qemu.log", "x\nqemu: Assertion failed\n" }, { NULL, NULL } };
	json_t *cell = judge(files, "[]", true), *plain = judge(files, "[]", false);

	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "FAIL");
	/* The first in the file of patterns, not the first log. */
	CU_ASSERT_STRING_EQUAL(document_text(cell, "cause"),
		"aborted: qemu: Assertion failed; the guest could not be created: libxl said no");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), "QEMU");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(cell, "logs")), 3);
	CU_ASSERT_PTR_NULL(json_object_get(cell, "logs_cut"));
	CU_ASSERT_STRING_EQUAL(document_text(plain, "verdict"), "FAIL");
	CU_ASSERT_STRING_EQUAL(
		document_text(plain, "cause"), "the guest could not be created: libxl said no");
	CU_ASSERT_STRING_EQUAL(document_text(plain, "layer"), "libxl or QEMU");
	CU_ASSERT_PTR_NULL(json_object_get(plain, "logs"));
	json_decref(cell);
	json_decref(plain);
}

static void a_note_explains_nothing(void)
{
	static const struct file files[] = { { "end.json", CREATE_FAILED },
		{ "libxl.log", "no reset here\n" }, { NULL, NULL } };
	json_t *cell = judge(files, "[]", true);

	CU_ASSERT_STRING_EQUAL(
		document_text(cell, "cause"), "the guest could not be created: libxl said no");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), "libxl or QEMU");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(cell, "logs")), 1);
	json_decref(cell);
}

static void a_pattern_never_makes_a_verdict(void)
{
	static const struct file files[] = { { "end.json", DONE }, { "report.json", REPORT },
		{ "qemu.log", "Assertion failed\n" }, { NULL, NULL } };
	json_t *cell = judge(files,
		"[{\"id\": \"i\", \"field\": \"kernel/release\", \"value\": \"6.1\","
		" \"source\": \"s\"}]",
		true);

	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "PASS");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "cause"), "");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), "");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(cell, "logs")), 2);
	json_decref(cell);
}

static void the_reported_kernel_log_counts_as_console(void)
{
	static const struct file files[] = { { "end.json", DONE }, { "report.json", REPORT },
		{ "console.log", "@IGD1 GPU HANG\n" }, { NULL, NULL } };
	json_t *cell = judge(files,
		"[{\"id\": \"i\", \"field\": \"kernel/release\", \"value\": \"6.12\","
		" \"source\": \"s\"}]",
		true);
	const json_t *logs = json_object_get(cell, "logs"), *match = json_array_get(logs, 0);

	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "FAIL");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "cause"),
		"hang: i915?GPU HANG; kernel/release: expected \"6.12\", seen \"6.1\"");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), "guest kernel");
	CU_ASSERT_EQUAL(json_array_size(logs), 1);
	CU_ASSERT_STRING_EQUAL(document_text(match, "file"), "report.json");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(match, "line")), 2);
	json_decref(cell);
}

/* dom0.log alone is dom0's: the same words of a guest are not. */
static void dom0_has_a_log_of_its_own(void)
{
	static const struct file files[] = { { "end.json", CREATE_FAILED },
		{ "console.log", "not ready\n" }, { "xen.log", "not ready\n" },
		{ "dom0.log", "[   12.000001] pciback: reset\n[   13.000001] not ready\n" },
		{ NULL, NULL } };
	json_t *cell = judge(files, "[]", true);
	const json_t *logs = json_object_get(cell, "logs"), *match = json_array_get(logs, 0);

	CU_ASSERT_STRING_EQUAL(document_text(cell, "cause"),
		"slow: [   13.000001] not ready; "
		"the guest could not be created: libxl said no");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), "host");
	CU_ASSERT_EQUAL(json_array_size(logs), 1);
	CU_ASSERT_STRING_EQUAL(document_text(match, "log"), "dom0");
	CU_ASSERT_STRING_EQUAL(document_text(match, "file"), "dom0.log");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(match, "line")), 2);
	json_decref(cell);
}

/* Of cells that ran side by side it may be about another; QEMU's log is of this one all the same.
 */
static void what_two_cells_share_accuses_neither(void)
{
	static const struct file files[] = { { "end.json", BESIDE }, { "dom0.log", "not ready\n" },
		{ NULL, NULL } };
	static const struct file own[] = { { "end.json", CONCURRENT },
		{ "dom0.log", "not ready\n" }, { "qemu.log", "Assertion failed\n" },
		{ NULL, NULL } };
	json_t *cell = judge(files, "[]", true);
	const json_t *match = json_array_get(json_object_get(cell, "logs"), 0);

	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "FAIL");
	CU_ASSERT_STRING_EQUAL(
		document_text(cell, "cause"), "the guest could not be created: libxl said no");
	CU_ASSERT_STRING_EQUAL(document_text(match, "label"), "slow");
	CU_ASSERT_STRING_EQUAL(document_text(match, "severity"), "sign");
	json_decref(cell);
	cell = judge(own, "[]", true);
	CU_ASSERT_STRING_EQUAL(document_text(cell, "cause"),
		"aborted: Assertion failed; the guest could not be created: libxl said no");
	json_decref(cell);
}

static void what_is_left_still_goes_first(void)
{
	static const struct file files[] = { { "end.json", LEFT },
		{ "qemu.log", "Assertion failed\n" }, { NULL, NULL } };
	json_t *cell = judge(files, "[]", true);

	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "MISS");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), "host");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "cause"),
		"left on the host: domain 7; and aborted: Assertion failed; "
		"the guest could not be created: libxl said no");
	json_decref(cell);
}

static void a_cut_log_is_said(void)
{
	static char endless[PATTERNS_LOG_MAX + 64];
	const struct file files[] = { { "end.json", CREATE_FAILED }, { "qemu.log", endless },
		{ NULL, NULL } };
	json_t *cell;

	memset(endless, 'x', sizeof(endless) - 1);
	memcpy(endless + PATTERNS_LOG_MAX, "\nAssertion failed\n", 18);
	cell = judge(files, "[]", true);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(cell, "logs")), 0);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_array_get(json_object_get(cell, "logs_cut"), 0)),
		"qemu.log");
	json_decref(cell);
}

static void a_cut_log_of_a_restored_guest_is_said(void)
{
	static char endless[PATTERNS_LOG_MAX + 64];
	const struct file files[] = { { "end.json", CREATE_FAILED },
		{ "restored/qemu.log", endless }, { "console.log", endless }, { NULL, NULL } };
	json_t *cut = json_pack("[s, s]", "console.log", "restored/qemu.log"), *cell;

	memset(endless, 'x', sizeof(endless) - 1);
	cell = judge_transition(files);
	CU_ASSERT(json_equal(json_object_get(cell, "logs_cut"), cut));
	json_decref(cut);
	json_decref(cell);
}

static void what_cells_share_accuses_no_restored_guest(void)
{
	static const struct file files[] = { { "end.json", CONCURRENT },
		{ "restored/dom0.log", "not ready\n" }, { NULL, NULL } };
	json_t *cell = judge_transition(files);
	const json_t *match = json_array_get(json_object_get(cell, "logs"), 0);

	CU_ASSERT_STRING_EQUAL(document_text(match, "file"), "restored/dom0.log");
	CU_ASSERT_STRING_EQUAL(document_text(match, "severity"), "sign");
	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "FAIL");
	json_decref(cell);
}

static void a_cell_that_did_not_run_has_no_logs(void)
{
	static const struct file files[] = { { NULL, NULL } };
	json_t *cell = judge(files, "[]", true);

	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), "MISS");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(cell, "logs")), 0);
	json_decref(cell);
}

/* Checks the verdict, the layer and how the cause begins, of a cell for which `expect` holds. */
static void check_verdict(const struct file *files, const char *expect, const char *const wanted[3])
{
	json_t *cell = judge(files, expect, true);
	const char *cause = document_text(cell, "cause");

	CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), wanted[0]);
	CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), wanted[1]);
	CU_ASSERT_EQUAL(strncmp(cause, wanted[2], strlen(wanted[2])), 0);
	json_decref(cell);
}

#define GOOD                                                                                       \
	{ "end.json", DONE }, { "report.json", REPORT_WELL },                                      \
	{                                                                                          \
		"libxl.json", LIBXL                                                                \
	}
#define FAULT "(XEN) DMAR fault of [0000:00:02.0]"

static void a_grave_line_fails_a_cell_that_would_pass(void)
{
	static const struct file fault[] = { GOOD, { "xen.log", FAULT "\n" }, { NULL, NULL } };
	static const struct file oops[] = { GOOD, { "dom0.log", "Oops 0000\n" }, { NULL, NULL } };
	static const struct file opregion[] = { GOOD, { "qemu.log", "OpRegion not mapped\n" },
		{ NULL, NULL } };
	static const struct file reset[] = { GOOD, { "libxl.log", "no reset here\n" },
		{ NULL, NULL } };

	check_verdict(fault, "[]", (const char *[]){ "FAIL", "Xen", "fault: " FAULT });
	check_verdict(oops, "[]", (const char *[]){ "MISS", "host", "oops: Oops 0000" });
	check_verdict(opregion, "[]", (const char *[]){ "FAIL", "Xen", "opregion: " });
	check_verdict(reset, "[]", (const char *[]){ "DONE", "", "" });
}

#define HALF                                                                                       \
	"{\"format\": \"igd-harness end\", \"version\": 1, \"ending\": \"half-frame\","            \
	" \"detail\": \"17 of 25 parts\", \"times_ms\": {}, \"leftovers\": []}"
#define TOLERATES "[{\"id\": \"s\", \"field\": \"signs\", \"value\": \"fault\", \"source\": \"s\"}]"

/* It is of the guest, which the line alone makes FAIL, and not of the test. */
static void a_grave_line_says_why_there_is_no_report(void)
{
	static const struct file half[] = { { "end.json", HALF }, { "libxl.json", LIBXL },
		{ NULL, NULL } };
	static const struct file fault[] = { { "end.json", HALF }, { "libxl.json", LIBXL },
		{ "xen.log", FAULT "\n" }, { NULL, NULL } };
	static const struct file oops[] = { { "end.json", HALF }, { "libxl.json", LIBXL },
		{ "dom0.log", "Oops 0000\n" }, { NULL, NULL } };
	static const struct file elsewhere[] = { { "end.json", HALF }, { "libxl.json", LIBXL },
		{ "xen.log", "(XEN) d4: DMAR fault\n" }, { NULL, NULL } };

	check_verdict(half, "[]", (const char *[]){ "ERROR", "agent", "the agent sent only" });
	check_verdict(fault, "[]",
		(const char *[]){ "FAIL", "Xen", "fault: " FAULT "; the agent sent only" });
	check_verdict(oops, "[]", (const char *[]){ "MISS", "host", "oops: Oops 0000" });
	check_verdict(elsewhere, "[]", (const char *[]){ "ERROR", "agent", "the agent sent only" });
	check_verdict(
		fault, TOLERATES, (const char *[]){ "ERROR", "agent", "the agent sent only" });
}

static void a_line_from_elsewhere_fails_nothing(void)
{
	static const struct file device[] = { GOOD,
		{ "xen.log", "(XEN) DMAR fault of [0000:00:1f.3]\n" }, { NULL, NULL } };
	static const struct file domain[] = { GOOD, { "xen.log", "(XEN) d4: DMAR fault\n" },
		{ NULL, NULL } };
	static const struct file both[] = { GOOD,
		{ "xen.log", "(XEN) d4: DMAR fault\n" FAULT "\n" }, { NULL, NULL } };
	json_t *cell;
	const json_t *match;

	check_verdict(device, "[]", (const char *[]){ "DONE", "", "" });
	check_verdict(domain, "[]", (const char *[]){ "DONE", "", "" });
	check_verdict(both, "[]", (const char *[]){ "FAIL", "Xen", "fault: " FAULT });
	cell = judge(domain, "[]", true);
	match = json_array_get(json_object_get(cell, "logs"), 0);
	CU_ASSERT_STRING_EQUAL(document_text(match, "severity"), "note");
	CU_ASSERT_STRING_EQUAL(
		document_text(match, "doubt"), "the line names a different domain or device");
	json_decref(cell);
}

/* QEMU says that it cannot read the ROM and goes on; the crash has a different reason. */
static void a_cause_explains_its_own_endings_only(void)
{
	static const struct file refused[] = { { "end.json", CREATE_FAILED },
		{ "qemu.log", "Cannot read the ROM\n" }, { NULL, NULL } };
	static const struct file crashed[] = { { "end.json", CRASHED },
		{ "qemu.log", "Cannot read the ROM\n" }, { NULL, NULL } };
	static const struct file other[] = { { "end.json", CRASHED }, { "libxl.json", LIBXL },
		{ "xen.log", "(XEN) d3 DMAR fault\n" }, { "dom0.log", "not ready 0000:01:00.0\n" },
		{ NULL, NULL } };

	check_verdict(refused, "[]", (const char *[]){ "MISS", "host", "rom: " });
	check_verdict(crashed, "[]", (const char *[]){ "FAIL", "guest", "the guest crashed" });
	check_verdict(other, "[]", (const char *[]){ "FAIL", "guest", "the guest crashed" });
}

#define SIGNS(value)                                                                               \
	"[{\"id\": \"s\", \"field\": \"signs\", \"source\": \"x\", \"value\": " value "}]"
#define KNOWN(value)                                                                               \
	"[{\"id\": \"s\", \"field\": \"signs\", \"source\": \"x\", \"value\": null,"               \
	" \"known\": [{\"id\": \"k\", \"why\": \"w\", \"value\": " value "}]}]"

static void a_matrix_names_the_signs_that_it_tolerates(void)
{
	static const struct file none[] = { GOOD, { NULL, NULL } };
	static const struct file fault[] = { GOOD, { "xen.log", FAULT "\n" }, { NULL, NULL } };

	check_verdict(none, SIGNS("null"), (const char *[]){ "PASS", "", "" });
	check_verdict(none, SIGNS("\"fault, oops\""), (const char *[]){ "PASS", "", "" });
	check_verdict(fault, SIGNS("\"oops, fault\""), (const char *[]){ "PASS", "", "" });
	check_verdict(fault, SIGNS("\"oops, faults\""),
		(const char *[]){ "FAIL", "", "signs: expected \"oops, faults\", seen \"fault\"" });
	check_verdict(fault, SIGNS("null"),
		(const char *[]){ "FAIL", "", "signs: expected null, seen \"fault\"" });
	check_verdict(fault, KNOWN("\"fault\""), (const char *[]){ "XFAIL", "", "signs: " });
	check_verdict(fault, KNOWN("\"oops\""), (const char *[]){ "FAIL", "", "signs: " });
}

static CU_TestInfo tests[] = {
	{ "a grave line fails a cell that would pass", a_grave_line_fails_a_cell_that_would_pass },
	{ "a grave line says why there is no report", a_grave_line_says_why_there_is_no_report },
	{ "a line from elsewhere fails nothing", a_line_from_elsewhere_fails_nothing },
	{ "a cause explains its own endings only", a_cause_explains_its_own_endings_only },
	{ "a matrix names the signs that it tolerates",
		a_matrix_names_the_signs_that_it_tolerates },
	{ "the cause is named first and gives the layer",
		the_cause_is_named_first_and_gives_the_layer },
	{ "a note explains nothing", a_note_explains_nothing },
	{ "a pattern never makes a verdict", a_pattern_never_makes_a_verdict },
	{ "the reported kernel log counts as console", the_reported_kernel_log_counts_as_console },
	{ "dom0 has a log of its own", dom0_has_a_log_of_its_own },
	{ "what two cells share accuses neither", what_two_cells_share_accuses_neither },
	{ "what is left still goes first", what_is_left_still_goes_first },
	{ "a cut log is said", a_cut_log_is_said },
	{ "a cut log of a restored guest is said", a_cut_log_of_a_restored_guest_is_said },
	{ "what cells share accuses no restored guest",
		what_cells_share_accuses_no_restored_guest },
	{ "a cell that did not run has no logs", a_cell_that_did_not_run_has_no_logs },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(place))
		return 1;
	status = suite_main("judge_logs", tests);
	return suite_remove(place, status);
}

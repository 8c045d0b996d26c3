#include "harness/judge/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

/* Verdicts follow from the rules in harness/store/ending.h and the order in src/verdict.h. */

static json_t *parse(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, 0, &error);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

#define REPORT                                                                                     \
	"{\"display\": {\"cards\": [], \"framebuffers\": []}, \"kernel\": {\"release\": \"6.1\"}}"
#define DONE "{\"ending\": \"done\", \"detail\": \"\", \"times_ms\": {}, \"leftovers\": []}"

#define HOST(device)                                                                               \
	"{\"pci\": {\"functions\": [{\"address\": \"0000:00:02.0\", \"vendor\": \"0x8086\","       \
	" \"device\": \"" device "\", \"class\": \"0x030000\"}]}}"

struct outcome {
	char verdict[16], cause[512], layer[64];
	size_t findings;
};

/* Where the host, if there is one, has this IGD; and what the logs say. */
static struct outcome judge_all(
	const char *expect, const char *end, const char *report, const char *host, const char *logs)
{
	json_t *cell = json_pack("{s:s, s:{}, s:o}", "name", "c", "words", "expect", parse(expect));
	json_t *identities =
		parse("{\"acts_as\": \"libxl\", \"versions\": {\"qemu\": \"7.2.22\"}}");
	json_t *end_document = end ? parse(end) : NULL;
	json_t *report_document = report ? parse(report) : NULL;
	json_t *host_document = host ? parse(host) : NULL, *log_matches = logs ? parse(logs) : NULL;
	struct evidence evidence = { end_document, report_document, log_matches, host_document,
		.started = "2026-11-21T20:15:00Z" };
	json_t *judged = judge_cell(0, cell, identities, &evidence, NULL);
	struct outcome outcome = { 0 };
	const char *layer = json_string_value(json_object_get(judged, "layer"));

	snprintf(outcome.verdict, sizeof(outcome.verdict), "%s",
		json_string_value(json_object_get(judged, "verdict")));
	snprintf(outcome.cause, sizeof(outcome.cause), "%s",
		json_string_value(json_object_get(judged, "cause")));
	snprintf(outcome.layer, sizeof(outcome.layer), "%s", layer ? layer : "");
	outcome.findings = json_array_size(json_object_get(judged, "findings"));
	json_decref(judged);
	json_decref(cell);
	json_decref(identities);
	json_decref(end_document);
	json_decref(report_document);
	json_decref(host_document);
	json_decref(log_matches);
	return outcome;
}

static struct outcome judge(const char *expect, const char *end, const char *report)
{
	return judge_all(expect, end, report, NULL, NULL);
}

#define EXPECT(value, more)                                                                        \
	"[{\"id\": \"i\", \"field\": \"kernel/release\", \"value\": " value                        \
	", \"source\": \"s\"" more "}]"

/* Neither the guest nor the host is at fault, and nothing was seen that could pass. */
static void a_guest_that_drives_no_gpu_skips(void)
{
	static const char report[] =
		"{\"kernel\": {\"release\": \"6.1\"}, \"pci\": {\"functions\": []},"
		" \"igd\": {\"no_driver\": \"tiny has none\"}}";
	static const char driver[] = "[{\"id\": \"i\", \"field\": \"kernel/release\","
				     " \"value\": \"6.1\", \"source\": \"s\"},"
				     " {\"id\": \"j\", \"field\": \"igd/frames\","
				     " \"value\": true, \"source\": \"s\"}]";
	struct outcome outcome = judge(driver, DONE, report);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "SKIP");
	CU_ASSERT_STRING_EQUAL(outcome.cause, "igd/frames: tiny has none");
	/* What it could look at is judged. */
	outcome = judge(EXPECT("\"6.1\"", ""), DONE, report);
	CU_ASSERT_STRING_EQUAL(outcome.verdict, "PASS");
	outcome = judge(
		"[{\"id\": \"i\", \"field\": \"display/mode\", \"value\": null, \"source\": \"s\"}]",
		DONE, report);
	CU_ASSERT_STRING_EQUAL(outcome.verdict, "ERROR");
	/* An agent that made no section did not look. */
	outcome = judge(driver, DONE, REPORT);
	CU_ASSERT_STRING_EQUAL(outcome.verdict, "ERROR");
}

static void as_expected_passes(void)
{
	struct outcome outcome = judge(EXPECT("\"6.1\"", ""), DONE, REPORT);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "PASS");
	CU_ASSERT_STRING_EQUAL(outcome.cause, "");
	CU_ASSERT_EQUAL(outcome.findings, 1);
}

static void a_deviation_fails_and_says_how(void)
{
	struct outcome outcome = judge(EXPECT("\"6.12\"", ""), DONE, REPORT);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "FAIL");
	CU_ASSERT_STRING_EQUAL(outcome.cause, "kernel/release: expected \"6.12\", seen \"6.1\"");
	/* Kinds matter: the number 0 is not the string "0", and neither is null. */
	CU_ASSERT_STRING_EQUAL(judge(EXPECT("6.1", ""), DONE, REPORT).verdict, "FAIL");
	CU_ASSERT_STRING_EQUAL(judge(EXPECT("null", ""), DONE, REPORT).verdict, "FAIL");
}

static void nothing_expected_is_only_measured(void)
{
	CU_ASSERT_STRING_EQUAL(judge("[]", DONE, REPORT).verdict, "DONE");
	/* Also when what is expected holds for another back end or version. */
	CU_ASSERT_STRING_EQUAL(
		judge(EXPECT("\"6.1\"", ", \"backends\": [\"qemu\"]"), DONE, REPORT).verdict,
		"DONE");
	CU_ASSERT_STRING_EQUAL(
		judge(EXPECT("\"6.1\"", ", \"versions\": {\"qemu\": \">=10.0\"}"), DONE, REPORT)
			.verdict,
		"DONE");
}

#define KNOWN(value)                                                                               \
	", \"known\": {\"value\": " value ", \"why\": \"never merged\", \"source\": \"s\"}"

static void a_known_deviation_is_that_one_and_no_other(void)
{
	struct outcome outcome = judge(EXPECT("\"7.0\"", KNOWN("\"6.1\"")), DONE, REPORT);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "XFAIL");
	CU_ASSERT_STRING_EQUAL(
		outcome.cause, "kernel/release: expected \"7.0\", seen \"6.1\": never merged");
	CU_ASSERT_STRING_EQUAL(
		judge(EXPECT("\"7.0\"", KNOWN("\"6.2\"")), DONE, REPORT).verdict, "FAIL");
	/* Gone: no failure, but it is said. */
	CU_ASSERT_STRING_EQUAL(
		judge(EXPECT("\"6.1\"", KNOWN("\"6.2\"")), DONE, REPORT).verdict, "PASS");
}

#define KNOWN_UNTIL(until)                                                                         \
	EXPECT("\"7.0\"", ", \"known\": [{\"id\": \"k\", \"value\": \"6.1\", \"why\": \"w\","      \
			  " \"link\": \"l\", \"until\": " until "}]")

/* The run began on 2026-11-21, with QEMU 7.2.22. */
static void known_deviations_expire(void)
{
	struct outcome outcome = judge(KNOWN_UNTIL("{\"date\": \"2026-11-20\"}"), DONE, REPORT);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "FAIL");
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome.cause, "known deviation has expired: w"));
	CU_ASSERT_STRING_EQUAL(
		judge(KNOWN_UNTIL("{\"date\": \"2026-11-21\"}"), DONE, REPORT).verdict, "XFAIL");
	CU_ASSERT_STRING_EQUAL(
		judge(KNOWN_UNTIL("{\"qemu\": \">=7.2\"}"), DONE, REPORT).verdict, "FAIL");
	CU_ASSERT_STRING_EQUAL(
		judge(KNOWN_UNTIL("{\"qemu\": \">=8.0\"}"), DONE, REPORT).verdict, "XFAIL");
	/* Nobody knows that version here, so nobody can say that it has expired. */
	CU_ASSERT_STRING_EQUAL(
		judge(KNOWN_UNTIL("{\"xen\": \">=4.0\"}"), DONE, REPORT).verdict, "XFAIL");
}

static void a_known_deviation_is_for_certain_versions_and_hosts(void)
{
	static const char expect[] = EXPECT("\"7.0\"",
		", \"known\": [{\"id\": \"a\", \"value\": \"6.1\", \"why\": \"w\","
		" \"versions\": {\"qemu\": \"<7.0\"}},"
		" {\"id\": \"b\", \"value\": \"6.1\", \"why\": \"w\","
		" \"on_host\": {\"igd/device\": [\"0x0412\"]}}]");

	CU_ASSERT_STRING_EQUAL(
		judge_all(expect, DONE, REPORT, HOST("0x0412"), NULL).verdict, "XFAIL");
	CU_ASSERT_STRING_EQUAL(
		judge_all(expect, DONE, REPORT, HOST("0x3e92"), NULL).verdict, "FAIL");
	/* Not known whether it is such a host: then it is not the known deviation. */
	CU_ASSERT_STRING_EQUAL(judge(expect, DONE, REPORT).verdict, "FAIL");
}

static void version_ranges_choose(void)
{
	CU_ASSERT_STRING_EQUAL(
		judge(EXPECT("\"5\"", ", \"versions\": {\"qemu\": \">=7.0 <8.0\"}"), DONE, REPORT)
			.verdict,
		"FAIL");
	/* A version nobody detected decides nothing: that is the test's fault. */
	CU_ASSERT_STRING_EQUAL(
		judge(EXPECT("\"6.1\"", ", \"versions\": {\"xen\": \">=4.0\"}"), DONE, REPORT)
			.verdict,
		"ERROR");
}

static void not_looked_for_is_an_error(void)
{
	struct outcome outcome = judge(
		"[{\"id\": \"i\", \"field\": \"slot/02\", \"value\": null, \"source\": \"s\"}]",
		DONE, REPORT);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "ERROR");
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome.cause, "did not search"));
}

static void the_worst_finding_is_the_cause(void)
{
	struct outcome outcome = judge(
		"[{\"id\": \"a\", \"field\": \"kernel/release\", \"value\": \"6.1\", \"source\": \"s\"},"
		" {\"id\": \"b\", \"field\": \"display/mode\", \"value\": \"1024x768\", \"source\": \"s\"},"
		" {\"id\": \"c\", \"field\": \"slot/02\", \"value\": null, \"source\": \"s\"}]",
		DONE, REPORT);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "ERROR");
	CU_ASSERT_EQUAL(strncmp(outcome.cause, "slot/02", 7), 0);
	CU_ASSERT_EQUAL(outcome.findings, 3);
}

static void endings_speak_for_themselves(void)
{
	struct outcome outcome = judge(EXPECT("\"6.1\"", ""),
		"{\"ending\": \"model-died\", \"detail\": \"assertion x\", \"leftovers\": []}",
		NULL);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "FAIL");
	CU_ASSERT_STRING_EQUAL(outcome.layer, "QEMU");
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome.cause, "assertion x"));
	CU_ASSERT_EQUAL(outcome.findings, 0);
	CU_ASSERT_STRING_EQUAL(judge("[]", "{\"ending\": \"unheard-of\"}", NULL).verdict, "ERROR");
	CU_ASSERT_STRING_EQUAL(judge("[]", NULL, NULL).verdict, "MISS");
	CU_ASSERT_STRING_EQUAL(judge("[]", DONE, NULL).verdict, "ERROR");
}

#define REFUSED "{\"ending\": \"create-failed\", \"detail\": \"rc -28\", \"leftovers\": []}"
#define LOGS(label)                                                                                \
	"[{\"label\": \"noise\", \"severity\": \"note\", \"layer\": \"host\"},"                    \
	" {\"label\": \"" label                                                                    \
	"\", \"severity\": \"cause\", \"layer\": \"qemu\", \"text\": \"t\"}]"
#define PREDICTION                                                                                 \
	"{\"id\": \"i\", \"field\": \"ending\", \"value\": \"done\", \"source\": \"s\","           \
	" \"known\": {\"value\": \"create-failed: refused\", \"why\": \"class\", \"source\": \"s\"}}"
#define PREDICTED "[" PREDICTION "]"

static void an_ending_can_be_predicted(void)
{
	struct outcome outcome = judge_all(PREDICTED, REFUSED, NULL, NULL, LOGS("refused"));

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "XFAIL");
	CU_ASSERT_STRING_EQUAL(
		outcome.cause, "ending: expected \"done\", seen \"create-failed: refused\": class");
	CU_ASSERT_STRING_EQUAL(outcome.layer, "qemu");
	/* Another refusal is not the known one, and neither is one whose reason nobody knows. */
	outcome = judge_all(PREDICTED, REFUSED, NULL, NULL, LOGS("other"));
	CU_ASSERT_STRING_EQUAL(outcome.verdict, "FAIL");
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome.cause, "other: t"));
	CU_ASSERT_STRING_EQUAL(judge(PREDICTED, REFUSED, NULL).verdict, "FAIL");
	/* It no longer happens: that is said. */
	CU_ASSERT_STRING_EQUAL(judge(PREDICTED, DONE, REPORT).verdict, "PASS");
	/* What else is expected is of a guest, and there is none. */
	outcome = judge_all("[" PREDICTION ", {\"id\": \"m\", \"field\": \"display/mode\","
			    " \"value\": \"1x1\", \"source\": \"s\"}]",
		REFUSED, NULL, NULL, LOGS("refused"));
	CU_ASSERT_STRING_EQUAL(outcome.verdict, "XFAIL");
	CU_ASSERT_EQUAL(outcome.findings, 1);
	/* Not predicted at all. */
	CU_ASSERT_STRING_EQUAL(judge_all("[]", REFUSED, NULL, NULL, LOGS("x")).verdict, "FAIL");
}

/* A ROM that dom0 cannot read is no fault of the QEMU that says so. */
static void what_the_host_caused_is_the_hosts(void)
{
	static const char logs[] = "[{\"label\": \"rom\", \"severity\": \"cause\","
				   " \"layer\": \"host\", \"text\": \"t\"}]";
	struct outcome outcome = judge_all("[]", REFUSED, NULL, NULL, logs);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "MISS");
	CU_ASSERT_STRING_EQUAL(outcome.layer, "host");
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome.cause, "rom: t"));
	/* A guest that ran and is not as expected is still a FAIL. */
	CU_ASSERT_STRING_EQUAL(
		judge_all(EXPECT("\"6.2\"", ""), DONE, REPORT, NULL, logs).verdict, "FAIL");
}

#define VIEWS(first_difference)                                                                         \
	"{\"layers\": [\"config\", \"qemu\", \"guest\"], \"parts_at\": " first_difference               \
	", \"devices\": ["                                                                              \
	"{\"device\": \"igd\", \"what\": \"0000:00:02.0\", \"qemu\": {\"address\": \"0000:00:03.0\","   \
	" \"ids\": \"8086:0412\"}, \"guest\": {\"address\": \"0000:00:03.0\", \"ids\": \"8086:0412\"}," \
	" \"parts_at\": null, \"why\": \"\"}]}"
#define AT_3                                                                                       \
	"{\"pci\": {\"functions\": [{\"address\": \"0000:00:03.0\", \"vendor\": \"0x8086\","       \
	" \"device\": \"0x0412\", \"class\": \"0x030000\"}]}}"

static void the_first_layer_that_is_wrong_is_named(void)
{
	json_t *cell = json_pack("{s:s, s:{}, s:o}", "name", "c", "words", "expect",
		parse("[{\"id\": \"i\", \"field\": \"igd/address\", \"value\": \"0000:00:02.0\","
		      " \"source\": \"s\"}]"));
	json_t *identities = parse("{\"acts_as\": \"libxl\"}"), *end = parse(DONE);
	json_t *report = parse(AT_3), *views = parse(VIEWS("null"));
	struct evidence evidence = { .end = end, .report = report, .views = views };
	json_t *judged = judge_cell(0, cell, identities, &evidence, NULL);

	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(judged, "verdict")), "FAIL");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(judged, "layer")), "QEMU");
	CU_ASSERT_PTR_NOT_NULL(json_object_get(judged, "views"));
	json_decref(judged);
	json_decref(cell);
	json_decref(identities);
	json_decref(end);
	json_decref(report);
	json_decref(views);
}

static void faults_of_test_and_host_cannot_be_predicted(void)
{
	static const char *const faults[][2] = { { "agent-died", "ERROR" },
		{ "host-failed", "MISS" }, { "not-supported", "SKIP" } };

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char expect[256], end[128];

		snprintf(expect, sizeof(expect),
			"[{\"id\": \"i\", \"field\": \"ending\", \"value\": \"%s\","
			" \"source\": \"s\"}]",
			faults[i][0]);
		snprintf(end, sizeof(end),
			"{\"ending\": \"%s\", \"detail\": \"\", \"leftovers\": []}", faults[i][0]);
		CU_ASSERT_STRING_EQUAL(judge(expect, end, NULL).verdict, faults[i][1]);
	}
}

static void what_needs_a_report_cannot_be_seen_without(void)
{
	struct outcome outcome = judge_all(
		"[{\"id\": \"i\", \"field\": \"ending\", \"value\": \"create-failed: refused\","
		" \"source\": \"s\"},"
		" {\"id\": \"j\", \"field\": \"slot/02\", \"value\": null, \"source\": \"s\"}]",
		REFUSED, NULL, NULL, LOGS("refused"));

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "ERROR");
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome.cause, "no report"));
}

#define ON(key) EXPECT("\"6.2\"", ", \"" key "\": {\"igd/device\": [\"0x0412\", \"0x1616\"]}")

static void the_host_chooses(void)
{
	/* What is expected is wrong, so the verdict tells whether it was looked at. */
	CU_ASSERT_STRING_EQUAL(
		judge_all(ON("on_host"), DONE, REPORT, HOST("0x0412"), NULL).verdict, "FAIL");
	CU_ASSERT_STRING_EQUAL(
		judge_all(ON("on_host"), DONE, REPORT, HOST("0x3e92"), NULL).verdict, "DONE");
	CU_ASSERT_STRING_EQUAL(
		judge_all(ON("not_on_host"), DONE, REPORT, HOST("0x3e92"), NULL).verdict, "FAIL");
	CU_ASSERT_STRING_EQUAL(
		judge_all(ON("not_on_host"), DONE, REPORT, HOST("0x0412"), NULL).verdict, "DONE");
	/* A run that did not record its host decides nothing. */
	CU_ASSERT_STRING_EQUAL(judge(ON("on_host"), DONE, REPORT).verdict, "ERROR");
	CU_ASSERT_STRING_EQUAL(judge(ON("not_on_host"), DONE, REPORT).verdict, "ERROR");
}

#define AS_HOST                                                                                    \
	"[{\"id\": \"i\", \"field\": \"igd/device\", \"same_as\": \"host/igd/device\","            \
	" \"source\": \"s\"}]"

static void as_on_the_host(void)
{
	struct outcome outcome = judge_all(AS_HOST, DONE, HOST("0x0412"), HOST("0x0412"), NULL);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "PASS");
	outcome = judge_all(AS_HOST, DONE, HOST("0x0412"), HOST("0x1616"), NULL);
	CU_ASSERT_STRING_EQUAL(outcome.verdict, "FAIL");
	CU_ASSERT_STRING_EQUAL(outcome.cause, "igd/device: expected \"0x1616\", seen \"0x0412\"");
	CU_ASSERT_STRING_EQUAL(judge(AS_HOST, DONE, HOST("0x0412")).verdict, "ERROR");
}

/* Nothing else is expected: a PASS would be one of nothing. */
static void what_the_host_cannot_say_alone_is_skipped(void)
{
	static const char monitor[] =
		"[{\"id\": \"i\", \"field\": \"igd/display/edid_sha256\","
		" \"same_as\": \"host/igd/display/edid_sha256\", \"source\": \"s\"}]";
	struct outcome outcome = judge_all(monitor, DONE, HOST("0x0412"), HOST("0x0412"), NULL);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "SKIP");
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome.cause, "the run did not record"));
}

static void leftovers_outweigh_everything(void)
{
	struct outcome outcome = judge(EXPECT("\"6.1\"", ""),
		"{\"ending\": \"done\", \"detail\": \"\", \"leftovers\": [\"domain 7\"]}", REPORT);

	CU_ASSERT_STRING_EQUAL(outcome.verdict, "MISS");
	CU_ASSERT_STRING_EQUAL(outcome.layer, "host");
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome.cause, "domain 7"));
}

static void skipping_everything_is_no_success(void)
{
	json_t *all = parse("{\"verdict\": \"SKIP\", \"counts\": {\"SKIP\": 1}, \"cells\": [{}]}");
	json_t *some = parse("{\"verdict\": \"SKIP\", \"counts\": {\"SKIP\": 1, \"PASS\": 1},"
			     " \"cells\": [{}, {}]}");

	CU_ASSERT(judge_tested_nothing(all));
	CU_ASSERT(!judge_tested_nothing(some));
	CU_ASSERT_EQUAL(judge_exit_status(all), 3);
	CU_ASSERT_EQUAL(judge_exit_status(some), 0);
	json_decref(all);
	json_decref(some);
}

static CU_TestInfo tests[] = {
	{ "a guest that drives no GPU skips", a_guest_that_drives_no_gpu_skips },
	{ "as expected passes", as_expected_passes },
	{ "a deviation fails and says how", a_deviation_fails_and_says_how },
	{ "nothing expected is only measured", nothing_expected_is_only_measured },
	{ "a known deviation is that one and no other",
		a_known_deviation_is_that_one_and_no_other },
	{ "known deviations expire", known_deviations_expire },
	{ "a known deviation is for certain versions and hosts",
		a_known_deviation_is_for_certain_versions_and_hosts },
	{ "version ranges choose", version_ranges_choose },
	{ "not looked for is an error", not_looked_for_is_an_error },
	{ "the worst finding is the cause", the_worst_finding_is_the_cause },
	{ "endings speak for themselves", endings_speak_for_themselves },
	{ "an ending can be predicted", an_ending_can_be_predicted },
	{ "what the host caused is the host's", what_the_host_caused_is_the_hosts },
	{ "the first layer that is wrong is named", the_first_layer_that_is_wrong_is_named },
	{ "faults of test and host cannot be predicted",
		faults_of_test_and_host_cannot_be_predicted },
	{ "what needs a report cannot be seen without",
		what_needs_a_report_cannot_be_seen_without },
	{ "the host chooses", the_host_chooses },
	{ "as on the host", as_on_the_host },
	{ "what the host cannot say alone is skipped", what_the_host_cannot_say_alone_is_skipped },
	{ "leftovers outweigh everything", leftovers_outweigh_everything },
	{ "skipping everything is no success", skipping_everything_is_no_success },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("judge", tests);
}

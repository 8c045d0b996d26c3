/*
 * What each format for machines says of each verdict. That documents are well formed is for readers
 * that we did not write: ci/checks/formats.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/report/formats.h"
#include "src/suite.h"

/* Renders one cell among findings and gives the text; the caller frees. */
static char *render_by(const char *format, const char *cell, const struct render_options *options)
{
	json_t *cells = json_loads(cell, 0, NULL), *findings;
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(cells);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	findings = json_pack("{s:s, s:{s:s, s:s}, s:{s:s, s:{s:s}, s:{s:s, s:s}}, s:[o]}",
		"started", "2026-01-02T03:04:05Z", "matrix", "name", "m", "sha256", "0",
		"identities", "backend", "libxl", "versions", "xen", "4.17.7", "host", "place",
		"hardware", "name", "secret-host", "cells", cells);
	CU_ASSERT_PTR_NOT_NULL_FATAL(findings);
	CU_ASSERT_EQUAL(renderer_find(format)->render(findings, options, stream), 0);
	fclose(stream);
	json_decref(findings);
	return text;
}

static char *render(const char *format, const char *cell)
{
	const struct render_options options = { .colour = true };

	return render_by(format, cell, &options);
}

#define CELL(verdict, cause, more)                                                                 \
	"{\"name\": \"a-on@02\", \"verdict\": \"" verdict "\", \"cause\": \"" cause                \
	"\", \"ending\": \"done\", \"times_ms\": {\"create\": 1500, \"report\": 250}" more "}"

static void has(const char *format, const char *cell, const char *part)
{
	char *text = render(format, cell);
	bool found = strstr(text, part);

	if (!found)
		printf("\n%s has no %s:\n%s\n", format, part, text);
	CU_ASSERT(found);
	free(text);
}

static void has_not(const char *format, const char *cell, const char *part)
{
	char *text = render(format, cell);
	bool found = strstr(text, part);

	if (found)
		printf("\n%s has %s:\n%s\n", format, part, text);
	CU_ASSERT(!found);
	free(text);
}

static const struct {
	const char *cell, *junit, *tap, *ktap, *kcidb, *lava;
} verdicts[] = {
	{ CELL("PASS", "", ""), "time=\"1.750\"/>", "\nok 1 - a-on@02\n", "\nok 1 a-on@02\n",
		"\"status\": \"PASS\"", " RESULT=pass " },
	{ CELL("DONE", "", ""), "time=\"1.750\"/>", "\nok 1 - a-on@02\n", "\nok 1 a-on@02\n",
		"\"status\": \"DONE\"", " RESULT=pass " },
	{ CELL("SKIP", "no IGD", ""), "<skipped type=\"SKIP\" message=\"no IGD\">",
		"\nok 1 - a-on@02 # SKIP no IGD\n", "\nok 1 a-on@02 # SKIP no IGD\n",
		"\"status\": \"SKIP\"", " RESULT=skip " },
	{ CELL("XFAIL", "known", ""),
		"<skipped type=\"XFAIL\" message=\"expected failure: known\">",
		"\nnot ok 1 - a-on@02 # TODO known\n", "\nok 1 a-on@02 # XFAIL known\n",
		"\"verdict\": \"XFAIL\"", " RESULT=skip " },
	{ CELL("FAIL", "bad", ""), "<failure type=\"FAIL\" message=\"bad\">",
		"\nnot ok 1 - a-on@02\n", "\nnot ok 1 a-on@02\n", "\"status\": \"FAIL\"",
		" RESULT=fail " },
	{ CELL("ERROR", "odd", ""), "<error type=\"ERROR\" message=\"odd\">",
		"\nnot ok 1 - a-on@02\n", "\nnot ok 1 a-on@02 # ERROR ERROR: odd\n",
		"\"status\": \"ERROR\"", " RESULT=unknown " },
	{ CELL("MISS", "gone", ""), "<error type=\"MISS\" message=\"gone\">",
		"\nnot ok 1 - a-on@02\n", "\nnot ok 1 a-on@02 # ERROR MISS: gone\n",
		"\"status\": \"MISS\"", " RESULT=unknown " },
};

static void each_verdict_has_its_word_in_each_format(void)
{
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		has("junit", verdicts[i].cell, verdicts[i].junit);
		has("tap", verdicts[i].cell, verdicts[i].tap);
		has("ktap", verdicts[i].cell, verdicts[i].ktap);
		has("kcidb", verdicts[i].cell, verdicts[i].kcidb);
		has("lava", verdicts[i].cell, verdicts[i].lava);
	}
}

#define KNOWN                                                                                          \
	CELL("XFAIL", "known",                                                                         \
		", \"findings\": [{\"id\": \"e\", \"field\": \"igd/address\", \"verdict\": \"XFAIL\"," \
		" \"expected\": 2, \"seen\": 3, \"note\": \"never merged\", \"source\": \"s\","        \
		" \"known\": {\"id\": \"k\", \"link\": \"https://example.org/1\"}}]")

static void a_known_deviation_is_an_issue_and_an_incident_for_kcidb(void)
{
	has("kcidb", KNOWN, "\"status\": \"FAIL\"");
	has("kcidb", KNOWN, "\"comment\": \"igd/address: never merged\"");
	has("kcidb", KNOWN, "\"present\": true");
	has("kcidb", KNOWN, "\"report_url\": \"https://example.org/1\"");
	has_not("kcidb", CELL("FAIL", "bad", ""), "\"present\"");
}

#define UNEXPECTED                                                                                 \
	CELL("PASS", "",                                                                           \
		", \"findings\": [{\"id\": \"e\", \"field\": \"f\", \"verdict\": \"PASS\","        \
		" \"expected\": 2, \"seen\": 2, \"note\": \"unexpected pass: it is gone\"}]")

static void an_unexpected_pass_is_said(void)
{
	has("junit", UNEXPECTED, "unexpected pass: it is gone");
	has("ktap", UNEXPECTED, "\n# PASS: unexpected pass: it is gone\n");
	has("tap", UNEXPECTED, "\nok 1 - a-on@02 # TODO unexpected pass: it is gone\n");
	has("kcidb", UNEXPECTED, "\"comment\": \"unexpected pass: it is gone\"");
}

#define HOSTILE(cause) CELL("FAIL", cause, "")

static void a_guests_text_is_only_text(void)
{
	has("junit", HOSTILE("\\u001b[2J\\u0001\\ufffe]]>&</failure>"),
		"message=\"\\x1b[2J\\x01\\xef\\xbf\\xbe]]&gt;&amp;&lt;/failure&gt;\"");
	has("tap", HOSTILE("a\\n  ...\\nok 1 - all is well\\n\\\"\\\\"),
		"    FAIL: a\\x0a  ...\\x0aok 1 - all is well\\x0a\"\\x5c\n");
	has("tap", HOSTILE("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=z RESULT=pass> <b>"),
		"    FAIL: \\x3cLAVA_SIGNAL_TESTCASE TEST_CASE_ID=z RESULT=pass> <b>\n");
	has_not("junit", HOSTILE("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=z RESULT=pass>"), "<LAVA");
	has_not("kcidb", HOSTILE("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=z RESULT=pass>"), "<LAVA");
	has_not("views", HOSTILE("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=z RESULT=pass>"), "<LAVA");
	has_not("table", HOSTILE("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=z RESULT=pass>"), "<LAVA");
	has("ktap", HOSTILE("a # SKIP\\nok 1 - all is well\\n"),
		"\n# FAIL: a \\x23 SKIP\\x0aok 1 - all is well\\x0a\n");
	has_not("lava", HOSTILE("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=z RESULT=pass>"), "=z");
	has("kcidb", HOSTILE("\\u001b\\u009b\\n"), "\"comment\": \"\\\\x1b\\\\xc2\\\\x9b\\\\x0a\"");
}

static void a_line_of_a_log_is_explained(void)
{
#define LOGS                                                                                       \
	", \"layer\": \"QEMU\", \"logs\": [{\"label\": \"aborts\", \"severity\": \"cause\","       \
	" \"layer\": \"QEMU\", \"file\": \"qemu.log\", \"line\": 3, \"text\": \"no VBIOS\","       \
	" \"meaning\": \"it broke\", \"advice\": \"mend it\"}]"
	static const char *const formats[] = { "junit", "tap", "ktap", "kcidb" };

	for (size_t i = 0; i < 4; i++) {
		has(formats[i], CELL("FAIL", "bad", LOGS), "look first at: QEMU");
		has(formats[i], CELL("FAIL", "bad", LOGS),
			"log aborts, layer QEMU, qemu.log line 3: no VBIOS");
		has(formats[i], CELL("FAIL", "bad", LOGS), "advice: mend it");
		has(formats[i], CELL("PASS", "", LOGS), "PASS: signs in its logs: aborts");
		has(formats[i], CELL("PASS", "", LOGS),
			"log aborts, layer QEMU, qemu.log line 3: no VBIOS");
	}
}

/* Documentation/dev-tools/ktap.rst: a level begins with its version and its plan, two columns
 * further in, and its test follows it. */
static void expectations_are_subtests_for_ktap(void)
{
	static const char cell[] = CELL("FAIL", "bad",
		", \"findings\": [{\"field\": \"display/mode\", \"verdict\": \"PASS\"},"
		" {\"field\": \"igd/#\", \"verdict\": \"XFAIL\", \"note\": \"never # SKIP\"},"
		" {\"field\": \"igd/vbt\", \"verdict\": \"SKIP\", \"note\": \"no driver\"},"
		" {\"field\": \"pci/slot2\", \"verdict\": \"FAIL\", \"expected\": 1,"
		" \"seen\": 2, \"source\": \"s\"}]");

	has("ktap", cell,
		"KTAP version 1\n1..1\n# tested: m.libxl: back end libxl, xen 4.17.7; hardware");
	has("ktap", cell,
		"\n  KTAP version 1\n  # Subtest: a-on@02\n  1..4\n  ok 1 display/mode\n"
		"  ok 2 igd/\\x23 # XFAIL never \\x23 SKIP\n  ok 3 igd/vbt # SKIP no driver\n"
		"  not ok 4 pci/slot2\n# FAIL: bad\n");
	has("ktap", cell, "because of: s\nnot ok 1 a-on@02\n");
}

static void a_limit_that_expired_is_a_timeout_for_ktap(void)
{
#define ENDING(verdict, ending)                                                                    \
	"{\"name\": \"a\", \"verdict\": \"" verdict                                                \
	"\", \"cause\": \"why\", \"ending\": \"" ending "\"}"
	has("ktap", ENDING("FAIL", "silent"), "\nnot ok 1 a # TIMEOUT FAIL: why\n");
	has("ktap", ENDING("MISS", "create-late"), "\nnot ok 1 a # TIMEOUT MISS: why\n");
	has("ktap", ENDING("XFAIL", "silent"), "\nok 1 a # XFAIL why\n");
	has("ktap", ENDING("FAIL", "guest-crashed"), "\nnot ok 1 a\n");
}

static void junit_says_when_and_on_which_host(void)
{
	has("junit", CELL("PASS", "", ""),
		" timestamp=\"2026-01-02T03:04:05\" hostname=\"secret-host\">");
}

static void what_is_not_hardware_has_another_name(void)
{
	char *text = render("junit", CELL("PASS", "", ""));

	/* The host of these findings says that it is hardware. */
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "classname=\"m.libxl\""));
	CU_ASSERT_PTR_NULL(strstr(text, "not-hardware"));
	free(text);
}

static void kcidb_hears_no_hosts_name(void)
{
	has_not("kcidb", CELL("FAIL", "bad", ""), "secret-host");
}

static json_t *some_files(void *data, const char *cell)
{
	CU_ASSERT_STRING_EQUAL(cell, "a-on@02/3");
	return json_pack("[{s:s}, {s:s}, {s:s}]", "name", "console.log", "name", "end.json", "name",
		"an odd%name");
}

static char *some_folder(void *data, const char *cell)
{
	return strdup("cells/003-a-on@02");
}

/* RFC 3986, 2.1: how a byte is written that has no place in a path as it is. */
static void files_have_addresses_for_kcidb(void)
{
	const struct record record = { .files = some_files, .folder = some_folder };
	const struct render_options options = { .record = &record,
		.base_url = "https://logs.example.org/run/" };
	char *text = render_by("kcidb", CELL("FAIL", "", ", \"record\": \"a-on@02/3\""), &options);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"log_url\": \"https://logs.example.org/run/cells/"
					    "003-a-on%4002/console.log\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"name\": \"end.json\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "003-a-on%4002/an%20odd%25name\""));
	free(text);
	has_not("kcidb", CELL("FAIL", "", ""), "_url");
	has_not("kcidb", CELL("FAIL", "", ""), "output_files");
}

static void lava_takes_no_at_sign(void)
{
	has("lava", CELL("PASS", "", ""), "TEST_CASE_ID=a-on+02 ");
	has("lava", CELL("PASS", "", ""), "UNITS=seconds MEASUREMENT=1.750>");
}

static CU_TestInfo tests[] = {
	{ "each verdict has its word in each format", each_verdict_has_its_word_in_each_format },
	{ "a known deviation is an issue and an incident for KCIDB",
		a_known_deviation_is_an_issue_and_an_incident_for_kcidb },
	{ "an unexpected pass is said", an_unexpected_pass_is_said },
	{ "a guest's text is only text", a_guests_text_is_only_text },
	{ "a line of a log is explained", a_line_of_a_log_is_explained },
	{ "expectations are subtests for KTAP", expectations_are_subtests_for_ktap },
	{ "a limit that expired is a timeout for KTAP",
		a_limit_that_expired_is_a_timeout_for_ktap },
	{ "JUnit says when and on which host", junit_says_when_and_on_which_host },
	{ "what is not hardware has another name", what_is_not_hardware_has_another_name },
	{ "KCIDB hears no host's name", kcidb_hears_no_hosts_name },
	{ "files have addresses for KCIDB", files_have_addresses_for_kcidb },
	{ "LAVA takes no at sign", lava_takes_no_at_sign },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("render_formats", tests);
}

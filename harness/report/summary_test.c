#include "harness/report/summary.h"

#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/suite.h"

/* What a run on hardware with an IGD says of itself. */
#define HARDWARE                                                                                   \
	"\"identities\": {\"backend\": \"libxl\", \"acts_as\": \"libxl\", \"host\": {\"place\":"   \
	" \"hardware\", \"pci\": {\"functions\": [{\"address\": \"0000:00:02.0\", \"vendor\":"     \
	" \"0x8086\", \"device\": \"0x46a6\", \"class\": \"0x038000\"}]}}}"
#define IGD(verdict)                                                                               \
	"{\"id\": \"e\", \"field\": \"igd/address\", \"verdict\": \"" verdict                      \
	"\", \"expected\": \"a\", \"seen\": \"b\""
#define CELL(index, verdict, findings)                                                             \
	"{\"index\": " #index ", \"name\": \"c\", \"verdict\": \"" verdict                         \
	"\", \"cause\": \"why\", \"layer\": \"host\", \"findings\": [" findings "]}"

/* The caller drops the reference. */
static json_t *summary(const char *identities, const char *counts, const char *cells)
{
	json_t *findings, *made;
	char *text = NULL;

	CU_ASSERT_FATAL(asprintf(&text, "{%s, \"counts\": {%s}, \"cells\": [%s]}", identities,
				counts, cells) > 0);
	findings = json_loads(text, 0, NULL);
	free(text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(findings);
	made = summary_of(findings);
	json_decref(findings);
	CU_ASSERT_PTR_NOT_NULL_FATAL(made);
	return made;
}

static void decides(
	const char *identities, const char *counts, const char *cells, const char *decision)
{
	json_t *made = summary(identities, counts, cells);

	CU_ASSERT_STRING_EQUAL(document_text(made, "decision"), decision);
	json_decref(made);
}

static void another_guest_is_told(void)
{
	static const char with[] = "\"identities\": {\"backend\": \"libxl\", \"guests\": "
				   "{\"tiny\": {\"in_place_of\": \"linux\"}}}";
	json_t *made = summary(with, "\"PASS\": 1", CELL(0, "PASS", ""));
	char *grounds = json_dumps(json_object_get(made, "grounds"), 0);

	CU_ASSERT_PTR_NOT_NULL(
		strstr(grounds, "The guests were tiny, in place of the matrix's own."));
	free(grounds);
	json_decref(made);
}

static void the_decision_follows_the_worst(void)
{
	decides(HARDWARE, "\"PASS\": 1", CELL(0, "PASS", IGD("PASS") "}"), "qualified");
	decides(HARDWARE, "\"PASS\": 1, \"XFAIL\": 1", CELL(0, "XFAIL", IGD("XFAIL") "}"),
		"qualified with known deviations");
	decides(HARDWARE, "\"PASS\": 1, \"SKIP\": 1", CELL(0, "PASS", IGD("PASS") "}"),
		"qualified");
	decides(HARDWARE, "\"PASS\": 1, \"MISS\": 1", CELL(0, "PASS", IGD("PASS") "}"),
		"undecided");
	decides(HARDWARE, "\"PASS\": 1, \"ERROR\": 1", CELL(0, "PASS", IGD("PASS") "}"),
		"undecided");
	decides(HARDWARE, "\"FAIL\": 1, \"MISS\": 1", CELL(0, "FAIL", IGD("FAIL") "}"),
		"not qualified");
}

static void what_shows_no_gpu_decides_nothing(void)
{
	decides(HARDWARE, "\"PASS\": 1", CELL(0, "PASS", ""), "undecided");
	decides("\"identities\": {\"backend\": \"libxl\", \"host\": {\"place\": \"virtual\"}}",
		"\"PASS\": 1", CELL(0, "PASS", IGD("PASS") "}"), "undecided");
	decides("\"identities\": {\"backend\": \"libxl\", \"host\": {\"place\": \"hardware\","
		" \"phantom\": {\"name\": null}}}",
		"\"PASS\": 1", CELL(0, "PASS", IGD("PASS") "}"), "undecided");
	decides("\"identities\": {\"backend\": \"replay\", \"acts_as\": \"libxl\", \"host\":"
		" {\"place\": \"hardware\"}}",
		"\"PASS\": 1", CELL(0, "PASS", IGD("PASS") "}"), "undecided");
	decides("\"identities\": {}", "\"PASS\": 1", CELL(0, "PASS", IGD("PASS") "}"), "undecided");
}

static void coverage_names_generation_and_class(void)
{
	json_t *made = summary(
		HARDWARE, "\"PASS\": 2", CELL(0, "PASS", IGD("PASS") "}") "," CELL(1, "PASS", ""));
	const json_t *coverage = json_array_get(json_object_get(made, "coverage"), 0);

	CU_ASSERT_STRING_EQUAL(document_text(coverage, "generation"), "Alder Lake");
	CU_ASSERT_STRING_EQUAL(document_text(coverage, "class"), "0x0380");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(coverage, "cells")), 1);
	CU_ASSERT(json_is_false(json_object_get(coverage, "phantom")));
	json_decref(made);
}

static void known_deviations_are_grouped_and_have_an_end(void)
{
	static const char *const ends[] = { "2027-06-30", "qemu >=11.0" };
	json_t *made = summary(HARDWARE, "\"XFAIL\": 2",
		CELL(0, "XFAIL",
			IGD("XFAIL") ", \"known\": {\"id\": \"k\", \"why\": \"w\", \"link\":"
				     " \"l\", \"until\": {\"date\": \"2027-06-30\"}}}") "," CELL(1,
			"XFAIL",
			IGD("XFAIL") ", \"known\": {\"id\": \"k\", \"why\": \"w\", \"link\":"
				     " \"l\", \"until\": {\"date\": \"2027-06-30\"}}}") "," CELL(2,
			"XFAIL",
			IGD("XFAIL") ", \"known\": {\"id\": \"n\", \"why\": \"w\", \"until\":"
				     " {\"qemu\": \">=11.0\"}}}") "," CELL(3, "FAIL",
			IGD("FAIL") ", \"known\": {\"id\": \"x\", \"why\": \"w\"}}") "," CELL(4,
			"FAIL", IGD("FAIL") "}") "," CELL(5, "PASS",
			IGD("PASS") ", \"note\": \"it is gone\"}"));
	const json_t *known = json_object_get(made, "known");

	CU_ASSERT_EQUAL_FATAL(json_array_size(known), 2);
	for (size_t i = 0; i < 2; i++)
		CU_ASSERT_STRING_EQUAL(document_text(json_array_get(known, i), "until"), ends[i]);
	known = json_object_get(json_array_get(known, 0), "cells");
	CU_ASSERT_EQUAL(json_array_size(known), 2);
	CU_ASSERT_EQUAL(json_integer_value(json_array_get(known, 1)), 1);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(made, "expired")), 1);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(made, "gone")), 1);
	json_decref(made);
}

static void cells_without_an_answer_have_their_reason(void)
{
	json_t *made = summary(HARDWARE, "\"MISS\": 2",
		CELL(0, "MISS", "") "," CELL(1, "SKIP", "") "," CELL(2, "MISS", "") "," CELL(
			3, "FAIL", ""));
	const json_t *groups = json_object_get(made, "unanswered"), *first;

	CU_ASSERT_EQUAL_FATAL(json_array_size(groups), 2);
	first = json_array_get(groups, 0);
	CU_ASSERT_STRING_EQUAL(document_text(first, "verdict"), "MISS");
	CU_ASSERT_STRING_EQUAL(document_text(first, "cause"), "why");
	CU_ASSERT_EQUAL(json_integer_value(json_array_get(json_object_get(first, "cells"), 1)), 2);
	json_decref(made);
}

static CU_TestInfo tests[] = {
	{ "another guest", another_guest_is_told },
	{ "the decision follows the worst", the_decision_follows_the_worst },
	{ "what shows no GPU decides nothing", what_shows_no_gpu_decides_nothing },
	{ "coverage names generation and class", coverage_names_generation_and_class },
	{ "known deviations are grouped and have an end",
		known_deviations_are_grouped_and_have_an_end },
	{ "cells without an answer have their reason", cells_without_an_answer_have_their_reason },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("summary", tests);
}

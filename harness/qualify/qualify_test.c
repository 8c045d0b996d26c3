#include "harness/qualify/qualify.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/suite.h"

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

/* An IGD of Alder Lake in a host of metal, and the same host in a lab. */
#define PCI                                                                                        \
	"\"pci\": {\"functions\": [{\"address\": \"0000:00:02.0\", \"vendor\": \"0x8086\", "       \
	"\"device\": \"0x46a6\", \"class\": \"0x030000\"}]}"
#define METAL                                                                                      \
	"\"backend\": \"libxl\", \"acts_as\": \"libxl\", \"versions\": {\"qemu\": \"7.2\"}, "      \
	"\"device_model\": {\"sha256\": \"abc\"}, \"host\": {\"place\": \"hardware\", " PCI "}"
#define LAB                                                                                        \
	"\"backend\": \"libxl\", \"acts_as\": \"libxl\", \"versions\": {\"qemu\": \"7.2\"}, "      \
	"\"device_model\": {\"sha256\": \"abc\"}, \"host\": {\"place\": \"virtual\", "             \
	"\"sys_vendor\": \"QEMU\", "                                                               \
	"\"phantom\": {\"name\": \"alder-lake\", \"vendor\": \"0x8086\", \"device\": \"0x46a6\"}}"
/* A cell whose guest had the IGD. */
#define CELL(index, name, verdict, known)                                                          \
	"{\"index\": " #index ", \"name\": \"" name "\", \"verdict\": \"" verdict                  \
	"\", \"ending\": \"done\", \"cause\": \"why\", \"times_ms\": {\"create\": 1500}, "         \
	"\"findings\": [{\"id\": \"e\", \"field\": \"igd/address\", \"verdict\": \"" verdict       \
	"\", \"expected\": \"0000:00:02.0\", \"seen\": \"0000:00:03.0\"" known "}]}"
#define KNOWN(name) ", \"known\": {\"id\": \"" name "\", \"why\": \"because\", \"link\": \"l\"}"
#define RUN_AT(release, started, sha256, identities, verdict, counts, unrun, cells)                \
	"{\"release\": \"" release "\", \"sha256\": \"" sha256 "\", \"unrun\": [" unrun "], "      \
	"\"settings\": {\"slow\": 2.0}, \"findings\": {\"matrix\": {\"name\": \"m\", \"sha256\": " \
	"\"1\"}, \"started\": \"" started "\", \"harness\": \"0.1.0\", \"verdict\": \"" verdict    \
	"\", \"counts\": {" counts "}, \"identities\": {" identities "}, \"cells\": [" cells "]}}"
#define RUN(release, identities, verdict, counts, unrun, cells)                                    \
	RUN_AT(release, "2026-11-01T00:00:00Z", release, identities, verdict, counts, unrun, cells)

struct texts {
	const char *runs, *hosts, *abis, *bundles;
};

/* Returns what qualify_document() did; the caller drops the document. */
static int try(const struct texts *texts, json_t **document_r, struct problem *why)
{
	json_t *runs = parse(texts->runs), *hosts = parse(texts->hosts ? texts->hosts : "{}");
	json_t *abis = parse(texts->abis ? texts->abis : "{}");
	json_t *bundles = parse(texts->bundles ? texts->bundles : "[]");
	struct qualify_sources sources = { runs, hosts, abis, bundles };
	int r = qualify_document(&sources, document_r, why);

	json_decref(runs);
	json_decref(hosts);
	json_decref(abis);
	json_decref(bundles);
	return r;
}

static json_t *make(const struct texts *texts)
{
	struct problem why = { "" };
	json_t *document = NULL;

	CU_ASSERT_EQUAL_FATAL(try(texts, &document, &why), 0);
	return document;
}

static void decides(const struct texts *texts, const char *decision, int status)
{
	json_t *document = make(texts);

	CU_ASSERT_STRING_EQUAL(document_text(document, "decision"), decision);
	CU_ASSERT_EQUAL(qualify_exit_status(document), status);
	json_decref(document);
}

#define GOOD     RUN("a", METAL, "PASS", "\"PASS\": 1", "", CELL(0, "c", "PASS", ""))
#define DEVIATES RUN("b", METAL, "XFAIL", "\"XFAIL\": 1", "", CELL(0, "c", "XFAIL", KNOWN("one")))

static void the_decision_is_the_worst_of_all(void)
{
	decides(&(struct texts){ .runs = "[" GOOD "]" }, "qualified", 0);
	decides(&(struct texts){ .runs = "[" GOOD "," DEVIATES "]" },
		"qualified with known deviations", 0);
	decides(&(struct texts){ .runs = "[" GOOD "," RUN("b", LAB, "PASS", "\"PASS\": 1", "",
					 CELL(0, "c", "PASS", "")) "]" },
		"undecided", 3);
	decides(&(struct texts){ .runs = "[" GOOD "," RUN("b", METAL, "MISS", "\"MISS\": 1", "",
					 CELL(0, "c", "MISS", "")) "]" },
		"undecided", 3);
	decides(&(struct texts){ .runs = "[" DEVIATES "," RUN("a", LAB, "FAIL", "\"FAIL\": 1", "",
					 CELL(0, "c", "FAIL", "")) "]" },
		"not qualified", 1);
}

/* What nobody tried is not good. */
static void a_matrix_in_part_decides_nothing(void)
{
	decides(&(struct texts){ .runs = "[" RUN("a", METAL, "PASS", "\"PASS\": 1", "\"d\"",
					 CELL(0, "c", "PASS", "")) "]" },
		"undecided", 3);
}

static void hosts_and_abis_count(void)
{
	static const char bad_host[] =
		"{\"a\": {\"from_run\": false, \"document\": {\"verdict\": \"FAIL\", "
		"\"identities\": {\"versions\": {\"qemu\": \"7.2\"}}, \"checks\": []}}}";
	static const char other_host[] =
		"{\"a\": {\"from_run\": false, \"document\": {\"verdict\": \"PASS\", "
		"\"identities\": {\"versions\": {\"qemu\": \"8.0\"}}, \"checks\": []}}}";
	static const char good_host[] =
		"{\"a\": {\"from_run\": false, \"document\": {\"verdict\": \"PASS\", "
		"\"identities\": {\"versions\": {\"qemu\": \"7.2\"}}, \"checks\": []}}}";
	static const char bad_abi[] = "{\"a\": {\"files\": [{\"file\": \"q\", \"unstable\": [], "
				      "\"libraries\": [], \"faults\": [\"of another Xen\"]}]}}";

	decides(&(struct texts){ "[" GOOD "]", good_host, NULL, NULL }, "qualified", 0);
	decides(&(struct texts){ "[" GOOD "]", bad_host, NULL, NULL }, "undecided", 3);
	decides(&(struct texts){ "[" GOOD "]", other_host, NULL, NULL }, "undecided", 3);
	decides(&(struct texts){ "[" GOOD "]", NULL, bad_abi, NULL }, "not qualified", 1);
}

static void is_refused(const struct texts *texts, const char *with)
{
	struct problem why = { "" };
	json_t *document = NULL;

	CU_ASSERT_EQUAL(try(texts, &document, &why), -EINVAL);
	if (!strstr(why.text, with))
		printf("\nexpected \"%s\", got \"%s\"\n", with, why.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, with));
	json_decref(document);
}

/* Another QEMU in the second run of a release, or on a host of a merged run. */
static void a_release_is_of_one_kind(void)
{
	static const char merged[] =
		"[" RUN("a", "\"shards\": [{" METAL ", \"shard\": 1}, {" METAL ", \"shard\": 2}]",
			"PASS", "\"PASS\": 1", "", CELL(0, "c", "PASS", "")) "]";
	static const char mixed[] = "[" RUN("a",
		"\"shards\": [{" METAL ", \"shard\": 1}, {\"backend\": \"libxl\", "
		"\"versions\": {\"qemu\": \"8.0\"}, \"host\": {\"place\": "
		"\"hardware\", " PCI "}, \"shard\": 2}]",
		"PASS", "\"PASS\": 1", "", CELL(0, "c", "PASS", "")) "]";
	json_t *document = make(&(struct texts){ .runs = merged });
	const json_t *release = json_array_get(json_object_get(document, "releases"), 0);

	CU_ASSERT_STRING_EQUAL(document_text(json_object_get(release, "versions"), "qemu"), "7.2");
	json_decref(document);
	document = make(&(struct texts){ .runs = mixed });
	CU_ASSERT_STRING_EQUAL(document_text(document, "decision"), "undecided");
	json_decref(document);
}

static void what_belongs_to_nothing_is_refused(void)
{
	is_refused(
		&(struct texts){ .runs = "[" GOOD "," GOOD "]" }, "two runs are of the matrix m");
	is_refused(&(struct texts){ "[" GOOD "]", "{\"x\": {\"document\": {}}}", NULL, NULL },
		"of which no run is named");
	is_refused(&(struct texts){ "[" GOOD "]", NULL, "{\"x\": {\"files\": []}}", NULL },
		"of which no run is named");
	is_refused(&(struct texts){ "[" GOOD "]", NULL, NULL,
			   "[{\"file\": \"f.tar.zst\", \"run_sha256\": \"z\"}]" },
		"f.tar.zst is the bundle of none");
	is_refused(&(struct texts){ "[" GOOD "]", NULL, NULL,
			   "[{\"file\": \"f.tar.zst\", \"run_sha256\": \"\"}]" },
		"is the bundle of none");
}

/* The one step of a document of two or three runs, as "CLASS FROM A B". */
static void steps_are(const char *runs, size_t at, const char *wanted)
{
	json_t *document = make(&(struct texts){ .runs = runs }), *cell, *steps;
	char seen[256] = "", one[128];
	size_t i;

	steps = json_object_get(json_array_get(json_object_get(document, "matrices"), 0), "steps");
	json_array_foreach(json_object_get(json_array_get(steps, at), "cells"), i, cell)
	{
		snprintf(one, sizeof(one), "%s: %s, %s %s to %s;", document_text(cell, "name"),
			document_text(cell, "class"), document_text(cell, "from"),
			document_text(cell, "a"), document_text(cell, "b"));
		strcat(seen, one);
	}
	CU_ASSERT_STRING_EQUAL(seen, wanted);
	json_decref(document);
}

static void what_holds_no_more_is_found_behind_a_gap(void)
{
	static const char runs[] = "[" GOOD "," RUN(
		"b", METAL, "MISS", "\"MISS\": 1", "", CELL(0, "c", "MISS", "")) "," RUN("d", METAL,
		"XFAIL", "\"XFAIL\": 1", "", CELL(0, "c", "XFAIL", KNOWN("one"))) "]";

	steps_are(runs, 0, "c: not tested, a PASS to MISS;");
	steps_are(runs, 1, "c: known, a PASS to XFAIL;");
}

static void another_known_deviation_is_no_as_before(void)
{
	steps_are("[" DEVIATES "," RUN("d", METAL, "XFAIL", "\"XFAIL\": 1", "",
			  CELL(0, "c", "XFAIL", KNOWN("two"))) "]",
		0, "c: other deviation, b XFAIL to XFAIL;");
	steps_are("[" DEVIATES "," RUN("d", METAL, "XFAIL", "\"XFAIL\": 1", "",
			  CELL(0, "c", "XFAIL", KNOWN("one"))) "]",
		0, "");
}

static char *rendered(const json_t *document, int (*render)(const json_t *document, FILE *stream))
{
	char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
	CU_ASSERT_EQUAL(render(document, memory), 0);
	fclose(memory);
	return text;
}

#define FAILS RUN("f", METAL, "FAIL", "\"FAIL\": 1", "", CELL(0, "c", "FAIL", ""))

/* What is said of the second run of two, and whether a reason says that something was lost. */
static void change_reads(const char *runs, const char *wanted, bool lost)
{
	json_t *document = make(&(struct texts){ .runs = runs });
	char *md = rendered(document, qualify_render_md);

	CU_ASSERT_PTR_NOT_NULL(strstr(md, wanted));
	CU_ASSERT_EQUAL(strstr(md, "no longer passes as it did") != NULL, lost);
	free(md);
	json_decref(document);
}

static void only_what_held_can_be_lost(void)
{
	change_reads("[" GOOD "," FAILS "]", "was as expected, is not now", true);
	change_reads("[" GOOD "," DEVIATES "]", "was as expected, is a known deviation now", true);
	change_reads(
		"[" DEVIATES "," FAILS "]", "was a known deviation, is not as expected now", true);
	change_reads("[" FAILS "," DEVIATES "]", "failed before, is a known deviation now", false);
	change_reads("[" FAILS "," GOOD "]", "is as expected now", false);
}

static void symbols_are_new_since_the_release_before(void)
{
	static const char abis[] =
		"{\"a\": {\"files\": [{\"file\": \"/x/q\", \"sha256\": \"abc\", \"libraries\": [], "
		"\"unstable\": [{\"name\": \"xc_b\"}, {\"name\": \"xc_a\"}], \"faults\": []}]}, "
		"\"b\": {\"files\": [{\"file\": \"/x/q\", \"sha256\": \"other\", "
		"\"libraries\": [], \"unstable\": [{\"name\": \"xc_d\"}, {\"name\": \"xc_a\"}, "
		"{\"name\": \"xc_c\"}], \"faults\": []}]}}";
	json_t *document = make(&(struct texts){ "[" GOOD "," DEVIATES "]", NULL, abis, NULL });
	const json_t *abi = json_object_get(document, "abi");
	const json_t *first = json_array_get(abi, 0), *second = json_array_get(abi, 1);
	json_t *wanted = parse("[\"xc_c\", \"xc_d\"]"), *gone = parse("[\"xc_b\"]");

	CU_ASSERT_EQUAL(json_array_size(json_object_get(first, "new")), 0);
	CU_ASSERT(json_equal(json_object_get(second, "new"), wanted));
	CU_ASSERT(json_equal(json_object_get(second, "gone"), gone));
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(second, "symbols")), 3);
	CU_ASSERT(json_is_true(json_object_get(first, "is_of_runs")));
	CU_ASSERT(json_is_false(json_object_get(second, "is_of_runs")));
	json_decref(wanted);
	json_decref(gone);
	json_decref(document);
}

/* Cuts out the section of volatile facts. */
static void without_volatile(char *text)
{
	char *begin = strstr(text, "## When it was measured"), *end;

	CU_ASSERT_PTR_NOT_NULL_FATAL(begin);
	end = strstr(begin, "## Sign-off");
	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	memmove(begin, end, strlen(end) + 1);
}

static void volatile_facts_are_in_one_section(void)
{
	static const char one[] = "[" RUN_AT("a", "2026-11-01T00:00:00Z", "1", LAB, "FAIL",
		"\"FAIL\": 1", "", CELL(0, "c", "FAIL", "")) "]";
	static const char other[] = "[" RUN_AT("a", "2027-01-02T03:04:05Z", "2", LAB, "FAIL",
		"\"FAIL\": 1", "", CELL(0, "c", "FAIL", "")) "]";
	json_t *first = make(&(struct texts){ .runs = one });
	json_t *second = make(&(struct texts){ .runs = other });
	char *a = rendered(first, qualify_render_md), *b = rendered(second, qualify_render_md);

	CU_ASSERT(strcmp(a, b) != 0);
	without_volatile(a);
	without_volatile(b);
	CU_ASSERT_STRING_EQUAL(a, b);
	json_object_del(first, "volatile");
	json_object_del(second, "volatile");
	CU_ASSERT(json_equal(first, second));
	free(a);
	free(b);
	json_decref(first);
	json_decref(second);
}

static void no_hardware_stands_at_the_top(void)
{
	json_t *lab = make(&(struct texts){ .runs = "[" RUN("a", LAB, "PASS", "\"PASS\": 1", "",
						    CELL(0, "c", "PASS", "")) "]" });
	json_t *metal = make(&(struct texts){ .runs = "[" GOOD "]" });
	char *text = rendered(lab, qualify_render_md), *other = rendered(metal, qualify_render_md);
	static const char wanted[] = "# Qualification of a\n\n"
				     "**NOT HARDWARE: virtual lab, phantom IGD.**";

	CU_ASSERT_NSTRING_EQUAL(text, wanted, strlen(wanted));
	CU_ASSERT_PTR_NULL(strstr(other, "NOT HARDWARE"));
	free(text);
	free(other);
	json_decref(lab);
	json_decref(metal);
}

static void a_guest_writes_no_markup(void)
{
	static const char evil[] =
		"[" RUN("a", LAB, "FAIL", "\"FAIL\": 1", "", CELL(0, "<b>|\\n# x", "FAIL", "")) "]";
	json_t *document = make(&(struct texts){ .runs = evil });
	char *md = rendered(document, qualify_render_md);
	char *html = rendered(document, qualify_render_html);
	char *text = rendered(document, qualify_render_text);

	CU_ASSERT_PTR_NULL(strstr(md, "\n# x"));
	CU_ASSERT_PTR_NULL(strstr(md, "<b>"));
	CU_ASSERT_PTR_NULL(strstr(html, "<b>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(html, "&lt;b"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "NOT HARDWARE"));
	free(md);
	free(html);
	free(text);
	json_decref(document);
}

static void another_guest_is_told(void)
{
	static const char runs[] =
		"[" RUN("a", METAL ", \"guests\": {\"tiny\": {\"in_place_of\": \"linux\"}}", "PASS",
			"\"PASS\": 1", "", CELL(0, "c", "PASS", "")) "]";
	json_t *document = make(&(struct texts){ .runs = runs });
	char *md = rendered(document, qualify_render_md);

	CU_ASSERT_PTR_NOT_NULL(strstr(md, "The guests were tiny, in place of the matrix's own."));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(md, "guests tiny in place of the matrix's own; limits times 2"));
	free(md);
	json_decref(document);
}

/* Two cells with the times of a run that somebody made up. */
static json_int_t seconds_of(const char *first, const char *second)
{
	json_t *run = parse(RUN("a", METAL, "PASS", "\"PASS\": 2", "",
		       CELL(0, "c", "PASS", "") "," CELL(1, "d", "PASS", ""))),
	       *hosts = json_object(), *none = json_array(), *runs = json_pack("[O]", run);
	const json_t *cells = json_object_get(json_object_get(run, "findings"), "cells");
	struct qualify_sources sources = { runs, hosts, hosts, none };
	struct problem why = { "" };
	json_t *document = NULL;
	json_int_t seconds;

	json_object_set_new(json_array_get(cells, 0), "times_ms", parse(first));
	json_object_set_new(json_array_get(cells, 1), "times_ms", parse(second));
	CU_ASSERT_EQUAL_FATAL(qualify_document(&sources, &document, &why), 0);
	seconds = json_integer_value(json_object_get(
		json_array_get(json_object_get(json_object_get(document, "volatile"), "runs"), 0),
		"seconds"));
	json_decref(document);
	json_decref(runs);
	json_decref(run);
	json_decref(hosts);
	json_decref(none);
	return seconds;
}

/* Signed overflow is undefined, C11 6.5: the sum stays at the greatest number. */
static void times_that_overflow_stay_at_the_greatest(void)
{
#define GREATEST "9223372036854775807"
	CU_ASSERT_EQUAL(seconds_of("{\"create\": 1500}", "{\"create\": 999, \"report\": 2}"), 3);
	CU_ASSERT_EQUAL(seconds_of("{\"create\": " GREATEST ", \"report\": " GREATEST "}", "{}"),
		9223372036854776);
	CU_ASSERT_EQUAL(seconds_of("{\"create\": " GREATEST "}", "{\"create\": " GREATEST "}"),
		9223372036854776);
	CU_ASSERT_EQUAL(seconds_of("{\"create\": -" GREATEST "}", "{\"create\": 2000}"), 2);
}

/* Documents of version 0.1.0 have "day" in place of "volatile". */
static void the_old_key_is_read(void)
{
	json_t *document = make(&(struct texts){ .runs = "[" GOOD "]" });
	char *with_new = rendered(document, qualify_render_md), *with_old;
	struct problem why = { "" };

	json_object_set(document, "day", json_object_get(document, "volatile"));
	json_object_del(document, "volatile");
	CU_ASSERT_EQUAL(qualify_check(document, NULL), 0);
	with_old = rendered(document, qualify_render_md);
	CU_ASSERT_STRING_EQUAL(with_old, with_new);
	json_object_del(document, "day");
	CU_ASSERT_EQUAL(qualify_check(document, &why), -EINVAL);
	free(with_new);
	free(with_old);
	json_decref(document);
}

static void what_was_stored_is_checked(void)
{
	json_t *document = make(&(struct texts){ .runs = "[" GOOD "]" });
	struct problem why = { "" }, newer = { "" };

	CU_ASSERT_EQUAL(qualify_check(document, NULL), 0);
	json_object_set_new(document, "grounds", json_string("x"));
	CU_ASSERT_EQUAL(qualify_check(document, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "\"grounds\""));
	json_object_set_new(document, "version", json_integer(2));
	CU_ASSERT_EQUAL(qualify_check(document, &newer), -EPROTO);
	json_decref(document);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "the decision is the worst of all", the_decision_is_the_worst_of_all },
		{ "a matrix in part decides nothing", a_matrix_in_part_decides_nothing },
		{ "hosts and ABIs count", hosts_and_abis_count },
		{ "a release is of one kind", a_release_is_of_one_kind },
		{ "what belongs to nothing is refused", what_belongs_to_nothing_is_refused },
		{ "what holds no more is found behind a gap",
			what_holds_no_more_is_found_behind_a_gap },
		{ "another known deviation is no as before",
			another_known_deviation_is_no_as_before },
		{ "only what held can be lost", only_what_held_can_be_lost },
		{ "symbols are new since the previous release",
			symbols_are_new_since_the_release_before },
		{ "times that overflow stay at the greatest",
			times_that_overflow_stay_at_the_greatest },
		{ "volatile facts are in one section", volatile_facts_are_in_one_section },
		{ "no hardware stands at the top", no_hardware_stands_at_the_top },
		{ "a guest writes no markup", a_guest_writes_no_markup },
		{ "another guest is told", another_guest_is_told },
		{ "the old key is read", the_old_key_is_read },
		{ "what was stored is checked", what_was_stored_is_checked },
		CU_TEST_INFO_NULL,
	};

	return suite_main("qualify", tests);
}

#include "harness/report/formats.h"

#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

/* Renders findings and gives the text; the caller frees. */
static char *render_with(
	const char *renderer, const char *findings, const struct render_options options)
{
	json_error_t error;
	json_t *document = json_loads(findings, 0, &error);
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(document);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(renderer_find(renderer)->render(document, &options, stream), 0);
	fclose(stream);
	json_decref(document);
	return text;
}

static char *render(const char *renderer, const char *findings, bool colour)
{
	return render_with(
		renderer, findings, (struct render_options){ .colour = colour, .verbose = true });
}

#define IDENTITIES(backend, place)                                                                 \
	"\"identities\": {\"backend\": \"" backend "\", \"acts_as\": \"libxl\", \"versions\":"     \
	" {\"qemu\": \"7.2.22\"}, \"host\": {\"place\": \"" place "\", \"sys_vendor\": \"QEMU\"}}"
#define FINDINGS(identities, finding)                                                              \
	"{" identities ", \"matrix\": {\"name\": \"m\"}, \"verdict\": \"FAIL\","                   \
	" \"counts\": {\"FAIL\": 1, \"PASS\": 2}, \"cells\": [{\"name\": \"a-b\","                 \
	" \"verdict\": \"FAIL\", \"cause\": \"why\", \"layer\": \"QEMU\", \"times_ms\":"           \
	" {\"create\": 1500, \"report\": 500}, \"findings\": [" finding "]}]}"
#define FINDING                                                                                    \
	"{\"field\": \"display/mode\", \"verdict\": \"FAIL\", \"expected\": \"1280x800\","         \
	" \"seen\": null, \"source\": \"commit 0a71966253\"}"

static void a_deviation_shows_field_expected_seen_and_source(void)
{
	char *text = render("table", FINDINGS(IDENTITIES("libxl", "virtual"), FINDING), false);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "display/mode"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "expected 1280x800, seen nothing"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "commit 0a71966253"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "2.0 s"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "1 cell: 2 PASS 1 FAIL"));
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	free(text);
}

static void only_hardware_passes_for_hardware(void)
{
	char *text = render("table", FINDINGS(IDENTITIES("libxl", "virtual"), FINDING), false);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Not hardware"));
	free(text);
	text = render("table", FINDINGS(IDENTITIES("replay", "hardware"), FINDING), false);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Not hardware"));
	free(text);
	text = render("table", FINDINGS(IDENTITIES("libxl", "hardware"), FINDING), false);
	CU_ASSERT_PTR_NULL(strstr(text, "Not hardware"));
	free(text);
}

#define PHANTOM_IDENTITIES(phantom)                                                                \
	"\"identities\": {\"backend\": \"libxl\", \"host\": {\"place\": \"hardware\","             \
	" \"phantom\": {" phantom "}}}"

static void a_phantom_does_not_pass_for_a_gpu(void)
{
	char *text = render("table",
		FINDINGS(PHANTOM_IDENTITIES("\"name\": \"skylake\", \"vendor\": \"0x8086\","
					    " \"device\": \"0x1912\""),
			FINDING),
		false);

	CU_ASSERT_PTR_NOT_NULL(strstr(text,
		"\nNot hardware: phantom IGD skylake, an emulated VGA that sysfs showed as"
		" 0x8086:0x1912\n"));
	free(text);
	text = render("table", FINDINGS(PHANTOM_IDENTITIES("\"name\": null"), FINDING), false);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, "phantom IGD (its marker cannot be read), an emulated VGA\n"));
	free(text);
	text = render("table", FINDINGS(IDENTITIES("libxl", "virtual"), FINDING), false);
	CU_ASSERT_PTR_NULL(strstr(text, "phantom"));
	free(text);
}

static void a_guests_text_moves_no_cursor(void)
{
	char *text = render("table",
		FINDINGS(IDENTITIES("libxl", "virtual"),
			"{\"field\": \"kernel/release\", \"verdict\": \"FAIL\", \"expected\": 1,"
			" \"seen\": \"\\u001b[2J\\u009b\\r\\nPASS\", \"source\": \"s\"}"),
		false);

	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	CU_ASSERT_PTR_NULL(strchr(text, '\r'));
	/* U+009B is a control sequence introducer too: two bytes in UTF-8, neither of which stays.
	 */
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\x1b[2J\\xc2\\x9b\\x0d\\x0aPASS"));
	free(text);
	text = render("json",
		FINDINGS(IDENTITIES("libxl", "virtual"), "{\"seen\": \"\\u001b[2J\\u009b\"}"),
		false);
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	CU_ASSERT_PTR_NULL(strstr(text, "\xc2\x9b"));
	free(text);
}

#define LOGS(verdict)                                                                                                      \
	"{" IDENTITIES("libxl",                                                                                            \
		"virtual") ", \"counts\": {}, \"cells\": [{\"name\": \"a-b\","                                             \
			   " \"verdict\": \"" verdict "\", \"logs\": ["                                                    \
			   "{\"label\": \"aborts\", \"severity\": \"cause\", \"layer\": \"QEMU\", \"file\": \"qemu.log\"," \
			   " \"line\": 3, \"count\": 2, \"meaning\": \"it\\u001b[2J broke\", \"advice\": \"mend it\"},"    \
			   "{\"label\": \"gone\", \"severity\": \"sign\", \"meaning\": \"unseen\"},"                       \
			   "{\"label\": \"odd\", \"severity\": \"note\", \"meaning\": \"unseen\"}]}]}"

static void known_causes_are_explained(void)
{
	char *text = render("table", LOGS("FAIL"), false);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "aborts, layer QEMU, qemu.log line 3 and 1 more\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "means: it\\x1b[2J broke\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "advice: mend it\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "also: gone, odd\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "unseen"));
	free(text);
	/* A note is none of the signs that a PASS has under it. */
	text = render("table", LOGS("PASS"), false);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "aborts, layer QEMU, qemu.log line 3 and 1 more\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "odd"));
	free(text);
}

/* A cell that every format shows: it has views and is a transition. */
#define SIGN_CELL(verdict, ending, severity)                                                                       \
	"{" IDENTITIES("libxl",                                                                                    \
		"virtual") ", \"matrix\": {\"name\": \"m\"}, \"verdict\":"                                         \
			   " \"PASS\", \"counts\": {\"PASS\": 1}, \"cells\": [{\"index\": 0, \"name\": \"a-b\","   \
			   " \"words\": {\"a\": \"b\"}, \"verdict\": \"" verdict                                   \
			   "\", \"cause\": \"\", \"ending\":"                                                      \
			   " \"" ending                                                                            \
			   "\", \"findings\": [], \"times_ms\": {\"create\": 1}, \"transition\":"                  \
			   " {\"changed\": \"\"}, \"views\": {\"layers\": [\"guest\"], \"parts_at\": null,"        \
			   " \"devices\": []}, \"logs\": [{\"label\": \"odd-clock\", \"severity\": \"" severity    \
			   "\", \"layer\": \"QEMU\", \"file\": \"qemu.log\", \"line\": 3, \"count\": 1, \"text\":" \
			   " \"<LAVA_SIGNAL_TESTCASE \", \"meaning\": \"a clock is wrong\", \"advice\": \"mend\"}]}]}"

/* With every field and without. */
static bool shows(const char *format, const char *findings)
{
	bool found = true;

	for (int verbose = 0; verbose < 2; verbose++) {
		char *text = render_with(
			format, findings, (struct render_options){ .verbose = verbose });

		if (!strstr(text, "odd-clock")) {
			printf("\n%s:\n%s\n", format, text);
			found = false;
		}
		free(text);
	}
	return found;
}

static void every_format_shows_a_sign_of_a_cell_that_passes(void)
{
	size_t count = 0;

	for (const struct renderer *each = renderers; each->name; each++, count++) {
		CU_ASSERT(shows(each->name, SIGN_CELL("PASS", "done", "sign")));
		CU_ASSERT(shows(each->name, SIGN_CELL("PASS", "done", "cause")));
		/* A grave line that the matrix tolerates. */
		CU_ASSERT(shows(each->name, SIGN_CELL("PASS", "done", "grave")));
		CU_ASSERT(shows(each->name, SIGN_CELL("PASS", "restore-refused", "sign")));
		CU_ASSERT(shows(each->name, SIGN_CELL("DONE", "done", "sign")));
		CU_ASSERT(shows(each->name, SIGN_CELL("XFAIL", "done", "sign")));
		CU_ASSERT(shows(each->name, SIGN_CELL("SKIP", "done", "sign")));
	}
	CU_ASSERT(count > 0);
}

#define INCOMPLETE(verdict)                                                                                            \
	"{" IDENTITIES("libxl",                                                                                        \
		"virtual") ", \"matrix\": {\"name\": \"m\"}, \"verdict\": \"" verdict                                  \
			   "\", \"counts\": {\"" verdict                                                               \
			   "\": 1}, \"cells\": [{\"index\": 0, \"name\": \"a-b\","                                     \
			   " \"words\": {\"a\": \"b\"}, \"verdict\": \"" verdict                                       \
			   "\", \"cause\": \"\", \"ending\": \"done\", \"findings\": [{\"field\": \"f\", \"verdict\":" \
			   " \"SKIP\", \"decides\": false, \"note\": \"dom0 has <LAVA pciback\"}], \"times_ms\":"      \
			   " {\"create\": 1}, \"transition\": {\"changed\": \"\"}, \"views\": {\"layers\":"            \
			   " [\"guest\"], \"parts_at\": null, \"devices\": []}, \"logs\": []}]}"

/* A PASS by less than what the matrix expects does not look like any other. */
static void every_format_says_what_was_not_compared(void)
{
	static const char *const cells[] = { INCOMPLETE("PASS"), INCOMPLETE("XFAIL"),
		INCOMPLETE("FAIL") };

	for (const struct renderer *each = renderers; each->name; each++) {
		for (size_t i = 0; i < 2 * sizeof(cells) / sizeof(cells[0]); i++) {
			char *text = render_with(each->name, cells[i / 2],
				(struct render_options){ .verbose = i % 2 });

			CU_ASSERT_PTR_NOT_NULL(strstr(text, "pciback"));
			if (!strstr(text, "pciback"))
				printf("\n%s:\n%s\n", each->name, text);
			free(text);
		}
	}
}

static void no_format_calls_a_note_a_sign(void)
{
	for (const struct renderer *each = renderers; each->name; each++) {
		char *text = render(each->name, SIGN_CELL("PASS", "done", "note"), false);
		bool whole = strcmp(each->name, "json") == 0 || strcmp(each->name, "html") == 0;

		CU_ASSERT(whole || !strstr(text, "odd-clock"));
		CU_ASSERT_PTR_NULL(strstr(text, "signs in its logs: odd"));
		CU_ASSERT_PTR_NULL(strstr(text, "\"signs\""));
		free(text);
	}
}

/* The page has all of the logs in it; the sign has to be in its first view, with scripts and
 * without. */
static void the_page_shows_a_sign_without_a_click(void)
{
	char *text = render("html", SIGN_CELL("PASS", "done", "sign"), false);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "<td>signs in its logs: odd-clock</td>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"signs\":[\"odd-clock\"]"));
	free(text);
}

/* LAVA looks for signals in every line, so nothing that a guest wrote is in one. */
static void lava_shows_no_line_of_a_log(void)
{
	char *text = render("lava", SIGN_CELL("PASS", "done", "sign"), false);

	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, ">\nlog odd-clock, layer QEMU: a clock is wrong\n<LAVA_SIGNAL_ENDTC"));
	CU_ASSERT_PTR_NULL(strstr(text, "TESTCASE \n"));
	CU_ASSERT_PTR_NULL(strstr(text, "qemu.log"));
	free(text);
}

static void colour_only_when_wanted(void)
{
	char *text = render("table", FINDINGS(IDENTITIES("libxl", "virtual"), FINDING), true);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\033[1;31mFAIL"));
	free(text);
}

static void other_formats_are_not_there(void)
{
	CU_ASSERT_PTR_NULL(renderer_find("xlsx"));
}

/* What goes out cell by cell is the document, as jansson would write the whole. */
static void json_is_the_document(void)
{
	static const char *const documents[] = {
		"{\"a\": {\"b\": [1, {\"c\": \"x\\ny\"}]}, \"cells\":"
		" [{\"name\": \"\\u00e9\"}, {\"findings\": [[]]}],"
		" \"verdict\": \"PASS\", \"counts\": {\"PASS\": 2}}",
		"{\"a\": null, \"cells\": [], \"verdict\": \"PASS\", \"counts\": {}}"
	};

	for (size_t i = 0; i < 2; i++) {
		json_t *document = json_loads(documents[i], 0, NULL);
		char *wanted = json_dumps(document, JSON_INDENT(1) | JSON_ENSURE_ASCII);
		char *text = render("json", documents[i], false);

		CU_ASSERT_EQUAL(strncmp(text, wanted, strlen(wanted)), 0);
		CU_ASSERT_STRING_EQUAL(text + strlen(wanted), "\n");
		free(text);
		free(wanted);
		json_decref(document);
	}
}

static CU_TestInfo tests[] = {
	{ "JSON is the document", json_is_the_document },
	{ "a deviation shows field, expected, seen and source",
		a_deviation_shows_field_expected_seen_and_source },
	{ "only hardware passes for hardware", only_hardware_passes_for_hardware },
	{ "a phantom does not pass for a GPU", a_phantom_does_not_pass_for_a_gpu },
	{ "a guest's text moves no cursor", a_guests_text_moves_no_cursor },
	{ "known causes are explained", known_causes_are_explained },
	{ "every format shows a sign of a cell that passes",
		every_format_shows_a_sign_of_a_cell_that_passes },
	{ "every format says what was not compared", every_format_says_what_was_not_compared },
	{ "no format calls a note a sign", no_format_calls_a_note_a_sign },
	{ "the page shows a sign without a click", the_page_shows_a_sign_without_a_click },
	{ "LAVA shows no line of a log", lava_shows_no_line_of_a_log },
	{ "colour only when wanted", colour_only_when_wanted },
	{ "other formats are not there", other_formats_are_not_there },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("render", tests);
}

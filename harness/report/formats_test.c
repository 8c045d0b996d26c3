#include "harness/report/formats.h"

#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

/* Renders findings and gives the text; the caller frees. */
static char *render(const char *renderer, const char *findings, bool colour)
{
	struct render_options options = { .colour = colour, .verbose = true };
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

static void known_causes_are_explained_unless_it_passed(void)
{
	char *text = render("table", LOGS("FAIL"), false);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "aborts, layer QEMU, qemu.log line 3 and 1 more\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "means: it\\x1b[2J broke\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "advice: mend it\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "also: gone, odd\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "unseen"));
	free(text);
	text = render("table", LOGS("PASS"), false);
	CU_ASSERT_PTR_NULL(strstr(text, "aborts"));
	CU_ASSERT_PTR_NULL(strstr(text, "also"));
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
	{ "known causes are explained unless it passed",
		known_causes_are_explained_unless_it_passed },
	{ "colour only when wanted", colour_only_when_wanted },
	{ "other formats are not there", other_formats_are_not_there },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("render", tests);
}

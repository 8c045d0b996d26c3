/* The bytes of the pages; how they are used is tested in a browser, ci/checks/html. */
#include "harness/report/formats.h"
#include "harness/report/formats/html.h"
#include "harness/report/screens.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/formats/qualification.h"
#include "src/suite.h"

#define HOSTILE "</script><script>x()</script><!-- & \\\" ' \\u202e \\u001b[2J | `*_ @title@"
#define FINDINGS                                                                                   \
	"{\"identities\": {\"backend\": \"" HOSTILE "\"}, \"matrix\": {\"name\": \"" HOSTILE       \
	"\"}, \"verdict\": \"FAIL\", \"counts\": {\"FAIL\": 1}, \"cells\": [{\"index\": 0,"        \
	" \"name\": \"" HOSTILE "\", \"words\": {\"a\": \"" HOSTILE "\"}, \"verdict\": \"FAIL\","  \
	" \"cause\": \"" HOSTILE "\", \"findings\": [{\"id\": \"i\", \"field\": \"f\","            \
	" \"verdict\": \"FAIL\", \"expected\": 1, \"seen\": \"" HOSTILE "\"}]}]}"

/* A record of one file, the same of every name. */
static const char *screen;
static size_t screen_length;

static int read_screen(void *data, const char *cell, const char *file, size_t max, char **bytes_r,
	size_t *length_r)
{
	if (strcmp(file, RENDER_SCREEN_FILE) != 0 || !screen)
		return -ENOENT;
	if (screen_length > max)
		return -EFBIG;
	*bytes_r = malloc(screen_length + 1);
	memcpy(*bytes_r, screen, screen_length);
	*length_r = screen_length;
	return 0;
}

static json_t *no_files(void *data, const char *cell)
{
	return json_array();
}

static const struct record record = { read_screen, no_files, NULL };

/* The caller frees. */
static char *render(const char *renderer)
{
	struct render_options options = { .record = &record };
	json_t *findings = json_loads(FINDINGS, 0, NULL);
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(findings);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(renderer_find(renderer)->render(findings, &options, stream), 0);
	fclose(stream);
	json_decref(findings);
	return text;
}

static size_t times(const char *text, const char *what)
{
	size_t count = 0;

	for (; (text = strstr(text, what)); text++)
		count++;
	return count;
}

static void no_text_ends_its_element(void)
{
	char *text = render("html");

	CU_ASSERT_EQUAL(times(text, "<script"), 4); /* index, one cell, the script */
	CU_ASSERT_EQUAL(times(text, "</script"), 4);
	CU_ASSERT_PTR_NULL(strstr(text, "x()</"));
	CU_ASSERT_PTR_NULL(strstr(text, "<!--"));
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	CU_ASSERT_PTR_NULL(strstr(text, "\xe2\x80\xae"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\u003c/script\\u003e"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "&lt;/script&gt;"));
	free(text);
	text = render("qualification-html");
	CU_ASSERT_EQUAL(times(text, "<script"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "&lt;/script&gt;"));
	free(text);
}

static void nothing_is_loaded_from_anywhere(void)
{
	static const char *const renderers_html[] = { "html", "qualification-html" };

	for (size_t i = 0; i < 2; i++) {
		char *text = render(renderers_html[i]);

		CU_ASSERT_PTR_NOT_NULL(strstr(text, "default-src 'none'; "));
		CU_ASSERT_PTR_NULL(strstr(text, "unsafe-"));
		CU_ASSERT_PTR_NULL(strstr(text, "<link"));
		CU_ASSERT_PTR_NULL(strstr(text, " src="));
		free(text);
	}
}

static void without_scripts_there_is_a_table(void)
{
	char *text = render("html");
	const char *begin = strstr(text, "<noscript>"), *row = strstr(text, "<tr><td>FAIL</td>");

	CU_ASSERT_PTR_NOT_NULL(begin);
	CU_ASSERT(row && begin && row > begin && row < strstr(text, "</noscript>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "<strong>Not hardware.</strong>"));
	free(text);
}

static void markdown_stays_text(void)
{
	char *text = render("qualification-md");

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\</script\\>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " \\| \\`\\*\\_ \\@title\\@"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\\\x1b\\[2J"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "**NOT QUALIFIED** 1 cell: 1 FAIL"));
	free(text);
}

/* The beginning of a PNG of 640 by 400: PNG specification, 5.2 and 11.2.2. */
static const char good[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\x90\x08\0\0\0\0";
static const char huge[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\x02\x80\0\0\x01\x90\x08\0\0\0\0";

static void only_a_picture_becomes_one(void)
{
	static const char markup[] = "<svg onload=x()></svg>, long enough to be a picture";
	char *text;

	screen = good;
	screen_length = sizeof(good) - 1;
	text = render("html");
	/* base64 of the signature; RFC 4648, 4. */
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"screen\":\"data:image/png;base64,iVBORw0KGgo"));
	free(text);
	screen = markup;
	screen_length = sizeof(markup) - 1;
	text = render("html");
	CU_ASSERT_PTR_NULL(strstr(text, "\"screen\":"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"screen_left_out\":\"the file is not a picture\""));
	free(text);
	screen = huge;
	screen_length = sizeof(huge) - 1;
	text = render("html");
	CU_ASSERT_PTR_NULL(strstr(text, "\"screen\":"));
	free(text);
	screen_length = RENDER_SCREEN_MAX + 1;
	text = render("html");
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"screen_left_out\":\"the picture is too large\""));
	free(text);
	screen = NULL;
}

#define DIFFERENCE                                                                                 \
	"{\"a\": {\"started\": \"2026-01-01T00:00:00Z\", \"harness\": \"0.1.0\", \"verdict\":"     \
	" \"PASS\"}, \"classes\": {\"same\": 3, \"regression\": 1}, \"identities\": [{\"what\":"   \
	" \"versions.qemu\", \"a\": \"7.2.22\", \"b\": null}], \"cells\": [{\"name\": \"other\","  \
	" \"class\": \"same\", \"a\": \"PASS\", \"b\": \"PASS\"}, {\"name\": \"" HOSTILE           \
	"\", \"class\": \"regression\", \"a\": \"PASS\", \"b\": \"FAIL\", \"cause\": \"" HOSTILE   \
	"\"}]}"

static void regressions_are_since_a_baseline(void)
{
	struct render_options options = { .difference = json_loads(DIFFERENCE, 0, NULL) };
	json_t *findings = json_loads(FINDINGS, 0, NULL);
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(options.difference);
	CU_ASSERT_EQUAL(render_qualification_md(findings, &options, stream), 0);
	fclose(stream);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "**A cell regressed since the baseline:** 1 regression;"
					    " 3 as in the baseline."));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " | regression | PASS | FAIL | \\</script\\>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "| versions.qemu | 7.2.22 | nothing |"));
	CU_ASSERT_PTR_NULL(strstr(text, "other"));
	free(text);
	json_decref((json_t *)options.difference);
	json_decref(findings);
	text = render("qualification-md");
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "none was named as the baseline"));
	free(text);
}

static CU_TestInfo tests[] = {
	{ "regressions are since a baseline", regressions_are_since_a_baseline },
	{ "no text ends its element", no_text_ends_its_element },
	{ "nothing is loaded from anywhere", nothing_is_loaded_from_anywhere },
	{ "without scripts there is a table", without_scripts_there_is_a_table },
	{ "Markdown stays text", markdown_stays_text },
	{ "only a picture becomes one", only_a_picture_becomes_one },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("render_html", tests);
}

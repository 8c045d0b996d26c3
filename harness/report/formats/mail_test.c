/* Expected: harness/report/formats/mail.h, and RFC 5322. */
#include <stdlib.h>
#include <string.h>

#include "harness/report/formats.h"
#include "src/suite.h"

#define LINE_MAX_BYTES 998 /* RFC 5322, 2.1.1 */

#define CELL(name, verdict, cause, more)                                                           \
	"{\"name\": \"" name "\", \"verdict\": \"" verdict "\", \"cause\": \"" cause "\"" more "}"

/* Renders cells, of which the first has the worst verdict; the caller frees. */
static char *render(const char *cells, const json_t *difference, const char *in_reply_to)
{
	struct render_options options = {
		.difference = difference, .in_reply_to = in_reply_to, .colour = true
	};
	json_t *list = json_loads(cells, 0, NULL);
	json_t *findings = json_pack("{s:s, s:s, s:{s:s}, s:{s:i, s:i}, s:{s:s, s:{s:s}}, s:o}",
		"harness", "0.2.0", "verdict",
		json_string_value(json_object_get(json_array_get(list, 0), "verdict")), "matrix",
		"name", "m", "counts", "PASS", 1, "FAIL", 1, "identities", "backend", "qemu",
		"versions", "qemu", "7.2.22", "cells", list);
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(findings);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(renderer_find("mail")->render(findings, &options, stream), 0);
	fclose(stream);
	json_decref(findings);
	return text;
}

static void has(const char *cells, const json_t *difference, const char *part)
{
	char *text = render(cells, difference, NULL);

	if (!strstr(text, part))
		printf("\nno %s in:\n%s\n", part, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
	free(text);
}

#define TWO                                                                                        \
	"[" CELL("a", "FAIL", "no picture", ", \"layer\": \"QEMU\"") ", " CELL(                    \
		"b", "PASS", "", "") "]"

static void it_begins_with_the_verdict_and_says_what_to_look_at_first(void)
{
	char *text = render(TWO, NULL, NULL);
	static const char head[] =
		"Subject: [igd-harness] m: FAIL, 1 of 2 cells, not hardware\n\n"
		"      2 cells: 1 PASS, 1 FAIL.\n"
		"      back end qemu, qemu 7.2.22; not hardware: guests emulated by plain QEMU, "
		"without Xen\n"
		"\nLook first at QEMU, for the cell a:\n\n      no picture\n";

	CU_ASSERT_EQUAL(strncmp(text, head, strlen(head)), 0);
	CU_ASSERT_PTR_NULL(strstr(text, "PASS  b"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n-- \nigd-harness 0.2.0\n"));
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	free(text);
	has("[" CELL("b", "PASS", "", "") "]", NULL, "worst last:\n\n      none\n");
}

static void it_answers_the_mail_that_it_is_told(void)
{
	char *text = render(TWO, NULL, "1@example.org");

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "hardware\nIn-Reply-To: <1@example.org>\n\n"));
	free(text);
	text = render(TWO, NULL, "<1@example.org>");
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "hardware\nIn-Reply-To: <1@example.org>\n\n"));
	free(text);
}

static void it_lists_what_regressed(void)
{
	json_t *difference = json_loads(
		"{\"classes\": {\"regression\": 1, \"same\": 1}, \"cells\": [{\"name\": \"a\","
		" \"class\": \"regression\", \"a\": \"PASS\", \"b\": \"FAIL\"},"
		" {\"name\": \"c\", \"class\": \"only a\", \"a\": \"PASS\", \"b\": null},"
		" {\"name\": \"b\", \"class\": \"same\", \"a\": \"PASS\", \"b\": \"PASS\"}]}",
		0, NULL);
	json_t *same = json_loads("{\"classes\": {\"same\": 2}, \"cells\": []}", 0, NULL);

	has(TWO, difference,
		"\nChanges since the baseline:\n\n      regression: a, PASS before, FAIL now\n"
		"      only in the baseline: c, PASS before, not run now\n\n");
	has(TWO, same, "Changes since the baseline:\n\n      none: no verdict is different\n");
	json_decref(same);
	json_decref(difference);
}

static void a_guest_writes_no_header_and_no_long_line(void)
{
	static char cell[4096 + 256], cause[4096];
	char *text, *line, *rest;

	memset(cause, 'x', sizeof(cause) - 1);
	snprintf(cell, sizeof(cell),
		"[{\"name\": \"a\", \"verdict\": \"FAIL\", \"layer\": \"l\\nBcc: x\", \"cause\": "
		"\"\\n\\nFrom: \\u001b[2J%s\"}]",
		cause);
	text = render(cell, NULL, "1\nBcc: all");
	rest = text;
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "In-Reply-To: <1\\x0aBcc: all>\n"));
	while ((line = strsep(&rest, "\n"))) {
		CU_ASSERT(strlen(line) <= LINE_MAX_BYTES);
		CU_ASSERT_NOT_EQUAL(strncmp(line, "Bcc:", 4), 0);
		CU_ASSERT_NOT_EQUAL(strncmp(line, "From", 4), 0);
		for (const char *c = line; *c; c++)
			CU_ASSERT(*c >= ' ' && *c <= '~');
	}
	free(text);
}

static CU_TestInfo tests[] = {
	{ "it begins with the verdict and says what to look at first",
		it_begins_with_the_verdict_and_says_what_to_look_at_first },
	{ "it answers the mail that it is told", it_answers_the_mail_that_it_is_told },
	{ "it lists what regressed", it_lists_what_regressed },
	{ "a guest writes no header and no long line", a_guest_writes_no_header_and_no_long_line },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("mail", tests);
}

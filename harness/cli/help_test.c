#include "harness/cli/help.h"

#include <stdlib.h>
#include <string.h>

#include "harness/backend/backend.h"
#include "harness/report/formats.h"
#include "src/suite.h"

/* Tables of this test's own, with what is awkward in a manual page or in a shell. */
static const char *shape(size_t i)
{
	static const char *const names[] = { "round", "flat", NULL };

	return names[i];
}

static const char *text;
static const struct command_option options[] = {
	{ "in-file", "FILE", ".dots first, \\f(back)slashes,\n          and 'quotes'",
		.text = &text },
	{ "shape", "NAME", "a shape", .text = &text, .nth = shape },
	{ NULL },
};
static const struct command command_do = {
	.name = "do",
	.arguments = "DIR [again]",
	.summary = "do it",
	.description = "One.\n\nTwo.",
	.options = options,
};
static const struct command *const all[] = { &command_do, NULL };
const struct backend_entry backend_entries[] = { { .name = "b-end", .about = "of the test" },
	{ .name = NULL } };
const struct renderer renderers[] = { { "form-at", "of the test", NULL }, { NULL, NULL, NULL } };

static char *page(const struct command *command)
{
	char *written = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&written, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	help_man(all, command, stream);
	fclose(stream);
	return written;
}

static void a_text_is_no_request_of_the_page(void)
{
	char *written = page(&command_do);

	/* man(7): a dot begins a request at the start of a line only, a backslash anywhere. */
	CU_ASSERT_PTR_NOT_NULL(
		strstr(written, "\n\\&.dots first, \\ef(back)slashes, and \\(aqquotes\\(aq\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\\fB\\-\\-in\\-file\\fR \\fIFILE\\fR\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\nOne.\n.PP\nTwo.\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\\fBround\\fR, \\fBflat\\fR.\n"));
	free(written);
}

static void the_programs_page_has_every_table(void)
{
	char *written = page(NULL);

	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\\fBdo\\fR\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\\fBb\\-end\\fR\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\\fBform\\-at\\fR\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "IGD_PATTERNS"));
	free(written);
}

static void a_misspelt_command_is_recognised(void)
{
	struct problem why = { 0 };

	CU_ASSERT_PTR_EQUAL(help_command(all, "do", &why), &command_do);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT_PTR_NULL(help_command(all, "dp", &why));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "no command \"dp\", did you mean do;"));
}

static CU_TestInfo tests[] = {
	{ "a text is no request of the page", a_text_is_no_request_of_the_page },
	{ "the program's page has every table", the_programs_page_has_every_table },
	{ "a misspelt command is recognised", a_misspelt_command_is_recognised },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("help", tests);
}

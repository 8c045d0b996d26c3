#include "harness/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

static int ask(const char *script, char *line, struct problem *why)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };

	why->text[0] = 0;
	return command_line(argv, line, why);
}

static void the_first_line_is_given(void)
{
	char line[COMMAND_LINE_MAX];
	struct problem why;

	CU_ASSERT_EQUAL(ask("echo one; echo two", line, &why), 0);
	CU_ASSERT_STRING_EQUAL(line, "one");
	/* Its status is not asked for: some programs print their version and fail. */
	CU_ASSERT_EQUAL(ask("echo one; exit 3", line, &why), 0);
}

static void a_program_that_prints_for_ever_is_cut(void)
{
	char line[COMMAND_LINE_MAX];
	struct problem why;

	CU_ASSERT_EQUAL(ask("exec yes $(printf %01000d 0)", line, &why), 0);
	CU_ASSERT_EQUAL(strlen(line), COMMAND_LINE_MAX - 1);
}

static void what_went_wrong_is_said(void)
{
	char *const missing[] = { (char *)"/nonexistent/qemu", (char *)"--version", NULL };
	char line[COMMAND_LINE_MAX];
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(command_line(missing, line, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "/nonexistent/qemu"));
	CU_ASSERT_EQUAL(ask("exit 1", line, &why), -EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "printed nothing"));
}

static void a_program_is_found_along_the_path(void)
{
	json_t *identities = json_object(), *model;
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(command_identify("sh", identities, &why), 0);
	model = json_object_get(identities, "device_model");
	CU_ASSERT_EQUAL(json_string_value(json_object_get(model, "path"))[0], '/');
	CU_ASSERT_EQUAL(json_string_length(json_object_get(model, "sha256")), 64);
	CU_ASSERT_EQUAL(command_identify("no-such-program", identities, &why), -ENOENT);
	json_decref(identities);
}

static CU_TestInfo tests[] = {
	{ "the first line is given", the_first_line_is_given },
	{ "a program that prints for ever is cut", a_program_that_prints_for_ever_is_cut },
	{ "what went wrong is said", what_went_wrong_is_said },
	{ "a program is found along the path", a_program_is_found_along_the_path },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("command", tests);
}

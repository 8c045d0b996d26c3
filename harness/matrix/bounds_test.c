/* Matrices that are too large, made here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/matrix/private.h"
#include "src/suite.h"

#define HEAD "format: igd-harness matrix\nversion: 1\nname: t\nabout: t\n"

struct large {
	char *text;
	size_t length;
	FILE *stream;
};

static void begin(struct large *large)
{
	large->stream = open_memstream(&large->text, &large->length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(large->stream);
	fputs(HEAD "defaults: {guest: linux}\naxes:\n", large->stream);
}

static void end(struct large *large, const char *place, const char *what, const char *todo)
{
	struct problem why = { "" };
	json_t *plan = NULL;

	fputs("}\n", large->stream);
	fclose(large->stream);
	CU_ASSERT_EQUAL(
		matrix_plan_text(&(struct matrix_file){ "t.yaml", large->text, large->length },
			NULL, &plan, &why),
		-EINVAL);
	CU_ASSERT_PTR_NULL(plan);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, place));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, what));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, todo));
	free(large->text);
}

static void bounds(void)
{
	struct large large;

	begin(&large);
	for (int axis = 0; axis < 3; axis++) {
		fprintf(large.stream, "  a%d: {", axis);
		for (int word = 0; word < 28; word++)
			fprintf(large.stream, "w%d: {about: x}, ", word);
		fputs("}\n", large.stream);
	}
	/* 28 * 28 * 28 is 21,952. */
	fputs("cells:\n  - {", large.stream);
	for (int axis = 0; axis < 3; axis++) {
		fprintf(large.stream, "a%d: [", axis);
		for (int word = 0; word < 28; word++)
			fprintf(large.stream, "w%d, ", word);
		fputs("], ", large.stream);
	}
	end(&large, "t.yaml:11:5: ", "more than 20000 cells", "split it in two");
}

static void long_name(void)
{
	struct large large;

	begin(&large);
	for (int axis = 0; axis < 7; axis++)
		fprintf(large.stream, "  a%d: {aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%d: {about: x}}\n",
			axis, axis);
	fputs("cells:\n  - {", large.stream);
	for (int axis = 0; axis < 7; axis++)
		fprintf(large.stream, "a%d: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%d, ", axis, axis);
	end(&large, "t.yaml:15:5: ", "longer than 200 bytes", "shorten its words");
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "too many cells", bounds },
		{ "a cell's name too long", long_name },
		CU_TEST_INFO_NULL,
	};

	return suite_main("matrix_bounds", tests);
}

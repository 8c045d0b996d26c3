/* docs/use/matrix.md: its example is a matrix, and it names all that a matrix can say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/evidence/fields.h"
#include "harness/matrix/private.h"
#include "harness/plan/settings.h"
#include "src/suite.h"

static char *source_file(const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	char *path = NULL;

	CU_ASSERT_TRUE_FATAL(asprintf(&path, "%s/%s", root ? root : ".", name) > 0);
	return path;
}

static char *read_all(const char *path)
{
	static char text[MATRIX_FILE_MAX];
	FILE *file = fopen(path, "re");
	size_t length = 0;

	CU_ASSERT_PTR_NOT_NULL(file);
	if (file) {
		length = fread(text, 1, sizeof(text) - 1, file);
		fclose(file);
	}
	text[length] = 0;
	return text;
}

/* The example that docs/use/matrix.md teaches with is a matrix. */
static void documented(void)
{
	char *path = source_file("docs/use/matrix.md"), *page = read_all(path), *begin, *end;
	struct problem why = { "" };
	json_t *plan = NULL;

	begin = strstr(page, "```yaml\nformat:");
	CU_ASSERT_PTR_NOT_NULL_FATAL(begin);
	begin += strlen("```yaml\n");
	end = strstr(begin, "```\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	*end = 0;
	CU_ASSERT_EQUAL_FATAL(
		matrix_plan_text(
			&(struct matrix_file){ "t.yaml", begin, strlen(begin) }, NULL, &plan, &why),
		0);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(plan, "cells")), 2);
	json_decref(plan);
	free(path);
}

static void find_field(void *page, const char *pattern, const char *meaning)
{
	char wanted[128];

	/* The first of "slot/NN[/class|...]" and the like; schemas_test.py looks for all. */
	snprintf(wanted, sizeof(wanted), "\n| `%.*s` |", (int)strcspn(pattern, "[|"), pattern);
	CU_ASSERT_PTR_NOT_NULL(strstr(page, wanted));
}

/* The page names every setting and every field. */
static void complete(void)
{
	char *path = source_file("docs/use/matrix.md"), *page = read_all(path), wanted[128];

	for (const struct setting *setting = setting_table; setting->name; setting++) {
		snprintf(
			wanted, sizeof(wanted), "\n| %s | `%s` |", setting->backend, setting->name);
		CU_ASSERT_PTR_NOT_NULL(strstr(page, wanted));
	}
	evidence_list(find_field, page);
	free(path);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "the example in docs/use/matrix.md", documented },
		{ "docs/use/matrix.md names every setting and field", complete },
		CU_TEST_INFO_NULL,
	};

	return suite_main("matrix_page", tests);
}

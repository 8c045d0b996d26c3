#include "harness/report/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

static char folder[] = "/tmp/render-file-test-XXXXXX";

static int render(const char *renderer, const char *path, struct problem *why)
{
	struct render_options options = { .colour = true };
	json_t *findings = json_pack("{s:{s:s}, s:[{s:s, s:s}], s:s}", "matrix", "name", "m",
		"cells", "name", "a", "verdict", "FAIL", "verdict", "FAIL");
	int r;

	why->text[0] = 0;
	r = render_file(renderer_find(renderer), findings, &options, path, why);
	json_decref(findings);
	return r;
}

static char *in_folder(const char *name)
{
	char *path = NULL;

	CU_ASSERT_FATAL(asprintf(&path, "%s/%s", folder, name) > 0);
	return path;
}

static void a_file_is_written_whole_and_without_colours(void)
{
	char *path = in_folder("out"), text[4096] = "";
	struct problem why;
	FILE *file;

	/* Longer than what comes: nothing of it may stay. */
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fprintf(file, "%04000d", 0);
	fclose(file);
	CU_ASSERT_EQUAL(render("table", path, &why), 0);
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "worst: FAIL"));
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	CU_ASSERT_PTR_NULL(strstr(text, "0000"));
	unlink(path);
	free(path);
}

static void what_is_no_plain_file_stays(void)
{
	char *path = in_folder("pipe");
	struct problem why;
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
	CU_ASSERT_EQUAL(render("tap", path, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, path));
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT(S_ISFIFO(st.st_mode));
	unlink(path);
	free(path);
}

static void a_folder_that_is_not_there_is_named(void)
{
	char *path = in_folder("none/out");
	struct problem why;

	CU_ASSERT_EQUAL(render("tap", path, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, path));
	free(path);
}

static CU_TestInfo tests[] = {
	{ "a file is written whole and without colours",
		a_file_is_written_whole_and_without_colours },
	{ "what is no plain file stays", what_is_no_plain_file_stays },
	{ "a folder that is not there is named", a_folder_that_is_not_there_is_named },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(folder))
		return 1;
	status = suite_main("render_file", tests);
	rmdir(folder);
	return status;
}

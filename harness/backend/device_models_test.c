#include "harness/backend/device_models.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/process/program.h"

#include "src/suite.h"

#define CELL(required, settings, more)                                                             \
	"{\"cells\": [{\"name\": \"a-b\", \"requires\": {\"libxl\": [" required "]},"              \
	" \"settings\": {\"libxl\": {" settings "}, \"qemu\": {}}" more "}]}"
#define MODEL "\"device_model\": \"qemu10\""

/* What is said of a plan, with those models or NULL; "" if nothing is. */
static const char *said(const char *text, const char *backend, const char *models, size_t lacking)
{
	static struct problem why;
	json_t *plan = json_loads(text, 0, NULL),
	       *given = models ? json_loads(models, 0, NULL) : NULL;
	json_t *names = NULL;
	int r;

	CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
	why.text[0] = '\0';
	r = device_models_check(plan, backend, given, &names, &why);
	CU_ASSERT(r == (why.text[0] ? -EINVAL : 0));
	CU_ASSERT_EQUAL(json_array_size(names), lacking);
	if (lacking)
		CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(names, 0)), "qemu10");
	json_decref(names);
	json_decref(given);
	json_decref(plan);
	return why.text;
}

static void a_model_that_the_run_has_not_is_named(void)
{
	static const char sentence[] =
		"cell a-b has the device model \"qemu10\", which the run has not: give it by --model "
		"qemu10=PATH, or leave the cell out with --select";

	CU_ASSERT_STRING_EQUAL(said(CELL("\"hvm\"", MODEL, ""), "libxl", NULL, 0), sentence);
	CU_ASSERT_STRING_EQUAL(
		said(CELL("", MODEL, ""), "libxl", "{\"other\": \"/bin/true\"}", 0), sentence);
	/* The other side of a transition. */
	CU_ASSERT_STRING_EQUAL(
		said(CELL("", "", ", \"to\": {\"settings\": {\"libxl\": {" MODEL "}}}"), "libxl",
			NULL, 0),
		sentence);
}

static void a_model_that_the_run_has_is_fine(void)
{
	CU_ASSERT_STRING_EQUAL(
		said(CELL("", MODEL, ""), "libxl", "{\"qemu10\": \"/bin/true\"}", 0), "");
	CU_ASSERT_STRING_EQUAL(said(CELL("", "", ""), "libxl", NULL, 0), "");
	/* A different back end, and one without settings. */
	CU_ASSERT_STRING_EQUAL(said(CELL("", MODEL, ""), "qemu", NULL, 0), "");
	CU_ASSERT_STRING_EQUAL(said(CELL("", MODEL, ""), "replay", NULL, 0), "");
}

static void a_cell_that_requires_its_model_is_skipped(void)
{
	CU_ASSERT_STRING_EQUAL(
		said(CELL("\"hvm\", \"model-qemu10\"", MODEL, ""), "libxl", NULL, 1), "");
	CU_ASSERT_STRING_EQUAL(said(CELL("\"model-qemu10\"", MODEL, ""), "libxl",
				       "{\"qemu10\": \"/bin/true\"}", 0),
		"");
}

static void write_program(const char *path, const char *script)
{
	FILE *file = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(script, file);
	fclose(file);
}

/* The program would leave a file if it were executed. */
static void a_different_program_is_refused_and_not_executed(void)
{
	char place[] = "/tmp/igd-models-XXXXXX", path[64], mark[64], script[128];
	struct problem why = { 0 };
	json_t *identities = json_object(), *models;
	struct backend_options options = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place));
	snprintf(path, sizeof(path), "%s/qemu", place);
	snprintf(mark, sizeof(mark), "%s/executed", place);
	snprintf(script, sizeof(script), "#!/bin/sh\ntouch %s\n", mark);
	write_program(path, script);
	models = json_pack("{s:s}", "other", path);
	CU_ASSERT_EQUAL(device_models_unchanged(&options, identities, &why), 0);
	options.device_model = path;
	CU_ASSERT_EQUAL(device_models_unchanged(&options, identities, &why), -ESTALE);
	CU_ASSERT_EQUAL(program_identify(path, identities, &why), 0);
	CU_ASSERT_EQUAL(device_models_unchanged(&options, identities, &why), 0);
	options.models = models;
	CU_ASSERT_EQUAL(device_models_unchanged(&options, identities, &why), -ESTALE);
	json_object_set_new(identities, "models",
		json_pack("{s:O}", "other", json_object_get(identities, "device_model")));
	CU_ASSERT_EQUAL(device_models_unchanged(&options, identities, &why), 0);
	strcat(script, "true\n");
	write_program(path, script);
	CU_ASSERT_EQUAL(device_models_unchanged(&options, identities, &why), -ESTALE);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "is not executed; start a new run"));
	CU_ASSERT_NOT_EQUAL(access(mark, F_OK), 0);
	unlink(path);
	rmdir(place);
	json_decref(models);
	json_decref(identities);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a different program is not taken for the stored run's",
			a_different_program_is_refused_and_not_executed },
		{ "a model that the run has not is named", a_model_that_the_run_has_not_is_named },
		{ "a model that the run has is fine", a_model_that_the_run_has_is_fine },
		{ "a cell that requires its model is skipped",
			a_cell_that_requires_its_model_is_skipped },
		CU_TEST_INFO_NULL,
	};

	return suite_main("device_models", tests);
}

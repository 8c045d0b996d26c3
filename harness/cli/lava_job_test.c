/* The words of a job for LAVA: harness/cli/lava_job.h. What LAVA makes of it: ci/checks/lava. */
#include "harness/cli/lava_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plan/shard.h"
#include "src/suite.h"

#define LIMITS                                                                                     \
	"{\"create\": 60000, \"first-frame\": 240000, \"report\": 60000, \"power-off\": 60000,"    \
	" \"clean-up\": 60000}"
#define CELL(name) "{\"name\": \"" name "\", \"guest\": \"linux\", \"limits_ms\": " LIMITS "}"

static json_t *plan(void)
{
	json_t *plan = json_loads("{\"matrix\": {\"name\": \"m\", \"about\": \"a: b # c\","
				  " \"file\": \"some/where/m.yaml\", \"sha256\": \"abc\"},"
				  " \"cells\": [" CELL("a") ", " CELL("b") ", " CELL("c") "]}",
		0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
	return plan;
}

static json_int_t minutes(const json_t *job)
{
	return json_integer_value(json_object_get(
		json_object_get(json_object_get(job, "timeouts"), "action"), "minutes"));
}

static const char *step(const json_t *job, size_t i)
{
	const json_t *test =
		json_object_get(json_array_get(json_object_get(job, "actions"), 2), "test");
	const json_t *definition = json_array_get(json_object_get(test, "definitions"), 0);
	const json_t *run = json_object_get(json_object_get(definition, "repository"), "run");

	return json_string_value(json_array_get(json_object_get(run, "steps"), i));
}

/* Three cells of 8 minutes, and 5 for all else. */
static void waits_as_long_as_the_cells(void)
{
	struct lava_options options = { .device_type = "ssh", .prefix = "/usr", .slow = 1 };
	json_t *cells = plan(), *job = lava_job(cells, &options);
	struct problem why = { "" };

	CU_ASSERT_EQUAL(minutes(job), 29);
	json_decref(job);
	options.slow = 2.5;
	job = lava_job(cells, &options);
	CU_ASSERT_EQUAL(minutes(job), 65);
	json_decref(job);
	options.shard = "1/3";
	CU_ASSERT_EQUAL(shard_cut(cells, options.shard, &why), 0);
	job = lava_job(cells, &options);
	CU_ASSERT_EQUAL(minutes(job), 25);
	json_decref(job);
	json_decref(cells);
}

static void quotes_for_the_shell(void)
{
	char glob[] = "it's*", word[] = "--backend=replay; rm -rf /";
	char *select[] = { glob }, *more[] = { word };
	struct lava_options options = { .device_type = "ssh",
		.prefix = "/opt/x",
		.slow = 1,
		.out = "/tmp/a b",
		.select = select,
		.select_count = 1,
		.more = more,
		.more_count = 1 };
	json_t *cells = plan(), *job = lava_job(cells, &options);

	CU_ASSERT_STRING_EQUAL(step(job, 0),
		"echo 'abc  /opt/x/share/igd-harness/matrices/m.yaml' | sha256sum --check --quiet");
	CU_ASSERT_STRING_EQUAL(step(job, 1),
		"/opt/x/bin/igd-harness run /opt/x/share/igd-harness/matrices/m.yaml"
		" --select 'it'\\''s*' --out '/tmp/a b' '--backend=replay; rm -rf /' >/dev/null"
		" || true");
	CU_ASSERT_STRING_EQUAL(
		step(job, 2), "/opt/x/bin/igd-harness judge '/tmp/a b' --format lava || true");
	CU_ASSERT_PTR_NULL(step(job, 3));
	json_decref(job);
	json_decref(cells);
}

/* LAVA 2023.01, lava_common/schemas/__init__.py: "public", "personal" or a list of groups. */
static void has_the_visibility_that_is_named(void)
{
	static const struct {
		const char *word, *json;
	} cases[] = { { "public", "\"public\"" }, { "personal", "\"personal\"" },
		{ "group:lab", "{\"group\": [\"lab\"]}" },
		{ "group:lab,xen", "{\"group\": [\"lab\", \"xen\"]}" }, { "secret", NULL },
		{ "group:", NULL }, { "group:lab,", NULL } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct problem why = { "" };
		json_t *seen = lava_visibility(cases[i].word, &why), *wanted;

		CU_ASSERT_EQUAL(seen == NULL, cases[i].json == NULL);
		CU_ASSERT_EQUAL(why.text[0] != 0, cases[i].json == NULL);
		if (!seen || !cases[i].json)
			continue;

		struct lava_options options = {
			.device_type = "ssh", .prefix = "/usr", .slow = 1, .visibility = seen
		};
		json_t *cells = plan(), *job = lava_job(cells, &options);

		wanted = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
		CU_ASSERT_TRUE(json_equal(json_object_get(job, "visibility"), wanted));
		json_decref(wanted);
		json_decref(seen);
		json_decref(job);
		json_decref(cells);
	}
}

/* Whatever is in a text, it is one in YAML too. */
static void writes_yaml(void)
{
	struct lava_options options = { .device_type = "ssh", .prefix = "/usr", .slow = 1 };
	json_t *cells = plan(), *job = lava_job(cells, &options);
	struct problem why = { "" };
	char *text = NULL;

	CU_ASSERT_EQUAL_FATAL(lava_job_yaml(job, &text, &why), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"job_name\": \"igd-harness m\"\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"description\": \"a: b # c\"\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "tags"));
	free(text);
	json_decref(job);
	json_decref(cells);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "waits as long as the cells", waits_as_long_as_the_cells },
		{ "quotes for the shell", quotes_for_the_shell },
		{ "has the visibility that is named", has_the_visibility_that_is_named },
		{ "writes YAML", writes_yaml },
		CU_TEST_INFO_NULL,
	};

	return suite_main("lava_job", tests);
}

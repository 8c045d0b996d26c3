/* The patterns that are shipped: each knows its samples, and none takes another's for its own. */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/base/run_files.h"
#include "harness/judge/logs.h"
#include "src/document.h"
#include "src/suite.h"

static struct patterns *patterns;

static char *in_source(const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	char *path = NULL;

	return asprintf(&path, "%s/%s", root ? root : ".", name) < 0 ? NULL : path;
}

static void the_file_is_right(void)
{
	char *path = in_source("results/data/" PATTERNS_FILE);
	struct problem why = { "" };
	json_t *labels;

	CU_ASSERT_EQUAL(patterns_load(path, &patterns, &why), 0);
	if (why.text[0])
		printf("\n  %s\n", why.text);
	free(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	labels = patterns_labels(patterns);
	CU_ASSERT(json_array_size(labels) >= 15);
	json_decref(labels);
}

/* What a line means in a log: how often `label` is among the matches, and which other causes are.
 */
static size_t look(enum pattern_log log, const char *line, const char *label, const char **other_r)
{
	struct pattern_input input = { log, "sample", line, strlen(line) };
	json_t *matches = patterns_match(patterns, &input, 1, NULL);
	const json_t *match;
	size_t i, own = 0;

	json_array_foreach(matches, i, match)
	{
		const char *name = json_string_value(json_object_get(match, "label"));

		if (strcmp(name, label) == 0) {
			own++;
		} else if (pattern_is_cause(match)) {
			printf("\n  %s is also the cause %s: %s\n", label, name, line);
			*other_r = "another";
		}
	}
	json_decref(matches);
	return own;
}

static void a_sample_matches_its_pattern_and_no_other_cause(void)
{
	const json_t *label, *sample;
	json_t *labels;
	size_t i, k;

	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	labels = patterns_labels(patterns);
	json_array_foreach(labels, i, label)
	{
		const char *name = json_string_value(label);
		const json_t *samples = patterns_samples(patterns, name);

		CU_ASSERT(json_array_size(samples) > 0);
		json_array_foreach(samples, k, sample)
		{
			const char *other = NULL;
			size_t own = 0;

			for (int log = 0; log < PATTERN_LOGS; log++)
				own += look((enum pattern_log)log, json_string_value(sample), name,
					&other);
			CU_ASSERT(own > 0);
			CU_ASSERT_PTR_NULL(other);
		}
	}
	json_decref(labels);
}

static bool ended_well(int cell_fd)
{
	json_t *end = NULL;
	const char *ending;
	bool well;

	if (fileio_read_json(cell_fd, "end.json", DOCUMENT_END, &end, NULL) < 0)
		return false;
	ending = json_string_value(json_object_get(end, "ending"));
	well = ending && strcmp(ending, "done") == 0;
	json_decref(end);
	return well;
}

/* A recorded cell that ended well. */
static void check_recorded(const char *cell)
{
	int fd = open(cell, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	json_t *matches, *cut = NULL;
	const json_t *match;
	size_t i;

	CU_ASSERT_FATAL(fd >= 0);
	matches = judge_logs(patterns, fd, NULL, NULL, &cut);
	CU_ASSERT_PTR_NOT_NULL(matches);
	json_array_foreach(matches, i, match)
	{
		CU_ASSERT_FALSE(pattern_is_cause(match));
		printf("\n  %s: %s\n", cell, json_string_value(json_object_get(match, "label")));
	}
	CU_ASSERT_EQUAL(json_array_size(cut), 0);
	json_decref(matches);
	json_decref(cut);
	close(fd);
}

static void good_runs_have_no_cause(void)
{
	char *pattern = in_source("results/recorded/*/cells/*");
	size_t cells = 0;
	glob_t found = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	CU_ASSERT_EQUAL(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int fd = open(found.gl_pathv[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0 && ended_well(fd)) {
			check_recorded(found.gl_pathv[i]);
			cells++;
		}
		if (fd >= 0)
			close(fd);
	}
	printf("\n  %zu recorded cells", cells);
	CU_ASSERT(cells >= 3);
	globfree(&found);
	free(pattern);
}

static double search_seconds(const char *unit)
{
	char *log = malloc(PATTERNS_LOG_MAX);
	struct pattern_input input = { .file = "log", .length = PATTERNS_LOG_MAX };
	clock_t begin = clock();

	CU_ASSERT_PTR_NOT_NULL_FATAL(log);
	for (size_t i = 0; i < PATTERNS_LOG_MAX; i++)
		log[i] = unit[i % strlen(unit)];
	input.bytes = log;
	for (int which = 0; which < PATTERN_LOGS; which++) {
		input.log = (enum pattern_log)which;
		json_decref(patterns_match(patterns, &input, 1, NULL));
	}
	free(log);
	return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

static void no_log_takes_long(void)
{
	static const char *const units[] = { "aaaaaaa\n", "PCI: slot 1 function ",
		"(XEN) [VT-D]DMAR: Request device [", "0", "Region: 1 (addr: ", "write to /reset/",
		"(XEN) [VT-D]\n", "not ready 1ms after " };

	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		double seconds = search_seconds(units[i]);

		printf("\n  four logs of 1 MiB of %.20s...: %.2f s", units[i], seconds);
		CU_ASSERT(seconds < 60); /* sanitizers and a busy machine included */
	}
}

static CU_TestInfo tests[] = {
	{ "the file is right", the_file_is_right },
	{ "a sample matches its pattern and no other cause",
		a_sample_matches_its_pattern_and_no_other_cause },
	{ "good runs have no cause", good_runs_have_no_cause },
	{ "no log takes long", no_log_takes_long },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status = suite_main("patterns_data", tests);

	patterns_free(patterns);
	return status;
}

/* How long a run will take: harness/run/estimate.h. Times are made up, and added up by hand. */
#include "harness/base/fileio.h"
#include "harness/run/estimate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

static char folder[] = "/tmp/igd-estimate-XXXXXX";

#define CELL(name)                                                                                 \
	"{\"name\": \"" name "\", \"words\": {}, \"guest\": \"g\", \"requires\": {},"              \
	" \"limits_ms\": {\"create\": 1, \"first-frame\": 1, \"report\": 1, \"power-off\": 1,"     \
	" \"clean-up\": 1, \"save\": 1, \"restore\": 1}, \"settings\": {}, \"expect\": []}"

static json_t *plan_of(const char *matrix)
{
	char text[4096];
	json_t *plan;

	snprintf(text, sizeof(text),
		"{\"format\": \"igd-harness plan\", \"version\": 1, \"axes\": [],"
		" \"matrix\": {\"name\": \"%s\", \"about\": \"\", \"file\": \"f\","
		" \"sha256\": \"0\"}, \"cells\": [" CELL("a") ", " CELL("b") ", " CELL(
			"c") ", " CELL("d") "]}",
		matrix);
	plan = json_loads(text, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
	return plan;
}

/* A run directory: of each cell its seconds, negative for one that is not over. */
static void make_run(
	const char *name, const char *matrix, const char *started, const int seconds[static 4])
{
	static const char *const names[] = { "a", "b", "c", "d" };
	struct problem why = { "" };
	struct store store = STORE_NONE;
	json_t *plan = plan_of(matrix),
	       *run = json_pack("{s:s, s:i, s:s}", "format", "igd-harness run", "version", 1,
		       "started", started);
	char dir[256], yaml[256];
	FILE *file;

	snprintf(dir, sizeof(dir), "%s/%s", folder, name);
	snprintf(yaml, sizeof(yaml), "%s/matrix.yaml", folder);
	file = fopen(yaml, "w");
	fclose(file);
	CU_ASSERT_EQUAL_FATAL(store_create(dir, run, plan, yaml, NULL, &store, &why), 0);
	for (size_t i = 0; i < 4; i++) {
		int fd = seconds[i] < 0 ? -1 : store_cell(&store, i, names[i], true, &why);
		json_t *end;

		if (fd < 0)
			continue;
		end = json_pack("{s:s, s:i, s:{s:i, s:i}}", "format", "igd-harness end", "version",
			1, "times_ms", "create", 1000, "report", seconds[i] * 1000 - 1000);
		CU_ASSERT_EQUAL(fileio_write_json(fd, "end.json", end, &why), 0);
		json_decref(end);
		close(fd);
	}
	store_close(&store);
	json_decref(run);
	json_decref(plan);
}

static struct estimate begin(const char *earlier, const char *now)
{
	struct estimate estimate;
	struct store store = STORE_NONE;
	json_t *run = NULL, *plan = NULL;
	struct problem why = { "" };
	char dir[256], before[256];

	snprintf(dir, sizeof(dir), "%s/%s", folder, now);
	snprintf(before, sizeof(before), "%s/%s", folder, earlier ? earlier : "");
	CU_ASSERT_EQUAL_FATAL(store_open(dir, false, &store, &run, &plan, &why), 0);
	estimate_begin(&estimate, earlier ? before : NULL, &store, plan);
	store_close(&store);
	json_decref(run);
	json_decref(plan);
	return estimate;
}

static void text_is(const struct estimate *estimate, double seconds, const char *wanted)
{
	char text[ESTIMATE_TEXT_MAX];

	estimate_text(estimate, seconds, text);
	CU_ASSERT_STRING_EQUAL(text, wanted);
}

static void from_an_earlier_run(void)
{
	struct estimate estimate;

	make_run("old", "m", "2026-01-01T00:00:00Z", (int[4]){ 10, 20, 30, 40 });
	make_run("new", "m", "2026-01-02T00:00:00Z", (int[4]){ -1, -1, -1, -1 });
	estimate = begin("old", "new");
	CU_ASSERT_DOUBLE_EQUAL(estimate_left(&estimate, 0), 100, 0.1); /* nothing runs yet */
	estimate_cell(&estimate, "a");
	CU_ASSERT_DOUBLE_EQUAL(estimate_left(&estimate, 4), 96, 0.1);
	CU_ASSERT_DOUBLE_EQUAL(
		estimate_left(&estimate, 15), 90, 0.1); /* late, and never negative */
	/* Half as fast as then: 20 s for 10. */
	estimate_over(&estimate, "a", 20);
	estimate_cell(&estimate, "b");
	CU_ASSERT_DOUBLE_EQUAL(estimate_left(&estimate, 0), 180, 0.1);
	text_is(&estimate, 0, ", about 3 min left");
	text_is(&estimate, 40, ", about 2 min left");
	estimate_free(&estimate);
}

static void from_its_own_cells_alone(void)
{
	struct estimate estimate = begin(NULL, "new");

	CU_ASSERT(estimate_left(&estimate, 0) < 0);
	text_is(&estimate, 0, "");
	estimate_cell(&estimate, "a");
	estimate_over(&estimate, "a", 30);
	estimate_cell(&estimate, "b");
	CU_ASSERT_DOUBLE_EQUAL(estimate_left(&estimate, 10), 80, 0.1);
	text_is(&estimate, 10, ", about 80 s left");
	estimate_free(&estimate);
}

/* 10, 20, 30 and 40 s, of which two are done at a time. */
static void of_cells_side_by_side(void)
{
	struct estimate estimate = begin("old", "new");

	estimate_cell(&estimate, "d");
	estimate_cell(&estimate, "a");
	CU_ASSERT_DOUBLE_EQUAL(estimate_left(&estimate, 0), 50, 0.1);
	CU_ASSERT_DOUBLE_EQUAL(estimate_left(&estimate, 10 + 10), 40, 0.1);
	estimate_over(&estimate, "a", 10);
	estimate_cell(&estimate, "b");
	CU_ASSERT_DOUBLE_EQUAL(estimate_left(&estimate, 10 + 0), 40, 0.1);
	estimate_over(&estimate, "d", 40);
	CU_ASSERT_DOUBLE_EQUAL(estimate_left(&estimate, 5), 45, 0.1); /* the last, alone */
	estimate_free(&estimate);
}

/* What is over in a run that goes on is not left, and says how long the rest takes. */
static void of_a_run_that_goes_on(void)
{
	struct estimate estimate;

	make_run("half", "m", "2026-01-03T00:00:00Z", (int[4]){ 3600, 7200, -1, -1 });
	estimate = begin("half", "half");
	estimate_cell(&estimate, "c");
	CU_ASSERT_DOUBLE_EQUAL(estimate_left(&estimate, 0), 2 * 5400, 0.1);
	text_is(&estimate, 0, ", about 3 h 0 min left");
	estimate_free(&estimate);
}

static void the_newest_of_the_matrix_is_found(void)
{
	char out[256], wanted[256], *found;

	make_run("other", "n", "2026-12-31T00:00:00Z", (int[4]){ 1, 1, 1, 1 });
	snprintf(out, sizeof(out), "%s/next", folder);
	snprintf(wanted, sizeof(wanted), "%s/half", folder);
	found = estimate_earlier(out, "m");
	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	CU_ASSERT_STRING_EQUAL(found, wanted);
	free(found);
	CU_ASSERT_PTR_NULL(estimate_earlier(out, "none"));
	CU_ASSERT_PTR_NULL(estimate_earlier("/nowhere/at/all", "m"));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "from an earlier run", from_an_earlier_run },
		{ "from its own cells alone", from_its_own_cells_alone },
		{ "of cells side by side", of_cells_side_by_side },
		{ "of a run that goes on", of_a_run_that_goes_on },
		{ "the newest of the matrix is found", the_newest_of_the_matrix_is_found },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(folder))
		return 1;
	return suite_remove(folder, suite_main("estimate", tests));
}

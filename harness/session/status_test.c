#include "harness/session/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/fileio.h"
#include "harness/store/run_dir.h"
#include "src/suite.h"

static char folder[] = "/tmp/igd-status-XXXXXX";

#define CELL(name)                                                                                 \
	"{\"name\": \"" name "\", \"words\": {}, \"guest\": \"g\", \"requires\": {},"              \
	" \"limits_ms\": {\"create\": 1, \"first-frame\": 1, \"report\": 1, \"power-off\": 1,"     \
	" \"clean-up\": 1, \"save\": 1, \"restore\": 1}, \"settings\": {}, \"expect\": []}"
#define PLAN                                                                                       \
	"{\"format\": \"igd-harness plan\", \"version\": 1, \"axes\": [],"                         \
	" \"matrix\": {\"name\": \"m\", \"about\": \"\", \"file\": \"f\", \"sha256\": \"0\"},"     \
	" \"cells\": [" CELL("a") ", " CELL("b") ", " CELL("c") ", " CELL("d") "]}"

static char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* A new run of four cells, which is locked as long as it is open. */
static struct store make_run(const char *name)
{
	json_t *plan = json_loads(PLAN, 0, NULL),
	       *run = json_pack("{s:s, s:i, s:s}", "format", "igd-harness run", "version", 1,
		       "started", "2026-11-29T00:00:00Z");
	struct store store = STORE_NONE;
	struct problem why = { "" };
	char yaml[256];

	snprintf(yaml, sizeof(yaml), "%s/matrix.yaml", folder);
	fclose(fopen(yaml, "w"));
	CU_ASSERT_EQUAL_FATAL(store_create(path_of(name), run, plan, yaml, NULL, &store, &why), 0);
	json_decref(run);
	json_decref(plan);
	return store;
}

/* Its cell begins now, with that journal; and it is over after so many seconds, unless negative. */
static void add_cell(
	const struct store *store, size_t index, const char *name, const char *journal, int seconds)
{
	char now[CLOCK_TEXT_MAX];
	struct problem why = { "" };
	int fd = store_cell(store, index, name, true, &why);
	json_t *began, *end;

	CU_ASSERT_FATAL(fd >= 0);
	clock_text(now);
	began = json_pack("{s:s, s:i, s:s, s:s}", "format", "igd-harness began", "version", 1, "at",
		now, "boot_id", "b");
	CU_ASSERT_EQUAL(fileio_write_json(fd, "began.json", began, &why), 0);
	CU_ASSERT_EQUAL(fileio_write(fd, "journal.jsonl", journal, strlen(journal), &why), 0);
	end = json_pack("{s:s, s:i, s:{s:i}}", "format", "igd-harness end", "version", 1,
		"times_ms", "create", seconds * 1000);
	if (seconds >= 0)
		CU_ASSERT_EQUAL(fileio_write_json(fd, "end.json", end, &why), 0);
	json_decref(end);
	json_decref(began);
	close(fd);
}

static void a_run_that_goes_on_says_how_far_it_is(void)
{
	struct store store = make_run("on");
	struct session_status status;
	struct problem why = { "" };

	add_cell(&store, 0, "a", "", 600);
	add_cell(&store, 1, "b",
		"{\"what\":\"state\",\"state\":\"create\",\"limit_ms\":240000,\"ms\":2}\n"
		"{\"what\":\"state\",\"state\":\"first-frame\",\"limit_ms\":960000,\"ms\":11000}\n"
		"{\"what\":\"hello\",\"ms\":12000}\n{\"what\":\"state\",\"sta",
		-1);
	CU_ASSERT_EQUAL_FATAL(session_status_read(path_of("on"), &status, &why), 0);
	CU_ASSERT_TRUE(status.writer.writes);
	CU_ASSERT_EQUAL(status.writer.pid, getpid());
	CU_ASSERT_EQUAL(status.total, 4);
	CU_ASSERT_EQUAL(status.over, 1);
	CU_ASSERT_EQUAL_FATAL(status.open, 1);
	CU_ASSERT_EQUAL(status.cells[0].index, 1);
	CU_ASSERT_STRING_EQUAL(status.cells[0].name, "b");
	CU_ASSERT_STRING_EQUAL(status.cells[0].state, "first-frame");
	CU_ASSERT_EQUAL(status.cells[0].state_after_s, 11);
	CU_ASSERT_EQUAL(status.cells[0].state_max_s, 960);
	CU_ASSERT_STRING_EQUAL(session_status_state(&status), "running");
	/* Three cells of the ten minutes that the first one took. */
	CU_ASSERT(status.left_s > 1790 && status.left_s <= 1800);
	CU_ASSERT_STRING_EQUAL(status.left, ", about 30 min left");
	session_status_free(&status);
	store_close(&store);
	CU_ASSERT_EQUAL_FATAL(session_status_read(path_of("on"), &status, &why), 0);
	CU_ASSERT_FALSE(status.writer.writes);
	CU_ASSERT_EQUAL(status.open, 1);
	CU_ASSERT_STRING_EQUAL(session_status_state(&status), "stopped");
	session_status_free(&status);
}

static void a_run_whose_cells_are_over_has_nothing_left(void)
{
	struct store store = make_run("over");
	struct session_status status;
	struct problem why = { "" };

	add_cell(&store, 0, "a", "", 600);
	add_cell(&store, 1, "b", "", 600);
	add_cell(&store, 2, "c", "", 600);
	add_cell(&store, 3, "d", "", 600);
	CU_ASSERT_EQUAL_FATAL(session_status_read(path_of("over"), &status, &why), 0);
	CU_ASSERT_EQUAL(status.over, 4);
	CU_ASSERT_EQUAL(status.open, 0);
	CU_ASSERT_STRING_EQUAL(status.left, "");
	CU_ASSERT_EQUAL(status.left_s, 0);
	session_status_free(&status);
	store_close(&store);
	CU_ASSERT_EQUAL_FATAL(session_status_read(path_of("over"), &status, &why), 0);
	CU_ASSERT_STRING_EQUAL(session_status_state(&status), "complete");
	session_status_free(&status);
}

static void the_document_has_what_is_known(void)
{
	struct store store = make_run("document");
	struct session_status status;
	struct problem why = { "" };
	json_t *document, *cell, *writer;

	add_cell(&store, 0, "a", "", -1);
	add_cell(&store, 1, "b",
		"{\"what\":\"state\",\"state\":\"create\",\"limit_ms\":240000,\"ms\":2000}\n", -1);
	CU_ASSERT_EQUAL_FATAL(session_status_read(path_of("document"), &status, &why), 0);
	document = session_status_document(&status, "/runs/\xff");
	CU_ASSERT_PTR_NOT_NULL_FATAL(document);
	CU_ASSERT_TRUE(json_is_null(json_object_get(document, "dir")));
	CU_ASSERT_TRUE(json_is_null(json_object_get(document, "dut")));
	CU_ASSERT_TRUE(json_is_null(json_object_get(document, "left_s")));
	writer = json_object_get(document, "writer");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(writer, "pid")), getpid());
	cell = json_array_get(json_object_get(document, "open_cells"), 0);
	CU_ASSERT_TRUE(json_is_null(json_object_get(cell, "state")));
	CU_ASSERT_TRUE(json_is_null(json_object_get(cell, "state_after_s")));
	cell = json_array_get(json_object_get(document, "open_cells"), 1);
	CU_ASSERT_EQUAL(json_number_value(json_object_get(cell, "state_after_s")), 2);
	CU_ASSERT_EQUAL(json_number_value(json_object_get(cell, "state_max_s")), 240);
	json_decref(document);
	session_status_free(&status);
	store_close(&store);
}

static void a_run_without_a_cell_has_no_estimate(void)
{
	struct store store = make_run("new");
	struct session_status status;
	struct problem why = { "" };

	CU_ASSERT_EQUAL_FATAL(session_status_read(path_of("new"), &status, &why), 0);
	CU_ASSERT_EQUAL(status.over, 0);
	CU_ASSERT_STRING_EQUAL(status.left, "");
	session_status_free(&status);
	store_close(&store);
}

/* A state that is too long, and one of the wrong type: the run may be somebody else's. */
static void a_foreign_journal_is_bounded(void)
{
	struct store store = make_run("foreign");
	struct session_status status;
	struct problem why = { "" };

	add_cell(&store, 0, "a",
		"{\"what\":\"state\",\"state\":\"0123456789012345678901234567890123456789\",\"ms\":[]}"
		"\n[]\nnull\n",
		-1);
	CU_ASSERT_EQUAL_FATAL(session_status_read(path_of("foreign"), &status, &why), 0);
	CU_ASSERT_STRING_EQUAL(status.cells[0].state, "0123456789012345678901234567890");
	CU_ASSERT_EQUAL(status.cells[0].state_after_s, 0);
	session_status_free(&status);
	store_close(&store);
}

static void what_is_no_run_is_refused(void)
{
	struct session_status status;
	struct problem why = { "" };

	CU_ASSERT_EQUAL(session_status_read(folder, &status, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "it is not a run directory"));
}

static CU_TestInfo tests[] = {
	{ "a run that goes on says how far it is", a_run_that_goes_on_says_how_far_it_is },
	{ "a run whose cells are over has nothing left",
		a_run_whose_cells_are_over_has_nothing_left },
	{ "the document has what is known", the_document_has_what_is_known },
	{ "a run without a cell has no estimate", a_run_without_a_cell_has_no_estimate },
	{ "a foreign journal is bounded", a_foreign_journal_is_bounded },
	{ "what is no run is refused", what_is_no_run_is_refused },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	return suite_remove(folder, suite_main("status", tests));
}

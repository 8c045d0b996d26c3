/* When a run has had enough: harness/session/enough.h. */
#include "harness/session/enough.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/store/attempt.h"
#include "harness/store/stopped.h"
#include "src/document.h"
#include "src/suite.h"

static char folder[] = "/tmp/igd-enough-XXXXXX";

#define CELL(name, more)                                                                           \
	"{\"name\": \"" name "\", \"words\": {}, \"guest\": \"g\", \"requires\": {},"              \
	" \"limits_ms\": {\"create\": 1, \"first-frame\": 1, \"report\": 1, \"power-off\": 1,"     \
	" \"clean-up\": 1, \"save\": 1, \"restore\": 1}, \"settings\": {}, \"expect\": []" more    \
	"}"
#define PLAN                                                                                       \
	"{\"format\": \"igd-harness plan\", \"version\": 1, \"axes\": [],"                         \
	" \"matrix\": {\"name\": \"m\", \"about\": \"\", \"file\": \"f\", \"sha256\": \"0\"},"     \
	" \"shard\": {\"index\": 1, \"count\": 2},"                                                \
	" \"cells\": [" CELL("a", ", \"shard\": 1") ", " CELL("b", ", \"shard\": 1") ", " CELL(    \
		"c", ", \"shard\": 1") ", " CELL("d", ", \"shard\": 2") "]}"

static struct store store;
static json_t *plan, *run;

static int make_run(void)
{
	struct problem why = { "" };
	char yaml[256], dir[256];

	if (!mkdtemp(folder))
		return 1;
	plan = json_loads(PLAN, 0, NULL);
	run = json_pack("{s:s, s:i, s:s, s:{}}", "format", "igd-harness run", "version", 1,
		"started", "2026-11-29T00:00:00Z", "identities");
	snprintf(yaml, sizeof(yaml), "%s/matrix.yaml", folder);
	snprintf(dir, sizeof(dir), "%s/run", folder);
	fclose(fopen(yaml, "w"));
	return store_create(dir, run, plan, yaml, NULL, &store, &why) < 0;
}

/* The cell ends so, docs/use/verdicts.md has the verdicts, and is sealed. */
static void end_cell(size_t index, const char *name, const char *ending)
{
	struct problem why = { "" };
	int fd = store_cell(&store, index, name, true, &why);
	json_t *end = json_pack("{s:s, s:i, s:s, s:s, s:{}, s:[]}", "format", "igd-harness end",
		"version", 1, "cell", name, "ending", ending, "times_ms", "leftovers");

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(fileio_write_json(fd, "end.json", end, &why), 0);
	CU_ASSERT_EQUAL(attempt_seal_folder(fd, &why), 0);
	json_decref(end);
	close(fd);
}

/* Until the next call of the program begins. */
static void a_limit_is_kept_while_cells_are_left(void)
{
	const struct session_wishes wishes = { .time_limit_ms = 1000 };
	struct session_enough enough = session_enough_begin(&wishes, &store, run, plan, NULL);
	struct problem why = { "" };
	json_t *stopped = NULL;

	CU_ASSERT_EQUAL(session_enough_keep(&enough, plan, &why), 0);
	CU_ASSERT_EQUAL(stopped_read(&store, &stopped, &why), -ENOENT);
	enough.began_us -= 1000000;
	CU_ASSERT_TRUE(session_enough_reached(&enough));
	CU_ASSERT_EQUAL(session_enough_keep(&enough, plan, &why), 0);
	CU_ASSERT_EQUAL_FATAL(stopped_read(&store, &stopped, &why), 0);
	CU_ASSERT_STRING_EQUAL(document_text(stopped, "limit"), "1 s have passed (--time-limit)");
	json_decref(stopped);
	session_enough_begin(&wishes, &store, run, plan, NULL);
	CU_ASSERT_EQUAL(stopped_read(&store, &stopped, &why), -ENOENT);
}

static void cells_are_left_until_they_are_sealed(void)
{
	/* The fourth is of a different shard. */
	CU_ASSERT_EQUAL(session_cells_left(&store, plan), 3);
	CU_ASSERT_FALSE(session_cell_is_over(&store, 0, "a"));
	a_limit_is_kept_while_cells_are_left();
	end_cell(0, "a", "guest-crashed");
	CU_ASSERT_TRUE(session_cell_is_over(&store, 0, "a"));
	end_cell(1, "b", "agent-silent");
	end_cell(2, "c", "silent");
	CU_ASSERT_EQUAL(session_cells_left(&store, plan), 0);
}

/* b is ERROR, which says nothing about the thing under test. */
static void fails_are_counted_and_nothing_else(void)
{
	const struct session_wishes wishes = { .max_fail = 2 }, none = { .max_fail = 0 };
	struct session_enough enough = session_enough_begin(&wishes, &store, run, plan, NULL);
	struct session_enough endless = session_enough_begin(&none, &store, run, plan, NULL);

	session_enough_cell(&enough, 0);
	session_enough_cell(&enough, 1);
	CU_ASSERT_EQUAL(enough.failed, 1);
	CU_ASSERT_FALSE(session_enough_reached(&enough));
	session_enough_cell(&enough, 2);
	CU_ASSERT_TRUE(session_enough_reached(&enough));
	CU_ASSERT_STRING_EQUAL(enough.why, "2 cells are FAIL (--max-fail 2)");
	for (size_t i = 0; i < 3; i++)
		session_enough_cell(&endless, i);
	CU_ASSERT_FALSE(session_enough_reached(&endless));
}

static void time_passes(void)
{
	const struct session_wishes wishes = { .time_limit_ms = 90000 };
	struct session_enough enough = session_enough_begin(&wishes, &store, run, plan, NULL);

	CU_ASSERT_FALSE(session_enough_reached(&enough));
	enough.began_us -= 89000000;
	CU_ASSERT_FALSE(session_enough_reached(&enough));
	enough.began_us -= 1000000;
	CU_ASSERT_TRUE(session_enough_reached(&enough));
	CU_ASSERT_STRING_EQUAL(enough.why, "90 s have passed (--time-limit)");
	/* No cell is left of which it could be the cause. */
	CU_ASSERT_EQUAL(session_enough_keep(&enough, plan, NULL), 0);
	CU_ASSERT_EQUAL(faccessat(store.dir_fd, STOPPED_FILE, F_OK, 0), -1);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "cells are left until they are sealed", cells_are_left_until_they_are_sealed },
		{ "FAILs are counted and nothing else", fails_are_counted_and_nothing_else },
		{ "time passes", time_passes },
		CU_TEST_INFO_NULL,
	};
	int status;

	if (make_run() != 0)
		return 1;
	status = suite_main("enough", tests);
	store_close(&store);
	json_decref(plan);
	json_decref(run);
	return suite_remove(folder, status);
}

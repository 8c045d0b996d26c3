#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/store/journal.h"
#include "harness/store/run_dir.h"
#include "src/document.h"
#include "src/suite.h"

static char place[] = "/tmp/igd-store-XXXXXX";
static char dir[64], matrix[64];

static json_t *plan_of_one(void)
{
	return json_pack("{s:s, s:i, s:{s:s, s:s}, s:[s, s], s:[{s:s, s:{s:s, s:s}, s:s, s:{s:[]},"
			 " s:{s:i, s:i, s:i, s:i, s:i}, s:{s:{}}, s:[]}]}",
		"format", DOCUMENT_PLAN, "version", 1, "matrix", "name", "m", "sha256", "0", "axes",
		"x", "y", "cells", "name", "a-b", "words", "x", "a", "y", "b", "guest", "linux",
		"requires", "libxl", "limits_ms", "create", 1, "first-frame", 1, "report", 1,
		"power-off", 1, "clean-up", 1, "settings", "libxl", "expect");
}

static int create(const char *where, struct store *store, struct problem *why)
{
	json_t *run = document_new(DOCUMENT_RUN, 1), *plan = plan_of_one();
	int r = store_create(where, run, plan, matrix, NULL, store, why);

	json_decref(run);
	json_decref(plan);
	return r;
}

static void what_is_frozen_is_read_back(void)
{
	struct store store, again;
	json_t *run = NULL, *plan = NULL;
	struct problem why = { 0 };

	CU_ASSERT_EQUAL_FATAL(create(dir, &store, &why), 0);
	CU_ASSERT_EQUAL_FATAL(store_open(dir, false, &again, &run, &plan, &why), 0);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(plan, "cells")), 1);
	store_close(&again);
	json_decref(run);
	json_decref(plan);
	store_close(&store);
	store_close(&store);
}

static void a_run_never_overwrites_another(void)
{
	struct problem why = { 0 };
	struct store store;

	CU_ASSERT_EQUAL(create(dir, &store, &why), -EEXIST);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "--out"));
}

static void two_writers_do_not_meet(void)
{
	struct store first, second;
	json_t *run = NULL, *plan = NULL;
	struct problem why = { 0 };

	CU_ASSERT_EQUAL_FATAL(store_open(dir, true, &first, &run, &plan, &why), 0);
	json_decref(run);
	json_decref(plan);
	CU_ASSERT_EQUAL(store_open(dir, true, &second, &run, &plan, &why), -EBUSY);
	store_close(&first);
}

static void a_folder_that_is_no_run_is_named(void)
{
	json_t *run, *plan;
	struct problem why = { 0 };
	struct store store;

	CU_ASSERT_EQUAL(store_open(place, false, &store, &run, &plan, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "not a run directory"));
	memset(&why, 0, sizeof(why));
	CU_ASSERT_EQUAL(store_open("/nonexistent/x", false, &store, &run, &plan, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "/nonexistent/x"));
}

static void a_run_of_a_newer_version_is_refused_by_name(void)
{
	const char *newer = "{\"format\": \"igd-harness run\", \"version\": 99}";
	struct store store;
	json_t *run = NULL, *plan = NULL;
	struct problem why = { 0 };
	int fd = open(dir, O_RDONLY | O_DIRECTORY);

	CU_ASSERT_EQUAL(fileio_write(fd, "run.json", newer, strlen(newer), &why), 0);
	close(fd);
	CU_ASSERT_EQUAL(store_open(dir, false, &store, &run, &plan, &why), -EPROTO);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "version 99"));
}

static void cells_have_folders_and_journals(void)
{
	struct store store = STORE_NONE;
	struct problem why = { 0 };
	struct journal journal;
	char *text = NULL;
	size_t length = 0;
	int fd;

	store.dir_fd = open(dir, O_RDONLY | O_DIRECTORY);
	store.dir = strdup(dir);
	CU_ASSERT_EQUAL(store_cell(&store, 0, "a-b", false, &why), -ENOENT);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	fd = store_cell(&store, 0, "a-b", true, &why);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(journal_open(fd, &journal, &why), 0);
	CU_ASSERT_EQUAL(journal_note(&journal, json_pack("{s:s}", "what", "first")), 0);
	CU_ASSERT_EQUAL(journal_note(&journal, json_pack("{s:s}", "what", "second")), 0);
	CU_ASSERT_EQUAL(journal_note(&journal, NULL), -ENOMEM);
	journal_close(&journal);
	CU_ASSERT_EQUAL(fileio_read(fd, "journal.jsonl", &text, &length, &why), 0);
	CU_ASSERT_EQUAL(strncmp(text, "{\"what\":\"first\",\"ms\":", 21), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n{\"what\":\"second\""));
	CU_ASSERT_EQUAL(access("cells/001-a-b", F_OK), -1);
	CU_ASSERT_EQUAL(faccessat(store.dir_fd, "cells/001-a-b/journal.jsonl", F_OK, 0), 0);
	free(text);
	close(fd);
	store_close(&store);
}

static void a_write_that_fails_leaves_the_old_file(void)
{
	struct problem why = { 0 };
	char *text = NULL;
	size_t length = 0;
	int fd = open(place, O_RDONLY | O_DIRECTORY);

	CU_ASSERT_EQUAL(fileio_write(fd, "file", "old", 3, &why), 0);
	/* The temporary name is taken by a folder: as good as a full disk, and needs no disk. */
	CU_ASSERT_EQUAL(mkdirat(fd, ".file.new", 0755), 0);
	CU_ASSERT(fileio_write(fd, "file", "new", 3, &why) < 0);
	CU_ASSERT_NOT_EQUAL(why.text[0], 0);
	CU_ASSERT_EQUAL(fileio_read(fd, "file", &text, &length, NULL), 0);
	CU_ASSERT_STRING_EQUAL(text, "old");
	free(text);
	close(fd);
}

static void the_head_of_a_file_says_if_there_is_more(void)
{
	struct problem why = { 0 };
	char *text = NULL;
	size_t length = 0;
	bool more = false;
	int fd = open(place, O_RDONLY | O_DIRECTORY);

	CU_ASSERT_EQUAL(fileio_write(fd, "head", "12345", 5, &why), 0);
	CU_ASSERT_EQUAL(fileio_read_head(fd, "head", 3, &text, &length, &more, &why), 0);
	CU_ASSERT_STRING_EQUAL(text, "123");
	CU_ASSERT_EQUAL(length, 3);
	CU_ASSERT_TRUE(more);
	free(text);
	CU_ASSERT_EQUAL(fileio_read_head(fd, "head", 5, &text, &length, &more, &why), 0);
	CU_ASSERT_STRING_EQUAL(text, "12345");
	CU_ASSERT_FALSE(more);
	free(text);
	CU_ASSERT_EQUAL(fileio_read_head(fd, "none", 5, &text, &length, &more, &why), -ENOENT);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT(fileio_read_head(fd, ".", 5, &text, &length, &more, &why) < 0);
	CU_ASSERT_NOT_EQUAL(why.text[0], 0);
	close(fd);
}

/* Writes the text at `data`, and fails in its own words if there is none. */
static int write_text(void *data, FILE *stream, struct problem *why)
{
	const char *text = data;

	fputs(text ? text : "half of it", stream);
	return text ? 0 : problem_set(why, -EBADMSG, "it cannot be told");
}

static int fail_silently(void *data, FILE *stream, struct problem *why)
{
	return -ENOMEM;
}

static void a_source_that_fails_leaves_the_old_file(void)
{
	struct problem why = { 0 };
	char *text = NULL;
	size_t length = 0;
	int fd = open(place, O_RDONLY | O_DIRECTORY);
	char fresh[] = "new";
	const struct fileio_source good = { write_text, fresh }, bad = { write_text, NULL };
	const struct fileio_source silent = { fail_silently, NULL };

	CU_ASSERT_EQUAL(fileio_write_from(fd, "from", "a/from", &good, &why), 0);
	CU_ASSERT_EQUAL(fileio_write_from(fd, "from", "a/from", &bad, &why), -EBADMSG);
	CU_ASSERT_STRING_EQUAL(why.text, "it cannot be told");
	why.text[0] = 0;
	CU_ASSERT_EQUAL(fileio_write_from(fd, "from", "a/from", &silent, &why), -ENOMEM);
	CU_ASSERT_STRING_EQUAL(why.text, "cannot write a/from: Cannot allocate memory");
	why.text[0] = 0;
	CU_ASSERT_EQUAL(faccessat(fd, ".from.new", F_OK, 0), -1);
	CU_ASSERT_EQUAL(mkdirat(fd, ".from.new", 0755), 0);
	CU_ASSERT_EQUAL(fileio_write_from(fd, "from", "a/from", &bad, &why), -EISDIR);
	CU_ASSERT_STRING_EQUAL(why.text, "cannot write a/from: Is a directory");
	CU_ASSERT_EQUAL(fileio_read(fd, "from", &text, &length, NULL), 0);
	CU_ASSERT_STRING_EQUAL(text, "new");
	free(text);
	close(fd);
}

/* The file's own error counts, not what the source makes of a stream that failed. */
static void a_file_that_cannot_be_written_says_so(void)
{
	struct problem why = { 0 };
	int fd = open(place, O_RDONLY | O_DIRECTORY), r;
	char fresh[] = "new";
	const struct fileio_source good = { write_text, fresh };
	struct rlimit before, none;

	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){ 0, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &none), 0);
	r = fileio_write_from(fd, "limited", "a/limited", &good, &why);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
	CU_ASSERT_EQUAL(r, -EFBIG);
	CU_ASSERT_STRING_EQUAL(why.text, "cannot write a/limited: File too large");
	CU_ASSERT_EQUAL(faccessat(fd, "limited", F_OK, 0), -1);
	close(fd);
}

static CU_TestInfo tests[] = {
	{ "what is frozen is read back", what_is_frozen_is_read_back },
	{ "a run never overwrites another", a_run_never_overwrites_another },
	{ "a source that fails leaves the old file", a_source_that_fails_leaves_the_old_file },
	{ "a file that cannot be written says so", a_file_that_cannot_be_written_says_so },
	{ "two writers do not meet", two_writers_do_not_meet },
	{ "a folder that is no run is named", a_folder_that_is_no_run_is_named },
	{ "cells have folders and journals", cells_have_folders_and_journals },
	{ "a write that fails leaves the old file", a_write_that_fails_leaves_the_old_file },
	{ "the head of a file says if there is more", the_head_of_a_file_says_if_there_is_more },
	{ "a run of a newer version is refused by name",
		a_run_of_a_newer_version_is_refused_by_name },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	FILE *file;
	int status;

	if (!mkdtemp(place))
		return 1;
	snprintf(dir, sizeof(dir), "%s/run", place);
	snprintf(matrix, sizeof(matrix), "%s/matrix.yaml", place);
	file = fopen(matrix, "w");
	if (!file || fputs("x: 1\n", file) < 0 || fclose(file) != 0)
		return 1;
	status = suite_main("store", tests);
	return suite_remove(place, status);
}

#include "harness/base/fileio.h"
#include "harness/store/record_view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/document.h"
#include "src/suite.h"

static char place[] = "/tmp/igd-record-XXXXXX";
static struct store store = { .dir_fd = -1, .lock_fd = -1 };
static struct record record;
static int cell_fd = -1;

static void put(int dir_fd, const char *name, const char *text)
{
	struct problem why;

	CU_ASSERT_EQUAL_FATAL(fileio_write(dir_fd, name, text, strlen(text), &why), 0);
}

/* A run of one cell, the second of its plan, with a link out of it, a FIFO and a folder in it. */
static void set_up(void)
{
	json_t *plan = json_pack("{s:[{s:s}, {s:s}]}", "cells", "name", "first", "name", "a-b");
	struct problem why = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place));
	store.dir = strdup(place);
	store.dir_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CU_ASSERT_EQUAL_FATAL(mkdirat(store.dir_fd, "cells", 0755), 0);
	cell_fd = store_cell(&store, 1, "a-b", true, &why);
	CU_ASSERT_FATAL(cell_fd >= 0);
	put(store.dir_fd, "run.json", "abc");
	put(store.dir_fd, "findings.json", "abc");
	put(cell_fd, "qemu.log", "abc");
	CU_ASSERT_EQUAL(symlinkat("../../run.json", cell_fd, "link.log"), 0);
	CU_ASSERT_EQUAL(mkfifoat(cell_fd, "pipe", 0600), 0);
	CU_ASSERT_EQUAL(mkdirat(cell_fd, "sub", 0755), 0);
	put(cell_fd, "\x1b[2J", "");
	CU_ASSERT_EQUAL_FATAL(record_view_open(&store, plan, &record), 0);
	json_decref(plan);
}

static void files_are_read_within_their_bound(void)
{
	char *bytes = NULL;
	size_t length = 0;

	CU_ASSERT_EQUAL_FATAL(record.read(record.data, "a-b", "qemu.log", 3, &bytes, &length), 0);
	CU_ASSERT_EQUAL(length, 3);
	CU_ASSERT_STRING_EQUAL(bytes, "abc");
	free(bytes);
	CU_ASSERT_EQUAL(record.read(record.data, "a-b", "qemu.log", 2, &bytes, &length), -EFBIG);
	CU_ASSERT_EQUAL(record.read(record.data, "a-b", "none", 9, &bytes, &length), -ENOENT);
	CU_ASSERT_EQUAL(record.read(record.data, "first", "x", 9, &bytes, &length), -ENOENT);
	CU_ASSERT_EQUAL(record.read(record.data, "other", "x", 9, &bytes, &length), -ENOENT);
}

static void nothing_but_a_regular_file_is_read(void)
{
	static const char *const names[] = { "link.log", "pipe", "sub" };
	char *bytes = NULL;
	size_t length = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int r = record.read(record.data, "a-b", names[i], 9, &bytes, &length);

		CU_ASSERT(r < 0 && r != -ENOENT);
	}
}

/* SHA-256 of "abc": FIPS 180-2, appendix B.1. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void each_file_has_its_hash(void)
{
	static const char *const names[] = { "?[2J", "link.log", "pipe", "qemu.log", "sub" };
	json_t *files = record.files(record.data, "a-b"), *file;
	size_t i;

	CU_ASSERT_EQUAL_FATAL(json_array_size(files), 5);
	json_array_foreach(files, i, file)
	{
		CU_ASSERT_STRING_EQUAL(document_text(file, "name"), names[i]);
		CU_ASSERT_EQUAL(json_is_null(json_object_get(file, "sha256")), i != 0 && i != 3);
	}
	CU_ASSERT_STRING_EQUAL(document_text(json_array_get(files, 3), "sha256"), ABC);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_array_get(files, 3), "bytes")), 3);
	json_decref(files);
	files = record.files(record.data, "first");
	CU_ASSERT_EQUAL(json_array_size(files), 0);
	json_decref(files);
}

static void of_the_run_what_was_frozen(void)
{
	json_t *files = record.files(record.data, NULL);

	CU_ASSERT_EQUAL_FATAL(json_array_size(files), 1);
	CU_ASSERT_STRING_EQUAL(document_text(json_array_get(files, 0), "name"), "run.json");
	json_decref(files);
}

static void tear_down(void)
{
	static const char *const names[] = { "\x1b[2J", "link.log", "pipe", "qemu.log" };

	record_view_close(&record);
	record_view_close(&record);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlinkat(cell_fd, names[i], 0);
	unlinkat(cell_fd, "sub", AT_REMOVEDIR);
	close(cell_fd);
	unlinkat(store.dir_fd, "cells/002-a-b", AT_REMOVEDIR);
	unlinkat(store.dir_fd, "cells", AT_REMOVEDIR);
	unlinkat(store.dir_fd, "run.json", 0);
	unlinkat(store.dir_fd, "findings.json", 0);
	CU_ASSERT_EQUAL(rmdir(place), 0);
	store_close(&store);
}

static CU_TestInfo tests[] = {
	{ "a run is made", set_up },
	{ "files are read within their bound", files_are_read_within_their_bound },
	{ "nothing but a regular file is read", nothing_but_a_regular_file_is_read },
	{ "each file has its hash", each_file_has_its_hash },
	{ "of the run, what was frozen", of_the_run_what_was_frozen },
	{ "and is removed again", tear_down },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("record", tests);
}

/*
 * The work on a disk, which here is a file: what was written is found, what somebody else changed
 * is told, and what is somebody's is left alone.
 */
#include "guests/agent/work.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guests/agent/collect.h"
#include "src/suite.h"

#define DISK_BYTES (1 << 20)

static char root[] = "/tmp/igd-work-XXXXXX", path[64];

static int make_disk(const char *first_bytes)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	CU_ASSERT_FATAL(fd >= 0 && ftruncate(fd, DISK_BYTES) == 0);
	CU_ASSERT_FATAL(write(fd, first_bytes, strlen(first_bytes)) >= 0);
	return fd;
}

static void steps(struct work *work, int count)
{
	for (int i = 0; i < count; i++)
		work_step(work, root);
}

static void test_round(void)
{
	struct work work;
	int fd = make_disk("");

	work_begin(&work, "disk");
	steps(&work, WORK_BLOCKS + 3); /* the first three places are written twice */
	work_check(&work);
	CU_ASSERT_EQUAL(work.steps, WORK_BLOCKS + 3);
	CU_ASSERT_EQUAL(work.written, WORK_BLOCKS + 3);
	CU_ASSERT_EQUAL(work.checked, WORK_BLOCKS);
	CU_ASSERT_EQUAL(work.wrong, 0);
	CU_ASSERT_EQUAL(work.errors, 0);

	/* One byte of one block. */
	CU_ASSERT_EQUAL(pwrite(fd, "x", 1, 5 * WORK_BLOCK + 100), 1);
	work_check(&work);
	CU_ASSERT_EQUAL(work.checked, WORK_BLOCKS);
	CU_ASSERT_EQUAL(work.wrong, 1);
	work_end(&work);
	close(fd);
}

/* A write that the disk lost: an older block stands in its place, whole. */
static void test_lost_write(void)
{
	static char before[WORK_BLOCK];
	struct work work;
	int fd = make_disk("");

	work_begin(&work, "disk");
	steps(&work, 1);
	CU_ASSERT_EQUAL(pread(fd, before, WORK_BLOCK, 0), WORK_BLOCK);
	steps(&work, WORK_BLOCKS);
	CU_ASSERT_EQUAL(pwrite(fd, before, WORK_BLOCK, 0), WORK_BLOCK);
	work_check(&work);
	CU_ASSERT_EQUAL(work.wrong, 1);
	work_end(&work);
	close(fd);
}

static void test_foreign(void)
{
	char after[8] = "";
	struct work work;
	int fd = make_disk("somebody");

	work_begin(&work, "disk");
	steps(&work, 3);
	CU_ASSERT_EQUAL(work.written, 0);
	CU_ASSERT_EQUAL(work.errors, 1);
	CU_ASSERT_EQUAL(pread(fd, after, 8, 0), 8);
	CU_ASSERT_EQUAL(memcmp(after, "somebody", 8), 0);
	close(fd);
}

/* The disk appears when its driver has found it. */
static void test_late(void)
{
	struct work work;
	int fd;

	unlink(path);
	work_begin(&work, "disk");
	steps(&work, 2);
	CU_ASSERT_EQUAL(work.errors, 0);
	fd = make_disk("");
	steps(&work, 2);
	CU_ASSERT_EQUAL(work.written, 2);
	work_end(&work);
	close(fd);
}

static void test_section(void)
{
	struct work work;
	struct guest guest = { .root = "", .work = &work };
	struct problem why = { "" };
	json_t *section = NULL;

	work_begin(&work, "");
	steps(&work, 2);
	CU_ASSERT_EQUAL_FATAL(collect_work(&guest, &section, &why), 0);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(section, "steps")), 2);
	CU_ASSERT(json_is_null(json_object_get(section, "disk")));
	json_decref(section);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "written round and round", test_round },
		{ "a write that was lost", test_lost_write },
		{ "a disk that is somebody's", test_foreign },
		{ "a disk that comes late", test_late },
		{ "a guest without a disk", test_section },
		CU_TEST_INFO_NULL,
	};
	char folder[32];
	int failed;

	if (!mkdtemp(root))
		return 1;
	snprintf(folder, sizeof(folder), "%s/dev", root);
	snprintf(path, sizeof(path), "%s/disk", folder);
	mkdir(folder, 0700);
	failed = suite_main("work", tests);
	unlink(path);
	rmdir(folder);
	rmdir(root);
	return failed;
}

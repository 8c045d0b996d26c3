/*
 * A report in memory. What an entry of a pagemap is, is in the kernel's
 * Documentation/admin-guide/mm/pagemap.rst.
 */
#include "guests/agent/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/suite.h"

#define PAGEMAP "/proc/self/pagemap"

static void test_frames(void)
{
	/* Present (63), and of a file (61), soft-dirty (55) and mapped once (56) besides. */
	static const uint64_t entries[] = { 0x8000000000012345, 0xa180000000054321 },
			      none_shown[] = { 0x8000000000012345, 0x8180000000000000 },
			      /* Swapped (62): type and offset stand where the frame was. */
		swapped[] = { 0x8000000000012345, 0x4000000000000123 }, absent[] = { 0 };
	uint64_t frames[2] = { 0 };

	CU_ASSERT_EQUAL(memory_frames(entries, 2, frames), 0);
	CU_ASSERT_EQUAL(frames[0], 0x12345);
	CU_ASSERT_EQUAL(frames[1], 0x54321);
	CU_ASSERT_EQUAL(memory_frames(none_shown, 2, frames), -EPERM);
	CU_ASSERT_EQUAL(memory_frames(swapped, 2, frames), -ENXIO);
	CU_ASSERT_EQUAL(memory_frames(absent, 1, frames), -ENXIO);
}

static void test_no_pagemap(void)
{
	struct memory memory = { 0 };
	struct stored stored;

	CU_ASSERT_EQUAL(memory_store(&memory, "/nonexistent", "text", 4, &stored), -ENOENT);
	CU_ASSERT_PTR_NULL(memory.pages);
	/* It ends before the entries. */
	CU_ASSERT_EQUAL(memory_store(&memory, "/dev/null", "text", 4, &stored), -EIO);
	CU_ASSERT_PTR_NULL(memory.pages);
	/* All entries are 0. */
	CU_ASSERT_EQUAL(memory_store(&memory, "/dev/zero", "text", 4, &stored), -ENXIO);
	CU_ASSERT_PTR_NULL(memory.pages);
	CU_ASSERT_EQUAL(memory_store(&memory, PAGEMAP, "", 0, &stored), -EINVAL);
	memory_drop(&memory);
}

/* Two pages, and then one in their place; a process that is shown no frames has none. */
static void test_store(void)
{
	struct memory memory = { 0 };
	struct stored stored = { 0 };
	char text[4097];
	int r;

	memset(text, 'x', sizeof(text));
	r = memory_store(&memory, PAGEMAP, text, sizeof(text), &stored);
	if (r == -EPERM || r == -ENOENT) {
		CU_ASSERT_PTR_NULL(memory.pages);
		return;
	}
	CU_ASSERT_EQUAL_FATAL(r, 0);
	CU_ASSERT_EQUAL(stored.length, 4097);
	CU_ASSERT_EQUAL(stored.count, 2);
	CU_ASSERT_NOT_EQUAL(stored.frames[0], stored.frames[1]);
	CU_ASSERT_EQUAL(memory.size, 8192);
	CU_ASSERT_EQUAL(memcmp(memory.pages, text, sizeof(text)), 0);

	/* The check value that every description of CRC-32 has. */
	CU_ASSERT_EQUAL(memory_store(&memory, PAGEMAP, "123456789", 9, &stored), 0);
	CU_ASSERT_EQUAL(stored.crc, 0xcbf43926);
	CU_ASSERT_EQUAL(stored.count, 1);
	CU_ASSERT_EQUAL(memory.size, 4096);
	CU_ASSERT_EQUAL(memcmp(memory.pages, "123456789", 10), 0);
	memory_drop(&memory);
	CU_ASSERT_PTR_NULL(memory.pages);
	memory_drop(&memory);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "entries of a pagemap", test_frames },
		{ "a pagemap that says nothing", test_no_pagemap },
		{ "store and drop", test_store },
		CU_TEST_INFO_NULL,
	};

	return suite_main("memory", tests);
}

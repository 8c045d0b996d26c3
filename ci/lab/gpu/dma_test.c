#include "ci/lab/gpu/dma.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/suite.h"

#define PAGE 4096

/* A file whose every page begins with its number. */
static int make_file(int pages)
{
	int fd = memfd_create("memory", MFD_CLOEXEC);

	CU_ASSERT_FATAL(fd >= 0 && ftruncate(fd, (off_t)pages * PAGE) == 0);
	for (int i = 0; i < pages; i++)
		CU_ASSERT_EQUAL_FATAL(pwrite(fd, &i, sizeof(i), (off_t)i * PAGE), sizeof(i));
	return fd;
}

static int number_at(const struct dma *dma, uint64_t address)
{
	int number = -1;

	return dma_read(dma, address, &number, sizeof(number)) ? -1 : number;
}

static void test_a_map_leads_to_its_file(void)
{
	struct dma dma;
	int fd = make_file(8);

	dma_init(&dma);
	CU_ASSERT_EQUAL(dma_add(&dma, 0x100000, 2 * PAGE, fd, 3 * PAGE), 0);
	close(fd);
	CU_ASSERT_EQUAL(number_at(&dma, 0x100000), 3);
	CU_ASSERT_EQUAL(number_at(&dma, 0x101000), 4);
	CU_ASSERT_EQUAL(number_at(&dma, 0x0ff000), -1);
	CU_ASSERT_EQUAL(number_at(&dma, 0x102000), -1);
	dma_clear(&dma);
	CU_ASSERT_EQUAL(number_at(&dma, 0x100000), -1);
}

static void test_a_read_goes_from_one_map_into_the_next(void)
{
	uint8_t bytes[PAGE] = { 0 };
	struct dma dma;
	int fd = make_file(8);

	dma_init(&dma);
	CU_ASSERT_EQUAL(dma_add(&dma, 2 * PAGE, PAGE, fd, 5 * PAGE), 0);
	CU_ASSERT_EQUAL(dma_add(&dma, 1 * PAGE, PAGE, fd, 7 * PAGE), 0);
	CU_ASSERT_EQUAL(dma_read(&dma, 2 * PAGE - 16, bytes, 32), 0);
	CU_ASSERT_EQUAL(bytes[16], 5);
	CU_ASSERT_EQUAL(dma_read(&dma, 3 * PAGE - 16, bytes, 32), -EFAULT);
	dma_clear(&dma);
	close(fd);
}

static void test_maps_of_one_file_share_a_descriptor(void)
{
	struct dma dma;
	int fd = make_file(2), copy = dup(fd);

	dma_init(&dma);
	for (uint64_t i = 0; i < 1000; i++)
		CU_ASSERT_EQUAL(dma_add(&dma, i * PAGE, PAGE, i % 2 ? fd : copy, 0), 0);
	CU_ASSERT_EQUAL(dma.files[0].users, 1000);
	CU_ASSERT_EQUAL(dma.files[1].fd, -1);
	CU_ASSERT_EQUAL(dma_remove(&dma, 0, 1000 * PAGE), 0);
	CU_ASSERT_EQUAL(dma.count, 0);
	CU_ASSERT_EQUAL(dma.files[0].fd, -1);
	dma_clear(&dma);
	close(fd);
	close(copy);
}

static void test_an_unmap_takes_all_inside_and_cuts_none(void)
{
	struct dma dma;

	dma_init(&dma);
	for (uint64_t i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(dma_add(&dma, i * 4 * PAGE, 2 * PAGE, -1, 0), 0);
	CU_ASSERT_EQUAL(dma_remove(&dma, 4 * PAGE, PAGE), -EINVAL);
	CU_ASSERT_EQUAL(dma_remove(&dma, 5 * PAGE, 8 * PAGE), -EINVAL);
	CU_ASSERT_EQUAL(dma.count, 4);
	CU_ASSERT_EQUAL(dma_remove(&dma, 3 * PAGE, 8 * PAGE), 0);
	CU_ASSERT_EQUAL(dma.count, 2);
	CU_ASSERT_EQUAL(dma.maps[1].address, 12 * PAGE);
	CU_ASSERT_EQUAL(dma_remove(&dma, 3 * PAGE, PAGE), 0);
	CU_ASSERT_EQUAL(dma.count, 2);
	dma_clear(&dma);
}

static void test_what_cannot_be_is_refused(void)
{
	struct dma dma;
	int pipes[2];

	dma_init(&dma);
	CU_ASSERT_EQUAL_FATAL(pipe(pipes), 0);
	CU_ASSERT_EQUAL(dma_add(&dma, 0, 0, -1, 0), -EINVAL);
	CU_ASSERT_EQUAL(dma_add(&dma, UINT64_MAX, 2, -1, 0), -EINVAL);
	CU_ASSERT_EQUAL(dma_add(&dma, 0, PAGE, -1, UINT64_MAX), -EINVAL);
	CU_ASSERT_EQUAL(dma_add(&dma, 0, PAGE, pipes[0], 0), -EINVAL);
	CU_ASSERT_EQUAL(dma_add(&dma, PAGE, PAGE, -1, 0), 0);
	CU_ASSERT_EQUAL(dma_add(&dma, 0, PAGE + 1, -1, 0), -EEXIST);
	CU_ASSERT_EQUAL(dma_add(&dma, 2 * PAGE - 1, 1, -1, 0), -EEXIST);
	CU_ASSERT_EQUAL(dma_remove(&dma, 1, 0), -EINVAL);
	CU_ASSERT_EQUAL(dma_remove(&dma, 2, UINT64_MAX), -EINVAL);
	CU_ASSERT_EQUAL(dma_remove(&dma, 0, UINT64_MAX), 0);
	dma_clear(&dma);
	close(pipes[0]);
	close(pipes[1]);
}

static void test_there_are_only_so_many_maps_and_files(void)
{
	struct dma dma;
	int r = 0;

	dma_init(&dma);
	for (uint64_t i = 0; i < DMA_MAPS_MAX; i++)
		r |= dma_add(&dma, i * PAGE, PAGE, -1, 0);
	CU_ASSERT_EQUAL(r, 0);
	CU_ASSERT_EQUAL(dma_add(&dma, 1ull << 40, PAGE, -1, 0), -ENOSPC);
	dma_clear(&dma);
	for (uint64_t i = 0; i <= DMA_FILES_MAX; i++) {
		int fd = make_file(1);

		CU_ASSERT_EQUAL(
			dma_add(&dma, i * PAGE, PAGE, fd, 0), i < DMA_FILES_MAX ? 0 : -ENOSPC);
		close(fd);
	}
	CU_ASSERT_EQUAL(dma.count, DMA_FILES_MAX);
	dma_clear(&dma);
}

static void test_a_file_that_was_shortened_reads_as_unmapped(void)
{
	struct dma dma;
	int fd = make_file(4);

	dma_init(&dma);
	CU_ASSERT_EQUAL(dma_add(&dma, 0, 4 * PAGE, fd, 0), 0);
	CU_ASSERT_EQUAL(number_at(&dma, 3 * PAGE), 3);
	CU_ASSERT_EQUAL_FATAL(ftruncate(fd, PAGE), 0);
	CU_ASSERT_EQUAL(number_at(&dma, 3 * PAGE), -1);
	CU_ASSERT_EQUAL(number_at(&dma, 0), 0);
	dma_clear(&dma);
	close(fd);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a map leads to its file", test_a_map_leads_to_its_file },
		{ "a read goes from one map into the next",
			test_a_read_goes_from_one_map_into_the_next },
		{ "maps of one file share a descriptor", test_maps_of_one_file_share_a_descriptor },
		{ "an unmap takes all inside and cuts none",
			test_an_unmap_takes_all_inside_and_cuts_none },
		{ "what cannot be is refused", test_what_cannot_be_is_refused },
		{ "there are only so many maps and files",
			test_there_are_only_so_many_maps_and_files },
		{ "a file that was shortened reads as unmapped",
			test_a_file_that_was_shortened_reads_as_unmapped },
		CU_TEST_INFO_NULL,
	};

	return suite_main("dma", tests);
}

#include "src/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/suite.h"

#define BIG (1u << 20) /* bytes: a pipe takes 64 KiB at a time (pipe(7)) */

static void all_of_it_arrives(void)
{
	char *bytes = malloc(BIG), *back = malloc(BIG);
	int ends[2], status = -1;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	CU_ASSERT_FATAL(bytes && back && pipe(ends) == 0);
	for (size_t i = 0; i < BIG; i++)
		bytes[i] = (char)(i * 31 + i / 4096);
	pid = fork();
	if (pid == 0)
		_exit(io_write_all(ends[1], bytes, BIG) == 0 ? 0 : 1);
	close(ends[1]);
	while (used < BIG && (n = read(ends[0], back + used, BIG - used)) > 0)
		used += (size_t)n;
	close(ends[0]);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_EQUAL(used, BIG);
	CU_ASSERT_EQUAL(memcmp(bytes, back, BIG), 0);
	free(bytes);
	free(back);
}

static void what_cannot_be_written_is_told(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC); /* full(4): ENOSPC */

	CU_ASSERT_EQUAL(io_write_all(full, "word", 4), -ENOSPC);
	CU_ASSERT_EQUAL(io_write_all(-1, "word", 4), -EBADF);
	CU_ASSERT_EQUAL(io_write_all(-1, "", 0), 0);
	close(full);
}

static CU_TestInfo tests[] = {
	{ "all of it arrives", all_of_it_arrives },
	{ "what cannot be written is told", what_cannot_be_written_is_told },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("io", tests);
}

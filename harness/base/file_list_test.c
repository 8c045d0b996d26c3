#include "harness/base/file_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

static char place[] = "/tmp/igd-files-XXXXXX";
static int place_fd = -1;

static void make(const char *path, const char *text)
{
	int fd = openat(place_fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void plain_paths(void)
{
	static const char *const plain[] = { "a", "run.json", "cells/001-a.b/end.json", "a/..b/c..",
		".hidden", "a b" };
	static const char *const odd[] = { "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..",
		"a/../b", "./a", "a\nb", "a\\b", "a\x1b[2J", "\xc3\xa4" };
	char longest[FILE_LIST_PATH_MAX + 1];

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		CU_ASSERT_TRUE(file_list_path_is_plain(plain[i]));
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		CU_ASSERT_FALSE(file_list_path_is_plain(odd[i]));
	memset(longest, 'a', sizeof(longest));
	longest[FILE_LIST_PATH_MAX] = 0;
	CU_ASSERT_FALSE(file_list_path_is_plain(longest));
	longest[FILE_LIST_PATH_MAX - 1] = 0;
	CU_ASSERT_TRUE(file_list_path_is_plain(longest));
}

static void a_list_is_sorted_and_complete(void)
{
	static const char *const without[] = { "lock", NULL };
	/* strcmp(): "." is before "/", so a folder is before what is in it, if not right before. */
	static const char *const expected[] = { "a", "b", "b.c", "b/lock", "b/x" };
	struct problem why = { 0 };
	struct files files;

	mkdirat(place_fd, "b", 0755);
	make("b/x", "12345");
	make("b/lock", "kept: only the lock of the run itself is none of its files");
	make("b.c", "");
	make("lock", "");
	make("a", "1");
	CU_ASSERT_EQUAL_FATAL(file_list_read(place_fd, without, &files, &why), 0);
	CU_ASSERT_EQUAL_FATAL(files.count, 5);
	for (size_t i = 0; i < files.count; i++) {
		CU_ASSERT_STRING_EQUAL(files.entries[i].path, expected[i]);
		CU_ASSERT_EQUAL(files.entries[i].folder, i == 1);
	}
	CU_ASSERT_EQUAL(files.entries[4].bytes, 5);
	file_list_free(&files);
	file_list_free(&files);
}

static void refused(const char *by_name)
{
	struct problem why = { 0 };
	struct files files;

	CU_ASSERT_EQUAL(file_list_read(place_fd, NULL, &files, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, by_name));
	CU_ASSERT_EQUAL(files.count, 0);
}

static void odd_kinds_are_refused_by_name(void)
{
	CU_ASSERT_EQUAL(symlinkat("/etc/passwd", place_fd, "b/link"), 0);
	refused("b/link");
	unlinkat(place_fd, "b/link", 0);
	CU_ASSERT_EQUAL(mkfifoat(place_fd, "b/fifo", 0600), 0);
	refused("b/fifo");
	unlinkat(place_fd, "b/fifo", 0);
	make("b/two\nlines", "");
	refused("below b/");
	unlinkat(place_fd, "b/two\nlines", 0);
}

static void a_pit_of_folders_has_a_bottom(void)
{
	char path[64] = "d";
	struct problem why = { 0 };
	struct files files;

	for (int i = 0; i <= FILE_LIST_DEPTH + 1; i++) {
		CU_ASSERT_EQUAL(mkdirat(place_fd, path, 0755), 0);
		strcat(path, "/d");
	}
	CU_ASSERT_EQUAL(file_list_read(place_fd, NULL, &files, &why), -E2BIG);
	CU_ASSERT_NOT_EQUAL(why.text[0], 0);
}

static CU_TestInfo tests[] = {
	{ "plain paths", plain_paths },
	{ "a list is sorted and complete", a_list_is_sorted_and_complete },
	{ "odd kinds are refused by name", odd_kinds_are_refused_by_name },
	{ "a pit of folders has a bottom", a_pit_of_folders_has_a_bottom },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(place))
		return 1;
	place_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	status = suite_main("files", tests);
	close(place_fd);
	return suite_remove(place, status);
}

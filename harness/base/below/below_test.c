#include "harness/base/below/below.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/suite.h"

static char place[] = "/tmp/igd-below-XXXXXX";
static int outer = -1, top = -1; /* the place; the folder "run" in it, which is somebody else's */

static void make(int dir_fd, const char *path, const char *text)
{
	int fd = openat(dir_fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static bool has(int dir_fd, const char *path, const char *text)
{
	int fd = openat(dir_fd, path, O_RDONLY);
	char bytes[64] = "";
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes) - 1);

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)strlen(text) && strcmp(bytes, text) == 0;
}

/* What is expected of a descriptor, which is closed. */
static int opened(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

/*
 *   precious            outside: nothing may read, change or remove it
 *   secret/file         likewise
 *   run/plain, run/cells/001/end.json
 *   run/link -> ../precious, run/away -> ../secret, run/here -> cells, run/fifo
 */
static void fill(void)
{
	make(outer, "precious", "precious");
	CU_ASSERT_EQUAL(mkdirat(outer, "secret", 0755), 0);
	make(outer, "secret/file", "secret");
	CU_ASSERT_EQUAL(mkdirat(outer, "run", 0755), 0);
	top = openat(outer, "run", O_RDONLY | O_DIRECTORY);
	CU_ASSERT_FATAL(top >= 0);
	make(top, "plain", "12345");
	CU_ASSERT_EQUAL(mkdirat(top, "cells", 0755), 0);
	CU_ASSERT_EQUAL(mkdirat(top, "cells/001", 0755), 0);
	make(top, "cells/001/end.json", "{}");
	CU_ASSERT_EQUAL(symlinkat("../precious", top, "link"), 0);
	CU_ASSERT_EQUAL(symlinkat("../secret", top, "away"), 0);
	CU_ASSERT_EQUAL(symlinkat("cells", top, "here"), 0);
	CU_ASSERT_EQUAL(mkfifoat(top, "fifo", 0644), 0);
}

static void what_is_there_is_opened(void)
{
	uint64_t bytes = 0;
	struct stat st;

	CU_ASSERT_EQUAL(opened(below_read(top, "plain", 5, &bytes)), 0);
	CU_ASSERT_EQUAL(bytes, 5);
	CU_ASSERT_EQUAL(opened(below_read(top, "cells/001/end.json", 100, NULL)), 0);
	CU_ASSERT_EQUAL(opened(below_folder(top, "cells/001")), 0);
	CU_ASSERT_EQUAL(below_look(top, "cells/001", &st), 0);
	CU_ASSERT_TRUE(S_ISDIR(st.st_mode));
	CU_ASSERT_EQUAL(opened(below_read(top, "gone", 5, NULL)), -ENOENT);
	CU_ASSERT_EQUAL(opened(below_read(top, "cells/gone/end.json", 5, NULL)), -ENOENT);
	CU_ASSERT_FALSE(below_exists(top, "cells/gone"));
	CU_ASSERT_TRUE(below_exists(top, "link"));
}

static void what_is_too_large_is_refused(void)
{
	CU_ASSERT_EQUAL(opened(below_read(top, "plain", 4, NULL)), -EFBIG);
}

static void no_link_is_followed(void)
{
	static const char *const through[] = { "link", "away/file", "here/001/end.json" };
	struct stat st;

	for (size_t i = 0; i < sizeof(through) / sizeof(through[0]); i++) {
		CU_ASSERT_EQUAL(opened(below_read(top, through[i], 100, NULL)), -ELOOP);
		CU_ASSERT_EQUAL(opened(below_append(top, through[i])), -ELOOP);
		CU_ASSERT_EQUAL(opened(below_lock(top, through[i], true)), -ELOOP);
		CU_ASSERT_EQUAL(opened(below_lock(top, through[i], false)), -ELOOP);
	}
	CU_ASSERT_EQUAL(opened(below_folder(top, "away")), -ELOOP);
	CU_ASSERT_EQUAL(opened(below_folder(top, "here/001")), -ELOOP);
	CU_ASSERT_EQUAL(below_make_folder(top, "away/new", 0755), -ELOOP);
	CU_ASSERT_EQUAL(below_make_folder(top, "link", 0755), -EEXIST);
	CU_ASSERT_EQUAL(opened(below_create(top, "away/new", 0644)), -ELOOP);
	CU_ASSERT_EQUAL(below_remove(top, "away/file", false), -ELOOP);
	CU_ASSERT_EQUAL(below_rename(top, "away/file", top, "mine", 0), -ELOOP);
	CU_ASSERT_EQUAL(below_rename(top, "plain", top, "away/plain", 0), -ELOOP);
	CU_ASSERT_EQUAL(below_look(top, "away/file", &st), -ELOOP);
	CU_ASSERT_EQUAL(below_look(top, "link", &st), 0);
	CU_ASSERT_TRUE(S_ISLNK(st.st_mode));
	CU_ASSERT_TRUE(has(outer, "precious", "precious"));
	CU_ASSERT_TRUE(has(outer, "secret/file", "secret"));
}

static void a_new_file_takes_the_place_of_a_link_or_fifo(void)
{
	static const char *const names[] = { "old-link", "old-fifo", "dangling", "hard" };

	CU_ASSERT_EQUAL(symlinkat("../precious", top, names[0]), 0);
	CU_ASSERT_EQUAL(mkfifoat(top, names[1], 0644), 0);
	CU_ASSERT_EQUAL(symlinkat("../newfile", top, names[2]), 0);
	CU_ASSERT_EQUAL(linkat(outer, "precious", top, names[3], 0), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd = below_create(top, names[i], 0644);
		struct stat st;

		CU_ASSERT_FATAL(fd >= 0);
		CU_ASSERT_EQUAL(write(fd, "new", 3), 3);
		CU_ASSERT_EQUAL(fstat(fd, &st), 0);
		CU_ASSERT_TRUE(S_ISREG(st.st_mode));
		close(fd);
		CU_ASSERT_EQUAL(below_remove(top, names[i], false), 0);
	}
	CU_ASSERT_EQUAL(faccessat(outer, "newfile", F_OK, 0), -1);
	CU_ASSERT_TRUE(has(outer, "precious", "precious"));
}

static void nothing_but_a_plain_file_is_opened(void)
{
	CU_ASSERT_EQUAL(opened(below_read(top, "fifo", 100, NULL)), -EINVAL);
	CU_ASSERT_EQUAL(opened(below_append(top, "fifo")), -EINVAL);
	CU_ASSERT_EQUAL(opened(below_lock(top, "fifo", true)), -EINVAL);
	CU_ASSERT_EQUAL(opened(below_lock(top, "fifo", false)), -EINVAL);
	CU_ASSERT_EQUAL(opened(below_read(top, "cells", 100, NULL)), -EINVAL);
	CU_ASSERT_EQUAL(opened(below_append(top, "cells")), -EINVAL);
	CU_ASSERT_EQUAL(opened(below_folder(top, "plain")), -ENOTDIR);
	CU_ASSERT_EQUAL(opened(below_folder(top, "fifo")), -ENOTDIR);
}

static void a_file_with_a_second_name_is_not_appended_to(void)
{
	CU_ASSERT_EQUAL(linkat(outer, "precious", top, "hard", 0), 0);
	CU_ASSERT_EQUAL(opened(below_append(top, "hard")), -EMLINK);
	CU_ASSERT_EQUAL(below_remove(top, "hard", false), 0);
	CU_ASSERT_EQUAL(opened(below_append(top, "new.log")), 0);
	CU_ASSERT_EQUAL(opened(below_append(top, "new.log")), 0);
	CU_ASSERT_EQUAL(below_remove(top, "new.log", false), 0);
}

static void no_path_leads_out(void)
{
	static const char *const paths[] = { "..", "../precious", "cells/../../precious",
		"cells/..", ".", "./plain", "", "/", "/etc/passwd", "cells//001", "cells/" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		CU_ASSERT_EQUAL(opened(below_read(top, paths[i], 100, NULL)), -EINVAL);
		CU_ASSERT_EQUAL(opened(below_folder(top, paths[i])), -EINVAL);
		CU_ASSERT_EQUAL(below_remove(top, paths[i], false), -EINVAL);
		CU_ASSERT_EQUAL(below_rename(top, "plain", top, paths[i], 0), -EINVAL);
	}
	CU_ASSERT_TRUE(has(top, "plain", "12345"));
}

static void a_parent_is_found_and_its_name(void)
{
	char name[BELOW_NAME_MAX], path[64];

	snprintf(path, sizeof(path), "%s/run//", place);
	CU_ASSERT_EQUAL(opened(below_parent(path, name)), 0);
	CU_ASSERT_STRING_EQUAL(name, "run");
	CU_ASSERT_EQUAL(opened(below_parent("here", name)), 0);
	CU_ASSERT_STRING_EQUAL(name, "here");
	CU_ASSERT_EQUAL(below_parent("/", name), -EINVAL);
	CU_ASSERT_EQUAL(below_parent("", name), -EINVAL);
	CU_ASSERT_EQUAL(below_parent(".", name), -EINVAL);
	CU_ASSERT_EQUAL(below_parent("run/.", name), -EINVAL);
	CU_ASSERT_EQUAL(below_parent("run/../", name), -EINVAL);
	CU_ASSERT_EQUAL(below_parent("gone/run", name), -ENOENT);
}

/* openat2() is answered with ENOSYS from here on, as by a kernel before Linux 5.6. */
static int forbid_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* In a child, since the filter cannot be taken away. */
static void without_openat2_all_of_it_holds(void)
{
	pid_t child = fork();
	int status = -1;

	CU_ASSERT_FATAL(child >= 0);
	if (child == 0) {
		unsigned int before = CU_get_number_of_failures();

		if (forbid_openat2() < 0 || syscall(__NR_openat2, -1, "", NULL, 0) != -1 ||
			errno != ENOSYS)
			_exit(2);
		what_is_there_is_opened();
		no_link_is_followed();
		a_new_file_takes_the_place_of_a_link_or_fifo();
		nothing_but_a_plain_file_is_opened();
		a_file_with_a_second_name_is_not_appended_to();
		no_path_leads_out();
		_exit(CU_get_number_of_failures() > before);
	}
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	CU_ASSERT_EQUAL(status, 0);
}

static CU_TestInfo tests[] = {
	{ "fill", fill },
	{ "what is there is opened", what_is_there_is_opened },
	{ "what is too large is refused", what_is_too_large_is_refused },
	{ "no link is followed", no_link_is_followed },
	{ "a new file takes the place of a link or FIFO",
		a_new_file_takes_the_place_of_a_link_or_fifo },
	{ "nothing but a plain file is opened", nothing_but_a_plain_file_is_opened },
	{ "a file with a second name is not appended to",
		a_file_with_a_second_name_is_not_appended_to },
	{ "no path leads out", no_path_leads_out },
	{ "a parent is found, and its name", a_parent_is_found_and_its_name },
	{ "without openat2() all of it holds", without_openat2_all_of_it_holds },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(place))
		return 1;
	outer = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	status = suite_main("below", tests);
	close(top);
	close(outer);
	return suite_remove(place, status);
}

/* The folder that stands for a device model; in a folder of its own, without Xen. */
#include <CUnit/CUnit.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/backend/dm/orders.h"
#include "harness/backend/libxl/wrapper.h"
#include "harness/store/ending.h"
#include "src/suite.h"

static char below[] = "/tmp/igd-wrapper-XXXXXX";
static int evidence_fd = -1;

static struct wrapper_request request(const char *policy, const char *qemu)
{
	return (struct wrapper_request){ below, policy, qemu, evidence_fd, 3 };
}

static void test_made_and_removed(void)
{
	struct wrapper_request wanted = request("rfc", "/bin/sh");
	char expected[WRAPPER_PATH_MAX], orders_path[WRAPPER_PATH_MAX + 8], *program;
	struct problem why = { "" };
	struct wrapper wrapper = { "", "" };
	struct orders orders;
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(wrapper_make(&wrapper, &wanted, &why), 0);
	snprintf(expected, sizeof(expected), "%s/igd-qemu-3-%d/dm", below, (int)getpid());
	CU_ASSERT_STRING_EQUAL(wrapper.model, expected);
	CU_ASSERT_EQUAL(access(wrapper.model, X_OK), 0);
	program = realpath(wrapper.model, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(program);
	CU_ASSERT_STRING_EQUAL(strrchr(program, '/'), "/igd-dm");
	free(program);
	CU_ASSERT_EQUAL(stat(wrapper.folder, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0700);
	/* What process_find() goes by. */
	CU_ASSERT_PTR_NOT_NULL(strstr(wrapper.model, "qemu"));
	/* igd-dm understands what was written. */
	snprintf(orders_path, sizeof(orders_path), "%s" ORDERS_SUFFIX, wrapper.model);
	CU_ASSERT_EQUAL_FATAL(orders_read(orders_path, &orders, &why), 0);
	CU_ASSERT_STRING_EQUAL(orders.qemu, "/bin/sh");
	CU_ASSERT_STRING_EQUAL(orders.evidence, below);
	CU_ASSERT_STRING_EQUAL(orders.policy->name, "rfc");
	orders_finish(&orders);

	CU_ASSERT_TRUE(wrapper_remove(&wrapper));
	CU_ASSERT_STRING_EQUAL(wrapper.folder, "");
	CU_ASSERT_TRUE(wrapper_remove(&wrapper));
	expected[strlen(expected) - strlen("/dm")] = '\0';
	CU_ASSERT_NOT_EQUAL(access(expected, F_OK), 0);
}

/* Whoever put something in it is told of, not undone. */
static void test_leftover(void)
{
	struct wrapper_request wanted = request("libxl", "/bin/sh");
	struct problem why = { "" };
	struct wrapper wrapper = { "", "" };
	char stranger[WRAPPER_PATH_MAX + 16];
	int fd;

	CU_ASSERT_EQUAL_FATAL(wrapper_make(&wrapper, &wanted, &why), 0);
	snprintf(stranger, sizeof(stranger), "%s/stranger", wrapper.folder);
	fd = creat(stranger, 0600);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	close(fd);
	CU_ASSERT_FALSE(wrapper_remove(&wrapper));
	CU_ASSERT_STRING_NOT_EQUAL(wrapper.folder, "");
	unlink(stranger);
	CU_ASSERT_TRUE(wrapper_remove(&wrapper));
}

static void test_refused(void)
{
	struct wrapper_request wanted = request("nosuch", "/bin/sh");
	struct wrapper wrapper = { "", "" };
	struct problem why = { "" };

	CU_ASSERT_EQUAL(wrapper_make(&wrapper, &wanted, &why), -EINVAL);
	wanted = request("rfc", "/no/such/qemu");
	why.text[0] = '\0';
	CU_ASSERT_EQUAL(wrapper_make(&wrapper, &wanted, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "/no/such/qemu"));
	wanted = request("rfc", "/bin/sh");
	wanted.evidence_fd = -1;
	CU_ASSERT_TRUE(wrapper_make(&wrapper, &wanted, NULL) < 0);
	wanted = request("rfc", "/bin/sh");
	wanted.below = "/no/such/folder";
	CU_ASSERT_EQUAL(wrapper_make(&wrapper, &wanted, NULL), -ENOENT);
	CU_ASSERT_STRING_EQUAL(wrapper.folder, "");
}

/* A run that was killed leaves its folder; the next one removes it, and no other's. */
static void test_tidy(void)
{
	char dead[WRAPPER_PATH_MAX], living[WRAPPER_PATH_MAX], path[WRAPPER_PATH_MAX + 8];
	json_t *tidied = json_array();
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	CU_ASSERT_EQUAL_FATAL(waitpid(pid, NULL, 0), pid);
	snprintf(dead, sizeof(dead), "%s/igd-qemu-1-%d", below, (int)pid);
	snprintf(living, sizeof(living), "%s/igd-qemu-1-%d", below, (int)getppid());
	CU_ASSERT_EQUAL(mkdir(dead, 0700), 0);
	CU_ASSERT_EQUAL(mkdir(living, 0700), 0);
	snprintf(path, sizeof(path), "%s/dm", dead);
	CU_ASSERT_EQUAL(symlink("/nowhere", path), 0);
	wrapper_tidy(below, tidied);
	CU_ASSERT_NOT_EQUAL(access(dead, F_OK), 0);
	CU_ASSERT_EQUAL(access(living, F_OK), 0);
	CU_ASSERT_EQUAL_FATAL(json_array_size(tidied), 1);
	snprintf(path, sizeof(path), "folder %s", dead);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(tidied, 0)), path);
	rmdir(living);
	json_decref(tidied);
}

static void test_endings(void)
{
	CU_ASSERT_EQUAL(
		wrapper_ending(
			"igd-dm: policy rfc cannot be applied: libxl's arguments have no -machine",
			ENDING_CREATE_FAILED),
		ENDING_BAD_CELL);
	CU_ASSERT_EQUAL(wrapper_ending("igd-dm: cannot execute /q: No such file or directory",
				ENDING_CREATE_FAILED),
		ENDING_HOST_FAILED);
	CU_ASSERT_EQUAL(
		wrapper_ending("qemu: igd-dm: x", ENDING_CREATE_FAILED), ENDING_CREATE_FAILED);
	CU_ASSERT_EQUAL(wrapper_ending("", ENDING_CREATE_FAILED), ENDING_CREATE_FAILED);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "made and removed", test_made_and_removed },
		{ "what cannot be removed is left over", test_leftover },
		{ "what is refused", test_refused },
		{ "folders of killed runs", test_tidy },
		{ "whose fault its words are", test_endings },
		CU_TEST_INFO_NULL,
	};
	int status;

	if (!mkdtemp(below))
		return 1;
	evidence_fd = open(below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	status = suite_main("xen-wrapper", tests);
	close(evidence_fd);
	return rmdir(below) == 0 ? status : 1;
}

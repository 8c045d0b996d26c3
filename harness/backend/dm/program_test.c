/* igd-dm as libxl starts it: by a link, in an empty environment, with a script for QEMU. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/backend/dm/orders.h"
#include "src/suite.h"

#define GUEST                                                                                      \
	"-xen-domid", "1", "-display", "none", "-kernel", "k", "-serial", "pty", "-machine",       \
		"xenfv,suppress-vmdesc=on", "-m", "496"

static char folder[] = "/tmp/igd-dm-XXXXXX";
static char text[4096]; /* of the last file read */

static const char *at(const char *name)
{
	static char paths[4][64];
	static unsigned int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void order(const char *qemu, const char *policy, const char *evidence)
{
	FILE *file = fopen(at("dm.json"), "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fprintf(file,
		"{\"format\": \"igd-harness dm\", \"version\": 1, \"qemu\": \"%s\","
		" \"policy\": \"%s\", \"evidence\": \"%s\"}",
		qemu, policy, evidence);
	fclose(file);
}

static const char *contents(const char *name)
{
	FILE *file = fopen(at(name), "r");
	size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[length] = '\0';
	return text;
}

/* Runs it by the path `self` with what comes behind; its exit status. */
static int run(const char *self, const char *const arguments[])
{
	static char *const environment[] = { NULL };
	static const char *const results[] = { "qemu", "words", DM_LIBXL_ARGUMENTS,
		DM_POLICY_ARGUMENTS, DM_PROBE_ARGUMENTS };
	int status = -1;
	char path[64];
	pid_t pid;

	snprintf(path, sizeof(path), "%s", self);
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		unlink(at(results[i]));
	pid = fork();
	if (pid == 0) {
		char *argv[32] = { path };

		for (size_t i = 0; arguments[i]; i++)
			argv[i + 1] = (char *)(uintptr_t)arguments[i];
		if (freopen(at("words"), "w", stderr))
			execve(getenv("IGD_DM"), argv, environment);
		_exit(99);
	}
	CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_guest(void)
{
	const char *const arguments[] = { GUEST, NULL };
	char expected[512];

	order(at("qemu-script"), "rfc", folder);
	CU_ASSERT_EQUAL(run(at("dm"), arguments), 7);
	snprintf(expected, sizeof(expected),
		"%s\n-xen-domid\n1\n-display\nnone\n-kernel\nk\n-serial\npty\n-machine\n"
		"xenfv,suppress-vmdesc=on\n-m\n496\n",
		at("qemu-script"));
	CU_ASSERT_STRING_EQUAL(contents(DM_LIBXL_ARGUMENTS), expected);
	snprintf(expected, sizeof(expected),
		"%s\n-xen-domid\n1\n-display\nnone\n-kernel\nk\n-device\nxen-platform\n-serial\n"
		"pty\n-machine\npc,accel=xen,suppress-vmdesc=on\n-m\n496\n",
		at("qemu-script"));
	CU_ASSERT_STRING_EQUAL(contents(DM_POLICY_ARGUMENTS), expected);
	CU_ASSERT_STRING_EQUAL(contents("qemu"), expected);
	CU_ASSERT_STRING_EQUAL(contents("words"), "");
}

static void a_probe_and_a_question_pass(void)
{
	const char *const probe[] = { "-S", "-nographic", "-machine", "none,accel=xen", NULL };
	const char *const question[] = { "--version", NULL };
	char expected[256];

	order(at("qemu-script"), "rfc", folder);
	CU_ASSERT_EQUAL(run(at("dm"), probe), 7);
	snprintf(expected, sizeof(expected), "%s\n-S\n-nographic\n-machine\nnone,accel=xen\n",
		at("qemu-script"));
	CU_ASSERT_STRING_EQUAL(contents("qemu"), expected);
	CU_ASSERT_STRING_EQUAL(contents(DM_PROBE_ARGUMENTS), expected);
	CU_ASSERT_NOT_EQUAL(access(at(DM_LIBXL_ARGUMENTS), F_OK), 0);
	CU_ASSERT_EQUAL(run(at("dm"), question), 7);
	CU_ASSERT_PTR_NOT_NULL(strstr(contents("qemu"), "\n--version\n"));
	CU_ASSERT_NOT_EQUAL(access(at(DM_PROBE_ARGUMENTS), F_OK), 0);
}

/* One sentence each, and the status that a shell would give. */
static void what_goes_wrong(void)
{
	const char *const guest[] = { GUEST, NULL }, *const odd[] = { "-machine", "q35", NULL };

	order(at("nosuch"), "libxl", folder);
	CU_ASSERT_EQUAL(run(at("dm"), guest), 127);
	CU_ASSERT_PTR_NOT_NULL(strstr(contents("words"), "igd-dm: cannot execute "));
	order(folder, "libxl", folder);
	CU_ASSERT_EQUAL(run(at("dm"), guest), 126);
	CU_ASSERT_PTR_NOT_NULL(strstr(contents("words"), "igd-dm: cannot execute "));
	order(at("qemu-script"), "rfc", "/no/such/folder");
	CU_ASSERT_EQUAL(run(at("dm"), guest), 126);
	CU_ASSERT_PTR_NOT_NULL(strstr(contents("words"), "igd-dm: cannot write qemu-args-libxl"));
	order(at("qemu-script"), "rfc", folder);
	CU_ASSERT_EQUAL(run(at("dm"), odd), 126);
	CU_ASSERT_EQUAL(strncmp(contents("words"), DM_POLICY_SAYS "rfc cannot be applied: ",
				strlen(DM_POLICY_SAYS "rfc cannot be applied: ")),
		0);
	/* What libxl built is on record all the same; QEMU never ran. */
	CU_ASSERT_PTR_NOT_NULL(strstr(contents(DM_LIBXL_ARGUMENTS), "\nq35\n"));
	CU_ASSERT_NOT_EQUAL(access(at("qemu"), F_OK), 0);
	unlink(at("dm.json"));
	CU_ASSERT_EQUAL(run(at("dm"), guest), 126);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(contents("words"), "igd-dm: cannot read the instructions in "));
	CU_ASSERT_EQUAL(run("igd-dm", guest), 126);
	CU_ASSERT_PTR_NOT_NULL(strstr(contents("words"), "igd-dm: only libxl starts this program"));
}

/* A QEMU that tells how it was called. */
static bool write_script(void)
{
	FILE *file = fopen(at("qemu-script"), "w");

	if (!file)
		return false;
	fprintf(file, "#!/bin/sh\nprintf '%%s\\n' \"$0\" \"$@\" >%s\nexit 7\n", at("qemu"));
	return fclose(file) == 0 && chmod(at("qemu-script"), 0755) == 0;
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a guest", a_guest },
		{ "a probe and a question pass", a_probe_and_a_question_pass },
		{ "what goes wrong", what_goes_wrong },
		CU_TEST_INFO_NULL,
	};
	int status;

	if (!getenv("IGD_DM") || !mkdtemp(folder) || !write_script())
		return 1;
	status = suite_main("dm-program", tests);
	return suite_remove(folder, status);
}

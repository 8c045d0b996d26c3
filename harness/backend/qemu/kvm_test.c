/* KVM is a file that opens here, and QEMU a shell script: a machine with KVM has no other word. */
#include "harness/backend/qemu/kvm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/suite.h"

static char folder[] = "/tmp/igd-kvm-test-XXXXXX";
static char program[64];
static sd_event *loop;

static void write_program(const char *line)
{
	FILE *file;

	snprintf(program, sizeof(program), "%s/qemu", folder);
	file = fopen(program, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fprintf(file, "#!/bin/sh\n%s\n", line);
	fclose(file);
	CU_ASSERT_EQUAL_FATAL(chmod(program, 0755), 0);
}

static int attempt(const char *device, const char *line, struct problem *why)
{
	write_program(line);
	return kvm_try(device, program, loop, why);
}

static void a_host_without_kvm_is_named(void)
{
	struct problem why = { "" };

	CU_ASSERT_EQUAL(attempt("/dev/null/kvm", "exit 33", &why), -ENOTDIR);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "no usable KVM: /dev/null/kvm: Not a directory"));
}

/* 33 is what QEMU's documentation of isa-debug-exit makes of the value 0x10. */
static void a_guest_that_ran_is_the_proof(void)
{
	struct problem why = { "" };

	CU_ASSERT_EQUAL(attempt("/dev/null", "exit 33", &why), 0);
}

static void a_qemu_that_fails_is_no_proof(void)
{
	struct problem why = { "" };

	CU_ASSERT_EQUAL(attempt("/dev/null", "exit 1", &why), -EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "exited with status 1; use --accel tcg"));
	CU_ASSERT_EQUAL(attempt("/dev/null", "exit 0", &why), -EIO);
}

/* The sector that QEMU is given boots: its last bytes are those of the BIOS Boot Specification. */
static void qemu_is_given_a_boot_sector(void)
{
	struct problem why = { "" };
	const char *line = "for word; do last=$word; done; file=${last#file=}; file=${file%%,*}\n"
			   "[ $(stat -c %s $file) = 512 ] && [ $(tail -c 2 $file | od -An -tx1 | "
			   "tr -d ' ') = 55aa ] && [ \"$6\" = pc,accel=kvm ] && exit 33";

	CU_ASSERT_EQUAL(attempt("/dev/null", line, &why), 0);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a host without KVM is named", a_host_without_kvm_is_named },
		{ "a guest that ran is the proof", a_guest_that_ran_is_the_proof },
		{ "a QEMU that fails is no proof", a_qemu_that_fails_is_no_proof },
		{ "QEMU is given a boot sector", qemu_is_given_a_boot_sector },
		CU_TEST_INFO_NULL,
	};
	int status;

	if (!mkdtemp(folder) || sd_event_default(&loop) < 0)
		return 1;
	status = suite_main("kvm", tests);
	sd_event_unref(loop);
	return suite_remove(folder, status);
}

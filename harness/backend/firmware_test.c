#include "harness/backend/firmware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/document.h"
#include "src/suite.h"

static char place[] = "/tmp/igd-firmware-XXXXXX";

static void put(const char *name, const char *text, mode_t mode)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", place, name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
	CU_ASSERT_EQUAL(chmod(path, mode), 0);
}

static const char *told(const json_t *firmware, const char *name, const char *key)
{
	return document_text(json_object_get(firmware, name), key);
}

/* sha256sum of "abc": FIPS 180-2, B.1. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void the_first_that_is_there_is_the_one(void)
{
	char first[256], other[256], none[256];
	const char *const places[] = { none, first, other, NULL };
	json_t *firmware = json_object();

	put("first", "abc", 0644);
	put("other", "xyz", 0644);
	snprintf(none, sizeof(none), "%s/none", place);
	snprintf(first, sizeof(first), "%s/../%s/first", place, place + strlen("/tmp/"));
	snprintf(other, sizeof(other), "%s/other", place);
	firmware_add(firmware, "hvmloader", places);
	CU_ASSERT_STRING_EQUAL(told(firmware, "hvmloader", "sha256"), ABC);
	CU_ASSERT_PTR_NULL(strstr(told(firmware, "hvmloader", "path"), ".."));
	firmware_add(firmware, "none", (const char *const[]){ none, NULL });
	CU_ASSERT(json_is_null(json_object_get(firmware, "none")));
	json_decref(firmware);
}

/* A QEMU that lists two folders, of which the second has the ROM. */
static void option_roms_are_where_qemu_looks(void)
{
	char script[512], program[256];
	json_t *firmware = json_object();

	snprintf(script, sizeof(script),
		"#!/bin/sh\n[ \"$*\" = '-L help' ] && printf '%%s\\n' /nonexistent %s\n", place);
	put("qemu", script, 0755);
	put("vgabios-stdvga.bin", "abc", 0644);
	snprintf(program, sizeof(program), "%s/qemu", place);
	firmware_add_qemu(firmware, program, false);
	CU_ASSERT_STRING_EQUAL(told(firmware, "vgabios-stdvga", "sha256"), ABC);
	CU_ASSERT(json_is_null(json_object_get(firmware, "vgabios-cirrus")));
	CU_ASSERT_PTR_NULL(json_object_get(firmware, "seabios"));
	firmware_add_qemu(firmware, "/nonexistent/qemu", true);
	CU_ASSERT(json_is_null(json_object_get(firmware, "vgabios-stdvga")));
	CU_ASSERT(json_is_null(json_object_get(firmware, "seabios")));
	json_decref(firmware);
}

static CU_TestInfo tests[] = {
	{ "the first that is there is the one", the_first_that_is_there_is_the_one },
	{ "option ROMs are where QEMU looks", option_roms_are_where_qemu_looks },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	static const char *const made[] = { "first", "other", "qemu", "vgabios-stdvga.bin" };
	char path[256];
	int status;

	if (!mkdtemp(place))
		return 1;
	status = suite_main("firmware", tests);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", place, made[i]);
		unlink(path);
	}
	rmdir(place);
	return status;
}

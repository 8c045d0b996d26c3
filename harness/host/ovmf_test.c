/*
 * The images are made of what Debian's have: 2020.11-2+deb11u3 the path and not the GUID,
 * 2022.11-6+deb12u2 the GUID 0xa2 bytes before its end, as `xxd` prints it, and no path.
 */
#include "harness/host/ovmf.h"

#include <string.h>

#include "src/suite.h"

#define TDX "\x35\x65\x7a\xe4\x4a\x98\x98\x47\x86\x5e\x46\x85\xa7\xbf\x8e\xc2"

#define PAGE 4096

static uint8_t image[3 * PAGE];

static void blank(void)
{
	memset(image, 0xff, sizeof(image));
	memset(image, 0, 16);
}

static void test_an_image_for_xen_is_an_elf_file(void)
{
	blank();
	memcpy(image,
		"\x7f"
		"ELF\x02\x01\x01",
		7);
	CU_ASSERT_EQUAL(ovmf_kind(image, sizeof(image)), OVMF_FOR_XEN);
	memcpy(image + sizeof(image) - 0xa2, TDX, 16);
	CU_ASSERT_EQUAL(ovmf_kind(image, sizeof(image)), OVMF_FOR_XEN);
}

static void test_an_image_of_after_xen_has_tdx_metadata(void)
{
	blank();
	memcpy(image + sizeof(image) - 0xa2, TDX, 16);
	CU_ASSERT_EQUAL(ovmf_kind(image, sizeof(image)), OVMF_NOT_FOR_XEN);
	/* The last place at which it can be, and one that is not in the reset vector. */
	blank();
	memcpy(image + sizeof(image) - 16, TDX, 16);
	CU_ASSERT_EQUAL(ovmf_kind(image, sizeof(image)), OVMF_NOT_FOR_XEN);
	blank();
	memcpy(image + PAGE, TDX, 16);
	CU_ASSERT_EQUAL(ovmf_kind(image, sizeof(image)), OVMF_UNKNOWN);
}

static void test_an_older_image_names_its_version(void)
{
	static const struct {
		const char *path;
		enum ovmf_kind kind;
	} known[] = {
		{ "/build/reproducible-path/edk2-2020.11/Build/OvmfX64/RELEASE_GCC5/X64/",
			OVMF_FOR_XEN },
		{ "/home/me/edk2-stable202105/Build/OvmfX64/", OVMF_FOR_XEN },
		{ "/home/me/edk2-stable202108/Build/OvmfX64/", OVMF_NOT_FOR_XEN },
		{ "/build/edk2-2021.11~rc1/Build/OvmfX64/", OVMF_NOT_FOR_XEN },
		{ "/build/edk2-master/Build/OvmfX64/RELEASE_GCC5/", OVMF_UNKNOWN },
		{ "/build/edk2-2020.13/Build/OvmfX64/RELEASE_GCC5/", OVMF_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		blank();
		memcpy(image + PAGE, known[i].path, strlen(known[i].path) + 1);
		CU_ASSERT_EQUAL(ovmf_kind(image, sizeof(image)), known[i].kind);
	}
	blank();
	memcpy(image + sizeof(image) - 12, "/edk2-2020.1", 12);
	CU_ASSERT_EQUAL(ovmf_kind(image, sizeof(image)), OVMF_UNKNOWN);
}

static void test_of_any_other_nothing_is_known(void)
{
	blank();
	CU_ASSERT_EQUAL(ovmf_kind(image, sizeof(image)), OVMF_UNKNOWN);
	for (size_t size = 0; size < 20; size++)
		CU_ASSERT_EQUAL(ovmf_kind(image, size), OVMF_UNKNOWN);
	CU_ASSERT_EQUAL(ovmf_kind((const uint8_t *)TDX, 15), OVMF_UNKNOWN);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "an image for Xen is an ELF file", test_an_image_for_xen_is_an_elf_file },
		{ "an image of after Xen has TDX metadata",
			test_an_image_of_after_xen_has_tdx_metadata },
		{ "an older image names its version", test_an_older_image_names_its_version },
		{ "of any other nothing is known", test_of_any_other_nothing_is_known },
		CU_TEST_INFO_NULL,
	};

	return suite_main("host ovmf", tests);
}

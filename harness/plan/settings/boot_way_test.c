/* Expected values: docs/use/matrix.md, `boot`. */
#include "harness/plan/settings/boot_way.h"

#include <errno.h>
#include <string.h>

#include "src/suite.h"

static const struct {
	const char *backend, *settings;
	bool disk;
	int r;
} cases[] = {
	{ "libxl", "{}", true, 0 },
	{ "libxl", "{\"bios\": \"seabios\"}", true, 0 },
	{ "libxl", "{\"bios\": \"ovmf\"}", false, 0 },
	{ "libxl", "{\"device_model_stubdomain_override\": true}", false, 0 },
	{ "libxl", "{\"device_model_stubdomain_override\": false}", true, 0 },
	{ "libxl", "{\"boot\": \"direct\"}", false, 0 },
	{ "libxl", "{\"boot\": \"disk\"}", true, 0 },
	{ "libxl", "{\"boot\": \"disk\", \"bios\": \"ovmf\"}", true, -EINVAL },
	{ "libxl", "{\"boot\": \"disk\", \"device_model_stubdomain_override\": true}", true,
		-EINVAL },
	{ "libxl", "{\"boot\": \"direct\", \"bios\": \"ovmf\"}", false, 0 },
	{ "qemu", "{}", true, 0 },
	{ "qemu", "{\"machine\": \"pc-i440fx-3.1\"}", true, 0 },
	{ "qemu", "{\"machine\": \"q35\"}", true, 0 },
	{ "qemu", "{\"machine\": \"microvm\"}", false, 0 },
	{ "qemu", "{\"machine\": \"microvm\", \"boot\": \"disk\"}", true, -EINVAL },
	{ "qemu", "{\"args\": [\"-device\", \"e1000\"]}", true, 0 },
	{ "qemu", "{\"args\": [\"-bios\", \"/o.fd\"]}", false, 0 },
	{ "qemu", "{\"args\": [\"-drive\", \"if=pflash,file=/o.fd\"]}", false, 0 },
	{ "qemu", "{\"args\": [\"-boot\", \"n\"], \"boot\": \"disk\"}", true, -EINVAL },
};

static void ways(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *settings = json_loads(cases[i].settings, 0, NULL);
		struct problem why = { "" };

		CU_ASSERT_PTR_NOT_NULL_FATAL(settings);
		CU_ASSERT_EQUAL(boot_way_is_disk(cases[i].backend, settings), cases[i].disk);
		CU_ASSERT_EQUAL(boot_way_check(cases[i].backend, settings, &why), cases[i].r);
		CU_ASSERT_EQUAL(cases[i].r < 0, strstr(why.text, "boot: direct") != NULL);
		json_decref(settings);
	}
}

int main(void)
{
	CU_TestInfo tests[] = { { "disk or direct", ways }, CU_TEST_INFO_NULL };

	return suite_main("boot-way", tests);
}

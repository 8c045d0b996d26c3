/* Expected names and words: xl.cfg(5) of Xen 4.17, harness/backend/libxl and harness/backend/qemu.
 */
#include "harness/plan/settings.h"

#include <errno.h>
#include <string.h>

#include "src/suite.h"

static int check(const char *backend, const char *name, const char *value, struct problem *why)
{
	json_t *json = json_loads(value, JSON_DECODE_ANY, NULL);
	int r;

	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	why->text[0] = 0;
	r = setting_check(backend, name, json, why);
	json_decref(json);
	return r;
}

static void good(void)
{
	static const char *const cases[][3] = {
		{ "libxl", "memory", "512" },
		{ "libxl", "memory", "16" },
		{ "libxl", "vcpus", "128" },
		{ "libxl", "xen_platform_pci", "false" },
		{ "libxl", "gfx_passthru", "\"igd\"" },
		{ "libxl", "gfx_passthru", "\"off\"" },
		{ "libxl", "gfx_passthru", "\"on\"" },
		{ "libxl", "vga", "\"none\"" },
		{ "libxl", "vga", "\"stdvga\"" },
		{ "libxl", "vga", "\"cirrus\"" },
		{ "libxl", "vga", "\"qxl\"" },
		{ "libxl", "videoram", "0" },
		{ "libxl", "hap", "true" },
		{ "libxl", "mmio_hole", "2048" },
		{ "libxl", "device_model_args_hvm", "[\"-device\", \"xen-platform\"]" },
		{ "libxl", "pci", "[\"00:02.0\"]" },
		{ "libxl", "pci", "[]" },
		{ "libxl", "nic", "\"none\"" },
		{ "libxl", "nic", "\"rtl8139\"" },
		{ "libxl", "policy", "\"igd-only-bare\"" },
		{ "libxl", "cmdline", "\"\"" },
		{ "qemu", "memory", "512" },
		{ "qemu", "vcpus", "1" },
		{ "qemu", "machine", "\"pc-i440fx-3.1\"" },
		{ "qemu", "vga", "\"std\"" },
		{ "qemu", "nic", "\"e1000\"" },
		{ "qemu", "args", "[\"-global\", \"VGA.edid=on\"]" },
		{ "qemu", "cmdline", "\"nomodeset\"" },
	};
	struct problem why;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(check(cases[i][0], cases[i][1], cases[i][2], &why), 0);
		CU_ASSERT_STRING_EQUAL(why.text, "");
	}
}

static void bad(void)
{
	static const char *const cases[][4] = {
		{ "libxl", "memory", "15", "a whole number from 16 to 1048576" },
		{ "libxl", "memory", "-1", "a whole number from 16" },
		{ "libxl", "memory", "\"512\"", "without quotes" },
		{ "libxl", "memory", "512.0", "a whole number" },
		{ "libxl", "vcpus", "0", "a whole number from 1 to 128" },
		{ "libxl", "vcpus", "129", "a whole number from 1 to 128" },
		{ "libxl", "mmio_hole", "255", "from 256 to 3840" },
		{ "libxl", "xen_platform_pci", "0", "true or false" },
		{ "libxl", "hap", "\"true\"", "true or false" },
		{ "libxl", "gfx_passthru", "true", "off, on, igd" },
		{ "libxl", "vga", "\"std\"", "one of none, stdvga, cirrus, qxl" },
		{ "libxl", "vga", "null", "one of none" },
		{ "libxl", "pci", "\"00:02.0\"", "a list of texts" },
		{ "libxl", "pci", "[2]", "a list of texts" },
		{ "libxl", "policy", "\"xenfv\"", "one of libxl, rfc, igd-only, igd-only-bare" },
		{ "libxl", "cmdline", "5", "a text" },
		{ "qemu", "vga", "\"stdvga\"", "one of none, std, cirrus" },
		{ "qemu", "machine", "[]", "a text" },
	};
	struct problem why;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(check(cases[i][0], cases[i][1], cases[i][2], &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i][0]));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i][1]));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i][3]));
	}
}

static void unknown(void)
{
	struct problem why;

	CU_ASSERT_EQUAL(check("libxl", "xen_platform_pic", "true", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "did you mean \"xen_platform_pci\"?"));
	/* Of the other back end only: not a hint, and not allowed. */
	CU_ASSERT_EQUAL(check("qemu", "xen_platform_pci", "true", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "plan --settings"));
	CU_ASSERT_EQUAL(check("libxl", "machine", "\"pc\"", &why), -EINVAL);
	CU_ASSERT_EQUAL(check("kvm", "memory", "512", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "it is libxl or qemu"));
}

static void table(void)
{
	for (const struct setting *setting = setting_table; setting->name; setting++) {
		CU_ASSERT_TRUE(setting->meaning && strlen(setting->meaning) > 10);
		CU_ASSERT_PTR_NULL(strchr(setting->meaning, '\n'));
		CU_ASSERT_EQUAL(setting->kind == SETTING_WORD, setting->words != NULL);
		CU_ASSERT_EQUAL(setting->kind == SETTING_WHOLE, setting->max > setting->min);
		for (const struct setting *other = setting_table; other != setting; other++)
			CU_ASSERT_FALSE(strcmp(other->name, setting->name) == 0 &&
					strcmp(other->backend, setting->backend) == 0);
	}
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "values that are allowed", good },
		{ "values that are not", bad },
		{ "unknown settings and back ends", unknown },
		{ "the table", table },
		CU_TEST_INFO_NULL,
	};

	return suite_main("settings", tests);
}

#include "harness/backend/passed_igd.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

static char root[] = "/tmp/igd-passed-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (char *at = path + sizeof(root); *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		mkdir(path, 0755);
		*at = '/';
	}
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void put_device(const char *address, const char *vendor, const char *class)
{
	char name[128];

	snprintf(name, sizeof(name), "sys/bus/pci/devices/%s/vendor", address);
	put(name, vendor);
	snprintf(name, sizeof(name), "sys/bus/pci/devices/%s/class", address);
	put(name, class);
}

static bool passes(const char *backend, const char *setting, const char *text)
{
	json_t *cell = json_pack("{s:{s:{s:[s, s]}}}", "settings", backend, setting, "-m", text);
	bool is = passed_igd(root, cell, backend);

	json_decref(cell);
	return is;
}

static void vendor_and_class_decide(void)
{
	put_device("0000:00:02.0", "0x8086\n", "0x030000\n");
	put_device("0000:00:03.0", "0x8086\n", "0x038000\n");
	put_device("0000:00:04.0", "0x8086\n", "0x020000\n");
	put_device("0000:01:00.0", "0x10de\n", "0x030000\n");
	CU_ASSERT(passes("libxl", "pci", "00:02.0"));
	CU_ASSERT(passes("libxl", "pci", "0000:00:02.0@02"));
	CU_ASSERT(passes("libxl", "pci", "00:03.0"));
	CU_ASSERT_FALSE(passes("libxl", "pci", "00:04.0"));
	CU_ASSERT_FALSE(passes("libxl", "pci", "01:00.0"));
	CU_ASSERT_FALSE(passes("libxl", "pci", "00:05.0"));
	CU_ASSERT_FALSE(passes("libxl", "pci", "banana"));
	CU_ASSERT_FALSE(passes("libxl", "device_model_args_hvm", "00:02.0"));
}

static void a_phantom_is_no_gpu(void)
{
	put("run/igd-phantom/active", "{}");
	CU_ASSERT_FALSE(passes("libxl", "pci", "00:02.0"));
	CU_ASSERT(passes("libxl", "pci", "00:03.0"));
}

static void devices_of_qemu_are_found_in_its_arguments(void)
{
	CU_ASSERT(passes("qemu", "args", "vfio-pci,host=0000:00:03.0,addr=02.0"));
	CU_ASSERT_FALSE(passes("qemu", "args", "vfio-pci,host=01:00.0"));
	CU_ASSERT(passes("qemu", "args", "{\"driver\":\"vfio-pci\",\"host\":\"0000:00:03.0\"}"));
	CU_ASSERT_FALSE(
		passes("qemu", "args", "{\"driver\":\"vfio-pci\",\"host\":\"0000:00:04.0\"}"));
	/* Neither says which device it is. */
	CU_ASSERT(passes("qemu", "args", "vfio-pci,sysfsdev=/sys/devices/x"));
	CU_ASSERT(passes("qemu", "args", "{\"driver\":\"vfio-user-pci\",\"socket\":{}}"));
	CU_ASSERT_FALSE(passes("qemu", "args", "VGA,vgamem_mb=16"));
	CU_ASSERT_FALSE(passes("qemu", "pci", "00:03.0"));
}

static CU_TestInfo tests[] = {
	{ "vendor and class decide", vendor_and_class_decide },
	{ "a phantom is no GPU", a_phantom_is_no_gpu },
	{ "devices of QEMU are found in its arguments",
		devices_of_qemu_are_found_in_its_arguments },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	if (!mkdtemp(root))
		return 1;
	return suite_remove(root, suite_main("passed-igd", tests));
}

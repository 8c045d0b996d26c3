/* The words and forms are xl.cfg(5)'s of Xen 4.17; strings: libxlu_cfg_l.l. */
#include "harness/plan/xl_config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plan/settings.h"
#include "src/suite.h"

static const struct xl_guest image = { "/g/vmlinuz", "/g/initrd", "quiet" };
static char *text;
static struct problem why;

static int write_cell(const char *settings, const struct xl_guest *guest)
{
	json_t *cell = json_pack("{s:s, s:{s:o}}", "name", "a-b", "settings", "libxl",
		json_loads(settings, JSON_DECODE_ANY, NULL));
	size_t length = 0;
	FILE *to;
	int r;

	CU_ASSERT_PTR_NOT_NULL_FATAL(cell);
	free(text);
	text = NULL;
	to = open_memstream(&text, &length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(to);
	why.text[0] = '\0';
	r = xl_config_write(cell, guest, to, &why);
	fclose(to);
	json_decref(cell);
	return r;
}

static void a_guest_without_settings(void)
{
	static const char *const lines[] = { "name = \"a-b\"\n", "type = \"hvm\"\n",
		"kernel = \"/g/vmlinuz\"\n", "ramdisk = \"/g/initrd\"\n", "cmdline = \"quiet\"\n",
		"serial = \"pty\"\n", "memory = 512\n", "vnc = 0\n", "on_reboot = \"destroy\"\n",
		"on_crash = \"destroy\"\n" };

	CU_ASSERT_EQUAL(write_cell("{\"boot\": \"direct\"}", &image), 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(text, lines[i]));
	CU_ASSERT_PTR_NULL(strstr(text, "\npci ="));
	CU_ASSERT_PTR_NULL(strstr(text, "\ndisk ="));
}

static void settings(void)
{
	static const char *const cases[][2] = {
		{ "{\"memory\": 1024}", "\nmemory = 1024\n" },
		{ "{\"xen_platform_pci\": false}", "\nxen_platform_pci = 0\n" },
		{ "{\"hap\": true}", "\nhap = 1\n" },
		{ "{\"vnc\": true}", "\nvnc = 1\n" },
		{ "{\"vga\": \"stdvga\"}", "\nvga = \"stdvga\"\n" },
		{ "{\"gfx_passthru\": \"off\"}", "\ngfx_passthru = 0\n" },
		{ "{\"gfx_passthru\": \"on\"}", "\ngfx_passthru = 1\n" },
		{ "{\"gfx_passthru\": \"igd\"}", "\ngfx_passthru = \"igd\"\n" },
		{ "{\"mmio_hole\": 2048}", "\nmmio_hole = 2048\n" },
		{ "{\"pci\": [\"00:02.0@02,permissive=1\", \"00:1f.3\"]}",
			"\npci = [ \"00:02.0@02,permissive=1\", \"00:1f.3\" ]\n" },
		{ "{\"ioports\": [\"3b0-3bb\"]}", "\nioports = [ \"3b0-3bb\" ]\n" },
		{ "{\"irqs\": [5, 16]}", "\nirqs = [ 5, 16 ]\n" },
		{ "{\"bios\": \"ovmf\", \"bios_path_override\": \"/o\"}",
			"\nbios = \"ovmf\"\nbios_path_override = \"/o\"\n" },
		{ "{\"rdm\": \"strategy=host\"}", "\nrdm = \"strategy=host\"\n" },
		{ "{\"device_model_args_hvm\": [\"-a\", \"b\\\"\\\\c\"]}",
			"\ndevice_model_args_hvm = [ \"-a\", \"b\\\"\\\\c\", \"-drive\"," },
		{ "{}", "\nkernel = \"/var/tmp/a-b.boot.start\"\n" },
		{ "{}", "#   igd-harness plan MATRIX --xl a-b --boot-disk /var/tmp/a-b.boot\n" },
		{ "{}", "[ \"-drive\", \"file=/var/tmp/a-b.boot,format=raw,if=ide,index=3,"
			"media=cdrom,readonly=on\" ]\n" },
		{ "{\"rombar\": false, \"device_model_args_hvm\": [\"-S\"]}",
			"[ \"-S\", \"-global\", \"xen-pci-passthrough.rombar=0\", \"-drive\"," },
		{ "{\"romfile\": \"/r\"}", "\"-global\", \"xen-pci-passthrough.romfile=/r\"" },
		{ "{\"boot\": \"direct\", \"cmdline\": \"a b\"}", "\ncmdline = \"quiet a b\"\n" },
		{ "{\"nic\": \"e1000\"}", "\nvif = [ \"type=ioemu,model=e1000\" ]\n" },
		{ "{\"disk\": 4}", "truncate -s 4M /var/tmp/a-b.raw\n" },
		{ "{\"disk\": 4}", "format=raw,vdev=hda,access=rw,backendtype=qdisk,target=/var/" },
		{ "{\"policy\": \"libxl\"}", "\nname = \"a-b\"\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(write_cell(cases[i][0], &image), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, cases[i][1]));
		if (!strstr(text, cases[i][1]))
			printf("\n  %s: %s\n", cases[i][0], text);
	}
	CU_ASSERT_EQUAL(write_cell("{\"nic\": \"none\", \"save\": \"live\"}", &image), 0);
	CU_ASSERT_PTR_NULL(strstr(text, "vif"));
	CU_ASSERT_PTR_NULL(strstr(text, "save ="));
	/* Each key once: xl refuses a second. */
	CU_ASSERT_EQUAL(write_cell("{\"vnc\": true, \"memory\": 64}", &image), 0);
	CU_ASSERT_PTR_NULL(strstr(strstr(text, "vnc =") + 1, "vnc ="));
	CU_ASSERT_PTR_NULL(strstr(strstr(text, "memory =") + 1, "memory ="));
}

static void an_image_with_a_root_and_drivers(void)
{
	struct xl_guest whole = image;

	whole.root = "/g/root";
	whole.igd = "/g/initrd.igd";
	CU_ASSERT_EQUAL(write_cell("{\"pci\": [\"00:02.0\"], \"disk\": 4,"
				   " \"boot\": \"direct\"}",
				&whole),
		0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "vdev=hdc,access=ro,devtype=cdrom,backendtype=qdisk,"
					    "target=/g/root\" ]\n"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, "#   cat /g/initrd /g/initrd.igd >/var/tmp/a-b.initrd"));
	CU_ASSERT_EQUAL(write_cell("{}", &whole), 0);
	CU_ASSERT_PTR_NULL(strstr(text, "initrd.igd"));
}

static void what_xl_has_no_words_for(void)
{
	CU_ASSERT_EQUAL(write_cell("{\"policy\": \"rfc\"}", &image), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "policy rfc"));
	CU_ASSERT_EQUAL(write_cell("{\"device_model\": \"q\"}", &image), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "device_model_override"));
	CU_ASSERT_EQUAL(write_cell("{\"domain_config\": {}}", &image), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "domain_config"));
	CU_ASSERT_EQUAL(write_cell("null", &image), -EINVAL);
	CU_ASSERT_STRING_EQUAL(text, "");
}

/* A row of the table that this file forgot would be lost in silence. */
static void every_setting_is_in_the_file(void)
{
	static const char *const elsewhere[] = { "policy", "device_model", "save", "again",
		"hotplug", "domain_config" };

	for (const struct setting *setting = setting_table; setting->name; setting++) {
		char one[256], *without;
		bool known = strcmp(setting->backend, "libxl") != 0;

		for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
			known = known || strcmp(setting->name, elsewhere[i]) == 0;
		if (known)
			continue;
		CU_ASSERT_EQUAL(write_cell("{}", &image), 0);
		without = strdup(text);
		snprintf(one, sizeof(one), "{\"%s\": %s}", setting->name, setting->example);
		CU_ASSERT_EQUAL(write_cell(one, &image), 0);
		if (strcmp(setting->name, "memory") != 0)
			CU_ASSERT_STRING_NOT_EQUAL(text, without);
		free(without);
	}
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a guest without settings", a_guest_without_settings },
		{ "settings", settings },
		{ "an image with a root and drivers", an_image_with_a_root_and_drivers },
		{ "what xl has no words for", what_xl_has_no_words_for },
		{ "every setting is in the file", every_setting_is_in_the_file },
		CU_TEST_INFO_NULL,
	};
	int status = suite_main("xl-config", tests);

	free(text);
	return status;
}

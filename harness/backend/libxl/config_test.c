/* The settings of a cell in libxl's own structures; no Xen is needed to fill them. */
#include <CUnit/CUnit.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/libxl/config.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/plan/settings.h"
#include "src/suite.h"

static libxl_domain_config config;
static struct problem why;

static struct guest_image image = { "/g/linux/vmlinuz", "/g/linux/initrd",
	"console=ttyS0 quiet panic=1", .disk_fd = -1, .boot_fd = -1 };

/* Fills `config` from settings written as JSON; what was there is disposed of. */
static int fill(const char *json)
{
	char text[1024];
	json_t *cell;
	int r;

	snprintf(text, sizeof(text), "{\"name\": \"x\", \"settings\": {\"libxl\": %s}}", json);
	cell = json_loads(text, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(cell);
	libxl_domain_config_dispose(&config);
	libxl_domain_config_init(&config);
	why.text[0] = '\0';
	r = config_fill(&config, "igd-x-1", &image, "/opt/qemu", cell, &why);
	json_decref(cell);
	return r;
}

static void test_base(void)
{
	libxl_uuid first;

	CU_ASSERT_EQUAL(fill("{}"), 0);
	CU_ASSERT_EQUAL(config.c_info.type, LIBXL_DOMAIN_TYPE_HVM);
	CU_ASSERT_STRING_EQUAL(config.c_info.name, "igd-x-1");
	CU_ASSERT_EQUAL(config.b_info.type, LIBXL_DOMAIN_TYPE_HVM);
	CU_ASSERT_EQUAL(config.b_info.device_model_version, LIBXL_DEVICE_MODEL_VERSION_QEMU_XEN);
	CU_ASSERT_STRING_EQUAL(config.b_info.device_model, "/opt/qemu");
	CU_ASSERT_STRING_EQUAL(config.b_info.kernel, image.kernel);
	CU_ASSERT_STRING_EQUAL(config.b_info.ramdisk, image.initrd);
	CU_ASSERT_STRING_EQUAL(config.b_info.cmdline, image.cmdline);
	CU_ASSERT_STRING_EQUAL(config.b_info.u.hvm.serial, "pty");
	CU_ASSERT_FALSE(libxl_defbool_val(config.b_info.u.hvm.vnc.enable));
	CU_ASSERT_EQUAL(config.b_info.max_memkb, 512 * 1024);
	CU_ASSERT_EQUAL(config.on_poweroff, LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
	CU_ASSERT_EQUAL(config.on_reboot, LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
	CU_ASSERT_EQUAL(config.on_crash, LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
	CU_ASSERT_EQUAL(config.on_watchdog, LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
	CU_ASSERT_EQUAL(config.on_soft_reset, LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
	/* What a cell does not say is libxl's choice, not ours. */
	CU_ASSERT_TRUE(libxl_defbool_is_default(config.b_info.u.hvm.xen_platform_pci));
	CU_ASSERT_TRUE(libxl_defbool_is_default(config.b_info.u.hvm.gfx_passthru));
	CU_ASSERT_TRUE(libxl_defbool_is_default(config.c_info.hap));
	CU_ASSERT_EQUAL(config.b_info.u.hvm.vga.kind, 0);
	CU_ASSERT_EQUAL(config.num_pcidevs, 0);
	/* No two guests have the same UUID: leftovers are found by it. */
	first = config.c_info.uuid;
	CU_ASSERT_EQUAL(fill("{}"), 0);
	CU_ASSERT_NOT_EQUAL(libxl_uuid_compare(&first, &config.c_info.uuid), 0);
	/* And each says whose it is, which no other's does. */
	CU_ASSERT_EQUAL(config_uuid_pid(&first), getpid());
	libxl_uuid_clear(&first);
	CU_ASSERT_EQUAL(config_uuid_pid(&first), 0);
}

static void test_machine(void)
{
	CU_ASSERT_EQUAL(fill("{\"xen_platform_pci\": false, \"hap\": true, \"memory\": 1024,"
			     " \"mmio_hole\": 2048, \"videoram\": 32}"),
		0);
	CU_ASSERT_FALSE(libxl_defbool_val(config.b_info.u.hvm.xen_platform_pci));
	CU_ASSERT_TRUE(libxl_defbool_val(config.c_info.hap));
	CU_ASSERT_EQUAL(config.b_info.max_memkb, 1024 * 1024);
	CU_ASSERT_EQUAL(config.b_info.target_memkb, 1024 * 1024);
	CU_ASSERT_EQUAL(config.b_info.u.hvm.mmio_hole_memkb, 2048 * 1024);
	CU_ASSERT_EQUAL(config.b_info.video_memkb, 32 * 1024);

	CU_ASSERT_EQUAL(fill("{\"vcpus\": 9}"), 0);
	CU_ASSERT_EQUAL(config.b_info.max_vcpus, 9);
	CU_ASSERT_EQUAL(libxl_bitmap_count_set(&config.b_info.avail_vcpus), 9);
	CU_ASSERT_TRUE(libxl_bitmap_test(&config.b_info.avail_vcpus, 8));
	CU_ASSERT_FALSE(libxl_bitmap_test(&config.b_info.avail_vcpus, 9));
}

static void test_display(void)
{
	static const struct {
		const char *settings;
		libxl_vga_interface_type kind;
	} kinds[] = {
		{ "{\"vga\": \"none\"}", LIBXL_VGA_INTERFACE_TYPE_NONE },
		{ "{\"vga\": \"stdvga\"}", LIBXL_VGA_INTERFACE_TYPE_STD },
		{ "{\"vga\": \"cirrus\"}", LIBXL_VGA_INTERFACE_TYPE_CIRRUS },
		{ "{\"vga\": \"qxl\"}", LIBXL_VGA_INTERFACE_TYPE_QXL },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		CU_ASSERT_EQUAL(fill(kinds[i].settings), 0);
		CU_ASSERT_EQUAL(config.b_info.u.hvm.vga.kind, kinds[i].kind);
	}
	CU_ASSERT_EQUAL(fill("{\"gfx_passthru\": \"off\"}"), 0);
	CU_ASSERT_FALSE(libxl_defbool_val(config.b_info.u.hvm.gfx_passthru));
	/* "on" leaves the kind to libxl, which looks at the devices. */
	CU_ASSERT_EQUAL(fill("{\"gfx_passthru\": \"on\", \"pci\": [\"00:02.0\"]}"), 0);
	CU_ASSERT_TRUE(libxl_defbool_val(config.b_info.u.hvm.gfx_passthru));
	CU_ASSERT_EQUAL(config.b_info.u.hvm.gfx_passthru_kind, LIBXL_GFX_PASSTHRU_KIND_DEFAULT);
	CU_ASSERT_EQUAL(fill("{\"gfx_passthru\": \"igd\"}"), 0);
	CU_ASSERT_TRUE(libxl_defbool_val(config.b_info.u.hvm.gfx_passthru));
	CU_ASSERT_EQUAL(config.b_info.u.hvm.gfx_passthru_kind, LIBXL_GFX_PASSTHRU_KIND_IGD);
}

static void test_texts(void)
{
	CU_ASSERT_EQUAL(fill("{\"device_model_args_hvm\": [\"-device\", \"xen-platform\"]}"), 0);
	CU_ASSERT_STRING_EQUAL(config.b_info.extra_hvm[0], "-device");
	CU_ASSERT_STRING_EQUAL(config.b_info.extra_hvm[1], "xen-platform");
	CU_ASSERT_PTR_NULL(config.b_info.extra_hvm[2]);
	/* Not libxl's: what it is told to start is for the guest to say. */
	CU_ASSERT_EQUAL(fill("{\"policy\": \"rfc\"}"), 0);
	CU_ASSERT_STRING_EQUAL(config.b_info.device_model, "/opt/qemu");
}

static void test_pci(void)
{
	CU_ASSERT_EQUAL(fill("{\"pci\": [\"00:02.0@02\", \"0001:03:1f.7\", \"00:14.0@1F\"]}"), 0);
	CU_ASSERT_EQUAL_FATAL(config.num_pcidevs, 3);
	CU_ASSERT_EQUAL(config.pcidevs[0].domain, 0);
	CU_ASSERT_EQUAL(config.pcidevs[0].dev, 2);
	CU_ASSERT_EQUAL(config.pcidevs[0].func, 0);
	CU_ASSERT_EQUAL(config.pcidevs[0].vdevfn, 0x10);
	CU_ASSERT_EQUAL(config.pcidevs[1].domain, 1);
	CU_ASSERT_EQUAL(config.pcidevs[1].bus, 3);
	CU_ASSERT_EQUAL(config.pcidevs[1].dev, 0x1f);
	CU_ASSERT_EQUAL(config.pcidevs[1].func, 7);
	/* 0: libxl lets QEMU choose the slot. */
	CU_ASSERT_EQUAL(config.pcidevs[1].vdevfn, 0);
	CU_ASSERT_EQUAL(config.pcidevs[2].vdevfn, 0x1f << 3);
}

static void test_nic(void)
{
	CU_ASSERT_EQUAL(fill("{\"nic\": \"none\"}"), 0);
	CU_ASSERT_EQUAL(config.num_nics, 0);
	CU_ASSERT_EQUAL(fill("{\"nic\": \"e1000\"}"), 0);
	CU_ASSERT_EQUAL_FATAL(config.num_nics, 1);
	CU_ASSERT_STRING_EQUAL(config.nics[0].model, "e1000");
	CU_ASSERT_EQUAL(config.nics[0].nictype, LIBXL_NIC_TYPE_VIF_IOEMU);
	/* -1, as libxl_device_nic_init() leaves it, is for libxl_device_nic_add() to choose. */
	CU_ASSERT_EQUAL(config.nics[0].devid, 0);
	CU_ASSERT_EQUAL(fill("{\"nic\": \"rtl8139\"}"), 0);
	CU_ASSERT_STRING_EQUAL(config.nics[0].model, "rtl8139");
}

/* The root file system of a guest that has one is a CD, beside the disk of the cell. */
static void test_root(void)
{
	image.root = "/g/lightdm/root";
	CU_ASSERT_EQUAL(fill("{}"), 0);
	CU_ASSERT_EQUAL_FATAL(config.num_disks, 1);
	CU_ASSERT_STRING_EQUAL(config.disks[0].vdev, "hdc");
	CU_ASSERT_STRING_EQUAL(config.disks[0].pdev_path, image.root);
	CU_ASSERT_EQUAL(config.disks[0].is_cdrom, 1);
	CU_ASSERT_EQUAL(config.disks[0].readwrite, 0);
	image.disk_fd = 7;
	CU_ASSERT_EQUAL(fill("{\"disk\": 4}"), 0);
	CU_ASSERT_EQUAL_FATAL(config.num_disks, 2);
	CU_ASSERT_STRING_EQUAL(config.disks[0].vdev, "hda");
	CU_ASSERT_EQUAL(config.disks[0].is_cdrom, 0);
	CU_ASSERT_EQUAL(config.disks[0].readwrite, 1);
	CU_ASSERT_STRING_EQUAL(config.disks[1].vdev, "hdc");
	image.root = NULL;
	image.disk_fd = -1;
}

/* What stands at the path in libxl's own JSON of `config`; null if nothing does. A new reference.
 */
static json_t *in_libxl(const char *path)
{
	char *text = libxl_domain_config_to_json(NULL, &config), keys[128], *key, *rest = NULL;
	json_t *all = json_loads(text ? text : "", 0, NULL), *at = all;

	CU_ASSERT_PTR_NOT_NULL_FATAL(all);
	snprintf(keys, sizeof(keys), "%s", path);
	for (key = strtok_r(keys, "/", &rest); key; key = strtok_r(NULL, "/", &rest))
		at = json_object_get(at, key);
	at = at ? json_incref(at) : json_null();
	json_decref(all);
	free(text);
	return at;
}

/*
 * Each setting and the field that xl_parse.c of Xen 4.17 (or of the release that has it first) puts
 * it into, as libxl_types.idl has it.
 */
static const struct {
	const char *name, *value, *field;
} fields[] = {
	{ "memory", "1024", "1048576" },
	{ "maxmem", "2048", "2097152" },
	{ "vcpus", "4", "4" },
	{ "xen_platform_pci", "false", "\"False\"" },
	{ "gfx_passthru", "\"igd\"", "\"True\"" },
	{ "vga", "\"stdvga\"", "\"std\"" },
	{ "videoram", "32", "32768" },
	{ "hap", "false", "\"False\"" },
	{ "mmio_hole", "2048", "2097152" },
	{ "device_model_args_hvm", "[\"-S\", \"-s\"]", "[\"-S\", \"-s\"]" },
	{ "pci", "[\"00:02.0@02,permissive=1,power_mgmt=1,rdm_policy=relaxed\"]",
		"[{\"dev\": 2, \"vdevfn\": 16, \"vfunc_mask\": 1, \"permissive\": true,"
		" \"power_mgmt\": true, \"rdm_policy\": \"relaxed\"}]" },
	{ "pci", "[\"0000:00:1f.3@1f.3,seize=1,msitranslate=1,permissive=0\"]",
		"[{\"func\": 3, \"dev\": 31, \"vdevfn\": 248, \"vfunc_mask\": 8, \"seize\": true,"
		" \"msitranslate\": true}]" },
	{ "pci", "[\"00:02.0\", \"0001:03:00.1\"]",
		"[{\"dev\": 2, \"vfunc_mask\": 1},"
		" {\"func\": 1, \"bus\": 3, \"domain\": 1, \"vfunc_mask\": 1}]" },
	{ "bios", "\"ovmf\"", "\"ovmf\"" },
	{ "bios", "\"seabios\"", "\"seabios\"" },
	{ "bios_path_override", "\"/o.fd\"", "\"/o.fd\"" },
	{ "acpi", "false", "\"False\"" },
	{ "viridian", "true", "\"True\"" },
	{ "usb", "true", "\"True\"" },
	{ "vnc", "true", "\"True\"" },
	{ "nestedhvm", "true", "\"True\"" },
	{ "rdm", "\"strategy=host,policy=relaxed\"",
		"{\"strategy\": \"host\", \"policy\": \"relaxed\"}" },
	{ "passthrough", "\"sync_pt\"", "\"sync_pt\"" },
	{ "ioports", "[\"3b0-3bb\", \"3c0\"]",
		"[{\"first\": 944, \"number\": 12}, {\"first\": 960, \"number\": 1}]" },
	{ "iomem", "[\"a0,20\", \"f0000,1@b0\"]",
		"[{\"start\": 160, \"number\": 32},"
		" {\"start\": 983040, \"number\": 1, \"gfn\": 176}]" },
	{ "irqs", "[5, 16]", "[5, 16]" },
	{ "rombar", "false", "[\"-global\", \"xen-pci-passthrough.rombar=0\"]" },
	{ "rombar", "true", "[\"-global\", \"xen-pci-passthrough.rombar=1\"]" },
	{ "romfile", "\"/o.rom\"", "[\"-global\", \"xen-pci-passthrough.romfile=/o.rom\"]" },
	{ "dm_restrict", "true", "\"True\"" },
	{ "device_model_stubdomain_override", "true", "\"True\"" },
	{ "stubdomain_kernel", "\"/k\"", "\"/k\"" },
	{ "stubdomain_ramdisk", "\"/r\"", "\"/r\"" },
#ifdef LIBXL_HAVE_HVM_PIRQ
	{ "hvm_pirq", "true", "\"True\"" },
#endif
#ifdef LIBXL_HAVE_XEN_PLATFORM_PCI_BAR_UC
	{ "xen_platform_pci_bar_uc", "false", "\"False\"" },
#endif
};

static void test_fields(void)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct setting *setting = setting_find("libxl", fields[i].name);
		json_t *wanted = json_loads(fields[i].field, JSON_DECODE_ANY, NULL), *found;
		char settings[256];

		CU_ASSERT_PTR_NOT_NULL_FATAL(setting);
		CU_ASSERT_PTR_NOT_NULL_FATAL(wanted);
		snprintf(settings, sizeof(settings), "{\"%s\": %s}", fields[i].name,
			fields[i].value);
		CU_ASSERT_EQUAL(fill(settings), 0);
		CU_ASSERT_STRING_EQUAL(why.text, "");
		found = in_libxl(setting->path);
		CU_ASSERT_TRUE(json_equal(found, wanted));
		if (!json_equal(found, wanted)) {
			printf("\n  %s: wanted %s, found ", settings, fields[i].field);
			json_dumpf(found, stdout, JSON_ENCODE_ANY);
		}
		json_decref(found);
		json_decref(wanted);
	}
}

/* Rows of the table that test_fields() does not have; each has a test of its own, or no field. */
static void test_every_field(void)
{
	static const char *const others[] = { "nic", "disk", "device_model", "policy", "save",
		"again", "hotplug", "domain_config", "boot", "cmdline",
#ifndef LIBXL_HAVE_HVM_PIRQ
		"hvm_pirq",
#endif
#ifndef LIBXL_HAVE_XEN_PLATFORM_PCI_BAR_UC
		"xen_platform_pci_bar_uc",
#endif
		NULL };

	for (const struct setting *setting = setting_table; setting->name; setting++) {
		bool seen = strcmp(setting->backend, "libxl") != 0;

		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
			seen = seen || strcmp(fields[i].name, setting->name) == 0;
		for (size_t i = 0; others[i]; i++)
			seen = seen || strcmp(others[i], setting->name) == 0;
		CU_ASSERT_TRUE(seen);
		if (!seen)
			printf("\n  %s\n", setting->name);
	}
}

/* A setting that came with a later Xen is the host's lack, not the cell's fault. */
static void test_newer(void)
{
#ifndef LIBXL_HAVE_HVM_PIRQ
	CU_ASSERT_EQUAL(fill("{\"hvm_pirq\": true}"), -ENOTSUP);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "has no hvm_pirq: Xen 4.19"));
#endif
#ifndef LIBXL_HAVE_XEN_PLATFORM_PCI_BAR_UC
	CU_ASSERT_EQUAL(fill("{\"xen_platform_pci_bar_uc\": true}"), -ENOTSUP);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "Xen 4.21"));
#endif
	CU_ASSERT_EQUAL(fill("{\"memory\": 512}"), 0);
}

/* Settings that meet in one field, in whatever order the plan has them. */
static void test_order(void)
{
	CU_ASSERT_EQUAL(fill("{\"maxmem\": 1024, \"memory\": 256}"), 0);
	CU_ASSERT_EQUAL(config.b_info.max_memkb, 1024 * 1024);
	CU_ASSERT_EQUAL(config.b_info.target_memkb, 256 * 1024);
	CU_ASSERT_EQUAL(fill("{\"rombar\": false, \"device_model_args_hvm\": [\"-S\"]}"), 0);
	CU_ASSERT_EQUAL_FATAL(libxl_string_list_length(&config.b_info.extra_hvm), 3);
	CU_ASSERT_STRING_EQUAL(config.b_info.extra_hvm[0], "-S");
	CU_ASSERT_EQUAL(fill("{\"rdm\": \"policy=relaxed\", \"pci\":"
			     " [\"00:02.0\", \"00:03.0,rdm_policy=strict\"]}"),
		0);
	CU_ASSERT_EQUAL_FATAL(config.num_pcidevs, 2);
	CU_ASSERT_EQUAL(config.pcidevs[0].rdm_policy, LIBXL_RDM_RESERVE_POLICY_RELAXED);
	CU_ASSERT_EQUAL(config.pcidevs[1].rdm_policy, LIBXL_RDM_RESERVE_POLICY_STRICT);
}

static void test_refused(void)
{
	static const char *const wrong[] = {
		"{\"memory\": \"512\"}",
		"{\"memory\": 0}",
		"{\"memory\": 9223372036854775807}",
		"{\"vcpus\": 129}",
		"{\"vcpus\": -1}",
		"{\"xen_platform_pci\": 1}",
		"{\"vga\": \"std\"}",
		"{\"vga\": 3}",
		"{\"gfx_passthru\": true}",
		"{\"mmio_hole\": 255}",
		"{\"mmio_hole\": 3841}",
		"{\"device_model_args_hvm\": \"-device xen-platform\"}",
		"{\"device_model_args_hvm\": [\"-device\", 1]}",
		"{\"pci\": \"00:02.0\"}",
		"{\"pci\": [\"00:02.0@\"]}",
		"{\"pci\": [\"00:02.0@20\"]}",
		"{\"pci\": [\"00:02.0@-1\"]}",
		"{\"pci\": [\"00:02.0@2\"]}",
		"{\"pci\": [\"00:20.0\"]}",
		"{\"pci\": [\"0000000000000:00:02.0\"]}",
		"{\"pci\": [2]}",
		"{\"nic\": true}",
		"{\"nic\": \"virtio\"}",
		"{\"cmdline\": 1}",
		"{\"policy\": \"rfx\"}",
		"{\"policy\": true}",
		"{\"nosuch\": 1}",
		"{\"videoram\": 8, \"vga\": \"stdvga\"}",
		"{\"rdm\": \"strategy=none\"}",
		"{\"ioports\": [\"3b0-\"]}",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CU_ASSERT_EQUAL(fill(wrong[i]), -EINVAL);
		CU_ASSERT_NOT_EQUAL(why.text[0], '\0');
	}
	CU_ASSERT_EQUAL(fill("null"), -ENOTSUP);
}

/* harness/plan/settings/table.c promises what this back end must keep. */
static void test_table(void)
{
	unsigned int seen = 0;

	for (const struct setting *setting = setting_table; setting->name; setting++) {
		if (strcmp(setting->backend, "libxl") != 0)
			continue;
		seen++;
		CU_ASSERT_TRUE(config_knows(setting->name));
	}
	CU_ASSERT_TRUE(seen > 0);
	CU_ASSERT_FALSE(config_knows("nosuch"));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "what every guest has", test_base },
		{ "machine", test_machine },
		{ "display", test_display },
		{ "texts", test_texts },
		{ "pci devices", test_pci },
		{ "nic", test_nic },
		{ "the root file system", test_root },
		{ "the field of each setting", test_fields },
		{ "every setting has a field here, or a test of its own", test_every_field },
		{ "settings of a newer libxl", test_newer },
		{ "settings that meet in one field", test_order },
		{ "what is refused", test_refused },
		{ "settings.c and this back end agree", test_table },
		CU_TEST_INFO_NULL,
	};
	int status;

	libxl_domain_config_init(&config);
	status = suite_main("xen-config", tests);
	libxl_domain_config_dispose(&config);
	return status;
}

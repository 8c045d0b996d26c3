/* Expected names and words: xl.cfg(5) of Xen 4.17, harness/backend/libxl and harness/backend/qemu.
 */
#include "harness/plan/settings.h"

#include <errno.h>
#include <string.h>

#include "harness/base/suggest.h"
#include "src/suite.h"

static int check(const char *backend, const char *name, const char *value, struct problem *why)
{
	json_t *json = json_loads(value, JSON_DECODE_ANY, NULL);
	int r;

	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	why->text[0] = 0;
	r = setting_check(backend, name, json, NULL, why);
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
		{ "libxl", "domain_config", "{}" },
		{ "libxl", "domain_config", "{\"b_info\": {\"type.hvm\": {\"hpet\": false}}}" },
		{ "libxl", "domain_config",
			"{\"b_info\": {\"types\": 1, \"event_channels\": null}}" },
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
		{ "libxl", "domain_config", "[]", "is a mapping" },
		{ "libxl", "domain_config", "{\"c_info\": {\"name\": \"x\"}}",
			"c_info/name is chosen by the harness" },
		{ "libxl", "domain_config", "{\"c_info\": null}", "c_info is chosen by" },
		{ "libxl", "domain_config", "{\"on_reboot\": \"restart\"}", "by the harness" },
		{ "libxl", "domain_config", "{\"b_info\": {\"acpi\": true}}",
			"b_info/acpi is chosen by the setting acpi" },
		{ "libxl", "domain_config", "{\"pcidevs\": [{\"dev\": 2}]}", "the setting pci" },
		{ "libxl", "domain_config",
			"{\"b_info\": {\"type.hvm\": {\"vga\": {\"kind\": \"std\"}}}}",
			"the setting vga" },
		{ "libxl", "domain_config", "{\"b_info\": {\"type.hvm\": {\"vga\": null}}}",
			"the setting vga" },
		{ "libxl", "domain_config",
			"{\"b_info\": {\"type.hvm\": {\"serial_list\": [\"pty\"]}}}",
			"by the harness" },
		{ "libxl", "domain_config", "{\"b_info\": {\"kernel\": \"/k\"}}", "guest's image" },
		{ "libxl", "domain_config", "{\"channels\": []}", "write null" },
		{ "libxl", "domain_config", "{\"a/b\": 1}", "is not a key of" },
		{ "libxl", "domain_config", "{\"\": 1}", "is not a key of" },
		{ "libxl", "bios", "\"rombios\"", "one of seabios, ovmf" },
		{ "libxl", "bios_path_override", "\"OVMF.fd\"", "not an absolute path" },
		{ "libxl", "romfile", "\"/a,b\"", "has a comma" },
		{ "libxl", "ioports", "[\"3bb-3b0\"]", "not a range of I/O ports" },
		{ "libxl", "ioports", "[\"0x3b0\"]", "without 0x" },
		{ "libxl", "ioports", "[\"10000\"]", "from 0 to ffff" },
		{ "libxl", "ioports", "[\"3b0 - 3bb\"]", "not a range of I/O ports" },
		{ "libxl", "iomem", "[\"a0\"]", "not a range of memory" },
		{ "libxl", "iomem", "[\"a0,0\"]", "not a range of memory" },
		{ "libxl", "iomem", "[\"a0,20@\"]", "not a range of memory" },
		{ "libxl", "iomem", "[\"fffffffffffffffff,1\"]", "not a range of memory" },
		{ "libxl", "iomem", "[\"ffffffffff,2\"]", "not a range of memory" },
		{ "libxl", "irqs", "[\"16\"]", "whole numbers from 0 to 65535" },
		{ "libxl", "irqs", "[-1]", "whole numbers from 0 to 65535" },
		{ "libxl", "rdm", "\"relaxed\"", "is not a rule for reserved regions" },
		{ "libxl", "rdm", "\"policy=relaxed,\"", "is not a rule for reserved regions" },
		{ "libxl", "rdm", "\"policy=strict,policy=strict\"",
			"is not a rule for reserved regions" },
		{ "libxl", "rdm", "\"strategy=none\"", "is not a rule for reserved regions" },
		{ "libxl", "rdm", "\"policy,strategy=host\"",
			"is not a rule for reserved regions" },
		{ "libxl", "passthrough", "\"default\"", "one of disabled, enabled, sync_pt" },
		{ "libxl", "cmdline", "\"a\\nb\"", "a control character" },
		{ "libxl", "pci", "[\"banana\"]", "\"banana\" is not a PCI address" },
		{ "libxl", "pci", "[\"00:02.0@00\"]", "slot 00" },
		{ "libxl", "pci", "[\"00:02.0\", \"0000:00:02.0@03\"]", "the same device" },
		{ "libxl", "pci", "[\"00:02.0@02\", \"00:1f.3@02\"]",
			"the same slot and function" },
		{ "libxl", "device_model", "\"\"", "is empty" },
		{ "libxl", "device_model", "\"/usr/bin/qemu\"", "not a NAME of" },
		{ "libxl", "device_model_args_hvm", "[\"\"]", "is empty" },
		{ "libxl", "device_model_args_hvm", "[\"-a\", 1]", "a list of texts" },
		{ "qemu", "args", "[\"\\u0007\"]", "a control character" },
		{ "qemu", "machine", "\"pc kvm\"", "not a machine type" },
		{ "qemu", "machine", "\"-S\"", "not a machine type" },
		{ "qemu", "vga", "\"stdvga\"", "one of none, std, cirrus" },
		{ "qemu", "machine", "[]", "a text" },
	};
	struct problem why;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(check(cases[i][0], cases[i][1], cases[i][2], &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i][0]));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i][1]));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i][3]));
		if (!strstr(why.text, cases[i][3]))
			printf("\n  wanted %s, got %s\n", cases[i][3], why.text);
	}
}

/*
 * Values of every row that have the wrong kind or are one step beyond its bounds, and the row's own
 * example, which is right.
 */
static void every_row(void)
{
	static const char *const wrong[] = { "null", "1.5", "{}", "{\"a\": 1}", "[[]]", "[null]",
		"[\"\"]", "[\"a\\u0001b\"]", "\"a\\tb\"" };
	struct problem why;

	for (const struct setting *setting = setting_table; setting->name; setting++) {
		CU_ASSERT_EQUAL(check(setting->backend, setting->name, setting->example, &why), 0);
		CU_ASSERT_STRING_EQUAL(why.text, "");
		for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
			if (setting->kind == SETTING_TREE && wrong[i][0] == '{')
				continue; /* libxl knows its keys */
			CU_ASSERT_EQUAL(
				check(setting->backend, setting->name, wrong[i], &why), -EINVAL);
			CU_ASSERT_PTR_NOT_NULL(strstr(why.text, setting->name));
		}
	}
}

static void beyond_the_bounds(void)
{
	struct problem why;

	for (const struct setting *setting = setting_table; setting->name; setting++) {
		json_t *values[2] = { json_array(), json_array() };
		size_t item;

		for (long i = 0; i <= setting->max && setting->kind == SETTING_TEXTS; i++)
			json_array_append_new(values[0], json_sprintf("%02lx:01.0", i));
		for (long i = 0; i <= SETTING_TEXTS_BYTES / SETTING_TEXT_MAX; i++)
			json_array_append_new(
				values[1], json_sprintf("%*s", SETTING_TEXT_MAX, "x"));
		if (setting->kind == SETTING_WHOLE || setting->kind == SETTING_WHOLES) {
			json_decref(values[0]);
			json_decref(values[1]);
			values[0] = json_integer(setting->max + 1);
			values[1] = json_integer(setting->min - 1);
		} else if (setting->kind == SETTING_TEXT) {
			json_decref(values[0]);
			values[0] = json_sprintf("/%*s", (int)setting->max, "x");
		}
		for (int i = 0; i < 2; i++) {
			why.text[0] = 0;
			CU_ASSERT_EQUAL(setting_check(setting->backend, setting->name, values[i],
						&item, &why),
				-EINVAL);
			CU_ASSERT_PTR_NOT_NULL(strstr(why.text, setting->name));
			json_decref(values[i]);
		}
	}
}

/* Where an item of a list is wrong, the caller is told which. */
static void the_item_at_fault(void)
{
	static const struct {
		const char *value;
		size_t item;
	} cases[] = {
		{ "[\"00:02.0\", \"banana\"]", 1 },
		{ "[\"00:02.0\", \"00:03.0\", \"00:02.0\"]", 2 },
		{ "[\"00:02.0\", 3]", 1 },
		{ "\"00:02.0\"", SETTING_NO_ITEM },
		{ "[\"00:02.0\"]", SETTING_NO_ITEM },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *value = json_loads(cases[i].value, JSON_DECODE_ANY, NULL);
		struct problem why = { "" };
		size_t item = 7;

		CU_ASSERT_EQUAL(
			setting_check("libxl", "pci", value, &item, &why), i == 4 ? 0 : -EINVAL);
		CU_ASSERT_EQUAL(item, cases[i].item);
		json_decref(value);
	}
}

/* The minima of video memory: libxl__domain_build_info_setdefault() of Xen 4.14 to 4.22. */
static void together(void)
{
	static const char *const cases[][3] = {
		{ "libxl", "{\"vga\": \"stdvga\", \"videoram\": 16}", "" },
		{ "libxl", "{\"vga\": \"stdvga\", \"videoram\": 15}",
			"less than 16 MiB with vga: stdvga" },
		{ "libxl", "{\"videoram\": 8}", "" },
		{ "libxl", "{\"videoram\": 7}", "less than 8 MiB with vga: cirrus" },
		{ "libxl", "{\"vga\": \"qxl\", \"videoram\": 64}",
			"less than 128 MiB with vga: qxl" },
		{ "libxl", "{\"vga\": \"none\", \"videoram\": 0}", "" },
		{ "libxl", "{\"gfx_passthru\": \"on\", \"pci\": [\"00:02.0\"]}", "" },
		{ "libxl", "{\"gfx_passthru\": \"on\"}", "but pci has no device" },
		{ "libxl", "{\"gfx_passthru\": \"igd\"}", "" },
		{ "libxl", "{\"pci\": [\"00:02.0\", \"00:02.0\"]}", "the same device" },
		{ "libxl", "{\"passthrough\": \"disabled\"}", "" },
		{ "libxl", "{\"passthrough\": \"disabled\", \"pci\": [\"00:02.0\"]}",
			"passthrough is disabled" },
		{ "libxl", "{\"passthrough\": \"share_pt\", \"hap\": false}", "needs hap" },
		{ "libxl", "{\"memory\": 512, \"maxmem\": 1024}", "" },
		{ "libxl", "{\"maxmem\": 256}", "less than the guest's memory of 512" },
		{ "libxl", "{\"memory\": 512, \"maxmem\": 512, \"pci\": [\"00:02.0\"]}", "" },
		{ "libxl", "{\"memory\": 512, \"maxmem\": 513, \"pci\": [\"00:02.0\"]}",
			"populates the guest on demand" },
		{ "libxl", "{\"memory\": 512, \"maxmem\": 513, \"passthrough\": \"sync_pt\"}",
			"populates the guest on demand" },
		{ "libxl", "{\"device_model_stubdomain_override\": true, \"policy\": \"rfc\"}",
			"policy needs a QEMU in dom0" },
		{ "libxl", "{\"device_model_stubdomain_override\": false, \"policy\": \"rfc\"}",
			"" },
		{ "libxl", "{\"again\": true, \"save\": \"live\"}", "remove one of them" },
		{ "libxl", "{\"again\": false, \"save\": \"live\"}", "" },
		{ "libxl", "{\"hotplug\": true, \"again\": true}", "which `again` excludes" },
		{ "libxl", "{\"boot\": \"disk\", \"bios\": \"ovmf\"}", "write boot: direct" },
		{ "libxl", "{\"boot\": \"cd\"}", "one of disk, direct" },
		{ "qemu", "{\"boot\": \"disk\", \"machine\": \"microvm\"}", "pc or q35" },
		{ "qemu", "{\"vga\": \"std\"}", "" },
		{ "qemu", "{\"vga\": \"stdvga\"}", "one of none" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *settings = json_loads(cases[i][1], 0, NULL);
		struct problem why = { "" };

		CU_ASSERT_PTR_NOT_NULL_FATAL(settings);
		CU_ASSERT_EQUAL(
			settings_check(cases[i][0], settings, &why), cases[i][2][0] ? -EINVAL : 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i][2]));
		json_decref(settings);
	}
}

/* A disk is made before the first guest: one that only the restored guest has is not there. */
static void restored(void)
{
	static const struct {
		const char *first, *other;
		int r;
	} cases[] = {
		{ "{}", "{}", 0 },
		{ "{\"disk\": 4}", "{\"disk\": 4}", 0 },
		{ "{\"disk\": 4}", "{}", 0 },
		{ "{}", "{\"disk\": 4}", -EINVAL },
		{ "{\"disk\": 4}", "{\"disk\": 5}", -EINVAL },
		/* A guest that keeps running gets other devices, and nothing else. */
		{ "{\"hotplug\": true}", "{\"hotplug\": true, \"pci\": [\"00:02.0\"]}", 0 },
		{ "{\"hotplug\": true, \"pci\": [\"00:02.0\"]}", "{\"hotplug\": true}", 0 },
		{ "{\"hotplug\": true}", "null", -EINVAL },
		{ "{\"hotplug\": true}", "{\"hotplug\": true, \"pci\": []}", -EINVAL },
		{ "{\"hotplug\": true, \"pci\": [\"00:02.0\"]}",
			"{\"hotplug\": true, \"pci\": [\"00:02.0\"]}", -EINVAL },
		{ "{\"hotplug\": true, \"memory\": 512}",
			"{\"hotplug\": true, \"memory\": 256, \"pci\": [\"00:02.0\"]}", -EINVAL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *first = json_loads(cases[i].first, 0, NULL);
		json_t *other = json_loads(cases[i].other, JSON_DECODE_ANY, NULL);
		struct problem why = { "" };

		CU_ASSERT_EQUAL(settings_check_restored(first, other, &why), cases[i].r);
		CU_ASSERT_EQUAL(why.text[0] == 0, cases[i].r == 0);
		json_decref(first);
		json_decref(other);
	}
}

static void unknown(void)
{
	struct problem why;

	CU_ASSERT_EQUAL(check("libxl", "xen_platform_pic", "true", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "did you mean \"xen_platform_pci\"?"));
	CU_ASSERT_EQUAL(check("libxl", "serial", "\"none\"", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "over which the agent sends its report"));
	CU_ASSERT_EQUAL(check("libxl", "firmware", "\"uefi\"", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "write bios: ovmf"));
	CU_ASSERT_EQUAL(check("qemu", "firmware", "\"uefi\"", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "plan --settings"));
	/* Of the other back end only: not a hint, and not allowed. */
	CU_ASSERT_EQUAL(check("qemu", "xen_platform_pci", "true", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "plan --settings"));
	CU_ASSERT_EQUAL(check("libxl", "machine", "\"pc\"", &why), -EINVAL);
	CU_ASSERT_EQUAL(check("kvm", "memory", "512", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "write libxl or qemu"));
}

static void table(void)
{
	for (const struct setting *setting = setting_table; setting->name; setting++) {
		CU_ASSERT_TRUE(setting->meaning && strlen(setting->meaning) > 10);
		CU_ASSERT_PTR_NULL(strchr(setting->meaning, '\n'));
		CU_ASSERT_EQUAL(setting->kind == SETTING_WORD, setting->words != NULL);
		CU_ASSERT_EQUAL(setting->kind == SETTING_BOOL || setting->kind == SETTING_WORD ||
					setting->kind == SETTING_TREE,
			setting->max <= setting->min);
		for (const struct setting *other = setting_table; other != setting; other++)
			CU_ASSERT_FALSE(strcmp(other->name, setting->name) == 0 &&
					strcmp(other->backend, setting->backend) == 0);
	}
}

static void near(void)
{
	struct suggestion suggestion = suggest_for("defualts");

	suggest_candidate(&suggestion, "axes");
	CU_ASSERT_PTR_NULL(suggestion.best);
	suggest_candidate(&suggestion, "defaults");
	CU_ASSERT_PTR_NOT_NULL_FATAL(suggestion.best);
	CU_ASSERT_STRING_EQUAL(suggestion.best, "defaults");
	/* The textbook distance: kitten, sitting: 3; a third of 6 letters is 2. */
	suggestion = suggest_for("kitten");
	suggest_candidate(&suggestion, "sitting");
	CU_ASSERT_PTR_NULL(suggestion.best);
	suggest_candidate(&suggestion, "sitten");
	suggest_candidate(&suggestion, "mitten");
	CU_ASSERT_PTR_NOT_NULL_FATAL(suggestion.best);
	CU_ASSERT_STRING_EQUAL(suggestion.best, "sitten");
	suggestion = suggest_for("");
	suggest_candidate(&suggestion, "ab");
	CU_ASSERT_PTR_NULL(suggestion.best);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "values that are allowed", good },
		{ "values that are not", bad },
		{ "every row has a right example, and wrong values", every_row },
		{ "values beyond the bounds of every row", beyond_the_bounds },
		{ "the item at fault", the_item_at_fault },
		{ "settings that exclude each other", together },
		{ "the other side of a transition", restored },
		{ "unknown settings and back ends", unknown },
		{ "did you mean", near },
		{ "the table", table },
		CU_TEST_INFO_NULL,
	};

	return suite_main("settings", tests);
}

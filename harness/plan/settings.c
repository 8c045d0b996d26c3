#include "harness/plan/settings.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/suggest.h"

#define TIB_IN_MIB (1024 * 1024)
#define DISK_MAX   64 /* MiB: it is memory of the host */

static const char *const gfx_passthru_words[] = { "off", "on", "igd", NULL };
static const char *const libxl_vga_words[] = { "none", "stdvga", "cirrus", "qxl", NULL };
static const char *const nic_words[] = { "none", "rtl8139", "e1000", NULL };
static const char *const policy_words[] = { "libxl", "rfc", "igd-only", "igd-only-bare", NULL };
static const char *const save_words[] = { "plain", "live", NULL };
static const char *const qemu_vga_words[] = { "none", "std", "cirrus", NULL };

const char *const setting_backends[SETTING_BACKENDS] = { "libxl", "qemu" };

/*
 * The bounds are those beyond which a back end cannot follow: HVM_MAX_VCPUS (Xen's
 * public/hvm/hvm_info_table.h), max_cpus of pc (QEMU's hw/i386/pc.c); libxl ignores a hole below
 * 256 MiB, and above 3840 hvmloader has no low memory left.
 */
const struct setting setting_table[] = {
	{ "libxl", "memory", SETTING_WHOLE, NULL, "the guest's memory in MiB", 16, TIB_IN_MIB },
	{ "libxl", "vcpus", SETTING_WHOLE, NULL, "virtual processors", 1, 128 },
	{ "libxl", "xen_platform_pci", SETTING_BOOL, NULL,
		"true: machine xenfv with a xen-platform device; false: pc,accel=xen without" },
	{ "libxl", "gfx_passthru", SETTING_WORD, gfx_passthru_words,
		"igd: igd-passthru=on; on: libxl finds the kind out from the devices in pci" },
	{ "libxl", "vga", SETTING_WORD, libxl_vga_words, "the emulated display adapter" },
	{ "libxl", "videoram", SETTING_WHOLE, NULL, "its video memory in MiB", 0, 1024 },
	{ "libxl", "hap", SETTING_BOOL, NULL,
		"hardware-assisted paging; false: shadow paging, far slower" },
	{ "libxl", "mmio_hole", SETTING_WHOLE, NULL,
		"room for devices below 4 GiB, in MiB: max-ram-below-4g is 4 GiB less this", 256,
		3840 },
	{ "libxl", "device_model_args_hvm", SETTING_TEXTS, NULL,
		"QEMU arguments, right after -machine" },
	{ "libxl", "pci", SETTING_TEXTS, NULL,
		"host devices to pass through, as in xl.cfg(5): \"00:02.0\", \"00:02.0@02\"" },
	{ "libxl", "nic", SETTING_WORD, nic_words,
		"an emulated network card, joined to no network; a Linux guest on Xen takes it off "
		"the bus unless cmdline has xen_emul_unplug=never" },
	{ "libxl", "policy", SETTING_WORD, policy_words,
		"what another libxl would have put on QEMU's command line: docs/topics/policies.md" },
	{ "libxl", "disk", SETTING_WHOLE, NULL,
		"an emulated IDE disk, empty, in the harness's memory; its size in MiB", 1,
		DISK_MAX },
	{ "libxl", "device_model", SETTING_TEXT, NULL,
		"another QEMU than the run's: a name that run --model NAME=PATH gives" },
	{ "libxl", "save", SETTING_WORD, save_words,
		"how a transition saves it: plain, as xl save; live, as xl migrate" },
	{ "libxl", "cmdline", SETTING_TEXT, NULL,
		"appended to the command line of the guest's kernel" },
	{ "qemu", "memory", SETTING_WHOLE, NULL, "the guest's memory in MiB", 16, TIB_IN_MIB },
	{ "qemu", "vcpus", SETTING_WHOLE, NULL, "virtual processors", 1, 255 },
	{ "qemu", "machine", SETTING_TEXT, NULL, "machine type, as for -machine" },
	{ "qemu", "vga", SETTING_WORD, qemu_vga_words, "the emulated display adapter" },
	{ "qemu", "nic", SETTING_WORD, nic_words,
		"an emulated network card, joined to no network" },
	{ "qemu", "disk", SETTING_WHOLE, NULL,
		"an emulated IDE disk, empty, in the harness's memory; its size in MiB", 1,
		DISK_MAX },
	{ "qemu", "device_model", SETTING_TEXT, NULL,
		"another QEMU than the run's: a name that run --model NAME=PATH gives" },
	{ "qemu", "icount", SETTING_WHOLE, NULL,
		"under TCG the guest's clock counts its instructions, 2 to the power of this in ns "
		"each: a busy host does not run it into its own timeouts",
		0, 10 },
	{ "qemu", "args", SETTING_TEXTS, NULL, "further QEMU arguments, at the end" },
	{ "qemu", "cmdline", SETTING_TEXT, NULL,
		"appended to the command line of the guest's kernel" },
	{ NULL },
};

static const struct setting *find(const char *backend, const char *name)
{
	for (const struct setting *setting = setting_table; setting->name; setting++) {
		if (strcmp(setting->backend, backend) == 0 && strcmp(setting->name, name) == 0)
			return setting;
	}
	return NULL;
}

static int unknown(const char *backend, const char *name, struct problem *why)
{
	struct suggestion suggestion = suggest_for(name);
	bool known = false;

	for (const struct setting *setting = setting_table; setting->name; setting++) {
		if (strcmp(setting->backend, backend) == 0) {
			known = true;
			suggest_candidate(&suggestion, setting->name);
		}
	}
	if (!known)
		return problem_set(why, -EINVAL,
			"no back end \"%.40s\" takes settings: it is %s or %s", backend,
			setting_backends[0], setting_backends[1]);
	if (suggestion.best)
		return problem_set(why, -EINVAL,
			"%s has no setting \"%.40s\": did you mean \"%s\"?", backend, name,
			suggestion.best);
	return problem_set(why, -EINVAL,
		"%s has no setting \"%.40s\": `igd-harness plan --settings` lists them", backend,
		name);
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		if (word && strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

static int check_word(const struct setting *setting, const char *word, struct problem *why)
{
	char allowed[128] = "";
	size_t used = 0;

	if (is_one_of(word, setting->words))
		return 0;
	for (size_t i = 0; setting->words[i] && used < sizeof(allowed); i++)
		used += (size_t)snprintf(allowed + used, sizeof(allowed) - used, "%s%s",
			i > 0 ? ", " : "", setting->words[i]);
	return problem_set(why, -EINVAL, "%s setting %s is one of %s", setting->backend,
		setting->name, allowed);
}

static int check_whole(const struct setting *setting, const json_t *value, struct problem *why)
{
	if (json_is_integer(value) && json_integer_value(value) >= setting->min &&
		json_integer_value(value) <= setting->max)
		return 0;
	return problem_set(why, -EINVAL,
		"%s setting %s is a whole number from %ld to %ld, without quotes", setting->backend,
		setting->name, setting->min, setting->max);
}

static bool are_texts(const json_t *value)
{
	const json_t *item;
	size_t i;

	json_array_foreach(value, i, item)
	{
		if (!json_is_string(item))
			return false;
	}
	return json_is_array(value);
}

int setting_check(const char *backend, const char *name, const json_t *value, struct problem *why)
{
	const struct setting *setting = find(backend, name);
	const char *wanted = NULL;

	if (!setting)
		return unknown(backend, name, why);
	switch (setting->kind) {
	case SETTING_BOOL:
		wanted = json_is_boolean(value) ? NULL : "true or false";
		break;
	case SETTING_WHOLE:
		return check_whole(setting, value, why);
	case SETTING_WORD:
		return check_word(setting, json_string_value(value), why);
	case SETTING_TEXT:
		wanted = json_is_string(value) ? NULL : "a text: put it in quotes";
		break;
	case SETTING_TEXTS:
		wanted = are_texts(value) ? NULL : "a list of texts: put each in quotes";
		break;
	}
	if (wanted)
		return problem_set(why, -EINVAL, "%s setting %s is %s", backend, name, wanted);
	return 0;
}

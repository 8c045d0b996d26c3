/*
 * What settings of one cell exclude of each other. libxl's own refusals are here if every release
 * has them and they depend on the settings alone: such a cell could only end as the fault of libxl,
 * and is the matrix's.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/plan/plan.h"
#include "harness/plan/settings.h"
#include "harness/plan/settings/boot_way.h"
#include "src/document.h"

/* libxl's default, libxl__domain_build_info_setdefault(). */
static const char default_vga[] = "cirrus";

/* MiB that libxl wants for each adapter, libxl__domain_build_info_setdefault(). */
static const struct {
	const char *vga;
	json_int_t min;
} video_memory[] = { { "cirrus", 8 }, { "stdvga", 16 }, { "qxl", 128 } };

static int check_videoram(const json_t *settings, struct problem *why)
{
	const json_t *videoram = json_object_get(settings, "videoram");
	const char *vga = document_text(settings, "vga");

	if (!videoram)
		return 0;
	if (!vga[0])
		vga = default_vga;
	for (size_t i = 0; i < sizeof(video_memory) / sizeof(video_memory[0]); i++) {
		if (strcmp(video_memory[i].vga, vga) == 0 &&
			json_integer_value(videoram) < video_memory[i].min)
			return problem_set(why, -EINVAL,
				"videoram is %" JSON_INTEGER_FORMAT
				", but libxl refuses less than %" JSON_INTEGER_FORMAT
				" MiB with vga: %s",
				json_integer_value(videoram), video_memory[i].min, vga);
	}
	return 0;
}

/* libxl detects it among the devices: libxl__detect_gfx_passthru_kind(). */
static int check_gfx_passthru(const json_t *settings, struct problem *why)
{
	if (strcmp(document_text(settings, "gfx_passthru"), "on") != 0 ||
		json_array_size(json_object_get(settings, "pci")) > 0)
		return 0;
	return problem_set(why, -EINVAL,
		"gfx_passthru: on lets libxl detect the kind from the devices in "
		"pci, but pci has no device: add the device, or write "
		"gfx_passthru: igd");
}

static bool is(const json_t *settings, const char *name, const char *word)
{
	return strcmp(document_text(settings, name), word) == 0;
}

/* libxl__domain_config_setdefault() and libxl__arch_passthrough_mode_setdefault() */
static int check_passthrough(const json_t *settings, struct problem *why)
{
	if (is(settings, "passthrough", "disabled") &&
		json_array_size(json_object_get(settings, "pci")) > 0)
		return problem_set(why, -EINVAL,
			"passthrough is disabled, but pci has a device: remove one of them");
	if (is(settings, "passthrough", "share_pt") &&
		json_is_false(json_object_get(settings, "hap")))
		return problem_set(why, -EINVAL,
			"passthrough: share_pt needs hap: true, but hap is false: remove "
			"one of them");
	return 0;
}

/*
 * More than the guest has at first is populated on demand, which libxl refuses together with an
 * IOMMU: libxl__domain_config_setdefault().
 */
static int check_maxmem(const json_t *settings, struct problem *why)
{
	const json_t *maxmem = json_object_get(settings, "maxmem");
	const json_t *memory = json_object_get(settings, "memory");
	json_int_t mib = memory ? json_integer_value(memory) : PLAN_MEMORY_MIB;
	const char *passthrough = document_text(settings, "passthrough");

	if (!maxmem)
		return 0;
	if (json_integer_value(maxmem) < mib)
		return problem_set(why, -EINVAL,
			"maxmem is %" JSON_INTEGER_FORMAT
			", less than the guest's memory of %" JSON_INTEGER_FORMAT " MiB",
			json_integer_value(maxmem), mib);
	if (json_integer_value(maxmem) == mib ||
		(json_array_size(json_object_get(settings, "pci")) == 0 &&
			(!passthrough[0] || strcmp(passthrough, "disabled") == 0)))
		return 0;
	return problem_set(why, -EINVAL,
		"maxmem is more than memory: libxl then populates the guest on "
		"demand, and refuses to do this with a passed-through device: give "
		"maxmem and memory the same value");
}

/* What is run in dom0 in QEMU's place is not run in a stub domain. */
static int check_stubdomain(const json_t *settings, struct problem *why)
{
	static const char *const excluded[] = { "policy", "device_model", "dm_restrict" };

	if (!json_is_true(json_object_get(settings, "device_model_stubdomain_override")))
		return 0;
	for (size_t i = 0; i < sizeof(excluded) / sizeof(excluded[0]); i++) {
		const json_t *value = json_object_get(settings, excluded[i]);

		if (value && !json_is_false(value))
			return problem_set(why, -EINVAL,
				"%s needs a QEMU in dom0, but device_model_stubdomain_override "
				"runs QEMU in a stub domain: remove one of them",
				excluded[i]);
	}
	return 0;
}

/* What is started again is not saved. */
static int check_saved(const json_t *settings, struct problem *why)
{
	if (!json_is_true(json_object_get(settings, "again")) || !json_object_get(settings, "save"))
		return 0;
	return problem_set(why, -EINVAL,
		"`again` powers the guest off, and `save` is about a guest that is saved: remove "
		"one of them");
}

/* A guest that keeps running is neither saved nor started again. */
static int check_hotplug(const json_t *settings, struct problem *why)
{
	static const char *const excluded[] = { "save", "again" };

	if (!json_is_true(json_object_get(settings, "hotplug")))
		return 0;
	for (size_t i = 0; i < sizeof(excluded) / sizeof(excluded[0]); i++) {
		const json_t *value = json_object_get(settings, excluded[i]);

		if (value && !json_is_false(value))
			return problem_set(why, -EINVAL,
				"with `hotplug` the guest keeps running, which `%s` excludes: "
				"remove one of them",
				excluded[i]);
	}
	return 0;
}

static int (*const libxl_rules[])(const json_t *settings, struct problem *why) = {
	check_videoram,
	check_gfx_passthru,
	check_passthrough,
	check_maxmem,
	check_stubdomain,
	check_saved,
	check_hotplug,
};

int settings_check(const char *backend, const json_t *settings, struct problem *why)
{
	const char *name;
	json_t *value;
	int r = 0;

	json_object_foreach((json_t *)settings, name, value)
	{
		r = setting_check(backend, name, value, NULL, why);
		if (r < 0)
			return r;
	}
	r = boot_way_check(backend, settings, why);
	if (r < 0 || strcmp(backend, "libxl") != 0)
		return r;
	for (size_t i = 0; i < sizeof(libxl_rules) / sizeof(libxl_rules[0]) && r == 0; i++)
		r = libxl_rules[i](settings, why);
	return r;
}

/* A guest that keeps running can only get other devices. */
static int check_devices_alone(const json_t *settings, const json_t *restored, struct problem *why)
{
	const json_t *pci = json_object_get(settings, "pci");
	const json_t *pci_then = json_object_get(restored, "pci");
	const char *name;
	json_t *value;

	if (!json_is_object(restored))
		return problem_set(why, -EINVAL,
			"`hotplug` needs `to` with the devices that the guest is to have then");
	json_object_foreach((json_t *)restored, name, value)
	{
		const json_t *before = json_object_get(settings, name);

		if (strcmp(name, "pci") != 0 && (!before || !json_equal(before, value)))
			return problem_set(why, -EINVAL,
				"`hotplug` changes the devices in `pci` alone, but `to` has a "
				"different `%s`",
				name);
	}
	if (pci == pci_then || json_equal(pci, pci_then) ||
		(json_array_size(pci) == 0 && json_array_size(pci_then) == 0))
		return problem_set(why, -EINVAL,
			"`hotplug` changes nothing: `to` has the same devices in `pci`");
	return 0;
}

int settings_check_restored(const json_t *settings, const json_t *restored, struct problem *why)
{
	const json_t *disk = json_object_get(restored, "disk");

	if (json_is_true(json_object_get(settings, "hotplug")))
		return check_devices_alone(settings, restored, why);
	if (!disk || json_equal(disk, json_object_get(settings, "disk")))
		return 0;
	return problem_set(why, -EINVAL,
		"`to` has a disk of %" JSON_INTEGER_FORMAT
		" MiB that the guest does not have before the save: give the cell "
		"and `to` the same disk",
		json_integer_value(disk));
}

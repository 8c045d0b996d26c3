/*
 * The settings of a cell as a libxl_domain_config. Units and names are xl.cfg(5)'s; what a setting
 * does to QEMU's command line is in libxl__build_device_model_args_new(), libxl_dm.c.
 *
 * Nothing here needs a libxl context, so that it is tested on machines without Xen.
 */
#include "harness/backend/libxl/config.h"

#include <endian.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <xen/hvm/hvm_info_table.h>

#include "harness/backend/dm/policy.h"
#include "harness/backend/libxl/config_devices.h"
#include "harness/backend/libxl/config_words.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/plan/plan.h"
#include "src/problem.h"

#define KIB_PER_MIB 1024

/* A whole number from `min` to `max`. */
static int take_whole(struct filling *f, const char *name, const json_t *value, json_int_t min,
	json_int_t max, json_int_t *number_r)
{
	json_int_t number = json_integer_value(value);
	char wanted[80];

	if (!json_is_integer(value) || number < min || number > max) {
		snprintf(wanted, sizeof(wanted),
			"a whole number from %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT,
			min, max);
		return config_wrong(f, name, wanted);
	}
	*number_r = number;
	return 0;
}

static int take_bool(struct filling *f, const char *name, const json_t *value, libxl_defbool *to)
{
	if (!json_is_boolean(value))
		return config_wrong(f, name, "true or false");
	libxl_defbool_set(to, json_is_true(value));
	return 0;
}

static int apply_memory(struct filling *f, const char *name, const json_t *value)
{
	json_int_t mib;
	int r = take_whole(f, name, value, 16, 1024 * 1024, &mib);

	if (r < 0)
		return r;
	f->config->b_info.max_memkb = f->config->b_info.target_memkb = (uint64_t)mib * KIB_PER_MIB;
	return 0;
}

static int apply_vcpus(struct filling *f, const char *name, const json_t *value)
{
	libxl_domain_build_info *b_info = &f->config->b_info;
	json_int_t count;
	uint8_t *map;
	int r = take_whole(f, name, value, 1, HVM_MAX_VCPUS, &count); /* the xenfv machine's too */

	if (r < 0)
		return r;
	/* By hand and not by libxl_cpu_bitmap_alloc(), which needs a context for nothing but its
	 * allocator; libxl frees it with free(). */
	map = calloc(HVM_MAX_VCPUS / 8, 1);
	if (!map)
		return config_no_memory(f);
	for (int i = 0; i < count; i++)
		map[i / 8] |= (uint8_t)(1u << (i % 8));
	libxl_bitmap_dispose(&b_info->avail_vcpus);
	b_info->max_vcpus = (int)count;
	b_info->avail_vcpus.size = HVM_MAX_VCPUS / 8;
	b_info->avail_vcpus.map = map;
	return 0;
}

static int apply_xen_platform_pci(struct filling *f, const char *name, const json_t *value)
{
	return take_bool(f, name, value, &f->config->b_info.u.hvm.xen_platform_pci);
}

static int apply_gfx_passthru(struct filling *f, const char *name, const json_t *value)
{
	static const char *const words[] = { "off", "on", "igd", NULL };
	size_t word = 0;
	int r = config_word(f, name, value, words, &word);

	if (r < 0)
		return r;
	libxl_defbool_set(&f->config->b_info.u.hvm.gfx_passthru, word > 0);
	if (word == 2)
		f->config->b_info.u.hvm.gfx_passthru_kind = LIBXL_GFX_PASSTHRU_KIND_IGD;
	return 0;
}

static int apply_vga(struct filling *f, const char *name, const json_t *value)
{
	static const char *const words[] = { "none", "stdvga", "cirrus", "qxl", NULL };
	static const libxl_vga_interface_type kinds[] = { LIBXL_VGA_INTERFACE_TYPE_NONE,
		LIBXL_VGA_INTERFACE_TYPE_STD, LIBXL_VGA_INTERFACE_TYPE_CIRRUS,
		LIBXL_VGA_INTERFACE_TYPE_QXL };
	size_t word = 0;
	int r = config_word(f, name, value, words, &word);

	if (r < 0)
		return r;
	f->config->b_info.u.hvm.vga.kind = kinds[word];
	return 0;
}

static int apply_videoram(struct filling *f, const char *name, const json_t *value)
{
	json_int_t mib;
	int r = take_whole(f, name, value, 0, 1024, &mib);

	if (r < 0)
		return r;
	f->config->b_info.video_memkb = (uint64_t)mib * KIB_PER_MIB;
	return 0;
}

static int apply_hap(struct filling *f, const char *name, const json_t *value)
{
	return take_bool(f, name, value, &f->config->c_info.hap);
}

static int apply_mmio_hole(struct filling *f, const char *name, const json_t *value)
{
	json_int_t mib;
	/* Below 256 MiB libxl only warns and goes on without; above 3840 hvmloader has no low
	 * memory left (HVM_BELOW_4G_MMIO_START, HVM_BELOW_4G_MMIO_LENGTH). */
	int r = take_whole(f, name, value, 256, 3840, &mib);

	if (r < 0)
		return r;
	f->config->b_info.u.hvm.mmio_hole_memkb = (uint64_t)mib * KIB_PER_MIB;
	return 0;
}

static int apply_device_model_args_hvm(struct filling *f, const char *name, const json_t *value)
{
	libxl_string_list list = NULL;
	const json_t *text;
	char *copy;
	size_t i;
	int r = 0;

	if (!json_is_array(value))
		return config_wrong(f, name, "a list of strings");
	list = calloc(json_array_size(value) + 1, sizeof(*list));
	if (!list)
		return config_no_memory(f);
	json_array_foreach(value, i, text)
	{
		if (!json_is_string(text)) {
			r = config_wrong(f, name, "a list of strings");
			goto out;
		}
		copy = strdup(json_string_value(text));
		if (!copy) {
			r = config_no_memory(f);
			goto out;
		}
		list[i] = copy;
	}
	f->config->b_info.extra_hvm = list;
	list = NULL;
out:
	libxl_string_list_dispose(&list);
	return r;
}

/* The back end's own: what libxl is to start in QEMU's place, wrapper.c. */
static int apply_policy(struct filling *f, const char *name, const json_t *value)
{
	const char *policy = json_string_value(value);

	if (!policy || !policy_find(policy))
		return config_wrong(f, name, "the name of a policy (docs/topics/policies.md)");
	return 0;
}

/* Of the back end, which knows what it means: guest.c. */
static int apply_text(struct filling *f, const char *name, const json_t *value)
{
	return json_is_string(value) ? 0 : config_wrong(f, name, "a string");
}

static int apply_cmdline(struct filling *f, const char *name, const json_t *value)
{
	if (!json_is_string(value))
		return config_wrong(f, name, "a string");
	f->cmdline = json_string_value(value);
	return 0;
}

static const struct {
	const char *name;
	int (*apply)(struct filling *f, const char *name, const json_t *value);
} table[] = {
	{ "memory", apply_memory },
	{ "vcpus", apply_vcpus },
	{ "xen_platform_pci", apply_xen_platform_pci },
	{ "gfx_passthru", apply_gfx_passthru },
	{ "vga", apply_vga },
	{ "videoram", apply_videoram },
	{ "hap", apply_hap },
	{ "mmio_hole", apply_mmio_hole },
	{ "device_model_args_hvm", apply_device_model_args_hvm },
	{ "pci", config_apply_pci },
	{ "nic", config_apply_nic },
	{ "policy", apply_policy },
	{ "disk", config_apply_disk },
	{ "device_model", apply_text },
	{ "save", apply_text },
	{ "cmdline", apply_cmdline },
};

static int apply_setting(struct filling *f, const char *name, const json_t *value)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].apply(f, name, value);
	return problem_set(f->why, -EINVAL, "the libxl back end knows no setting `%s`", name);
}

bool config_knows(const char *setting)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].name, setting) == 0)
			return true;
	return false;
}

/* Four bytes that mark a UUID as one of the harness; its process is in the last four. */
static const uint8_t uuid_mark[] = { 'i', 'g', 'd', 'h' };
#define UUID_PID_AT 12

static void mark_uuid(libxl_uuid *uuid)
{
	uint8_t *bytes = libxl_uuid_bytearray(uuid);
	uint32_t pid = htobe32((uint32_t)getpid());

	memcpy(bytes, uuid_mark, sizeof(uuid_mark));
	memcpy(bytes + UUID_PID_AT, &pid, sizeof(pid));
}

pid_t config_uuid_pid(const libxl_uuid *uuid)
{
	const uint8_t *bytes = libxl_uuid_bytearray_const(uuid);
	uint32_t pid;

	if (memcmp(bytes, uuid_mark, sizeof(uuid_mark)) != 0)
		return 0;
	memcpy(&pid, bytes + UUID_PID_AT, sizeof(pid));
	return (pid_t)be32toh(pid);
}

/* What every guest has, whatever the cell. */
static int fill_base(struct filling *f, const char *name, const struct guest_image *image,
	const char *device_model)
{
	libxl_domain_create_info *c_info = &f->config->c_info;
	libxl_domain_build_info *b_info = &f->config->b_info;

	c_info->type = LIBXL_DOMAIN_TYPE_HVM;
	c_info->name = strdup(name);
	libxl_uuid_generate(&c_info->uuid);
	mark_uuid(&c_info->uuid);
	libxl_domain_build_info_init_type(b_info, LIBXL_DOMAIN_TYPE_HVM);
	b_info->max_memkb = b_info->target_memkb = PLAN_MEMORY_MIB * KIB_PER_MIB;
	b_info->device_model_version = LIBXL_DEVICE_MODEL_VERSION_QEMU_XEN;
	/* Named even when it is libxl's own choice: what identify() measured is what runs. */
	b_info->device_model = device_model ? strdup(device_model) : NULL;
	b_info->kernel = strdup(image->kernel);
	b_info->ramdisk = strdup(image->initrd);
	b_info->u.hvm.serial = strdup("pty");
	/* No port of the host is opened; the display adapter is there without a viewer. */
	libxl_defbool_set(&b_info->u.hvm.vnc.enable, false);
	if (!c_info->name || (device_model && !b_info->device_model) || !b_info->kernel ||
		!b_info->ramdisk || !b_info->u.hvm.serial)
		return config_no_memory(f);
	/*
	 * libxl itself does nothing on a shutdown: these words are for the toolstack that owns the
	 * domain, us. They stand in its record, so that another tool that finds the domain knows
	 * that it is to be destroyed, never restarted.
	 */
	f->config->on_poweroff = f->config->on_reboot = f->config->on_watchdog =
		f->config->on_crash = f->config->on_soft_reset = LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
	return 0;
}

int config_fill(libxl_domain_config *config, const char *name, const struct guest_image *image,
	const char *device_model, const json_t *cell, struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "libxl");
	struct filling f = {
		.config = config, .cmdline = "", .disk_fd = image->disk_fd, .why = why
	};
	const char *key;
	const json_t *value;
	int r;

	if (!json_is_object(settings))
		return problem_set(why, -ENOTSUP, "the cell has no settings for libxl");
	r = fill_base(&f, name, image, device_model);
	if (r < 0)
		return r;
	json_object_foreach((json_t *)(uintptr_t)settings, key, value)
	{
		r = apply_setting(&f, key, value);
		if (r < 0)
			return r;
	}
	r = config_add_root(&f, image->root);
	if (r < 0)
		return r;
	if (asprintf(&config->b_info.cmdline, "%s%s%s", image->cmdline_base, *f.cmdline ? " " : "",
		    f.cmdline) < 0) {
		config->b_info.cmdline = NULL;
		return config_no_memory(&f);
	}
	return 0;
}

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

#include "harness/backend/libxl/config_devices.h"
#include "harness/backend/libxl/config_fields.h"
#include "harness/backend/libxl/config_host.h"
#include "harness/backend/libxl/config_words.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/plan/plan.h"
#include "harness/plan/settings.h"
#include "harness/plan/settings/boot_way.h"
#include "src/problem.h"

#define KIB_PER_MIB 1024

static int apply_memory(struct filling *f, const char *name, const json_t *value)
{
	f->config->b_info.max_memkb = f->config->b_info.target_memkb =
		(uint64_t)json_integer_value(value) * KIB_PER_MIB;
	return 0;
}

static int apply_vcpus(struct filling *f, const char *name, const json_t *value)
{
	libxl_domain_build_info *b_info = &f->config->b_info;
	json_int_t count = json_integer_value(value); /* at most HVM_MAX_VCPUS */
	uint8_t *map;

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

/* Appends to QEMU's arguments. */
static int add_extra(struct filling *f, const char *text)
{
	libxl_string_list *list = &f->config->b_info.extra_hvm;
	int length = libxl_string_list_length(list);
	char **longer = reallocarray(*list, (size_t)length + 2, sizeof(*longer));

	if (!longer)
		return config_no_memory(f);
	*list = longer;
	longer[length] = strdup(text);
	longer[length + 1] = NULL;
	return longer[length] ? 0 : config_no_memory(f);
}

static int apply_device_model_args_hvm(struct filling *f, const char *name, const json_t *value)
{
	const json_t *text;
	size_t i;
	int r = 0;

	json_array_foreach(value, i, text)
	{
		if (r == 0)
			r = add_extra(f, json_string_value(text));
	}
	return r;
}

/* libxl has no word for the ROM of a device: QEMU's property of each xen-pci-passthrough. */
static int add_global(struct filling *f, const char *property, const char *value)
{
	char *text = NULL;
	int r;

	if (asprintf(&text, "xen-pci-passthrough.%s=%s", property, value) < 0)
		return config_no_memory(f);
	r = add_extra(f, "-global");
	if (r == 0)
		r = add_extra(f, text);
	free(text);
	return r;
}

static int apply_rombar(struct filling *f, const char *name, const json_t *value)
{
	return add_global(f, name, json_is_true(value) ? "1" : "0");
}

static int apply_romfile(struct filling *f, const char *name, const json_t *value)
{
	return add_global(f, name, json_string_value(value));
}

/* Of the back end, which knows what it means: guest.c. */
static int apply_elsewhere(struct filling *f, const char *name, const json_t *value)
{
	return 0;
}

/* In the order in which they are applied: `maxmem` after `memory`, `rdm` after `pci`. */
static const struct {
	const char *name;
	int (*apply)(struct filling *f, const char *name, const json_t *value);
} table[] = {
	{ "memory", apply_memory },
	{ "maxmem", config_apply_field },
	{ "vcpus", apply_vcpus },
	{ "xen_platform_pci", config_apply_field },
	{ "xen_platform_pci_bar_uc", config_apply_field },
	{ "gfx_passthru", apply_gfx_passthru },
	{ "vga", apply_vga },
	{ "videoram", config_apply_field },
	{ "vnc", config_apply_field },
	{ "usb", config_apply_field },
	{ "hap", config_apply_field },
	{ "nestedhvm", config_apply_field },
	{ "viridian", config_apply_field },
	{ "acpi", config_apply_field },
	{ "hvm_pirq", config_apply_field },
	{ "bios", config_apply_bios },
	{ "bios_path_override", config_apply_field },
	{ "mmio_hole", config_apply_field },
	{ "device_model_args_hvm", apply_device_model_args_hvm },
	{ "rombar", apply_rombar },
	{ "romfile", apply_romfile },
	{ "pci", config_apply_pci },
	{ "rdm", config_apply_rdm },
	{ "passthrough", config_apply_passthrough },
	{ "ioports", config_apply_ioports },
	{ "iomem", config_apply_iomem },
	{ "irqs", config_apply_irqs },
	{ "nic", config_apply_nic },
	{ "disk", config_apply_disk },
	{ "dm_restrict", config_apply_field },
	{ "device_model_stubdomain_override", config_apply_field },
	{ "stubdomain_kernel", config_apply_field },
	{ "stubdomain_ramdisk", config_apply_field },
	{ "policy", apply_elsewhere },
	{ "domain_config", apply_elsewhere }, /* config_merge.c, which needs a context */
	{ "device_model", apply_elsewhere },
	{ "save", apply_elsewhere },
	{ "again", apply_elsewhere },
	{ "hotplug", apply_elsewhere },
	{ "boot", apply_elsewhere },
	{ "cmdline", apply_elsewhere },
};

/* The plan may be of another program, so its settings are checked as when a matrix is read. */
static int apply_settings(struct filling *f, const json_t *settings)
{
	int r = settings_check("libxl", settings, f->why);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]) && r == 0; i++) {
		const json_t *value = json_object_get(settings, table[i].name);

		if (value)
			r = table[i].apply(f, table[i].name, value);
	}
	return r;
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
	b_info->u.hvm.serial = strdup("pty");
	/* No port of the host is opened; the display adapter is there without a viewer. */
	libxl_defbool_set(&b_info->u.hvm.vnc.enable, false);
	if (!c_info->name || (device_model && !b_info->device_model) || !b_info->u.hvm.serial)
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

/* QEMU finds the disk through /proc. */
static int add_boot_disk(struct filling *f, int boot_fd)
{
	char path[32], text[sizeof(path) + sizeof(BOOT_WAY_DRIVE)];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), boot_fd);
	snprintf(text, sizeof(text), BOOT_WAY_DRIVE, path);
	r = add_extra(f, "-drive");
	return r < 0 ? r : add_extra(f, text);
}

/* What the boot disk has is not QEMU's to load. */
static int add_kernel(struct filling *f, const struct guest_image *image)
{
	libxl_domain_build_info *b_info = &f->config->b_info;

	b_info->kernel = strdup(image->kernel);
	if (!b_info->kernel)
		return config_no_memory(f);
	if (image->boot_fd >= 0)
		return add_boot_disk(f, image->boot_fd);
	b_info->ramdisk = strdup(image->initrd);
	b_info->cmdline = strdup(image->cmdline);
	return b_info->ramdisk && b_info->cmdline ? 0 : config_no_memory(f);
}

int config_fill(libxl_domain_config *config, const char *name, const struct guest_image *image,
	const char *device_model, const json_t *cell, struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "libxl");
	struct filling f = { .config = config, .disk_fd = image->disk_fd, .why = why };
	int r;

	if (!json_is_object(settings))
		return problem_set(why, -ENOTSUP, "the cell has no settings for libxl");
	r = fill_base(&f, name, image, device_model);
	if (r < 0)
		return r;
	r = apply_settings(&f, settings);
	if (r == 0)
		r = config_add_root(&f, image->root);
	if (r == 0 && image->boots_disk)
		r = config_add_own_disk(&f, image->disk_is_qcow2);
	if (r < 0 || image->boots_disk)
		return r;
	return add_kernel(&f, image);
}

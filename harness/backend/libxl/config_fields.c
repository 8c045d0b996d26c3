#include "harness/backend/libxl/config_fields.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend/libxl/libxl_compat.h"

#define KIB_PER_MIB 1024
#define AT(field)   offsetof(libxl_domain_config, field)

enum kind {
	FIELD_BOOL, /* a libxl_defbool */
	FIELD_MIB,  /* KiB in a uint64_t; the setting has MiB */
	FIELD_TEXT, /* a string of its own */
	FIELD_NEWER /* this libxl does not have it */
};

static const struct {
	const char *name;
	enum kind kind;
	size_t at;
	const char
		*since; /* the first release of Xen that has the field, if it is newer than 4.14 */
} fields[] = {
	{ "xen_platform_pci", FIELD_BOOL, AT(b_info.u.hvm.xen_platform_pci) },
	{ "videoram", FIELD_MIB, AT(b_info.video_memkb) },
	{ "hap", FIELD_BOOL, AT(c_info.hap) },
	{ "mmio_hole", FIELD_MIB, AT(b_info.u.hvm.mmio_hole_memkb) },
	{ "maxmem", FIELD_MIB, AT(b_info.max_memkb) },
	{ "bios_path_override", FIELD_TEXT, AT(b_info.u.hvm.system_firmware) },
	{ "acpi", FIELD_BOOL, AT(b_info.acpi) },
	{ "viridian", FIELD_BOOL, AT(b_info.u.hvm.viridian) },
	{ "usb", FIELD_BOOL, AT(b_info.u.hvm.usb) },
	{ "vnc", FIELD_BOOL, AT(b_info.u.hvm.vnc.enable) },
	{ "nestedhvm", FIELD_BOOL, AT(b_info.nested_hvm) },
	{ "dm_restrict", FIELD_BOOL, AT(b_info.dm_restrict) },
	{ "device_model_stubdomain_override", FIELD_BOOL, AT(b_info.device_model_stubdomain) },
	{ "stubdomain_kernel", FIELD_TEXT, AT(b_info.stubdomain_kernel) },
	{ "stubdomain_ramdisk", FIELD_TEXT, AT(b_info.stubdomain_ramdisk) },
#ifdef LIBXL_HAVE_HVM_PIRQ
	{ "hvm_pirq", FIELD_BOOL, AT(b_info.u.hvm.pirq) },
#else
	{ "hvm_pirq", FIELD_NEWER, .since = "4.19" },
#endif
#ifdef LIBXL_HAVE_XEN_PLATFORM_PCI_BAR_UC
	{ "xen_platform_pci_bar_uc", FIELD_BOOL, AT(b_info.u.hvm.xen_platform_pci_bar_uc) },
#else
	{ "xen_platform_pci_bar_uc", FIELD_NEWER, .since = "4.21" },
#endif
};

static int put_text(struct filling *f, char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
	return *to ? 0 : config_no_memory(f);
}

int config_apply_field(struct filling *f, const char *name, const json_t *value)
{
	size_t i = 0;
	char *at;

	while (i + 1 < sizeof(fields) / sizeof(fields[0]) && strcmp(fields[i].name, name) != 0)
		i++;
	at = (char *)f->config + fields[i].at;
	switch (fields[i].kind) {
	case FIELD_BOOL:
		libxl_defbool_set((libxl_defbool *)at, json_is_true(value));
		return 0;
	case FIELD_MIB:
		*(uint64_t *)at = (uint64_t)json_integer_value(value) * KIB_PER_MIB;
		return 0;
	case FIELD_TEXT:
		return put_text(f, (char **)at, json_string_value(value));
	case FIELD_NEWER:
		break;
	}
	return problem_set(f->why, -ENOTSUP,
		"this libxl, of Xen " XEN_BUILT_FOR ", has no %s: Xen %s is the first that has it",
		name, fields[i].since);
}

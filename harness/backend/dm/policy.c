#include "harness/backend/dm/policy.h"

#include <errno.h>
#include <string.h>

#define IGD_SERIES_SLOT 3 /* the first slot that the series gives to an emulated device */
#define SLOTS           32

/* The emulated PCI devices that the series gives a slot, but for NICs, whose models are many. */
static const char *const pci_devices[] = { "lsi53c895a", "virtio-serial", "VGA", "cirrus-vga",
	"qxl-vga", "piix3-usb-uhci", "nec-usb-xhci", "intel-hda", "ahci", "xen-pvdevice", NULL };

static int no_memory(struct problem *why)
{
	return problem_set(why, -ENOMEM, "out of memory");
}

/* Where things are; for a guest's arguments with a machine that libxl chooses for HVM. */
static int find(const struct arguments *arguments, struct layout *layout_r, bool *xenfv_r,
	struct problem *why)
{
	const char *machine;
	int r = layout_find(arguments, layout_r, why);

	if (r < 0)
		return r;
	machine = arguments->items[layout_r->machine];
	*xenfv_r = value_is_of(machine, "xenfv");
	if (!*xenfv_r && !value_is_of(machine, "pc"))
		return problem_set(why, -EINVAL,
			"libxl chose the machine \"%.120s\", neither xenfv nor pc", machine);
	if (layout_r->devices == 0)
		return problem_set(why, -EINVAL,
			"libxl's arguments have no -display, after which the first device "
			"belongs");
	return 0;
}

/* "xenfv,..." to "pc,accel=xen,...". The machine xenfv has accel=xen by default, pc has not. */
static int use_pc(struct arguments *arguments, size_t machine, struct problem *why)
{
	const char *value = arguments_text(
		arguments, "pc,accel=xen%s", arguments->items[machine] + strlen("xenfv"));

	if (!value)
		return no_memory(why);
	arguments->items[machine] = value;
	return 0;
}

static int apply_libxl(struct arguments *arguments, struct problem *why)
{
	return 0;
}

static int apply_rfc(struct arguments *arguments, struct problem *why)
{
	struct layout layout;
	bool xenfv;
	int r = find(arguments, &layout, &xenfv, why);

	/* pc already: xen_platform_pci is off, and the patch changes nothing. */
	if (r < 0 || !xenfv)
		return r;
	r = use_pc(arguments, layout.machine, why);
	if (r < 0)
		return r;
	r = arguments_insert(arguments, layout.devices, "-device", "xen-platform");
	return r < 0 ? no_memory(why) : 0;
}

static bool is_pci_device(const char *value)
{
	for (size_t i = 0; pci_devices[i]; i++) {
		if (value_is_of(value, pci_devices[i]))
			return true;
	}
	/* A NIC: "rtl8139,id=nic0,netdev=net0,mac=...". */
	return strstr(value, ",netdev=") != NULL;
}

/* "VGA,vgamem_mb=16" to "VGA,addr=0x4,vgamem_mb=16". */
static int give_slot(
	struct arguments *arguments, size_t index, unsigned int slot, struct problem *why)
{
	const char *device = arguments->items[index], *rest = strchrnul(device, ','), *value;

	if (slot >= SLOTS)
		return problem_set(why, -EINVAL, "no slot is free for %.80s", device);
	value = arguments_text(
		arguments, "%.*s,addr=0x%x%s", (int)(rest - device), device, slot, rest);
	if (!value)
		return no_memory(why);
	arguments->items[index] = value;
	return 0;
}

static int give_slots(struct arguments *arguments, size_t from, size_t to, unsigned int *slot,
	struct problem *why)
{
	int r = 0;

	for (size_t i = from; i + 1 < to && r == 0; i++) {
		if (strcmp(arguments->items[i], "-device") == 0 &&
			is_pci_device(arguments->items[i + 1]))
			r = give_slot(arguments, i + 1, (*slot)++, why);
	}
	return r;
}

static int apply_igd_only(struct arguments *arguments, struct problem *why)
{
	unsigned int slot = IGD_SERIES_SLOT;
	struct layout layout;
	const char *platform;
	bool xenfv;
	int r = find(arguments, &layout, &xenfv, why);

	if (r < 0 || !value_has(arguments->items[layout.machine], "igd-passthru=on"))
		return r;
	if (xenfv) {
		r = use_pc(arguments, layout.machine, why);
		if (r < 0)
			return r;
		platform = arguments_text(arguments, "xen-platform,addr=0x%x", slot++);
		if (!platform ||
			arguments_insert(arguments, layout.devices, "-device", platform) < 0)
			return no_memory(why);
		layout.devices += 2;
		layout.machine += 2;
		layout.rest += 2;
	}
	r = give_slots(arguments, layout.devices, layout.machine, &slot, why);
	return r < 0 ? r : give_slots(arguments, layout.rest, arguments->count, &slot, why);
}

static int apply_igd_only_bare(struct arguments *arguments, struct problem *why)
{
	struct layout layout;
	bool xenfv;
	int r = find(arguments, &layout, &xenfv, why);

	if (r < 0 || !xenfv || !value_has(arguments->items[layout.machine], "igd-passthru=on"))
		return r;
	return use_pc(arguments, layout.machine, why);
}

const struct policy policies[] = {
	{ "libxl", "nothing is changed", "the installed libxl", apply_libxl },
	{ "rfc", "pc,accel=xen for every guest, xen-platform as its first device",
		"[RFC] libxl/dm: Stop using \"xenfv\" machine in the Qemu upstream device model, "
		"c2cb963b24db11a87f1899ce53fe32d0cda91261.1676917444.git.brchuckz@aol.com",
		apply_rfc },
	{ "igd-only",
		"guests with igd-passthru=on: pc,accel=xen, no emulated device at "
		"slot 2",
		"[XEN PATCH v2 1/3] and [XEN PATCH v2 2/3] of "
		"cover.1673300848.git.brchuckz@aol.com; 3/3 is a cell's `pci`, with @02",
		apply_igd_only },
	{ "igd-only-bare", "guests with igd-passthru=on: pc,accel=xen, without other changes",
		"[XEN PATCH v2 1/3] libxl/dm: Use \"pc\" machine type for Intel IGD passthrough, "
		"a38db9a2b829add5612e1bce44ae54ecd96e96b7.1673300848.git.brchuckz@aol.com",
		apply_igd_only_bare },
	{ NULL },
};

const struct policy *policy_find(const char *name)
{
	for (const struct policy *policy = policies; policy->name; policy++) {
		if (strcmp(policy->name, name) == 0)
			return policy;
	}
	return NULL;
}

enum dm_call dm_call(const struct arguments *arguments)
{
	static const char *const questions[] = { "-version", "--version", "-help", "--help", "-h" };
	struct layout layout;

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (arguments->count == 2 && strcmp(arguments->items[1], questions[i]) == 0)
			return DM_CALL_QUESTION;
	}
	if (layout_find(arguments, &layout, NULL) == 0 &&
		value_is_of(arguments->items[layout.machine], "none"))
		return DM_CALL_PROBE;
	return DM_CALL_GUEST;
}

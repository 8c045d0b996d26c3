/*
 * What src/functions.c asks of libpci, over sysfs and no more: Debian has no static libpci, and the
 * shared one brings libudev, zlib and a whole libc along, half a megabyte of the tiny guest.
 *
 * libpci's own <pci/pci.h> says what each function does; <pci/pci.h> is that of
 * guests/tiny/include. That this answers as the real one does is checked by the agent's own suite,
 * and against the guest `linux`, which has libpci (ci/checks/qemu, ci/checks/lab).
 */
#include <fcntl.h>
#include <pci/pci.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/bdf.h"
#include "src/tree.h"

/* The first lines of a device's file `resource`: its BARs, and its ROM. */
#define BARS      6
#define RESOURCES 7

/* Pointers of capabilities have two reserved bits (PCI Local Bus Specification 3.0, 6.7). */
#define CAP_POINTER   0xfcu
#define EXT_CAP_BEGIN 0x100u
#define EXT_CAP_END   0x1000u

struct pci_access *pci_alloc(void)
{
	return calloc(1, sizeof(struct pci_access));
}

/* Below the root of the tree, which src/tree.c does not leave. */
#define SYSFS "sys/bus/pci"

/* There is one parameter, sysfs.path: the root, and SYSFS. What is kept is the root. */
int pci_set_param(struct pci_access *access, char *param, char *value)
{
	size_t length = strlen(value), below = strlen("/" SYSFS);

	free(access->root);
	access->root = length < below ? NULL : strndup(value, length - below);
	return access->root ? 0 : -1;
}

void pci_init(struct pci_access *access)
{
	if (!access->root)
		access->error((char *)"no memory"); /* libpci knows no const */
}

static void free_device(struct pci_dev *dev)
{
	struct pci_cap *next;

	for (struct pci_cap *cap = dev->first_cap; cap; cap = next) {
		next = cap->next;
		free(cap);
	}
	free(dev);
}

void pci_cleanup(struct pci_access *access)
{
	struct pci_dev *next;

	for (struct pci_dev *dev = access->devices; dev; dev = next) {
		next = dev->next;
		free_device(dev);
	}
	free(access->root);
	free(access);
}

static void add_device(struct pci_access *access, struct bdf where)
{
	struct pci_dev *dev = calloc(1, sizeof(*dev));

	if (!dev)
		return;
	dev->access = access;
	dev->domain = (int)where.domain;
	dev->bus = where.bus;
	dev->dev = where.slot;
	dev->func = where.function;
	dev->next = access->devices;
	access->devices = dev;
}

void pci_scan_bus(struct pci_access *access)
{
	int fd = tree_open(access->root, O_RDONLY | O_DIRECTORY, SYSFS "/devices");
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!directory)
		access->error(
			(char *)"Cannot open %s/" SYSFS "/devices", (const char *)access->root);
	while ((entry = readdir(directory))) {
		struct bdf where;

		if (!bdf_parse(entry->d_name, &where))
			add_device(access, where);
	}
	closedir(directory);
}

static void address_of(const struct pci_dev *dev, char text[static BDF_TEXT_MAX])
{
	bdf_format((struct bdf){ (uint32_t)dev->domain, dev->bus, dev->dev, dev->func }, text);
}

int pci_read_block(struct pci_dev *dev, int pos, u8 *buffer, int length)
{
	char address[BDF_TEXT_MAX];
	ssize_t got = -1;
	int fd;

	address_of(dev, address);
	fd = tree_open(dev->access->root, O_RDONLY, SYSFS "/devices/%s/config", address);
	if (fd >= 0) {
		got = pread(fd, buffer, (size_t)length, pos);
		close(fd);
	}
	return got == length;
}

/* Nobody answers: all ones, as on the bus. */
static u32 read_number(struct pci_dev *dev, int pos, int length)
{
	u8 bytes[4];
	u32 value = 0;

	if (!pci_read_block(dev, pos, bytes, length))
		memset(bytes, 0xff, sizeof(bytes));
	for (int i = length; i > 0; i--)
		value = value << 8 | bytes[i - 1];
	return value;
}

u8 pci_read_byte(struct pci_dev *dev, int pos)
{
	return (u8)read_number(dev, pos, 1);
}

u32 pci_read_long(struct pci_dev *dev, int pos)
{
	return read_number(dev, pos, 4);
}

static u16 read_id(struct pci_dev *dev, const char *name)
{
	char address[BDF_TEXT_MAX], text[TREE_TEXT_MAX];

	address_of(dev, address);
	tree_text(dev->access->root, text, SYSFS "/devices/%s/%s", address, name);
	return (u16)strtoul(text, NULL, 16);
}

/* One line: start, end and flags; the flags' low four bits are those of the register. */
static void set_resource(struct pci_dev *dev, int index, const char *line)
{
	unsigned long long start, end, flags;
	pciaddr_t base, size;

	if (sscanf(line, "%llx %llx %llx", &start, &end, &flags) != 3)
		return;
	base = start | (flags & PCI_ADDR_FLAG_MASK);
	size = end > start ? end - start + 1 : 0;
	if (index < BARS) {
		dev->base_addr[index] = base;
		dev->size[index] = size;
	} else {
		dev->rom_base_addr = base;
		dev->rom_size = size;
	}
}

static void read_resources(struct pci_dev *dev)
{
	char address[BDF_TEXT_MAX], text[TREE_TEXT_MAX], *state = NULL, *line;
	int index = 0;

	address_of(dev, address);
	tree_text(dev->access->root, text, SYSFS "/devices/%s/resource", address);
	line = strtok_r(text, "?", &state); /* what tree_text() makes of a newline */
	for (; line && index < RESOURCES; line = strtok_r(NULL, "?", &state))
		set_resource(dev, index++, line);
}

static bool add_cap(struct pci_dev *dev, unsigned int where, unsigned int id, unsigned int type)
{
	struct pci_cap *cap = calloc(1, sizeof(*cap));

	if (!cap)
		return false;
	*cap = (struct pci_cap){ .id = (u16)id, .type = (u16)type, .addr = where };
	if (dev->last_cap)
		dev->last_cap->next = cap;
	else
		dev->first_cap = cap;
	dev->last_cap = cap;
	return true;
}

/* A list may lead in a circle: each place is visited once. Returns whether the device is PCIe. */
static bool read_caps(struct pci_dev *dev)
{
	bool been[0x100] = { false }, pcie = false;
	unsigned int where;

	if (!(read_number(dev, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST))
		return false;
	where = (pci_read_byte(dev, PCI_HEADER_TYPE) & 0x7f) == PCI_HEADER_TYPE_CARDBUS
			? PCI_CB_CAPABILITY_LIST
			: PCI_CAPABILITY_LIST;
	for (where = pci_read_byte(dev, (int)where) & CAP_POINTER; where && !been[where];
		where = pci_read_byte(dev, (int)where + PCI_CAP_LIST_NEXT) & CAP_POINTER) {
		unsigned int id = pci_read_byte(dev, (int)where + PCI_CAP_LIST_ID);

		been[where] = true;
		if (id == 0xff || !add_cap(dev, where, id, PCI_CAP_NORMAL))
			break;
		pcie = pcie || id == PCI_CAP_ID_EXP;
	}
	return pcie;
}

static void read_ext_caps(struct pci_dev *dev)
{
	bool been[EXT_CAP_END] = { false };
	unsigned int where = EXT_CAP_BEGIN;

	while (where >= EXT_CAP_BEGIN && where < EXT_CAP_END && !been[where]) {
		u32 header = pci_read_long(dev, (int)where);

		been[where] = true;
		if (header == 0 || header == UINT32_MAX ||
			!add_cap(dev, where, header & 0xffff, PCI_CAP_EXTENDED))
			break;
		where = header >> 20 & ~3u;
	}
}

int pci_fill_info(struct pci_dev *dev, int flags)
{
	dev->vendor_id = read_id(dev, "vendor");
	dev->device_id = read_id(dev, "device");
	dev->subsys_vendor_id = read_id(dev, "subsystem_vendor");
	dev->subsys_id = read_id(dev, "subsystem_device");
	read_resources(dev);
	if (read_caps(dev))
		read_ext_caps(dev);
	return flags;
}

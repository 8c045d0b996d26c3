#include "src/functions.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/opregion.h"
#include "src/report.h"
#include "src/tree.h"

#define VENDOR_INTEL         0x8086
#define CAPABILITIES_MAX     64
#define CLASS_DISPLAY(class) ((class) >> 16 == 0x03)

#define DEVICES "sys/bus/pci/devices" /* below a root */

/* libpci 3.7 knows no subsystems; 0 is no flag to it. */
#ifdef PCI_FILL_SUBSYS
#define FILL_SUBSYS PCI_FILL_SUBSYS
#else
#define FILL_SUBSYS 0
#endif

#define FILL                                                                                       \
	(PCI_FILL_IDENT | PCI_FILL_BASES | PCI_FILL_ROM_BASE | PCI_FILL_SIZES | FILL_SUBSYS |      \
		PCI_FILL_CAPS | PCI_FILL_EXT_CAPS)

struct reg {
	uint8_t offset;
	uint8_t bytes; /* 2 or 4 */
};

/*
 * What QEMU's igd-passthrough-i440FX copies from the host's bridge beside the header
 * (hw/pci-host/xen_igd_pt.c): 0x50 and 0x52 (GGC) and Sandy Bridge's 0xa4 and 0xa8.
 */
static const struct reg bridge_registers[] = { { 0x50, 4 }, { 0x52, 2 }, { 0xa4, 4 }, { 0xa8, 4 } };

/*
 * Of an Intel GPU: GGC's mirror (0x50), the base of stolen memory (BDSM: 0x5c, 64 bits at 0xc0
 * since generation 11; Linux' include/drm/i915_drm.h) and ASLS, the OpRegion's address.
 */
static const struct reg display_registers[] = { { 0x50, 4 }, { 0x5c, 4 }, { 0xc0, 4 }, { 0xc4, 4 },
	{ PCI_ASLS, 4 } };

/* libpci ends the process when its error function returns, so ours must jump. */
static struct {
	jmp_buf escape; /* in functions_json() */
	struct problem *why;
} trouble;

__attribute__((noreturn, format(printf, 1, 2))) static void on_error(char *fmt, ...)
{
	char text[PROBLEM_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tree_clean(text);
	problem_set(trouble.why, -EIO, "libpci: %s", text);
	longjmp(trouble.escape, 1);
}

/* A file that cannot be read is no news to a person: what was not read is null in the report. */
__attribute__((format(printf, 1, 2))) static void on_warning(char *fmt, ...)
{
	(void)fmt;
}

static struct bdf address_of(const struct pci_dev *dev)
{
	return (struct bdf){ (uint32_t)dev->domain, dev->bus, dev->dev, dev->func };
}

static json_t *hex(unsigned int digits, uint64_t value)
{
	return json_sprintf("0x%0*" PRIx64, (int)digits, value);
}

/* Returns the register as text, JSON null if it cannot be read, or NULL without memory. */
static json_t *read_register(struct pci_dev *dev, struct reg reg)
{
	uint8_t bytes[4] = { 0 };
	uint32_t value;

	if (!pci_read_block(dev, reg.offset, bytes, reg.bytes))
		return json_null();
	value = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
		(uint32_t)bytes[3] << 24;
	return hex(reg.bytes * 2u, value);
}

static json_t *read_registers(struct pci_dev *dev, const struct reg *registers, size_t count)
{
	json_t *object = json_object();
	char key[8];

	for (size_t i = 0; object && i < count; i++) {
		snprintf(key, sizeof(key), "0x%02x", registers[i].offset);
		if (json_object_set_new(object, key, read_register(dev, registers[i]))) {
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}

static json_t *make_bar(int index, pciaddr_t base, pciaddr_t size)
{
	bool is_io = index < 6 && (base & PCI_BASE_ADDRESS_SPACE_IO);
	bool prefetchable = index < 6 && !is_io && (base & PCI_BASE_ADDRESS_MEM_PREFETCH);
	pciaddr_t mask = is_io ? PCI_BASE_ADDRESS_IO_MASK : PCI_BASE_ADDRESS_MEM_MASK;
	const char *kind = is_io ? "io" : "memory";

	if (index == 6) {
		kind = "rom";
		mask = PCI_ROM_ADDRESS_MASK;
	}
	return json_pack("{s:i, s:s, s:o, s:o, s:b}", "index", index, "kind", kind, "start",
		hex(16, base & mask), "size", hex(16, size), "prefetchable", (int)prefetchable);
}

static json_t *read_bars(struct pci_dev *dev)
{
	json_t *bars = json_array();
	int r = bars ? 0 : -ENOMEM;

	for (int i = 0; r == 0 && i < 6; i++) {
		if (dev->size[i])
			r = json_array_append_new(
				bars, make_bar(i, dev->base_addr[i], dev->size[i]));
	}
	if (r == 0 && dev->rom_size)
		r = json_array_append_new(bars, make_bar(6, dev->rom_base_addr, dev->rom_size));
	if (r < 0) {
		json_decref(bars);
		return NULL;
	}
	return bars;
}

/* Two digits for a capability, four for an extended one. */
static json_t *read_capabilities(struct pci_dev *dev)
{
	json_t *list = json_array();

	for (struct pci_cap *cap = dev->first_cap; list && cap; cap = cap->next) {
		if (json_array_size(list) >= CAPABILITIES_MAX)
			break;
		if (json_array_append_new(
			    list, hex(cap->type == PCI_CAP_EXTENDED ? 4 : 2, cap->id))) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

/* Adds what only the host bridge and an Intel GPU have. Returns 0, or nonzero without memory. */
static int add_igd(const struct functions_scope *scope, struct pci_dev *dev, struct bdf where,
	uint32_t class, json_t *function)
{
	static const struct bdf bridge = { 0 };
	json_t *opregion = NULL;
	uint32_t asls;

	if (bdf_equal(where, bridge))
		return json_object_set_new(function, "registers",
			read_registers(dev, bridge_registers,
				sizeof(bridge_registers) / sizeof(bridge_registers[0])));
	if (dev->vendor_id != VENDOR_INTEL || !CLASS_DISPLAY(class))
		return 0;
	if (json_object_set_new(function, "registers",
		    read_registers(dev, display_registers,
			    sizeof(display_registers) / sizeof(display_registers[0]))))
		return -ENOMEM;
	asls = pci_read_long(dev, PCI_ASLS);
	opregion = asls && asls != UINT32_MAX ? opregion_json(scope->root, asls) : json_null();
	return json_object_set_new(function, "opregion", opregion);
}

struct subsystem {
	unsigned int vendor, id;
};

static struct subsystem subsystem_of(struct pci_dev *dev)
{
#ifdef PCI_FILL_SUBSYS
	return (struct subsystem){ dev->subsys_vendor_id, dev->subsys_id };
#else
	/* As libpci does since, but for bridges, which have theirs in a capability. */
	if ((pci_read_byte(dev, PCI_HEADER_TYPE) & 0x7f) != PCI_HEADER_TYPE_NORMAL)
		return (struct subsystem){ 0, 0 };
	return (struct subsystem){ pci_read_word(dev, PCI_SUBSYSTEM_VENDOR_ID),
		pci_read_word(dev, PCI_SUBSYSTEM_ID) };
#endif
}

static json_t *make_function(
	const struct functions_scope *scope, struct pci_dev *dev, struct bdf where)
{
	uint32_t class = pci_read_long(dev, PCI_CLASS_REVISION) >> 8;
	struct subsystem subsystem = subsystem_of(dev);
	char address[BDF_TEXT_MAX], driver[TREE_TEXT_MAX];
	json_t *function;
	int bound;

	bdf_format(where, address);
	/* libpci follows the link, which in a recorded tree leads nowhere. */
	bound = !tree_link(scope->root, driver, "sys/bus/pci/devices/%s/driver", address);
	function = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s?, s:o, s:o}", "address",
		address, "vendor", hex(4, dev->vendor_id), "device", hex(4, dev->device_id),
		"subsystem_vendor", hex(4, subsystem.vendor), "subsystem", hex(4, subsystem.id),
		"class", hex(6, class), "revision", hex(2, pci_read_byte(dev, PCI_REVISION_ID)),
		"header_type", hex(2, pci_read_byte(dev, PCI_HEADER_TYPE)), "driver",
		bound ? driver : NULL, "bars", read_bars(dev), "capabilities",
		read_capabilities(dev));
	if (function && add_igd(scope, dev, where, class, function)) {
		json_decref(function);
		return NULL;
	}
	return function;
}

static int compare(const void *a, const void *b)
{
	const struct pci_dev *const *left = a, *const *right = b;

	return bdf_compare(address_of(*left), address_of(*right));
}

/* Adds one function, and its place if it has a name. Returns 0, or nonzero without memory. */
static int add_function(const struct functions_scope *scope, struct pci_dev *dev, json_t *section)
{
	struct bdf where = address_of(dev);
	char address[BDF_TEXT_MAX];
	const char *key = NULL;

	pci_fill_info(dev, FILL);
	if (bdf_equal(where, (struct bdf){ .slot = 0x02 }))
		key = "slot2";
	else if (bdf_equal(where, (struct bdf){ .slot = 0x1f }))
		key = "lpc";
	bdf_format(where, address);
	if (key && json_object_set_new(section, key, json_string(address)))
		return -ENOMEM;
	return json_array_append_new(
		json_object_get(section, "functions"), make_function(scope, dev, where));
}

/* Fills the section, in the order of the addresses: libpci's is that of a directory. Not inlined:
 * on_error() jumps out of it, and its variables must not be those of functions_json(). */
__attribute__((noinline)) static int fill(
	const struct functions_scope *scope, struct pci_access *access, json_t *section)
{
	static struct pci_dev *list[REPORT_FUNCTIONS_MAX];
	size_t count = 0;
	int r = 0;

	pci_init(access);
	pci_scan_bus(access);
	for (struct pci_dev *dev = access->devices; dev && count < REPORT_FUNCTIONS_MAX;
		dev = dev->next)
		if (!scope->wanted || scope->wanted(address_of(dev)))
			list[count++] = dev;
	qsort(list, count, sizeof(list[0]), compare);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_function(scope, list[i], section);
	return r;
}

/* What libpci's sysfs access opens of a function. It would wait for a FIFO, and follow any link. */
static const char *const opened[] = { "config", "resource", "vendor", "device", "class", "irq",
	"subsystem_vendor", "subsystem_device", "revision", "label", "numa_node" };

static int check_file(const char *root, const char *function, const char *name, struct problem *why)
{
	char path[TREE_TEXT_MAX];
	struct stat st;
	int fd, r = 0;

	snprintf(path, sizeof(path), DEVICES "/%.64s/%s", function, name);
	fd = tree_beneath(root, path, O_PATH);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return problem_set(why, -EINVAL, "%s/%s: %s", root, path, strerror(-fd));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		r = problem_set(why, -EINVAL, "%s/%s is not a regular file", root, path);
	close(fd);
	return r;
}

/* Looks over a recorded tree before libpci does. */
static int check_tree(const char *root, struct problem *why)
{
	int fd = tree_beneath(root, DEVICES, O_RDONLY | O_DIRECTORY), r = 0;
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!directory) {
		if (fd >= 0)
			close(fd);
		return problem_set(
			why, -EINVAL, "%s/" DEVICES ": %s", root, strerror(fd < 0 ? -fd : errno));
	}
	while (r == 0 && (entry = readdir(directory))) {
		/* The longest address, with a domain of 32 bits, has 16 characters. */
		if (strlen(entry->d_name) > 16)
			r = problem_set(why, -EINVAL,
				"%s/" DEVICES " has a name that is not an address", root);
		for (size_t i = 0;
			r == 0 && entry->d_name[0] != '.' && i < sizeof(opened) / sizeof(opened[0]);
			i++)
			r = check_file(root, entry->d_name, opened[i], why);
	}
	closedir(directory);
	return r;
}

static int check_dump(const char *dump, struct problem *why)
{
	struct stat st;

	if (stat(dump, &st))
		return problem_set(why, -EINVAL, "%s: %s", dump, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return problem_set(why, -EINVAL, "%s is not a regular file", dump);
	return 0;
}

/* Where libpci is to look. */
static int choose(const struct functions_scope *scope, struct pci_access *access, char *path,
	struct problem *why)
{
	static char sysfs[] = "sysfs.path", dump[] = "dump.name"; /* libpci knows no const */
	int r;

	if (scope->dump) {
		r = check_dump(scope->dump, why);
		snprintf(path, PATH_MAX, "%s", scope->dump);
		access->method = PCI_ACCESS_DUMP;
		pci_set_param(access, dump, path);
		return r;
	}
	r = scope->root[0] ? check_tree(scope->root, why) : 0;
	snprintf(path, PATH_MAX, "%s/sys/bus/pci", scope->root);
	access->method = PCI_ACCESS_SYS_BUS_PCI;
	pci_set_param(access, sysfs, path);
	return r;
}

int functions_json(const struct functions_scope *scope, json_t **section_r, struct problem *why)
{
	char path[PATH_MAX];
	json_t *const section = json_pack("{s:n, s:n, s:[]}", "slot2", "lpc", "functions");
	struct pci_access *const access = pci_alloc();
	int r;

	if (!section || !access) {
		json_decref(section);
		return -ENOMEM;
	}
	trouble.why = why;
	if (setjmp(trouble.escape)) {
		pci_cleanup(access);
		json_decref(section);
		return -EIO;
	}
	access->error = on_error;
	access->warning = on_warning;
	access->debug = on_warning;
	r = choose(scope, access, path, why);
	if (r == 0)
		r = fill(scope, access, section);
	pci_cleanup(access);
	if (r < 0) {
		json_decref(section);
		return r;
	}
	*section_r = section;
	return 0;
}

/*
 * In the place of libpci's <pci/pci.h>, for guests/tiny/pci.c and src/functions.c: the same names
 * for what src/functions.c uses, with structs of our own. A new libpci may change its structs, and
 * these stay as they are. The numbers of registers are Linux'.
 */
#ifndef IGD_TINY_PCI_PCI_H
#define IGD_TINY_PCI_PCI_H

#include <linux/pci_regs.h>
#include <stdbool.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t pciaddr_t;

/* The low bits of a BAR, which are no address. */
#define PCI_ADDR_FLAG_MASK 0xf

/* Kinds of capabilities. */
#define PCI_CAP_NORMAL   1
#define PCI_CAP_EXTENDED 2

/* What pci_fill_info() is asked for; it always fills everything. */
#define PCI_FILL_IDENT    0x0001
#define PCI_FILL_BASES    0x0002
#define PCI_FILL_ROM_BASE 0x0004
#define PCI_FILL_SIZES    0x0008
#define PCI_FILL_SUBSYS   0x0010
#define PCI_FILL_CAPS     0x0020
#define PCI_FILL_EXT_CAPS 0x0040

/* There is one way to look, sysfs. */
enum { PCI_ACCESS_SYS_BUS_PCI, PCI_ACCESS_DUMP };

struct pci_access {
	unsigned int method;
	char *root; /* of the tree that sysfs is in */
	struct pci_dev *devices;
	__attribute__((noreturn)) void (*error)(char *fmt, ...);
	void (*warning)(char *fmt, ...);
	void (*debug)(char *fmt, ...);
};

struct pci_cap {
	struct pci_cap *next;
	u16 id, type;
	unsigned int addr;
};

struct pci_dev {
	struct pci_dev *next;
	struct pci_access *access;
	int domain;
	u8 bus, dev, func;
	u16 vendor_id, device_id, subsys_vendor_id, subsys_id;
	pciaddr_t base_addr[6], size[6], rom_base_addr, rom_size;
	struct pci_cap *first_cap, *last_cap;
};

/* As libpci's functions of these names. */
struct pci_access *pci_alloc(void);
int pci_set_param(struct pci_access *access, char *param, char *value);
void pci_init(struct pci_access *access);
void pci_scan_bus(struct pci_access *access);
void pci_cleanup(struct pci_access *access);
int pci_fill_info(struct pci_dev *dev, int flags);
u8 pci_read_byte(struct pci_dev *dev, int pos);
u32 pci_read_long(struct pci_dev *dev, int pos);
int pci_read_block(struct pci_dev *dev, int pos, u8 *buffer, int length);

#endif

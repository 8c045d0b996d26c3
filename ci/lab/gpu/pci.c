#include "ci/lab/gpu/pci.h"

#include <linux/pci_regs.h>
#include <string.h>

#include "ci/lab/gpu/gpu.h"

/* Registers of an Intel GPU that PCI does not define, as Linux' intel_pci_config.h names them. */
#define IGD_CAPID0 0x40
#define IGD_MSI    0xac
#define IGD_PM     0xd0
#define IGD_GGC    0x50
#define IGD_BDSM   0x5c
#define IGD_SWSCI  0xe8
#define IGD_ASLE   0xe4
#define IGD_ASLS   0xfc

#define CAPID0_LENGTH 0x0c

/* What is there after a reset, and which bits a write changes. A row may be for 1, 2 or 4 bytes. */
struct pci_row {
	uint8_t at, size;
	uint32_t value, writable;
};

/* The same in every generation. BARs and the ROM are sized by what is not writable. */
static const struct pci_row rows[] = {
	{ PCI_VENDOR_ID, 2, 0x8086, 0 },
	{ PCI_COMMAND, 2, 0,
		PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
			PCI_COMMAND_INTX_DISABLE },
	{ PCI_STATUS, 2, PCI_STATUS_CAP_LIST, 0 },
	{ PCI_CACHE_LINE_SIZE, 1, 0, 0xff },
	{ PCI_BASE_ADDRESS_0, 4, PCI_BASE_ADDRESS_MEM_TYPE_64, ~(GPU_MMIO_SIZE - 1) },
	{ PCI_BASE_ADDRESS_1, 4, 0, 0xffffffff },
	{ PCI_BASE_ADDRESS_4, 4, PCI_BASE_ADDRESS_SPACE_IO, ~(GPU_IO_SIZE - 1) },
	/* Of a device that QEMU emulates, docs/specs/pci-ids in QEMU: no hardware has it. */
	{ PCI_SUBSYSTEM_VENDOR_ID, 2, 0x1af4, 0 },
	{ PCI_SUBSYSTEM_ID, 2, 0x1100, 0 },
	{ PCI_CAPABILITY_LIST, 1, IGD_CAPID0, 0 },
	{ PCI_INTERRUPT_LINE, 1, 0, 0xff },
	{ PCI_INTERRUPT_PIN, 1, 1, 0 },
	/* CAPID0: no feature is fused off. */
	{ IGD_CAPID0, 4, PCI_CAP_ID_VNDR | IGD_MSI << 8 | CAPID0_LENGTH << 16 | 1 << 24, 0 },
	{ IGD_MSI, 4, PCI_CAP_ID_MSI | IGD_PM << 8, PCI_MSI_FLAGS_ENABLE << 16 },
	{ IGD_MSI + PCI_MSI_ADDRESS_LO, 4, 0, 0xfffffffc },
	{ IGD_MSI + PCI_MSI_DATA_32, 2, 0, 0xffff },
	{ IGD_PM, 4, PCI_CAP_ID_PM | 0x0022 << 16,
		0 }, /* version 2, needs its own initialization */
	{ IGD_PM + PCI_PM_CTRL, 2, 0, PCI_PM_CTRL_STATE_MASK },
	{ IGD_ASLE, 4, 0, 0xffffffff },
	{ IGD_SWSCI, 2, 0, 0xffff },
};

static void put(struct pci *pci, const struct pci_row *row)
{
	for (size_t i = 0; i < row->size; i++) {
		pci->bytes[row->at + i] = (uint8_t)(row->value >> (8 * i));
		pci->writable[row->at + i] = (uint8_t)(row->writable >> (8 * i));
	}
}

static void put_own(struct gpu *gpu)
{
	const struct generation *generation = gpu->generation;
	uint32_t rom = gpu->pci.rom_size;
	const struct pci_row own[] = {
		{ PCI_DEVICE_ID, 2, generation->device, 0 },
		{ PCI_CLASS_REVISION, 4, generation->class << 8 | generation->revision, 0 },
		{ PCI_ROM_ADDRESS, 4, 0, rom ? ~(rom - 1) | PCI_ROM_ADDRESS_ENABLE : 0 },
		/* Its lock bit, 0, is set: firmware has chosen. */
		{ IGD_GGC, 2, generation->ggc, 0 },
		/* Firmware of a virtual machine may put stolen memory where it likes. */
		{ IGD_BDSM, 4, gpu->options.bdsm, 0xffffffff },
		{ IGD_ASLS, 4, gpu->options.asls, 0xffffffff },
	};
	static const struct pci_row aperture[] = {
		{ PCI_BASE_ADDRESS_2, 4,
			PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH,
			~(GPU_APERTURE_SIZE - 1) },
		{ PCI_BASE_ADDRESS_3, 4, 0, 0xffffffff },
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		put(&gpu->pci, &own[i]);
	for (size_t i = 0; gpu->pci.aperture_size && i < sizeof(aperture) / sizeof(aperture[0]);
		i++)
		put(&gpu->pci, &aperture[i]);
}

void pci_reset(struct gpu *gpu)
{
	struct pci *pci = &gpu->pci;

	memset(pci, 0, sizeof(*pci));
	if (!gpu->options.fault || !gpu->options.fault->no_aperture)
		pci->aperture_size = GPU_APERTURE_SIZE;
	if (gpu->options.rom) {
		pci->rom_size = PCI_ROM_MIN;
		while (pci->rom_size < gpu->options.rom_size && pci->rom_size < PCI_ROM_MAX)
			pci->rom_size *= 2;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		put(pci, &rows[i]);
	put_own(gpu);
}

void pci_write(struct gpu *gpu, size_t at, const uint8_t *bytes, size_t count)
{
	struct pci *pci = &gpu->pci;

	if (gpu->options.fault && gpu->options.fault->config_writes_lost)
		return;
	for (size_t i = 0; i < count; i++)
		pci->bytes[at + i] = (uint8_t)((pci->bytes[at + i] & ~pci->writable[at + i]) |
					       (bytes[i] & pci->writable[at + i]));
}

uint32_t pci_get(const struct gpu *gpu, size_t at)
{
	uint32_t value;

	memcpy(&value, gpu->pci.bytes + at, sizeof(value));
	return value;
}

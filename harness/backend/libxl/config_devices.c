/* The settings that give a guest devices: pci, nic, disk. */
#include "harness/backend/libxl/config_devices.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/libxl/config_words.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/plan/pci_spec.h"

static int parse_pci(const char *text, libxl_device_pci *pci, struct problem *why)
{
	static const libxl_rdm_reserve_policy policies[PCI_RDM_POLICIES] = {
		[PCI_RDM_DEFAULT] = LIBXL_RDM_RESERVE_POLICY_INVALID,
		[PCI_RDM_STRICT] = LIBXL_RDM_RESERVE_POLICY_STRICT,
		[PCI_RDM_RELAXED] = LIBXL_RDM_RESERVE_POLICY_RELAXED,
	};
	struct pci_spec spec;
	int r = pci_spec_parse(text, &spec, why);

	if (r < 0)
		return r;
	pci->domain = spec.host.domain;
	pci->bus = spec.host.bus;
	pci->dev = spec.host.slot;
	pci->func = spec.host.function;
	/*
	 * A devfn. libxl puts a device at function 0 unless its masks of the host's and of the
	 * guest's functions are the same (libxl_pci.c); 1 is what libxlu_pci.c has.
	 */
	pci->vfunc_mask = 1u << spec.function;
	if (spec.slot != PCI_SPEC_SLOT_NONE)
		pci->vdevfn = (uint32_t)spec.slot << 3;
	pci->permissive = spec.set[PCI_PERMISSIVE] > 0;
	pci->seize = spec.set[PCI_SEIZE] > 0;
	pci->msitranslate = spec.set[PCI_MSITRANSLATE] > 0;
	pci->power_mgmt = spec.set[PCI_POWER_MGMT] > 0;
	pci->rdm_policy = policies[spec.rdm_policy];
	return 0;
}

int config_apply_pci(struct filling *f, const char *name, const json_t *value)
{
	static const char wanted[] = "a list of texts as \"00:02.0\"";
	libxl_device_pci *devices;
	const json_t *text;
	size_t i;
	int r = 0;

	if (!json_is_array(value) || json_array_size(value) > PCI_SPECS_MAX)
		return config_wrong(f, name, wanted);
	if (json_array_size(value) == 0)
		return 0;
	devices = calloc(json_array_size(value), sizeof(*devices));
	if (!devices)
		return config_no_memory(f);
	json_array_foreach(value, i, text)
	{
		libxl_device_pci_init(&devices[i]);
		r = json_is_string(text) ? parse_pci(json_string_value(text), &devices[i], f->why)
					 : config_wrong(f, name, wanted);
		if (r < 0)
			goto out;
	}
	f->config->pcidevs = devices;
	f->config->num_pcidevs = (int)i;
	devices = NULL;
out:
	/* parse_pci() puts nothing into a device that would have to be freed. */
	free(devices);
	return r;
}

/*
 * One emulated NIC. libxl makes no NIC without a network of the host behind it: for this type there
 * is also a backend of xen-netback, vifN.0, and QEMU opens a tap, vifN.0-emu. The script, which
 * libxl runs for both, is our own and joins them to nothing: guest.c names it.
 */
int config_apply_nic(struct filling *f, const char *name, const json_t *value)
{
	static const char *const words[] = { "none", "rtl8139", "e1000", NULL };
	libxl_device_nic *nic;
	size_t word = 0;
	int r = config_word(f, name, value, words, &word);

	if (r < 0 || word == 0)
		return r;
	nic = calloc(1, sizeof(*nic));
	if (!nic)
		return config_no_memory(f);
	libxl_device_nic_init(nic);
	f->config->nics = nic;
	f->config->num_nics = 1;
	nic->devid = 0;
	nic->nictype = LIBXL_NIC_TYPE_VIF_IOEMU;
	nic->model = strdup(words[word]);
	return nic->model ? 0 : config_no_memory(f);
}

/* A further disk of the emulated IDE controller, served by QEMU itself; NULL without memory. */
static libxl_device_disk *add_disk(struct filling *f, const char *vdev)
{
	int count = f->config->num_disks;
	libxl_device_disk *disks =
		realloc(f->config->disks, ((size_t)count + 1) * sizeof(*f->config->disks));

	if (!disks)
		return NULL;
	f->config->disks = disks;
	f->config->num_disks = count + 1;
	libxl_device_disk_init(&disks[count]);
	disks[count].backend = LIBXL_DISK_BACKEND_QDISK;
	disks[count].format = LIBXL_DISK_FORMAT_RAW;
	disks[count].vdev = strdup(vdev);
	return &disks[count];
}

/*
 * One disk, of this process's memory, as the first of the emulated IDE controller. libxl and QEMU
 * find it through /proc: it has no name that could be left behind. QEMU serves it itself, and no
 * script of the host is run for it (LIBXL_DISK_BACKEND_QDISK).
 */
static int add_first_disk(struct filling *f)
{
	libxl_device_disk *disk = add_disk(f, "hda");

	if (!disk)
		return config_no_memory(f);
	disk->readwrite = 1;
	if (asprintf(&disk->pdev_path, "/proc/%d/fd/%d", (int)getpid(), f->disk_fd) < 0)
		disk->pdev_path = NULL;
	return disk->vdev && disk->pdev_path ? 0 : config_no_memory(f);
}

int config_apply_disk(struct filling *f, const char *name, const json_t *value)
{
	if (!json_is_integer(value) || f->disk_fd < 0)
		return config_wrong(f, name, "a whole number");
	return add_first_disk(f);
}

int config_add_own_disk(struct filling *f, bool is_qcow2)
{
	int r = add_first_disk(f);

	if (r == 0 && is_qcow2)
		f->config->disks[f->config->num_disks - 1].format = LIBXL_DISK_FORMAT_QCOW2;
	return r;
}

int config_add_root(struct filling *f, const char *path)
{
	libxl_device_disk *disk;

	if (!path)
		return 0;
	disk = add_disk(f, "hdc");
	if (!disk)
		return config_no_memory(f);
	/* Unlike a disk it stays where it is when a guest unplugs what is emulated. */
	disk->is_cdrom = disk->removable = 1;
	disk->pdev_path = strdup(path);
	return disk->vdev && disk->pdev_path ? 0 : config_no_memory(f);
}

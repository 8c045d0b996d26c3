/* The table of settings. */
#include "harness/plan/pci_spec.h"
#include "harness/plan/settings.h"
#include "harness/plan/settings/forms.h"

#define TIB_IN_MIB (1024 * 1024)
#define DISK_MAX   64   /* MiB: it is memory of the host */
#define PATH_BYTES 4095 /* PATH_MAX of Linux, without the end */
/* COMMAND_LINE_SIZE of Linux on x86 is 2048; what an image itself says is far below 512. */
#define CMDLINE_BYTES 1536
#define IRQ_MAX       65535 /* far above nr_irqs of any Xen */

static const char *const gfx_passthru_words[] = { "off", "on", "igd", NULL };
static const char *const libxl_vga_words[] = { "none", "stdvga", "cirrus", "qxl", NULL };
static const char *const nic_words[] = { "none", "rtl8139", "e1000", NULL };
static const char *const policy_words[] = { "libxl", "rfc", "igd-only", "igd-only-bare", NULL };
static const char *const bios_words[] = { "seabios", "ovmf", NULL };
static const char *const passthrough_words[] = { "disabled", "enabled", "sync_pt", "share_pt",
	NULL };
static const char *const boot_words[] = { "disk", "direct", NULL };
static const char *const save_words[] = { "plain", "live", NULL };
static const char *const qemu_vga_words[] = { "none", "std", "cirrus", NULL };

const char *const setting_backends[SETTING_BACKENDS] = { "libxl", "qemu" };

/*
 * The bounds are those beyond which a back end cannot follow: HVM_MAX_VCPUS (Xen's
 * public/hvm/hvm_info_table.h), max_cpus of pc (QEMU's hw/i386/pc.c); libxl ignores a hole below
 * 256 MiB, and above 3840 hvmloader has no low memory left.
 */
const struct setting setting_table[] = {
	{ "libxl", "memory", SETTING_WHOLE, .meaning = "the guest's memory in MiB", .min = 16,
		.max = TIB_IN_MIB, .path = "b_info/target_memkb", .example = "512" },
	{ "libxl", "vcpus", SETTING_WHOLE, .meaning = "virtual processors", .min = 1, .max = 128,
		.path = "b_info/max_vcpus", .example = "1" },
	{ "libxl", "xen_platform_pci", SETTING_BOOL,
		.meaning = "true: machine xenfv with its xen-platform device; false: machine "
			   "pc,accel=xen without it",
		.path = "b_info/type.hvm/xen_platform_pci", .example = "true" },
	{ "libxl", "gfx_passthru", SETTING_WORD, gfx_passthru_words,
		"igd: libxl sets igd-passthru=on; on: libxl detects the kind from "
		"the devices in pci",
		.path = "b_info/type.hvm/gfx_passthru", .example = "\"igd\"" },
	{ "libxl", "vga", SETTING_WORD, libxl_vga_words, "the emulated display adapter",
		.path = "b_info/type.hvm/vga/kind", .example = "\"stdvga\"" },
	{ "libxl", "videoram", SETTING_WHOLE,
		.meaning = "the adapter's video memory in MiB; libxl refuses less than 8 for "
			   "cirrus, 16 for stdvga, 128 for qxl",
		.max = 1024, .path = "b_info/video_memkb", .example = "16" },
	{ "libxl", "hap", SETTING_BOOL,
		.meaning = "hardware-assisted paging; false: shadow paging, far slower",
		.path = "c_info/hap", .example = "true" },
	{ "libxl", "mmio_hole", SETTING_WHOLE,
		.meaning = "space for devices below 4 GiB, in MiB: max-ram-below-4g is 4 GiB "
			   "minus this",
		.min = 256, .max = 3840, .path = "b_info/type.hvm/mmio_hole_memkb",
		.example = "2048" },
	{ "libxl", "device_model_args_hvm", SETTING_TEXTS,
		.meaning = "arguments for QEMU, directly after -machine", .max = SETTING_ITEMS_MAX,
		.path = "b_info/extra_hvm", .example = "[\"-device\", \"xen-platform\"]" },
	{ "libxl", "pci", SETTING_TEXTS,
		.meaning = "devices of the host to pass through, as in xl.cfg(5): "
			   "\"00:02.0\", \"00:02.0@02,permissive=1\"",
		.max = PCI_SPECS_MAX, .check = form_pci, .check_all = form_pci_all,
		.path = "pcidevs", .example = "[\"00:02.0@02,permissive=1\"]" },
	{ "libxl", "nic", SETTING_WORD, nic_words,
		"an emulated network card, connected to no network; a Linux guest "
		"on Xen unplugs the card unless cmdline has xen_emul_unplug=never",
		.path = "nics", .example = "\"rtl8139\"" },
	{ "libxl", "policy", SETTING_WORD, policy_words,
		"igd-dm rewrites QEMU's command line to that of a different libxl: "
		"docs/topics/policies.md",
		.path = "b_info/device_model", .example = "\"rfc\"" },
	{ "libxl", "disk", SETTING_WHOLE,
		.meaning = "an emulated IDE disk, empty, in the harness's memory; its size in MiB",
		.min = 1, .max = DISK_MAX, .path = "disks", .example = "4" },
	{ "libxl", "device_model", SETTING_TEXT,
		.meaning = "the QEMU of the cell instead of the run's: the NAME of run "
			   "--model NAME=PATH",
		.min = 1, .max = SETTING_MODEL_MAX, .check = form_model,
		.path = "b_info/device_model", .example = "\"qemu10\"" },
	{ "libxl", "save", SETTING_WORD, save_words,
		"how a transition saves the guest: plain, as xl save; live, as xl migrate",
		.example = "\"live\"" },
	{ "libxl", "again", SETTING_BOOL,
		.meaning = "true: after its report the guest powers off, and is started again; "
			   "the two reports are compared",
		.example = "false" },
	{ "libxl", "hotplug", SETTING_BOOL,
		.meaning = "true: after its report the guest keeps running, and the devices of "
			   "pci that differ in `to` are detached and attached; the two reports "
			   "are compared",
		.example = "false" },
	{ "libxl", "maxmem", SETTING_WHOLE,
		.meaning = "the maximum memory of the guest in MiB; not less than memory",
		.min = 16, .max = TIB_IN_MIB, .path = "b_info/max_memkb", .example = "512" },
	{ "libxl", "bios", SETTING_WORD, bios_words, "the guest's firmware",
		.path = "b_info/type.hvm/bios", .example = "\"ovmf\"" },
	{ "libxl", "bios_path_override", SETTING_TEXT,
		.meaning = "path of a firmware file, instead of the firmware of bios", .min = 1,
		.max = PATH_BYTES, .check = form_path, .path = "b_info/type.hvm/system_firmware",
		.example = "\"/usr/share/ovmf/OVMF.fd\"" },
	{ "libxl", "acpi", SETTING_BOOL, .meaning = "the guest has ACPI tables",
		.path = "b_info/acpi", .example = "false" },
	{ "libxl", "viridian", SETTING_BOOL,
		.meaning = "the guest has the interfaces of Hyper-V, which Windows uses",
		.path = "b_info/type.hvm/viridian", .example = "true" },
	{ "libxl", "usb", SETTING_BOOL, .meaning = "the guest has an emulated USB controller",
		.path = "b_info/type.hvm/usb", .example = "true" },
	{ "libxl", "vnc", SETTING_BOOL,
		.meaning = "QEMU serves the emulated adapter's screen over VNC on a free port "
			   "of 127.0.0.1; without this setting, it does not",
		.path = "b_info/type.hvm/vnc/enable", .example = "true" },
	{ "libxl", "nestedhvm", SETTING_BOOL, .meaning = "the guest may run HVM guests",
		.path = "b_info/nested_hvm", .example = "true" },
	{ "libxl", "hvm_pirq", SETTING_BOOL,
		.meaning = "the guest may receive interrupts of passed-through devices as "
			   "event channels (Xen 4.19 and later)",
		.path = "b_info/type.hvm/pirq", .example = "true" },
	{ "libxl", "xen_platform_pci_bar_uc", SETTING_BOOL,
		.meaning = "false: the BAR of xen-platform is cached (Xen 4.21 and later)",
		.path = "b_info/type.hvm/xen_platform_pci_bar_uc", .example = "false" },
	{ "libxl", "rdm", SETTING_TEXT,
		.meaning = "reserved memory regions of the host: strategy=host, policy=strict "
			   "or policy=relaxed, separated by a comma; the policy applies to "
			   "each device in pci without rdm_policy",
		.min = 1, .max = 64, .check = form_rdm, .path = "b_info/type.hvm/rdm",
		.example = "\"strategy=host,policy=relaxed\"" },
	{ "libxl", "passthrough", SETTING_WORD, passthrough_words,
		"how the IOMMU maps the guest's memory", .path = "c_info/passthrough",
		.example = "\"sync_pt\"" },
	{ "libxl", "ioports", SETTING_TEXTS,
		.meaning = "I/O ports of the host that the guest may use, in hexadecimal: "
			   "\"3b0-3bb\", \"3c0-3df\"",
		.max = SETTING_ITEMS_MAX, .check = form_ioports, .path = "b_info/ioports",
		.example = "[\"3b0-3bb\"]" },
	{ "libxl", "iomem", SETTING_TEXTS,
		.meaning = "memory of the host that the guest may use, in hexadecimal: first "
			   "page, number of pages, and optionally the first page in the "
			   "guest: \"a0,20@a0\"",
		.max = SETTING_ITEMS_MAX, .check = form_iomem, .path = "b_info/iomem",
		.example = "[\"a0,20\"]" },
	{ "libxl", "irqs", SETTING_WHOLES,
		.meaning = "interrupts of the host that the guest may use: a list of numbers",
		.max = IRQ_MAX, .path = "b_info/irqs", .example = "[16]" },
	{ "libxl", "rombar", SETTING_BOOL,
		.meaning = "false: QEMU shows the guest no option ROM of the devices in pci",
		.path = "b_info/extra_hvm", .example = "false" },
	{ "libxl", "romfile", SETTING_TEXT,
		.meaning = "path of an option ROM for the devices in pci, instead of the ROM "
			   "of the device",
		.min = 1, .max = SETTING_TEXT_MAX - 64, .check = form_romfile,
		.path = "b_info/extra_hvm", .example = "\"/usr/share/rom/igd.rom\"" },
	{ "libxl", "dm_restrict", SETTING_BOOL,
		.meaning = "QEMU drops the rights of root once it runs",
		.path = "b_info/dm_restrict", .example = "true" },
	{ "libxl", "device_model_stubdomain_override", SETTING_BOOL,
		.meaning = "QEMU runs in a stub domain; the host must have the domain's "
			   "kernel and root file system",
		.path = "b_info/device_model_stubdomain", .example = "false" },
	{ "libxl", "stubdomain_kernel", SETTING_TEXT,
		.meaning = "path of the stub domain's kernel, instead of libxl's default", .min = 1,
		.max = PATH_BYTES, .check = form_path, .path = "b_info/stubdomain_kernel",
		.example = "\"/usr/lib/stub/kernel\"" },
	{ "libxl", "stubdomain_ramdisk", SETTING_TEXT,
		.meaning = "path of the stub domain's root file system, instead of libxl's "
			   "default",
		.min = 1, .max = PATH_BYTES, .check = form_path,
		.path = "b_info/stubdomain_ramdisk", .example = "\"/usr/lib/stub/rootfs\"" },
	{ "libxl", "domain_config", SETTING_TREE,
		.meaning = "any other part of the configuration that the installed libxl has, "
			   "in the form of libxl_domain_config_to_json(); null removes a key",
		.check_all = form_domain_config,
		.example = "{\"b_info\": {\"shadow_memkb\": 16384}}" },
	{ "libxl", "boot", SETTING_WORD, boot_words,
		"disk: the guest boots its kernel from a CD of the harness, read by DMA; direct: "
		"QEMU is given the kernel, which an option ROM copies through a port. Default: "
		"disk, but direct with bios: ovmf and with a QEMU in a stub domain",
		.path = "b_info/type.hvm/boot", .example = "\"direct\"" },
	{ "libxl", "cmdline", SETTING_TEXT,
		.meaning = "appended to the command line of the guest's kernel",
		.max = CMDLINE_BYTES, .path = "b_info/cmdline", .example = "\"quiet\"" },
	{ "qemu", "memory", SETTING_WHOLE, .meaning = "the guest's memory in MiB", .min = 16,
		.max = TIB_IN_MIB, .example = "512" },
	{ "qemu", "vcpus", SETTING_WHOLE, .meaning = "virtual processors", .min = 1, .max = 255,
		.example = "1" },
	{ "qemu", "machine", SETTING_TEXT, .meaning = "machine type, as for -machine", .min = 1,
		.max = 128, .check = form_machine, .example = "\"pc-i440fx-3.1\"" },
	{ "qemu", "vga", SETTING_WORD, qemu_vga_words, "the emulated display adapter",
		.example = "\"std\"" },
	{ "qemu", "nic", SETTING_WORD, nic_words,
		"an emulated network card, connected to no network", .example = "\"e1000\"" },
	{ "qemu", "disk", SETTING_WHOLE,
		.meaning = "an emulated IDE disk, empty, in the harness's memory; its size in MiB",
		.min = 1, .max = DISK_MAX, .example = "4" },
	{ "qemu", "device_model", SETTING_TEXT,
		.meaning = "the QEMU of the cell instead of the run's: the NAME of run "
			   "--model NAME=PATH",
		.min = 1, .max = SETTING_MODEL_MAX, .check = form_model, .example = "\"qemu10\"" },
	{ "qemu", "again", SETTING_BOOL, .meaning = "as for libxl", .example = "false" },
	{ "qemu", "icount", SETTING_WHOLE,
		.meaning = "under TCG, the guest's clock advances by 2 to the power of this "
			   "in ns for each instruction, so that timeouts in the guest do not "
			   "depend on the load of the host",
		.max = 10, .example = "2" },
	{ "qemu", "args", SETTING_TEXTS,
		.meaning = "further arguments at the end of QEMU's command line",
		.max = SETTING_ITEMS_MAX, .example = "[\"-global\", \"VGA.edid=on\"]" },
	{ "qemu", "boot", SETTING_WORD, boot_words,
		"as for libxl. Default: disk, but direct with a machine other than pc or q35, and "
		"with args that choose a firmware, a kernel or a boot order",
		.example = "\"direct\"" },
	{ "qemu", "cmdline", SETTING_TEXT,
		.meaning = "appended to the command line of the guest's kernel",
		.max = CMDLINE_BYTES, .example = "\"quiet\"" },
	{ NULL },
};

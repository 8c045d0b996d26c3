/* The table of settings. */
#include "harness/plan/pci_spec.h"
#include "harness/plan/setting_forms.h"
#include "harness/plan/settings.h"

#define TIB_IN_MIB (1024 * 1024)
#define DISK_MAX   64 /* MiB: it is memory of the host */
/* COMMAND_LINE_SIZE of Linux on x86 is 2048; what an image itself says is far below 512. */
#define CMDLINE_BYTES 1536

static const char *const gfx_passthru_words[] = { "off", "on", "igd", NULL };
static const char *const libxl_vga_words[] = { "none", "stdvga", "cirrus", "qxl", NULL };
static const char *const nic_words[] = { "none", "rtl8139", "e1000", NULL };
static const char *const policy_words[] = { "libxl", "rfc", "igd-only", "igd-only-bare", NULL };
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
		.max = TIB_IN_MIB, .example = "512" },
	{ "libxl", "vcpus", SETTING_WHOLE, .meaning = "virtual processors", .min = 1, .max = 128,
		.example = "1" },
	{ "libxl", "xen_platform_pci", SETTING_BOOL,
		.meaning = "true: machine xenfv with a xen-platform device; false: pc,accel=xen "
			   "without",
		.example = "true" },
	{ "libxl", "gfx_passthru", SETTING_WORD, gfx_passthru_words,
		"igd: igd-passthru=on; on: libxl finds the kind out from the devices in pci",
		.example = "\"igd\"" },
	{ "libxl", "vga", SETTING_WORD, libxl_vga_words, "the emulated display adapter",
		.example = "\"stdvga\"" },
	{ "libxl", "videoram", SETTING_WHOLE,
		.meaning = "its video memory in MiB; libxl refuses less than 8 for cirrus, 16 for "
			   "stdvga, 128 for qxl",
		.max = 1024, .example = "16" },
	{ "libxl", "hap", SETTING_BOOL,
		.meaning = "hardware-assisted paging; false: shadow paging, far slower",
		.example = "true" },
	{ "libxl", "mmio_hole", SETTING_WHOLE,
		.meaning = "room for devices below 4 GiB, in MiB: max-ram-below-4g is 4 GiB less "
			   "this",
		.min = 256, .max = 3840, .example = "2048" },
	{ "libxl", "device_model_args_hvm", SETTING_TEXTS,
		.meaning = "QEMU arguments, right after -machine", .max = SETTING_ITEMS_MAX,
		.example = "[\"-device\", \"xen-platform\"]" },
	{ "libxl", "pci", SETTING_TEXTS,
		.meaning = "host devices to pass through, as in xl.cfg(5): \"00:02.0\", "
			   "\"00:02.0@02,permissive=1\"",
		.max = PCI_SPECS_MAX, .check = form_pci, .check_all = form_pci_all,
		.example = "[\"00:02.0@02,permissive=1\"]" },
	{ "libxl", "nic", SETTING_WORD, nic_words,
		"an emulated network card, joined to no network; a Linux guest on Xen takes it off "
		"the bus unless cmdline has xen_emul_unplug=never",
		.example = "\"rtl8139\"" },
	{ "libxl", "policy", SETTING_WORD, policy_words,
		"what another libxl would have put on QEMU's command line: docs/topics/policies.md",
		.example = "\"rfc\"" },
	{ "libxl", "disk", SETTING_WHOLE,
		.meaning = "an emulated IDE disk, empty, in the harness's memory; its size in MiB",
		.min = 1, .max = DISK_MAX, .example = "4" },
	{ "libxl", "device_model", SETTING_TEXT,
		.meaning = "another QEMU than the run's: a name that run --model NAME=PATH gives",
		.min = 1, .max = SETTING_MODEL_MAX, .check = form_model, .example = "\"qemu10\"" },
	{ "libxl", "save", SETTING_WORD, save_words,
		"how a transition saves it: plain, as xl save; live, as xl migrate",
		.example = "\"live\"" },
	{ "libxl", "cmdline", SETTING_TEXT,
		.meaning = "appended to the command line of the guest's kernel",
		.max = CMDLINE_BYTES, .example = "\"quiet\"" },
	{ "qemu", "memory", SETTING_WHOLE, .meaning = "the guest's memory in MiB", .min = 16,
		.max = TIB_IN_MIB, .example = "512" },
	{ "qemu", "vcpus", SETTING_WHOLE, .meaning = "virtual processors", .min = 1, .max = 255,
		.example = "1" },
	{ "qemu", "machine", SETTING_TEXT, .meaning = "machine type, as for -machine", .min = 1,
		.max = 128, .check = form_machine, .example = "\"pc-i440fx-3.1\"" },
	{ "qemu", "vga", SETTING_WORD, qemu_vga_words, "the emulated display adapter",
		.example = "\"std\"" },
	{ "qemu", "nic", SETTING_WORD, nic_words, "an emulated network card, joined to no network",
		.example = "\"e1000\"" },
	{ "qemu", "disk", SETTING_WHOLE,
		.meaning = "an emulated IDE disk, empty, in the harness's memory; its size in MiB",
		.min = 1, .max = DISK_MAX, .example = "4" },
	{ "qemu", "device_model", SETTING_TEXT,
		.meaning = "another QEMU than the run's: a name that run --model NAME=PATH gives",
		.min = 1, .max = SETTING_MODEL_MAX, .check = form_model, .example = "\"qemu10\"" },
	{ "qemu", "icount", SETTING_WHOLE,
		.meaning = "under TCG the guest's clock counts its instructions, 2 to the power of "
			   "this in ns each: a busy host does not run it into its own timeouts",
		.max = 10, .example = "2" },
	{ "qemu", "args", SETTING_TEXTS, .meaning = "further QEMU arguments, at the end",
		.max = SETTING_ITEMS_MAX, .example = "[\"-global\", \"VGA.edid=on\"]" },
	{ "qemu", "cmdline", SETTING_TEXT,
		.meaning = "appended to the command line of the guest's kernel",
		.max = CMDLINE_BYTES, .example = "\"quiet\"" },
	{ NULL },
};

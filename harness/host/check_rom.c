/* The option ROM of the IGD, which stock QEMU copies into a guest. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/host/check.h"
#include "harness/host/option_rom.h"
#include "harness/host/qemu_texts.h"
#include "src/tree.h"

#define DEVICE "sys/bus/pci/devices/0000:00:02.0"

/* From generation 11 on, hosts have no legacy boot, and no legacy ROM of the IGD. */
#define GRAPHICS_WITHOUT_LEGACY 11

/* Reads the ROM; of real hardware it must be switched on, and afterwards off. */
static ssize_t read_rom(const char *root, uint8_t *bytes)
{
	ssize_t length = tree_bytes(root, bytes, OPTION_ROM_MAX, DEVICE "/rom");
	int fd;

	if (length != -EINVAL || root[0])
		return length;
	fd = tree_open(root, O_RDWR | O_NONBLOCK, DEVICE "/rom");
	if (fd < 0)
		return fd;
	if (pwrite(fd, "1", 1, 0) != 1) {
		length = -errno;
	} else {
		length = tree_bytes(root, bytes, OPTION_ROM_MAX, DEVICE "/rom");
		if (pwrite(fd, "0", 1, 0) != 1 && length >= 0)
			length = -errno;
	}
	close(fd);
	return length;
}

static void judge_rom(
	const struct host_view *view, uint8_t *bytes, size_t length, struct host_answer *answer)
{
	struct option_rom rom = { 0 };
	struct problem why = { 0 };
	const char *note = "";
	json_t *value;

	/* A phantom's is a file, and QEMU switches it on and off by writing into it:
	 * docs/labs/virtual-lab.md.
	 */
	if (view->phantom && length > 0 && (bytes[0] == '0' || bytes[0] == '1')) {
		bytes[0] = 0x55;
		note = "QEMU has overwritten the first byte of this phantom's ROM";
	}
	if (option_rom_parse(bytes, length, &rom, &why) < 0) {
		host_answer(answer, HOST_FAIL, NULL, "/" DEVICE "/rom",
			"the option ROM is malformed: %.200s", why.text);
		return;
	}
	value = json_pack("{s:i, s:o, s:b}", "bytes", (int)rom.size, "ids",
		json_sprintf("%04x:%04x", rom.vendor, rom.device), "checksum_right", rom.sum == 0);
	/* QEMU (pci_assign_dev_load_option_rom()) reads the offset of the data as one byte. */
	if (rom.data_at > 0xff)
		host_answer(answer, HOST_FAIL, value, "/" DEVICE "/rom",
			"the PCI data structure of the option ROM is at 0x%04x, "
			"and QEMU uses only the lower 8 bits of that offset",
			rom.data_at);
	else
		host_answer(answer, HOST_PASS, value, "/" DEVICE "/rom", "%s",
			rom.sum == 0 || note[0] ? note : "the checksum is wrong; QEMU corrects it");
}

/* Does the kernel know a ROM of the function? The last line of `resource` is the ROM's, zeros for
 * none (resource_show(), drivers/pci/pci-sysfs.c). -1: a record does not say it. */
static int has_rom(const struct host_view *view)
{
	char text[TREE_TEXT_MAX];
	uint8_t bytes[TREE_TEXT_MAX];
	unsigned long long start = 0;
	const char *line = text;
	ssize_t length;

	if (!view->sources->root[0])
		return 0;
	length = tree_bytes(view->sources->root, bytes, sizeof(bytes) - 1, DEVICE "/resource");
	if (length <= 0)
		return -1;
	memcpy(text, bytes, (size_t)length);
	text[length] = '\0';
	for (int i = 0; i < 6 && line; i++) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line || sscanf(line, "0x%llx", &start) != 1)
		return -1;
	return start != 0;
}

/* What can be done about it on this host. */
static const char *advice_without_rom(const struct host_view *view)
{
	char text[TREE_TEXT_MAX];

	if (view->platform && strtod(view->platform->graphics, NULL) >= GRAPHICS_WITHOUT_LEGACY)
		return "use a QEMU that accepts an IGD without an option ROM, such as one "
		       "with Qubes OS' patches: the firmware of this generation has no "
		       "option ROM for the IGD";
	if (tree_text(view->sources->root, text, "sys/firmware/efi") == -EISDIR)
		return "use a QEMU that accepts an IGD without an option ROM, such as one "
		       "with Qubes OS' patches; or, if the firmware setup has a legacy "
		       "boot mode, boot in that mode with the IGD as the primary display";
	return "make the IGD the primary display in the firmware setup, since the "
	       "kernel has no other copy of its option ROM; or use a QEMU that "
	       "accepts an IGD without an option ROM, such as one with Qubes OS' "
	       "patches";
}

/* Whether that stands in the way is QEMU's to say: stock QEMU refuses such a device. */
static void answer_without_rom(const struct host_view *view, struct host_answer *answer)
{
	/* xen_pt_setup_vga(), hw/xen/xen_pt_graphics.c */
	static const char *const texts[] = { "Can't get VBIOS", NULL };
	unsigned int found;
	int r = qemu_texts_find(view, texts, &found);

	if (r < 0)
		host_answer(answer, HOST_UNKNOWN, NULL, "/" DEVICE "/rom",
			"the IGD has no option ROM, as is normal under UEFI firmware: stock QEMU prints "
			"\"Can't get VBIOS\" and refuses the device, and it is unknown which QEMU "
			"libxl starts");
	else if (found)
		host_answer(answer, HOST_FAIL, NULL, "/" DEVICE "/rom",
			"the IGD has no option ROM, as is normal under UEFI firmware: this QEMU prints "
			"\"Can't get VBIOS\" and refuses the device");
	else
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, "/" DEVICE "/rom",
			"the IGD has no option ROM, as is normal under UEFI firmware, and this QEMU "
			"does not refuse such a device");
	answer->advice = advice_without_rom(view);
}

static void look_rom(const struct host_view *view, struct host_answer *answer)
{
	uint8_t *bytes = malloc(OPTION_ROM_MAX);
	ssize_t length = bytes ? read_rom(view->sources->root, bytes) : -ENOMEM;

	if (length >= 0)
		judge_rom(view, bytes, (size_t)length, answer);
	else if ((length == -ENOENT || length == -ENOTDIR) && has_rom(view) != 0)
		host_answer(answer, HOST_UNKNOWN, NULL, "/" DEVICE "/rom",
			"the option ROM was not recorded");
	else if (length == -ENOENT)
		answer_without_rom(view, answer);
	else if (length == -EACCES || length == -EPERM || length == -ENOMEM)
		host_answer(answer, HOST_UNKNOWN, NULL, "/" DEVICE "/rom",
			"the option ROM cannot be read: %s", strerror((int)-length));
	else
		host_answer(answer, HOST_FAIL, NULL, "/" DEVICE "/rom",
			"reading the option ROM fails (%s), and QEMU then refuses the device",
			strerror((int)-length));
	free(bytes);
}

const struct host_check host_checks_rom[] = {
	{ "igd/rom", "option ROM of the IGD", .decides = "igd_rom",
		.advice = "run igd-harness as root on the host itself", .look = look_rom,
		.needs_igd = true },
	{ NULL },
};

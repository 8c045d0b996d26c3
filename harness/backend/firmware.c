#include "harness/backend/firmware.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/digest.h"
#include "harness/process/program.h"

#define FOLDERS_TEXT_MAX 4096

/*
 * The file names are QEMU's own: "romfile" in hw/display/vga-pci.c and cirrus_vga.c, and
 * "bios-256k.bin" in hw/i386/pc_piix.c.
 */
static const struct {
	const char *name, *file;
	bool bios;
} files_of_qemu[] = {
	{ "seabios", "bios-256k.bin", true },
	{ "vgabios-stdvga", "vgabios-stdvga.bin", false },
	{ "vgabios-cirrus", "vgabios-cirrus.bin", false },
	{ "vgabios-qxl", "vgabios-qxl.bin", false },
};

void firmware_add(json_t *firmware, const char *name, const char *const *places)
{
	char path[PATH_MAX], sha256[DIGEST_TEXT_MAX];
	struct problem why = { 0 };
	json_t *found = NULL;

	for (size_t i = 0; places[i] && !found; i++) {
		if (realpath(places[i], path) && digest_file(path, sha256, &why) == 0)
			found = json_pack("{s:s, s:s}", "path", path, "sha256", sha256);
	}
	json_object_set_new(firmware, name, found ? found : json_null());
}

/* The file in the first of the folders, one a line, that has it. */
static void add_from_folders(
	json_t *firmware, const char *name, const char *file, const char *folders)
{
	static const char *const nowhere[] = { NULL };
	char path[PATH_MAX];

	while (*folders) {
		int length = (int)strcspn(folders, "\r\n");
		const char *const places[] = { path, NULL };

		snprintf(path, sizeof(path), "%.*s/%s", length, folders, file);
		firmware_add(firmware, name, places);
		if (!json_is_null(json_object_get(firmware, name)))
			return;
		folders += length;
		folders += strspn(folders, "\r\n");
	}
	firmware_add(firmware, name, nowhere);
}

void firmware_add_qemu(json_t *firmware, const char *program, bool bios)
{
	char *const argv[] = { (char *)program, (char *)"-L", (char *)"help", NULL };
	char folders[FOLDERS_TEXT_MAX] = "";
	struct problem why = { 0 };

	if (program_text(argv, folders, sizeof(folders), &why) < 0)
		folders[0] = '\0';
	for (size_t i = 0; i < sizeof(files_of_qemu) / sizeof(files_of_qemu[0]); i++) {
		if (bios || !files_of_qemu[i].bios)
			add_from_folders(
				firmware, files_of_qemu[i].name, files_of_qemu[i].file, folders);
	}
}

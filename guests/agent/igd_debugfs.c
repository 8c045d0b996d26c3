/* What the driver says of itself in debugfs, and the registers of stolen memory. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guests/agent/igd.h"
#include "src/tree.h"

#define DRI "sys/kernel/debug/dri/%u/"

/* More than the largest VBT, which has 16 bits for its size. */
#define VBT_FILE_MAX 65536

#define LINE_SIZE 256

/* Lines "key: value" that are kept, and as what. The first two files are i915's: the display has
 * one of its own since Linux 6.12. The third is xe's. */
static const char *const info_files[] = { "i915_capabilities", "i915_display_capabilities",
	"info" };
static const struct {
	const char *line, *key;
} info[] = { { "platform", "platform" }, { "graphics version", "graphics_version" },
	{ "display version", "display_version" }, { "pch", "pch" } };

static void take_info(json_t *device, char *line)
{
	char *value = strchr(line, ':');

	if (!value)
		return;
	*value++ = '\0';
	value += strspn(value, " \t");
	tree_clean(value);
	for (size_t i = 0; i < sizeof(info) / sizeof(info[0]); i++)
		if (strcmp(line, info[i].line) == 0)
			json_object_set_new(device, info[i].key, json_string(value));
}

static void tell_device(const struct igd_card *card)
{
	json_t *device = NULL;
	char line[LINE_SIZE];

	for (size_t i = 0; i < sizeof(info_files) / sizeof(info_files[0]); i++) {
		FILE *stream = tree_stream("", DRI "%s", card->minor, info_files[i]);

		if (stream && !device)
			device = json_pack("{s:s, s:n, s:n, s:n, s:n}", "observer", "debugfs",
				"platform", "graphics_version", "display_version", "pch");
		while (stream && device && fgets(line, sizeof(line), stream))
			take_info(device, line);
		if (stream)
			fclose(stream);
	}
	igd_tell("device", device ? device : json_null());
}

/* "stolen-system: total:0x0000000002000000 bytes, ...", as i915 writes it (Linux 6.1 to 6.12). */
static void tell_stolen(const struct igd_card *card)
{
	static const char begin[] = "stolen-system: total:";
	FILE *stream = tree_stream("", DRI "i915_gem_objects", card->minor);
	json_t *stolen = NULL;
	char line[LINE_SIZE];

	while (stream && !stolen && fgets(line, sizeof(line), stream))
		if (strncmp(line, begin, strlen(begin)) == 0)
			stolen = json_pack("{s:s, s:I}", "observer", "debugfs", "bytes",
				(json_int_t)strtoull(line + strlen(begin), NULL, 16));
	if (stream)
		fclose(stream);
	igd_tell("stolen", stolen ? stolen : json_null());
}

static void tell_vbt(const struct igd_card *card)
{
	uint8_t *bytes = malloc(VBT_FILE_MAX);
	ssize_t length = -ENOMEM;

	if (bytes)
		length = tree_bytes("", bytes, VBT_FILE_MAX, DRI "i915_vbt", card->minor);
	igd_tell("vbt", igd_vbt_json("", card->where, length > 0 ? bytes : NULL,
				length > 0 ? (size_t)length : 0));
	free(bytes);
}

void igd_tell_debugfs(const struct igd_card *card)
{
	tell_device(card);
	tell_stolen(card);
	tell_vbt(card);
}

/*
 * Mirrors of the host bridge's registers in the first BAR, which the driver reads there (Linux'
 * drivers/gpu/drm/i915/i915_reg.h and gt/intel_gt_regs.h): DSMBASE, the base of stolen memory
 * (BDSM); GSMBASE, that of the GTT's (BGSM).
 */
#define REGISTERS_PAGE 0x108000
#define REGISTERS_SIZE 0x1000
static const uint32_t registers[] = { 0x108080, 0x108084, 0x108100, 0x108104 };

void igd_tell_registers(const struct igd_card *card)
{
	char address[BDF_TEXT_MAX], key[16];
	json_t *object = json_pack("{s:s}", "observer", "mmio");
	const volatile uint32_t *map = MAP_FAILED;
	int fd;

	bdf_format(card->where, address);
	fd = tree_open("", O_RDONLY, "sys/bus/pci/devices/%s/resource0", address);
	if (fd >= 0) {
		map = mmap(NULL, REGISTERS_SIZE, PROT_READ, MAP_SHARED, fd, REGISTERS_PAGE);
		close(fd);
	}
	if (map == MAP_FAILED) {
		json_object_set_new(
			object, "error", json_string(fd < 0 ? strerror(-fd) : strerror(errno)));
	} else {
		for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
			snprintf(key, sizeof(key), "0x%06" PRIx32, registers[i]);
			json_object_set_new(object, key,
				json_sprintf("0x%08" PRIx32,
					map[(registers[i] - REGISTERS_PAGE) / sizeof(*map)]));
		}
	}
	igd_tell("registers", object);
}

/* What the driver says of itself in debugfs, and the registers of stolen memory. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guests/agent/igd.h"
#include "src/tree.h"

void igd_tell_debugfs(const struct igd_card *card)
{
	igd_tell("device", igd_device_json("", card->minor));
	igd_tell("stolen", igd_stolen_json("", card->minor));
	igd_tell("vbt", igd_driver_vbt_json("", card->where, card->minor));
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

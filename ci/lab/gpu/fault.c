#include "ci/lab/gpu/fault.h"

#include <stddef.h>
#include <string.h>

const struct fault faults[] = {
	{ .name = "no-interrupts",
		.about = "no interrupt is signalled, whatever is pending",
		.no_interrupts = true },
	{ .name = "pipe-never-starts",
		.about = "TRANSCONF never says that the pipe runs: no scan line, no vblank",
		.stuck = REG_GROUP_PIPE },
	{ .name = "aux-timeout",
		.about = "every transaction of an AUX channel times out",
		.aux_times_out = true },
	{ .name = "edid-bad-checksum",
		.about = "the monitor's EDID has a wrong checksum",
		.edid_bad_checksum = true },
	{ .name = "no-forcewake",
		.about = "a forcewake request is never acknowledged",
		.stuck = REG_GROUP_FORCEWAKE },
	{ .name = "no-power-wells",
		.about = "a display power well never comes up, and no pipe runs without one",
		.stuck = REG_GROUP_POWER | REG_GROUP_PIPE },
	{ .name = "pll-no-lock",
		.about = "a display PLL never locks, and no pipe runs without its clock",
		.stuck = REG_GROUP_PLL | REG_GROUP_PIPE },
	{ .name = "reset-hangs",
		.about = "a reset of the engines, GDRST, never ends",
		.stuck = REG_GROUP_RESET },
	{ .name = "registers-dead",
		.about = "no register answers: each reads as ones, as where nothing is mapped",
		.registers_dead = true },
	{ .name = "no-aperture",
		.about = "there is no BAR 2, from the start of the device on",
		.no_aperture = true },
	{ .name = "config-writes-lost",
		.about = "writes to config space change nothing: memory decoding, BDSM, ASLS",
		.config_writes_lost = true },
	{ NULL },
};

const struct fault *fault_find(const char *name)
{
	for (const struct fault *fault = faults; fault->name; fault++) {
		if (strcmp(fault->name, name) == 0)
			return fault;
	}
	return NULL;
}

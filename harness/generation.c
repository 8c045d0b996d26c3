#include "harness/generation.h"

/*
 * Upper bytes of the ids in Linux' include/drm/intel/pciids.h (at 0755a4e3e809), integrated ones
 * only. Sandy and Ivy Bridge share 0x01 and are told apart below. 0x0a is Haswell's, but for
 * Broxton's 0x0a84; 0x5a is shared by Broxton and Cannon Lake, of which neither is listed.
 */
const struct generation generations[] = {
	{ "Sandy Bridge", "6", { 0 } },
	{ "Ivy Bridge", "7", { 0 } },
	{ "Haswell", "7.5", { 0x04, 0x0a, 0x0c, 0x0d } },
	{ "Broadwell", "8", { 0x16 } },
	{ "Skylake", "9", { 0x19 } },
	{ "Gemini Lake", "9", { 0x31 } },
	{ "Kaby Lake", "9.5", { 0x59, 0x87 } },
	{ "Coffee Lake", "9.5", { 0x3e } },
	{ "Comet Lake", "9.5", { 0x9b } },
	{ "Ice Lake", "11", { 0x8a } },
	{ "Elkhart and Jasper Lake", "11", { 0x45, 0x4e } },
	{ "Tiger Lake", "12", { 0x9a } },
	{ "Rocket Lake", "12", { 0x4c } },
	{ "Alder Lake", "12", { 0x46 } },
	{ "Raptor Lake", "12", { 0xa7 } },
	{ "Meteor and Arrow Lake", "12.7", { 0x7d } },
	{ "Lunar Lake", "20", { 0x64 } },
	{ "Panther Lake", "30", { 0xb0 } },
	{ NULL },
};

enum { SANDY_BRIDGE, IVY_BRIDGE };

const struct generation *generation_find(uint16_t device)
{
	if (device == 0x0a84)
		return NULL;
	if (device >> 8 == 0x01) {
		/* 0x0102 to 0x0126, and 0x0152 to 0x016a. */
		return &generations[(device & 0xff) < 0x50 ? SANDY_BRIDGE : IVY_BRIDGE];
	}
	for (const struct generation *entry = generations; entry->name; entry++) {
		for (const uint8_t *upper = entry->upper; *upper; upper++) {
			if (*upper == device >> 8)
				return entry;
		}
	}
	return NULL;
}

#include "harness/host/stolen_memory.h"

#define MIB       (1024ull * 1024)
#define BASE_MASK 0xfff00000u

uint64_t stolen_memory_size(enum igd_gmch formula, uint16_t gmch)
{
	uint64_t old = gmch >> 3 & 0x1f, new = gmch >> 8 & 0xff;

	switch (formula) {
	case IGD_GMCH_GEN6:
		return old * 32 * MIB;
	case IGD_GMCH_GEN8:
		return new * 32 * MIB;
	case IGD_GMCH_CHV:
		if (old < 0x11)
			return old * 32 * MIB;
		return old < 0x17 ? (old - 0x11) * 4 * MIB + 8 * MIB
				  : (old - 0x17) * 4 * MIB + 36 * MIB;
	case IGD_GMCH_GEN9:
		return new < 0xf0 ? new * 32 * MIB : (new - 0xf0) * 4 * MIB + 4 * MIB;
	case IGD_GMCH_NONE:
		break;
	}
	return 0;
}

uint64_t stolen_memory_gtt_size(enum igd_gmch formula, uint16_t gmch)
{
	unsigned int new = gmch >> 6 & 3;

	if (formula == IGD_GMCH_GEN6)
		return (gmch >> 8 & 3) * MIB;
	if (formula == IGD_GMCH_GEN8 || formula == IGD_GMCH_GEN9)
		return new ? (1ull << new) * MIB : 0;
	/* Cherryview has it as generation 6 (chv_get_total_gtt_size()). */
	if (formula == IGD_GMCH_CHV)
		return gmch >> 8 & 3 ? (1ull << (gmch >> 8 & 3)) * MIB : 0;
	return 0;
}

uint64_t stolen_memory_base_5c(uint32_t bdsm)
{
	return bdsm & BASE_MASK;
}

uint64_t stolen_memory_base_c0(uint32_t low, uint32_t high)
{
	return (uint64_t)high << 32 | (low & BASE_MASK);
}

bool stolen_memory_base(const struct host_view *view, uint64_t *base_r)
{
	uint32_t low = 0, high = 0;

	if (!view->igd || !view->platform)
		return false;
	if (view->platform->bdsm == IGD_BDSM_5C) {
		if (!host_register(view->igd, "0x5c", &low))
			return false;
		*base_r = stolen_memory_base_5c(low);
		return true;
	}
	if (view->platform->bdsm != IGD_BDSM_C0 || !host_register(view->igd, "0xc0", &low) ||
		!host_register(view->igd, "0xc4", &high))
		return false;
	*base_r = stolen_memory_base_c0(low, high);
	return true;
}

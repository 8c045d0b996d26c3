/*
 * How much memory an Intel IGD has set aside: the register 0x50 (GMCH, GGC) of the GPU, whose
 * layout changed with the generations. The formulas are those of gen6_, gen8_, chv_ and
 * gen9_stolen_size() in Linux' arch/x86/kernel/early-quirks.c, and of gen6_ and
 * gen8_get_total_gtt_size() in i915.
 */
#ifndef IGD_HOST_STOLEN_MEMORY_H
#define IGD_HOST_STOLEN_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/host/igd_ids.h"
#include "harness/host/view.h"

/* Bytes of stolen memory, by the lower 16 bits of 0x50. 0 for a formula that is none. */
uint64_t stolen_memory_size(enum igd_gmch formula, uint16_t gmch);

/* Bytes of the GTT, which lies in stolen memory as well, but not in that size. */
uint64_t stolen_memory_gtt_size(enum igd_gmch formula, uint16_t gmch);

/* The base, of the registers 0x5c, or 0xc0 and 0xc4. 1 MiB is its unit (INTEL_BSM_MASK). */
uint64_t stolen_memory_base_5c(uint32_t bdsm);
uint64_t stolen_memory_base_c0(uint32_t low, uint32_t high);

/* The base of a host's IGD, from its configuration space; false if its generation has it elsewhere,
 * or it cannot be read. */
bool stolen_memory_base(const struct host_view *view, uint64_t *base_r);

#endif

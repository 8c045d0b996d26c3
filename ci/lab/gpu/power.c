#include "ci/lab/gpu/power.h"

#include "ci/lab/gpu/gpu.h"

/*
 * Firmware, driver, KVMR and debug each have a register with a request (odd bits) for each well; a
 * well is on (even bits, the same in all four) while anybody asks for it.
 */
#define REQUESTERS   4
#define REQUEST_BITS 0xaaaaaaaau

static void power_well_written(struct gpu *gpu, uint32_t at, uint32_t value)
{
	uint32_t first = gpu->generation->power_wells, requests = 0;

	if (gpu->registers.stuck & REG_GROUP_POWER)
		return;
	for (uint32_t i = 0; i < REQUESTERS; i++)
		requests |= reg_get(&gpu->registers, first + 4 * i) & REQUEST_BITS;
	for (uint32_t i = 0; i < REQUESTERS; i++)
		reg_change(&gpu->registers, first + 4 * i, ~REQUEST_BITS, requests >> 1);
}

const struct reg_handler power_well_handler = { .written = power_well_written };

#define PCODE_READY        (1u << 31) /* the driver sets it, the controller clears it when done */
#define PCODE_COMMAND_MASK 0xffu

/* Every command is done at once and without an error; the mailbox reads 0 (GEN6_PCODE_SUCCESS). */
static void mailbox_written(struct gpu *gpu, uint32_t at, uint32_t value)
{
	uint32_t data = reg_get(&gpu->registers, gpu->generation->pcode_data), answer = 0;

	if (!(value & PCODE_READY))
		return;
	for (size_t i = 0; i < gpu->generation->pcode_count; i++) {
		const struct pcode_answer *row = &gpu->generation->pcode[i];

		if (row->command == (value & PCODE_COMMAND_MASK))
			answer = data & 1 ? row->if_one : row->if_zero;
	}
	reg_set(&gpu->registers, gpu->generation->pcode_data, answer);
	reg_set(&gpu->registers, at, 0);
}

const struct reg_handler pcode_handler = { .written = mailbox_written };

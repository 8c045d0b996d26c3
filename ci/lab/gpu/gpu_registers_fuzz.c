/*
 * What a hostile guest does to the device: a sequence of accesses of eight bytes each, {what,
 * region's offset, value}. Time passes with them, and the picture is read at the end.
 */
#include <stdlib.h>
#include <string.h>

#include "ci/lab/gpu/edid.h"
#include "ci/lab/gpu/say.h"
#include "ci/lab/gpu/scanout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t now = 1;

static uint64_t fuzz_clock(void)
{
	return now;
}

/* One device a port, made once. */
static struct gpu *device(enum port_kind port)
{
	static uint8_t edid[EDID_MADE_SIZE];
	static struct gpu gpus[PORT_KINDS];
	struct gpu_options options = { .generation = generations[0],
		.port = port,
		.edid = edid,
		.edid_size = sizeof(edid),
		.clock = fuzz_clock };

	if (!gpus[port].generation) {
		say_nothing();
		if (edid_make(1920, 1080, true, edid) || gpu_init(&gpus[port], &options))
			abort();
	}
	return &gpus[port];
}

static void look(struct gpu *gpu)
{
	struct picture picture;

	for (uint32_t pipe = 0; pipe < 4; pipe++) {
		/* Large ones are not worth their time here. */
		if ((reg_get(&gpu->registers, 0x70190 + 0x1000 * (pipe % 3)) & 0xff00ff00) == 0 &&
			!picture_read(gpu, pipe, &picture, NULL))
			picture_free(&picture);
	}
}

/* Half of all accesses go to registers that have a rule: of memory there is little to find. */
static uint32_t offset_of(const struct gpu *gpu, const uint8_t *access)
{
	uint32_t at = access[1] | (uint32_t)access[2] << 8 | (uint32_t)access[3] << 16;

	return access[0] & 0x80 ? gpu->registers.places[at % gpu->registers.count].at : at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gpu *gpu = device(size > 0 ? data[0] % PORT_KINDS : PORT_HDMI);

	gpu_reset(gpu);
	for (; size >= 8; data += 8, size -= 8) {
		uint32_t at = offset_of(gpu, data), region = (data[0] & 7) == 7   ? 7
							     : (data[0] & 7) == 6 ? 4
										  : 0;
		uint8_t bytes[4];
		size_t count = (size_t)(data[0] >> 5 & 3) + 1;

		memcpy(bytes, data + 4, sizeof(bytes));
		at = region == 7 ? at & 0xff : region == 4 ? at & 4 : at;
		now += data[4] % 4 == 0 ? 5000u * data[5] : 1;
		pipe_tick(gpu);
		if (pipe_wait_us(gpu) > 1000000)
			abort();
		if (data[0] & 8)
			gpu_region_read(gpu, region, at, bytes, count);
		else
			gpu_region_write(gpu, region, at, bytes, count);
		if ((data[0] & 0x17) == 0x15)
			gpu_plug(gpu, data[4] & 1);
	}
	look(gpu);
	return 0;
}

/* A device for the suites: Coffee Lake with a monitor, and a clock that the suite moves. */
#ifndef IGD_GPU_FIXTURE_H
#define IGD_GPU_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "ci/lab/gpu/edid.h"
#include "ci/lab/gpu/gpu.h"
#include "ci/lab/gpu/say.h"
#include "src/suite.h"

static uint64_t fixture_now = 1000000;
static uint8_t fixture_edid[EDID_MADE_SIZE];

static inline uint64_t fixture_clock(void)
{
	return fixture_now;
}

/* `fault` may be NULL. Ends the suite if the device cannot be made. */
static inline void fixture_make(struct gpu *gpu, enum port_kind port, const char *fault)
{
	struct gpu_options options = { .generation = generation_find("coffee-lake"),
		.port = port,
		.edid = fixture_edid,
		.edid_size = sizeof(fixture_edid),
		.clock = fixture_clock };

	say_nothing();
	if (fault) {
		options.fault = fault_find(fault);
		CU_ASSERT_PTR_NOT_NULL_FATAL(options.fault);
	}
	CU_ASSERT_EQUAL_FATAL(edid_make(1920, 1080, port == PORT_HDMI, fixture_edid), 0);
	CU_ASSERT_EQUAL_FATAL(gpu_init(gpu, &options), 0);
}

static inline void fixture_write(struct gpu *gpu, uint32_t at, uint32_t value)
{
	CU_ASSERT_EQUAL(gpu_region_write(gpu, 0, at, (const uint8_t *)&value, sizeof(value)), 0);
}

static inline uint32_t fixture_read(struct gpu *gpu, uint32_t at)
{
	uint32_t value = 0;

	CU_ASSERT_EQUAL(gpu_region_read(gpu, 0, at, (uint8_t *)&value, sizeof(value)), 0);
	return value;
}

#endif

#include "ci/lab/gpu/aux.h"

#include <stdbool.h>
#include <string.h>

#include "ci/lab/gpu/gpu.h"

/* DP_AUX_CH_CTL, as Linux' intel_dp_aux_regs.h has it; five data registers follow. */
#define AUX_SEND_BUSY      (1u << 31)
#define AUX_DONE           (1u << 30)
#define AUX_TIME_OUT_ERROR (1u << 28)
#define AUX_SIZE_SHIFT     20
#define AUX_SIZE_MASK      (0x1fu << AUX_SIZE_SHIFT)
#define AUX_DATA           4
#define AUX_BYTES          20

/* A request is a command in bits 7:4 of the first byte, 20 bits of address, and a length less one.
 */
#define AUX_HEADER       4
#define AUX_ADDRESS_ONLY 3 /* an I2C transaction without data has no length */
#define AUX_NATIVE       0x8
#define AUX_READ         0x1
#define AUX_I2C_MOT      0x4 /* more of this transaction is to come: no stop condition */
#define AUX_I2C_STATUS   0x2 /* ask how a write went that was not finished */
#define AUX_LENGTH_MAX   16
#define AUX_I2C_NACK     0x40

/* DPCD addresses (2.9.3). */
#define DPCD_REV                  0x000
#define DPCD_TRAINING_PATTERN_SET 0x102
#define DPCD_SINK_COUNT           0x200
#define DPCD_LANE0_1_STATUS       0x202
#define DPCD_LANE2_3_STATUS       0x203
#define DPCD_LANE_ALIGN_STATUS    0x204
#define DPCD_SET_POWER            0x600

#define PATTERN_MASK       0x03
#define PATTERN_1          0x01
#define LANES_CLOCK_LOCKED 0x11 /* of two lanes: clock recovery is done */
#define LANES_TRAINED      0x77 /* and channel equalization, and the symbols are locked */
#define LANES_ALIGNED      0x01

void aux_reset(struct gpu *gpu)
{
	/* 1.2; 2.7 Gb/s; four lanes, enhanced framing; down-spread; one DP port; 8b/10b. */
	static const uint8_t capabilities[] = { 0x12, 0x0a, 0x84, 0x01, 0x01, 0x00, 0x01 };

	memset(&gpu->aux, 0, sizeof(gpu->aux));
	memcpy(gpu->aux.dpcd + DPCD_REV, capabilities, sizeof(capabilities));
	gpu->aux.dpcd[DPCD_SINK_COUNT] = 1;
	gpu->aux.dpcd[DPCD_SET_POWER] = 1;
}

struct request {
	uint8_t bytes[AUX_BYTES];
	uint32_t size;
	uint8_t command;
	uint32_t address, length;
};

/* What a sink answers: the bytes, the first of which is the reply's code. */
struct answer {
	uint8_t bytes[AUX_BYTES];
	uint32_t size;
};

/* The link of this sink trains at once, at whatever voltage the source begins with. */
static void train(struct aux *aux)
{
	uint8_t pattern = aux->dpcd[DPCD_TRAINING_PATTERN_SET] & PATTERN_MASK;
	uint8_t lanes = pattern == PATTERN_1 ? LANES_CLOCK_LOCKED : LANES_TRAINED;

	aux->dpcd[DPCD_LANE0_1_STATUS] = aux->dpcd[DPCD_LANE2_3_STATUS] = lanes;
	aux->dpcd[DPCD_LANE_ALIGN_STATUS] = pattern == PATTERN_1 ? 0 : LANES_ALIGNED;
}

static void answer_native(struct aux *aux, const struct request *request, struct answer *answer)
{
	bool read = request->command & AUX_READ;

	for (uint32_t i = 0; i < request->length; i++) {
		uint32_t at = request->address + i;

		if (read)
			answer->bytes[1 + i] = at < AUX_DPCD_SIZE ? aux->dpcd[at] : 0;
		else if (at < AUX_DPCD_SIZE && AUX_HEADER + i < request->size)
			aux->dpcd[at] = request->bytes[AUX_HEADER + i];
		if (!read && at == DPCD_TRAINING_PATTERN_SET)
			train(aux);
	}
	answer->size = read ? 1 + request->length : 1;
}

static void answer_i2c(struct ddc *ddc, const struct request *request, struct answer *answer)
{
	answer->size = 1;
	if (request->command & AUX_I2C_STATUS)
		return;
	if (!ddc_address(ddc, (uint8_t)(request->address & 0x7f))) {
		answer->bytes[0] = AUX_I2C_NACK;
		return;
	}
	for (uint32_t i = 0; i < request->length; i++) {
		if (request->command & AUX_READ)
			answer->bytes[1 + i] = ddc_read(ddc);
		else if (AUX_HEADER + i < request->size)
			ddc_write(ddc, request->bytes[AUX_HEADER + i]);
	}
	if (request->command & AUX_READ)
		answer->size = 1 + request->length;
	if (!(request->command & AUX_I2C_MOT))
		ddc_stop(ddc);
}

/* The data registers have the first byte in bits 31:24. */
static void read_request(
	const struct gpu *gpu, uint32_t at, uint32_t control, struct request *request)
{
	request->size = (control & AUX_SIZE_MASK) >> AUX_SIZE_SHIFT;
	if (request->size > AUX_BYTES)
		request->size = AUX_BYTES;
	for (uint32_t i = 0; i < AUX_BYTES; i++)
		request->bytes[i] = (uint8_t)(reg_get(&gpu->registers, at + AUX_DATA + i / 4 * 4) >>
					      (24 - 8 * (i % 4)));
	request->command = request->bytes[0] >> 4;
	request->address = (request->bytes[0] & 0xfu) << 16 | (uint32_t)request->bytes[1] << 8 |
			   request->bytes[2];
	request->length = request->size > AUX_ADDRESS_ONLY ? (request->bytes[3] & 0xfu) + 1 : 0;
}

static void write_answer(struct gpu *gpu, uint32_t at, const struct answer *answer)
{
	for (uint32_t i = 0; i < AUX_BYTES; i += 4)
		reg_set(&gpu->registers, at + AUX_DATA + i,
			(uint32_t)answer->bytes[i] << 24 | (uint32_t)answer->bytes[i + 1] << 16 |
				(uint32_t)answer->bytes[i + 2] << 8 | answer->bytes[i + 3]);
	reg_change(&gpu->registers, at, AUX_DONE | AUX_SIZE_MASK,
		AUX_DONE | answer->size << AUX_SIZE_SHIFT);
}

static void control_written(struct gpu *gpu, uint32_t at, uint32_t value)
{
	bool faulty = gpu->options.fault && gpu->options.fault->aux_times_out;
	struct request request = { 0 };
	struct answer answer = { 0 };

	if (!(value & AUX_SEND_BUSY))
		return;
	if (faulty || !gpu->plugged || at != gpu->wiring->aux_ctl) {
		reg_change(&gpu->registers, at, AUX_DONE | AUX_TIME_OUT_ERROR,
			AUX_DONE | AUX_TIME_OUT_ERROR);
		return;
	}
	read_request(gpu, at, value, &request);
	if (request.command & AUX_NATIVE)
		answer_native(&gpu->aux, &request, &answer);
	else
		answer_i2c(&gpu->ddc, &request, &answer);
	write_answer(gpu, at, &answer);
}

const struct reg_handler aux_handler = { .written = control_written };

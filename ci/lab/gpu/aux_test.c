/*
 * AUX channels, by the messages of Linux' intel_dp_aux.c and drm_dp_helper.c; requests and replies
 * as VESA DisplayPort 1.2, 2.7.
 */
#include "ci/lab/gpu/aux.h"

#include "ci/lab/gpu/fixture.h"

#define AUX_A   0x64010
#define AUX_B   0x64110
#define BUSY    (1u << 31)
#define DONE    (1u << 30)
#define TIMEOUT (1u << 28)

static struct gpu gpu;
static uint8_t answer[20];

/* Sends a message and waits. Returns the number of bytes of the answer, or -1 after a time out. */
static int talk(uint32_t channel, const uint8_t *message, uint32_t size)
{
	uint32_t control;

	for (uint32_t i = 0; i < size; i += 4) {
		uint32_t word = 0;

		for (uint32_t k = 0; k < 4 && i + k < size; k++)
			word |= (uint32_t)message[i + k] << (24 - 8 * k);
		fixture_write(&gpu, channel + 4 + i, word);
	}
	fixture_write(&gpu, channel, BUSY | DONE | TIMEOUT | size << 20);
	control = fixture_read(&gpu, channel);
	CU_ASSERT_FALSE(control & BUSY);
	CU_ASSERT_TRUE(control & DONE);
	if (control & TIMEOUT)
		return -1;
	for (uint32_t i = 0; i < 20; i++)
		answer[i] = (uint8_t)(fixture_read(&gpu, channel + 4 + i / 4 * 4) >>
				      (24 - 8 * (i % 4)));
	return control >> 20 & 0x1f;
}

static int native_read(uint32_t at, uint32_t count)
{
	const uint8_t message[] = { 0x90 | at >> 16, at >> 8 & 0xff, at & 0xff, count - 1 };

	return talk(AUX_B, message, 4);
}

static int native_write(uint32_t at, uint8_t value)
{
	const uint8_t message[] = { 0x80 | at >> 16, at >> 8 & 0xff, at & 0xff, 0, value };

	return talk(AUX_B, message, 5);
}

static void test_the_sink_says_what_it_can(void)
{
	fixture_make(&gpu, PORT_DP, NULL);
	CU_ASSERT_EQUAL(native_read(0, 15), 16);
	CU_ASSERT_EQUAL(answer[0], 0);
	CU_ASSERT_EQUAL(answer[1], 0x12); /* DPCD 1.2 */
	CU_ASSERT_EQUAL(answer[2], 0x0a); /* 2.7 Gb/s */
	CU_ASSERT_EQUAL(answer[3] & 0x1f, 4);
	CU_ASSERT_EQUAL(native_read(0x200, 1), 2);
	CU_ASSERT_EQUAL(answer[1] & 0x3f, 1);
	CU_ASSERT_EQUAL(native_read(0xfffff, 16), 17);
	CU_ASSERT_EQUAL(answer[1], 0);
	gpu_free(&gpu);
}

static void test_a_link_trains(void)
{
	fixture_make(&gpu, PORT_DP, NULL);
	CU_ASSERT_EQUAL(native_read(0x202, 3), 4);
	CU_ASSERT_EQUAL(answer[1], 0);
	CU_ASSERT_EQUAL(native_write(0x102, 0x21), 1);
	CU_ASSERT_EQUAL(native_read(0x202, 3), 4);
	CU_ASSERT_EQUAL(memcmp(answer + 1, "\x11\x11\x00", 3), 0);
	CU_ASSERT_EQUAL(native_write(0x102, 0x22), 1);
	CU_ASSERT_EQUAL(native_read(0x202, 3), 4);
	CU_ASSERT_EQUAL(memcmp(answer + 1, "\x77\x77\x01", 3), 0);
	gpu_free(&gpu);
}

static void test_the_edid_comes_by_i2c(void)
{
	static const uint8_t select[] = { 0x40, 0, 0x50, 0, 0 };
	static const uint8_t address_only[] = { 0x50, 0, 0x50 };
	static const uint8_t read[] = { 0x50, 0, 0x50, 15 };
	static const uint8_t last[] = { 0x10, 0, 0x50 };
	uint8_t bytes[128];

	fixture_make(&gpu, PORT_DP, NULL);
	CU_ASSERT_EQUAL(talk(AUX_B, select, 5), 1);
	CU_ASSERT_EQUAL(answer[0], 0);
	CU_ASSERT_EQUAL(talk(AUX_B, address_only, 3), 1);
	for (int i = 0; i < 128; i += 16) {
		CU_ASSERT_EQUAL(talk(AUX_B, read, 4), 17);
		memcpy(bytes + i, answer + 1, 16);
	}
	CU_ASSERT_EQUAL(talk(AUX_B, last, 3), 1);
	CU_ASSERT_EQUAL(memcmp(bytes, fixture_edid, 128), 0);
	gpu_free(&gpu);
}

static void test_an_unknown_i2c_address_is_refused(void)
{
	static const uint8_t message[] = { 0x10, 0, 0x3a, 0 };

	fixture_make(&gpu, PORT_DP, NULL);
	CU_ASSERT_EQUAL(talk(AUX_B, message, 4), 1);
	CU_ASSERT_EQUAL(answer[0], 0x40); /* I2C_NACK, 2.7.7.1.4.5 */
	gpu_free(&gpu);
}

static void test_nobody_is_on_the_other_channels(void)
{
	static const uint8_t message[] = { 0x90, 0, 0, 0 };

	fixture_make(&gpu, PORT_DP, NULL);
	for (uint32_t channel = 0; channel < 5; channel++)
		CU_ASSERT_EQUAL(talk(AUX_A + 0x100 * channel, message, 4), channel == 1 ? 2 : -1);
	CU_ASSERT_EQUAL(gpu_plug(&gpu, false), 0);
	CU_ASSERT_EQUAL(talk(AUX_B, message, 4), -1);
	gpu_free(&gpu);
	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(talk(AUX_B, message, 4), -1);
	gpu_free(&gpu);
	fixture_make(&gpu, PORT_DP, "aux-timeout");
	CU_ASSERT_EQUAL(talk(AUX_B, message, 4), -1);
	gpu_free(&gpu);
}

static void test_a_wrong_length_stays_inside(void)
{
	const uint8_t message[20] = { 0x8f, 0xff, 0xff, 15, 1 };
	const uint8_t edge[20] = { 0x80, 0x07, 0xf8, 15, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	fixture_make(&gpu, PORT_DP, NULL);
	for (uint32_t size = 0; size < 32; size++) {
		fixture_write(&gpu, AUX_B, BUSY | size << 20);
		CU_ASSERT_FALSE(fixture_read(&gpu, AUX_B) & BUSY);
	}
	CU_ASSERT_EQUAL(talk(AUX_B, message, 20), 1);
	CU_ASSERT_EQUAL(talk(AUX_B, edge, 20), 1);
	CU_ASSERT_EQUAL(native_read(0x7f8, 16), 17);
	CU_ASSERT_EQUAL(memcmp(answer + 1, edge + 4, 8), 0);
	CU_ASSERT_EQUAL(answer[9], 0);
	gpu_free(&gpu);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "the sink says what it can", test_the_sink_says_what_it_can },
		{ "a link trains", test_a_link_trains },
		{ "the EDID comes by I2C", test_the_edid_comes_by_i2c },
		{ "an unknown I2C address is refused", test_an_unknown_i2c_address_is_refused },
		{ "nobody is on the other channels", test_nobody_is_on_the_other_channels },
		{ "a wrong length stays inside", test_a_wrong_length_stays_inside },
		CU_TEST_INFO_NULL,
	};

	return suite_main("aux", tests);
}

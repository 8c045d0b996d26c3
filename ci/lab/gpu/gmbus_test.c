/*
 * GMBUS and the pins below it, by the sequences of Linux' intel_gmbus.c: gmbus_index_xfer(),
 * gmbus_xfer_write(), gmbus_xfer_read() and its way out of a NAK.
 */
#include "ci/lab/gpu/gmbus.h"

#include "ci/lab/gpu/fixture.h"

#define GMBUS0  0xc5100
#define GMBUS1  0xc5104
#define GMBUS2  0xc5108
#define GMBUS3  0xc510c
#define SW_RDY  (1u << 30)
#define WAIT    (1u << 25)
#define INDEX   (2u << 25)
#define STOP    (4u << 25)
#define HW_WAIT (1u << 14)
#define HW_RDY  (1u << 11)
#define NAK     (1u << 10)
#define ACTIVE  (1u << 9)

static struct gpu gpu;

static uint32_t command(uint32_t cycle, uint32_t count, uint32_t index, uint32_t address, bool read)
{
	return SW_RDY | cycle | count << 16 | index << 8 | address << 1 | read;
}

static uint32_t status(void)
{
	return fixture_read(&gpu, GMBUS2) & ~(1u << 15);
}

/* The data phase of a read: a word at a time, as long as the hardware is ready. */
static void take(uint8_t *bytes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i += 4) {
		uint32_t part = count - i < 4 ? count - i : 4, word;

		CU_ASSERT_TRUE(status() & HW_RDY);
		word = fixture_read(&gpu, GMBUS3);
		memcpy(bytes + i, &word, part);
	}
	CU_ASSERT_TRUE(status() & HW_WAIT);
}

static void stop(void)
{
	fixture_write(&gpu, GMBUS1, SW_RDY | STOP);
	CU_ASSERT_FALSE(status() & ACTIVE);
	fixture_write(&gpu, GMBUS0, 0);
}

static void test_an_indexed_read_brings_the_edid(void)
{
	uint8_t bytes[256];

	fixture_make(&gpu, PORT_HDMI, NULL);
	fixture_write(&gpu, GMBUS0, 1);
	fixture_write(&gpu, GMBUS1, command(WAIT | INDEX, 128, 0, 0x50, true));
	take(bytes, 128);
	fixture_write(&gpu, GMBUS1, command(WAIT | INDEX, 128, 128, 0x50, true));
	take(bytes + 128, 128);
	stop();
	CU_ASSERT_EQUAL(memcmp(bytes, fixture_edid, 256), 0);
	gpu_free(&gpu);
}

static void test_a_written_offset_counts_and_a_read_goes_on(void)
{
	uint8_t bytes[8];

	fixture_make(&gpu, PORT_HDMI, NULL);
	fixture_write(&gpu, GMBUS0, 1);
	fixture_write(&gpu, GMBUS3, 54);
	fixture_write(&gpu, GMBUS1, command(WAIT, 1, 0, 0x50, false));
	CU_ASSERT_TRUE(status() & HW_WAIT);
	fixture_write(&gpu, GMBUS1, command(WAIT, 3, 0, 0x50, true));
	take(bytes, 3);
	fixture_write(&gpu, GMBUS1, command(WAIT, 5, 0, 0x50, true));
	take(bytes + 3, 5);
	stop();
	CU_ASSERT_EQUAL(memcmp(bytes, fixture_edid + 54, 8), 0);
	gpu_free(&gpu);
}

static void test_the_segment_pointer_counts_until_the_stop(void)
{
	static uint8_t edid[512];
	uint8_t byte;

	for (size_t i = 0; i < sizeof(edid); i++)
		edid[i] = (uint8_t)(i / 128 + 1);
	fixture_make(&gpu, PORT_HDMI, NULL);
	gpu.ddc.edid = edid;
	gpu.ddc.size = sizeof(edid);
	fixture_write(&gpu, GMBUS0, 1);
	fixture_write(&gpu, GMBUS3, 1);
	fixture_write(&gpu, GMBUS1, command(WAIT, 1, 0, 0x30, false));
	fixture_write(&gpu, GMBUS1, command(WAIT | INDEX, 1, 128, 0x50, true));
	take(&byte, 1);
	CU_ASSERT_EQUAL(byte, 4);
	stop();
	fixture_write(&gpu, GMBUS0, 1);
	fixture_write(&gpu, GMBUS1, command(WAIT | INDEX, 1, 128, 0x50, true));
	take(&byte, 1);
	CU_ASSERT_EQUAL(byte, 2);
	stop();
	gpu_free(&gpu);
}

static void expect_nak(uint32_t pin, uint32_t address)
{
	fixture_write(&gpu, GMBUS0, pin);
	fixture_write(&gpu, GMBUS1, command(WAIT | INDEX, 4, 0, address, true));
	CU_ASSERT_EQUAL(status(), NAK);
	fixture_write(&gpu, GMBUS1, 1u << 31);
	fixture_write(&gpu, GMBUS1, 0);
	CU_ASSERT_EQUAL(status(), 0);
}

static void test_nobody_else_answers(void)
{
	fixture_make(&gpu, PORT_HDMI, NULL);
	expect_nak(0, 0x50);
	expect_nak(2, 0x50);
	expect_nak(1, 0x51);
	expect_nak(1, 0x3a);
	CU_ASSERT_EQUAL(gpu_plug(&gpu, false), 0);
	expect_nak(1, 0x50);
	gpu_free(&gpu);
	/* The monitor of a DisplayPort is not on this bus. */
	fixture_make(&gpu, PORT_DP, NULL);
	expect_nak(1, 0x50);
	gpu_free(&gpu);
}

static void test_the_bus_is_in_use_until_it_is_given_back(void)
{
	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(fixture_read(&gpu, GMBUS2), 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, GMBUS2), 1u << 15);
	fixture_write(&gpu, GMBUS2, 1u << 15);
	CU_ASSERT_EQUAL(fixture_read(&gpu, GMBUS2), 0);
	gpu_free(&gpu);
}

static void test_a_wrong_checksum_is_one_byte(void)
{
	uint8_t bytes[256];

	fixture_make(&gpu, PORT_HDMI, "edid-bad-checksum");
	fixture_write(&gpu, GMBUS0, 1);
	fixture_write(&gpu, GMBUS1, command(WAIT | INDEX, 256, 0, 0x50, true));
	take(bytes, 256);
	CU_ASSERT_NOT_EQUAL(bytes[127], fixture_edid[127]);
	bytes[127] = fixture_edid[127];
	CU_ASSERT_EQUAL(memcmp(bytes, fixture_edid, 256), 0);
	gpu_free(&gpu);
}

static void test_a_read_beyond_the_end_is_bounded(void)
{
	uint8_t bytes[512];

	fixture_make(&gpu, PORT_HDMI, NULL);
	gpu.ddc.size = 100;
	fixture_write(&gpu, GMBUS0, 1);
	fixture_write(&gpu, GMBUS1, command(WAIT | INDEX, 511, 90, 0x50, true));
	take(bytes, 511);
	CU_ASSERT_EQUAL(memcmp(bytes, fixture_edid + 90, 10), 0);
	CU_ASSERT_EQUAL(bytes[10], 0xff);
	/* The address has eight bits: it begins again. */
	CU_ASSERT_EQUAL(bytes[256 - 90], fixture_edid[0]);
	for (int i = 0; i < 8; i++)
		fixture_read(&gpu, GMBUS3);
	CU_ASSERT_TRUE(status() & HW_WAIT);
	gpu_free(&gpu);
}

static void test_a_pin_is_high_unless_it_is_driven_low(void)
{
	const uint32_t pin = 0xc5014;

	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(fixture_read(&gpu, pin), 0x1010);
	fixture_write(&gpu, pin, 0x0007); /* clock: out, 0 */
	CU_ASSERT_EQUAL(fixture_read(&gpu, pin) & 0x1010, 0x1000);
	fixture_write(&gpu, pin, 0x0700); /* data: out, 0; the clock has no mask */
	CU_ASSERT_EQUAL(fixture_read(&gpu, pin) & 0x1010, 0);
	fixture_write(&gpu, pin, 0x0c0d); /* clock: in, 1; data: out, 1 */
	CU_ASSERT_EQUAL(fixture_read(&gpu, pin) & 0x1010, 0x1010);
	gpu_free(&gpu);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "an indexed read brings the EDID", test_an_indexed_read_brings_the_edid },
		{ "a written offset counts, and a read goes on",
			test_a_written_offset_counts_and_a_read_goes_on },
		{ "the segment pointer counts until the stop",
			test_the_segment_pointer_counts_until_the_stop },
		{ "nobody else answers", test_nobody_else_answers },
		{ "the bus is in use until it is given back",
			test_the_bus_is_in_use_until_it_is_given_back },
		{ "a wrong checksum is one byte", test_a_wrong_checksum_is_one_byte },
		{ "a read beyond the end is bounded", test_a_read_beyond_the_end_is_bounded },
		{ "a pin is high unless it is driven low",
			test_a_pin_is_high_unless_it_is_driven_low },
		CU_TEST_INFO_NULL,
	};

	return suite_main("gmbus", tests);
}

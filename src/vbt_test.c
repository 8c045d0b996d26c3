/*
 * The table was made by a program that is not ours, for a run in which the i915 of Linux 6.1 took
 * it for valid and made just the connector HDMI-A-1, which is its name for port HDMI-B.
 */
#include "src/vbt.h"

#include <errno.h>
#include <string.h>

#include "src/suite.h"

#define BDB        48
#define BLOCK_2    (BDB + 22 + 3 + 7)
#define CHILD      (BLOCK_2 + 3 + 5)
#define CHILD_SIZE 38
#define SIZE       (CHILD + CHILD_SIZE)

static void put16(uint8_t *at, unsigned int value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static void make(uint8_t bytes[static SIZE])
{
	memset(bytes, 0, SIZE);
	memcpy(bytes, "$VBT COFFEELAKE     ", 20);
	put16(bytes + 20, 100);
	put16(bytes + 22, 48);
	put16(bytes + 24, SIZE);
	put16(bytes + 28, BDB);
	memcpy(bytes + BDB, "BIOS_DATA_BLOCK ", 16);
	put16(bytes + BDB + 16, 209);
	put16(bytes + BDB + 18, 22);
	put16(bytes + BDB + 20, SIZE - BDB);
	bytes[BDB + 22] = 1;
	put16(bytes + BDB + 23, 7);
	bytes[BLOCK_2] = 2;
	put16(bytes + BLOCK_2 + 1, 5 + CHILD_SIZE);
	bytes[BLOCK_2 + 3] = 2;
	bytes[BLOCK_2 + 7] = CHILD_SIZE;
	put16(bytes + CHILD, 4);
	put16(bytes + CHILD + 2, 0x60d2);
	bytes[CHILD + 16] = 1;
	bytes[CHILD + 19] = 1;
	bytes[CHILD + 25] = 0x10;
}

static void its_outputs_are_named(void)
{
	uint8_t bytes[SIZE];
	struct vbt vbt;

	make(bytes);
	CU_ASSERT_EQUAL_FATAL(vbt_parse(bytes, SIZE, &vbt), 0);
	CU_ASSERT_STRING_EQUAL(vbt.signature, "$VBT COFFEELAKE");
	CU_ASSERT_EQUAL(vbt.version, 100);
	CU_ASSERT_EQUAL(vbt.bytes, SIZE);
	CU_ASSERT_EQUAL(vbt.bdb_version, 209);
	CU_ASSERT_EQUAL_FATAL(vbt.count, 1);
	CU_ASSERT_EQUAL(vbt.children[0].handle, 4);
	CU_ASSERT_EQUAL(vbt.children[0].type, 0x60d2);
	CU_ASSERT_STRING_EQUAL(vbt_port_name(vbt.children[0].port), "HDMI-B");
	CU_ASSERT_EQUAL(vbt.children[0].ddc_pin, 1);
	CU_ASSERT_EQUAL(vbt.children[0].aux_channel, 0x10);
	CU_ASSERT_STRING_EQUAL(vbt_port_name(200), "?");
}

static void a_table_without_outputs_is_one(void)
{
	uint8_t bytes[SIZE];
	struct vbt vbt;

	make(bytes);
	put16(bytes + CHILD + 2, 0);
	CU_ASSERT_EQUAL(vbt_parse(bytes, SIZE, &vbt), 0);
	CU_ASSERT_EQUAL(vbt.count, 0);
	make(bytes);
	bytes[BLOCK_2 + 7] = 3; /* no child has so few bytes */
	CU_ASSERT_EQUAL(vbt_parse(bytes, SIZE, &vbt), 0);
	CU_ASSERT_EQUAL(vbt.count, 0);
}

static void what_is_no_table_is_refused(void)
{
	uint8_t bytes[SIZE];
	struct vbt vbt;

	memset(bytes, 0, SIZE);
	CU_ASSERT_EQUAL(vbt_parse(bytes, SIZE, &vbt), -ENOENT);
	make(bytes);
	CU_ASSERT_EQUAL(vbt_parse(bytes, 31, &vbt), -ENOENT);
	/* Longer than what is there, as a VBT beyond the pages of an OpRegion. */
	CU_ASSERT_EQUAL(vbt_parse(bytes, SIZE - 1, &vbt), -EINVAL);
	CU_ASSERT_STRING_EQUAL(vbt.signature, "$VBT COFFEELAKE");
	CU_ASSERT_EQUAL(vbt.bytes, 0);
	put16(bytes + 28, SIZE);
	CU_ASSERT_EQUAL(vbt_parse(bytes, SIZE, &vbt), -EINVAL);
	make(bytes);
	put16(bytes + BDB + 20, SIZE - BDB + 1);
	CU_ASSERT_EQUAL(vbt_parse(bytes, SIZE, &vbt), -EINVAL);
	CU_ASSERT_EQUAL(vbt.count, 0);
	make(bytes);
	put16(bytes + BLOCK_2 + 1, 0xffff);
	CU_ASSERT_EQUAL(vbt_parse(bytes, SIZE, &vbt), 0);
	CU_ASSERT_EQUAL(vbt.count, 0);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "its outputs are named", its_outputs_are_named },
		{ "a table without outputs is one", a_table_without_outputs_is_one },
		{ "what is no table is refused", what_is_no_table_is_refused },
		CU_TEST_INFO_NULL,
	};

	return suite_main("vbt", tests);
}

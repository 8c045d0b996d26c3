/* Where a report lies in memory, as text. The form is drawn in stored.h. */
#include "src/stored.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/suite.h"

/* The check value that every description of CRC-32 has. */
#define CHECK_TEXT "123456789"
#define CHECK_CRC  0xcbf43926

static void the_checksum_is_the_usual_one(void)
{
	CU_ASSERT_EQUAL(stored_crc(CHECK_TEXT, 9), CHECK_CRC);
}

static void pages_are_counted(void)
{
	CU_ASSERT_EQUAL(stored_count(0), 0);
	CU_ASSERT_EQUAL(stored_count(1), 1);
	CU_ASSERT_EQUAL(stored_count(4096), 1);
	CU_ASSERT_EQUAL(stored_count(4097), 2);
	CU_ASSERT_EQUAL(stored_count(WIRE_MESSAGE_MAX), 250);
}

static void one_is_written_and_read(void)
{
	static const char want[] = "00001fff cbf43926 1a2b3 fffffffffe";
	struct stored stored = { 8191, CHECK_CRC, 2, { 0x1a2b3, 0xfffffffffe } };
	char text[STORED_TEXT_MAX + 1];

	CU_ASSERT_EQUAL(stored_write(&stored, text), (int)strlen(want));
	CU_ASSERT_STRING_EQUAL(text, want);
	memset(&stored, 0xff, sizeof(stored));
	CU_ASSERT_PTR_NULL(stored_read(want, strlen(want), &stored));
	CU_ASSERT_EQUAL(stored.length, 8191);
	CU_ASSERT_EQUAL(stored.crc, CHECK_CRC);
	CU_ASSERT_EQUAL(stored.count, 2);
	CU_ASSERT_EQUAL(stored.frames[0], 0x1a2b3);
	CU_ASSERT_EQUAL(stored.frames[1], 0xfffffffffe);
}

static void the_longest_has_room(void)
{
	struct stored stored = { WIRE_MESSAGE_MAX, 0, 250, { 0 } }, read;
	char text[STORED_TEXT_MAX + 1];

	for (size_t i = 0; i < 250; i++)
		stored.frames[i] = 0xffffffffff;
	CU_ASSERT_EQUAL(stored_write(&stored, text), STORED_TEXT_MAX);
	CU_ASSERT_PTR_NULL(stored_read(text, STORED_TEXT_MAX, &read));
	CU_ASSERT_EQUAL(read.count, 250);
	stored.frames[249]++;
	CU_ASSERT_EQUAL(stored_write(&stored, text), -EINVAL);
	stored.frames[249] = 1;
	stored.count = 249;
	CU_ASSERT_EQUAL(stored_write(&stored, text), -EINVAL);
}

static void what_is_not_one_is_refused(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "no length and checksum" },
		{ "00000001 0000000", "no length and checksum" },
		{ "0000001 00000000 1", "no length and checksum" },
		{ "0000000A 00000000 1", "no length and checksum" },
		{ "00000001-00000000 1", "no length and checksum" },
		{ "00000001 0000000g 1", "no length and checksum" },
		{ "-0000001 00000000 1", "no length and checksum" },
		{ "00000001 00000000", "a length that is not that of its pages" },
		{ "00000000 00000000", "a length that is not that of its pages" },
		{ "00000000 00000000 1", "a length that is not that of its pages" },
		{ "00000001 00000000 1 2", "a length that is not that of its pages" },
		{ "00001001 00000000 1", "a length that is not that of its pages" },
		{ "ffffffff 00000000 1", "a length that is not that of its pages" },
		{ "00000001 00000000 ", "no number of a page" },
		{ "00000001 00000000 1 ", "no number of a page" },
		{ "00000001 00000000  1", "no number of a page" },
		{ "00000001 000000001", "no number of a page" },
		{ "00000001 00000000 01", "no number of a page" },
		{ "00000001 00000000 0x1", "no number of a page" },
		{ "00000001 00000000 F", "no number of a page" },
		{ "00000001 00000000 -1", "no number of a page" },
		{ "00000001 00000000 10000000000", "no number of a page" },
	};
	struct stored stored;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = stored_read(cases[i].text, strlen(cases[i].text), &stored);

		CU_ASSERT_PTR_NOT_NULL_FATAL(why);
		CU_ASSERT_STRING_EQUAL(why, cases[i].why);
	}
}

static void too_many_pages_are_refused(void)
{
	/* 000fa001: a byte more than 250 pages. */
	char text[17 + 2 * 251 + 1] = "000fa001 00000000";
	struct stored stored;

	for (size_t i = 0; i < 251; i++)
		memcpy(text + 17 + 2 * i, " 1", 3);
	CU_ASSERT_STRING_EQUAL(
		stored_read(text, 17 + (size_t)2 * 251, &stored), "more pages than a report fills");
	/* 000fa000 is 1,024,000, the most. */
	text[7] = '0';
	CU_ASSERT_PTR_NULL(stored_read(text, 17 + (size_t)2 * 250, &stored));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "the checksum is the usual one", the_checksum_is_the_usual_one },
		{ "pages are counted", pages_are_counted },
		{ "one is written and read", one_is_written_and_read },
		{ "the longest has room", the_longest_has_room },
		{ "what is not one is refused", what_is_not_one_is_refused },
		{ "too many pages are refused", too_many_pages_are_refused },
		CU_TEST_INFO_NULL,
	};

	return suite_main("stored", tests);
}

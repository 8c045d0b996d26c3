/* Packing for a slow line: what other programs make of the same bytes, and what nobody made. */
#include "src/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

/*
 * By other programs:
 *   python3 -c 'import zlib,base64;print(base64.b64encode(zlib.compress(b"hello hello hello",9)))'
 */
#define HELLO "eNrLSM3JyVfIQJAAOi4GfQ=="

static void both_ways(void)
{
	char big[100000], *packed, *text = NULL;
	size_t length = 0, unpacked = 0;

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * i >> 5);
	packed = pack(big, sizeof(big), &length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(packed);
	CU_ASSERT_EQUAL(strlen(packed), length);
	CU_ASSERT_EQUAL(strspn(packed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789+/="),
		length);
	CU_ASSERT_EQUAL_FATAL(unpack(packed, length, sizeof(big), &text, &unpacked), 0);
	CU_ASSERT_EQUAL(unpacked, sizeof(big));
	CU_ASSERT_EQUAL(memcmp(text, big, sizeof(big)), 0);
	free(text);
	CU_ASSERT_EQUAL(unpack(packed, length, sizeof(big) - 1, &text, &unpacked), -EFBIG);
	free(packed);
}

static void as_others_do(void)
{
	char *text = NULL;
	size_t length = 0;

	CU_ASSERT_EQUAL_FATAL(unpack(HELLO, strlen(HELLO), 17, &text, &length), 0);
	CU_ASSERT_STRING_EQUAL(text, "hello hello hello");
	CU_ASSERT_EQUAL(length, 17);
	free(text);
	CU_ASSERT_EQUAL(unpack(HELLO, strlen(HELLO), 16, &text, &length), -EFBIG);
}

static void nothing_is_packed_too(void)
{
	char *packed, *text = NULL;
	size_t length = 0;

	packed = pack("", 0, &length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(packed);
	CU_ASSERT_EQUAL_FATAL(unpack(packed, length, 0, &text, &length), 0);
	CU_ASSERT_EQUAL(length, 0);
	CU_ASSERT_STRING_EQUAL(text, "");
	free(text);
	free(packed);
}

static void what_is_not_packed(void)
{
	static const char *const wrong[] = { "", "{\"format\":1}", "eNrLSM3JyVfIQJAAOi4GfQ",
		"====", "eNrLSM3JyVfIQJAAOi4GfA==", /* the checksum is wrong */
		"eNrLSM3JyVfIQA==",                 /* it is cut */
		"eNrLSM3JyVfIQJAAOi4GfXh4eA==",     /* and more behind it */
		"aGVsbG8=" };
	char *text = NULL;
	size_t length = 0;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(unpack(wrong[i], strlen(wrong[i]), 1000, &text, &length), -EINVAL);
}

/* 10 MB of zeroes in 13 KB: what a guest could send. */
static void a_bomb(void)
{
	size_t size = 10000000, length = 0;
	char *zeroes = calloc(1, size), *packed, *text = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(zeroes);
	packed = pack(zeroes, size, &length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(packed);
	CU_ASSERT(length < 20000);
	CU_ASSERT_EQUAL(unpack(packed, length, 1024000, &text, &length), -EFBIG);
	free(packed);
	free(zeroes);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "both ways", both_ways },
		{ "as others do", as_others_do },
		{ "nothing is packed too", nothing_is_packed_too },
		{ "what is not packed", what_is_not_packed },
		{ "a bomb", a_bomb },
		CU_TEST_INFO_NULL,
	};

	return suite_main("pack", tests);
}

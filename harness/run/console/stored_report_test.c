/* A report in memory, of a guest whose memory is an array. The form of the place is src/stored.h's.
 */
#include "harness/run/console/stored_report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

/* The check value that every description of CRC-32 has. */
#define CHECK_TEXT "123456789"
#define CHECK_CRC  "cbf43926"

#define PAGES 4

struct backend_guest {
	char memory[PAGES][4096];
	unsigned int reads;
	int error; /* of each read, unless 0 */
};

static int read_memory(struct backend_guest *guest, const uint64_t *frames, size_t count,
	void *bytes, struct problem *why)
{
	char *at = bytes;

	guest->reads++;
	if (guest->error)
		return problem_set(why, guest->error, "so it fails");
	for (size_t i = 0; i < count; i++, at += 4096) {
		if (frames[i] >= PAGES)
			return problem_set(
				why, -ERANGE, "there is no page %u", (unsigned)frames[i]);
		memcpy(at, guest->memory[frames[i]], 4096);
	}
	return 0;
}

static const struct backend readable = { .name = "readable", .read_memory = read_memory };

/* The text, and what the result was, of a guest that says that. */
static int get(struct backend_guest *guest, const char *said, char **text_r, struct problem *why)
{
	size_t length = 0;
	int r;

	*text_r = NULL;
	*why = (struct problem){ "" };
	r = stored_report_read(&readable, guest, said, strlen(said), text_r, &length, why);
	if (r == 0)
		CU_ASSERT_EQUAL(length, strlen(*text_r));
	return r;
}

static void test_one_page(void)
{
	struct backend_guest guest = { .memory[2] = CHECK_TEXT "not of the report" };
	struct problem why;
	char *text;

	CU_ASSERT_EQUAL_FATAL(get(&guest, "00000009 " CHECK_CRC " 2", &text, &why), 0);
	CU_ASSERT_STRING_EQUAL(text, CHECK_TEXT);
	CU_ASSERT_EQUAL(guest.reads, 1);
	free(text);
}

/* In the order in which they are said, not that of memory. */
static void test_two_pages(void)
{
	struct backend_guest guest = { .reads = 0 };
	struct problem why;
	char *text;

	/* python3 -c 'import zlib; print("%08x" % zlib.crc32(b"x" * 4096 + b"end"))' */
	memset(guest.memory[3], 'x', 4096);
	memcpy(guest.memory[1], "end", 3);
	CU_ASSERT_EQUAL_FATAL(get(&guest, "00001003 ed5830ad 3 1", &text, &why), 0);
	CU_ASSERT_EQUAL(strspn(text, "x"), 4096);
	CU_ASSERT_STRING_EQUAL(text + 4096, "end");
	free(text);
	CU_ASSERT_EQUAL(get(&guest, "00001003 ed5830ad 1 3", &text, &why), -EAGAIN);
	CU_ASSERT_PTR_NULL(text);
}

static void test_not_there(void)
{
	struct backend_guest guest = { .memory[2] = "123456780" };
	struct problem why;
	char *text;

	CU_ASSERT_EQUAL(get(&guest, "00000009 " CHECK_CRC " 2", &text, &why), -EAGAIN);
	CU_ASSERT_STRING_EQUAL(why.text, "the 1 pages of the report have a different checksum");
	guest.error = -EFAULT;
	CU_ASSERT_EQUAL(get(&guest, "00000009 " CHECK_CRC " 2", &text, &why), -EAGAIN);
	CU_ASSERT_STRING_EQUAL(why.text, "so it fails");
	guest.error = -ENOMEM;
	CU_ASSERT_EQUAL(get(&guest, "00000009 " CHECK_CRC " 2", &text, &why), -ENOMEM);
	CU_ASSERT_PTR_NULL(text);
}

/* What is malformed is not looked at. */
static void test_nowhere(void)
{
	struct backend_guest guest = { .reads = 0 };
	struct problem why;
	char *text;

	CU_ASSERT_EQUAL(get(&guest, "00000009 " CHECK_CRC " 4", &text, &why), -EINVAL);
	CU_ASSERT_STRING_EQUAL(why.text,
		"the report is said to be in memory where it cannot be: there is no page 4");
	CU_ASSERT_EQUAL(guest.reads, 1);
	CU_ASSERT_EQUAL(get(&guest, "ffffffff " CHECK_CRC " 2", &text, &why), -EINVAL);
	CU_ASSERT_STRING_EQUAL(why.text, "the report is said to be in memory where it cannot be: "
					 "a length that is not that of its pages");
	CU_ASSERT_EQUAL(get(&guest, "", &text, &why), -EINVAL);
	CU_ASSERT_EQUAL(guest.reads, 1);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "one page", test_one_page },
		{ "two pages", test_two_pages },
		{ "a report that is not there", test_not_there },
		{ "a place that is none", test_nowhere },
		CU_TEST_INFO_NULL,
	};

	return suite_main("stored_report", tests);
}

#include "harness/base/digest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

/* FIPS 180-4's examples: "abc", and a million times "a". */
#define OF_ABC     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OF_MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void digest_is(const char *unit, int times, const char *expected)
{
	char name[] = "/tmp/igd-digest-XXXXXX", text[DIGEST_TEXT_MAX];
	int fd = mkstemp(name);
	FILE *file = fdopen(fd, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	for (int i = 0; i < times; i++)
		fputs(unit, file);
	fclose(file);
	CU_ASSERT_EQUAL(digest_file(name, text, NULL), 0);
	CU_ASSERT_STRING_EQUAL(text, expected);
	unlink(name);
}

static void the_standards_examples(void)
{
	char text[DIGEST_TEXT_MAX];

	digest_bytes("abc", 3, text);
	CU_ASSERT_STRING_EQUAL(text, OF_ABC);
	digest_is("abc", 1, OF_ABC);
	digest_is("a", 1000000, OF_MILLION);
}

static void a_file_that_cannot_be_read(void)
{
	struct problem why = { 0 };
	char text[DIGEST_TEXT_MAX];

	CU_ASSERT_EQUAL(digest_file("/nonexistent", text, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "/nonexistent"));
	memset(&why, 0, sizeof(why));
	CU_ASSERT_EQUAL(digest_file("/tmp", text, &why), -EINVAL);
	CU_ASSERT_NOT_EQUAL(why.text[0], 0);
}

/* A run directory may name any file of the host as its device model. */
static void what_has_no_end_is_not_read(void)
{
	char place[] = "/tmp/igd-digest-XXXXXX", path[64], text[DIGEST_TEXT_MAX];
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(digest_file("/dev/zero", text, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place));
	snprintf(path, sizeof(path), "%s/fifo", place);
	CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
	alarm(10); /* it would be waited for */
	CU_ASSERT_EQUAL(digest_file(path, text, &why), -EINVAL);
	alarm(0);
	suite_remove(place, 0);
}

static CU_TestInfo tests[] = {
	{ "the standard's examples", the_standards_examples },
	{ "a file that cannot be read", a_file_that_cannot_be_read },
	{ "what has no end is not read", what_has_no_end_is_not_read },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("digest", tests);
}

/* A run that reached a limit: harness/store/stopped.h. */
#include "harness/store/stopped.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/suite.h"

static char place[] = "/tmp/igd-stopped-XXXXXX";
static struct store store = { -1, -1, place };

static void test_written(void)
{
	struct problem why = { "" };
	json_t *stopped = NULL, *sentence;

	CU_ASSERT_EQUAL(stopped_read(&store, &stopped, &why), -ENOENT);
	CU_ASSERT_EQUAL(stopped_remove(&store, &why), 0);
	CU_ASSERT_EQUAL_FATAL(stopped_write(&store, "2 cells are FAIL (--max-fail 2)", &why), 0);
	CU_ASSERT_EQUAL_FATAL(stopped_read(&store, &stopped, &why), 0);
	sentence = stopped_sentence(stopped);
	CU_ASSERT_STRING_EQUAL(json_string_value(sentence),
		"the run had reached its limit: 2 cells are FAIL (--max-fail 2)");
	json_decref(sentence);
	json_decref(stopped);
	CU_ASSERT_EQUAL(stopped_remove(&store, &why), 0);
	CU_ASSERT_EQUAL(stopped_read(&store, &stopped, &why), -ENOENT);
}

static void test_of_somebody_else(void)
{
	static const char *const texts[] = { "", "[]", "{}",
		"{\"format\": \"igd-harness stopped\", \"version\": 1}",
		"{\"format\": \"igd-harness stopped\", \"version\": 1, \"limit\": 3}",
		"{\"format\": \"igd-harness stopped\", \"version\": 1, \"limit\": \"\"}",
		"{\"format\": \"igd-harness stopped\", \"version\": 1, \"limit\": \"a\\u001b[2J\"}",
		"{\"format\": \"igd-harness stopped\", \"version\": 2, \"limit\": \"a\"}" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct problem why = { "" };
		json_t *stopped = NULL;
		int fd = openat(store.dir_fd, STOPPED_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		CU_ASSERT_FATAL(fd >= 0);
		CU_ASSERT_EQUAL(write(fd, texts[i], strlen(texts[i])), (ssize_t)strlen(texts[i]));
		close(fd);
		CU_ASSERT(stopped_read(&store, &stopped, &why) < 0);
		CU_ASSERT_PTR_NULL(stopped);
	}
	CU_ASSERT_EQUAL(stopped_remove(&store, NULL), 0);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a limit is written, read and removed", test_written },
		{ "one of somebody else is checked", test_of_somebody_else },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(place))
		return 1;
	store.dir_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return suite_remove(place, suite_main("stopped", tests));
}

/* What the agent asks in a process of its own. */
#include "guests/agent/apart.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/clock.h"
#include "src/suite.h"

#define SHORT_MS 200
#define LONG_MS  20000

static json_t *find(const char *root, const char *name)
{
	if (strcmp(name, "hangs") == 0)
		for (;;)
			pause();
	if (strcmp(name, "dies") == 0)
		kill(getpid(), SIGKILL);
	if (strcmp(name, "nothing") == 0)
		return NULL;
	if (strcmp(name, "giant") == 0) {
		json_t *list = json_array();

		for (int i = 0; i < 200000; i++)
			json_array_append_new(list, json_string("0123456789"));
		return json_pack("{s:o}", "list", list);
	}
	return json_pack("{s:s, s:s, s:i}", "root", root, "name", name, "pid", (int)getpid());
}

static int error_of(const char *name, int limit_ms)
{
	int r = 0;

	CU_ASSERT_PTR_NULL(apart_ask(find, "/r", name, limit_ms, &r));
	return r;
}

static void an_answer_is_of_a_different_process(void)
{
	int r = -1;
	json_t *found = apart_ask(find, "/r", "card0", LONG_MS, &r);

	CU_ASSERT_EQUAL(r, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(found, "root")), "/r");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(found, "name")), "card0");
	CU_ASSERT_NOT_EQUAL(json_integer_value(json_object_get(found, "pid")), getpid());
	json_decref(found);
}

static void what_hangs_is_left_at_its_limit(void)
{
	long long began = clock_ms(CLOCK_MONOTONIC);

	CU_ASSERT_EQUAL(error_of("hangs", SHORT_MS), -ETIMEDOUT);
	CU_ASSERT(clock_ms(CLOCK_MONOTONIC) - began < LONG_MS);
	/* And it is gone. */
	CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
	CU_ASSERT_EQUAL(errno, ECHILD);
}

static void what_ends_without_an_answer_is_an_error(void)
{
	CU_ASSERT_EQUAL(error_of("dies", LONG_MS), -EIO);
	CU_ASSERT_EQUAL(error_of("nothing", LONG_MS), -EIO);
	CU_ASSERT_EQUAL(error_of("giant", LONG_MS), -E2BIG);
}

static CU_TestInfo tests[] = {
	{ "an answer is of a different process", an_answer_is_of_a_different_process },
	{ "what hangs is left at its limit", what_hangs_is_left_at_its_limit },
	{ "what ends without an answer is an error", what_ends_without_an_answer_is_an_error },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("apart", tests);
}

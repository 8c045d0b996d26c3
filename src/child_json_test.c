/* A value from a process of its own: that answers, hangs, dies, says too much. */
#include "src/child_json.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/clock.h"
#include "src/suite.h"

#define LIMIT_MS 200
#define LONG_MS  60000

static json_t *answer(void *data)
{
	return json_pack("{s:s, s:i}", "said", (const char *)data, "pid", (int)getpid());
}

static json_t *hang(void *data)
{
	for (;;)
		pause();
	return data;
}

static json_t *die(void *data)
{
	raise(SIGKILL);
	return data;
}

static json_t *no_value(void *data)
{
	(void)data;
	return NULL;
}

static json_t *babble(void *data)
{
	char *text = malloc(CHILD_JSON_MAX);

	(void)data;
	memset(text, 'a', CHILD_JSON_MAX);
	return json_stringn(text, CHILD_JSON_MAX);
}

/* Is that descriptor open in the child? */
static json_t *is_open(void *data)
{
	return json_boolean(fcntl(*(const int *)data, F_GETFD) >= 0);
}

static void test_answer(void)
{
	char text[] = "yes";
	json_t *value = NULL;

	CU_ASSERT_EQUAL_FATAL(child_json(answer, text, CHILD_JSON_MAX, LONG_MS, &value), 0);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(value, "said")), "yes");
	CU_ASSERT_NOT_EQUAL(json_integer_value(json_object_get(value, "pid")), getpid());
	json_decref(value);
}

static void test_hang(void)
{
	long long begin = clock_ms(CLOCK_MONOTONIC);
	json_t *value = NULL;

	CU_ASSERT_EQUAL(child_json(hang, NULL, CHILD_JSON_MAX, LIMIT_MS, &value), -ETIMEDOUT);
	CU_ASSERT_PTR_NULL(value);
	CU_ASSERT(clock_ms(CLOCK_MONOTONIC) - begin >= LIMIT_MS);
	CU_ASSERT(clock_ms(CLOCK_MONOTONIC) - begin < LONG_MS);
	/* And it is gone. */
	CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
	CU_ASSERT_EQUAL(errno, ECHILD);
}

static void test_no_answer(void)
{
	char text[] = "yes";
	json_t *value = NULL;

	CU_ASSERT_EQUAL(child_json(die, NULL, CHILD_JSON_MAX, LONG_MS, &value), -EPROTO);
	CU_ASSERT_EQUAL(child_json(no_value, NULL, CHILD_JSON_MAX, LONG_MS, &value), -EPROTO);
	CU_ASSERT_EQUAL(child_json(babble, NULL, CHILD_JSON_MAX, LONG_MS, &value), -E2BIG);
	CU_ASSERT_PTR_NULL(value);
	CU_ASSERT_EQUAL(child_json(answer, text, 8, LONG_MS, &value), -E2BIG);
	CU_ASSERT_PTR_NULL(value);
}

static void test_descriptors(void)
{
	int fd = open("/dev/null", O_RDONLY);
	json_t *value = NULL;

	CU_ASSERT_FATAL(fd > STDERR_FILENO);
	CU_ASSERT_EQUAL_FATAL(child_json(is_open, &fd, CHILD_JSON_MAX, LONG_MS, &value), 0);
	CU_ASSERT(json_is_false(value));
	json_decref(value);
	close(fd);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a child that answers", test_answer },
		{ "a child that hangs costs the limit", test_hang },
		{ "a child that dies, has no value, says too much", test_no_answer },
		{ "a child has none of the descriptors", test_descriptors },
		CU_TEST_INFO_NULL,
	};

	return suite_main("child_json", tests);
}

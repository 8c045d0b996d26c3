#include "harness/process/subprocess.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "src/suite.h"

/* What was heard of a child, and of its errors. */
struct ears {
	char out[200000], err[256];
	size_t out_length, err_length;
	bool *stop;
};

static sd_event *loop;
static struct ears ears;

static void take_out(void *data, const char *bytes, size_t length)
{
	struct ears *to = data;

	CU_ASSERT_FATAL(to->out_length + length < sizeof(to->out));
	memcpy(to->out + to->out_length, bytes, length);
	to->out_length += length;
	if (to->stop)
		*to->stop = true;
}

static void take_err(void *data, const char *bytes, size_t length)
{
	struct ears *to = data;

	CU_ASSERT_FATAL(to->err_length + length < sizeof(to->err));
	memcpy(to->err + to->err_length, bytes, length);
	to->err_length += length;
}

#define SHELL(line) ((char *const[]){ (char *)"sh", (char *)"-c", (char *)(line), NULL })

static struct subprocess_spec order(char *const *argv)
{
	memset(&ears, 0, sizeof(ears));
	return (struct subprocess_spec){
		.argv = argv, .in_fd = -1, .out = take_out, .err = take_err, .data = &ears
	};
}

static void all_it_wrote_is_heard_before_its_end(void)
{
	const struct subprocess_spec told =
		order(SHELL("head -c 150000 /dev/zero | tr '\\0' x; echo sorry >&2; exit 7"));
	const struct subprocess_limits limits = { 0 };

	CU_ASSERT_EQUAL(subprocess_run(loop, &told, &limits, NULL), 7);
	CU_ASSERT_EQUAL(ears.out_length, 150000);
	CU_ASSERT_STRING_EQUAL(ears.err, "sorry\n");
}

static void it_has_nothing_to_read_and_a_folder(void)
{
	struct subprocess_spec told = order(SHELL("cat; pwd"));
	const struct subprocess_limits limits = { 0 };

	told.folder = "/proc";
	CU_ASSERT_EQUAL(subprocess_run(loop, &told, &limits, NULL), 0);
	CU_ASSERT_STRING_EQUAL(ears.out, "/proc\n");
}

static void what_it_reads_is_given(void)
{
	struct subprocess_spec told = order(SHELL("cat"));
	const struct subprocess_limits limits = { 0 };
	int ends[2];

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	CU_ASSERT_EQUAL(write(ends[1], "given", 5), 5);
	close(ends[1]);
	told.in_fd = ends[0];
	CU_ASSERT_EQUAL(subprocess_run(loop, &told, &limits, NULL), 0);
	CU_ASSERT_STRING_EQUAL(ears.out, "given");
	close(ends[0]);
}

static void what_is_no_program_says_so(void)
{
	char *const argv[] = { (char *)"/nowhere/program", NULL };
	const struct subprocess_spec told = order(argv);
	const struct subprocess_limits limits = { 0 };

	CU_ASSERT_EQUAL(subprocess_run(loop, &told, &limits, NULL), 127);
	CU_ASSERT_PTR_NOT_NULL(strstr(ears.err, "cannot execute /nowhere/program: No such file"));
}

static void a_signal_is_a_status(void)
{
	const struct subprocess_spec told = order(SHELL("kill -KILL $$"));
	const struct subprocess_limits limits = { 0 };

	CU_ASSERT_EQUAL(subprocess_run(loop, &told, &limits, NULL), 128 + 9);
}

/* None of these waits for long: what is waited for would never come. */
static void a_limit_ends_the_wait_and_not_the_child(void)
{
	const struct subprocess_spec told = order(SHELL("echo here; sleep 1000"));
	const struct subprocess_limits silence = { .silence_ms = 20 }, limit = { .limit_ms = 20 };
	struct subprocess *child = NULL;

	CU_ASSERT_EQUAL_FATAL(subprocess_start(loop, &told, &child, NULL), 0);
	CU_ASSERT_EQUAL(subprocess_wait(child, &limit), -ETIMEDOUT);
	CU_ASSERT_EQUAL(subprocess_wait(child, &silence), -EAGAIN);
	subprocess_free(child);
}

static void told_to_stop_it_stops(void)
{
	const struct subprocess_spec told = order(SHELL("echo here; sleep 1000"));
	bool stop = false;
	const struct subprocess_limits limits = { .stop = &stop };
	struct problem why = { "" };

	ears.stop = &stop;
	CU_ASSERT_EQUAL(subprocess_run(loop, &told, &limits, &why), -EINTR);
	CU_ASSERT_STRING_EQUAL(ears.out, "here\n");
	CU_ASSERT_STRING_EQUAL(why.text, "sh was stopped");
}

/* Whoever waits for the pipe's end would wait for the grandchild. */
static void a_grandchild_that_stays_is_not_waited_for(void)
{
	const struct subprocess_spec told = order(SHELL("setsid sleep 20 & echo $!; exit 3"));
	const struct subprocess_limits limits = { .limit_ms = 10000 };

	CU_ASSERT_EQUAL(subprocess_run(loop, &told, &limits, NULL), 3);
	CU_ASSERT(ears.out_length > 1);
}

static CU_TestInfo tests[] = {
	{ "all it wrote is heard before its end", all_it_wrote_is_heard_before_its_end },
	{ "it has nothing to read, and a folder", it_has_nothing_to_read_and_a_folder },
	{ "what it reads is given", what_it_reads_is_given },
	{ "what is no program says so", what_is_no_program_says_so },
	{ "a signal is a status", a_signal_is_a_status },
	{ "a limit ends the wait and not the child", a_limit_ends_the_wait_and_not_the_child },
	{ "told to stop it stops", told_to_stop_it_stops },
	{ "a grandchild that stays is not waited for", a_grandchild_that_stays_is_not_waited_for },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (sd_event_new(&loop) < 0)
		return 1;
	status = suite_main("errand", tests);
	sd_event_unref(loop);
	return status;
}

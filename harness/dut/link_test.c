/* A host that is a shell here, and what can go wrong between a line and its answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/dut/private.h"
#include "src/suite.h"

static struct dut dut = { .name = (char *)"here",
	.limits = { [DUT_ANSWER] = 10, [DUT_SILENCE] = 1 } };
static struct dut_session session = { .dut = &dut };
static struct problem why;
static struct dut_answer answer;

static char *const shell[] = { (char *)"sh", (char *)"-c", NULL };
/* A link that breaks off after so many bytes, with the status of what it carried. */
static char *const cut[] = { (char *)"sh", (char *)"-c", (char *)"sh -c \"$1\" | head -c 4",
	(char *)"cut", NULL };
static char *const deaf[] = { (char *)"sh", (char *)"-c", (char *)"sleep 1000", (char *)"deaf",
	NULL };

static int ask(char *const *reach, const char *line)
{
	const struct dut_order order = { .line = line, .in_fd = -1, .out_fd = -1, .limit_ms = 0 };

	free(answer.text);
	dut.reach = (char **)reach;
	why.text[0] = 0;
	return dut_ask(&session, &order, &answer, &why);
}

static void the_status_is_the_lines_own(void)
{
	CU_ASSERT_EQUAL_FATAL(ask(shell, "echo two; echo lines; echo why >&2; exit 255"), 0);
	CU_ASSERT_EQUAL(answer.status, 255);
	CU_ASSERT_STRING_EQUAL(answer.text, "two\nlines\n");
	CU_ASSERT_EQUAL(answer.length, 10);
	CU_ASSERT_STRING_EQUAL(answer.last, "why");
	CU_ASSERT_EQUAL_FATAL(ask(shell, "printf '\\n=7\\n=x'"), 0);
	CU_ASSERT_EQUAL(answer.status, 0);
	CU_ASSERT_STRING_EQUAL(answer.text, "\n=7\n=x");
	CU_ASSERT_EQUAL_FATAL(ask(shell, "true"), 0);
	CU_ASSERT_EQUAL(answer.length, 0);
}

static void a_link_that_breaks_is_no_answer(void)
{
	CU_ASSERT_EQUAL(ask(cut, "echo a long answer"), -ENOTCONN);
	CU_ASSERT_PTR_NULL(answer.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "no connection to here"));
	CU_ASSERT_EQUAL(ask((char *const[]){ (char *)"/nowhere/ssh", NULL }, "true"), -ENOTCONN);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "cannot execute /nowhere/ssh"));
	CU_ASSERT_EQUAL(ask((char *const[]){ (char *)"false", NULL }, "true"), -ENOTCONN);
}

static void a_link_that_hangs_is_no_answer(void)
{
	dut.limits[DUT_ANSWER] = 1;
	CU_ASSERT_EQUAL(ask(deaf, "true"), -ENOTCONN);
	dut.limits[DUT_ANSWER] = 10;
}

static void an_answer_has_its_bounds(void)
{
	const struct dut_order order = {
		.line = "head -c 2000 /dev/zero", .in_fd = -1, .out_fd = -1, .out_max = 1000
	};

	free(answer.text);
	why.text[0] = 0;
	dut.reach = (char **)shell;
	CU_ASSERT_EQUAL(dut_ask(&session, &order, &answer, &why), -EFBIG);
	CU_ASSERT_PTR_NULL(answer.text);
}

static void a_file_has_the_answer_alone(void)
{
	char place[] = "/tmp/igd-dut-link-XXXXXX";
	const struct dut_order order = {
		.line = "printf 'a\\0b'; exit 3", .in_fd = -1, .out_fd = mkstemp(place)
	};
	char bytes[16];

	CU_ASSERT_EQUAL(dut_ask(&session, &order, &answer, &why), 0);
	CU_ASSERT_EQUAL(answer.status, 3);
	CU_ASSERT_EQUAL(pread(order.out_fd, bytes, sizeof(bytes), 0), 3);
	CU_ASSERT_EQUAL(memcmp(bytes, "a\0b", 3), 0);
	close(order.out_fd);
	unlink(place);
}

static void what_the_host_says_moves_no_cursor(void)
{
	CU_ASSERT_EQUAL(ask(shell, "printf 'a\\033[2Jb\\n' >&2"), 0);
	CU_ASSERT_STRING_EQUAL(answer.last, "a?[2Jb");
}

static void who_has_to_succeed_says_why_not(void)
{
	const struct dut_order order = {
		.line = "echo no room >&2; exit 3", .in_fd = -1, .out_fd = -1
	};

	why.text[0] = 0;
	CU_ASSERT_EQUAL(dut_tell(&session, &order, NULL, &why), -EREMOTEIO);
	CU_ASSERT_STRING_EQUAL(why.text, "here failed (status 3): no room");
}

static void a_boot_has_an_id(void)
{
	char boot_id[BOOT_ID_MAX];

	CU_ASSERT_EQUAL(dut_boot_id(&session, boot_id, &why), 0);
	CU_ASSERT_EQUAL(strlen(boot_id), 36); /* RFC 9562, 4: 32 digits and four dashes */
}

static void a_quoted_word_is_one_word(void)
{
	char *quoted = dut_quote("it's $HOME `a`"), *line = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(quoted);
	CU_ASSERT(asprintf(&line, "printf %%s %s", quoted) > 0);
	CU_ASSERT_EQUAL(ask(shell, line), 0);
	CU_ASSERT_STRING_EQUAL(answer.text, "it's $HOME `a`");
	free(line);
	free(quoted);
}

/* The limit is that of the buffer: DUT_LINE_MAX with the terminating null. */
static void a_line_that_does_not_fit_is_refused(void)
{
	char line[DUT_LINE_MAX], work[DUT_LINE_MAX];

	memset(work, 'w', sizeof(work));
	work[DUT_LINE_MAX - sizeof("rm -rf ")] = '\0';
	CU_ASSERT_EQUAL(dut_line(line, &why, "rm -rf %s", work), 0);
	CU_ASSERT_EQUAL(strlen(line), DUT_LINE_MAX - 1);
	why.text[0] = 0;
	CU_ASSERT_EQUAL(dut_line(line, &why, "rm -rf %s/", work), -E2BIG);
	CU_ASSERT_STRING_EQUAL(line, "");
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "more than 4095 bytes: shorten `tree` and `work`"));
}

/* No part of a line reaches a host if the whole does not fit. */
static void a_cell_with_too_long_a_folder_is_not_begun(void)
{
	struct dut_session far = session;
	char tree[DUT_LINE_MAX];
	struct dut here = dut;

	memset(tree, 't', sizeof(tree));
	tree[sizeof(tree) - 1] = '\0';
	here.tree = tree;
	here.reach = (char *[]){ (char *)"/nowhere/ssh", NULL };
	far.dut = &here;
	why.text[0] = 0;
	/* -ENOTCONN if it were tried. */
	CU_ASSERT_EQUAL(dut_cell(&far, 0, "cell", "cell", 1000, &why), -E2BIG);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "a line for the host's shell"));
}

static CU_TestInfo tests[] = {
	{ "the status is the line's own", the_status_is_the_lines_own },
	{ "a link that breaks is no answer", a_link_that_breaks_is_no_answer },
	{ "a link that hangs is no answer", a_link_that_hangs_is_no_answer },
	{ "an answer has its bounds", an_answer_has_its_bounds },
	{ "a file has the answer alone", a_file_has_the_answer_alone },
	{ "what the host says moves no cursor", what_the_host_says_moves_no_cursor },
	{ "who has to succeed says why not", who_has_to_succeed_says_why_not },
	{ "a boot has an id", a_boot_has_an_id },
	{ "a quoted word is one word", a_quoted_word_is_one_word },
	{ "a line that does not fit is refused", a_line_that_does_not_fit_is_refused },
	{ "a cell with too long a folder is not begun",
		a_cell_with_too_long_a_folder_is_not_begun },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (sd_event_new(&session.loop) < 0)
		return 1;
	status = suite_main("dut_link", tests);
	free(answer.text);
	sd_event_unref(session.loop);
	return status;
}

#include "harness/plan/plan_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/plan/plan.h"
#include "src/suite.h"

static char place[] = "/tmp/igd-plan-XXXXXX";
static int place_fd = -1;

#define LIMITS                                                                                     \
	"\"limits_ms\": {\"create\": 1, \"first-frame\": 1, \"report\": 1, \"power-off\": 1,"      \
	" \"clean-up\": 1}"
#define CELL(name)                                                                                 \
	"{\"name\": \"" name "\", \"words\": {}, \"guest\": \"linux\", \"requires\": {}, " LIMITS  \
	", \"settings\": {}, \"expect\": []}"
#define HEAD                                                                                       \
	"\"format\": \"igd-harness plan\", \"version\": 1, \"matrix\": {\"name\": \"m\","          \
	" \"sha256\": \"x\"}, \"axes\": [\"a\"]"

static int open_text(const char *text, struct plan_reader **reader_r, struct problem *why)
{
	int fd = openat(place_fd, "plan.json", O_WRONLY | O_CREAT | O_TRUNC, 0644);

	CU_ASSERT_EQUAL_FATAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	why->text[0] = 0;
	return plan_reader_open(place_fd, reader_r, why);
}

/* What the reader gives is what the parser gives, wherever the cells stand. */
static void gives(const char *text)
{
	struct plan_reader *reader = NULL;
	json_t *plan = NULL, *cell = NULL;
	struct problem why;
	size_t i = 0;

	CU_ASSERT_EQUAL_FATAL(plan_parse(text, strlen(text), &plan, &why), 0);
	CU_ASSERT_EQUAL_FATAL(open_text(text, &reader, &why), 0);
	CU_ASSERT(json_equal(json_object_get(plan_reader_head(reader), "matrix"),
		json_object_get(plan, "matrix")));
	while (plan_reader_next(reader, &cell) > 0) {
		CU_ASSERT(json_equal(cell, json_array_get(json_object_get(plan, "cells"), i++)));
		json_decref(cell);
	}
	CU_ASSERT_EQUAL(i, json_array_size(json_object_get(plan, "cells")));
	plan_reader_close(reader);
	json_decref(plan);
}

static void gives_the_cells_one_by_one(void)
{
	gives("{" HEAD ", \"cells\": [" CELL("a") "]}");
	gives("{" HEAD ",\n\"cells\":[\n" CELL("a") " ,\n\t" CELL("b") "," CELL("c") "]\r\n}\n");
	gives("{\"cells\": [" CELL("a") "," CELL("b") "], \"n\": -1.5e3, \"t\": true, " HEAD "}");
}

#define MANY_CELLS 100

/*
 * A plan that is some times what the reader has in memory, with a cell that is more than that: each
 * cell is longer than the one before, so that the parts end anywhere in a cell.
 */
static char *long_plan(void)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	fputs("{" HEAD ", \"cells\": [", stream);
	for (int i = 0; i < MANY_CELLS; i++) {
		fprintf(stream, "%s{\"name\": \"c%d\", \"words\": {\"a\": \"\\u00e9%0*d\"},",
			i > 0 ? ",\n " : "", i, i == MANY_CELLS / 2 ? 150000 : 40 * i + 1, i);
		fputs(" \"guest\": \"linux\", \"requires\": {}, " LIMITS
		      ", \"settings\": {\"qemu\": {\"x\": -1.5}}, \"expect\": []}",
			stream);
	}
	fputs("]}", stream);
	fclose(stream);
	return text;
}

static void gives_more_than_it_reads_at_a_time(void)
{
	char *text = long_plan();

	gives(text);
	free(text);
}

/* Whatever the parser refuses is refused, with the same errno. */
static void refuses(const char *text, const char *says)
{
	struct plan_reader *reader = NULL;
	json_t *plan = NULL;
	struct problem why = { 0 };
	int r = plan_parse(text, strlen(text), &plan, &why);

	CU_ASSERT(r < 0);
	CU_ASSERT_EQUAL(open_text(text, &reader, &why), r);
	if (!strstr(why.text, says))
		fprintf(stderr, "said: %s\n", why.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, says));
}

static void refuses_what_is_no_plan(void)
{
	refuses("", "at byte 0");
	refuses("{" HEAD ", \"cells\": [" CELL("a") "]} x", "at byte");
	refuses("{" HEAD ", \"cells\": [" CELL("a") "]", "at byte");
	refuses("{" HEAD ", \"cells\": [" CELL("a") ",]}", "at byte");
	refuses("{" HEAD ", \"cells\": [" CELL("a") " " CELL("b") "]}", "at byte");
	refuses("{" HEAD ", \"cells\": []}", "at byte");
	refuses("{" HEAD ", \"cells\": {}}", "at byte");
	refuses("{" HEAD "}", "cells");
	refuses("{" HEAD ", \"cells\": [" CELL("a") "], \"cells\": [" CELL("a") "]}", "at byte");
	refuses("{" HEAD ", \"axes\": [], \"cells\": [" CELL("a") "]}", "at byte");
	refuses("{" HEAD ", \"cells\": [" CELL("a") "," CELL("../x") "]}", "cell 2 of the plan");
	refuses("{" HEAD ", \"cells\": [1]}", "cell 1 of the plan");
	refuses("{\"format\": \"igd-harness plan\", \"version\": 2, \"cells\": [" CELL("a") "]}",
		"use a newer igd-harness");
	refuses("{\"format\": \"igd-harness run\", \"version\": 1, \"cells\": [" CELL("a") "]}",
		"not a document of format");
}

/* The file ends, or has a byte that cannot be, in any of the parts that are read at a time. */
static void says_where_a_long_plan_is_wrong(void)
{
	char *text = long_plan(), says[32], *at;
	size_t length = strlen(text);

	for (size_t cut = length - 1; cut > 1000; cut -= length / 37) {
		char *part = strndup(text, cut);

		snprintf(says, sizeof(says), "at byte %zu", cut);
		refuses(part, says);
		free(part);
	}
	for (int i = 1; i < MANY_CELLS; i += 9) {
		snprintf(says, sizeof(says), "\"c%d\"", i);
		at = strstr(text, says) - 1;
		*at = '\f';
		/* One byte behind the wrong one has been looked at. */
		snprintf(says, sizeof(says), "at byte %td", at - text + 2);
		refuses(text, says);
		*at = ' ';
	}
	free(text);
}

static void refuses_what_is_no_file(void)
{
	struct plan_reader *reader = NULL;
	struct problem why = { 0 };

	unlinkat(place_fd, "plan.json", 0);
	CU_ASSERT_EQUAL(plan_reader_open(place_fd, &reader, &why), -ENOENT);
	CU_ASSERT_EQUAL(mkdirat(place_fd, "plan.json", 0755), 0);
	CU_ASSERT_EQUAL(plan_reader_open(place_fd, &reader, &why), -EINVAL);
	unlinkat(place_fd, "plan.json", AT_REMOVEDIR);
}

static CU_TestInfo tests[] = {
	{ "gives the cells one by one", gives_the_cells_one_by_one },
	{ "gives more than it reads at a time", gives_more_than_it_reads_at_a_time },
	{ "refuses what is no plan", refuses_what_is_no_plan },
	{ "says where a long plan is wrong", says_where_a_long_plan_is_wrong },
	{ "refuses what is no file", refuses_what_is_no_file },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(place))
		return 1;
	place_fd = open(place, O_RDONLY | O_DIRECTORY);
	status = suite_main("plan_reader", tests);
	close(place_fd);
	rmdir(place);
	return status;
}

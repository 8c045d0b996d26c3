/* Which cells of a plan a run is about: harness/plan/choice/choice.h. */
#include "harness/plan/choice/choice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/suite.h"

#define CELL(machine, igd, more)                                                                   \
	"{\"name\": \"" machine "-" igd "\", \"words\": {\"machine\": \"" machine                  \
	"\", \"igd\": \"" igd "\"}" more "}"

#define TAGGED(tags) ", \"tags\": [" tags "]"

static json_t *good(void)
{
	json_t *plan = json_loads(
		"{\"axes\": [\"machine\", \"igd\"], \"cells\": [" CELL("xenfv", "on",
			TAGGED("\"fast\"")) ", " CELL("xenfv", "off", "") ", " CELL("pc", "on",
			TAGGED("\"fast\", \"rfc\"")) ", " CELL("pc", "off", TAGGED("\"rfc\"")) "]}",
		0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
	return plan;
}

#define ALL "xenfv-on xenfv-off pc-on pc-off "

static void check_names(const json_t *plan, const char *names)
{
	char seen[128] = "";
	const json_t *cell;
	size_t i, used = 0;

	json_array_foreach(json_object_get(plan, "cells"), i, cell) used +=
		(size_t)snprintf(seen + used, sizeof(seen) - used, "%.15s ",
			json_string_value(json_object_get(cell, "name")));
	CU_ASSERT_STRING_EQUAL(seen, names);
	if (strcmp(seen, names) != 0)
		printf("\n  wanted %s, got %s\n", names, seen);
}

/* A list of what is between commas; "" is none. */
static struct string_list list(char *text, char between)
{
	struct string_list all = { .count = 0 };
	const char separator[] = { between, '\0' };
	char *item;

	while (text && *text && (item = strsep(&text, separator)))
		all.texts[all.count++] = item;
	return all;
}

struct chosen {
	char select[16], exclude[16], where[48],
		tags[16];  /* several with a comma, `where` with ; */
	const char *names; /* NULL: it is refused */
	const char *what, *todo;
};

static void check(struct chosen *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct plan_choice choice = { .select = list(cases[i].select, ','),
			.exclude = list(cases[i].exclude, ','),
			.where = list(cases[i].where, ';'),
			.tags = list(cases[i].tags, ',') };
		struct problem why = { "" };
		json_t *plan = good();
		int r = plan_choose(plan, &choice, &why);

		CU_ASSERT_EQUAL(r < 0, !cases[i].names);
		check_names(plan, cases[i].names ? cases[i].names : ALL);
		if (!cases[i].names) {
			CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i].what));
			CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i].todo));
			if (!strstr(why.text, cases[i].what) || !strstr(why.text, cases[i].todo))
				printf("\n  case %zu: %s\n", i, why.text);
		}
		json_decref(plan);
	}
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof(cases[0]))

static void by_pattern(void)
{
	struct chosen cases[] = {
		{ "", "", "", "", ALL },
		{ "pc-*", "", "", "", "pc-on pc-off " },
		{ "pc-*,*-on", "", "", "", "xenfv-on pc-on pc-off " },
		{ "[px]*-on", "", "", "", "xenfv-on pc-on " },
		{ "", "pc-*", "", "", "xenfv-on xenfv-off " },
		{ "pc-*", "*-on", "", "", "pc-off " },
		{ "q-*", "", "", "", NULL, "\"q-*\"", "igd-harness plan" },
		{ "pc-*,q-*", "", "", "", NULL, "\"q-*\"", "igd-harness plan" },
		{ "", "q-*", "", "", NULL, "\"q-*\"", "igd-harness plan" },
		{ "", "*", "", "", NULL, "no cell is left", "--exclude" },
		/* It matches a cell of the matrix, if none that is selected. */
		{ "pc-*", "xenfv-on", "", "", "pc-on pc-off " },
	};

	CHECK(cases);
}

static void by_word(void)
{
	struct chosen cases[] = {
		{ "", "", "machine=pc", "", "pc-on pc-off " },
		{ "", "", "machine=pc,igd=on", "", "pc-on " },
		{ "", "", "machine=pc,machine=xenfv,igd=on", "", "xenfv-on pc-on " },
		{ "", "", "machine=pc,igd=on;igd=off", "", "xenfv-off pc-on pc-off " },
		{ "", "pc-*", "igd=on", "", "xenfv-on " },
		{ "", "", "machnie=pc", "", NULL, "\"machnie\"", "\"machine\"" },
		{ "", "", "board=pc", "", NULL, "\"board\"", "igd-harness plan" },
		{ "", "", "machine=xenfw", "", NULL, "\"xenfw\"", "\"xenfv\"" },
		{ "", "", "igd=pc", "", NULL, "\"pc\"", "igd-harness plan" },
		{ "", "", "machine", "", NULL, "\"machine\"", "machine=pc,igd=on" },
		{ "", "", "=pc", "", NULL, "\"=pc\"", "AXIS=WORD" },
		{ "", "", "machine=pc,", "", NULL, "\"machine=pc,\"", "AXIS=WORD" },
		{ "", "", "machine=", "", NULL, "\"machine=\"", "AXIS=WORD" },
	};

	CHECK(cases);
}

static void by_tag(void)
{
	struct chosen cases[] = {
		{ "", "", "", "fast", "xenfv-on pc-on " },
		{ "", "", "", "fast,rfc", "xenfv-on pc-on pc-off " },
		{ "", "", "machine=pc", "fast", "pc-on " },
		{ "", "", "", "fas", NULL, "the tag \"fas\"", "\"fast\"" },
		{ "", "", "machine=xenfv,igd=off", "rfc", NULL, "no cell is left", "--tag" },
	};

	CHECK(cases);
}

static void words_that_no_cell_has_together(void)
{
	char where[] = "machine=pc,igd=on";
	const struct plan_choice choice = { .where = { .texts = { where }, .count = 1 } };
	struct problem why = { "" };
	json_t *plan = good();

	json_array_remove(json_object_get(plan, "cells"), 2);
	CU_ASSERT_EQUAL(plan_choose(plan, &choice, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, where));
	json_decref(plan);
}

static int choose_by_file(const char *text, size_t length, json_t *plan, struct problem *why)
{
	char path[] = "/tmp/igd-choice-XXXXXX";
	int fd = mkstemp(path), r;
	const struct plan_choice choice = { .cells = path };

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, length), (ssize_t)length);
	close(fd);
	r = plan_choose(plan, &choice, why);
	unlink(path);
	return r;
}

static void by_file(void)
{
	static const struct {
		const char *text, *names, *what, *todo;
	} cases[] = {
		{ "pc-on\n", "pc-on ", NULL, NULL },
		/* The order is the plan's. */
		{ "# tonight\n\n  pc-off\t# slow\r\nxenfv-on", "xenfv-on pc-off ", NULL, NULL },
		{ "pc-on\npc-on\n", "pc-on ", NULL, NULL },
		{ "pc-on\n\npc-of\n", NULL, ":3: there is no cell \"pc-of\"", "\"pc-o" },
		{ "pc-*\n", NULL, ":1: there is no cell \"pc-*\"", "igd-harness plan" },
		{ "# none\n", NULL, "names no cell", "one name a line" },
		{ "", NULL, "names no cell", "one name a line" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct problem why = { "" };
		json_t *plan = good();
		int r = choose_by_file(cases[i].text, strlen(cases[i].text), plan, &why);

		CU_ASSERT_EQUAL(r < 0, !cases[i].names);
		check_names(plan, cases[i].names ? cases[i].names : ALL);
		if (!cases[i].names) {
			CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i].what));
			CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i].todo));
		}
		json_decref(plan);
	}
}

static void files_that_are_no_list(void)
{
	const struct plan_choice nowhere = { .cells = "/nowhere/cells" },
				 folder = { .cells = "/tmp" };
	struct problem why = { "" };
	json_t *plan = good();

	CU_ASSERT_EQUAL(choose_by_file("pc-on\0\n", 7, plan, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "byte 0"));
	why.text[0] = '\0';
	CU_ASSERT_EQUAL(plan_choose(plan, &nowhere, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "/nowhere/cells"));
	why.text[0] = '\0';
	CU_ASSERT_EQUAL(plan_choose(plan, &folder, &why), -EINVAL);
	CU_ASSERT_STRING_NOT_EQUAL(why.text, "");
	check_names(plan, ALL);
	json_decref(plan);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "by patterns of names", by_pattern },
		{ "by words", by_word },
		{ "words that no cell has together", words_that_no_cell_has_together },
		{ "by tags", by_tag },
		{ "by a file of names", by_file },
		{ "files that are no list", files_that_are_no_list },
		CU_TEST_INFO_NULL,
	};

	return suite_main("choice", tests);
}

/* In which order cells begin, and how many at a time: harness/plan/schedule.h. The numbers are made
 * up, and what fits into them is added up by hand. */
#include "harness/plan/schedule.h"

#include <string.h>

#include "src/suite.h"

#define CELL(name, guest, settings)                                                                \
	"{\"name\": \"" name "\", \"guest\": \"" guest "\", \"settings\": {\"libxl\": {" settings  \
	"}}}"

static json_t *plan_of(const char *cells)
{
	json_t *plan = json_pack("{s:o}", "cells", json_loads(cells, 0, NULL));

	CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
	return plan;
}

static bool all_are(void *data, struct schedule_entry *entry)
{
	return true;
}

static void make(struct schedule *schedule, const json_t *plan, unsigned int jobs)
{
	const struct schedule_request request = {
		.plan = plan, .effective_backend = "libxl", .jobs = jobs, .is_due = all_are
	};

	CU_ASSERT_EQUAL_FATAL(schedule_make(schedule, &request), 0);
}

/* The next that begins has that name; NULL: none begins. */
static const struct schedule_entry *begins(struct schedule *schedule, const char *name)
{
	const struct schedule_entry *entry = schedule_next(schedule);

	CU_ASSERT_EQUAL(entry != NULL, name != NULL);
	if (entry && name)
		CU_ASSERT_STRING_EQUAL(
			json_string_value(json_object_get(entry->cell, "name")), name);
	return entry;
}

static void together_by_image_and_device(void)
{
	json_t *plan = plan_of("[" CELL("a", "linux", "\"pci\": [\"00:02.0\"]") ", " CELL(
		"b", "tiny", "") ", " CELL("c", "linux", "") ", " CELL("d", "linux",
		"\"pci\": [\"00:02.0\"]") ", " CELL("e", "tiny", "") "]");
	static const char *const order[] = { "c", "a", "d", "b", "e" };
	static const size_t places[] = { 2, 0, 3, 1, 4 };
	struct schedule schedule;

	make(&schedule, plan, 1);
	for (size_t i = 0; i < 5; i++) {
		const struct schedule_entry *entry = begins(&schedule, order[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
		CU_ASSERT_EQUAL(entry->index, places[i]);
		begins(&schedule, NULL);
		schedule_done(&schedule, entry);
	}
	begins(&schedule, NULL);
	schedule_free(&schedule);
	json_decref(plan);
}

static void so_many_and_no_more(void)
{
	json_t *plan = plan_of("[" CELL("a", "g", "") ", " CELL("b", "g", "") ", " CELL(
		"c", "g", "") ", " CELL("d", "g", "") "]");
	const struct schedule_entry *b;
	struct schedule schedule;

	make(&schedule, plan, 3);
	begins(&schedule, "a");
	b = begins(&schedule, "b");
	begins(&schedule, "c");
	begins(&schedule, NULL);
	schedule_done(&schedule, b);
	begins(&schedule, "d");
	begins(&schedule, NULL);
	schedule_free(&schedule);
	json_decref(plan);
}

/* With a device, a transition, and what the caller says. */
static bool c_is_alone(void *data, struct schedule_entry *entry)
{
	entry->alone = entry->alone ||
		       strcmp(json_string_value(json_object_get(entry->cell, "name")), "c") == 0;
	return true;
}

static void some_run_alone(void)
{
	json_t *plan = plan_of("[" CELL("a", "g",
		"") ", "
		    "{\"name\": \"b\", \"guest\": \"g\", \"settings\": {\"libxl\": {}}, \"to\": {}}, " CELL(
			    "c", "g", "") ", " CELL("d", "g", "") ", " CELL("e", "g",
			    "") ", " CELL("f", "g", "\"pci\": [\"00:02.0\"]") ", " CELL("g", "g",
			    "\"pci\": [\"00:02.0\"]") "]");
	const struct schedule_entry *running[2];
	struct schedule schedule;

	CU_ASSERT_EQUAL_FATAL(schedule_make(&schedule, &(struct schedule_request){ .plan = plan,
							       .effective_backend = "libxl",
							       .jobs = 4,
							       .is_due = c_is_alone }),
		0);
	for (const char *name = "a\0b\0c\0"; *name; name += 2) {
		running[0] = begins(&schedule, name);
		begins(&schedule, NULL);
		schedule_done(&schedule, running[0]);
	}
	running[0] = begins(&schedule, "d");
	running[1] = begins(&schedule, "e");
	begins(&schedule, NULL);
	schedule_done(&schedule, running[0]);
	begins(&schedule, NULL);
	schedule_done(&schedule, running[1]);
	running[0] = begins(&schedule, "f");
	begins(&schedule, NULL);
	schedule_done(&schedule, running[0]);
	begins(&schedule, "g");
	schedule_free(&schedule);
	json_decref(plan);
}

static void as_far_as_the_memory_goes(void)
{
	json_t *plan =
		plan_of("[" CELL("a", "g", "\"memory\": 1000") ", " CELL("b", "g", "") ", " CELL(
			"c", "g", "\"memory\": 300") ", " CELL("d", "g", "\"memory\": 9000") "]");
	const struct schedule_entry *running[3];
	struct schedule schedule;

	make(&schedule, plan, 10);
	/* 1000 + 512 + 2 * 100 is one less than what there is; 300 + 100 more are not there. */
	schedule.capacity = (struct host_capacity){ .memory_mib = 1713, .overhead_mib = 100 };
	running[0] = begins(&schedule, "a");
	running[1] = begins(&schedule, "b");
	begins(&schedule, NULL);
	schedule_done(&schedule, running[0]);
	running[2] = begins(&schedule, "c");
	schedule_done(&schedule, running[1]);
	begins(&schedule, NULL);
	schedule_done(&schedule, running[2]);
	/* What can never fit is begun by itself: the back end says why it does not. */
	begins(&schedule, "d");
	schedule_free(&schedule);
	json_decref(plan);
}

static void as_far_as_the_processors_go(void)
{
	json_t *plan = plan_of(
		"[" CELL("a", "g", "\"vcpus\": 2") ", " CELL("b", "g", "\"vcpus\": 1") ", " CELL(
			"c", "g", "\"vcpus\": 1") ", " CELL("d", "g", "\"vcpus\": 4") "]");
	const struct schedule_entry *running[2];
	struct schedule schedule;

	make(&schedule, plan, 10);
	schedule.capacity = (struct host_capacity){ .cpus = 2 };
	running[0] = begins(&schedule, "a");
	running[1] = begins(&schedule, "b"); /* one more than there are */
	begins(&schedule, NULL);
	schedule_done(&schedule, running[0]);
	running[0] = begins(&schedule, "c");
	begins(&schedule, NULL);
	schedule_done(&schedule, running[0]);
	schedule_done(&schedule, running[1]);
	begins(&schedule, "d");
	schedule_free(&schedule);
	json_decref(plan);
}

static void as_far_as_the_host_has_device_models(void)
{
	json_t *plan = plan_of("[" CELL("a", "g", "") ", " CELL("b", "g", "") "]");
	struct schedule schedule;

	make(&schedule, plan, 2);
	schedule.capacity = (struct host_capacity){ .guests = 1 };
	begins(&schedule, "a");
	begins(&schedule, NULL);
	schedule_free(&schedule);
	json_decref(plan);
}

static bool only_b(void *data, struct schedule_entry *entry)
{
	size_t *asked = data;

	entry->number = (*asked)++;
	return entry->index == 1;
}

static void the_caller_chooses(void)
{
	json_t *plan = plan_of("[" CELL("a", "z", "") ", " CELL("b", "g", "") "]");
	const struct schedule_entry *entry;
	struct schedule schedule;
	size_t asked = 0;

	CU_ASSERT_EQUAL_FATAL(schedule_make(&schedule, &(struct schedule_request){ .plan = plan,
							       .effective_backend = "libxl",
							       .jobs = 1,
							       .is_due = only_b,
							       .data = &asked }),
		0);
	CU_ASSERT_EQUAL(asked, 2);
	entry = begins(&schedule, "b");
	CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
	CU_ASSERT_EQUAL(entry->number, 0); /* the image g comes before z */
	schedule_done(&schedule, entry);
	begins(&schedule, NULL);
	schedule_free(&schedule);
	json_decref(plan);
}

/* Whatever it costs, and in the usual order among themselves. */
static void some_first(void)
{
	json_t *plan = plan_of("[" CELL("a", "linux", "\"pci\": [\"00:02.0\"]") ", " CELL(
		"b", "tiny", "") ", " CELL("c", "linux", "") ", " CELL("d", "linux",
		"\"pci\": [\"00:02.0\"]") ", " CELL("e", "tiny", "") "]");
	json_t *first = json_pack("{s:b, s:b, s:b}", "e", 1, "d", 1, "z", 1);
	static const size_t wanted[] = { 3, 4, 2, 0, 1 };
	size_t places[5];

	CU_ASSERT_EQUAL(schedule_order(json_object_get(plan, "cells"), first, places), 0);
	for (size_t i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(places[i], wanted[i]);
	json_decref(first);
	json_decref(plan);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "together by image and device", together_by_image_and_device },
		{ "so many and no more", so_many_and_no_more },
		{ "some run alone", some_run_alone },
		{ "as far as the memory goes", as_far_as_the_memory_goes },
		{ "as far as the processors go", as_far_as_the_processors_go },
		{ "as far as the host has device models", as_far_as_the_host_has_device_models },
		{ "the caller chooses", the_caller_chooses },
		{ "some first", some_first },
		CU_TEST_INFO_NULL,
	};

	return suite_main("queue", tests);
}

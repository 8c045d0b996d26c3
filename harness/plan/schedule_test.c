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

static bool all_are(void *data, struct queue_entry *entry)
{
	return true;
}

static void make(struct queue *queue, const json_t *plan, unsigned int jobs)
{
	CU_ASSERT_EQUAL_FATAL(queue_make(queue, plan, "libxl", jobs, all_are, NULL), 0);
}

/* The next that begins has that name; NULL: none begins. */
static const struct queue_entry *begins(struct queue *queue, const char *name)
{
	const struct queue_entry *entry = queue_begin(queue);

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
	struct queue queue;

	make(&queue, plan, 1);
	for (size_t i = 0; i < 5; i++) {
		const struct queue_entry *entry = begins(&queue, order[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
		CU_ASSERT_EQUAL(entry->index, places[i]);
		begins(&queue, NULL);
		queue_over(&queue, entry);
	}
	begins(&queue, NULL);
	queue_finish(&queue);
	json_decref(plan);
}

static void so_many_and_no_more(void)
{
	json_t *plan = plan_of("[" CELL("a", "g", "") ", " CELL("b", "g", "") ", " CELL(
		"c", "g", "") ", " CELL("d", "g", "") "]");
	const struct queue_entry *b;
	struct queue queue;

	make(&queue, plan, 3);
	begins(&queue, "a");
	b = begins(&queue, "b");
	begins(&queue, "c");
	begins(&queue, NULL);
	queue_over(&queue, b);
	begins(&queue, "d");
	begins(&queue, NULL);
	queue_finish(&queue);
	json_decref(plan);
}

/* With a device, a transition, and what the caller says. */
static bool c_is_alone(void *data, struct queue_entry *entry)
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
	const struct queue_entry *running[2];
	struct queue queue;

	CU_ASSERT_EQUAL_FATAL(queue_make(&queue, plan, "libxl", 4, c_is_alone, NULL), 0);
	for (const char *name = "a\0b\0c\0"; *name; name += 2) {
		running[0] = begins(&queue, name);
		begins(&queue, NULL);
		queue_over(&queue, running[0]);
	}
	running[0] = begins(&queue, "d");
	running[1] = begins(&queue, "e");
	begins(&queue, NULL);
	queue_over(&queue, running[0]);
	begins(&queue, NULL);
	queue_over(&queue, running[1]);
	running[0] = begins(&queue, "f");
	begins(&queue, NULL);
	queue_over(&queue, running[0]);
	begins(&queue, "g");
	queue_finish(&queue);
	json_decref(plan);
}

static void as_far_as_the_memory_goes(void)
{
	json_t *plan =
		plan_of("[" CELL("a", "g", "\"memory\": 1000") ", " CELL("b", "g", "") ", " CELL(
			"c", "g", "\"memory\": 300") ", " CELL("d", "g", "\"memory\": 9000") "]");
	const struct queue_entry *running[3];
	struct queue queue;

	make(&queue, plan, 10);
	/* 1000 + 512 + 2 * 100 is one less than what there is; 300 + 100 more are not there. */
	queue.room = (struct room){ .memory_mib = 1713, .overhead_mib = 100 };
	running[0] = begins(&queue, "a");
	running[1] = begins(&queue, "b");
	begins(&queue, NULL);
	queue_over(&queue, running[0]);
	running[2] = begins(&queue, "c");
	queue_over(&queue, running[1]);
	begins(&queue, NULL);
	queue_over(&queue, running[2]);
	/* What can never fit is begun by itself: the back end says why it does not. */
	begins(&queue, "d");
	queue_finish(&queue);
	json_decref(plan);
}

static void as_far_as_the_processors_go(void)
{
	json_t *plan = plan_of(
		"[" CELL("a", "g", "\"vcpus\": 2") ", " CELL("b", "g", "\"vcpus\": 1") ", " CELL(
			"c", "g", "\"vcpus\": 1") ", " CELL("d", "g", "\"vcpus\": 4") "]");
	const struct queue_entry *running[2];
	struct queue queue;

	make(&queue, plan, 10);
	queue.room = (struct room){ .cpus = 2 };
	running[0] = begins(&queue, "a");
	running[1] = begins(&queue, "b"); /* one more than there are */
	begins(&queue, NULL);
	queue_over(&queue, running[0]);
	running[0] = begins(&queue, "c");
	begins(&queue, NULL);
	queue_over(&queue, running[0]);
	queue_over(&queue, running[1]);
	begins(&queue, "d");
	queue_finish(&queue);
	json_decref(plan);
}

static void as_far_as_the_host_has_device_models(void)
{
	json_t *plan = plan_of("[" CELL("a", "g", "") ", " CELL("b", "g", "") "]");
	struct queue queue;

	make(&queue, plan, 2);
	queue.room = (struct room){ .guests = 1 };
	begins(&queue, "a");
	begins(&queue, NULL);
	queue_finish(&queue);
	json_decref(plan);
}

static bool only_b(void *data, struct queue_entry *entry)
{
	size_t *asked = data;

	entry->turn = (*asked)++;
	return entry->index == 1;
}

static void the_caller_chooses(void)
{
	json_t *plan = plan_of("[" CELL("a", "z", "") ", " CELL("b", "g", "") "]");
	const struct queue_entry *entry;
	struct queue queue;
	size_t asked = 0;

	CU_ASSERT_EQUAL_FATAL(queue_make(&queue, plan, "libxl", 1, only_b, &asked), 0);
	CU_ASSERT_EQUAL(asked, 2);
	entry = begins(&queue, "b");
	CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
	CU_ASSERT_EQUAL(entry->turn, 0); /* the image g comes before z */
	queue_over(&queue, entry);
	begins(&queue, NULL);
	queue_finish(&queue);
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
		CU_TEST_INFO_NULL,
	};

	return suite_main("queue", tests);
}

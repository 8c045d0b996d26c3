/* Cutting a plan: harness/plan/shard.h. */
#include "harness/plan/shard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/suite.h"

/* Cells in an order that mixes guests and devices: a "w" is another guest, an "i" has a device. */
static json_t *plan_of(const char *kinds)
{
	json_t *plan = json_pack("{s:[]}", "cells");
	json_t *cells = json_object_get(plan, "cells");

	for (const char *kind = kinds; *kind; kind++)
		json_array_append_new(cells,
			json_pack("{s:s, s:{s:{s:o}}}", "guest", *kind == 'w' ? "windows" : "linux",
				"settings", "libxl", "pci",
				*kind == 'i' ? json_pack("[s]", "00:02.0") : json_array()));
	return plan;
}

/* The cells of a shard, as a string of their kinds. */
static void shard(const char *kinds, const char *text, char *result)
{
	json_t *plan = plan_of(kinds), *cell;
	struct problem why = { "" };
	size_t i, n = 0;

	CU_ASSERT_EQUAL(shard_cut(plan, text, &why), 0);
	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		if (!shard_is_elsewhere(plan, cell))
			result[n++] = kinds[i];
	}
	result[n] = 0;
	CU_ASSERT_EQUAL(shard_size(plan), n);
	json_decref(plan);
}

static void keeps_together_what_costs_to_change(void)
{
	char result[16];

	shard("lwiliwl", "1/3", result);
	CU_ASSERT_STRING_EQUAL(result, "lll");
	shard("lwiliwl", "2/3", result);
	CU_ASSERT_STRING_EQUAL(result, "ii");
	shard("lwiliwl", "3/3", result);
	CU_ASSERT_STRING_EQUAL(result, "ww");
}

/* Whatever the numbers: each cell in one shard, and no shard larger than another by two. */
static void every_cell_once(void)
{
	for (size_t total = 1; total <= 40; total++) {
		for (size_t count = 1; count <= total; count++) {
			char kinds[41] = "", text[16], result[41];
			size_t sum = 0, least = total, most = 0;

			memset(kinds, 'l', total);
			for (size_t index = 1; index <= count; index++) {
				size_t size;

				snprintf(text, sizeof(text), "%zu/%zu", index, count);
				shard(kinds, text, result);
				size = strlen(result);
				sum += size;
				least = size < least ? size : least;
				most = size > most ? size : most;
			}
			CU_ASSERT_EQUAL(sum, total);
			CU_ASSERT_TRUE(least >= 1 && most - least <= 1);
		}
	}
}

static void leaves_a_plan_alone(void)
{
	json_t *plan = plan_of("li"), *before = json_deep_copy(plan);
	struct problem why = { "" };

	CU_ASSERT_EQUAL(shard_cut(plan, NULL, &why), 0);
	CU_ASSERT_TRUE(json_equal(plan, before));
	CU_ASSERT_EQUAL(shard_size(plan), 2);
	json_decref(before);
	json_decref(plan);
}

static void refuses_what_is_no_shard(void)
{
	static const char *const wrong[] = { "", "1", "1/", "/2", "0/2", "3/2", "1/2/3", "-1/2",
		"1/2x", " 1/2", "1/0", "1/1001", "99999999999/2", "1//2", "1/5" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		json_t *plan = plan_of("llll"), *before = json_deep_copy(plan);
		struct problem why = { "" };

		CU_ASSERT_EQUAL(shard_cut(plan, wrong[i], &why), -EINVAL);
		CU_ASSERT_TRUE(why.text[0] != 0);
		CU_ASSERT_TRUE(json_equal(plan, before));
		json_decref(before);
		json_decref(plan);
	}
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "keeps together what costs to change", keeps_together_what_costs_to_change },
		{ "every cell once", every_cell_once },
		{ "leaves a plan alone", leaves_a_plan_alone },
		{ "refuses what is no shard", refuses_what_is_no_shard },
		CU_TEST_INFO_NULL,
	};

	return suite_main("shard", tests);
}

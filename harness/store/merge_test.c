/* What is the same in the shards of a run: harness/store/merge.h. */
#include "harness/store/merge.h"

#include "src/suite.h"

static void common(const char *a, const char *b, const char *wanted)
{
	json_t *x = json_loads(a, JSON_DECODE_ANY, NULL), *y = json_loads(b, JSON_DECODE_ANY, NULL);
	json_t *want = json_loads(wanted, JSON_DECODE_ANY, NULL), *got = merge_common(x, y);

	CU_ASSERT_PTR_NOT_NULL_FATAL(want);
	CU_ASSERT(json_equal(got, want));
	json_decref(got);
	json_decref(want);
	json_decref(y);
	json_decref(x);
}

static void keeps_what_is_the_same(void)
{
	common("{\"a\": 1, \"b\": {\"c\": [1], \"d\": \"x\"}}",
		"{\"b\": {\"c\": [1], \"d\": \"y\"}, \"a\": 1}", "{\"a\": 1, \"b\": {\"c\": [1]}}");
	common("{\"a\": {\"b\": 1}}", "{\"a\": {\"b\": 2}}", "{\"a\": {}}");
	common("{\"a\": {\"b\": 1}}", "{\"a\": 1}", "{}");
	common("{\"a\": [1, 2]}", "{\"a\": [1]}", "{}");
	common("null", "null", "null");
}

static void nothing_is_the_same(void)
{
	json_t *one = json_integer(1), *two = json_integer(2);

	CU_ASSERT_PTR_NULL(merge_common(one, two));
	CU_ASSERT_PTR_NULL(merge_common(one, NULL));
	json_decref(two);
	json_decref(one);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "what is the same stays", keeps_what_is_the_same },
		{ "what is not does not", nothing_is_the_same },
		CU_TEST_INFO_NULL,
	};

	return suite_main("merge", tests);
}

#include "harness/base/json_memory/json_memory.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/suite.h"

#define VALUES   500
#define TEXT_MAX 1500 /* bytes: of all lists, and more than they have */

static uint32_t random_below(uint32_t *state, uint32_t limit)
{
	*state = *state * 1664525u + 1013904223u; /* Numerical Recipes */
	return (uint32_t)((uint64_t)*state * limit >> 32);
}

/* Each has bytes of its own, so that two that share some are seen. */
static json_t *make(uint32_t number, uint32_t length)
{
	char text[TEXT_MAX];

	memset(text, 'a' + (int)(number % 26), length);
	return json_pack("{s:i, s:s#}", "number", (int)number, "text", text, (int)length);
}

static bool is_whole(const json_t *value, uint32_t number)
{
	const json_t *text = json_object_get(value, "text");
	const char *bytes = json_string_value(text);

	for (size_t i = 0; i < json_string_length(text); i++) {
		if (bytes[i] != (char)('a' + number % 26))
			return false;
	}
	return json_integer_value(json_object_get(value, "number")) == (json_int_t)number;
}

static void values_keep_their_bytes(void)
{
	json_t *values[VALUES] = { NULL };
	uint32_t numbers[VALUES] = { 0 }, state = 20261130;

	for (uint32_t number = 0; number < 20000; number++) {
		uint32_t i = random_below(&state, VALUES);

		CU_ASSERT(!values[i] || is_whole(values[i], numbers[i]));
		json_decref(values[i]);
		values[i] = make(number, random_below(&state, TEXT_MAX));
		numbers[i] = number;
	}
	for (size_t i = 0; i < VALUES; i++) {
		CU_ASSERT(!values[i] || is_whole(values[i], numbers[i]));
		json_decref(values[i]);
	}
}

static void a_block_is_used_again(void)
{
	json_malloc_t give;
	json_free_t take;

	json_get_alloc_funcs(&give, &take);
	for (size_t size = 0; size <= 504; size++) {
		void *first = give(size), *second;
		uintptr_t where = (uintptr_t)first;

		CU_ASSERT_EQUAL(where % sizeof(void *), 0);
		take(first);
		second = give(size);
		CU_ASSERT_EQUAL((uintptr_t)second, where);
		take(second);
	}
}

static void what_cannot_be_is_null(void)
{
	json_malloc_t give;
	json_free_t take;

	json_get_alloc_funcs(&give, &take);
	CU_ASSERT_PTR_NULL(give(SIZE_MAX));
	CU_ASSERT_PTR_NULL(give(SIZE_MAX - 7));
	take(NULL);
}

/* A different free() would end the program here. */
static void a_text_is_for_free(void)
{
	json_t *value = json_pack("{s:i}", "a", 1);
	char *text = document_json(value, JSON_COMPACT);

	CU_ASSERT_STRING_EQUAL(text, "{\"a\":1}");
	free(text);
	text = document_dump(value, 0);
	CU_ASSERT_STRING_EQUAL(text, "{\"a\":1}");
	free(text);
	CU_ASSERT_PTR_NULL(document_json(NULL, 0));
	json_decref(value);
}

static CU_TestInfo tests[] = {
	{ "values keep their bytes", values_keep_their_bytes },
	{ "a block is used again", a_block_is_used_again },
	{ "what cannot be is NULL", what_cannot_be_is_null },
	{ "a text is for free()", a_text_is_for_free },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	json_memory_by_lists();
	return suite_main("json_memory", tests);
}

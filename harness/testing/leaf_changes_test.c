/* Every change of every leaf, each alone. */
#include "harness/testing/leaf_changes.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "src/suite.h"

#define DOCUMENT                                                                                   \
	"{\"pci\": {\"slot2\": null, \"functions\": ["                                             \
	"{\"address\": \"0000:00:02.0\", \"device\": \"0x3e99\", \"bars\": []},"                   \
	"{\"address\": \"0000:00:03.0\", \"device\": \"0x0001\","                                  \
	" \"bars\": [{\"index\": 1, \"prefetchable\": true}]}]}, \"n\": 0}"

struct told {
	const json_t *original;
	json_t *changes; /* "PATH CHANGE" -> the document */
	bool all_differ;
};

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

static int keep(void *data, const char *path, enum leaf_change change, const json_t *document)
{
	struct told *told = data;
	char key[LEAF_PATH_MAX + 16];

	snprintf(key, sizeof(key), "%s %s", path, leaf_change_names[change]);
	CU_ASSERT_PTR_NULL(json_object_get(told->changes, key));
	if (json_equal(told->original, document))
		told->all_differ = false;
	return json_object_set_new(told->changes, key, json_deep_copy(document));
}

static void each_leaf_is_changed_alone(void)
{
	static const char *const some[] = { "n gone", "n null", "n another", "pci/slot2 gone",
		"pci/slot2 another", "pci/functions added", "pci/functions/0000:00:02.0 gone",
		"pci/functions/0000:00:02.0/address zero",
		"pci/functions/0000:00:02.0/device another", "pci/functions/0000:00:02.0/bars gone",
		"pci/functions/0000:00:02.0/bars null", "pci/functions/0000:00:02.0/bars another",
		"pci/functions/0000:00:03.0/bars added", "pci/functions/0000:00:03.0/bars/1 gone",
		"pci/functions/0000:00:03.0/bars/1/index zero",
		"pci/functions/0000:00:03.0/bars/1/prefetchable another" };
	json_t *document = parse(DOCUMENT), *original = parse(DOCUMENT);
	struct told told = { original, json_object(), true };

	CU_ASSERT_EQUAL(leaf_changes(document, keep, &told), 0);
	CU_ASSERT(json_equal(document, original));
	CU_ASSERT(told.all_differ);
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		if (!json_object_get(told.changes, some[i]))
			printf("\n  not told: %s", some[i]);
		CU_ASSERT_PTR_NOT_NULL(json_object_get(told.changes, some[i]));
	}
	/* What is 0 or null already is not made so. */
	CU_ASSERT_PTR_NULL(json_object_get(told.changes, "n zero"));
	CU_ASSERT_PTR_NULL(json_object_get(told.changes, "pci/slot2 null"));
	/* n 3, slot2 2, the list and its entries 3, address and device 4 each, bars [] 3, bars [1]
	 * with its entry 2, index 4, prefetchable 3. */
	CU_ASSERT_EQUAL(json_object_size(told.changes), 3 + 2 + 3 + 4 * 4 + 3 + 2 + 4 + 3);
	json_decref(told.changes);
	json_decref(document);
	json_decref(original);
}

static int find(void *data, const char *path, enum leaf_change change, const json_t *document)
{
	json_t **found = data;

	if (strcmp(path, "v") != 0 || change != LEAF_ANOTHER)
		return 0;
	*found = json_incref(json_object_get(document, "v"));
	return 7;
}

/* The text is still an address or a number, so that it is refused for its value and not its form.
 */
static void a_different_value_is_of_the_same_kind(void)
{
	static const char *const pairs[][2] = { { "0000:00:02.0", "0000:00:12.0" },
		{ "0x3e92", "0x3e93" }, { "0x0f", "0x00" }, { "0x09", "0x0a" }, { "2.1", "2.2" },
		{ "i915", "i916" }, { "", "another" } };

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		json_t *document = json_pack("{s:s}", "v", pairs[i][0]), *found = NULL;

		CU_ASSERT_EQUAL(leaf_changes(document, find, &found), 7);
		CU_ASSERT_PTR_NOT_NULL_FATAL(found);
		CU_ASSERT_STRING_EQUAL(json_string_value(found), pairs[i][1]);
		CU_ASSERT_STRING_EQUAL(
			json_string_value(json_object_get(document, "v")), pairs[i][0]);
		json_decref(found);
		json_decref(document);
	}
}

static CU_TestInfo tests[] = {
	{ "each leaf is changed alone", each_leaf_is_changed_alone },
	{ "a different value is of the same kind", a_different_value_is_of_the_same_kind },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("leaf_changes", tests);
}

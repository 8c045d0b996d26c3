/*
 * The known deviation of an expectation: what is seen today instead of what should be, and why. It
 * keeps *what is* apart from *what should be*: both stand in the matrix, each with its source.
 */
#include <errno.h>
#include <string.h>

#include "harness/matrix_model.h"

enum { VALUE, WHY, SOURCE, KEYS };

static const struct yaml_key known_keys[KEYS + 1] = {
	[VALUE] = { "value", YAML_A_SCALAR, true },
	[WHY] = { "why", YAML_A_SCALAR, true },
	[SOURCE] = { "source", YAML_A_SCALAR, true },
};

int matrix_known_read(const struct yaml_source *source, const struct yaml_node *node,
	const json_t *should_be, json_t *expectation)
{
	const struct yaml_node *found[KEYS] = { NULL };
	json_t *value = NULL;
	int r;

	r = yaml_keys(source, node, "a known deviation", known_keys, found);
	if (r < 0)
		return r;
	for (int key = WHY; key <= SOURCE; key++) {
		if (!found[key]->text[strspn(found[key]->text, " \t\r\n")])
			return yaml_wrong(source, found[key]->place,
				"`%s` of a known deviation is empty: who reads an XFAIL wants to know",
				found[key]->key);
	}
	r = yaml_value(source, found[VALUE], &value);
	if (r < 0)
		return r;
	if (should_be && json_equal(value, should_be))
		r = yaml_wrong(source, found[VALUE]->place,
			"the known deviation is what is expected anyway: remove one of the two");
	else if (json_object_set_new(expectation, "known",
			 json_pack("{s:O, s:s, s:s}", "value", value, "why", found[WHY]->text,
				 "source", found[SOURCE]->text)) < 0)
		r = yaml_no_memory(source);
	json_decref(value);
	return r;
}

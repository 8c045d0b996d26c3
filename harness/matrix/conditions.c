/*
 * When an expectation holds. `when` is settled while the matrix is read; `backends`, `versions` and
 * what the host must be are settled when a run is judged, so they go into the plan.
 */
#include <errno.h>
#include <string.h>

#include "harness/base/suggest.h"
#include "harness/base/version_range.h"
#include "harness/matrix/private.h"
#include "src/field.h"

/* Whose versions are detected, and by which back ends: struct backend's identify(). */
static const struct {
	const char *name;
	unsigned int backends;
} detected[] = {
	{ "qemu", MATRIX_BACKENDS_ALL },
	{ "xen", MATRIX_LIBXL },
	{ "libxl", MATRIX_LIBXL },
};

bool matrix_is_versioned(const char *name)
{
	for (size_t i = 0; i < sizeof(detected) / sizeof(detected[0]); i++) {
		if (strcmp(detected[i].name, name) == 0)
			return true;
	}
	return false;
}

static int read_when(
	struct matrix *matrix, struct matrix_expectation *expectation, const struct yaml_node *when)
{
	const struct yaml_node *entry, *item;
	size_t axis = 0;
	uint16_t word = 0;
	int r = 0;

	for (entry = when->first; entry && r == 0; entry = entry->next) {
		r = matrix_find_axis(matrix, entry->key_place, entry->key, &axis);
		if (r == 0)
			r = yaml_check_shape(&matrix->source, entry, entry->key, YAML_ITEMS);
		if (r < 0)
			return r;
		expectation->about[axis] = true;
		for (item = yaml_first_item(entry); item && r == 0;
			item = yaml_next_item(entry, item)) {
			r = matrix_find_word(matrix, axis, item->place, item->text, &word);
			if (r == 0)
				expectation->asked[matrix->axes[axis].first + word] = true;
		}
	}
	return r;
}

/* What a back end does not detect it could not judge by. */
static int check_version_name(
	const struct matrix *matrix, const struct yaml_node *entry, unsigned int backends)
{
	struct suggestion suggestion = suggest_for(entry->key);

	for (size_t i = 0; i < sizeof(detected) / sizeof(detected[0]); i++) {
		suggest_candidate(&suggestion, detected[i].name);
		if (strcmp(detected[i].name, entry->key) != 0)
			continue;
		if (backends & ~detected[i].backends)
			return yaml_wrong(&matrix->source, entry->key_place,
				"only the back end libxl detects the version of %s: add `backends: "
				"libxl`",
				entry->key);
		return 0;
	}
	return yaml_wrong(&matrix->source, entry->key_place,
		"no back end detects the version of `%.60s`: %s%s", entry->key,
		suggestion.best ? "did you mean " : "use qemu, xen or libxl",
		suggestion.best ? suggestion.best : "");
}

static int read_versions(const struct matrix *matrix, const struct yaml_node *versions,
	struct matrix_expectation *expectation)
{
	json_t *ranges = json_object();
	int r = 0;

	if (json_object_set_new(expectation->json, "versions", ranges) < 0)
		return yaml_no_memory(&matrix->source);
	for (const struct yaml_node *entry = versions->first; entry; entry = entry->next) {
		struct problem inner = { "" };

		r = check_version_name(matrix, entry, expectation->backends);
		if (r == 0)
			r = yaml_check_shape(&matrix->source, entry, entry->key, YAML_A_SCALAR);
		if (r < 0)
			return r;
		if (version_range_check(entry->text, &inner) < 0)
			return yaml_wrong(&matrix->source, entry->place, "%s", inner.text);
		if (json_object_set_new(ranges, entry->key, json_string(entry->text)) < 0)
			return yaml_no_memory(&matrix->source);
	}
	return 0;
}

static int put_backends(const struct matrix *matrix, unsigned int mask, json_t *expectation)
{
	json_t *names = json_array();

	if (json_object_set_new(expectation, "backends", names) < 0)
		return yaml_no_memory(&matrix->source);
	for (size_t i = 0; i < MATRIX_BACKENDS; i++) {
		if ((mask & (1u << i)) &&
			json_array_append_new(names, json_string(setting_backends[i])) < 0)
			return yaml_no_memory(&matrix->source);
	}
	return 0;
}

/* {FIELD: value or values} of the host, as {FIELD: [values]}. */
static int read_host(
	const struct matrix *matrix, const struct yaml_node *conditions, json_t *expectation)
{
	json_t *fields = json_object(), *values, *value;
	int r = 0;

	if (json_object_set_new(expectation, conditions->key, fields) < 0)
		return yaml_no_memory(&matrix->source);
	for (const struct yaml_node *entry = conditions->first; entry; entry = entry->next) {
		struct problem inner = { "" };

		if (field_check(entry->key, &inner) < 0)
			return yaml_wrong(&matrix->source, entry->key_place, "%s", inner.text);
		r = yaml_check_shape(&matrix->source, entry, entry->key, YAML_ITEMS);
		values = r == 0 ? json_array() : NULL;
		if (r == 0 && json_object_set_new(fields, entry->key, values) < 0)
			r = yaml_no_memory(&matrix->source);
		for (const struct yaml_node *item = r == 0 ? yaml_first_item(entry) : NULL;
			item && r == 0; item = yaml_next_item(entry, item)) {
			r = yaml_value(&matrix->source, item, &value);
			if (r == 0 && json_array_append_new(values, value) < 0)
				r = yaml_no_memory(&matrix->source);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

int matrix_conditions_read(struct matrix *matrix, struct matrix_expectation *expectation,
	const struct matrix_conditions *nodes)
{
	int r = 0;

	expectation->backends = MATRIX_BACKENDS_ALL;
	if (nodes->when)
		r = read_when(matrix, expectation, nodes->when);
	if (r == 0 && nodes->backends)
		r = matrix_backends_read(&matrix->source, nodes->backends, &expectation->backends);
	if (r == 0 && nodes->backends)
		r = put_backends(matrix, expectation->backends, expectation->json);
	if (r == 0 && nodes->versions)
		r = read_versions(matrix, nodes->versions, expectation);
	if (r == 0 && nodes->on_host)
		r = read_host(matrix, nodes->on_host, expectation->json);
	if (r == 0 && nodes->not_on_host)
		r = read_host(matrix, nodes->not_on_host, expectation->json);
	return r;
}

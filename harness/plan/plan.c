#include "harness/plan/plan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/shape/shape.h"
#include "harness/plan/cell_state.h"
#include "src/document.h"

/* A cell's name becomes a folder's and a domain's: whoever made the plan, nothing else comes in. */
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789.@-"

static int check_limits(const json_t *cell, const char *name, struct problem *why)
{
	const json_t *limits = json_object_get(cell, "limits_ms");

	for (size_t i = 0; i < CELL_LIMITS; i++) {
		if (cell_limits[i].transition && !json_object_get(cell, "to"))
			continue;
		if (json_integer_value(json_object_get(limits, cell_limit_name(i))) < 1)
			return problem_set(why, -EINVAL,
				"cell %s of the plan has no limit %s, a whole number of ms: make "
				"the plan again from its matrix",
				name, cell_limit_name(i));
	}
	return 0;
}

static int check_objects(
	const json_t *of, const char *key, const char *name, json_type type, struct problem *why)
{
	const char *backend;
	json_t *value;

	json_object_foreach(json_object_get(of, key), backend, value)
	{
		if (json_typeof(value) != type)
			return problem_set(why, -EINVAL,
				"cell %.200s of the plan: \"%s\" of back end %.40s has the wrong "
				"type: make the plan again from its matrix",
				name, key, backend);
	}
	return 0;
}

static int check_expectations(json_t *expect, const char *name, struct problem *why)
{
	json_t *expectation;
	size_t i;

	json_array_foreach(expect, i, expectation)
	{
		const char *id, *field, *source, *same_as = NULL;
		json_t *value = NULL;
		json_error_t error;

		if (json_unpack_ex(expectation, &error, 0, "{s:s, s:s, s:s, s?o, s?s}", "id", &id,
			    "field", &field, "source", &source, "value", &value, "same_as",
			    &same_as) == 0 &&
			!value != !same_as)
			continue;
		return problem_set(why, -EINVAL,
			"cell %s of the plan, expectation %zu: %s: make the plan again from its "
			"matrix",
			name, i + 1,
			error.text[0] ? error.text : "either value or same_as is required");
	}
	return 0;
}

static bool is_folder(const char *guest)
{
	return guest[0] && guest[0] != '.' && !strchr(guest, '/');
}

int plan_check_cell(json_t *cell, size_t index, struct problem *why)
{
	const char *name = "", *guest;
	json_t *words, *needs, *limits, *all_settings, *expect;
	json_error_t error;
	int r;

	if (json_unpack_ex(cell, &error, 0, "{s:s, s:o, s:s, s:o, s:o, s:o, s:o}", "name", &name,
		    "words", &words, "guest", &guest, "requires", &needs, "limits_ms", &limits,
		    "settings", &all_settings, "expect", &expect) < 0)
		return problem_set(why, -EINVAL,
			"cell %zu of the plan: %s: make the plan again from its matrix", index + 1,
			error.text);
	if (!*name || name[strspn(name, NAME_CHARACTERS)] || strlen(name) > PLAN_NAME_MAX)
		return problem_set(why, -EINVAL,
			"the name of cell %zu of the plan is not a list of words joined by "
			"\"-\": make the plan again from its matrix",
			index + 1);
	if (!is_folder(guest))
		return problem_set(why, -EINVAL,
			"cell %s of the plan: \"guest\" is not the name of a folder: make the "
			"plan again from its matrix",
			name);
	if (!json_is_object(words) || !json_is_object(needs) || !json_is_object(limits) ||
		!json_is_object(all_settings) || !json_is_array(expect))
		return problem_set(why, -EINVAL,
			"cell %s of the plan: words, requires, limits_ms and settings are objects, "
			"expect a list: make the plan again from its matrix",
			name);
	r = check_expectations(expect, name, why);
	if (r == 0)
		r = check_limits(cell, name, why);
	if (r == 0)
		r = check_objects(cell, "settings", name, JSON_OBJECT, why);
	if (r == 0)
		r = check_objects(cell, "requires", name, JSON_ARRAY, why);
	if (r == 0)
		r = check_objects(json_object_get(cell, "to"), "settings", name, JSON_OBJECT, why);
	return r;
}

int plan_check(json_t *plan, struct problem *why)
{
	const char *name, *sha256;
	json_t *axes, *cells, *cell;
	json_error_t error;
	size_t i;
	int r = 0;

	if (json_unpack_ex(plan, &error, 0, "{s:{s:s, s:s}, s:o, s:o}", "matrix", "name", &name,
		    "sha256", &sha256, "axes", &axes, "cells", &cells) < 0)
		return problem_set(why, -EINVAL,
			"the plan is incomplete: %s: make the plan again from its matrix",
			error.text);
	if (!json_is_array(axes) || json_array_size(cells) == 0)
		return problem_set(why, -EINVAL,
			"\"axes\" or \"cells\" of the plan is not a list: make the plan "
			"again from its matrix");
	json_array_foreach(cells, i, cell)
	{
		r = plan_check_cell(cell, i, why);
		if (r < 0)
			return r;
	}
	return shape_check(plan, DOCUMENT_PLAN, why);
}

int plan_parse(const char *text, size_t length, json_t **plan_r, struct problem *why)
{
	json_t *plan = NULL;
	int r;

	r = document_parse(text, length, DOCUMENT_PLAN, DOCUMENT_VERSION, &plan, why);
	if (r == 0)
		r = plan_check(plan, why);
	if (r == 0)
		*plan_r = json_incref(plan);
	json_decref(plan);
	return r;
}

void plan_key(const json_t *cell, char key[static PLAN_KEY_MAX])
{
	json_int_t repeat = json_integer_value(json_object_get(cell, "repeat"));

	snprintf(key, PLAN_KEY_MAX, "%.*s", PLAN_NAME_MAX, document_text(cell, "name"));
	if (repeat > 0 && repeat <= PLAN_REPEATS_MAX)
		snprintf(key + strlen(key), PLAN_KEY_MAX - strlen(key), "/%d", (int)repeat);
}

int plan_repeat(json_t *plan, unsigned int times, struct problem *why)
{
	const json_t *cells = json_object_get(plan, "cells"), *cell;
	json_t *all = json_array();
	int r = all ? 0 : -ENOMEM;
	size_t i;

	if (times > 1 && json_array_size(cells) > PLAN_CELLS_MAX / times)
		r = problem_set(why, -EINVAL,
			"%zu cells %u times are more than %d: repeat fewer of them, or less often",
			json_array_size(cells), times, PLAN_CELLS_MAX);
	json_array_foreach(cells, i, cell)
	{
		for (unsigned int k = 1; k <= times && r == 0; k++) {
			json_t *copy = json_copy((json_t *)cell);

			if (json_object_set_new(copy, "repeat", json_integer(k)) < 0 ||
				json_array_append(all, copy) < 0)
				r = -ENOMEM;
			json_decref(copy);
		}
	}
	if (r == 0 && times > 1 && json_object_set(plan, "cells", all) < 0)
		r = -ENOMEM;
	json_decref(all);
	return r;
}

void plan_places_add(json_t *places, const json_t *cell, size_t at)
{
	const char *name = document_text(cell, "name");
	char key[PLAN_KEY_MAX];

	if (!json_object_get(places, name))
		json_object_set_new(places, name, json_integer((json_int_t)at));
	plan_key(cell, key);
	if (json_object_get(cell, "repeat") && !json_object_get(places, key))
		json_object_set_new(places, key, json_integer((json_int_t)at));
}

json_t *plan_places(const json_t *document)
{
	json_t *places = json_object();
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(document, "cells"), i, cell)
		plan_places_add(places, cell, i);
	return places;
}

ssize_t plan_place(const json_t *places, const char *name)
{
	const json_t *place = json_object_get(places, name);

	return place ? (ssize_t)json_integer_value(place) : -1;
}

int plan_keep(json_t *plan, const json_t *other)
{
	json_t *places = plan_places(other), *common = json_array(), *cell;
	int r = places && common ? 0 : -ENOMEM;
	size_t i;

	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		if (r == 0 && plan_place(places, document_text(cell, "name")) >= 0 &&
			json_array_append(common, cell) < 0)
			r = -ENOMEM;
	}
	if (r == 0 && json_object_set(plan, "cells", common) < 0)
		r = -ENOMEM;
	json_decref(places);
	json_decref(common);
	return r;
}

int plan_guest(json_t *plan, const char *guest, struct problem *why)
{
	json_t *cell;
	size_t i;

	if (!is_folder(guest))
		return problem_set(why, -EINVAL,
			"\"%.100s\" is not a guest image: --guest takes the name of a "
			"folder in the folder of the images, such as tiny",
			guest);
	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		if (strcmp(document_text(cell, "guest"), guest) == 0)
			continue;
		if (json_object_set(cell, "in_place_of", json_object_get(cell, "guest")) < 0 ||
			json_object_set_new(cell, "guest", json_string(guest)) < 0)
			return problem_set(why, -ENOMEM, "out of memory");
	}
	return 0;
}

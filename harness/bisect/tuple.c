/*
 * Tuples: several parts changed at once, QEMU and libxl, say. Which of them is guilty, and if it
 * has a history, from which value on: harness/bisect/driver.h, harness/bisect/search.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/bisect/driver.h"
#include "harness/bisect/search.h"

#define VALUES_MAX 64

/* NAME=GOOD,...,BAD. */
struct part {
	char *text; /* owned, cut up */
	const char *name, *values[VALUES_MAX];
	size_t count;
};

struct tuple {
	struct bisect_driver *driver;
	struct problem *why;
	struct part parts[BISECT_PARTS_MAX];
	size_t count;
	int error;
};

static int read_part(const char *text, struct part *part, struct problem *why)
{
	char *rest, *value;

	part->text = strdup(text);
	if (!part->text)
		return -ENOMEM;
	rest = part->text;
	part->name = strsep(&rest, "=");
	while (rest && (value = strsep(&rest, ",")) && part->count < VALUES_MAX)
		part->values[part->count++] = value;
	if (!part->name[0] || part->count < 2)
		return problem_set(why, -EINVAL,
			"\"%.200s\" is not a part of a tuple: write NAME=GOOD,BAD, such as "
			"qemu=7.2.22,10.0.2; values between them are tested if the part is "
			"guilty",
			text);
	return 0;
}

/* A tuple by the place of each part's value; the caller finishes it. */
struct place {
	struct bisect_point point;
	char name[400];
	json_t *values;
};

static void place_at(
	const struct tuple *tuple, const size_t at[static BISECT_PARTS_MAX], struct place *place)
{
	size_t used = 0;

	place->values = json_object();
	place->name[0] = 0;
	for (size_t i = 0; i < tuple->count; i++) {
		const struct part *part = &tuple->parts[i];

		json_object_set_new(place->values, part->name, json_string(part->values[at[i]]));
		if (used < sizeof(place->name))
			used += (size_t)snprintf(place->name + used, sizeof(place->name) - used,
				"%s%s=%s", i ? " " : "", part->name, part->values[at[i]]);
	}
	place->point = (struct bisect_point){ place->name, place->values, NULL };
}

/* For bisect_blame(): the tuple in which those parts have their last value. */
static enum bisect_answer ask(void *data, const bool *changed)
{
	struct tuple *tuple = data;
	size_t at[BISECT_PARTS_MAX] = { 0 };
	enum bisect_answer answer = BISECT_STOP;
	struct place place;

	for (size_t i = 0; i < tuple->count; i++)
		at[i] = changed[i] ? tuple->parts[i].count - 1 : 0;
	place_at(tuple, at, &place);
	tuple->error = bisect_ask_point(tuple->driver, &place.point, &answer, tuple->why);
	json_decref(place.values);
	return tuple->error < 0 ? BISECT_STOP : answer;
}

static json_t *guilty_of(const struct tuple *tuple, const bool *guilty)
{
	json_t *list = json_array();

	for (size_t i = 0; i < tuple->count; i++) {
		const struct part *part = &tuple->parts[i];

		if (guilty[i])
			json_array_append_new(list,
				json_pack("{s:s, s:s, s:s}", "part", part->name, "good",
					part->values[0], "bad", part->values[part->count - 1]));
	}
	return list;
}

/* Searches the values of one guilty part, the other guilty ones at their last and the rest at their
 * first. */
static int search_values(struct tuple *tuple, size_t which, const bool *guilty)
{
	struct bisect_driver *driver = tuple->driver;
	size_t count = tuple->parts[which].count;
	struct place *places = calloc(count, sizeof(*places));
	struct bisect_point *points = calloc(count, sizeof(*points));
	int r = -ENOMEM;

	if (!places || !points)
		goto out;
	for (size_t i = 0; i < count; i++) {
		size_t at[BISECT_PARTS_MAX] = { 0 };

		for (size_t j = 0; j < tuple->count; j++)
			at[j] = guilty[j] ? tuple->parts[j].count - 1 : 0;
		at[which] = i;
		place_at(tuple, at, &places[i]);
		points[i] = places[i].point;
	}
	r = bisect_ends(driver, points, 1, &points[count - 1], tuple->why);
	if (r == 1)
		r = bisect_list(driver, points, count, tuple->why);
out:
	for (size_t i = 0; places && i < count; i++)
		json_decref(places[i].values);
	free(places);
	free(points);
	return r;
}

/* The two ends differ in all parts. */
static int ends(struct tuple *tuple)
{
	size_t first[BISECT_PARTS_MAX] = { 0 }, last[BISECT_PARTS_MAX] = { 0 };
	struct place good, bad;
	int r;

	for (size_t i = 0; i < tuple->count; i++)
		last[i] = tuple->parts[i].count - 1;
	place_at(tuple, first, &good);
	place_at(tuple, last, &bad);
	json_object_set_new(tuple->driver->result, "good", json_pack("[s]", good.name));
	json_object_set_new(tuple->driver->result, "bad", json_string(bad.name));
	r = bisect_ends(tuple->driver, &good.point, 1, &bad.point, tuple->why);
	json_decref(good.values);
	json_decref(bad.values);
	return r;
}

static int blame(struct tuple *tuple)
{
	bool guilty[BISECT_PARTS_MAX] = { false };
	json_t *list;
	int r = 1;

	tuple->driver->phase = "parts";
	switch (bisect_blame(tuple->count, ask, tuple, guilty)) {
	case BISECT_STOP:
		return tuple->error;
	case BISECT_BAD:
		break;
	default:
		bisect_outcome(tuple->driver, "open",
			"the guilty part is not known, since some tuples cannot be tested");
		return 0;
	}
	list = guilty_of(tuple, guilty);
	json_object_set(tuple->driver->result, "guilty", list);
	bisect_outcome(tuple->driver, "found", NULL);
	/* One that has values between is searched; of several together, each would have its own. */
	for (size_t i = 0; i < tuple->count && r == 1 && json_array_size(list) == 1; i++) {
		if (guilty[i] && tuple->parts[i].count > 2)
			r = search_values(tuple, i, guilty);
	}
	json_decref(list);
	return r < 0 ? r : 0;
}

int bisect_tuple(struct bisect_driver *driver, const struct string_list *parts, struct problem *why)
{
	struct tuple *tuple = calloc(1, sizeof(*tuple));
	int r = 0;

	if (!tuple)
		return problem_set(why, -ENOMEM, "no memory for the parts of a tuple");
	tuple->driver = driver;
	tuple->why = why;
	if (parts->count > BISECT_PARTS_MAX)
		r = problem_set(why, -E2BIG, "more than %d parts", BISECT_PARTS_MAX);
	for (size_t i = 0; i < parts->count && r == 0; i++) {
		r = read_part(parts->texts[i], &tuple->parts[i], why);
		tuple->count++;
	}
	if (r == 0)
		r = ends(tuple);
	if (r == 1)
		r = blame(tuple);
	for (size_t i = 0; i < tuple->count; i++)
		free(tuple->parts[i].text);
	free(tuple);
	return r;
}

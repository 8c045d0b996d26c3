#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/evidence/json_diff.h"
#include "harness/evidence/transition_bars.h"
#include "harness/evidence/transition_compare.h"

/* Host and guest look at their clocks up to a report's time apart, and a clock of the lab drifts.
 */
#define CLOCK_SLACK_MS 5000

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* The paths of the changes as one line. */
static json_t *join(const json_t *changes, size_t more)
{
	size_t count = json_array_size(changes), shown = 0;
	char *line = NULL;
	size_t length = 0;
	FILE *stream;
	json_t *text;

	if (count == 0)
		return json_null();
	stream = open_memstream(&line, &length);
	if (!stream)
		return NULL;
	for (; shown < count && shown < TRANSITION_CHANGES_MAX; shown++)
		fprintf(stream, "%s%s", shown > 0 ? ", " : "",
			json_string_value(json_object_get(json_array_get(changes, shown), "what")));
	if (count + more > shown)
		fprintf(stream, " and %zu more", count + more - shown);
	text = fclose(stream) == 0 ? json_string(line) : NULL;
	free(line);
	return text;
}

static void compare_machine(
	json_t *result, const json_t *before, const json_t *after, const json_t *qemu)
{
	struct json_diff values = { .changes = json_array(), .ignored = diff_passing };

	json_diff(&values, "", before, after);
	transition_bars(after, qemu, values.changes);
	json_object_set_new(result, "changed", join(values.changes, values.more));
	json_object_set_new(result, "changes", values.changes);
}

/* An agent that was started again counts its requests from 1 again. */
static bool same_agent(const json_t *before, const json_t *after)
{
	return number(json_object_get(after, "agent"), "request") >
	       number(json_object_get(before, "agent"), "request");
}

static void compare_disks(json_t *result, const json_t *before, const json_t *after)
{
	if (!before || !after)
		return;
	if (json_is_null(before) && json_is_null(after))
		json_object_set_new(result, "disk", json_null());
	else
		json_object_set_new(result, "disk",
			json_boolean(number(after, "checked") > 0 && number(after, "wrong") == 0 &&
				     number(after, "errors") == number(before, "errors") &&
				     number(after, "written") > number(before, "written")));
}

static void compare_clocks(
	json_t *result, const json_t *before, const json_t *after, const json_t *end)
{
	const json_t *asked = json_object_get(json_object_get(end, "transition"), "asked_ms");
	json_int_t monotonic = number(after, "monotonic_ms") - number(before, "monotonic_ms");
	json_int_t realtime = number(after, "realtime_ms") - number(before, "realtime_ms");
	json_int_t host;

	if (!json_object_get(before, "realtime_ms") || !json_object_get(after, "realtime_ms") ||
		json_array_size(asked) != 2)
		return;
	host = json_integer_value(json_array_get(asked, 1)) -
	       json_integer_value(json_array_get(asked, 0));
	json_object_set_new(result, "clock",
		json_boolean(monotonic > 0 && realtime > 0 && monotonic <= host + CLOCK_SLACK_MS &&
			     realtime <= host + CLOCK_SLACK_MS));
	json_object_set_new(result, "behind_ms", json_integer(host - realtime));
}

json_t *transition_compare(
	const json_t *before, const json_t *after, const json_t *end, const json_t *qemu)
{
	const json_t *transition = json_object_get(end, "transition");
	const json_t *work = json_object_get(before, "work");
	const json_t *later = json_object_get(after, "work");
	bool again = json_is_true(json_object_get(transition, "again"));
	json_t *result = json_object();

	if (!result)
		return NULL;
	/* QEMU was asked before the guest's firmware or kernel had placed the BARs. */
	if (again || json_is_true(json_object_get(transition, "hotplug")))
		qemu = NULL;
	compare_machine(result, before, after, qemu);
	if (again)
		return result;
	if (json_object_get(work, "steps") && json_object_get(later, "steps"))
		json_object_set_new(result, "steps",
			json_boolean(same_agent(before, after) &&
				     number(later, "steps") > number(work, "steps")));
	compare_disks(result, json_object_get(work, "disk"), json_object_get(later, "disk"));
	compare_clocks(result, work, later, end);
	return result;
}

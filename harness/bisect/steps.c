#include "harness/bisect/steps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/clock.h"
#include "harness/base/escape.h"
#include "harness/bisect/search.h"
#include "harness/bisect/step/run_revision.h"
#include "harness/bisect/step/signature.h"
#include "harness/process/guarded_child.h"
#include "src/document.h"

void bisect_outcome(struct bisect_driver *driver, const char *outcome, const char *why)
{
	json_object_set_new(driver->result, "outcome", json_string(outcome));
	if (why)
		json_object_set_new(driver->result, "why", json_string(why));
}

static json_t *step_of(const struct bisect_driver *driver, const struct bisect_point *point,
	const struct bisect_result *tested)
{
	return json_pack("{s:s, s:s, s:O, s:s, s:s, s:s?, s:I, s:b}", "phase", driver->phase,
		"point", point->name, "values", point->values, "answer",
		bisect_answer_name(tested->answer), "why", tested->why ? tested->why : "", "run",
		tested->run, "runs", (json_int_t)tested->runs, "built", (int)tested->built);
}

static void say_step(const json_t *step, size_t number)
{
	fprintf(stderr, "igd-harness: step %zu: ", number);
	escape_text(stderr, document_text(step, "point"));
	fprintf(stderr, " is %s%s: ", document_text(step, "answer"),
		json_integer_value(json_object_get(step, "runs")) == 0 &&
				!json_is_true(json_object_get(step, "built"))
			? ", as known"
			: "");
	escape_text(stderr, document_text(step, "why"));
	fputc('\n', stderr);
}

void bisect_say_left(const struct bisect_driver *driver, size_t candidates)
{
	unsigned int steps = bisect_steps(candidates);
	double seconds;

	if (steps == 0)
		return;
	fprintf(stderr, "igd-harness: %zu revisions may be the first bad one: about %u step%s left",
		candidates, steps, steps == 1 ? "" : "s");
	if (driver->spent_on > 0) {
		seconds = (double)driver->spent_us / 1e6 / (double)driver->spent_on * steps;
		if (seconds < 90)
			fprintf(stderr, ", %.0f s", seconds);
		else
			fprintf(stderr, ", %.0f min", seconds / 60);
	}
	fputc('\n', stderr);
}

int bisect_ask_point(struct bisect_driver *driver, const struct bisect_point *point,
	enum bisect_answer *answer_r, struct problem *why)
{
	json_t *steps = json_object_get(driver->result, "steps"), *step, *note;
	struct bisect_result tested = { .answer = BISECT_STOP };
	uint64_t began;
	int r;

	if (guarded_child_interrupted()) {
		bisect_outcome(driver, "stopped", "stopped; the same command continues");
		*answer_r = BISECT_STOP;
		return 0;
	}
	began = clock_us();
	r = bisect_step(driver->session, point, &tested, why);
	if (r == 0 && (tested.runs > 0 || tested.built)) {
		driver->spent_us += clock_us() - began;
		driver->spent_on++;
	}
	if (r == 0) {
		step = step_of(driver, point, &tested);
		json_array_append_new(steps, step);
		say_step(step, json_array_size(steps));
		note = json_copy(step);
		json_object_set_new(note, "what", json_string("step"));
		r = bisect_state_note(&driver->session->state, note, why);
		if (tested.answer == BISECT_STOP)
			bisect_outcome(driver, "stopped", tested.why);
	}
	*answer_r = tested.answer;
	bisect_result_finish(&tested);
	return r;
}

/* What the bad end deviates in is what is looked for. */
static int take_signature(struct bisect_driver *driver, struct problem *why)
{
	const json_t *steps = json_object_get(driver->result, "steps");
	const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
	struct bisect_judged judged;
	json_t *signature;
	int r = bisect_judge_run(driver->session, document_text(last, "run"), &judged, why);

	if (r == 0) {
		signature = bisect_signature_of(judged.findings);
		r = bisect_look_for(driver->session, signature, why);
		json_object_set(driver->result, "signature", signature);
	}
	bisect_judged_finish(&judged);
	return r;
}

/* What a run deviates in that is known, as options that search for it; NULL if there is nothing.
 * The caller frees. */
static char *known_as_options(const struct bisect_driver *driver, const char *run)
{
	struct bisect_judged judged;
	json_t *known = NULL;
	char *text = NULL;
	size_t length = 0;
	FILE *stream;

	if (bisect_judge_run(driver->session, run, &judged, NULL) == 0)
		known = bisect_known_of(judged.findings);
	bisect_judged_finish(&judged);
	stream = json_array_size(known) > 0 ? open_memstream(&text, &length) : NULL;
	if (stream) {
		fputs("; a known deviation counts as good, unless ", stream);
		bisect_signature_option_print(json_array_get(known, 0), stream);
		fputs(" names it", stream);
		if (json_array_size(known) > 1)
			fprintf(stream, " (or one of %zu more)", json_array_size(known) - 1);
		fclose(stream);
	}
	json_decref(known);
	return text;
}

void bisect_wrong_end(struct bisect_driver *driver, const struct bisect_point *point,
	const char *wanted, enum bisect_answer answer)
{
	const json_t *steps = json_object_get(driver->result, "steps");
	const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
	char *text = NULL, *known = NULL;

	if (answer == BISECT_GOOD && !driver->session->signature)
		known = known_as_options(driver, document_text(last, "run"));
	if (asprintf(&text, "the %s end, %s, is not %s but %s: %s%s", wanted, point->name, wanted,
		    answer == BISECT_SKIP ? "cannot be tested" : bisect_answer_name(answer),
		    document_text(last, "why"), known ? known : "") < 0)
		text = NULL;
	free(known);
	bisect_outcome(driver, "ends", text ? text : "an end is not good or bad as given");
	free(text);
}

int bisect_ends(struct bisect_driver *driver, const struct bisect_point *good, size_t count,
	const struct bisect_point *bad, struct problem *why)
{
	enum bisect_answer answer;
	int r;

	driver->phase = "ends";
	r = bisect_ask_point(driver, bad, &answer, why);
	if (r < 0 || answer == BISECT_STOP)
		return r;
	if (answer != BISECT_BAD) {
		bisect_wrong_end(driver, bad, "bad", answer);
		return 0;
	}
	if (!driver->session->signature)
		r = take_signature(driver, why);
	for (size_t i = 0; i < count && r == 0; i++) {
		r = bisect_ask_point(driver, &good[i], &answer, why);
		if (r < 0 || answer == BISECT_STOP)
			return r;
		if (answer != BISECT_GOOD) {
			bisect_wrong_end(driver, &good[i], "good", answer);
			return 0;
		}
	}
	driver->phase = "search";
	return r < 0 ? r : 1;
}

void bisect_first_bad(struct bisect_driver *driver, const char *point, json_t *about)
{
	json_array_append_new(json_object_get(driver->result, "first_bad"),
		json_pack("{s:s, s:o}", "point", point, "about", about ? about : json_null()));
}

void bisect_conclude(struct bisect_driver *driver)
{
	size_t left = json_array_size(json_object_get(driver->result, "first_bad"));

	bisect_outcome(driver, left == 1 ? "found" : "open",
		left == 1 ? NULL
			  : "the revisions between the last good one and the first bad one that "
			    "was tested cannot be tested, so the first bad revision is not known");
}

int bisect_list(struct bisect_driver *driver, const struct bisect_point *points, size_t count,
	struct problem *why)
{
	enum bisect_answer *answers = calloc(count, sizeof(*answers));
	size_t good, bad;
	ssize_t next;
	int r = 0;

	if (!answers)
		return -ENOMEM;
	answers[0] = BISECT_GOOD;
	answers[count - 1] = BISECT_BAD;
	json_object_set_new(driver->result, "candidates", json_integer((json_int_t)count - 1));
	while (r == 0 && (next = bisect_next(answers, count)) >= 0) {
		bisect_bounds(answers, count, &good, &bad);
		bisect_say_left(driver, bad - good);
		r = bisect_ask_point(driver, &points[next], &answers[next], why);
		if (r == 0 && answers[next] == BISECT_STOP)
			goto out;
	}
	if (r < 0)
		goto out;
	bisect_bounds(answers, count, &good, &bad);
	for (size_t i = good + 1; i <= bad; i++)
		bisect_first_bad(driver, points[i].name, NULL);
	bisect_conclude(driver);
	r = 1;
out:
	free(answers);
	return r;
}

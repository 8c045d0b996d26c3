#include "harness/bisect/options.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/bisect/step/run_revision.h"
#include "harness/bisect/step/signature.h"

#define NUMBER_MAX 1000000

static int number(const char *option, const char *text, unsigned int *number_r, struct problem *why)
{
	char *end = NULL;
	unsigned long value = strtoul(text, &end, 10);

	if (!text[0] || *end || value < 1 || value > NUMBER_MAX)
		return problem_set(
			why, -EINVAL, "--%s takes a whole number from 1 to %d", option, NUMBER_MAX);
	*number_r = (unsigned int)value;
	return 0;
}

static int read_numbers(struct bisect_given *given, struct problem *why)
{
	struct bisect_orders *orders = &given->orders;
	int r = number("repeat", given->repeat, &orders->repeat, why);

	if (r == 0)
		r = number("need", given->need, &orders->need, why);
	if (r == 0)
		r = number("build-limit", given->build_limit, &orders->build_limit_s, why);
	if (r == 0)
		r = number("run-limit", given->run_limit, &orders->run_limit_s, why);
	if (r == 0 && orders->need > orders->repeat)
		r = problem_set(why, -EINVAL, "--need %u is more than --repeat %u", orders->need,
			orders->repeat);
	return r;
}

/* What a recorded run deviated in. */
static int signature_of_run(const struct bisect_session *session, const char *dir,
	json_t *signature, struct problem *why)
{
	struct bisect_judged judged;
	json_t *deviations;
	int r = bisect_judge_run(session, dir, &judged, why);

	if (r < 0)
		return problem_set(why, r, "there is no run directory %s", dir);
	deviations = bisect_signature_of(judged.findings);
	if (json_array_size(deviations) == 0)
		r = problem_set(why, -EINVAL,
			"no cell of %s is FAIL by this matrix: it has no deviation to search for",
			dir);
	json_array_extend(signature, deviations);
	json_decref(deviations);
	bisect_judged_finish(&judged);
	return r;
}

static int read_signature(
	struct bisect_given *given, struct bisect_session *session, struct problem *why)
{
	json_t *signature = json_array();
	int r = 0;

	for (size_t i = 0; i < given->signature.count && r == 0; i++)
		r = bisect_signature_add(signature, given->signature.texts[i], why);
	if (r == 0 && given->signature_from)
		r = signature_of_run(session, given->signature_from, signature, why);
	if (r == 0 && json_array_size(signature) > 0)
		r = bisect_look_for(session, json_incref(signature), why);
	json_decref(signature);
	return r;
}

int bisect_options_open(struct bisect_given *given, int argc, char **argv,
	struct bisect_session *session_r, struct problem *why)
{
	int r = argc == 1 ? 0
			  : problem_set(why, -EINVAL,
				    "name one matrix file, such as "
				    "results/matrices/seed-display.yaml");

	*session_r = (struct bisect_session){ .state = BISECT_STATE_NONE };
	given->orders.matrix = argv[0];
	if (r == 0)
		r = read_numbers(given, why);
	if (r == 0)
		r = bisect_session_open(&given->orders, given->state, session_r, why);
	if (r == 0)
		r = read_signature(given, session_r, why);
	return r;
}

#include "harness/bisect/last_pair.h"

#include <string.h>

#include "harness/compare/diff.h"
#include "harness/judge/judge.h"
#include "harness/store/run_dir.h"
#include "src/document.h"

/* A run of one of the two, judged. */
struct side {
	struct store store;
	json_t *run, *plan, *findings;
};

static int open_side(const struct bisect_session *session, const char *dir, struct side *side,
	struct problem *why)
{
	int r;

	*side = (struct side){ .store = STORE_NONE };
	r = store_open(dir, false, &side->store, &side->run, &side->plan, why);
	if (r == 0)
		r = judge_collect(&(struct judge_request){ &side->store, side->run, side->plan,
					  session->plan, session->patterns },
			&side->findings, why);
	return r;
}

static void close_side(struct side *side)
{
	json_decref(side->run);
	json_decref(side->plan);
	json_decref(side->findings);
	store_close(&side->store);
}

static struct diff_run run_of(const struct side *side)
{
	return (struct diff_run){ &side->store, side->run, side->plan, side->findings };
}

/* The last step with that answer; only at one of the points of `first_bad`, if that is given. */
static const json_t *last_step(const json_t *result, const char *answer, const json_t *first_bad)
{
	const json_t *step, *one, *last = NULL;
	size_t i, j;

	json_array_foreach(json_object_get(result, "steps"), i, step)
	{
		bool is_there = !first_bad;

		json_array_foreach(first_bad, j, one)
		{
			if (strcmp(document_text(one, "point"), document_text(step, "point")) == 0)
				is_there = true;
		}
		if (is_there && strcmp(document_text(step, "answer"), answer) == 0)
			last = step;
	}
	return last;
}

int bisect_compare(const struct bisect_session *session, json_t *result, struct problem *why)
{
	const json_t *first_bad = json_object_get(result, "first_bad"), *good, *bad;
	struct side a = { .store = STORE_NONE }, b = { .store = STORE_NONE };
	json_t *difference = NULL;
	struct diff_run runs[2];
	int r = 0;

	bad = last_step(result, "bad", json_array_size(first_bad) > 0 ? first_bad : NULL);
	/* In a search what was good last is nearest, for it only goes on between the two. */
	good = last_step(result, "good", NULL);
	if (bad && document_text(bad, "run")[0])
		r = open_side(session, document_text(bad, "run"), &b, why);
	if (r == 0 && good && document_text(good, "run")[0])
		r = open_side(session, document_text(good, "run"), &a, why);
	if (r == 0 && a.findings && b.findings) {
		runs[0] = run_of(&a);
		runs[1] = run_of(&b);
		difference = diff_runs(&runs[0], &runs[1], NULL, 0);
	}
	json_object_set_new(result, "last_good", json_string(document_text(good, "point")));
	json_object_set_new(result, "difference", difference ? difference : json_null());
	json_object_set(
		result, "identities", b.run ? json_object_get(b.run, "identities") : json_null());
	close_side(&a);
	close_side(&b);
	return r;
}

#include <errno.h>
#include <string.h>
#include <sys/types.h>

#include "harness/compare/compare.h"
#include "harness/compare/diff.h"
#include "harness/judge/judge.h"
#include "harness/logs/patterns.h"
#include "harness/plan/plan.h"
#include "harness/qualify/private.h"
#include "harness/report/summary.h"
#include "src/document.h"
#include "src/verdict.h"

/* The runs of one matrix, in the order of the sources. */
struct of_matrix {
	const char *name;
	const json_t *runs[COMPARE_RUNS_MAX], *summaries[COMPARE_RUNS_MAX];
	struct diff_run sides[COMPARE_RUNS_MAX];
	size_t count;
};

static int gather(const struct qualify *qualify, struct of_matrix *of, struct problem *why)
{
	const json_t *run;
	size_t i;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		if (strcmp(qualify_matrix(run), of->name) != 0)
			continue;
		for (size_t j = 0; j < of->count; j++) {
			if (strcmp(qualify_release(of->runs[j]), qualify_release(run)) == 0)
				return problem_set(why, -EINVAL,
					"two runs are of the matrix %s in %s: a release has one; "
					"name them RELEASE=RUN",
					of->name, qualify_release(run));
		}
		if (of->count == COMPARE_RUNS_MAX)
			return problem_set(why, -EINVAL, "more than %d runs are of the matrix %s",
				COMPARE_RUNS_MAX, of->name);
		of->runs[of->count] = run;
		of->summaries[of->count] = json_array_get(qualify->summaries, i);
		/* Without the stores: what the guests reported is in the findings as far as it
		 * counts. */
		of->sides[of->count].findings = json_object_get(run, "findings");
		of->count++;
	}
	return 0;
}

static json_t *describe_runs(const struct of_matrix *of)
{
	json_t *runs = json_array();

	for (size_t i = 0; i < of->count; i++) {
		const json_t *findings = of->sides[i].findings;
		const char *guest = summary_other_guest(findings);

		json_array_append_new(runs,
			json_pack("{s:s, s:O?, s:O?, s:O?, s:I, s:O?, s:s?, s:O?}", "release",
				qualify_release(of->runs[i]), "verdict",
				json_object_get(findings, "verdict"), "decision",
				json_object_get(of->summaries[i], "decision"), "counts",
				json_object_get(findings, "counts"), "cells",
				(json_int_t)json_array_size(json_object_get(findings, "cells")),
				"unrun", json_object_get(of->runs[i], "unrun"), "guest", guest,
				"slow",
				json_object_get(json_object_get(of->runs[i], "settings"), "slow")));
	}
	return runs;
}

/* By what it was judged, "matrix" or "patterns": more than one if the runs were frozen with
 * different files. */
static json_t *hashes_of(const struct of_matrix *of, const char *what)
{
	json_t *hashes = json_array(), *seen = json_object();

	for (size_t i = 0; i < of->count; i++) {
		const char *hash =
			document_text(json_object_get(of->sides[i].findings, what), "sha256");

		if (!hash[0] || json_object_get(seen, hash))
			continue;
		json_object_set_new(seen, hash, json_true());
		json_array_append_new(hashes, json_string(hash));
	}
	json_decref(seen);
	return hashes;
}

/* The cells of the comparison without the words of logs. */
static json_t *cells_of(const struct of_matrix *of)
{
	json_t *comparison = compare_runs(of->sides, of->count), *cell;
	json_t *cells = json_incref(json_object_get(comparison, "cells"));
	size_t i;

	json_array_foreach(cells, i, cell) json_object_del(cell, "causes");
	json_decref(comparison);
	return cells;
}

/*
 * {NAME: cell}, as they were before a run: each as it was in the last release in which it had an
 * answer, so that one that could not be asked hides nothing. With "release", whose that was.
 */
static void remember(json_t *before, const json_t *run)
{
	json_t *cell, *kept;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(run, "findings"), "cells"), i, cell)
	{
		if (!judge_was_tested(cell))
			continue;
		kept = json_copy(cell);
		json_object_set_new(kept, "release", json_string(qualify_release(run)));
		json_object_set_new(before, document_text(cell, "name"), kept);
	}
}

/* As findings, for who compares such. */
static json_t *findings_of(const json_t *before)
{
	json_t *cells = json_array(), *cell;
	const char *name;

	json_object_foreach((json_t *)before, name, cell) json_array_append(cells, cell);
	return json_pack("{s:o}", "cells", cells);
}

/* The known deviations that a cell is. */
static json_t *deviations(const json_t *cell)
{
	json_t *ids = json_array();
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (strcmp(document_text(finding, "verdict"), verdict_name(VERDICT_XFAIL)) == 0)
			json_array_append(
				ids, json_object_get(json_object_get(finding, "known"), "id"));
	}
	return ids;
}

/* The class of harness/compare/diff.h; or that it was one known deviation and is another. */
static const char *class_of(const json_t *entry, const json_t *was, const json_t *is)
{
	const char *class = document_text(entry, "class");
	json_t *one, *other;
	bool alike;

	if ((strcmp(class, "same") != 0 && strcmp(class, "changed") != 0) ||
		strcmp(document_text(entry, "b"), verdict_name(VERDICT_XFAIL)) != 0)
		return class;
	one = deviations(was);
	other = deviations(is);
	alike = json_equal(one, other);
	json_decref(one);
	json_decref(other);
	return alike ? class : QUALIFY_OTHERWISE;
}

/* What became of a cell. */
static json_t *change_of(const json_t *cell, const char *class, const json_t *was, const json_t *is)
{
	bool tell = is && strcmp(class, "only b") != 0 && strcmp(class, "fixed") != 0;

	return json_pack("{s:O, s:s, s:O?, s:O?, s:O?, s:o}", "name", json_object_get(cell, "name"),
		"class", class, "from", json_object_get(was, "release"), "a",
		json_object_get(cell, "a"), "b", json_object_get(cell, "b"), "reason",
		tell ? qualify_cell_reason(is) : json_string(""));
}

/* What changed with a run against those before, but for what did not. */
static json_t *step(const struct of_matrix *of, size_t at, const json_t *before)
{
	const json_t *now = json_object_get(of->sides[at].findings, "cells"), *cell;
	json_t *earlier = findings_of(before), *places = plan_places(of->sides[at].findings);
	json_t *difference;
	json_t *cells = json_array(), *classes = json_object();
	struct diff_run a = { .findings = earlier };
	size_t i;

	difference = diff_runs(&a, &of->sides[at], NULL, 0);
	json_array_foreach(json_object_get(difference, "cells"), i, cell)
	{
		const char *name = document_text(cell, "name"), *class;
		const json_t *was = json_object_get(before, name), *is;
		ssize_t place = plan_place(places, name);

		is = place < 0 ? NULL : json_array_get(now, (size_t)place);
		class = class_of(cell, was, is);

		/* Reports are not compared here: what guests saw is in the findings. */
		class = strcmp(class, "changed") == 0 ? "same" : class;
		document_count(classes, class);
		if (strcmp(class, "same") != 0)
			json_array_append_new(cells, change_of(cell, class, was, is));
	}
	json_decref(difference);
	json_decref(places);
	json_decref(earlier);
	return json_pack("{s:s, s:o, s:o}", "to", qualify_release(of->runs[at]), "classes", classes,
		"cells", cells);
}

static json_t *steps_of(const struct of_matrix *of)
{
	json_t *steps = json_array(), *before = json_object();

	for (size_t i = 0; i < of->count; i++) {
		if (i > 0)
			json_array_append_new(steps, step(of, i, before));
		remember(before, of->runs[i]);
	}
	json_decref(before);
	return steps;
}

json_t *qualify_outcome(const json_t *cell)
{
	const json_t *transition = json_object_get(cell, "transition");
	const json_t *cause = patterns_first_cause(json_object_get(cell, "logs"));
	const char *ending = document_text(cell, "ending");
	const char *changed = document_text(transition, "changed");
	const char *stands = json_is_false(json_object_get(transition, "steps"))
				     ? "; its work does not continue"
				     : "";

	if (!ending[0])
		return json_string("did not run to its end");
	if (strcmp(ending, "done") != 0)
		return json_sprintf("%s%s%s", ending, cause ? ": " : "",
			cause ? document_text(cause, "label") : "");
	if (!json_object_get(transition, "changed"))
		return json_sprintf("not compared%s", stands);
	return json_sprintf(
		"%s%s%s", changed[0] ? "changed: " : "the same machine", changed, stands);
}

static void add_transitions(const json_t *run, json_t *transitions)
{
	const json_t *cells = json_object_get(json_object_get(run, "findings"), "cells"), *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		const json_t *transition = json_object_get(cell, "transition");

		if (!transition || json_is_true(json_object_get(transition, "again")))
			continue;
		json_array_append_new(transitions,
			json_pack("{s:s, s:O?, s:O?, s:o, s:O?, s:O?, s:O?}", "release",
				qualify_release(run), "name", json_object_get(cell, "name"),
				"words", json_object_get(cell, "words"), "outcome",
				qualify_outcome(cell), "disk", json_object_get(transition, "disk"),
				"clock", json_object_get(transition, "clock"), "verdict",
				json_object_get(cell, "verdict")));
	}
}

static int add_matrix(
	const struct qualify *qualify, const char *name, json_t *matrices, struct problem *why)
{
	struct of_matrix of = { .name = name };
	json_t *transitions = json_array();
	int r = gather(qualify, &of, why);

	for (size_t i = 0; i < of.count && r == 0; i++)
		add_transitions(of.runs[i], transitions);
	if (r == 0)
		r = json_array_append_new(
			    matrices, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:O}", "name", name,
					      "sha256", hashes_of(&of, "matrix"), "patterns",
					      hashes_of(&of, "patterns"), "runs",
					      describe_runs(&of), "cells", cells_of(&of), "steps",
					      steps_of(&of), "transitions", transitions)) < 0
			    ? -ENOMEM
			    : 0;
	json_decref(transitions);
	return r;
}

int qualify_matrices(const struct qualify *qualify, struct problem *why)
{
	json_t *matrices = json_array(), *done = json_object();
	const json_t *run;
	size_t i;
	int r = 0;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		const char *name = qualify_matrix(run);

		if (r < 0 || json_object_get(done, name))
			continue;
		json_object_set_new(done, name, json_true());
		r = add_matrix(qualify, name, matrices, why);
	}
	json_object_set_new(qualify->document, "matrices", matrices);
	json_decref(done);
	return r;
}

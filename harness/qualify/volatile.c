#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "harness/qualify/private.h"
#include "src/document.h"

/* Is that run.json in the bundle? */
static bool is_of(const json_t *bundle, const json_t *run)
{
	const char *sha256 = document_text(run, "sha256");

	return sha256[0] && strcmp(document_text(bundle, "run_sha256"), sha256) == 0;
}

static const json_t *bundle_of(const json_t *bundles, const json_t *run)
{
	const json_t *bundle;
	size_t i;

	json_array_foreach(bundles, i, bundle)
	{
		if (is_of(bundle, run))
			return bundle;
	}
	return NULL;
}

static json_t *describe_bundle(const json_t *bundle)
{
	if (!bundle)
		return json_null();
	return json_pack("{s:O, s:O?, s:O?, s:O?}", "file", json_object_get(bundle, "file"),
		"sha256", json_object_get(bundle, "sha256"), "bytes",
		json_object_get(bundle, "bytes"), "files", json_object_get(bundle, "files"));
}

/* A run that was handed over may say anything. */
static json_int_t plus(json_int_t sum, json_int_t ms)
{
	json_int_t more;

	return ms < 0 ? sum : __builtin_add_overflow(sum, ms, &more) ? INT64_MAX : more;
}

static json_int_t sum_of(const json_t *times)
{
	const char *state;
	json_t *ms;
	json_int_t sum = 0;

	json_object_foreach((json_t *)times, state, ms) sum = plus(sum, json_integer_value(ms));
	return sum;
}

static void add_run(const struct qualify *qualify, const json_t *run, json_t *runs)
{
	const json_t *findings = json_object_get(run, "findings"), *cell;
	json_int_t ms = 0;
	size_t i;

	json_array_foreach(json_object_get(findings, "cells"), i, cell) ms =
		plus(ms, sum_of(json_object_get(cell, "times_ms")));
	json_array_append_new(runs,
		json_pack("{s:s, s:s, s:O?, s:O?, s:O?, s:I, s:o}", "matrix", qualify_matrix(run),
			"release", qualify_release(run), "started",
			json_object_get(findings, "started"), "harness",
			json_object_get(findings, "harness"), "run_sha256",
			json_object_get(run, "sha256"), "seconds", ms / 1000 + (ms % 1000 >= 500),
			"bundle", describe_bundle(bundle_of(qualify->sources->bundles, run))));
}

static void add_transitions(const json_t *run, json_t *transitions)
{
	const json_t *cells = json_object_get(json_object_get(run, "findings"), "cells"), *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		const json_t *transition = json_object_get(cell, "transition");
		const json_t *times = json_object_get(cell, "times_ms");

		if (!transition || json_is_true(json_object_get(transition, "again")))
			continue;
		json_array_append_new(transitions,
			json_pack("{s:s, s:O?, s:O?, s:O?, s:O?, s:O?}", "release",
				qualify_release(run), "name", json_object_get(cell, "name"),
				"behind_ms", json_object_get(transition, "behind_ms"),
				"saved_bytes", json_object_get(transition, "saved_bytes"),
				"save_ms", json_object_get(times, "save"), "restore_ms",
				json_object_get(times, "restore")));
	}
}

/* What was said of a cell that has no answer or is not as expected, with its numbers. */
static void add_words(const json_t *run, json_t *words)
{
	const json_t *cells = json_object_get(json_object_get(run, "findings"), "cells"), *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		const char *verdict = document_text(cell, "verdict");

		if (!document_text(cell, "ending")[0])
			continue;
		if (strcmp(verdict, "FLAKY") != 0 && strcmp(verdict, "FAIL") != 0 &&
			strcmp(verdict, "ERROR") != 0 && strcmp(verdict, "MISS") != 0)
			continue;
		json_array_append_new(words,
			json_pack("{s:s, s:s, s:O?, s:s}", "matrix", qualify_matrix(run), "release",
				qualify_release(run), "name", json_object_get(cell, "name"),
				"cause", document_text(cell, "cause")));
	}
}

static void add_hosts(const struct qualify *qualify, json_t *hosts)
{
	const json_t *release, *host;
	size_t i;

	json_array_foreach(json_object_get(qualify->document, "releases"), i, release)
	{
		const char *name = document_text(release, "name");

		host = json_object_get(qualify->sources->hosts, name);
		if (host)
			json_array_append_new(
				hosts, json_pack("{s:s, s:O?}", "release", name, "when",
					       json_object_get(
						       json_object_get(host, "document"), "when")));
	}
}

/* A bundle that is of no run here would stand for nothing. */
static int check_bundles(const struct qualify *qualify, struct problem *why)
{
	const json_t *bundle, *run;
	size_t i, j;

	json_array_foreach(qualify->sources->bundles, i, bundle)
	{
		bool found = false;

		json_array_foreach(qualify->sources->runs, j, run) found =
			found || is_of(bundle, run);
		if (!found)
			return problem_set(why, -EINVAL,
				"%.200s is the bundle of none of the runs that are named: none of "
				"them has its run.json",
				document_text(bundle, "file"));
	}
	return 0;
}

int qualify_volatile(const struct qualify *qualify, struct problem *why)
{
	json_t *runs = json_array(), *hosts = json_array(), *transitions = json_array();
	json_t *words = json_array();
	const json_t *run;
	size_t i;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		add_run(qualify, run, runs);
		add_transitions(run, transitions);
		add_words(run, words);
	}
	add_hosts(qualify, hosts);
	json_object_set_new(qualify->document, "volatile",
		json_pack("{s:o, s:o, s:o, s:o}", "runs", runs, "preflight", hosts, "transitions",
			transitions, "words", words));
	return check_bundles(qualify, why);
}

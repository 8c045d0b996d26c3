#include "harness/qualify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/build_version.h"
#include "harness/ending.h"
#include "harness/patterns.h"
#include "harness/qualify_private.h"
#include "harness/summary.h"
#include "src/document.h"
#include "src/verdict.h"

const char *qualify_matrix(const json_t *run)
{
	const json_t *findings = json_object_get(run, "findings");

	return document_text(json_object_get(findings, "matrix"), "name");
}

const char *qualify_release(const json_t *run)
{
	return document_text(run, "release");
}

const json_t *qualify_identities(const json_t *run)
{
	const json_t *identities = json_object_get(json_object_get(run, "findings"), "identities");
	const json_t *shards = json_object_get(identities, "shards");

	return json_array_size(shards) > 0 ? json_array_get(shards, 0) : identities;
}

json_t *qualify_name(const json_t *run)
{
	return json_sprintf("%s in %s", qualify_matrix(run), qualify_release(run));
}

/* "what it means: LABEL", of a cell that did not end well or did not end at all. */
static json_t *reason_of_ending(const json_t *cell)
{
	const json_t *cause = patterns_first_cause(json_object_get(cell, "logs"));
	const char *name = document_text(cell, "ending");
	enum ending ending;

	if (!name[0])
		return json_string("the cell did not run to its end");
	if (ending_parse(name, &ending) < 0 || ending == ENDING_DONE)
		return json_string("the cell ended, and could not be judged");
	return json_sprintf("%s%s%s", ending_entry(ending)->meaning, cause ? ": " : "",
		cause ? document_text(cause, "label") : "");
}

static json_t *reason_of_finding(const json_t *finding)
{
	const size_t flags = JSON_ENSURE_ASCII | JSON_SORT_KEYS;
	char *expected = document_dump(json_object_get(finding, "expected"), flags);
	char *seen = document_dump(json_object_get(finding, "seen"), flags);
	json_t *reason = json_sprintf("%s: expected %s, seen %s", document_text(finding, "field"),
		expected ? expected : "nothing", seen ? seen : "nothing");

	free(expected);
	free(seen);
	return reason;
}

json_t *qualify_reason(const json_t *cell)
{
	const char *verdict = document_text(cell, "verdict");
	const json_t *finding;
	size_t i;

	/* What a cell requires and the host lacks has no number in it. */
	if (strcmp(verdict, "SKIP") == 0)
		return json_string(document_text(cell, "cause"));
	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (strcmp(document_text(finding, "verdict"), verdict) == 0 &&
			json_object_get(finding, "seen"))
			return reason_of_finding(finding);
	}
	return reason_of_ending(cell);
}

const json_t *qualify_find_release(const struct qualify *qualify, const char *name)
{
	const json_t *release;
	size_t i;

	json_array_foreach(json_object_get(qualify->document, "releases"), i, release)
	{
		if (strcmp(document_text(release, "name"), name) == 0)
			return release;
	}
	return NULL;
}

static json_t *describe_release(const json_t *run)
{
	const json_t *identities = qualify_identities(run);
	const json_t *host = json_object_get(identities, "host");

	return json_pack("{s:s, s:O?, s:O?, s:O?, s:O?, s:O?, s:O?}", "name", qualify_release(run),
		"versions", json_object_get(identities, "versions"), "qemu",
		json_object_get(json_object_get(identities, "texts"), "qemu"), "kernel",
		json_object_get(host, "kernel"), "device_model",
		json_object_get(identities, "device_model"), "builds",
		json_object_get(identities, "builds"), "cpu", json_object_get(host, "cpu"));
}

/* By the first run of each; the models of `run --model` are those of whichever run had some. */
void qualify_releases(const struct qualify *qualify)
{
	json_t *releases = json_array();
	const json_t *run, *models;
	size_t i;

	json_object_set_new(qualify->document, "releases", releases);
	json_array_foreach(qualify->sources->runs, i, run)
	{
		if (!qualify_find_release(qualify, qualify_release(run)))
			json_array_append_new(releases, describe_release(run));
		models = json_object_get(qualify_identities(run), "models");
		if (models)
			json_object_set(
				(json_t *)qualify_find_release(qualify, qualify_release(run)),
				"models", (json_t *)models);
	}
}

static json_t *summaries_of(const json_t *runs)
{
	json_t *summaries = json_array();
	const json_t *run;
	size_t i;

	json_array_foreach(runs, i, run)
		json_array_append_new(summaries, summary_of(json_object_get(run, "findings")));
	return summaries;
}

int qualify(const struct qualify_sources *sources, json_t **document_r, struct problem *why)
{
	struct qualify qualify = { .sources = sources };
	int r = -ENOMEM;

	qualify.summaries = summaries_of(sources->runs);
	qualify.document = document_new(DOCUMENT_QUALIFICATION, DOCUMENT_VERSION);
	if (!qualify.summaries || !qualify.document)
		goto out;
	json_object_set_new(qualify.document, "harness", json_string(build_version()));
	/* Places first: these stand at the top. */
	json_object_set_new(qualify.document, "decision", json_null());
	json_object_set_new(qualify.document, "verdict", json_null());
	json_object_set_new(qualify.document, "hardware", json_false());
	json_object_set_new(qualify.document, "instead", json_array());
	json_object_set_new(qualify.document, "place", json_array());
	json_object_set_new(qualify.document, "grounds", json_array());
	qualify_releases(&qualify);
	r = qualify_matrices(&qualify, why);
	if (r < 0)
		goto out;
	qualify_cells(&qualify);
	r = qualify_hosts(&qualify, why);
	if (r == 0)
		r = qualify_abis(&qualify, why);
	if (r == 0)
		r = qualify_day(&qualify, why);
	if (r < 0)
		goto out;
	qualify_decide(&qualify);
	*document_r = json_incref(qualify.document);
out:
	json_decref(qualify.summaries);
	json_decref(qualify.document);
	return r;
}

int qualify_exit_status(const json_t *document)
{
	enum verdict worst = VERDICT_MISS;
	int status;

	verdict_parse(document_text(document, "verdict"), &worst);
	status = verdict_exit_status(worst);
	if (status == 0 && strcmp(document_text(document, "decision"), "not qualified") == 0)
		return verdict_exit_status(VERDICT_FAIL);
	return status;
}

/* What renderers walk through; what they only print may be missing. */
int qualify_check(const json_t *document, struct problem *why)
{
	static const char *const arrays[] = { "instead", "place", "grounds", "releases", "coverage",
		"never", "matrices", "failures", "known", "gone", "expired", "unanswered",
		"preflight", "abi" };
	int r = document_check(document, DOCUMENT_QUALIFICATION, DOCUMENT_VERSION, why);

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]) && r == 0; i++) {
		if (!json_is_array(json_object_get(document, arrays[i])))
			r = problem_set(
				why, -EINVAL, "the qualification has no list \"%s\"", arrays[i]);
	}
	if (r == 0 && !json_is_object(json_object_get(document, "day")))
		r = problem_set(why, -EINVAL, "the qualification has no \"day\"");
	return r;
}

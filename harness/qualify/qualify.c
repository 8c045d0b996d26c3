#include "harness/qualify/qualify.h"

#include <errno.h>
#include <string.h>

#include "harness/base/build_version.h"
#include "harness/base/exit_status.h"
#include "harness/qualify/private.h"
#include "harness/report/summary.h"
#include "src/document.h"
#include "src/verdict.h"

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
		if (!qualify_find_release(qualify->document, qualify_release(run)))
			json_array_append_new(releases, describe_release(run));
		models = json_object_get(qualify_identities(run), "models");
		if (models)
			json_object_set((json_t *)qualify_find_release(
						qualify->document, qualify_release(run)),
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

int qualify_document(
	const struct qualify_sources *sources, json_t **document_r, struct problem *why)
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
		r = qualify_volatile(&qualify, why);
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
	if (status == 0 && strcmp(document_text(document, "decision"), "undecided") == 0)
		return EXIT_NO_ANSWER;
	return status;
}

/* Checks the parts that renderers iterate over; a text that they print may be missing. */
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
	if (r == 0 && !json_is_object(qualify_volatile_part(document)))
		r = problem_set(why, -EINVAL, "the qualification has no \"volatile\"");
	return r;
}

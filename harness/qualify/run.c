#include "harness/qualify/run.h"

#include <stdlib.h>
#include <string.h>

#include "harness/logs/patterns.h"
#include "harness/store/ending.h"
#include "src/document.h"

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

json_t *qualify_cell_reason(const json_t *cell)
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

const json_t *qualify_find_release(const json_t *document, const char *name)
{
	const json_t *release;
	size_t i;

	json_array_foreach(json_object_get(document, "releases"), i, release)
	{
		if (strcmp(document_text(release, "name"), name) == 0)
			return release;
	}
	return NULL;
}

const json_t *qualify_volatile_part(const json_t *document)
{
	const json_t *part = json_object_get(document, "volatile");

	return part ? part : json_object_get(document, "day");
}

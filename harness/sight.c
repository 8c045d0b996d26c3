#include "harness/sight.h"

#include <errno.h>
#include <string.h>

#include "harness/ending.h"
#include "harness/patterns.h"
#include "src/document.h"
#include "src/field.h"
#include "src/report.h"

/* One kind. `rest` is what follows the prefix. */
struct sight {
	const char *prefix, *pattern, *meaning;
	int (*check)(const char *rest, struct problem *why); /* NULL: nothing may follow */
	int (*get)(const struct evidence *evidence, const char *rest, json_t **value_r,
		struct problem *why);
};

static int get_ending(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why)
{
	const char *ending = document_text(evidence->end, "ending");
	const json_t *match;
	size_t i;

	if (!ending[0])
		return problem_set(why, -ENODATA, "the cell did not run to its end");
	if (strcmp(ending, ending_entry(ENDING_DONE)->name) != 0) {
		json_array_foreach(evidence->logs, i, match)
		{
			if (!pattern_is_cause(match))
				continue;
			*value_r = json_sprintf("%s: %s", ending, document_text(match, "label"));
			return *value_r ? 0 : -ENOMEM;
		}
	}
	*value_r = json_string(ending);
	return *value_r ? 0 : -ENOMEM;
}

static int get_host(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why)
{
	int r = evidence->host ? field_get(evidence->host, rest, value_r, why) : -ENODATA;

	if (r == -ENODATA)
		problem_set(why, r, "the run did not record %s of its host", rest);
	return r;
}

static const struct sight sights[] = {
	{ "ending", "ending",
		"\"done\", or how the cell ended and the first cause in its logs: \"create-failed: LABEL\"",
		NULL, get_ending },
	{ "host/", "host/FIELD", "that field of the host itself, as when the run began",
		field_check, get_host },
};

#define COUNT (sizeof(sights) / sizeof(sights[0]))

/* The kind of that name with *rest_r, or NULL: then it is a field of the report or nothing. */
static const struct sight *find(const char *name, const char **rest_r)
{
	for (size_t i = 0; i < COUNT; i++) {
		size_t length = strlen(sights[i].prefix);

		if (strncmp(name, sights[i].prefix, length) != 0)
			continue;
		if (!sights[i].check && name[length])
			continue;
		*rest_r = name + length;
		return &sights[i];
	}
	return NULL;
}

json_t *sight_host(const json_t *identities)
{
	json_t *pci = json_object_get(json_object_get(identities, "host"), "pci");
	struct problem why = { 0 };
	json_t *host;

	if (!pci)
		return NULL;
	host = json_pack("{s:O}", "pci", pci);
	if (host && report_check(host, &why) < 0) {
		json_decref(host);
		host = NULL;
	}
	return host;
}

int sight_get(
	const struct evidence *evidence, const char *name, json_t **value_r, struct problem *why)
{
	const char *rest = "";
	const struct sight *sight = find(name, &rest);
	int r;

	if (sight)
		return sight->get(evidence, rest, value_r, why);
	if (!evidence->report) {
		r = field_check(name, why);
		return r < 0 ? r : problem_set(why, -ENODATA, "there is no report to see it in");
	}
	r = field_get(evidence->report, name, value_r, why);
	if (r == -ENODATA)
		problem_set(why, r, "the agent did not look for this field");
	return r;
}

int sight_check(const char *name, struct problem *why)
{
	const char *rest = "";
	const struct sight *sight = find(name, &rest);

	if (!sight)
		return field_check(name, why);
	return sight->check ? sight->check(rest, why) : 0;
}

bool sight_needs_report(const char *name)
{
	const char *rest;

	return !find(name, &rest);
}

void sight_list(void (*each)(void *data, const char *pattern, const char *meaning), void *data)
{
	field_list(each, data);
	for (size_t i = 0; i < COUNT; i++)
		each(data, sights[i].pattern, sights[i].meaning);
}

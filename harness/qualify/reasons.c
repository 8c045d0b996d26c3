#include <stdbool.h>
#include <string.h>

#include "harness/base/measured_on.h"
#include "harness/qualify/private.h"
#include "harness/report/summary.h"
#include "src/document.h"
#include "src/verdict.h"

/* A sentence and what it is of; `of` is stolen. One that is said already gets more to be of. */
void qualify_add_reason(json_t *reasons, json_t *text, json_t *of)
{
	json_t *reason;
	size_t i;

	json_array_foreach(reasons, i, reason)
	{
		if (!json_equal(json_object_get(reason, "text"), text))
			continue;
		json_array_extend(json_object_get(reason, "of"), of);
		json_decref(of);
		json_decref(text);
		return;
	}
	json_array_append_new(reasons, json_pack("{s:o, s:o}", "text", text, "of", of));
}

static void add_once(json_t *words, const char *word)
{
	if (!document_has_text(words, word))
		json_array_append_new(words, json_string(word));
}

/* Where it was measured. Returns whether nothing was on hardware. */
bool qualify_add_reason_place(const struct qualify *qualify)
{
	json_t *place = json_object_get(qualify->document, "place");
	json_t *instead = json_object_get(qualify->document, "instead");
	const json_t *run, *entry;
	bool hardware = true, nothing = true;
	size_t i, j;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		const json_t *measured_on =
			json_object_get(json_array_get(qualify->summaries, i), "measured_on");

		if (measured_on_is_hardware(measured_on)) {
			nothing = false;
			continue;
		}
		hardware = false;
		json_array_foreach(json_object_get(measured_on, "why"), j, entry)
		{
			add_once(instead, document_text(entry, "kind"));
			qualify_add_reason(place, json_incref(json_object_get(entry, "text")),
				json_pack("[o]", qualify_name(run)));
		}
	}
	json_object_set_new(qualify->document, "hardware", json_boolean(hardware));
	return nothing;
}

/* How many cells of a step held before, or were another known deviation, and do not hold now. */
static size_t lost_in(const json_t *step)
{
	static const char *const classes[] = { "regression", "known", QUALIFY_OTHERWISE };
	const json_t *cell;
	size_t i, lost = 0;

	json_array_foreach(json_object_get(step, "cells"), i, cell)
	{
		const char *before = document_text(cell, "a");

		/* What failed before has not become worse. */
		if (!before[0] || strcmp(before, verdict_name(VERDICT_FAIL)) == 0)
			continue;
		for (size_t c = 0; c < sizeof(classes) / sizeof(classes[0]); c++)
			lost += strcmp(document_text(cell, "class"), classes[c]) == 0;
	}
	return lost;
}

void qualify_add_reason_regressions(const struct qualify *qualify, json_t *reasons)
{
	json_t *of = json_array();
	const json_t *matrix, *step;
	size_t i, j, count = 0;

	json_array_foreach(json_object_get(qualify->document, "matrices"), i, matrix)
	{
		json_array_foreach(json_object_get(matrix, "steps"), j, step)
		{
			size_t lost = lost_in(step);

			count += lost;
			if (lost > 0)
				json_array_append_new(
					of, json_sprintf("%s in %s", document_text(matrix, "name"),
						    document_text(step, "to")));
		}
	}
	if (count > 0)
		qualify_add_reason(reasons,
			json_sprintf("%zu %s in an earlier release.", count,
				summary_plural(count, "cell no longer passes as it did",
					"cells no longer pass as they did")),
			json_incref(of));
	json_decref(of);
}

void qualify_add_reason_guests(const struct qualify *qualify, json_t *reasons)
{
	const json_t *run;
	size_t i;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		const char *guest = summary_other_guest(json_object_get(run, "findings"));

		if (guest)
			qualify_add_reason(reasons,
				json_sprintf(
					"The guests were %s, in place of the matrix's own.", guest),
				json_pack("[o]", qualify_name(run)));
	}
}

/* A matrix that not every release has a run of. */
void qualify_add_reason_missing(const struct qualify *qualify, json_t *reasons)
{
	const json_t *releases = json_object_get(qualify->document, "releases"), *release, *run;
	const json_t *matrix;
	size_t i, j, k;

	json_array_foreach(json_object_get(qualify->document, "matrices"), i, matrix)
	{
		json_array_foreach(releases, j, release)
		{
			bool found = false;

			json_array_foreach(json_object_get(matrix, "runs"), k, run) found =
				found || strcmp(document_text(run, "release"),
						 document_text(release, "name")) == 0;
			if (!found)
				qualify_add_reason(reasons,
					json_sprintf("There is no run of the matrix %s.",
						document_text(matrix, "name")),
					json_pack("[s]", document_text(release, "name")));
		}
	}
}

/* What cannot be told of both is the same. */
static bool is_same(const json_t *one, const json_t *other)
{
	return json_is_null(one) || json_is_null(other) || !one || !other || json_equal(one, other);
}

/* Whether all of what a run ran on is of the same Xen, libxl and QEMU as its release. */
static bool is_of_release(const json_t *release, const json_t *identities)
{
	const json_t *model = json_object_get(release, "device_model"), *shard;
	size_t i;

	json_array_foreach(json_object_get(identities, "shards"), i, shard)
	{
		if (!is_of_release(release, shard))
			return false;
	}
	return is_same(json_object_get(release, "versions"),
		       json_object_get(identities, "versions")) &&
	       is_same(json_object_get(model, "sha256"),
		       json_object_get(json_object_get(identities, "device_model"), "sha256"));
}

/* Whether runs that stand for one release were not of the same. */
bool qualify_add_reason_mixed(const struct qualify *qualify, json_t *reasons)
{
	const json_t *run;
	bool mixed = false;
	size_t i;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		if (is_of_release(qualify_find_release(qualify->document, qualify_release(run)),
			    json_object_get(json_object_get(run, "findings"), "identities")))
			continue;
		mixed = true;
		qualify_add_reason(reasons,
			json_string("Its Xen, libxl or QEMU is not the same as in the first run of "
				    "its release."),
			json_pack("[o]", qualify_name(run)));
	}
	return mixed;
}

/* Hosts that fail, or are others than the runs were on. */
bool qualify_add_reason_hosts(const struct qualify *qualify, json_t *reasons)
{
	const json_t *host;
	bool bad = false;
	size_t i;

	json_array_foreach(json_object_get(qualify->document, "preflight"), i, host)
	{
		if (strcmp(document_text(host, "verdict"), "FAIL") == 0) {
			bad = true;
			qualify_add_reason(reasons, json_string("The host fails the preflight."),
				json_pack("[s]", document_text(host, "release")));
		}
		if (!json_is_true(json_object_get(host, "is_of_runs"))) {
			bad = true;
			qualify_add_reason(reasons,
				json_string("The preflight saw different versions than the runs."),
				json_pack("[s]", document_text(host, "release")));
		}
	}
	return bad;
}

/* A QEMU that was built for another Xen. */
bool qualify_add_reason_abis(const struct qualify *qualify, json_t *reasons)
{
	const json_t *abi;
	bool bad = false;
	size_t i;

	json_array_foreach(json_object_get(qualify->document, "abi"), i, abi)
	{
		if (json_array_size(json_object_get(abi, "faults")) == 0)
			continue;
		bad = true;
		qualify_add_reason(reasons,
			json_string("QEMU is built for a different Xen "
				    "(ABI)."),
			json_pack("[s]", document_text(abi, "release")));
	}
	return bad;
}

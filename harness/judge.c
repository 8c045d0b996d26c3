#include "harness/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/ending.h"
#include "harness/judge_expect.h"
#include "harness/judge_logs.h"
#include "harness/origin.h"
#include "harness/plan.h"
#include "harness/prune.h"
#include "harness/shard.h"
#include "harness/views.h"
#include "src/document.h"
#include "src/verdict.h"

static json_t *cause_of_ending(const json_t *end, const struct ending_entry *entry)
{
	const char *detail = document_text(end, "detail");

	return detail[0] ? json_sprintf("%s: %s", entry->meaning, detail)
			 : json_string(entry->meaning);
}

struct opinion {
	enum verdict verdict;
	json_t *cause, *findings;
	const char *layer;
};

static void replace_cause(struct opinion *opinion, json_t *cause)
{
	json_decref(opinion->cause);
	opinion->cause = cause;
}

static void judge_findings(const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, struct opinion *opinion)
{
	json_decref(opinion->findings);
	opinion->findings =
		judge_expectations(plan_cell, identities, evidence, NULL, &opinion->verdict);
	replace_cause(opinion, judge_findings_cause(opinion->findings, opinion->verdict));
}

/*
 * An ending that is the fault of what is under test can be what the matrix expects, or the known
 * deviation: then the findings decide. The test's and the host's own faults nobody can expect; of
 * the host is also what QEMU or libxl refused because of it, by the word of a pattern.
 */
static void judge_other_ending(const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, const struct ending_entry *entry, struct opinion *opinion)
{
	const json_t *cause = patterns_first_cause(evidence->logs);
	enum verdict worst;

	opinion->cause = cause_of_ending(evidence->end, entry);
	if (entry->verdict != VERDICT_FAIL)
		return;
	if (strcmp(document_text(cause, "layer"), "host") == 0) {
		opinion->verdict = VERDICT_MISS;
		return;
	}
	json_decref(opinion->findings);
	opinion->findings = judge_expectations(plan_cell, identities, evidence, "ending", &worst);
	if (json_array_size(opinion->findings) > 0 && worst <= VERDICT_XFAIL)
		judge_findings(plan_cell, identities, evidence, opinion);
}

static void judge_end(const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, const char *report_trouble, struct opinion *opinion)
{
	enum ending ending = ENDING_HOST_FAILED;
	const struct ending_entry *entry;

	if (ending_parse(document_text(evidence->end, "ending"), &ending) < 0) {
		opinion->verdict = VERDICT_ERROR;
		opinion->cause = json_sprintf("end.json names an ending this program does not "
					      "know: \"%s\"",
			document_text(evidence->end, "ending"));
		return;
	}
	entry = ending_entry(ending);
	opinion->verdict = entry->verdict;
	opinion->layer = entry->layer;
	if (ending == ENDING_DONE && !evidence->report) {
		opinion->verdict = VERDICT_ERROR;
		opinion->cause = json_sprintf("the cell ended well, but its report.json is no "
					      "report: %s",
			report_trouble ? report_trouble : "it is not there");
	} else if (ending == ENDING_DONE) {
		judge_findings(plan_cell, identities, evidence, opinion);
	} else {
		judge_other_ending(plan_cell, identities, evidence, entry, opinion);
	}
}

/*
 * A line of a log that says why knows better than the ending, and than the first finding. A refusal
 * that was predicted is named by its finding already, and only its layer is missing.
 */
static void judge_logs_cause(const json_t *logs, struct opinion *opinion)
{
	const json_t *cause = patterns_first_cause(logs);
	bool refused = opinion->verdict <= VERDICT_XFAIL && opinion->layer;

	if (!cause || (opinion->verdict < VERDICT_FAIL && !refused))
		return;
	opinion->layer = document_text(cause, "layer");
	if (refused)
		return;
	replace_cause(opinion, json_sprintf("%s: %s%s%s", document_text(cause, "label"),
				       document_text(cause, "text"),
				       json_string_length(opinion->cause) ? "; " : "",
				       json_string_value(opinion->cause)));
}

/* As patterns and endings call it. */
static const char *for_people(const char *layer)
{
	return layer && strcmp(layer, "qemu") == 0 ? "QEMU" : layer;
}

/*
 * A guest that is not as expected: at the first of its wrong fields, the first layer whose view of
 * it is wrong already.
 */
static void judge_views(const struct evidence *evidence, struct opinion *opinion)
{
	const json_t *finding;
	size_t i;

	if (opinion->verdict != VERDICT_FAIL || opinion->layer)
		return;
	json_array_foreach(opinion->findings, i, finding)
	{
		const char *field = document_text(finding, "field");

		if (strcmp(document_text(finding, "verdict"), verdict_name(VERDICT_FAIL)) != 0)
			continue;
		if (strcmp(field, "views") == 0)
			opinion->layer = for_people(document_text(finding, "seen"));
		else
			opinion->layer = for_people(views_blame(evidence->views, field,
				json_object_get(finding, "expected"), evidence->report));
		if (opinion->layer)
			return;
	}
}

/* What is left of the guest on the host is worse than any finding: the host is not as it was. */
static void judge_leftovers(const json_t *end, struct opinion *opinion)
{
	const json_t *leftovers = json_object_get(end, "leftovers");

	if (json_array_size(leftovers) == 0)
		return;
	opinion->verdict = verdict_worst(opinion->verdict, VERDICT_MISS);
	opinion->layer = "host";
	replace_cause(opinion, json_sprintf("left on the host: %s%s%s",
				       json_string_value(json_array_get(leftovers, 0)),
				       json_string_length(opinion->cause) ? "; and " : "",
				       json_string_value(opinion->cause)));
}

json_t *judge_cell(size_t index, const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, const char *report_trouble)
{
	struct opinion opinion = { .verdict = VERDICT_MISS, .findings = json_array() };
	const json_t *end = evidence->end, *logs = evidence->logs;
	const json_t *ending = json_object_get(end, "ending");
	json_t *cell;

	if (end)
		judge_end(plan_cell, identities, evidence, report_trouble, &opinion);
	else
		opinion.cause = json_string("the cell did not run to its end");
	judge_logs_cause(logs, &opinion);
	judge_views(evidence, &opinion);
	judge_leftovers(end, &opinion);
	cell = json_pack("{s:I, s:O, s:O*, s:s, s:o, s:o, s:O*, s:O*}", "index", (json_int_t)index,
		"name", json_object_get(plan_cell, "name"), "words",
		json_object_get(plan_cell, "words"), "verdict", verdict_name(opinion.verdict),
		"cause", opinion.cause, "findings", opinion.findings, "times_ms",
		json_object_get(end, "times_ms"), "logs", logs);
	if (json_array_size(json_object_get(evidence->views, "layers")) > 0)
		json_object_set(cell, "views", (json_t *)evidence->views);
	json_object_set_new(cell, "ending", ending ? json_incref((json_t *)ending) : json_null());
	json_object_set_new(
		cell, "layer", opinion.layer ? json_string(opinion.layer) : json_null());
	return cell;
}

/* A stored run, and what is the same for all its cells. */
struct judging {
	const struct store *store;
	const json_t *run, *plan;
	const struct patterns *patterns;
	json_t *places; /* of its plan, the stored one */
	struct origins origins;
};

/* What a cell left, read from its folder; all owned. */
struct cell_record {
	json_t *end, *report, *logs, *cut, *pruned, *views, *xen;
	struct problem end_trouble, report_trouble;
};

/* The cell of that name in the stored plan, NULL if it has none. */
static const json_t *stored_cell(const struct judging *judging, const json_t *plan_cell)
{
	ssize_t at = plan_place(judging->places, document_text(plan_cell, "name"));

	return at < 0 ? NULL : json_array_get(json_object_get(judging->plan, "cells"), (size_t)at);
}

static void read_record(const struct judging *judging, const json_t *plan_cell,
	const struct origin *origin, struct cell_record *record)
{
	const char *name = document_text(plan_cell, "name");
	ssize_t at = plan_place(judging->places, name);
	int fd = at < 0 || !origin ? -1
				   : store_cell(judging->store, (size_t)at, name, false,
					     &record->end_trouble);

	if (fd < 0)
		return;
	/* Whatever a damaged record says, nobody recorded it. */
	if (seal_check(fd, &record->end_trouble) < 0) {
		close(fd);
		return;
	}
	record->pruned = prune_names(fd);
	store_read_json(fd, "end.json", DOCUMENT_END, &record->end, &record->end_trouble);
	store_read_report(fd, &record->report, &record->report_trouble);
	if (judging->patterns)
		record->logs = judge_logs(judging->patterns, fd, record->report,
			json_object_get(origin->identities, "versions"), &record->cut);
	record->views = views_of_cell(
		plan_cell, document_text(origin->identities, "acts_as"), fd, record->report);
	record->xen = sight_xen(fd);
	close(fd);
}

static void free_record(struct cell_record *record)
{
	json_decref(record->end);
	json_decref(record->report);
	json_decref(record->logs);
	json_decref(record->cut);
	json_decref(record->pruned);
	json_decref(record->views);
	json_decref(record->xen);
}

/* Another shard has the cell: it is no business of this run. A merged run has all of them. */
static bool is_elsewhere(const struct judging *judging, const json_t *plan_cell)
{
	const json_t *stored = stored_cell(judging, plan_cell);

	return stored && shard_is_elsewhere(judging->plan, stored);
}

static json_t *judge_stored(const struct judging *judging, size_t index, const json_t *plan_cell)
{
	struct cell_record record = { 0 };
	const struct origin *origin =
		origin_of(&judging->origins, stored_cell(judging, plan_cell), &record.end_trouble);
	json_t *cell;

	read_record(judging, plan_cell, origin, &record);
	cell = judge_cell(index, plan_cell, origin ? origin->identities : NULL,
		&(struct evidence){ record.end, record.report, record.logs,
			origin ? origin->host : NULL, record.views, record.xen,
			document_text(judging->run, "started") },
		record.report_trouble.text[0] ? record.report_trouble.text : NULL);
	json_object_set(cell, "shard", json_object_get(stored_cell(judging, plan_cell), "shard"));
	if (json_array_size(record.cut) > 0)
		json_object_set(cell, "logs_cut", record.cut);
	if (json_array_size(record.pruned) > 0)
		json_object_set(cell, "pruned", record.pruned);
	if (!record.end && record.end_trouble.text[0])
		json_object_set_new(cell, "cause", json_string(record.end_trouble.text));
	free_record(&record);
	return cell;
}

static json_t *count(const json_t *cells, enum verdict *worst_r)
{
	json_t *counts = json_object();
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		const char *name = document_text(cell, "verdict");
		enum verdict verdict = VERDICT_ERROR;

		verdict_parse(name, &verdict);
		*worst_r = verdict_worst(*worst_r, verdict);
		document_count(counts, name);
	}
	return counts;
}

int judge_run(const struct store *store, const json_t *run, const json_t *stored_plan,
	const json_t *plan, const struct patterns *patterns, json_t **findings_r,
	struct problem *why)
{
	json_t *findings = document_new(DOCUMENT_FINDINGS, DOCUMENT_VERSION);
	const json_t *identities = json_object_get(run, "identities");
	struct judging judging = { store, run, stored_plan, patterns, plan_places(stored_plan) };
	json_t *cells = json_array(), *counts;
	enum verdict worst = VERDICT_PASS;
	const json_t *cell;
	size_t i, elsewhere = 0;
	int r = origins_read(run, &judging.origins, why);

	json_array_foreach(r == 0 ? json_object_get(plan, "cells") : NULL, i, cell)
	{
		if (is_elsewhere(&judging, cell))
			elsewhere++;
		else
			json_array_append_new(
				cells, judge_stored(&judging, json_array_size(cells), cell));
	}
	json_decref(judging.places);
	origins_free(&judging.origins);
	counts = count(cells, &worst);
	json_object_set(findings, "matrix", json_object_get(plan, "matrix"));
	json_object_set(findings, "harness", json_object_get(run, "harness"));
	json_object_set(findings, "started", json_object_get(run, "started"));
	json_object_set(findings, "identities", (json_t *)identities);
	json_object_set_new(
		findings, "patterns", patterns ? patterns_identity(patterns) : json_null());
	json_object_set_new(findings, "verdict", json_string(verdict_name(worst)));
	json_object_set_new(findings, "counts", counts);
	json_object_set_new(findings, "cells", cells);
	if (json_object_get(stored_plan, "shard"))
		json_object_set_new(findings, "shard", shard_describe(stored_plan, elsewhere));
	if (r < 0 || json_array_size(cells) + elsewhere !=
			     json_array_size(json_object_get(plan, "cells"))) {
		json_decref(findings);
		return problem_set(why, -ENOMEM, "no memory to judge the run");
	}
	*findings_r = findings;
	return 0;
}

int judge_exit_status(const json_t *findings)
{
	const json_t *counts = json_object_get(findings, "counts");
	json_int_t skipped = json_integer_value(json_object_get(counts, "SKIP"));
	enum verdict verdict = VERDICT_ERROR;

	verdict_parse(document_text(findings, "verdict"), &verdict);
	if ((size_t)skipped == json_array_size(json_object_get(findings, "cells"))) {
		fputs("igd-harness: nothing was tested: every cell was skipped\n", stderr);
		return verdict_exit_status(VERDICT_MISS);
	}
	return verdict_exit_status(verdict);
}

#include "harness/judge/judge.h"

#include <string.h>

#include "harness/judge/expect.h"
#include "harness/plan/transition.h"
#include "harness/store/ending.h"
#include "harness/views/views.h"
#include "src/document.h"
#include "src/verdict.h"

static json_t *cause_of_ending(const json_t *end, const struct ending_entry *entry)
{
	const char *detail = document_text(end, "detail");

	return detail[0] ? json_sprintf("%s: %s", entry->meaning, detail)
			 : json_string(entry->meaning);
}

struct cell_verdict {
	enum verdict verdict;
	json_t *cause, *findings;
	const char *layer;
};

static void replace_cause(struct cell_verdict *cell_verdict, json_t *cause)
{
	json_decref(cell_verdict->cause);
	cell_verdict->cause = cause;
}

static void judge_findings(const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, struct cell_verdict *cell_verdict)
{
	json_decref(cell_verdict->findings);
	cell_verdict->findings =
		judge_expectations(plan_cell, identities, evidence, NULL, &cell_verdict->verdict);
	replace_cause(
		cell_verdict, judge_findings_cause(cell_verdict->findings, cell_verdict->verdict));
}

/* Does one of those expectations, or findings, speak of the signs in the logs? Then it decides. */
static bool speaks_of_signs(const json_t *list)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		if (strcmp(document_text(entry, "field"), "signs") == 0)
			return true;
	}
	return false;
}

/* The line goes before the cause that the cell has. */
static void lead_cause(const json_t *line, struct cell_verdict *cell_verdict)
{
	replace_cause(cell_verdict, json_sprintf("%s: %s%s%s", document_text(line, "label"),
					    document_text(line, "text"),
					    json_string_length(cell_verdict->cause) ? "; " : "",
					    json_string_value(cell_verdict->cause)));
}

/* The cell is what a line makes of it that shows that something broke. */
static void take_grave(const json_t *grave, struct cell_verdict *cell_verdict)
{
	cell_verdict->layer = document_text(grave, "layer");
	cell_verdict->verdict =
		strcmp(cell_verdict->layer, "host") == 0 ? VERDICT_MISS : VERDICT_FAIL;
}

/*
 * A guest without a report in which something broke: the line would make it FAIL with a report, and
 * a kernel that waits for a device that is gone is why there is none.
 */
static void judge_grave_error(const json_t *logs, struct cell_verdict *cell_verdict)
{
	const json_t *grave = patterns_first_grave(logs);

	if (!grave)
		return;
	take_grave(grave, cell_verdict);
	lead_cause(grave, cell_verdict);
}

/*
 * An ending that is the fault of what is under test can be what the matrix expects: then the
 * findings decide. Or it is the known deviation, and that is all that is to be said. The test's and
 * the host's own faults nobody can expect; of the host is also what QEMU or libxl refused because
 * of it, by the word of a pattern.
 */
static void judge_other_ending(const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, const struct ending_entry *entry,
	struct cell_verdict *cell_verdict)
{
	const json_t *cause = patterns_first_cause(evidence->logs);
	enum verdict worst;

	cell_verdict->cause = cause_of_ending(evidence->end, entry);
	if (entry->verdict == VERDICT_ERROR &&
		!speaks_of_signs(json_object_get(plan_cell, "expect")))
		judge_grave_error(evidence->logs, cell_verdict);
	if (entry->verdict != VERDICT_FAIL)
		return;
	if (strcmp(document_text(cause, "layer"), "host") == 0) {
		cell_verdict->verdict = VERDICT_MISS;
		return;
	}
	json_decref(cell_verdict->findings);
	cell_verdict->findings =
		judge_expectations(plan_cell, identities, evidence, "ending", &worst);
	if (worst == VERDICT_XFAIL) {
		/* What else is expected is of the guest that there should be. */
		cell_verdict->verdict = worst;
		replace_cause(cell_verdict, judge_findings_cause(cell_verdict->findings, worst));
	} else if (json_array_size(cell_verdict->findings) > 0 && worst < VERDICT_XFAIL) {
		judge_findings(plan_cell, identities, evidence, cell_verdict);
	}
}

static void judge_end(const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, const char *report_trouble,
	struct cell_verdict *cell_verdict)
{
	enum ending ending = ENDING_HOST_FAILED;
	const struct ending_entry *entry;

	if (ending_parse(document_text(evidence->end, "ending"), &ending) < 0) {
		cell_verdict->verdict = VERDICT_ERROR;
		cell_verdict->cause = json_sprintf(
			"end.json has an ending that this program does not know: \"%s\"",
			document_text(evidence->end, "ending"));
		return;
	}
	entry = ending_entry(ending);
	cell_verdict->verdict = entry->verdict;
	cell_verdict->layer = entry->layer;
	if (ending == ENDING_DONE && transition_is(plan_cell) && !evidence->moved) {
		cell_verdict->verdict = VERDICT_ERROR;
		cell_verdict->cause = json_sprintf(
			"the cell ended as done, but there are no two reports to compare: %s",
			report_trouble ? report_trouble : "one is missing");
	} else if (ending == ENDING_DONE && !evidence->report) {
		cell_verdict->verdict = VERDICT_ERROR;
		cell_verdict->cause =
			json_sprintf("the cell ended as done, but its report.json is not a valid "
				     "report: %s",
				report_trouble ? report_trouble : "it is missing");
	} else if (ending == ENDING_DONE) {
		judge_findings(plan_cell, identities, evidence, cell_verdict);
	} else {
		judge_other_ending(plan_cell, identities, evidence, entry, cell_verdict);
	}
}

/*
 * The line that says why: the first cause. Of a guest that ran and is not as expected also a grave
 * one: the driver that failed is why there is no screen. An ending has a layer of its own.
 */
static const json_t *first_reason(const json_t *logs, const struct cell_verdict *cell_verdict)
{
	const json_t *cause = patterns_first_cause(logs);

	if (!cause && cell_verdict->verdict == VERDICT_FAIL && !cell_verdict->layer &&
		!speaks_of_signs(cell_verdict->findings))
		cause = patterns_first_grave(logs);
	return cause;
}

/*
 * A line of a log that says why knows better than the ending, and than the first finding. A refusal
 * that was predicted is named by its finding already, and only its layer is missing.
 */
static void judge_logs_cause(const json_t *logs, struct cell_verdict *cell_verdict)
{
	const json_t *cause = first_reason(logs, cell_verdict);
	bool refused = cell_verdict->verdict <= VERDICT_XFAIL && cell_verdict->layer;

	if (!cause || (cell_verdict->verdict < VERDICT_FAIL && !refused))
		return;
	cell_verdict->layer = document_text(cause, "layer");
	if (refused)
		return;
	lead_cause(cause, cell_verdict);
}

/*
 * A line that shows that something broke: the cell is not as good as its fields. As dmesg-fail in
 * igt_runner.
 */
static void judge_grave(const json_t *logs, struct cell_verdict *cell_verdict)
{
	const json_t *grave = patterns_first_grave(logs);

	if (!grave || cell_verdict->verdict >= VERDICT_FAIL ||
		speaks_of_signs(cell_verdict->findings))
		return;
	take_grave(grave, cell_verdict);
	replace_cause(cell_verdict, json_sprintf("%s: %s", document_text(grave, "label"),
					    document_text(grave, "text")));
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
static void judge_views(const struct evidence *evidence, struct cell_verdict *cell_verdict)
{
	const json_t *finding;
	size_t i;

	if (cell_verdict->verdict != VERDICT_FAIL || cell_verdict->layer)
		return;
	json_array_foreach(cell_verdict->findings, i, finding)
	{
		const char *field = document_text(finding, "field");

		if (strcmp(document_text(finding, "verdict"), verdict_name(VERDICT_FAIL)) != 0)
			continue;
		if (strcmp(field, "views") == 0)
			cell_verdict->layer = for_people(document_text(finding, "seen"));
		else
			cell_verdict->layer = for_people(views_blame(evidence->views, field,
				json_object_get(finding, "expected"), evidence->report));
		if (cell_verdict->layer)
			return;
	}
}

/* What is left of the guest on the host is worse than any finding: the host is not as it was. */
static void judge_leftovers(const json_t *end, struct cell_verdict *cell_verdict)
{
	const json_t *leftovers = json_object_get(end, "leftovers");

	if (json_array_size(leftovers) == 0)
		return;
	cell_verdict->verdict = verdict_worst(cell_verdict->verdict, VERDICT_MISS);
	cell_verdict->layer = "host";
	replace_cause(cell_verdict,
		json_sprintf(JUDGE_LEFT "%s%s%s", json_string_value(json_array_get(leftovers, 0)),
			json_string_length(cell_verdict->cause) ? "; and " : "",
			json_string_value(cell_verdict->cause)));
}

/* What the cell wrote down of it, and what comparing the two reports says. */
static json_t *describe_transition(const json_t *end, const json_t *moved)
{
	json_t *transition = json_copy((json_t *)end);

	json_object_update(transition, (json_t *)moved);
	return transition;
}

json_t *judge_cell(size_t index, const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, const char *report_trouble)
{
	struct cell_verdict cell_verdict = { .verdict = VERDICT_MISS, .findings = json_array() };
	const json_t *end = evidence->end, *logs = evidence->logs;
	const json_t *ending = json_object_get(end, "ending");
	json_t *cell;

	if (end)
		judge_end(plan_cell, identities, evidence, report_trouble, &cell_verdict);
	else
		cell_verdict.cause = json_string("the cell did not run to its end");
	judge_logs_cause(logs, &cell_verdict);
	judge_views(evidence, &cell_verdict);
	if (strcmp(document_text(end, "ending"), ending_entry(ENDING_DONE)->name) == 0)
		judge_grave(logs, &cell_verdict);
	judge_leftovers(end, &cell_verdict);
	cell = json_pack("{s:I, s:O, s:O*, s:s, s:o, s:o, s:O*, s:O*}", "index", (json_int_t)index,
		"name", json_object_get(plan_cell, "name"), "words",
		json_object_get(plan_cell, "words"), "verdict", verdict_name(cell_verdict.verdict),
		"cause", cell_verdict.cause, "findings", cell_verdict.findings, "times_ms",
		json_object_get(end, "times_ms"), "logs", logs);
	if (json_array_size(json_object_get(evidence->views, "layers")) > 0)
		json_object_set(cell, "views", (json_t *)evidence->views);
	if (json_object_get(end, "transition"))
		json_object_set_new(cell, "transition",
			describe_transition(json_object_get(end, "transition"), evidence->moved));
	json_object_set_new(cell, "ending", ending ? json_incref((json_t *)ending) : json_null());
	json_object_set_new(
		cell, "layer", cell_verdict.layer ? json_string(cell_verdict.layer) : json_null());
	return cell;
}

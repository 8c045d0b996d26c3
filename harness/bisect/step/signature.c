#include "harness/bisect/step/signature.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/evidence/fields.h"
#include "harness/judge/judge.h"
#include "harness/logs/patterns.h"
#include "src/document.h"
#include "src/verdict.h"

/* What a revision does not know is no deviation of it: labels of results/data/patterns.yaml. */
static const char *const unknown_labels[] = { "machine-unknown", "xenfv-without-xen",
	"passthrough-not-built", "passthrough-device-unknown", NULL };

int bisect_signature_add(json_t *signature, const char *text, struct problem *why)
{
	const char *colon = strchr(text, ':'), *equals = colon ? strchr(colon, '=') : NULL;
	struct problem inner = { 0 };
	json_t *seen;
	char *field;
	int r;

	if (!equals || colon == text || equals == colon + 1)
		return problem_set(why, -EINVAL,
			"\"%.200s\" is not a signature: write CELL:FIELD=VALUE, such as "
			"pc-none-std-linux:display/mode=1024x768, or CELL:ending=model-died",
			text);
	field = strndup(colon + 1, (size_t)(equals - colon - 1));
	r = evidence_check(field, &inner);
	if (r < 0)
		problem_set(why, r, "the signature \"%.200s\": %s", text, inner.text);
	seen = strcmp(equals + 1, "nothing") == 0 ? json_null()
						  : json_loads(equals + 1, JSON_DECODE_ANY, NULL);
	if (!seen)
		seen = json_string(equals + 1);
	if (r == 0)
		json_array_append_new(
			signature, json_pack("{s:s%, s:s, s:O}", "cell", text,
					   (size_t)(colon - text), "field", field, "seen", seen));
	json_decref(seen);
	free(field);
	return r;
}

static enum verdict verdict_of(const json_t *judged)
{
	enum verdict verdict = VERDICT_MISS;

	verdict_parse(document_text(judged, "verdict"), &verdict);
	return verdict;
}

/* Was a deviation seen in the cell, once at least? */
static bool deviates(const json_t *cell)
{
	return verdict_is_deviation(verdict_of(cell));
}

/* How it ended, in the words of the sight of that name. */
static json_t *ending_of(const json_t *cell)
{
	const char *ending = document_text(cell, "ending");
	const json_t *cause = patterns_first_cause(json_object_get(cell, "logs"));

	if (!cause || strcmp(ending, "done") == 0)
		return json_string(ending);
	return json_sprintf("%s: %s", ending, document_text(cause, "label"));
}

static void add_part(json_t *signature, const json_t *cell, const char *field, json_t *seen)
{
	json_array_append_new(
		signature, json_pack("{s:s, s:s, s:o}", "cell", document_text(cell, "name"),
				   "field", field, "seen", seen));
}

/* What every cell of that verdict deviates in. */
static json_t *deviations_of(const json_t *findings, enum verdict verdict)
{
	const json_t *cell, *finding;
	json_t *signature = json_array();
	size_t i, j;

	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		/* What is FLAKY shows the findings of a run that was FAIL. */
		if (verdict_of(cell) != verdict && !(verdict == VERDICT_FAIL && deviates(cell)))
			continue;
		if (strcmp(document_text(cell, "ending"), "done") != 0) {
			add_part(signature, cell, "ending", ending_of(cell));
			continue;
		}
		json_array_foreach(json_object_get(cell, "findings"), j, finding)
		{
			if (verdict_of(finding) == verdict)
				add_part(signature, cell, document_text(finding, "field"),
					json_incref(json_object_get(finding, "seen")));
		}
	}
	return signature;
}

json_t *bisect_signature_of(const json_t *findings)
{
	return deviations_of(findings, VERDICT_FAIL);
}

json_t *bisect_known_of(const json_t *findings)
{
	return deviations_of(findings, VERDICT_XFAIL);
}

void bisect_signature_part_print(const json_t *part, FILE *stream)
{
	escape_text(stream, document_text(part, "cell"));
	fputc(':', stream);
	escape_text(stream, document_text(part, "field"));
	fputc('=', stream);
	escape_value(stream, json_object_get(part, "seen"));
}

void bisect_signature_option_print(const json_t *part, FILE *stream)
{
	size_t length = 0;
	char *text = NULL;
	FILE *plain = open_memstream(&text, &length);

	if (!plain)
		return;
	bisect_signature_part_print(part, plain);
	fclose(plain);
	fputs("--signature '", stream);
	for (const char *c = text; c && *c; c++) {
		if (*c == '\'')
			fputs("'\\''", stream);
		else
			fputc(*c, stream);
	}
	fputc('\'', stream);
	free(text);
}

void bisect_signature_print(const json_t *signature, FILE *stream)
{
	const json_t *part;
	size_t i;

	json_array_foreach(signature, i, part)
	{
		if (i > 0)
			fputs(", ", stream);
		bisect_signature_part_print(part, stream);
	}
}

static const json_t *find_cell(const json_t *findings, const char *name)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		if (strcmp(document_text(cell, "name"), name) == 0)
			return cell;
	}
	return NULL;
}

/* What the cell saw there; NULL if nobody looked. New reference. */
static json_t *seen_by(const json_t *cell, const char *field, bisect_look *look, void *data)
{
	const json_t *finding;
	size_t i;

	if (strcmp(field, "ending") == 0)
		return ending_of(cell);
	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		json_t *seen = json_object_get(finding, "seen");

		if (strcmp(document_text(finding, "field"), field) == 0 && seen)
			return json_incref(seen);
	}
	return look ? look(data, document_text(cell, "name"), field) : NULL;
}

/* Does this revision not know the configuration at all? */
static bool is_unknown_configuration(const json_t *cell)
{
	const char *label =
		document_text(patterns_first_cause(json_object_get(cell, "logs")), "label");

	if (strcmp(document_text(cell, "ending"), "done") == 0)
		return false;
	for (size_t i = 0; unknown_labels[i]; i++) {
		if (strcmp(label, unknown_labels[i]) == 0)
			return true;
	}
	return false;
}

static void say_cell(const json_t *cell, const char *meaning, FILE *why)
{
	const char *cause = document_text(cell, "cause");

	escape_text(why, document_text(cell, "name"));
	fprintf(why, " is %s%s%s: ", document_text(cell, "verdict"), meaning[0] ? ", " : "",
		meaning);
	escape_text(why, cause[0] ? cause : "no cause is known");
}

/* A guest that ran and reported can be asked, whatever else of it was skipped: a guest without a
 * driver of the IGD has slots all the same. */
static bool was_skipped(const json_t *cell)
{
	return verdict_of(cell) == VERDICT_SKIP && !judge_was_tested(cell);
}

/* The host first: on a broken one no other verdict means anything. */
static bool judge_host(const json_t *findings, FILE *why)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		if (verdict_of(cell) != VERDICT_MISS)
			continue;
		say_cell(cell, "so the revision was not tested", why);
		return false;
	}
	return true;
}

static enum bisect_answer judge_by_matrix(const json_t *findings, FILE *why)
{
	const json_t *cell, *failed = NULL, *open = NULL, *tested = NULL, *skipped = NULL;
	size_t i;

	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		enum verdict verdict = verdict_of(cell);

		if (deviates(cell) && !is_unknown_configuration(cell))
			failed = failed ? failed : cell;
		else if (verdict >= VERDICT_FLAKY)
			open = open ? open : cell;
		else if (was_skipped(cell))
			skipped = skipped ? skipped : cell;
		else
			tested = cell;
	}
	if (failed) {
		say_cell(failed, "", why);
		return BISECT_BAD;
	}
	if (open || !tested) {
		say_cell(open ? open : skipped,
			open && is_unknown_configuration(open) ? "the configuration is not known"
							       : "which cannot be tested",
			why);
		return BISECT_SKIP;
	}
	fputs("as expected", why);
	return BISECT_GOOD;
}

/* One part of a signature: BISECT_BAD if it is seen. */
static enum bisect_answer judge_part(
	const json_t *findings, const json_t *part, bisect_look *look, void *data, FILE *why)
{
	const char *field = document_text(part, "field");
	const json_t *cell = find_cell(findings, document_text(part, "cell"));
	json_t *seen = cell ? seen_by(cell, field, look, data) : NULL;
	enum bisect_answer answer = BISECT_SKIP;

	if (seen && json_equal(seen, json_object_get(part, "seen"))) {
		bisect_signature_part_print(part, why);
		answer = BISECT_BAD;
	} else if (!cell) {
		fprintf(why, "the run has no cell %s", document_text(part, "cell"));
	} else if (is_unknown_configuration(cell)) {
		say_cell(cell, "the configuration is not known", why);
	} else if (deviates(cell)) {
		say_cell(cell, "but with a different deviation", why);
	} else if (was_skipped(cell) || verdict_of(cell) == VERDICT_ERROR) {
		say_cell(cell, "which cannot be tested", why);
	} else if (!seen) {
		fprintf(why, "%s did not search for %s", document_text(cell, "name"), field);
	} else {
		escape_text(why, document_text(cell, "name"));
		fprintf(why, ":%s is ", field);
		escape_value(why, seen);
		answer = BISECT_GOOD;
	}
	json_decref(seen);
	return answer;
}

/* Judges one part and gives its sentence, which the caller frees. */
static enum bisect_answer judge_and_say(
	const json_t *findings, const json_t *part, bisect_look *look, void *data, char **said_r)
{
	enum bisect_answer answer;
	size_t length = 0;
	FILE *stream = open_memstream(said_r, &length);

	if (!stream)
		return BISECT_STOP;
	answer = judge_part(findings, part, look, data, stream);
	fclose(stream);
	return answer;
}

static enum bisect_answer judge_by_signature(
	const json_t *findings, const json_t *signature, bisect_look *look, void *data, FILE *why)
{
	size_t counts[BISECT_ANSWERS] = { 0 }, i;
	char *sentence = NULL;
	const json_t *part;

	json_array_foreach(signature, i, part)
	{
		char *said = NULL;
		enum bisect_answer answer = judge_and_say(findings, part, look, data, &said);

		/* One sentence: the first, or the first that leaves it open. */
		if (i == 0 || (answer == BISECT_SKIP && counts[BISECT_SKIP] == 0)) {
			free(sentence);
			sentence = said;
			said = NULL;
		}
		counts[answer]++;
		free(said);
	}
	fputs(sentence ? sentence : "out of memory", why);
	free(sentence);
	if (counts[BISECT_STOP] > 0 || counts[BISECT_SKIP] > 0)
		return counts[BISECT_STOP] > 0 ? BISECT_STOP : BISECT_SKIP;
	if (counts[BISECT_BAD] > 0 && counts[BISECT_GOOD] > 0) {
		fprintf(why,
			"; the signature has %zu deviations, of which %zu are seen: choose one "
			"with --signature",
			json_array_size(signature), counts[BISECT_BAD]);
		return BISECT_SKIP;
	}
	return counts[BISECT_BAD] > 0 ? BISECT_BAD : BISECT_GOOD;
}

enum bisect_answer bisect_judge(const json_t *findings, const json_t *signature, bisect_look *look,
	void *data, char **why_r)
{
	enum bisect_answer answer = BISECT_STOP;
	size_t length = 0;
	FILE *why = open_memstream(why_r, &length);

	if (!why)
		return BISECT_STOP;
	if (judge_host(findings, why))
		answer = json_array_size(signature) > 0
				 ? judge_by_signature(findings, signature, look, data, why)
				 : judge_by_matrix(findings, why);
	fclose(why);
	return answer;
}

enum bisect_answer bisect_count(
	const size_t counts[static BISECT_ANSWERS], unsigned int repeat, unsigned int need)
{
	size_t done = counts[BISECT_GOOD] + counts[BISECT_BAD] + counts[BISECT_SKIP];
	size_t left = done < repeat ? repeat - done : 0;

	if (counts[BISECT_STOP] > 0)
		return BISECT_STOP;
	if (counts[BISECT_BAD] >= need)
		return BISECT_BAD;
	/* A revision that cannot be tested is not asked as often. */
	if (done > 0 && counts[BISECT_SKIP] == done)
		return BISECT_SKIP;
	if (counts[BISECT_BAD] + counts[BISECT_SKIP] + left < need)
		return BISECT_GOOD;
	return left > 0 ? BISECT_UNKNOWN : BISECT_SKIP;
}

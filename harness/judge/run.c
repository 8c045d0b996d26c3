#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/build_version.h"
#include "harness/base/measured_on.h"
#include "harness/judge/judge.h"
#include "harness/judge/record.h"
#include "harness/judge/repeats.h"
#include "harness/judge/shard_identity.h"
#include "harness/plan/plan.h"
#include "harness/plan/plan_reader.h"
#include "harness/plan/shard.h"
#include "harness/store/ending.h"
#include "harness/store/host_broken.h"
#include "harness/store/stopped.h"
#include "src/document.h"
#include "src/verdict.h"

/* A stored run, and what is the same for all its cells. */
struct judging {
	const struct judge_request *request;
	const json_t *plan; /* the stored one, or all of it but its cells */
	json_t *places;     /* of its plan; NULL: it is by that plan that it is judged */
	struct shard_identities shard_identities;
	json_t *ended_early; /* why no further cell was begun, as a sentence; NULL: nothing did */
};

/* The cells by which it is judged: in memory, or where there is no plan read one by one. */
struct planned {
	const json_t *plan;
	struct plan_reader *reader;
	size_t next;
};

/* Returns 1 and a new reference, 0 behind the last, or a negative errno. */
static int next_cell(struct planned *planned, json_t **cell_r)
{
	const json_t *cells = json_object_get(planned->plan, "cells");

	if (!planned->plan)
		return plan_reader_next(planned->reader, cell_r);
	if (planned->next == json_array_size(cells))
		return 0;
	*cell_r = json_incref(json_array_get(cells, planned->next++));
	return 1;
}

static void first_cell(struct planned *planned)
{
	planned->next = 0;
	if (!planned->plan)
		plan_reader_rewind(planned->reader);
}

/* A cell as the stored plan has it, and where. */
struct place {
	const json_t *cell; /* NULL: it has none of that name */
	ssize_t at;
};

static struct place find(const struct judging *judging, size_t index, const json_t *plan_cell)
{
	ssize_t at;

	if (!judging->places)
		return (struct place){ plan_cell, (ssize_t)index };
	at = plan_place(judging->places, document_text(plan_cell, "name"));
	return (struct place){
		at < 0 ? NULL : json_array_get(json_object_get(judging->plan, "cells"), (size_t)at),
		at
	};
}

/* Returns 0, also where there is no record, or -ENOMEM. */
static int read_record(const struct judging *judging, struct place place, const json_t *plan_cell,
	const struct shard_identity *shard_identity, struct judge_record *record)
{
	const char *name = document_text(plan_cell, "name");
	int fd = place.at < 0 || !shard_identity
			 ? -1
			 : store_cell(judging->request->store, (size_t)place.at, name, false,
				   &record->end_trouble);
	int r;

	if (fd < 0)
		return 0;
	r = judge_record_read(
		fd, plan_cell, shard_identity->identities, judging->request->patterns, record);
	close(fd);
	return r;
}

/* What the plan that was run says: that by which it is judged may be another. */
static void tell_planned(const json_t *planned, json_t *cell)
{
	static const char *const keys[] = { "guest", "in_place_of", "shard" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_object_set(cell, keys[i], json_object_get(planned, keys[i]));
}

/* Of a cell that has no end, in a run that ended early. */
static json_t *not_run(const json_t *ended_early)
{
	return json_sprintf("the cell did not run to its end: %s", json_string_value(ended_early));
}

/* Reads what ended the run early. Returns 0, or a negative errno with the sentence. */
static int read_ended_early(const struct store *store, json_t **sentence_r, struct problem *why)
{
	json_t *document = NULL;
	int r = host_broken_read(store, &document, why);

	if (r == 0)
		*sentence_r = host_broken_sentence(document);
	else if (r == -ENOENT && (r = stopped_read(store, &document, why)) == 0)
		*sentence_r = stopped_sentence(document);
	json_decref(document);
	return r == -ENOENT ? 0 : r;
}

/* The verdict as a new object, or NULL without memory. */
static json_t *judge_stored(
	const struct judging *judging, size_t index, struct place place, const json_t *plan_cell)
{
	struct judge_record record = { 0 };
	const struct shard_identity *shard_identity =
		shard_identity_of(&judging->shard_identities, place.cell, &record.end_trouble);
	json_t *cell;

	if (read_record(judging, place, plan_cell, shard_identity, &record) < 0) {
		judge_record_free(&record);
		return NULL;
	}
	cell = judge_cell(index, plan_cell, shard_identity ? shard_identity->identities : NULL,
		&(struct evidence){ record.end, record.report, record.logs,
			shard_identity ? shard_identity->host : NULL, record.views, record.xen,
			record.restored, record.moved,
			document_text(judging->request->run, "started") },
		record.report_trouble.text[0] ? record.report_trouble.text : NULL);
	tell_planned(place.cell, cell);
	if (json_array_size(record.cut) > 0)
		json_object_set(cell, "logs_cut", record.cut);
	if (json_array_size(record.pruned) > 0)
		json_object_set(cell, "pruned", record.pruned);
	if (!record.end && record.end_trouble.text[0])
		json_object_set_new(cell, "cause", json_string(record.end_trouble.text));
	else if (!record.end && judging->ended_early)
		json_object_set_new(cell, "cause", not_run(judging->ended_early));
	judge_record_free(&record);
	return cell;
}

/* What is to be said when the last cell has been seen. */
struct tally {
	enum verdict worst;
	json_t *counts;
};

static void count(struct tally *tally, const json_t *cell)
{
	const char *name = document_text(cell, "verdict");
	enum verdict verdict = VERDICT_ERROR;

	verdict_parse(name, &verdict);
	tally->worst = verdict_worst(tally->worst, verdict);
	document_count(tally->counts, name);
}

/* Another shard has the cell: it is no business of this run. A merged run has all of them. */
static bool is_elsewhere(const struct judging *judging, struct place place)
{
	return place.cell && shard_is_elsewhere(judging->plan, place.cell);
}

/* What is said before the first cell, so also how many are not here. */
static int count_elsewhere(
	const struct judging *judging, struct planned *planned, size_t *elsewhere_r)
{
	json_t *cell = NULL;
	int r = 0;

	first_cell(planned);
	for (size_t i = 0; r == 0 && (r = next_cell(planned, &cell)) > 0; i++) {
		*elsewhere_r += is_elsewhere(judging, find(judging, i, cell));
		json_decref(cell);
		r = 0;
	}
	first_cell(planned);
	return r;
}

static int begin(
	const struct judging *judging, struct planned *planned, const struct findings_sink *sink)
{
	const json_t *plan = planned->plan ? planned->plan : judging->plan;
	json_t *head = document_new(DOCUMENT_FINDINGS, DOCUMENT_VERSION);
	size_t elsewhere = 0;
	int r = head ? 0 : -ENOMEM;

	json_object_set(head, "matrix", json_object_get(plan, "matrix"));
	json_object_set(head, "harness", json_object_get(judging->request->run, "harness"));
	json_object_set_new(head, "judged_by", json_string(build_version()));
	json_object_set(head, "started", json_object_get(judging->request->run, "started"));
	json_object_set(head, "identities", json_object_get(judging->request->run, "identities"));
	json_object_set_new(head, "measured_on",
		measured_on_decide(json_object_get(judging->request->run, "identities")));
	json_object_set_new(head, "patterns",
		judging->request->patterns ? patterns_identity(judging->request->patterns)
					   : json_null());
	if (r == 0 && json_object_get(judging->plan, "shard")) {
		r = count_elsewhere(judging, planned, &elsewhere);
		json_object_set_new(head, "shard", shard_describe(judging->plan, elsewhere));
	}
	if (r == 0)
		r = sink->begin(sink->data, head);
	json_decref(head);
	return r;
}

/* Judges the cell at that place as one of the repeats that `judged` collects. */
static int judge_next(const struct judging *judging, size_t index, struct place place,
	const json_t *plan_cell, json_t *judged)
{
	json_t *cell;
	char key[PLAN_KEY_MAX];

	if (is_elsewhere(judging, place))
		return 0;
	cell = judge_stored(judging, index, place, plan_cell);
	if (place.cell && json_object_get(place.cell, "repeat")) {
		plan_key(place.cell, key);
		json_object_set_new(cell, "record", json_string(key));
	}
	return json_array_append_new(judged, cell) < 0 ? -ENOMEM : 0;
}

/* The same of each repeat that the stored plan has, by whatever plan it is judged. */
static int judge_each(const struct judging *judging, size_t index, struct place place,
	const json_t *plan_cell, json_t *judged)
{
	const json_t *cells = json_object_get(judging->plan, "cells");
	const char *name = document_text(plan_cell, "name");
	int r = judge_next(judging, index, place, plan_cell, judged);

	while (r == 0 && judging->places && place.cell) {
		place.at++;
		place.cell = json_array_get(cells, (size_t)place.at);
		if (!place.cell || strcmp(document_text(place.cell, "name"), name) != 0)
			break;
		r = judge_next(judging, index, place, plan_cell, judged);
	}
	return r;
}

/* Gives the repeats that were collected to the sink, as one cell. */
static int give(
	json_t *judged, const struct findings_sink *sink, size_t *index, struct tally *tally)
{
	json_t *cell;
	int r;

	if (json_array_size(judged) == 0)
		return 0;
	cell = judge_repeats(judged);
	r = cell ? sink->cell(sink->data, cell) : -ENOMEM;
	count(tally, cell);
	json_decref(cell);
	json_array_clear(judged);
	(*index)++;
	return r;
}

static int end(const struct tally *tally, const struct findings_sink *sink)
{
	json_t *totals = json_pack(
		"{s:s, s:O}", "verdict", verdict_name(tally->worst), "counts", tally->counts);
	int r = totals ? sink->end(sink->data, totals) : -ENOMEM;

	json_decref(totals);
	return r;
}

static int judge_all(
	const struct judging *judging, struct planned *planned, const struct findings_sink *sink)
{
	struct tally tally = { VERDICT_PASS, json_object() };
	int r = begin(judging, planned, sink);
	json_t *cell = NULL, *last = NULL, *judged = json_array();
	size_t index = 0;

	for (size_t i = 0; r == 0 && (r = next_cell(planned, &cell)) > 0; i++) {
		bool repeats = last && json_equal(json_object_get(cell, "name"),
					       json_object_get(last, "name"));

		r = repeats ? 0 : give(judged, sink, &index, &tally);
		if (r == 0 && !(repeats && judging->places))
			r = judge_each(judging, index, find(judging, i, cell), cell, judged);
		json_decref(last);
		last = cell;
	}
	if (r == 0)
		r = give(judged, sink, &index, &tally);
	if (r == 0)
		r = end(&tally, sink);
	json_decref(last);
	json_decref(judged);
	json_decref(tally.counts);
	return r;
}

int judge_stream(const struct judge_request *request, struct problem *why)
{
	struct judging judging = { .request = request, .plan = request->stored_plan };
	struct planned planned = { .plan = request->plan };
	int r = shard_identities_read(request->run, &judging.shard_identities, why);

	if (r == 0)
		r = read_ended_early(request->store, &judging.ended_early, why);
	if (r == 0 && !request->plan) {
		r = plan_reader_open(request->store->dir_fd, &planned.reader, why);
		if (r == 0)
			judging.plan = plan_reader_head(planned.reader);
	} else if (r == 0) {
		judging.places = plan_places(request->stored_plan);
	}
	if (r == 0) {
		r = judge_all(&judging, &planned, request->sink);
		if (r < 0)
			problem_set(
				why, r, "the run cannot be judged completely: %s", strerror(-r));
	}
	plan_reader_close(planned.reader);
	json_decref(judging.places);
	json_decref(judging.ended_early);
	shard_identities_free(&judging.shard_identities);
	return r;
}

int judge_collect(const struct judge_request *request, json_t **findings_r, struct problem *why)
{
	struct judge_request collected = *request;
	json_t *findings = NULL;
	struct findings_sink sink = findings_collector(&findings);
	int r;

	collected.sink = &sink;
	r = judge_stream(&collected, why);
	if (r == 0)
		*findings_r = json_incref(findings);
	json_decref(findings);
	return r;
}

bool judge_was_tested(const json_t *cell)
{
	enum verdict verdict = VERDICT_ERROR;

	verdict_parse(document_text(cell, "verdict"), &verdict);
	if (verdict == VERDICT_SKIP)
		return strcmp(document_text(cell, "ending"), ending_entry(ENDING_DONE)->name) == 0;
	return verdict <= VERDICT_FAIL;
}

bool judge_tested_nothing(const json_t *findings)
{
	const json_t *counts = json_object_get(findings, "counts");
	json_int_t skipped = json_integer_value(json_object_get(counts, "SKIP")), total = 0;
	const char *name;
	json_t *n;

	json_object_foreach((json_t *)counts, name, n) total += json_integer_value(n);
	return skipped == total;
}

int judge_exit_status(const json_t *findings)
{
	enum verdict verdict = VERDICT_ERROR;

	verdict_parse(document_text(findings, "verdict"), &verdict);
	return verdict_exit_status(judge_tested_nothing(findings) ? VERDICT_MISS : verdict);
}

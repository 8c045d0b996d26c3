#include "harness/judge/record.h"

#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/evidence/fields.h"
#include "harness/evidence/transition_compare.h"
#include "harness/judge/logs.h"
#include "harness/plan/transition.h"
#include "harness/store/prune.h"
#include "harness/store/run_dir.h"
#include "harness/store/seal.h"
#include "harness/views/views.h"
#include "src/document.h"

/* Puts the restored guest's matches before the first's: they know why the cell ended as it did. */
static void put_first(struct judge_record *record, json_t *logs)
{
	json_t *match;
	size_t i;

	json_array_foreach(logs, i, match) json_object_set_new(
		match, "file", json_sprintf(TRANSITION_FOLDER "/%s", document_text(match, "file")));
	if (!logs)
		return;
	json_array_extend(logs, record->logs);
	json_decref(record->logs);
	record->logs = logs;
}

/* Adds the restored guest's logs of which only the beginning was searched to the first guest's. */
static void add_cut(struct judge_record *record, const json_t *cut)
{
	const json_t *name;
	size_t i;

	json_array_foreach(cut, i, name)
	{
		if (!record->cut)
			record->cut = json_array();
		json_array_append_new(record->cut,
			json_sprintf(TRANSITION_FOLDER "/%s", json_string_value(name)));
	}
}

/* What the restored guest of a transition left. */
static void read_restored(int fd, const json_t *identities, const struct patterns *patterns,
	const struct log_subject *subject, struct judge_record *record)
{
	json_t *cut = NULL, *qemu;

	if (fd < 0)
		return;
	if (seal_check(fd, &record->end_trouble) < 0) {
		json_decref(record->end);
		record->end = NULL;
		return;
	}
	store_read_report(fd, &record->restored, &record->report_trouble);
	if (patterns)
		put_first(record, judge_logs(patterns, fd, record->restored,
					  json_object_get(identities, "versions"), subject, &cut));
	add_cut(record, cut);
	json_decref(cut);
	if (record->report && record->restored) {
		/* Without it only the guest is asked. */
		qemu = views_qemu_functions(fd);
		record->moved =
			transition_compare(record->report, record->restored, record->end, qemu);
		json_decref(qemu);
	}
}

/*
 * Xen's and dom0's logs do not say of which guest they speak. Of cells that ran side by side they
 * are the same, so what is a cause there is for each of them no more than a sign.
 */
static int doubt_shared_logs(json_t *logs, const json_t *end)
{
	json_t *match;
	size_t i;
	int r = 0;

	if (json_array_size(json_object_get(end, "concurrent")) == 0 &&
		json_array_size(json_object_get(end, "beside")) == 0) /* 0.1.0 */
		return 0;
	json_array_foreach(logs, i, match)
	{
		const char *log = document_text(match, "log");

		if (pattern_decides(match) &&
			(strcmp(log, pattern_log_names[PATTERN_XEN]) == 0 ||
				strcmp(log, pattern_log_names[PATTERN_DOM0]) == 0))
			r = pattern_doubt(match, "sign", "a different cell ran beside this one");
		if (r < 0)
			return r;
	}
	return 0;
}

int judge_record_read(int cell_fd, const json_t *plan_cell, const json_t *identities,
	const struct patterns *patterns, struct judge_record *record)
{
	int restored_fd = transition_is(plan_cell) ? transition_folder(cell_fd, false) : -1;
	struct log_subject subject;
	int r = 0;

	/* Ignore a record whose seal does not match. */
	if (seal_check(cell_fd, &record->end_trouble) < 0)
		goto out;
	judge_subject(plan_cell, identities, cell_fd, restored_fd, &subject);
	record->pruned = prune_names(cell_fd);
	fileio_read_json(cell_fd, "end.json", DOCUMENT_END, &record->end, &record->end_trouble);
	store_read_report(cell_fd, &record->report, &record->report_trouble);
	if (patterns)
		record->logs = judge_logs(patterns, cell_fd, record->report,
			json_object_get(identities, "versions"), &subject, &record->cut);
	record->views = views_of_cell(
		plan_cell, document_text(identities, "acts_as"), cell_fd, record->report);
	record->xen = evidence_xen(cell_fd);
	read_restored(restored_fd, identities, patterns, &subject, record);
	r = doubt_shared_logs(record->logs, record->end);
	if (r == 0)
		r = judge_doubt_causes(record->logs, document_text(record->end, "ending"));
out:
	if (restored_fd >= 0)
		close(restored_fd);
	return r;
}

void judge_record_free(struct judge_record *record)
{
	json_decref(record->end);
	json_decref(record->report);
	json_decref(record->logs);
	json_decref(record->cut);
	json_decref(record->pruned);
	json_decref(record->views);
	json_decref(record->xen);
	json_decref(record->restored);
	json_decref(record->moved);
}

/* What the history keeps of a run: little enough for 10,000 of them. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/digest.h"
#include "harness/base/fileio.h"
#include "harness/base/measured_on.h"
#include "harness/base/shape/shape.h"
#include "harness/history/private.h"
#include "harness/judge/judge.h"
#include "harness/judge/stored_run.h"
#include "harness/report/cell_text.h"
#include "harness/store/run_dir.h"
#include "src/document.h"

#define DIGEST_SHOWN 12 /* digits of a digest that tell two files apart for people */

const char *const identity_names[IDENTITIES] = { "xen", "libxl", "qemu", "qemu binary", "firmware",
	"dom0 kernel", "guest images", "matrix", "harness" };

static void put_text(json_t *object, const char *key, const char *text)
{
	char *cut = history_cut(text);

	json_object_set_new(object, key, json_string(cut ? cut : "?"));
	free(cut);
}

/* Of a value that people do not read: whether it is the same. */
static void put_digest(json_t *object, const char *key, const json_t *value)
{
	char sha256[DIGEST_TEXT_MAX] = "", *text;

	if (json_object_size(value) == 0)
		return;
	text = document_dump(value, JSON_SORT_KEYS | JSON_COMPACT);
	if (text)
		digest_bytes(text, strlen(text), sha256);
	free(text);
	sha256[DIGEST_SHOWN] = '\0';
	put_text(object, key, sha256);
}

/* By which a copy of the run is known. */
static void put_run(json_t *extract, const json_t *run)
{
	char *text = document_dump(run, JSON_SORT_KEYS | JSON_COMPACT);
	char sha256[DIGEST_TEXT_MAX] = "";

	if (text)
		digest_bytes(text, strlen(text), sha256);
	free(text);
	put_text(extract, "run", sha256);
}

static void put_short(json_t *object, const char *key, const char *sha256)
{
	char shown[DIGEST_SHOWN + 1];

	snprintf(shown, sizeof(shown), "%s", sha256);
	put_text(object, key, shown);
}

static json_t *identities_of(const json_t *run, const json_t *findings)
{
	const json_t *all = json_object_get(run, "identities");
	const json_t *versions = json_object_get(all, "versions");
	json_t *object = json_object();

	put_text(object, identity_names[IDENTITY_XEN], document_text(versions, "xen"));
	put_text(object, identity_names[IDENTITY_LIBXL], document_text(versions, "libxl"));
	put_text(object, identity_names[IDENTITY_QEMU], document_text(versions, "qemu"));
	put_short(object, identity_names[IDENTITY_QEMU_BINARY],
		document_text(json_object_get(all, "device_model"), "sha256"));
	put_digest(object, identity_names[IDENTITY_FIRMWARE], json_object_get(all, "firmware"));
	put_text(object, identity_names[IDENTITY_KERNEL],
		document_text(json_object_get(all, "host"), "kernel"));
	put_digest(object, identity_names[IDENTITY_GUESTS], json_object_get(all, "guests"));
	put_short(object, identity_names[IDENTITY_MATRIX],
		document_text(json_object_get(findings, "matrix"), "sha256"));
	put_text(object, identity_names[IDENTITY_HARNESS], document_text(run, "harness"));
	return object;
}

/* Deviations that were known and did not occur. */
static void add_gone(json_t *gone, const json_t *cell)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		const char *known = document_text(json_object_get(finding, "known"), "id");
		json_t *cells;

		if (!known[0] || render_verdict(finding) != VERDICT_PASS)
			continue;
		cells = json_object_get(gone, known);
		if (!cells && json_object_set_new(gone, known, cells = json_array()) < 0)
			return;
		json_array_append(cells, json_object_get(cell, "name"));
	}
}

static void add_cell(json_t *extract, const json_t *cell)
{
	double ms = render_seconds(cell) * 1000;
	const char *cause = document_text(cell, "cause"), *name = document_text(cell, "name");

	json_array_append_new(json_object_get(extract, "cells"),
		json_pack("[s, s, I]", name, document_text(cell, "verdict"),
			ms >= 0 && ms < UINT32_MAX ? (json_int_t)llround(ms) : (json_int_t)0));
	add_gone(json_object_get(extract, "gone"), cell);
	if (strncmp(cause, JUDGE_LEFT, strlen(JUDGE_LEFT)) == 0)
		put_text(json_object_get(extract, "left"), name, cause);
}

json_t *history_extract_documents(const json_t *run, const json_t *findings)
{
	const json_t *identities = json_object_get(run, "identities"), *cell, *on;
	const char *host = document_text(json_object_get(run, "dut"), "name");
	json_t *extract = document_new(HISTORY_EXTRACT, 1);
	char *place;
	size_t i;

	if (!host[0])
		host = document_text(json_object_get(identities, "host"), "name");
	put_run(extract, run);
	put_text(extract, "started", document_text(run, "started"));
	put_text(extract, "host", host[0] ? host : "unknown");
	put_text(extract, "matrix", document_text(json_object_get(findings, "matrix"), "name"));
	put_text(extract, "backend", document_text(identities, "acts_as"));
	on = measured_on_of(findings);
	place = measured_on_is_hardware(on) ? strdup("") : measured_on_text(on);
	put_text(extract, "place", place ? place : "not known");
	free(place);
	json_decref((json_t *)on);
	put_text(extract, "verdict", document_text(findings, "verdict"));
	json_object_set_new(extract, "identities", identities_of(run, findings));
	json_object_set_new(extract, "cells", json_array());
	json_object_set_new(extract, "gone", json_object());
	json_object_set_new(extract, "left", json_object());
	json_array_foreach(json_object_get(findings, "cells"), i, cell) add_cell(extract, cell);
	return extract;
}

/* A run that was never judged to its end, as one that was killed. */
static int judge_now(const char *dir, json_t **findings_r, struct problem *why)
{
	const struct stored_run_options options = { NULL };
	struct stored_run stored = STORED_RUN_NONE;
	int r = stored_run_open(dir, &options, &stored, why);

	if (r == 0)
		r = stored_run_judge(&stored, why);
	if (r == 0)
		*findings_r = json_incref(stored.findings);
	stored_run_close(&stored);
	return r;
}

int history_extract(const char *dir, json_t **extract_r, struct problem *why)
{
	struct store store = STORE_NONE;
	json_t *run = NULL, *findings = NULL;
	int r = store_open(dir, false, &store, &run, NULL, why);

	if (r < 0)
		return r;
	r = fileio_read_json(store.dir_fd, "findings.json", DOCUMENT_FINDINGS, &findings, why);
	store_close(&store);
	if (r == -ENOENT)
		r = judge_now(dir, &findings, why);
	if (r == 0) {
		*extract_r = history_extract_documents(run, findings);
		r = *extract_r ? 0 : problem_set(why, -ENOMEM, "out of memory");
	}
	json_decref(findings);
	json_decref(run);
	return r;
}

/* The two documents in a bundle. Returns 0 and new references, or a negative errno. */
static int read_documents(const struct bundle_pick picks[2], const char *path, json_t **run_r,
	json_t **findings_r, struct problem *why)
{
	struct problem inner = { "" };
	int r;

	if (!picks[0].text)
		return problem_set(why, -ENOENT, "%.200s is not the bundle of a run", path);
	if (!picks[1].text)
		return problem_set(why, -EINVAL,
			"%.200s is the bundle of a run that was not judged: unpack it, and name its "
			"folder",
			path);
	r = shape_parse(picks[0].text, picks[0].length, DOCUMENT_RUN, run_r, &inner);
	if (r == 0)
		r = shape_parse(
			picks[1].text, picks[1].length, DOCUMENT_FINDINGS, findings_r, &inner);
	return r == 0 ? 0 : problem_set(why, r, "%.200s: %.300s", path, inner.text);
}

int history_extract_bundle(const struct bundle_module *module, int fd, const char *path,
	json_t **extract_r, struct problem *why)
{
	struct bundle_pick picks[] = { { "run.json" }, { "findings.json" } };
	json_t *run = NULL, *findings = NULL;
	struct problem inner = { "" };
	int r = module->pick(fd, picks, 2, &inner);

	if (r < 0)
		return problem_set(why, r, "%.200s: %.300s", path, inner.text);
	r = read_documents(picks, path, &run, &findings, why);
	if (r == 0) {
		*extract_r = history_extract_documents(run, findings);
		r = *extract_r ? 0 : -ENOMEM;
	}
	json_decref(findings);
	json_decref(run);
	free(picks[0].text);
	free(picks[1].text);
	return r;
}

#include "harness/report/formats/kcidb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/digest.h"
#include "harness/base/escape.h"
#include "harness/report/cell_text.h"
#include "src/document.h"

#define ORIGIN          "igd_harness"
#define DIGITS          16    /* of a digest, in an identifier */
#define LOG_EXCERPT_MAX 16384 /* the schema's, in characters */
#define PATH_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static const char *const statuses[VERDICT_COUNT] = {
	[VERDICT_PASS] = "PASS",
	[VERDICT_DONE] = "DONE",
	[VERDICT_SKIP] = "SKIP",
	[VERDICT_XFAIL] = "FAIL",
	[VERDICT_FLAKY] = "FAIL",
	[VERDICT_FAIL] = "FAIL",
	[VERDICT_ERROR] = "ERROR",
	[VERDICT_MISS] = "MISS",
};

struct kcidb {
	const json_t *findings;
	const struct render_options *options;
	char *build;         /* of the checkout too: kinds have identifiers of their own */
	char *run;           /* what a test's begins with */
	json_t *environment; /* of every test */
	json_t *incidents;
	json_t *issues; /* by identifier */
};

/* "ORIGIN:DIGEST" of a document (reference stolen). The caller frees. NULL without memory. */
static char *identifier(json_t *of)
{
	char *text = json_dumps(of, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY), *id = NULL;
	char digest[DIGEST_TEXT_MAX];

	if (text) {
		digest_bytes(text, strlen(text), digest);
		if (asprintf(&id, ORIGIN ":%.*s", DIGITS, digest) < 0)
			id = NULL;
	}
	free(text);
	json_decref(of);
	return id;
}

/* What a part writes, as a JSON string; NULL, which json_pack() refuses, without memory. */
static json_t *part(void (*write)(const json_t *, FILE *), const json_t *document, size_t max)
{
	char *text = render_string(write, document);
	json_t *string;

	if (!text)
		return NULL;
	if (strlen(text) > max)
		text[max] = 0;
	string = json_string(text);
	free(text);
	return string;
}

/* A node of the path: what the schema does not take becomes "_". */
static void write_node(FILE *stream, const char *name)
{
	for (const char *c = name; *c; c++)
		fputc(strchr(PATH_CHARACTERS, *c) ? *c : '_', stream);
}

static json_t *path(const json_t *findings, const json_t *cell)
{
	const char *matrix = document_text(json_object_get(findings, "matrix"), "name");
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	json_t *string = NULL;

	if (!stream)
		return NULL;
	fputs(ORIGIN ".", stream);
	write_node(stream, matrix);
	fputc('.', stream);
	write_node(stream, document_text(cell, "name"));
	if (fclose(stream) == 0)
		string = json_string(text);
	free(text);
	return string;
}

/* What is known of the host, without its name. */
static json_t *environment(const json_t *findings)
{
	static const char *const keys[] = { "sys_vendor", "product_name", "cpu" };
	const json_t *host = json_object_get(json_object_get(findings, "identities"), "host");
	json_t *misc = json_object();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char *text = render_escaped(document_text(host, keys[i]));

		json_object_set_new(misc, keys[i], json_string(text));
		free(text);
	}
	json_object_set_new(
		misc, "measured_on", part(render_measured_on, findings, LOG_EXCERPT_MAX));
	return json_pack("{s:o, s:o}", "comment", part(render_place, findings, LOG_EXCERPT_MAX),
		"misc", misc);
}

static void write_deviation(const json_t *finding, FILE *stream)
{
	fputs("expected ", stream);
	escape_value(stream, json_object_get(finding, "expected"));
	fputs(", seen ", stream);
	escape_value(stream, json_object_get(finding, "seen"));
}

static void write_known(const json_t *finding, FILE *stream)
{
	escape_text(stream, document_text(finding, "field"));
	fputs(": ", stream);
	escape_text(stream, document_text(finding, "note"));
}

/* A known deviation: its issue, once, and that this test met it. Returns 0 or -ENOMEM. */
static int add_incident(struct kcidb *kcidb, const char *test, const json_t *finding)
{
	const json_t *matrix = json_object_get(kcidb->findings, "matrix");
	const char *link = document_text(json_object_get(finding, "known"), "link");
	char *issue = identifier(json_pack("[O, O, O, O]", json_object_get(matrix, "sha256"),
		json_object_get(finding, "id"), json_object_get(finding, "field"),
		json_object_get(finding, "note")));
	json_t *entry;
	int r = -ENOMEM;

	if (!issue)
		return r;
	if (!json_object_get(kcidb->issues, issue)) {
		entry = json_pack("{s:s, s:i, s:s, s:o, s:{s:b, s:b, s:b}}", "id", issue, "version",
			1, "origin", ORIGIN, "comment", part(write_known, finding, LOG_EXCERPT_MAX),
			"culprit", "code", 1, "tool", 0, "harness", 0);
		if (strncmp(link, "https://", 8) == 0 && !link[strcspn(link, " \t\r\n\"<>\\")])
			json_object_set_new(entry, "report_url", json_string(link));
		if (json_object_set_new(kcidb->issues, issue, entry) < 0)
			goto out;
	}
	entry = json_pack("{s:o, s:s, s:s, s:i, s:s, s:b, s:o}", "id",
		json_sprintf("%s:%s", test, issue + strlen(ORIGIN ":")), "origin", ORIGIN,
		"issue_id", issue, "issue_version", 1, "test_id", test, "present", 1, "comment",
		part(write_deviation, finding, LOG_EXCERPT_MAX));
	r = json_array_append_new(kcidb->incidents, entry) < 0 ? -ENOMEM : 0;
out:
	free(issue);
	return r;
}

static json_t *misc(const json_t *findings, const json_t *cell)
{
	static const char *const keys[] = { "verdict", "ending", "layer" };
	json_t *misc = json_pack("{s:s}", "run_started", document_text(findings, "started"));

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (json_is_string(json_object_get(cell, keys[i])))
			json_object_set(misc, keys[i], json_object_get(cell, keys[i]));
	}
	return misc;
}

/* BASE/FOLDER/NAME; a byte of the last two that a URL may not have as it is becomes %XX. */
static json_t *url_of(const char *base, const char *folder, const char *name)
{
	const char *parts[] = { folder, "/", name };
	int length_of_base = (int)strlen(base);
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	json_t *url = NULL;

	if (!stream)
		return NULL;
	while (length_of_base > 0 && base[length_of_base - 1] == '/')
		length_of_base--;
	fprintf(stream, "%.*s/", length_of_base, base);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (const char *c = parts[i]; *c; c++) {
			if (strchr(PATH_CHARACTERS "./~", *c))
				fputc(*c, stream);
			else
				fprintf(stream, "%%%02X", (unsigned char)*c);
		}
	}
	if (fclose(stream) == 0)
		url = json_string(text);
	free(text);
	return url;
}

/* What the guest wrote is the log, or else the first log of those below it. */
static const char *const logs[] = { "console.log", "qemu.log", "libxl.log", NULL };

static const char *log_among(const json_t *files)
{
	const json_t *file;
	size_t i;

	for (size_t l = 0; logs[l]; l++) {
		json_array_foreach(files, i, file)
		{
			if (strcmp(document_text(file, "name"), logs[l]) == 0)
				return logs[l];
		}
	}
	return "";
}

/* Where the files are that the cell left. */
static void add_files(const struct kcidb *kcidb, const json_t *cell, json_t *test)
{
	const struct record *record = kcidb->options->record;
	const char *base = kcidb->options->base_url, *log, *name;
	bool is_served = base && record && record->files && record->folder;
	json_t *files = is_served ? record->files(record->data, render_record(cell)) : NULL;
	char *folder = is_served ? record->folder(record->data, render_record(cell)) : NULL;
	json_t *output = json_array();
	const json_t *file;
	size_t i;

	log = log_among(files);
	json_array_foreach(files, i, file)
	{
		json_t *url;

		name = document_text(file, "name");
		url = folder ? url_of(base, folder, name) : NULL;
		if (strcmp(name, log) == 0)
			json_object_set_new(test, "log_url", url);
		else if (url)
			json_array_append_new(
				output, json_pack("{s:s, s:o}", "name", name, "url", url));
	}
	if (json_array_size(output) > 0)
		json_object_set(test, "output_files", output);
	json_decref(output);
	json_decref(files);
	free(folder);
}

/* New reference, or NULL without memory. */
static json_t *make_test(struct kcidb *kcidb, const json_t *cell)
{
	enum verdict verdict = render_verdict(cell);
	const json_t *finding;
	char *id = NULL;
	json_t *test;
	size_t i;

	if (asprintf(&id, "%s:%s", kcidb->run, document_text(cell, "name")) < 0)
		return NULL;
	test = json_pack("{s:s, s:s, s:s, s:o, s:s, s:f, s:O, s:o}", "id", id, "build_id",
		kcidb->build, "origin", ORIGIN, "path", path(kcidb->findings, cell), "status",
		statuses[verdict], "duration", render_seconds(cell), "environment",
		kcidb->environment, "misc", misc(kcidb->findings, cell));
	if (test && render_has_diagnosis(cell)) {
		json_object_set_new(test, "comment", part(render_reason, cell, LOG_EXCERPT_MAX));
		json_object_set_new(
			test, "log_excerpt", part(render_diagnosis, cell, LOG_EXCERPT_MAX));
	}
	if (test)
		add_files(kcidb, cell, test);
	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (test && render_verdict(finding) == VERDICT_XFAIL &&
			add_incident(kcidb, id, finding) < 0) {
			json_decref(test);
			test = NULL;
		}
	}
	free(id);
	return test;
}

/* New reference, or NULL without memory. */
static json_t *make_tests(struct kcidb *kcidb)
{
	json_t *tests = json_array();
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(kcidb->findings, "cells"), i, cell)
	{
		if (json_array_append_new(tests, make_test(kcidb, cell)) < 0) {
			json_decref(tests);
			return NULL;
		}
	}
	return tests;
}

static json_t *make_report(struct kcidb *kcidb)
{
	json_t *tests = make_tests(kcidb), *issues = json_array(), *issue;
	json_t *comment = part(render_place, kcidb->findings, LOG_EXCERPT_MAX);
	const char *id;

	json_object_foreach(kcidb->issues, id, issue) json_array_append(issues, issue);
	return json_pack("{s:{s:i, s:i}, s:[{s:s, s:s, s:b, s:O}], s:[{s:s, s:s, s:s, s:s, s:o}], "
			 "s:o, s:o, s:O}",
		"version", "major", 5, "minor", 3, "checkouts", "id", kcidb->build, "origin",
		ORIGIN, "valid", 1, "comment", comment, "builds", "id", kcidb->build, "checkout_id",
		kcidb->build, "origin", ORIGIN, "architecture", "x86_64", "comment", comment,
		"tests", tests, "issues", issues, "incidents", kcidb->incidents);
}

int render_kcidb(const json_t *findings, const struct render_options *options, FILE *stream)
{
	const json_t *identities = json_object_get(findings, "identities");
	const json_t *texts = json_object_get(identities, "texts");
	const json_t *model = json_object_get(identities, "device_model");
	struct kcidb kcidb = {
		.findings = findings,
		.options = options,
		.build = identifier(json_pack("[O?, O?, O?, O?]",
			json_object_get(identities, "versions"), json_object_get(texts, "qemu"),
			json_object_get(texts, "xen_changeset"), json_object_get(model, "sha256"))),
		.run = identifier(json_pack("[O?, O?, O?]", json_object_get(findings, "started"),
			identities, json_object_get(findings, "matrix"))),
		.environment = environment(findings),
		.incidents = json_array(),
		.issues = json_object(),
	};
	json_t *report = kcidb.build && kcidb.run ? make_report(&kcidb) : NULL;
	int r = -ENOMEM;

	if (report) {
		json_dumpf(report, stream,
			JSON_INDENT(1) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9));
		fputc('\n', stream);
		r = ferror(stream) ? -EIO : 0;
	}
	json_decref(report);
	json_decref(kcidb.environment);
	json_decref(kcidb.incidents);
	json_decref(kcidb.issues);
	free(kcidb.build);
	free(kcidb.run);
	return r;
}

#include "harness/cli/lava_job.h"

#include <errno.h>
#include <libfyaml.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plan/shard.h"
#include "src/document.h"

/* For the host to boot nothing, copy a few files, and judge: minutes beside those of the guests. */
#define OTHER_MINUTES 5

/* Above the sum of all limits a run ends itself; LAVA must not be quicker. */
static json_int_t run_minutes(const json_t *plan, double slow)
{
	const json_t *cell, *limit;
	const char *name;
	double ms = 0;
	size_t i;

	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		if (shard_is_elsewhere(plan, cell))
			continue;
		json_object_foreach(json_object_get(cell, "limits_ms"), name, limit) ms +=
			(double)json_integer_value(limit) * slow;
	}
	return (json_int_t)(ms / 60000) + OTHER_MINUTES;
}

/* Adds the word, quoted for a shell. */
static void add_word(FILE *stream, const char *word)
{
	fputs(" '", stream);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (char[]){ *word, 0 }, stream);
	fputc('\'', stream);
}

static void add_option(FILE *stream, const char *name, const char *word)
{
	fprintf(stream, " --%s", name);
	add_word(stream, word);
}

/* `igd-harness run ...` as a step. Its status ends nothing: the judge tells what it came to. */
static json_t *run_step(const char *matrix, const char *out, const struct lava_options *options)
{
	char *text = NULL, slow[32];
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	json_t *step;

	if (!stream)
		return NULL;
	fprintf(stream, "%s/bin/igd-harness run %s", options->prefix, matrix);
	for (size_t i = 0; i < options->select_count; i++)
		add_option(stream, "select", options->select[i]);
	if (options->shard)
		add_option(stream, "shard", options->shard);
	if (options->slow != 1) {
		snprintf(slow, sizeof(slow), "%g", options->slow);
		add_option(stream, "slow", slow);
	}
	add_option(stream, "out", out);
	for (size_t i = 0; i < options->more_count; i++)
		add_word(stream, options->more[i]);
	/* LAVA reads signals from stdout, and the table has texts of guests. */
	fputs(" >/dev/null || true", stream);
	fclose(stream);
	step = json_string(text);
	free(text);
	return step;
}

static json_t *judge_step(const char *out, const struct lava_options *options)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	json_t *step;

	if (!stream)
		return NULL;
	fprintf(stream, "%s/bin/igd-harness judge", options->prefix);
	add_word(stream, out);
	fputs(" --format lava || true", stream);
	fclose(stream);
	step = json_string(text);
	free(text);
	return step;
}

/*
 * LAVA's shell echoes each step, so a step must not contain a signal: the program prints them. The
 * host's copy of the matrix must be the one that the job was made from.
 */
static json_t *steps(const json_t *plan, const struct lava_options *options)
{
	const json_t *matrix = json_object_get(plan, "matrix");
	const char *out = options->out ? options->out : "igd-run";
	char *file = strdup(document_text(matrix, "file")), *path = NULL;
	json_t *list = json_array();

	if (file && asprintf(&path, "%s/share/igd-harness/matrices/%s", options->prefix,
			    basename(file)) >= 0) {
		json_array_append_new(
			list, json_sprintf("echo '%s  %s' | sha256sum --check --quiet",
				      document_text(matrix, "sha256"), path));
		json_array_append_new(list, run_step(path, out, options));
		json_array_append_new(list, judge_step(out, options));
		free(path);
	}
	free(file);
	return list;
}

static json_t *test_action(
	const json_t *plan, const struct lava_options *options, json_int_t minutes)
{
	const json_t *matrix = json_object_get(plan, "matrix");

	return json_pack("{s:{s:{s:I}, s:[{s:s, s:s, s:s, s:{s:{s:s, s:s, s:s}, s:{s:o}}}]}}",
		"test", "timeout", "minutes", minutes, "definitions", "from", "inline", "name",
		"igd-harness", "path", "inline/igd-harness.yaml", "repository", "metadata",
		"format", "Lava-Test Test Definition 1.0", "name", "igd-harness", "description",
		document_text(matrix, "about"), "run", "steps", steps(plan, options));
}

static json_t *tags(const struct lava_options *options)
{
	json_t *list = json_array();

	for (size_t i = 0; i < options->tag_count; i++)
		json_array_append_new(list, json_string(options->tags[i]));
	return list;
}

json_t *lava_visibility(const char *text, struct problem *why)
{
	static const char prefix[] = "group:";
	json_t *groups;

	if (strcmp(text, "public") == 0 || strcmp(text, "personal") == 0)
		return json_string(text);
	if (strncmp(text, prefix, strlen(prefix)) != 0) {
		problem_set(why, -EINVAL,
			"--visibility takes public, personal or group:NAME, not \"%.60s\"", text);
		return NULL;
	}
	groups = json_array();
	for (const char *name = text + strlen(prefix);; name++) {
		size_t length = strcspn(name, ",");

		if (length == 0) {
			problem_set(why, -EINVAL, "--visibility %.60s: a name of a group is empty",
				text);
			json_decref(groups);
			return NULL;
		}
		json_array_append_new(groups, json_stringn(name, length));
		name += length;
		if (!*name)
			return json_pack("{s:o}", "group", groups);
	}
}

json_t *lava_job(const json_t *plan, const struct lava_options *options)
{
	json_int_t minutes = run_minutes(plan, options->slow);
	json_t *job = json_pack("{s:o, s:s, s:{s:{s:I}, s:{s:I}, s:{s:I}}, s:s, s:o, s:["
				"{s:{s:{s:I}, s:s, s:s}}, {s:{s:{s:I}, s:s, s:s, s:[s]}}, o]}",
		"job_name",
		json_sprintf("igd-harness %s%s%s",
			document_text(json_object_get(plan, "matrix"), "name"),
			options->shard ? " shard " : "", options->shard ? options->shard : ""),
		"device_type", options->device_type, "timeouts", "job", "minutes",
		minutes + 2 * OTHER_MINUTES, "action", "minutes", minutes, "connection", "minutes",
		(json_int_t)2, "priority", "medium", "visibility",
		options->visibility ? json_incref(options->visibility) : json_string("public"),
		"actions", "deploy", "timeout", "minutes", (json_int_t)2, "to", "ssh", "os",
		"debian", "boot", "timeout", "minutes", (json_int_t)2, "method", "ssh",
		"connection", "ssh", "prompts", "root@.*[#$] ",
		test_action(plan, options, minutes));

	if (job && options->tag_count > 0)
		json_object_set_new(job, "tags", tags(options));
	return job;
}

int lava_job_yaml(const json_t *job, char **text_r, struct problem *why)
{
	char *json = job ? json_dumps(job, JSON_COMPACT) : NULL;
	struct fy_document *document =
		json ? fy_document_build_from_string(NULL, json, FY_NT) : NULL;

	/* libfyaml may point into the text that it was given. */
	*text_r = document
			  ? fy_emit_document_to_string(document, FYECF_MODE_BLOCK | FYECF_WIDTH_INF)
			  : NULL;
	fy_document_destroy(document);
	free(json);
	return *text_r ? 0 : problem_set(why, -ENOMEM, "no memory to write the job");
}

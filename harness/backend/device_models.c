#include "harness/backend/device_models.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/plan/capabilities.h"
#include "harness/plan/settings.h"
#include "harness/plan/transition.h"
#include "harness/process/program.h"
#include "src/document.h"

int device_models_parse(char *const *texts, size_t count, json_t **models_r, struct problem *why)
{
	json_t *models = json_object();
	int r = models ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && r == 0; i++) {
		size_t length = strspn(texts[i], SETTING_MODEL_CHARACTERS);
		char name[SETTING_MODEL_MAX + 1] = "";

		if (length == 0 || length > SETTING_MODEL_MAX || texts[i][length] != '=' ||
			!texts[i][length + 1]) {
			r = problem_set(why, -EINVAL,
				"--model takes NAME=PATH, not \"%.80s\"; a NAME has at most %d "
				"characters of a-z, 0-9 and _",
				texts[i], SETTING_MODEL_MAX);
			break;
		}
		memcpy(name, texts[i], length);
		if (json_object_get(models, name))
			r = problem_set(why, -EINVAL, "--model is given twice for %s", name);
		else if (json_object_set_new(models, name, json_string(texts[i] + length + 1)) < 0)
			r = problem_set(why, -EINVAL, "the path of --model %s is not UTF-8", name);
	}
	if (r < 0) {
		json_decref(models);
		return r;
	}
	*models_r = models;
	return 0;
}

const char *device_models_path(const json_t *models, const char *name, struct problem *why)
{
	const char *path = json_string_value(json_object_get(models, name));

	if (!path)
		problem_set(why, -EINVAL,
			"the run has no device model \"%.40s\": give it by --model %.40s=PATH",
			name, name);
	return path;
}

/* The cell, or the other side of a transition. */
static int check_side(const json_t *side, const char *backend, const json_t *models,
	json_t *lacking, struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(side, "settings"), backend);
	const json_t *required = json_object_get(json_object_get(side, "requires"), backend);
	const char *name = document_text(settings, "device_model");
	char capability[sizeof(CAPABILITY_MODEL) + SETTING_MODEL_MAX];

	if (!name[0] || json_object_get(models, name))
		return 0;
	snprintf(capability, sizeof(capability), CAPABILITY_MODEL "%.*s", SETTING_MODEL_MAX, name);
	if (!document_has_text(required, capability))
		return problem_set(why, -EINVAL,
			"cell %.80s has the device model \"%.40s\", which the run has not: give it by "
			"--model %.40s=PATH, or leave the cell out with --select",
			document_text(side, "name"), name, name);
	if (document_has_text(lacking, name))
		return 0;
	return json_array_append_new(lacking, json_string(name)) < 0 ? -ENOMEM : 0;
}

int device_models_check(const json_t *plan, const char *backend, const json_t *models,
	json_t **lacking_r, struct problem *why)
{
	json_t *lacking = json_array();
	int r = lacking ? 0 : -ENOMEM;
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		json_t *other = transition_is(cell) ? transition_other_side(cell) : NULL;

		if (r == 0)
			r = check_side(cell, backend, models, lacking, why);
		if (r == 0 && other)
			r = check_side(other, backend, models, lacking, why);
		json_decref(other);
	}
	if (r < 0) {
		json_decref(lacking);
		return r;
	}
	*lacking_r = lacking;
	return 0;
}

static int identify(const char *name, const char *path, json_t *all, struct problem *why)
{
	char *const argv[] = { (char *)path, (char *)"--version", NULL };
	json_t *identity = json_object(), *model = NULL;
	char line[PROGRAM_LINE_MAX];
	int r = identity ? program_line(argv, line, why) : -ENOMEM;

	if (r == 0)
		r = program_identify(path, identity, why);
	if (r == 0) {
		model = json_incref(json_object_get(identity, "device_model"));
		if (json_object_set_new(model, "text", json_string(line)) < 0 ||
			json_object_set(all, name, model) < 0)
			r = -ENOMEM;
	}
	json_decref(model);
	json_decref(identity);
	return r;
}

int device_models_identify(const json_t *models, json_t *identities, struct problem *why)
{
	json_t *capabilities = json_object_get(identities, "capabilities"), *path;
	json_t *all = json_object();
	const char *name;
	int r = all ? 0 : -ENOMEM;

	json_object_foreach((json_t *)models, name, path)
	{
		if (r == 0)
			r = identify(name, json_string_value(path), all, why);
		if (r == 0 && json_array_append_new(
				      capabilities, json_sprintf(CAPABILITY_MODEL "%s", name)) < 0)
			r = -ENOMEM;
	}
	if (r == 0 && json_object_size(all) > 0 && json_object_set(identities, "models", all) < 0)
		r = -ENOMEM;
	json_decref(all);
	return r;
}

static int unchanged(const char *path, const json_t *before, struct problem *why)
{
	json_t *now = json_object();
	int r = now ? program_identify(path, now, why) : -ENOMEM;

	if (r == 0 && strcmp(document_text(json_object_get(now, "device_model"), "sha256"),
			      document_text(before, "sha256")) != 0)
		r = problem_set(why, -ESTALE,
			"the host is not the host on which the run began: %.200s is not the device "
			"model of that time, by its SHA-256, and is not executed; start a new run",
			path);
	json_decref(now);
	return r;
}

int device_models_unchanged(
	const struct backend_options *options, const json_t *identities, struct problem *why)
{
	const char *name;
	json_t *path;
	int r = 0;

	if (options->device_model)
		r = unchanged(
			options->device_model, json_object_get(identities, "device_model"), why);
	json_object_foreach((json_t *)options->models, name, path)
	{
		if (r == 0 && json_is_string(path))
			r = unchanged(json_string_value(path),
				json_object_get(json_object_get(identities, "models"), name), why);
	}
	return r;
}

#include "harness/conduct.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/image.h"
#include "harness/judge.h"
#include "harness/options.h"
#include "harness/render.h"
#include "harness/seal.h"
#include "src/document.h"

/* As an absolute path if it is one that exists. */
static json_t *path_json(const char *path)
{
	char absolute[PATH_MAX];

	return path ? json_string(realpath(path, absolute) ? absolute : path) : json_null();
}

json_t *conduct_settings(
	const char *backend, const struct backend_options *options, const struct runner *runner)
{
	const char *model = options->device_model;

	return json_pack("{s:s, s:f, s:b, s:o, s:o, s:s?, s:o}", "backend", backend, "slow",
		runner->slow, "keep_lease", (int)runner->keep_lease, "guests",
		path_json(options->guests_dir), "device_model",
		/* Without a slash it is looked for along PATH. */
		model && !strchr(model, '/') ? json_string(model) : path_json(model), "accelerator",
		options->accelerator, "replay", path_json(options->replay_dir));
}

int conduct_settings_read(const json_t *settings, const char **backend_r,
	struct backend_options *options_r, struct runner *runner)
{
	if (!json_is_string(json_object_get(settings, "backend")) ||
		!json_is_number(json_object_get(settings, "slow")))
		return -EINVAL;
	*backend_r = document_text(settings, "backend");
	runner->slow = json_number_value(json_object_get(settings, "slow"));
	runner->keep_lease = json_is_true(json_object_get(settings, "keep_lease"));
	*options_r = (struct backend_options){
		.guests_dir = json_string_value(json_object_get(settings, "guests")),
		.device_model = json_string_value(json_object_get(settings, "device_model")),
		.accelerator = json_string_value(json_object_get(settings, "accelerator")),
		.replay_dir = json_string_value(json_object_get(settings, "replay")),
	};
	return runner->slow >= 0.01 && runner->slow <= 1000 ? 0 : -EINVAL;
}

void conduct_identify(
	struct runner *runner, const struct backend_options *options, const json_t *plan)
{
	if (!json_object_get(runner->identities, "replay_of"))
		json_object_set_new(runner->identities, "guests",
			image_identities(options->guests_dir ? options->guests_dir : "", plan));
}

/* What makes a result of one host a result of another. */
static const char *const telling[][2] = { { "acts_as", NULL }, { "versions", NULL },
	{ "builds", NULL }, { "device_model", NULL }, { "firmware", "hvmloader" },
	{ "firmware", "seabios" }, { "firmware", "vgabios-stdvga" },
	{ "firmware", "vgabios-cirrus" }, { "firmware", "vgabios-qxl" }, { "guests", NULL },
	{ "capabilities", NULL }, { "host", "place" }, { "host", "sys_vendor" },
	{ "host", "product_name" }, { "host", "cpu" }, { "host", "kernel" }, { "host", "name" },
	{ "host", "phantom" } };

static const json_t *tell(const json_t *identities, const char *const keys[2])
{
	const json_t *value = json_object_get(identities, keys[0]);

	return keys[1] ? json_object_get(value, keys[1]) : value;
}

int conduct_same(const json_t *before, const json_t *now, struct problem *why)
{
	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
		const json_t *old = tell(before, telling[i]), *new = tell(now, telling[i]);
		char *old_text, *new_text;

		if (json_equal(old, new) || (!old && !new))
			continue;
		old_text = old ? json_dumps(old, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
		new_text = new ? json_dumps(new, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
		problem_set(why, 0,
			"this is not the host that the run began on, %s%s%s was %.150s and is "
			"%.150s: begin a new run",
			telling[i][0], telling[i][1] ? "." : "", telling[i][1] ? telling[i][1] : "",
			old_text ? old_text : "unknown", new_text ? new_text : "unknown");
		free(old_text);
		free(new_text);
		return -ESTALE;
	}
	return 0;
}

/* Judges what was run, keeps the findings and prints them. Returns the exit status. */
static int conclude(const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns, bool quiet, struct problem *why)
{
	struct render_options how = { .colour = isatty(1) == 1, .verbose = true };
	json_t *findings = NULL;
	int r, status;

	r = judge_run(store, run, plan, plan, patterns, &findings, why);
	if (r == 0)
		r = store_write_json(store->dir_fd, "findings.json", findings, why);
	if (r == 0 && !quiet) {
		putchar('\n');
		renderer_find("table")->render(findings, &how, stdout);
		printf("Run directory: %s\n", store->dir);
		fflush(stdout);
	}
	status = r < 0 ? r : judge_exit_status(findings);
	json_decref(findings);
	return status;
}

/*
 * The patterns as they were, so that the run can be judged where none are installed. A run that was
 * stopped before it had them gets those of who goes on with it.
 */
static int freeze_patterns(
	const struct store *store, const struct patterns *patterns, struct problem *why)
{
	size_t length = 0;
	const char *text;

	if (!patterns || faccessat(store->dir_fd, PATTERNS_FILE, F_OK, 0) == 0)
		return 0;
	text = patterns_text(patterns, &length);
	return store_write(store->dir_fd, PATTERNS_FILE, text, length, why);
}

int conduct(struct runner *runner, const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns, bool quiet, struct problem *why)
{
	int status = freeze_patterns(store, patterns, why);

	if (status == 0)
		status = seal_write(store->dir_fd, why);
	if (status == 0)
		status = runner_run(runner, store, plan, why);
	if (status == 0)
		status = conclude(store, run, plan, patterns, quiet, why);
	if (status >= 0 && runner->stopped)
		fprintf(stderr, "igd-harness: stopped; `igd-harness resume %s` goes on\n",
			store->dir);
	return status >= 0 && !runner->host_is_whole ? EXIT_NO_ANSWER : status;
}

#include "harness/session/session.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/device_models.h"
#include "harness/backend/image.h"
#include "harness/base/below/below.h"
#include "harness/base/exit_status.h"
#include "harness/base/fileio.h"
#include "harness/base/install_paths.h"
#include "harness/base/run_files.h"
#include "harness/judge/judge.h"
#include "harness/report/formats/json.h"
#include "harness/report/formats/table.h"
#include "harness/run/terminal.h"
#include "harness/session/enough.h"
#include "harness/store/attempt.h"
#include "harness/store/host_broken.h"
#include "harness/store/seal.h"
#include "src/document.h"

/* As an absolute path if it is one that exists. */
static json_t *path_json(const char *path)
{
	char absolute[PATH_MAX];

	return path ? json_string(realpath(path, absolute) ? absolute : path) : json_null();
}

json_t *session_settings(
	const char *backend, const struct backend_options *options, const struct runner *runner)
{
	const char *model = options->device_model;

	return json_pack("{s:s, s:f, s:b, s:i, s:o, s:o, s:s?, s:o, s:O*}", "backend", backend,
		"slow", runner->slow, "keep_lease", (int)runner->keep_lease, "jobs",
		runner->jobs ? (int)runner->jobs : 1, "guests", path_json(options->guests_dir),
		"device_model",
		/* Without a slash it is looked for along PATH. */
		model && !strchr(model, '/') ? json_string(model) : path_json(model), "accelerator",
		options->accelerator, "replay", path_json(options->replay_dir), "models",
		options->models);
}

int session_settings_read(const json_t *settings, const char **backend_r,
	struct backend_options *options_r, struct runner *runner)
{
	if (!json_is_string(json_object_get(settings, "backend")) ||
		!json_is_number(json_object_get(settings, "slow")))
		return -EINVAL;
	*backend_r = document_text(settings, "backend");
	runner->slow = json_number_value(json_object_get(settings, "slow"));
	runner->keep_lease = json_is_true(json_object_get(settings, "keep_lease"));
	/* Runs of before there were any have none. */
	runner->jobs = (unsigned int)json_integer_value(json_object_get(settings, "jobs"));
	*options_r = (struct backend_options){
		.guests_dir = json_string_value(json_object_get(settings, "guests")),
		.device_model = json_string_value(json_object_get(settings, "device_model")),
		.accelerator = json_string_value(json_object_get(settings, "accelerator")),
		.replay_dir = json_string_value(json_object_get(settings, "replay")),
		.models = json_object_get(settings, "models"),
	};
	return runner->slow >= 0.01 && runner->slow <= 1000 && runner->jobs <= SCHEDULE_JOBS_MAX
		       ? 0
		       : -EINVAL;
}

void session_identify(
	struct runner *runner, const struct backend_options *options, const json_t *plan)
{
	/* A replay has those of the run that was recorded. */
	if (json_object_get(runner->identities, "replay_of"))
		return;
	json_object_set_new(runner->identities, "guests",
		image_identities(options->guests_dir ? options->guests_dir : "", plan));
	runner_identify_devices(runner, plan);
}

/* What makes a result of one host a result of another. */
static const char *const telling[][2] = { { "acts_as", NULL }, { "versions", NULL },
	{ "builds", NULL }, { "device_model", NULL }, { "models", NULL },
	{ "firmware", "hvmloader" }, { "firmware", "seabios" }, { "firmware", "ovmf" },
	{ "firmware", "vgabios-stdvga" }, { "firmware", "vgabios-cirrus" },
	{ "firmware", "vgabios-qxl" }, { "guests", NULL }, { "capabilities", NULL },
	{ "host", "place" }, { "host", "sys_vendor" }, { "host", "product_name" },
	{ "host", "cpu" }, { "host", "kernel" }, { "host", "name" }, { "host", "phantom" },
	{ "host", "virtual_gpu" } };

static const json_t *tell(const json_t *identities, const char *const keys[2])
{
	const json_t *value = json_object_get(identities, keys[0]);

	return keys[1] ? json_object_get(value, keys[1]) : value;
}

int session_same(const json_t *before, const json_t *now, struct problem *why)
{
	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
		const json_t *old = tell(before, telling[i]), *new = tell(now, telling[i]);
		char *old_text, *new_text;

		if (json_equal(old, new) || (!old && !new))
			continue;
		old_text = old ? json_dumps(old, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
		new_text = new ? json_dumps(new, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
		problem_set(why, 0,
			"the host is not the host on which the run began: %s%s%s was "
			"%.150s and is now %.150s; start a new run",
			telling[i][0], telling[i][1] ? "." : "", telling[i][1] ? telling[i][1] : "",
			old_text ? old_text : "unknown", new_text ? new_text : "unknown");
		free(old_text);
		free(new_text);
		return -ESTALE;
	}
	return 0;
}

/* A run to be judged into findings.json, and beside that into a table and its totals. */
struct conclusion {
	const struct store *store;
	const json_t *run, *plan;
	const struct patterns *patterns;
	struct rendering table;
	json_t *totals;
};

static int judge_into(void *data, FILE *stream, struct problem *why)
{
	struct conclusion *conclusion = data;
	struct rendering json = { .options = conclusion->table.options, .stream = stream };
	struct findings_sink written = render_json_sink(&json);
	struct findings_sink shown = render_table_sink(&conclusion->table);
	struct findings_sink totals = findings_totals(&conclusion->totals);
	struct findings_pair first = { &written, &shown };
	struct findings_sink both = findings_both(&first);
	struct findings_pair second = { &both, &totals };
	struct findings_sink all = findings_both(&second);
	const struct judge_request request = { conclusion->store, conclusion->run, conclusion->plan,
		conclusion->plan, conclusion->patterns, &all };

	return judge_stream(&request, why);
}

int session_conclude(const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns, enum output_level level, struct problem *why)
{
	char *more = NULL;
	struct render_options how = { .colour = terminal_wants_colour(STDOUT_FILENO),
		.verbose = level == OUTPUT_VERBOSE,
		.dir = store->dir,
		.more = asprintf(&more, "%s judge --verbose %s", install_program(), store->dir) < 0
				? NULL
				: more };
	char *text = NULL;
	size_t length = 0;
	struct conclusion conclusion = { store, run, plan, patterns,
		{ .options = &how, .stream = open_memstream(&text, &length) } };
	struct fileio_source source = { judge_into, &conclusion };
	int r = -ENOMEM, status;

	if (conclusion.table.stream)
		r = fileio_write_from(
			store->dir_fd, "findings.json", "findings.json", &source, why);
	else
		problem_set(why, r, "no memory to judge the run");
	if (conclusion.table.stream)
		fclose(conclusion.table.stream);
	/* Shown when it is kept. */
	if (r == 0 && level != OUTPUT_QUIET) {
		printf("\n%s", text);
		fflush(stdout);
	}
	if (r == 0 && judge_tested_nothing(conclusion.totals))
		fputs("igd-harness: " JUDGE_NOTHING_TESTED "\n", stderr);
	status = r < 0 ? r : judge_exit_status(conclusion.totals);
	rendering_finish(&conclusion.table);
	json_decref(conclusion.totals);
	free(more);
	free(text);
	return status;
}

/*
 * The patterns as they were, so that the run can be judged where none are installed. A run that was
 * stopped before it had them gets those of who goes on with it.
 */
/* The devices that the killed run had; its guests are gone since the back end was opened. */
static int restore_lease(struct runner *runner, struct problem *why)
{
	struct lease_list devices;

	if (!runner->backend->devices)
		return 0;
	return lease_restore(runner->backend->devices, runner->host, "", &devices, why) < 0 ? -EIO
											    : 0;
}

int session_reopen(struct runner *runner, struct backend_options *options,
	const struct store *store, const json_t *run, const json_t *plan, struct problem *why)
{
	char boot_id[BOOT_ID_MAX];
	const char *backend;
	int r;

	if (session_settings_read(json_object_get(run, "settings"), &backend, options, runner) < 0)
		return problem_set(why, -ENOTSUP,
			"%s/run.json lacks the settings of the run (\"settings\"): start a "
			"new run",
			store->dir);
	attempt_boot_id(boot_id);
	r = host_broken_check(store, boot_id, why);
	/* Before any of them is executed: the run may be somebody else's. */
	if (r == 0)
		r = device_models_unchanged(options, json_object_get(run, "identities"), why);
	if (r == 0)
		r = runner_open(runner, backend, options, why);
	if (r == 0)
		r = restore_lease(runner, why);
	if (r == 0)
		session_identify(runner, options, plan);
	return r == 0 ? session_same(json_object_get(run, "identities"), runner->identities, why)
		      : r;
}

static int freeze_patterns(
	const struct store *store, const struct patterns *patterns, struct problem *why)
{
	size_t length = 0;
	const char *text;

	if (!patterns || below_exists(store->dir_fd, PATTERNS_FILE))
		return 0;
	text = patterns_text(patterns, &length);
	return fileio_write(store->dir_fd, PATTERNS_FILE, text, length, why);
}

/* What there was to see of the host when the run began. */
static int freeze_host(const struct store *store, const json_t *document, struct problem *why)
{
	if (!document || below_exists(store->dir_fd, HOST_FILE))
		return 0;
	return fileio_write_json(store->dir_fd, HOST_FILE, document, why);
}

int session_seal(const struct store *store, const struct patterns *patterns, const json_t *host,
	struct problem *why)
{
	int r = freeze_patterns(store, patterns, why);

	if (r == 0)
		r = freeze_host(store, host, why);
	return r < 0 ? r : seal_write(store->dir_fd, why);
}

static bool is_enough(void *data, const struct schedule_entry *over)
{
	if (over)
		session_enough_cell(data, over->index);
	return session_enough_reached(data);
}

int session_run(struct runner *runner, const struct store *store, const json_t *run,
	const json_t *plan, const struct patterns *patterns, const struct session_wishes *wishes,
	struct problem *why)
{
	struct session_enough *enough = malloc(sizeof(*enough));
	int status;

	if (!enough)
		return problem_set(why, -ENOMEM, "no memory for a run");
	*enough = session_enough_begin(wishes, store, run, plan, patterns);

	runner->quiet = wishes->level == OUTPUT_QUIET;
	runner->patterns = patterns;
	runner->first = wishes->first;
	runner->keep = wishes->keep;
	runner->is_enough = is_enough;
	runner->data = enough;
	status = session_seal(store, patterns, runner->document, why);
	if (status == 0)
		status = runner_run(runner, store, plan, why);
	if (status == 0)
		status = session_enough_keep(enough, plan, why);
	if (status == 0)
		status = session_conclude(store, run, plan, patterns, wishes->level, why);
	if (status >= 0 && runner->stopped)
		session_tell_stopped(enough, store, plan);
	free(enough);
	return status >= 0 && !runner->host_is_whole ? EXIT_NO_ANSWER : status;
}

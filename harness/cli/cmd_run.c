#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/backend/backend.h"
#include "harness/backend/device_models.h"
#include "harness/backend/image.h"
#include "harness/base/build_version.h"
#include "harness/base/clock.h"
#include "harness/base/install_paths.h"
#include "harness/cli/choice_options.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/cli/free_host.h"
#include "harness/cli/pass.h"
#include "harness/cli/wishes.h"
#include "harness/dut/driver.h"
#include "harness/matrix/matrix.h"
#include "harness/plan/plan.h"
#include "harness/plan/shard.h"
#include "harness/run/runner.h"
#include "harness/session/session.h"
#include "harness/store/run_dir.h"
#include "src/document.h"

static struct {
	const char *dut, *tree, *hosts, *lab_dir;
	const char *backend, *out, *guests, *device_model, *accelerator, *replay, *slow, *patterns,
		*known, *shard, *guest, *like, *jobs, *repeat;
	struct plan_choice choice;
	struct wish_texts wishes;
	struct string_list models;
	bool quiet, verbose, keep, keep_lease, no_cells;
} opts = { .backend = "libxl", .accelerator = "tcg", .slow = "1", .jobs = "1", .repeat = "1" };

static const struct command_option options[] = {
	{ "backend", "NAME", "the back end that starts the guests (default: libxl)",
		.text = &opts.backend, .nth = backend_name },
	{ "out", "DIR",
		"the run directory to make (default: IGD_RUN_DIR, or igd-run-DATE-TIME in\n"
		"                          the current folder)",
		.text = &opts.out },
	CHOICE_OPTIONS(opts.choice),
	{ "shard", "INDEX/COUNT",
		"only this part of the cells, such as 2/4 for the second of four hosts;\n"
		"                          `merge` joins the runs",
		.text = &opts.shard },
	{ "dut", "HOST",
		"run on this host under test: lab:NAME, ssh:USER@HOST, or a host\n"
		"                          description, NAME or FILE; label=LABEL takes a free host with that\n"
		"                          label (docs/labs/hosts-under-test.md); paths and back ends are those\n"
		"                          of the host",
		.text = &opts.dut },
	{ "hosts", "DIR",
		"the folder of the host descriptions NAME.yaml (default: IGD_HOSTS, or\n"
		"                          hosts)",
		.text = &opts.hosts },
	{ "tree", "DIR",
		"the installed tree to copy to the host under test (default: the tree of\n"
		"                          this program)",
		.text = &opts.tree },
	{ "lab-dir", "DIR",
		"the folder of the commands that lab:NAME uses (default: ci/lab above\n"
		"                          this program)",
		.text = &opts.lab_dir },
	{ "guest", "NAME",
		"the guest image instead of the matrix's, such as tiny: a small kernel\n"
		"                          that boots in a third of the time",
		.text = &opts.guest },
	{ "guests", "DIR",
		"the folder of the guest images (default: IGD_GUESTS, or the images\n"
		"                          installed with the program)",
		.text = &opts.guests },
	{ "device-model", "PATH", "the QEMU to test (default: that of the back end)",
		.text = &opts.device_model },
	{ "model", "NAME=PATH",
		"a further QEMU, for cells whose setting device_model is NAME; repeatable",
		.list = &opts.models },
	{ "accel", "NAME", "for the qemu back end: tcg (default) or kvm",
		.text = &opts.accelerator },
	{ "replay", "DIR", "the recorded run, for the replay back end", .text = &opts.replay },
	{ "repeat", "N",
		"run each cell N times, one after the other; a cell whose runs differ is\n"
		"                          FLAKY",
		.text = &opts.repeat },
	{ "jobs", "N",
		"run up to N cells side by side, as far as the memory and processors of\n"
		"                          the host allow; cells with a passed-through device run alone",
		.text = &opts.jobs },
	{ "slow", "FACTOR", "multiply all limits, for a slow host", .text = &opts.slow },
	{ "patterns", "FILE",
		"the patterns of log lines (default: IGD_PATTERNS, or the file installed\n"
		"                          with the program)",
		.text = &opts.patterns },
	{ "known", "FILE",
		"the known deviations (default: MATRIX.known.yaml beside the matrix, if\n"
		"                          it exists)",
		.text = &opts.known },
	WISH_OPTIONS(opts.wishes),
	{ "keep-lease", NULL,
		"return a passed-through device to dom0 at the end of the run, not after\n"
		"                          each cell",
		.flag = &opts.keep_lease },
	{ "keep", NULL,
		"leave the guest of the one chosen cell running, and print how to reach\n"
		"                          it; Ctrl-C ends it, and the cell is judged",
		.flag = &opts.keep },
	{ "no-cells", NULL, "freeze the run directory and run no cell; `resume` runs the cells",
		.flag = &opts.no_cells },
	{ "like", "RUN",
		"the earlier run whose times are used to estimate the remaining time\n"
		"                          (default: the newest run of this matrix beside the run directory)",
		.text = &opts.like },
	{ "quiet", NULL, "print only warnings and errors", .flag = &opts.quiet },
	{ "verbose", NULL, "print every field of every cell", .flag = &opts.verbose },
	{ NULL },
};

static char *default_out(void)
{
	const char *named = getenv("IGD_RUN_DIR");
	char name[64];
	time_t now = time(NULL);
	struct tm tm;

	if (named)
		return strdup(named);
	localtime_r(&now, &tm);
	strftime(name, sizeof(name), "igd-run-%Y%m%d-%H%M%S", &tm);
	return strdup(name);
}

static json_t *run_document(const json_t *identities, json_t *settings)
{
	json_t *run = document_new(DOCUMENT_RUN, DOCUMENT_VERSION);
	char now[CLOCK_TEXT_MAX];

	clock_text(now);
	json_object_set_new(run, "harness", json_string(build_version()));
	json_object_set_new(run, "started", json_string(now));
	json_object_set_new(run, "settings", settings);
	json_object_set(run, "identities", (json_t *)identities);
	return run;
}

/* The file of known deviations that went into a plan, or NULL. */
static const char *known_of(const json_t *plan)
{
	return json_string_value(json_object_get(json_object_get(plan, "known"), "file"));
}

/* What a run is to be, all owned. */
struct order {
	char *matrix; /* its file */
	json_t *plan, *models;
	struct patterns *patterns;
	struct session_wishes wishes; /* `first` is owned, too */
};

static int run_plan(struct runner *runner, const struct backend_options *host_options,
	const struct order *order, const char *out, struct problem *why)
{
	const json_t *plan = order->plan;
	struct store store = STORE_NONE;
	char *earlier = NULL;
	json_t *run;
	int r, status;

	if (!opts.like)
		earlier = estimate_earlier(
			out, document_text(json_object_get(plan, "matrix"), "name"));
	runner->like = opts.like ? opts.like : earlier;
	session_identify(runner, host_options, plan);
	run = run_document(
		runner->identities, session_settings(opts.backend, host_options, runner));
	r = store_create(out, run, plan, order->matrix, known_of(plan), &store, why);
	if (r == 0)
		r = opts.no_cells ? session_seal(&store, order->patterns, runner->document, why)
				  : session_run(runner, &store, run, plan, order->patterns,
					    &order->wishes, why);
	if (r == 0 && opts.no_cells && !opts.quiet)
		printf("Run directory: %s\n", store.dir);
	status = r;
	if (status < 0)
		status = command_fail(
			&command_run, status == -EEXIST ? EXIT_USAGE : EXIT_NO_ANSWER, why);
	json_decref(run);
	store_close(&store);
	free(earlier);
	return status;
}

/* The host makes the plan again to see what it has of it. It has no file of cells: if there are not
 * too many of them, it gets their names. */
static void pass_choice(FILE *stream, const json_t *plan)
{
	const json_t *cells = json_object_get(plan, "cells"), *cell;
	size_t i;

	if (!opts.choice.cells) {
		pass_list(stream, "select", &opts.choice.select);
		pass_list(stream, "where", &opts.choice.where);
		pass_list(stream, "tag", &opts.choice.tags);
		pass_list(stream, "exclude", &opts.choice.exclude);
	} else if (json_array_size(cells) <= STRING_LIST_MAX) {
		json_array_foreach(cells, i, cell)
			fprintf(stream, " --select %s", document_text(cell, "name"));
	}
}

/* The options that are the host's business, as words for its shell; those that choose cells only
 * with a plan. */
static char *options_for_host(const json_t *plan)
{

	const struct {
		const char *name, *value;
	} passed[] = { { "backend", opts.backend }, { "slow", opts.slow }, { "guest", opts.guest },
		{ "accel", opts.accelerator }, { "guests", opts.guests },
		{ "device-model", opts.device_model }, { "replay", opts.replay } };
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		pass_option(stream, passed[i].name, passed[i].value);
	if (plan)
		pass_choice(stream, plan);
	pass_list(stream, "model", &opts.models);
	fclose(stream);
	return text;
}

/* What a run on a host under test is made of, but for the host. */
struct dut_order {
	const struct order *order;
	const char *out, *for_host;
	struct dut_job job;
};

static int run_on(
	void *data, const struct dut *dut, const struct dut_health *health, struct problem *why)
{
	struct dut_order *dut_order = data;
	const struct order *order = dut_order->order;

	dut_order->job.dut = dut;
	dut_order->job.health = health;
	return dut_run(&dut_order->job, dut_order->out, order->matrix, dut_order->for_host,
		order->plan, order->patterns, why);
}

static int run_on_free_host(struct dut_order *dut_order, const struct dut_places *places,
	const char *label, struct problem *why)
{
	char *for_health = options_for_host(NULL);
	const struct free_host_request request = { .label = label,
		.places = places,
		.options = for_health,
		.ask_host = strcmp(opts.backend, "libxl") == 0,
		.run = run_on,
		.data = dut_order };
	int r = for_health ? free_host_run(&request, why) : -ENOMEM;

	free(for_health);
	return r;
}

static int run_on_named_host(
	struct dut_order *dut_order, const struct dut_places *places, struct problem *why)
{
	struct dut *dut = NULL;
	int r = dut_find(opts.dut, places, &dut, why);

	if (r < 0)
		return command_fail(&command_run, exit_status_of(r), why);
	r = run_on(dut_order, dut, NULL, why);
	dut_free(dut);
	return r < 0 ? command_fail(&command_run, r == -EEXIST ? EXIT_USAGE : EXIT_NO_ANSWER, why)
		     : r;
}

/* Options of a run that has its cells in one process. */
static int refuse_for_dut(struct problem *why)
{
	const char *refused = opts.keep                ? "keep"
			      : opts.keep_lease        ? "keep-lease"
			      : opts.no_cells          ? "no-cells"
			      : opts.wishes.order      ? "order"
			      : strcmp(opts.jobs, "1") ? "jobs"
						       : NULL;

	return refused ? problem_set(why, -EINVAL,
				 "--%s does not work with --dut: the host runs one harness for each "
				 "cell",
				 refused)
		       : 0;
}

/* On a host under test: what has to be known of it is all checked before anything is made. */
static int run_on_dut(const struct order *order, const char *out, struct problem *why)
{
	const struct dut_places places = { .hosts = opts.hosts, .lab = opts.lab_dir };
	const size_t prefix = strlen(FREE_HOST_LABEL);
	char *tree = opts.tree ? strdup(opts.tree) : install_path("../..");
	char *for_host = options_for_host(order->plan);
	struct dut_order dut_order = { .order = order,
		.out = out,
		.for_host = for_host,
		.job = { .tree = tree, .lab = opts.lab_dir, .wishes = &order->wishes } };
	int r = tree && for_host ? refuse_for_dut(why) : -ENOMEM;

	if (r < 0)
		r = command_fail(&command_run, exit_status_of(r), why);
	else if (strncmp(opts.dut, FREE_HOST_LABEL, prefix) != 0)
		r = run_on_named_host(&dut_order, &places, why);
	else if ((r = run_on_free_host(&dut_order, &places, opts.dut + prefix, why)) < 0)
		r = command_fail(&command_run, exit_status_of(r), why);
	free(tree);
	free(for_host);
	return r;
}

/* Opens the host, and looks for the guest images before the run directory is made. Returns 0, or
 * the exit status. */
static int open_host(struct runner *runner, const struct backend_options *host_options,
	const json_t *plan, struct problem *why)
{
	int r = runner_open(runner, opts.backend, host_options, why);

	if (r < 0)
		return command_fail(&command_run, r == -EINVAL ? EXIT_USAGE : EXIT_NO_ANSWER, why);
	if (opts.keep && !runner->backend->reach) {
		problem_set(why, 0, "--keep needs a guest that runs, and the %s back end has none",
			runner->backend->name);
		return command_fail(&command_run, EXIT_USAGE, why);
	}
	if (runner->backend->boots_images)
		r = images_check(host_options->guests_dir, plan, why);
	if (r < 0)
		return command_fail(&command_run, r == -ENOENT ? EXIT_USAGE : EXIT_NO_ANSWER, why);
	return 0;
}

static bool take_jobs(struct runner *runner)
{
	char *end = NULL;
	long jobs = strtol(opts.jobs, &end, 10);

	runner->jobs = (unsigned int)jobs;
	return end != opts.jobs && !*end && jobs >= 1 && jobs <= SCHEDULE_JOBS_MAX;
}

/* Reads --model, and says before the first cell which of the plan's it leaves out. */
static int take_models(const json_t *plan, json_t **models_r, struct problem *why)
{
	json_t *lacking = NULL;
	const json_t *name;
	size_t i;
	int r = device_models_parse(opts.models.texts, opts.models.count, models_r, why);

	if (r == 0)
		r = device_models_check(plan, opts.backend, *models_r, &lacking, why);
	json_array_foreach(lacking, i, name) fprintf(stderr,
		"igd-harness: cells with the device model %s are SKIP: the run has no --model %s=PATH\n",
		json_string_value(name), json_string_value(name));
	json_decref(lacking);
	return r;
}

static int take_keep(struct order *order, struct problem *why)
{
	order->wishes.keep = opts.keep;
	if (!opts.keep)
		return 0;
	if (opts.no_cells)
		return problem_set(
			why, -EINVAL, "--keep needs a guest, and --no-cells starts none");
	if (json_array_size(json_object_get(order->plan, "cells")) != 1 &&
		strcmp(opts.repeat, "1") != 0)
		return problem_set(why, -EINVAL,
			"--keep leaves one guest running, once: it does not work with --repeat");
	if (json_array_size(json_object_get(order->plan, "cells")) != 1)
		return problem_set(why, -EINVAL,
			"--keep leaves one guest running: choose one cell with --select; "
			"`igd-harness plan` lists them");
	return 0;
}

static int take_repeat(json_t *plan, struct problem *why)
{
	char *end = NULL;
	long times = strtol(opts.repeat, &end, 10);

	if (end == opts.repeat || *end || times < 1 || times > PLAN_REPEATS_MAX)
		return problem_set(why, -EINVAL,
			"--repeat takes a number from 1 to %d, not \"%.60s\"", PLAN_REPEATS_MAX,
			opts.repeat);
	return plan_repeat(plan, (unsigned int)times, why);
}

/* Reads all that is said of the run before any host is looked at. Returns 0 or a negative errno. */
static int take_order(const char *matrix, struct order *order, struct problem *why)
{
	int r;

	order->wishes.level = output_level(opts.quiet, opts.verbose);
	order->matrix = install_matrix(matrix);
	r = order->matrix ? matrix_plan(order->matrix, opts.known, &order->plan, why) : -ENOMEM;
	if (r == 0)
		r = plan_choose(order->plan, &opts.choice, why);
	if (r == 0 && opts.guest)
		r = plan_guest(order->plan, opts.guest, why);
	if (r == 0)
		r = shard_cut(order->plan, opts.shard, why);
	if (r == 0)
		r = take_repeat(order->plan, why);
	if (r == 0)
		r = take_models(order->plan, &order->models, why);
	if (r == 0)
		r = patterns_choose(opts.patterns, NULL, &order->patterns, why);
	if (r == 0)
		r = take_keep(order, why);
	return r < 0 ? r : wishes_read(&opts.wishes, &order->wishes, why);
}

static void free_order(struct order *order)
{
	patterns_free(order->patterns);
	json_decref(order->plan);
	json_decref(order->models);
	json_decref((json_t *)order->wishes.first);
	free(order->matrix);
}

static int run(int argc, char **argv)
{
	char *guests = install_guests(opts.guests);
	char *out = opts.out ? strdup(opts.out) : default_out(), *end = NULL;
	struct backend_options host_options = { guests, opts.device_model, opts.accelerator,
		opts.replay };
	struct runner runner = { .slow = strtod(opts.slow, &end), .keep_lease = opts.keep_lease };
	struct order order = { .matrix = NULL };
	struct problem why = { 0 };
	int r, status;

	if (argc != 1 || *end || !(runner.slow >= 0.01 && runner.slow <= 1000) ||
		!take_jobs(&runner)) {
		problem_set(&why, 0,
			argc != 1
				? "name one matrix file, such as results/matrices/seed-display.yaml"
			: *end || !(runner.slow >= 0.01 && runner.slow <= 1000)
				? "--slow takes a number from 0.01 to 1000"
				: "--jobs takes a number from 1 to 256");
		status = command_fail(&command_run, EXIT_USAGE, &why);
		goto out;
	}
	r = take_order(argv[0], &order, &why);
	host_options.models = order.models;
	if (r < 0) {
		status = command_fail(&command_run, exit_status_of(r), &why);
	} else if (opts.dut) {
		status = run_on_dut(&order, out, &why);
	} else {
		status = open_host(&runner, &host_options, order.plan, &why);
		if (status == 0)
			status = run_plan(&runner, &host_options, &order, out, &why);
	}
out:
	runner_close(&runner);
	free_order(&order);
	free(guests);
	free(out);
	return status;
}

const struct command command_run = {
	.name = "run",
	.arguments = "MATRIX",
	.summary = "start every cell of a matrix, record it and judge it",
	.description =
		"Writes the plan into a run directory, runs each cell's guest, stores its reports and\n"
		"all evidence, judges them, and prints the result. Exit status: 0 all as expected; 1\n"
		"a deviation; 2 usage; 3 the lab, the host or the test failed.",
	.options = options,
	.run = run,
};

#include "harness/run/runner.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "harness/backend/device_models.h"
#include "harness/base/escape.h"
#include "harness/host/document.h"
#include "harness/plan/plan.h"
#include "harness/plan/shard.h"
#include "harness/run/running_cell.h"
#include "harness/run/service.h"
#include "harness/store/attempt.h"
#include "harness/store/host_broken.h"
#include "src/document.h"

#define TICK_US 500000

/* Of wishes to stop, added up in an eventfd: this many and the cell is not waited for. */
#define STOP_NOW 2

/*
 * A handler and an eventfd, not a blocked signal and a signalfd: what is blocked here would be
 * blocked in every child too, and libxl's children are not ours to unblock.
 */
static volatile sig_atomic_t stop_fd = -1;

/* The signals that stop a run, and what they did before. */
static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };
#define STOP_SIGNALS (sizeof(stop_signals) / sizeof(stop_signals[0]))
static struct sigaction action_before[STOP_SIGNALS];
static bool listening;

static void on_signal(int number)
{
	/* A second Ctrl-C is a second wish; all others mean now. */
	uint64_t urgency = number == SIGINT ? 1 : STOP_NOW;
	int saved = errno;

	if (write(stop_fd, &urgency, sizeof(urgency)) < 0) {
		/* It is full: somebody is told already. */
	}
	errno = saved;
}

/* Ends the guests that are left running. False if there is none. */
static bool release_kept(struct runner *runner)
{
	bool released = false;

	for (struct running_cell *turn = runner->turns; turn; turn = turn->next)
		released = cell_release(turn->cell) || released;
	if (released)
		fputs("\nigd-harness: ending the guest; press Ctrl-C again to destroy it\n",
			stderr);
	return released;
}

static int on_stop(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct runner *runner = data;
	uint64_t urgency;

	if (read(fd, &urgency, sizeof(urgency)) < 0)
		return 0;
	if (!runner->stopped && urgency < STOP_NOW) {
		runner->stopped = true;
		if (release_kept(runner))
			return 0;
		fputs("\nigd-harness: stopping after the running cells; press Ctrl-C "
		      "again to end them now\n",
			stderr);
		return 0;
	}
	runner->stopped = true;
	for (struct running_cell *running_cell = runner->turns; running_cell;
		running_cell = running_cell->next)
		cell_interrupt(running_cell->cell);
	return 0;
}

static int on_tick(sd_event_source *source, uint64_t usec, void *data)
{
	struct runner *runner = data;

	progress_tick(&runner->progress);
	sd_event_source_set_time_relative(source, TICK_US);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

static int listen_for_stop(struct runner *runner)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	runner->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (runner->stop_fd < 0)
		return -errno;
	stop_fd = runner->stop_fd;
	for (size_t i = 0; i < STOP_SIGNALS; i++)
		sigaction(stop_signals[i], &action, &action_before[i]);
	listening = true;
	/* A guest's console that closes while we write is a finding, not our end. */
	signal(SIGPIPE, SIG_IGN);
	return sd_event_add_io(
		runner->loop, &runner->stop_source, stop_fd, EPOLLIN, on_stop, runner);
}

/* Signals do again what they did before: nothing reads the eventfd any more. */
static void stop_listening(void)
{
	for (size_t i = 0; listening && i < STOP_SIGNALS; i++)
		sigaction(stop_signals[i], &action_before[i], NULL);
	listening = false;
}

static int look_at_host(struct runner *runner)
{
	json_t *survey = json_object();
	struct host_sources sources = { .root = "",
		.identities = runner->identities,
		.survey = survey,
		.xen_trouble = "",
		.model_trouble = "" };

	if (survey && runner->backend->survey)
		runner->backend->survey(runner->host, survey);
	runner->document = host_document(&sources);
	json_decref(survey);
	if (!runner->document)
		return -ENOMEM;
	host_document_identify(runner->document, runner->identities);
	return 0;
}

/* What killed runs left on the host, which opening the back end has ended. */
static void tell_destroyed(const json_t *identities)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(identities, "destroyed_at_start"), i, entry)
	{
		fputs("igd-harness: a killed run has left this, and it was ended: ", stderr);
		escape_value(stderr, entry);
		fputc('\n', stderr);
	}
}

int runner_open(struct runner *runner, const char *backend, const struct backend_options *options,
	struct problem *why)
{
	int r;

	runner->stop_fd = -1;
	runner->host_is_whole = true;
	runner->lease = LEASE_NONE;
	runner->guests_dir = options->guests_dir;
	r = backend_find(backend, &runner->backend, why);
	if (r < 0)
		return r;
	r = sd_event_new(&runner->loop);
	if (r < 0)
		return problem_set(why, r, "cannot make an event loop: %s", strerror(-r));
	r = listen_for_stop(runner);
	if (r < 0)
		return problem_set(why, r, "cannot listen for signals: %s", strerror(-r));
	r = runner->backend->open(options, runner->loop, &runner->host, why);
	if (r < 0)
		return r;
	runner->identities = json_pack("{s:s, s:s}", "backend", backend, "acts_as", backend);
	r = runner->backend->identify(runner->host, runner->identities, why);
	if (r < 0)
		return r;
	tell_destroyed(runner->identities);
	/* A replay brings the identity of the host that was recorded. */
	if (json_object_get(runner->identities, "host"))
		return 0;
	host_watch_begin(&runner->host_watch, HOST_TAINT_FILE);
	r = look_at_host(runner);
	/* What the run brings along is no capability that the host's check would know. */
	return r < 0 ? r : device_models_identify(options->models, runner->identities, why);
}

struct chooser {
	struct runner *runner;
	const struct store *store;
	const json_t *plan;
};

/* Is it this run's to do? The places count all that are, whichever are chosen of them. */
static bool is_due(void *data, struct schedule_entry *entry)
{
	const struct chooser *chooser = data;
	struct runner *runner = chooser->runner;
	const char *name = document_text(entry->cell, "name");
	char key[PLAN_KEY_MAX];

	if (shard_is_elsewhere(chooser->plan, entry->cell))
		return false;
	entry->number = runner->places++;
	/* It may be what killed the harness, or the host. */
	if (attempt_was_lost(chooser->store, entry->index, name))
		entry->alone = true;
	plan_key(entry->cell, key);
	return !runner->only || strcmp(runner->only, name) == 0 || strcmp(runner->only, key) == 0;
}

static int make_queue(struct runner *runner, const struct store *store, const json_t *plan)
{
	struct chooser chooser = { runner, store, plan };
	struct schedule *schedule = &runner->schedule;
	int r = schedule_make(
		schedule, &(struct schedule_request){ .plan = plan,
				  .first = runner->first,
				  .effective_backend = document_text(runner->identities, "acts_as"),
				  .jobs = runner->jobs ? runner->jobs : 1,
				  .is_due = is_due,
				  .data = &chooser });

	if (r < 0 || schedule->jobs == 1 || !runner->backend->capacity)
		return r;
	runner->backend->capacity(runner->host, &schedule->capacity);
	fprintf(stderr,
		"igd-harness: at most %u cells run at the same time; the host has "
		"%u processors and %llu MiB free for guests\n",
		schedule->jobs, schedule->capacity.cpus,
		(unsigned long long)schedule->capacity.memory_mib);
	return 0;
}

static void ask_if_enough(struct runner *runner, const struct schedule_entry *over)
{
	if (runner->is_enough && runner->is_enough(runner->data, over))
		runner->stopped = true;
}

/* Begins what may begin. Returns 0, or a negative errno with the sentence. */
static int begin_turns(struct runner *runner, const struct store *store, struct problem *why)
{
	const struct schedule_entry *entry;

	ask_if_enough(runner, NULL);
	while (!runner->stopped && runner->host_is_whole &&
		(entry = schedule_next(&runner->schedule))) {
		struct running_cell *running_cell = NULL;
		int r = running_cell_begin(runner, store, entry, runner->turns, &running_cell, why);

		if (r != 0)
			schedule_done(&runner->schedule, entry);
		if (r < 0)
			return r;
		if (!running_cell)
			continue;
		running_cell->next = runner->turns;
		runner->turns = running_cell;
	}
	return 0;
}

/* Ends the turns whose cells are over; `all`: the others too. The first failure counts. */
static int end_turns(
	struct runner *runner, const struct store *store, bool all, struct problem *why)
{
	struct running_cell **link = &runner->turns;
	int failed = 0;

	while (*link) {
		struct running_cell *running_cell = *link;
		const struct schedule_entry *entry = running_cell->entry;
		int r;

		if (!running_cell->end && !all) {
			link = &running_cell->next;
			continue;
		}
		*link = running_cell->next;
		schedule_done(&runner->schedule, entry);
		r = running_cell_finish(running_cell, store, failed < 0 ? NULL : why);
		ask_if_enough(runner, entry);
		if (failed == 0)
			failed = r;
	}
	return failed;
}

/*
 * A failure ends the run, but not before the cells that run are over: what they say is worth
 * keeping, if it can be.
 */
static int run_turns(struct runner *runner, const struct store *store, struct problem *why)
{
	int failed = begin_turns(runner, store, why), r = 0;

	while (runner->turns) {
		r = sd_event_run(runner->loop, UINT64_MAX);
		if (r < 0)
			break;
		r = end_turns(runner, store, false, failed < 0 ? NULL : why);
		if (failed == 0)
			failed = r;
		if (failed == 0)
			failed = begin_turns(runner, store, why);
	}
	if (r < 0 && runner->turns) {
		end_turns(runner, store, true, NULL);
		return problem_set(why, r, "the event loop failed: %s", strerror(-r));
	}
	return failed;
}

static void end_lease(struct runner *runner)
{
	struct problem why = { 0 };

	if (running_cell_give_back(runner, &why) == 0)
		return;
	runner->host_is_whole = false;
	fprintf(stderr, "igd-harness: the host's devices are not as before the run: %s\n",
		why.text);
}

/* An expectation about `host/igd/display/...` is then SKIP. */
static void tell_of_own_display(const struct runner *runner, const json_t *plan)
{
	const char *unknown =
		document_text(json_object_get(runner->identities, "host"), "igd_unknown");
	const json_t *cell;
	struct lease_list devices;
	size_t i;

	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		if (!unknown[0] || running_cell_devices(runner, cell, &devices, NULL) < 0 ||
			devices.count == 0)
			continue;
		fprintf(stderr,
			"igd-harness: cells are not compared with the display of the "
			"host's own driver: %s\n",
			unknown);
		return;
	}
}

/* Why no further cell was begun. */
static void tell_of_host(const struct runner *runner, const struct store *store)
{
	struct problem why = { 0 };

	if (runner->host_broke && host_broken_check(store, runner->boot_id, &why) < 0)
		fprintf(stderr,
			"igd-harness: %s; the remaining cells were not run, since a broken host "
			"could affect them\n",
			why.text);
	else if (!runner->host_is_whole)
		fputs("igd-harness: the last cell has leftovers on the host; the "
		      "remaining cells were not run, since the leftovers could affect "
		      "them\n",
			stderr);
}

int runner_run(
	struct runner *runner, const struct store *store, const json_t *plan, struct problem *why)
{
	int r;

	attempt_boot_id(runner->boot_id);
	if (!runner->quiet)
		tell_of_own_display(runner, plan);
	estimate_begin(&runner->estimate, runner->like, store, plan);
	progress_begin(&runner->progress, runner->quiet ? NULL : stderr, shard_size(plan),
		&runner->estimate);
	r = sd_event_add_time_relative(
		runner->loop, &runner->tick, CLOCK_MONOTONIC, TICK_US, 0, on_tick, runner);
	if (r < 0)
		return problem_set(why, r, "cannot make a timer: %s", strerror(-r));
	r = service_began(runner->loop);
	if (r < 0)
		return problem_set(
			why, r, "cannot notify the service manager's watchdog: %s", strerror(-r));
	r = make_queue(runner, store, plan);
	r = r < 0 ? problem_set(why, r, "no memory for the cells to run")
		  : run_turns(runner, store, why);
	service_stopping();
	tell_of_host(runner, store);
	end_lease(runner);
	stop_listening();
	return r < 0 ? r : 0;
}

void runner_close(struct runner *runner)
{
	bool had_loop = runner->loop != NULL;

	if (runner->host)
		runner->backend->close(runner->host);
	sd_event_source_disable_unref(runner->stop_source);
	sd_event_source_disable_unref(runner->tick);
	sd_event_unref(runner->loop);
	stop_listening();
	/* A zeroed runner has no loop, and no descriptor. */
	if (had_loop && runner->stop_fd >= 0) {
		stop_fd = -1;
		close(runner->stop_fd);
	}
	json_decref(runner->identities);
	json_decref(runner->document);
	estimate_free(&runner->estimate);
	schedule_free(&runner->schedule);
}

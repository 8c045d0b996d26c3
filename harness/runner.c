#include "harness/runner.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "harness/attempt.h"
#include "harness/ending.h"
#include "harness/host_document.h"
#include "harness/models.h"
#include "harness/seal.h"
#include "harness/service.h"
#include "harness/shard.h"
#include "src/document.h"

#define TICK_US 500000

/* Of wishes to stop, added up in an eventfd: this many and the cell is not waited for. */
#define STOP_NOW 2

/*
 * A handler and an eventfd, not a blocked signal and a signalfd: what is blocked here would be
 * blocked in every child too, and libxl's children are not ours to unblock.
 */
static int stop_fd = -1;

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

static int on_stop(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct runner *runner = data;
	uint64_t urgency;

	if (read(fd, &urgency, sizeof(urgency)) < 0)
		return 0;
	if (!runner->stopped && urgency < STOP_NOW) {
		runner->stopped = true;
		fputs("\nigd-harness: stopping when this cell is over; once more to end it now\n",
			stderr);
		return 0;
	}
	runner->stopped = true;
	if (runner->cell)
		cell_interrupt(runner->cell);
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

	runner->stop_fd = stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stop_fd < 0)
		return -errno;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	/* A guest's console that closes while we write is a finding, not our end. */
	signal(SIGPIPE, SIG_IGN);
	return sd_event_add_io(
		runner->loop, &runner->stop_source, stop_fd, EPOLLIN, on_stop, runner);
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

int runner_open(struct runner *runner, const char *backend, const struct backend_options *options,
	struct problem *why)
{
	int r;

	runner->stop_fd = -1;
	runner->host_is_whole = true;
	runner->lease = LEASE_NONE;
	runner->backend = backend_find(backend, why);
	if (!runner->backend)
		return strstr(why->text, "no back end") ? -EINVAL : -ENOSYS;
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
	/* A replay brings the identity of the host that was recorded. */
	if (json_object_get(runner->identities, "host"))
		return 0;
	r = models_identify(options->models, runner->identities, why);
	return r < 0 ? r : look_at_host(runner);
}

struct turn {
	struct runner *runner;
	const json_t *plan_cell;
	json_t *end;
};

/* The device that a cell passes through: its setting `pci`, before an "@". 1, 0 for none, -EINVAL.
 */
static int device_of(const struct runner *runner, const json_t *plan_cell, struct bdf *device_r,
	struct problem *why)
{
	const char *acts_as = json_string_value(json_object_get(runner->identities, "acts_as"));
	const json_t *pci = json_object_get(
		json_object_get(json_object_get(plan_cell, "settings"), acts_as), "pci");
	const char *text = json_string_value(json_array_get(pci, 0));
	char address[BDF_TEXT_MAX];

	if (!runner->backend->devices || json_array_size(pci) == 0)
		return 0;
	if (json_array_size(pci) > 1)
		return problem_set(why, -EINVAL, "a cell may pass one device through, not %zu",
			json_array_size(pci));
	snprintf(address, sizeof(address), "%.*s", (int)strcspn(text, "@"), text);
	if (bdf_parse(address, device_r) < 0)
		return problem_set(why, -EINVAL, "\"%s\" names no PCI device", text);
	return 1;
}

static int on_prepare(void *data, struct problem *why)
{
	struct turn *turn = data;
	struct runner *runner = turn->runner;
	struct bdf device = { 0 };
	int r = device_of(runner, turn->plan_cell, &device, why);

	if (r <= 0)
		return r;
	if (runner->lease.fd >= 0 && !bdf_equal(runner->lease.device, device)) {
		r = lease_give_back(&runner->lease, why);
		if (r < 0)
			return r;
	}
	if (runner->lease.fd < 0) {
		r = lease_take(
			&runner->lease, runner->backend->devices, runner->host, "", device, why);
		if (r < 0)
			return r;
	}
	return lease_lend(&runner->lease, why);
}

static void on_inspect(void *data, json_t *leftovers)
{
	struct turn *turn = data;
	struct lease *lease = &turn->runner->lease;
	struct problem why = { 0 };

	if (lease->fd < 0 || lease->state != LEASE_GUEST)
		return;
	if (lease_return(lease, &why) < 0 ||
		(!turn->runner->keep_lease && lease_give_back(lease, &why) < 0))
		json_array_append_new(leftovers, json_string(why.text));
}

static void on_entered(void *data, enum cell_state state, uint64_t limit_ms)
{
	struct turn *turn = data;
	const struct progress *progress = &turn->runner->progress;

	progress_state(&turn->runner->progress, cell_state_name(state), limit_ms);
	service_cell(progress->index, progress->total, progress->cell, cell_state_name(state));
}

static void on_over(void *data, const json_t *end)
{
	struct turn *turn = data;

	turn->end = json_incref((json_t *)end);
}

/* A cell that could not be written down: those after it could not be either. */
static int check_recorded(const struct store *store, const json_t *end, struct problem *why)
{
	const char *not_recorded = ending_entry(ENDING_NOT_RECORDED)->name;

	if (!end || strcmp(document_text(end, "ending"), not_recorded) != 0)
		return 0;
	return problem_set(why, -ENOSPC,
		"cell %s: %.200s; make room, and `igd-harness resume %.200s` goes on",
		document_text(end, "cell"), document_text(end, "detail"), store->dir);
}

static int run_cell(struct runner *runner, const struct store *store, size_t index,
	const json_t *plan_cell, struct problem *why)
{
	const char *name = json_string_value(json_object_get(plan_cell, "name"));
	struct turn turn = { .runner = runner, .plan_cell = plan_cell };
	struct cell_watcher watcher = { on_prepare, on_inspect, on_entered, on_over, &turn };
	int dir_fd = -1, unwritten, r;

	r = attempt_begin(store, index, name, runner->boot_id, &dir_fd, why);
	if (r != 0)
		return r < 0 ? r : attempt_seal(store, index, name, why);
	progress_cell(&runner->progress, runner->turn, name);
	r = cell_begin(runner->backend, runner->host, runner->loop, plan_cell, runner->identities,
		dir_fd, runner->slow, &watcher, &runner->cell, why);
	while (r >= 0 && !turn.end)
		r = sd_event_run(runner->loop, UINT64_MAX);
	if (turn.end) {
		progress_over(
			&runner->progress, json_string_value(json_object_get(turn.end, "ending")));
		if (json_array_size(json_object_get(turn.end, "leftovers")) > 0)
			runner->host_is_whole = false;
	}
	unwritten = check_recorded(store, turn.end, why);
	cell_free(runner->cell);
	runner->cell = NULL;
	json_decref(turn.end);
	/* Sealed when the back end, too, has written its last. */
	if (r >= 0 && unwritten == 0)
		unwritten = attempt_seal_folder(dir_fd, why);
	close(dir_fd);
	if (unwritten < 0)
		return unwritten;
	return r < 0 ? problem_set(why, r, "the event loop failed: %s", strerror(-r)) : 0;
}

static void give_back(struct runner *runner)
{
	struct problem why = { 0 };

	if (lease_give_back(&runner->lease, &why) == 0)
		return;
	runner->host_is_whole = false;
	fprintf(stderr, "igd-harness: the device was not given back: %s\n", why.text);
}

int runner_run(
	struct runner *runner, const struct store *store, const json_t *plan, struct problem *why)
{
	const json_t *cells = json_object_get(plan, "cells"), *cell;
	size_t i;
	int r;

	attempt_boot_id(runner->boot_id);
	estimate_begin(&runner->estimate, runner->like, store, plan);
	progress_begin(&runner->progress, stderr, shard_size(plan), &runner->estimate);
	r = sd_event_add_time_relative(
		runner->loop, &runner->tick, CLOCK_MONOTONIC, TICK_US, 0, on_tick, runner);
	if (r < 0)
		return problem_set(why, r, "cannot make a timer: %s", strerror(-r));
	r = service_began(runner->loop);
	if (r < 0)
		return problem_set(
			why, r, "cannot feed the service manager's watchdog: %s", strerror(-r));
	json_array_foreach(cells, i, cell)
	{
		if (runner->stopped || !runner->host_is_whole)
			break;
		if (shard_is_elsewhere(plan, cell))
			continue;
		if (!runner->only || strcmp(runner->only, document_text(cell, "name")) == 0)
			r = run_cell(runner, store, i, cell, why);
		if (r < 0)
			break;
		runner->turn++;
	}
	service_stopping();
	if (!runner->host_is_whole)
		fputs("igd-harness: the last cell left something on the host; the cells after it "
		      "were not run, for they would be judged on a host that is not whole\n",
			stderr);
	give_back(runner);
	return r < 0 ? r : 0;
}

void runner_close(struct runner *runner)
{
	if (runner->host)
		runner->backend->close(runner->host);
	sd_event_source_disable_unref(runner->stop_source);
	sd_event_source_disable_unref(runner->tick);
	sd_event_unref(runner->loop);
	if (runner->stop_fd > 0)
		close(runner->stop_fd);
	json_decref(runner->identities);
	json_decref(runner->document);
	estimate_free(&runner->estimate);
}

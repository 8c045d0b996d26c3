#include "harness/dut/driver.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/exit_status.h"
#include "harness/base/fileio.h"
#include "harness/base/install_paths.h"
#include "harness/bundle/file.h"
#include "harness/dut/private.h"
#include "harness/plan/plan.h"
#include "harness/plan/shard.h"
#include "harness/run/service.h"
#include "harness/session/enough.h"
#include "src/document.h"

/* What a harness needs on the host beside its limits: to look at the host, to write. */
#define MARGIN_MS 60000

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
	struct dut_session *session = data;

	/* As in harness/run/runner.c: a first Ctrl-C lets the cell end, everything else is now. */
	if (info->ssi_signo == SIGINT && !session->stopping)
		fputs("\nigd-harness: stopping after this cell; press Ctrl-C again to end it now\n",
			stderr);
	else
		session->stop = true;
	session->stopping = true;
	return 0;
}

/* Blocked here and not in our children: harness/process/subprocess.c. */
static int listen_for_signals(struct dut_session *session)
{
	static const int wanted[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t set;
	int r = 0;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		sigaddset(&set, wanted[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]) && r >= 0; i++)
		r = sd_event_add_signal(
			session->loop, &session->signals[i], wanted[i], on_signal, session);
	return r;
}

static int open_session(struct dut_session *session, const struct dut_job *job,
	const struct store *store, struct problem *why)
{
	int r;

	*session = (struct dut_session){ .dut = job->dut,
		.claim_fd = -1,
		.store = store,
		.tree = job->tree,
		.quiet = job->wishes->level == OUTPUT_QUIET };
	session->console.fd = -1;
	session->archives = bundle_load(why);
	r = session->archives ? dut_tree_digest(job->tree, session->tree_sha256, why) : -ENOENT;
	if (r < 0)
		return r;
	r = sd_event_new(&session->loop);
	if (r >= 0)
		r = listen_for_signals(session);
	if (r < 0)
		return problem_set(why, r, "cannot make an event loop: %s", strerror(-r));
	r = dut_claim(session, why);
	if (r == 0)
		r = dut_place_take(session, why);
	if (r == 0)
		r = dut_console_open(session, why);
	return r < 0 ? r : dut_wake(session, why);
}

static void close_session(struct dut_session *session)
{
	if (session->loop)
		dut_leave(session);
	dut_console_close(session);
	dut_place_give(session);
	for (size_t i = 0; i < sizeof(session->signals) / sizeof(session->signals[0]); i++)
		sd_event_source_disable_unref(session->signals[i]);
	sd_event_unref(session->loop);
	if (session->claim_fd >= 0)
		close(session->claim_fd);
}

/* The folder of this run on the host: another run, another folder. */
static int name_run(struct dut_session *session, struct problem *why)
{
	char sha256[DIGEST_TEXT_MAX], *bytes = NULL;
	size_t length = 0;
	int r = fileio_read(session->store->dir_fd, "run.json", &bytes, &length, why);

	if (r < 0)
		return r;
	digest_bytes(bytes, length, sha256);
	free(bytes);
	if (snprintf(session->run, sizeof(session->run), "%s/run-%.16s", session->dut->work,
		    sha256) >= (int)sizeof(session->run))
		return problem_set(why, -E2BIG,
			"`work` of %s is too long: write a path of at most %zu bytes",
			session->dut->name, sizeof(session->run) - sizeof("/run-0123456789abcdef"));
	return 0;
}

/* How long a cell may take on the host: the sum of its limits. */
static uint64_t cell_limit_ms(const json_t *run, const json_t *plan_cell)
{
	double slow = json_number_value(json_object_get(json_object_get(run, "settings"), "slow"));
	const char *name;
	json_t *limit;
	double all = 0;

	json_object_foreach(json_object_get(plan_cell, "limits_ms"), name, limit) all +=
		json_number_value(limit);
	return (uint64_t)(all * (slow > 0 ? slow : 1)) + MARGIN_MS;
}

/* A cell in progress; it outlives crashes of its host. */
struct driven_cell {
	struct dut_session *session;
	size_t index;
	const char *name;
	char key[PLAN_KEY_MAX]; /* which repeat of it */
	uint64_t limit_ms;
	char boot_id[BOOT_ID_MAX]; /* of the boot that it was begun in; "": not begun */
};

/* The host as this boot needs it: with the tree, prepared, with the run. */
static int make_ready(
	struct driven_cell *driven, char ready[static BOOT_ID_MAX], struct problem *why)
{
	struct dut_session *session = driven->session;
	struct problem inner = { "" };
	int r;

	if (strcmp(ready, session->boot_id) == 0)
		return 0;
	if (driven->boot_id[0]) {
		r = dut_rescue(session, driven->index, driven->name, &inner);
		if (r == -ENOTCONN || r == -EINTR)
			return problem_set(why, r, "%s", inner.text);
		if (r < 0 && r != -ENOENT)
			dut_say(session, "its files of cell %s are lost: %s", driven->name,
				inner.text);
	}
	r = dut_settle(session, why);
	if (r == 0)
		r = dut_push(session, why);
	if (r == 0)
		memcpy(ready, session->boot_id, BOOT_ID_MAX);
	return r;
}

/* Notes the attempt here before it is made there. As attempt_begin(): 1 if the cell is over. */
static int begin_attempt(struct driven_cell *driven, struct problem *why)
{
	struct dut_session *session = driven->session;
	int fd = -1, r;

	if (strcmp(driven->boot_id, session->boot_id) == 0)
		return 0;
	r = attempt_begin(session->store, driven->index, driven->name, session->boot_id, &fd, why);
	if (r == 0)
		close(fd);
	memcpy(driven->boot_id, session->boot_id, sizeof(driven->boot_id));
	if (r == 1) {
		int sealed = attempt_seal(session->store, driven->index, driven->name, why);

		return sealed < 0 ? sealed : 1;
	}
	return r;
}

/* Tells the host's harness to end its cell, which nobody waits for any more. */
static void end_cell(struct dut_session *session)
{
	char line[DUT_LINE_MAX];
	const struct dut_order order = { .line = line, .in_fd = -1, .out_fd = -1 };
	struct problem why = { "" };

	session->stop = false;
	if (dut_line(line, &why, "kill -TERM $(cat %s/pid)", session->run) == 0)
		dut_tell(session, &order, NULL, &why);
	session->stop = true;
}

/*
 * A harness that failed because its host is on the way down is no failure of the harness. The
 * sentence stays.
 */
static int look_again(struct dut_session *session, int r)
{
	char boot_id[BOOT_ID_MAX];
	struct problem why = { "" };

	if (r == -EREMOTEIO &&
		(dut_boot_id(session, boot_id, &why) < 0 || strcmp(boot_id, session->boot_id) != 0))
		return session->stop ? -EINTR : -ENOTCONN;
	return r;
}

static int run_cell(struct driven_cell *driven, char ready[static BOOT_ID_MAX], struct problem *why)
{
	struct dut_session *session = driven->session;

	for (int losses = 0;; losses++) {
		struct problem lost = { "" };
		int r = make_ready(driven, ready, &lost);

		if (r == 0)
			r = begin_attempt(driven, &lost);
		if (r == 0)
			r = dut_cell(session, driven->index, driven->name, driven->key,
				driven->limit_ms, &lost);
		r = look_again(session, r);
		if (r == -EINTR) {
			end_cell(session);
			return 0;
		}
		if (r != -ENOTCONN)
			return r < 0 ? problem_set(why, r, "%s", lost.text) : 0;
		dut_say(session, "%s", lost.text);
		if (losses == DUT_LOSSES_MAX)
			return problem_set(why, -EHOSTDOWN, "%s was lost %d times in one cell",
				session->dut->name, losses + 1);
		r = dut_revive(session, why);
		if (r < 0)
			return r == -EINTR ? 0 : r;
		dut_say(session,
			r ? "it died and runs again" : "it is alive; sending the request again");
	}
}

/* Is nothing left on the host that would spoil the next cell? */
static bool left_nothing(const struct driven_cell *driven)
{
	int fd = store_cell(driven->session->store, driven->index, driven->name, false, NULL);
	struct problem why = { "" };
	json_t *end = NULL;
	bool nothing = true;

	if (fd < 0)
		return true;
	if (fileio_read_json(fd, "end.json", DOCUMENT_END, &end, &why) == 0)
		nothing = json_array_size(json_object_get(end, "leftovers")) == 0;
	json_decref(end);
	close(fd);
	return nothing;
}

static int make_whole(struct dut_session *session, const char *name, struct problem *why)
{
	int r;

	dut_say(session, "cell %s has leftovers on it", name);
	if (!session->dut->power_on)
		return problem_set(why, -EHOSTDOWN,
			"cell %.200s has leftovers on %s, which could affect the "
			"remaining cells: restart that host",
			name, session->dut->name);
	r = dut_cycle(session, why);
	return r < 0 ? r : 0;
}

static int run_cells(struct dut_session *session, struct session_enough *enough, const json_t *run,
	const json_t *plan, struct problem *why)
{
	const json_t *cells = json_object_get(plan, "cells"), *cell;
	char ready[BOOT_ID_MAX] = "";
	int r = name_run(session, why);
	size_t i;

	if (r == 0)
		r = service_began(session->loop);

	json_array_foreach(cells, i, cell)
	{
		struct driven_cell driven = { .session = session,
			.index = i,
			.name = document_text(cell, "name"),
			.limit_ms = cell_limit_ms(run, cell) };

		if (r < 0 || session->stopping)
			break;
		plan_key(cell, driven.key);
		if (shard_is_elsewhere(plan, cell) ||
			session_cell_is_over(session->store, i, driven.name))
			continue;
		if (session_enough_reached(enough)) {
			session->stopping = true;
			break;
		}
		r = dut_place_check(session, why);
		if (r < 0)
			break;
		service_cell(i, json_array_size(cells), driven.name, session->dut->name);
		r = run_cell(&driven, ready, why);
		if (r == 0)
			session_enough_cell(enough, i);
		if (r == 0 && !session->stop && !left_nothing(&driven) &&
			i + 1 < json_array_size(cells))
			r = make_whole(session, driven.name, why);
	}
	service_stopping();
	return r < 0 ? r : 0;
}

/* The folder on the host is not needed any more. */
static void clear_host(struct dut_session *session)
{
	char line[DUT_LINE_MAX];
	const struct dut_order order = { .line = line, .in_fd = -1, .out_fd = -1 };
	struct problem why = { "" };

	if (dut_line(line, &why, "rm -rf %s", session->run) < 0 ||
		dut_tell(session, &order, NULL, &why) < 0)
		dut_say(session, "%s", why.text);
}

/* Drives what is left and judges the whole: what can be judged is, also when the host is gone. */
static int drive(struct dut_session *session, const struct dut_job *job, const json_t *run,
	const json_t *plan, const struct patterns *patterns, struct problem *why)
{
	struct session_enough enough =
		session_enough_begin(job->wishes, session->store, run, plan, patterns);
	struct problem inner = { "" };
	int r = run_cells(session, &enough, run, plan, &inner), status;

	if (r == 0 && !session->stopping)
		clear_host(session);
	status = session_enough_keep(&enough, plan, why);
	if (status == 0)
		status = session_conclude(
			session->store, run, plan, patterns, job->wishes->level, why);
	if (status < 0)
		return status;
	if (r < 0)
		return problem_set(why, r, "%.300s; `%.100s resume %.100s` continues the run",
			inner.text, install_program(), session->store->dir);
	if (session->stopping)
		session_tell_stopped(&enough, session->store, plan);
	return status;
}

static json_t *dut_document(const struct dut_job *job)
{
	char tree[PATH_MAX], lab[PATH_MAX];

	return json_pack("{s:s, s:O, s:s, s:s, s:s?}", "name", job->dut->name, "labels",
		job->dut->labels, "given", job->dut->given, "tree",
		realpath(job->tree, tree) ? tree : job->tree, "lab",
		job->lab && realpath(job->lab, lab) ? lab : job->lab);
}

static int freeze(struct dut_session *session, const struct dut_job *job, const char *options,
	const json_t *plan, const struct patterns *patterns, json_t **run_r, struct problem *why)
{
	char now[CLOCK_TEXT_MAX];
	json_t *host = NULL;
	int r = dut_identify(session, options, plan, run_r, &host, why);

	if (r < 0)
		return r;
	/* One clock for all runs: that of the controller. */
	clock_text(now);
	json_object_set_new(*run_r, "started", json_string(now));
	json_object_set_new(*run_r, "dut", dut_document(job));
	r = store_freeze(session->store, *run_r, plan, why);
	if (r == 0)
		r = session_seal(session->store, patterns, host, why);
	json_decref(host);
	return r;
}

int dut_run(const struct dut_job *job, const char *out, const char *matrix, const char *options,
	const json_t *plan, const struct patterns *patterns, struct problem *why)
{
	struct store store = STORE_NONE;
	struct dut_session session = { .console.fd = -1, .claim_fd = -1 };
	json_t *run = NULL;
	const char *known =
		json_string_value(json_object_get(json_object_get(plan, "known"), "file"));
	int r = store_make(out, matrix, known, &store, why);

	if (r < 0)
		return r;
	r = open_session(&session, job, &store, why);
	if (r == 0 && job->health)
		r = dut_health_check(&session, job->health, why);
	if (r == 0)
		r = freeze(&session, job, options, plan, patterns, &run, why);
	if (r == 0)
		r = drive(&session, job, run, plan, patterns, why);
	close_session(&session);
	if (!run) {
		dut_console_save(&session, out);
		store_discard(&store);
	}
	json_decref(run);
	store_close(&store);
	return r == -EINTR ? EXIT_NO_ANSWER : r;
}

int dut_resume(const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns, const struct session_wishes *wishes, struct problem *why)
{
	const json_t *named = json_object_get(run, "dut");
	const struct dut_places places = { .lab = json_string_value(
						   json_object_get(named, "lab")) };
	struct dut_job job = { .tree = document_text(named, "tree"), .wishes = wishes };
	struct dut_session session = { .console.fd = -1, .claim_fd = -1 };
	struct dut *dut = NULL;
	int r = dut_find(document_text(named, "given"), &places, &dut, why);

	if (r < 0)
		return r;
	job.dut = dut;
	r = open_session(&session, &job, store, why);
	if (r == 0)
		r = drive(&session, &job, run, plan, patterns, why);
	close_session(&session);
	dut_free(dut);
	return r == -EINTR ? EXIT_NO_ANSWER : r;
}

/*
 * The replay back end: a recorded run, played to the same state machine that recorded it.
 *
 * The console's bytes come as they came then, the recorded ending comes after them, and what else
 * the recorded back end left in the cell's folder is put there again. So the cell, the wire and the
 * judge are exercised without a hypervisor; nothing of it is a new result, and the identities say
 * so: {"backend": "replay", "acts_as": the recorded back end}.
 */
#include "harness/backend/replay/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/file_list.h"
#include "harness/base/fileio.h"
#include "harness/plan/cell_state.h"
#include "harness/plan/plan.h"
#include "harness/plan/transition.h"
#include "harness/store/run_dir.h"
#include "harness/store/seal.h"
#include "src/document.h"
#include "src/stored.h"

struct backend_host {
	sd_event *loop;
	struct store store;
	json_t *run, *plan, *places;
};

struct backend_guest {
	struct backend_host *host;
	const struct guest_handler *handler;
	void *data;
	int fd;         /* our end of the console */
	int console_fd; /* the harness's */
	char *bytes;    /* console.log */
	size_t length, sent;
	char *report; /* report.json, which may have been in memory; NULL without */
	size_t report_length;
	json_t *end; /* end.json */
	sd_event_source *io, *defer;
	bool second; /* of a transition */
	bool awaits; /* a request, before it answers as the second */
	bool destroyed;
};

static void replay_close(struct backend_host *host)
{
	store_close(&host->store);
	json_decref(host->run);
	json_decref(host->plan);
	json_decref(host->places);
	free(host);
}

static int replay_open(const struct backend_options *options, sd_event *loop,
	struct backend_host **host_r, struct problem *why)
{
	struct backend_host *host;
	int r;

	if (!options->replay_dir)
		return problem_set(
			why, -EINVAL, "the replay back end needs a recorded run: --replay DIR");
	host = calloc(1, sizeof(*host));
	if (!host)
		return -ENOMEM;
	host->loop = loop;
	host->store = STORE_NONE;
	r = store_open(options->replay_dir, false, &host->store, &host->run, &host->plan, why);
	if (r < 0) {
		replay_close(host);
		return r;
	}
	host->places = plan_places(host->plan);
	*host_r = host;
	return 0;
}

static int replay_identify(struct backend_host *host, json_t *identities, struct problem *why)
{
	const json_t *recorded = json_object_get(host->run, "identities");
	json_t *effective_backend = json_object_get(recorded, "acts_as");

	if (!json_is_string(effective_backend))
		return problem_set(why, -EINVAL,
			"%s/run.json does not have the back end of the run", host->store.dir);
	json_object_update_missing(identities, (json_t *)recorded);
	json_object_set(identities, "acts_as", effective_backend);
	json_object_set_new(identities, "replay_of",
		json_pack("{s:s, s:O*}", "dir", host->store.dir, "started",
			json_object_get(host->run, "started")));
	return 0;
}

static void tell_ending(struct backend_guest *guest)
{
	const char *name = json_string_value(json_object_get(guest->end, "ending"));
	const char *detail = json_string_value(json_object_get(guest->end, "detail"));
	enum ending ending = ENDING_HOST_FAILED;

	ending_parse(name ? name : "", &ending);
	/* A cell that was done then is done now if the report is still one: the cell decides. */
	if (ending == ENDING_DONE)
		ending = ENDING_GUEST_OFF;
	guest->handler->ended(guest->data, ending, detail ? detail : "");
}

/* Did the recorded cell get so far with its first guest, which this is? */
static bool came_to(const struct backend_guest *guest, enum cell_state state)
{
	const json_t *times = json_object_get(guest->end, "times_ms");

	return !guest->second && (json_object_get(times, cell_state_name(state)) ||
					 json_object_get(times, cell_state_old_name(state)));
}

static int on_all_sent(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	if (guest->destroyed || came_to(guest, CELL_SAVE) || came_to(guest, CELL_HOTPLUG))
		return 0;
	if (came_to(guest, CELL_DESTROY_SOURCE)) /* it powered off, to be started again */
		guest->handler->ended(guest->data, ENDING_GUEST_OFF, "");
	else
		tell_ending(guest);
	return 0;
}

/* What the recorded guest came to while it was being saved. */
static int on_save(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	if (guest->destroyed)
		return 0;
	if (came_to(guest, CELL_DESTROY_SOURCE))
		guest->handler->saved(guest->data);
	else
		tell_ending(guest);
	return 0;
}

static void replay_save(struct backend_guest *guest)
{
	sd_event_source_disable_unref(guest->defer);
	guest->defer = NULL;
	sd_event_add_defer(guest->host->loop, &guest->defer, on_save, guest);
}

static json_int_t replay_asked_ms(const struct backend_guest *guest)
{
	const json_t *asked =
		json_object_get(json_object_get(guest->end, "transition"), "asked_ms");

	return json_integer_value(json_array_get(asked, guest->second));
}

/* The guest's memory is not recorded, but what lay in it: wherever it was, it is the report. */
static int replay_read_memory(struct backend_guest *guest, const uint64_t *frames, size_t count,
	void *bytes, struct problem *why)
{
	size_t size = count * STORED_PAGE;

	if (!guest->report || guest->report_length > size)
		return problem_set(
			why, -ENODATA, "the record has no report that fits in %zu pages", count);
	memset(bytes, 0, size);
	memcpy(bytes, guest->report, guest->report_length);
	return 0;
}

/* Reads what is there. Returns whether there was something. */
static bool drain(int fd)
{
	char ignored[256];
	bool some = false;

	while (read(fd, ignored, sizeof(ignored)) > 0)
		some = true;
	return some;
}

/* The harness reads, or writes requests, which a recording does not answer. */
static int on_console(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct backend_guest *guest = data;
	bool asked = drain(fd);
	ssize_t n;

	if (guest->awaits && !asked)
		return 0;
	guest->awaits = false;
	sd_event_source_set_io_events(source, EPOLLIN | EPOLLOUT);
	n = write(fd, guest->bytes + guest->sent, guest->length - guest->sent);
	if (n > 0)
		guest->sent += (size_t)n;
	if (guest->sent < guest->length && (n > 0 || errno == EAGAIN))
		return 0;
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	sd_event_source_disable_unref(guest->defer);
	guest->defer = NULL;
	return sd_event_add_defer(guest->host->loop, &guest->defer, on_all_sent, guest);
}

static int on_begin(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	if (guest->destroyed)
		return 0;
	if (!guest->bytes) { /* it never came to a console */
		tell_ending(guest);
		return 0;
	}
	guest->handler->created(guest->data, guest->console_fd);
	if (guest->destroyed)
		return 0;
	return sd_event_add_io(
		guest->host->loop, &guest->io, guest->fd, EPOLLIN | EPOLLOUT, on_console, guest);
}

static void replay_release(struct backend_guest *guest)
{
	sd_event_source_disable_unref(guest->io);
	sd_event_source_disable_unref(guest->defer);
	if (guest->fd >= 0)
		close(guest->fd);
	if (guest->console_fd >= 0)
		close(guest->console_fd);
	free(guest->bytes);
	free(guest->report);
	json_decref(guest->end);
	free(guest);
}

/* What a cell and its attempt write themselves; all else in its folder is of the back end. */
static const char *const of_the_cell[] = { "began.json", "console.log", "end.json", "journal.jsonl",
	"report.json", "lock", SEAL_FILE, PRUNED_FILE, TRANSITION_FOLDER, NULL };

static int copy_file(int from_fd, int to_fd, const char *name, struct problem *why)
{
	char *bytes = NULL;
	size_t length;
	int r;

	r = fileio_read(from_fd, name, &bytes, &length, why);
	if (r == 0)
		r = fileio_write(to_fd, name, bytes, length, why);
	free(bytes);
	return r;
}

/* The evidence that the recorded back end left: what is judged by it is judged again. */
static int copy_evidence(int from_fd, int to_fd, struct problem *why)
{
	struct files files = { 0 };
	int r = file_list_read(from_fd, of_the_cell, &files, why);

	for (size_t i = 0; r == 0 && i < files.count; i++) {
		if (!files.entries[i].folder)
			r = copy_file(from_fd, to_fd, files.entries[i].path, why);
	}
	file_list_free(&files);
	return r;
}

/* What the guest left is in the cell's folder, or in one of its own there. */
static int load_guest(struct backend_guest *guest, const char *name, int cell_fd, int evidence_fd,
	struct problem *why)
{
	int fd = guest->second ? transition_folder(cell_fd, false) : dup(cell_fd), r;

	if (fd < 0)
		return problem_set(why, fd, "cell %s has no second guest", name);
	r = fileio_read(fd, "console.log", &guest->bytes, &guest->length, why);
	if (r == -ENOENT && below_exists(cell_fd, PRUNED_FILE))
		r = problem_set(why, -ENODATA, "the console.log of cell %s was pruned", name);
	else if (r == -ENOENT)
		r = 0; /* it never came to a console */
	if (fileio_read(fd, "report.json", &guest->report, &guest->report_length, NULL) < 0)
		guest->report = NULL;
	if (r == 0)
		r = copy_evidence(fd, evidence_fd, why);
	close(fd);
	return r;
}

static int load(struct backend_guest *guest, const char *name, const char *key, int evidence_fd,
	struct problem *why)
{
	const struct backend_host *host = guest->host;
	ssize_t index = plan_place(host->places, key);
	int fd = -1, r;

	/* A cell that was recorded once is the same each time. */
	if (index < 0)
		index = plan_place(host->places, name);

	fd = index < 0 ? -ENOENT : store_cell(&host->store, (size_t)index, name, false, why);
	if (fd < 0)
		return problem_set(why, fd, "%s has no cell %s", host->store.dir, name);
	r = fileio_read_json(fd, "end.json", DOCUMENT_END, &guest->end, why);
	if (r == -ENOENT)
		problem_set(why, r, "%s: cell %s has no ending", host->store.dir, name);
	if (r == 0)
		r = load_guest(guest, name, fd, evidence_fd, why);
	close(fd);
	return r;
}

/* The recorded guest as it was with other devices; or how it ended before. */
static int on_hotplug(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	if (guest->destroyed)
		return 0;
	if (!guest->second || !guest->io) {
		tell_ending(guest);
		return 0;
	}
	/* Its first line is at its end; what the second says begins with a request. */
	drain(guest->fd);
	guest->awaits = true;
	sd_event_source_set_io_events(guest->io, EPOLLIN);
	sd_event_source_set_enabled(guest->io, SD_EVENT_ON);
	guest->handler->changed(guest->data);
	return 0;
}

static void replay_hotplug(struct backend_guest *guest, const json_t *side, int evidence_fd)
{
	char key[PLAN_KEY_MAX];

	if (came_to(guest, CELL_REPORT_AGAIN)) {
		guest->second = true;
		free(guest->bytes);
		free(guest->report);
		json_decref(guest->end);
		guest->bytes = guest->report = NULL;
		guest->end = NULL;
		guest->length = guest->sent = 0;
		plan_key(side, key);
		if (load(guest, document_text(side, "name"), key, evidence_fd, NULL) < 0)
			guest->second = false;
	}
	sd_event_source_disable_unref(guest->defer);
	guest->defer = NULL;
	sd_event_add_defer(guest->host->loop, &guest->defer, on_hotplug, guest);
}

static int replay_start(struct backend_host *host, const struct guest_request *request,
	struct backend_guest **guest_r, struct problem *why)
{
	struct backend_guest *guest = calloc(1, sizeof(*guest));
	char key[PLAN_KEY_MAX];
	int pair[2], r;

	if (!guest)
		return -ENOMEM;
	*guest = (struct backend_guest){ .host = host,
		.handler = request->handler,
		.data = request->data,
		.fd = -1,
		.console_fd = -1,
		.second = request->parts->second };
	plan_key(request->cell, key);
	r = load(guest, document_text(request->cell, "name"), key, request->evidence_fd, why);
	if (r < 0)
		goto out;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) {
		r = -errno;
		goto out;
	}
	guest->fd = pair[0];
	guest->console_fd = pair[1];
	r = sd_event_add_defer(host->loop, &guest->defer, on_begin, guest);
	if (r < 0)
		goto out;
	*guest_r = guest;
	guest = NULL;
out:
	if (guest)
		replay_release(guest);
	return r;
}

static int on_gone(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;
	json_t *nothing = json_array();

	guest->handler->gone(guest->data, nothing);
	json_decref(nothing);
	return 0;
}

static void replay_destroy(struct backend_guest *guest)
{
	if (guest->destroyed)
		return;
	guest->destroyed = true;
	sd_event_source_disable_unref(guest->io);
	sd_event_source_disable_unref(guest->defer);
	guest->io = guest->defer = NULL;
	sd_event_add_defer(guest->host->loop, &guest->defer, on_gone, guest);
}

const struct backend backend_replay = {
	.name = "replay",
	.about = "a recorded run, replayed without guests: no new result",
	.open = replay_open,
	.identify = replay_identify,
	.start = replay_start,
	.hotplug = replay_hotplug,
	.save = replay_save,
	.asked_ms = replay_asked_ms,
	.read_memory = replay_read_memory,
	.destroy = replay_destroy,
	.release = replay_release,
	.close = replay_close,
};

/*
 * The runner with cells side by side, against a back end whose guests only count each other: what a
 * cell does is cell_test.c's, what may begin queue_test.c's.
 */
#include "harness/base/fileio.h"
#include "harness/run/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "harness/store/host_broken.h"
#include "src/document.h"
#include "src/suite.h"
#include "src/wire.h"

#define GUEST_US 30000

static const char report[] =
	"{\"format\":\"igd-harness report\",\"version\":1,\"agent\":{\"version\":\"0\","
	"\"request\":1,\"uptime_ms\":1,\"collect_ms\":1}}";

static char place[] = "/tmp/igd-runner-XXXXXX";
static const char *leaves;  /* the name of the cell that leaves something */
static const char *breaks;  /* the name of the cell during which the host breaks */
static const json_t *first; /* the cells that begin first */
static size_t enough;       /* the run ends after so many cells; 0: with the last */

struct backend_host {
	sd_event *loop;
	unsigned int now, most; /* guests */
	bool device_beside;     /* one with a device was not alone */
	bool device;            /* one with a device is there */
	char order[256];        /* names, as they began */
	struct host_capacity capacity;
};

struct backend_guest {
	struct backend_host *host;
	int evidence_fd;
	const struct guest_handler *handler;
	void *data;
	const char *name;
	bool device, destroyed;
	int fd, console_fd;
	sd_event_source *sources[3];
};

static int put(void *data, const char *line, size_t length)
{
	const struct backend_guest *guest = data;

	return write(guest->fd, line, length) == (ssize_t)length ? 0 : -EIO;
}

static int on_born(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	guest->handler->created(guest->data, guest->console_fd);
	return 0;
}

/* Has booted, and tells it all without being asked: the report is looked at once it was. */
static int on_booted(sd_event_source *source, uint64_t usec, void *data)
{
	struct backend_guest *guest = data;

	if (!guest->destroyed)
		wire_send(WIRE_HELLO, 1, "test", 4, NULL, put, guest);
	return 0;
}

static int on_request(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct backend_guest *guest = data;
	char bytes[512];
	ssize_t n = read(fd, bytes, sizeof(bytes) - 1);

	if (n <= 0)
		return sd_event_source_set_enabled(source, SD_EVENT_OFF);
	bytes[n] = 0;
	if (strstr(bytes, "@IGD1 Q "))
		wire_send(WIRE_REPORT, 2, report, strlen(report), NULL, put, guest);
	if (strstr(bytes, "@IGD1 O "))
		guest->handler->ended(guest->data, ENDING_GUEST_OFF, "off");
	return 0;
}

static int fake_start(struct backend_host *host, const struct guest_request *request,
	struct backend_guest **guest_r, struct problem *why)
{
	struct backend_guest *guest = calloc(1, sizeof(*guest));
	int ends[2];

	CU_ASSERT_EQUAL_FATAL(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	*guest = (struct backend_guest){ host, request->evidence_fd, request->handler,
		request->data, document_text(request->cell, "name"),
		schedule_passes_device(request->cell), false, ends[0], ends[1], { NULL } };
	host->device_beside =
		host->device_beside || (host->now > 0 && guest->device) || host->device;
	host->device = host->device || guest->device;
	if (++host->now > host->most)
		host->most = host->now;
	strcat(host->order, guest->name);
	sd_event_add_defer(host->loop, &guest->sources[0], on_born, guest);
	sd_event_add_time_relative(
		host->loop, &guest->sources[1], CLOCK_MONOTONIC, GUEST_US, 100, on_booted, guest);
	sd_event_add_io(
		host->loop, &guest->sources[2], guest->fd, 1 /* EPOLLIN */, on_request, guest);
	*guest_r = guest;
	return 0;
}

static void write_log(int dir_fd)
{
	static const char log[] = "[   11.0] eth0: link up\n[   12.0] kernel BUG at mm/slub.c:1\n";
	int fd = openat(dir_fd, "dom0.log", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	CU_ASSERT_EQUAL(write(fd, log, sizeof(log) - 1), (ssize_t)sizeof(log) - 1);
	close(fd);
}

static int on_gone(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;
	bool leaves_some = leaves && strcmp(leaves, guest->name) == 0;
	json_t *leftovers = leaves_some ? json_pack("[s]", "a hair") : json_array();

	if (breaks && strcmp(breaks, guest->name) == 0)
		write_log(guest->evidence_fd);
	guest->host->now--;
	guest->host->device = guest->host->device && !guest->device;
	guest->handler->gone(guest->data, leftovers);
	json_decref(leftovers);
	return 0;
}

static void fake_destroy(struct backend_guest *guest)
{
	if (guest->destroyed)
		return;
	guest->destroyed = true;
	sd_event_source_disable_unref(guest->sources[0]);
	sd_event_add_defer(guest->host->loop, &guest->sources[0], on_gone, guest);
}

static void fake_release(struct backend_guest *guest)
{
	for (size_t i = 0; i < 3; i++)
		sd_event_source_disable_unref(guest->sources[i]);
	close(guest->fd);
	close(guest->console_fd);
	free(guest);
}

static void fake_capacity(struct backend_host *host, struct host_capacity *capacity)
{
	*capacity = host->capacity;
}

static void fake_close(struct backend_host *host)
{
}

static const struct backend fake = { .name = "libxl",
	.start = fake_start,
	.destroy = fake_destroy,
	.release = fake_release,
	.capacity = fake_capacity,
	.close = fake_close };

#define CELL(name, pci)                                                                            \
	"{\"name\": \"" name "\", \"words\": {}, \"guest\": \"g\", \"requires\": {},"              \
	" \"limits_ms\": {\"create\": 60000, \"first-frame\": 60000, \"report\": 60000,"           \
	" \"power-off\": 60000, \"clean-up\": 60000, \"save\": 1, \"restore\": 1},"                \
	" \"settings\": {\"libxl\": {\"memory\": 512" pci "}}, \"expect\": []}"
#define PASSED ", \"pci\": [\"00:02.0\"]"

static const char plan_text[] =
	"{\"format\": \"igd-harness plan\", \"version\": 1, \"axes\": [], \"matrix\": {\"name\": "
	"\"m\", \"about\": \"\", \"file\": \"f\", \"sha256\": \"0\"}, \"cells\": [" CELL(
		"a", "") ", " CELL("X", PASSED) ", " CELL("b", "") ", " CELL("Y",
		PASSED) ", " CELL("c", "") ", " CELL("d", "") "]}";

static const char known_lines[] =
	"format: igd-harness patterns\nversion: 1\npatterns:\n"
	"  - label: dom0-bug\n    log: dom0\n    text: \"kernel BUG at\"\n    layer: host\n"
	"    severity: grave\n    breaks_host: true\n    known: source\n    meaning: m\n"
	"    advice: a\n    reference: r\n    samples: \"kernel BUG at x\"\n";

static bool is_enough(void *data, const struct schedule_entry *over)
{
	size_t *count = data;

	*count += over != NULL;
	return enough > 0 && *count >= enough;
}

/* Runs what is left of the plan, so many cells side by side. */
static void drive(const struct store *store, const json_t *plan, unsigned int jobs,
	struct backend_host *host, bool whole)
{
	struct patterns *patterns = NULL;
	size_t over = 0;
	struct runner runner = { .backend = &fake,
		.host = host,
		.first = first,
		.is_enough = is_enough,
		.data = &over,
		.slow = 1,
		.jobs = jobs,
		.lease = LEASE_NONE,
		.host_is_whole = true,
		.stop_fd = -1 };
	struct problem why = { "" };

	CU_ASSERT_EQUAL_FATAL(sd_event_new(&runner.loop), 0);
	host->loop = runner.loop;
	runner.identities = json_pack("{s:s}", "acts_as", "libxl");
	CU_ASSERT_EQUAL_FATAL(
		patterns_parse("p", known_lines, strlen(known_lines), &patterns, &why), 0);
	runner.patterns = patterns;
	host_watch_begin(&runner.host_watch, "/dev/null");
	CU_ASSERT_EQUAL(runner_run(&runner, store, plan, &why), 0);
	CU_ASSERT_EQUAL(runner.host_is_whole, whole);
	CU_ASSERT_EQUAL(host->now, 0);
	runner_close(&runner);
	patterns_free(patterns);
}

/* Makes the run directory `name` and runs the plan into it; `again`, if there is one, is a second
 * host on which it then goes on, without the ends of the cells a and b. */
static void run(const char *name, unsigned int jobs, struct backend_host *host, bool whole,
	struct backend_host *again)
{
	json_t *plan = json_loads(plan_text, 0, NULL), *document = document_new(DOCUMENT_RUN, 1);
	struct store store = STORE_NONE;
	struct problem why = { "" };
	char dir[256], yaml[256];

	CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
	snprintf(yaml, sizeof(yaml), "%s/matrix.yaml", place);
	snprintf(dir, sizeof(dir), "%s/%s", place, name);
	fclose(fopen(yaml, "w"));
	CU_ASSERT_EQUAL_FATAL(store_create(dir, document, plan, yaml, NULL, &store, &why), 0);
	drive(&store, plan, jobs, host, whole);
	if (again) {
		CU_ASSERT_EQUAL(unlinkat(store.dir_fd, "cells/001-a/end.json", 0), 0);
		CU_ASSERT_EQUAL(unlinkat(store.dir_fd, "cells/003-b/end.json", 0), 0);
		drive(&store, plan, jobs, again, true);
	}
	store_close(&store);
	json_decref(plan);
	json_decref(document);
}

/* The end of the cell at `index`, NULL if it did not run; the caller's. */
static json_t *end_of(const char *run_name, size_t index, const char *name)
{
	struct problem why = { "" };
	char path[300];
	json_t *end = NULL;
	int fd;

	snprintf(path, sizeof(path), "%s/%s/cells/%03zu-%s", place, run_name, index + 1, name);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	fileio_read_json(fd, "end.json", DOCUMENT_END, &end, &why);
	close(fd);
	return end;
}

static void is_done(const char *run_name, size_t index, const char *name, size_t beside)
{
	json_t *end = end_of(run_name, index, name);

	CU_ASSERT_STRING_EQUAL(document_text(end, "ending"), "done");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(end, "concurrent")), beside);
	json_decref(end);
}

static void one_after_the_other(void)
{
	struct backend_host host = { .now = 0 };

	run("one", 1, &host, true, NULL);
	CU_ASSERT_EQUAL(host.most, 1);
	CU_ASSERT_STRING_EQUAL(host.order, "abcdXY");
	is_done("one", 0, "a", 0);
	is_done("one", 3, "Y", 0);
}

static void side_by_side(void)
{
	struct backend_host host = { .now = 0 };

	run("four", 4, &host, true, NULL);
	CU_ASSERT_EQUAL(host.most, 4);
	CU_ASSERT_FALSE(host.device_beside);
	CU_ASSERT_STRING_EQUAL(host.order, "abcdXY");
	is_done("four", 0, "a", 3);
	is_done("four", 5, "d", 3);
	is_done("four", 1, "X", 0);
	is_done("four", 3, "Y", 0);
}

static void no_more_than_the_host_has_room_for(void)
{
	struct backend_host host = { .capacity = { .memory_mib = 1100 } };

	run("room", 4, &host, true, NULL);
	CU_ASSERT_EQUAL(host.most, 2); /* of 512 MiB */
}

/* b leaves something: what runs beside it comes to its end, and no other begins. */
static void a_host_that_is_not_whole(void)
{
	struct backend_host host = { .now = 0 };

	leaves = "b";
	run("left", 2, &host, false, NULL);
	leaves = NULL;
	CU_ASSERT_EQUAL(strncmp(host.order, "ab", 2), 0);
	CU_ASSERT(strlen(host.order) <= 3); /* a may have been over before b */
	is_done("left", 0, "a", 1);
	CU_ASSERT_PTR_NULL(end_of("left", 1, "X"));
	CU_ASSERT_PTR_NULL(end_of("left", 5, "d"));
}

/* dom0 breaks during b: no other cell begins, and the run directory says why. */
static void a_host_that_broke(void)
{
	struct backend_host host = { .now = 0 };
	struct problem why = { "" };
	json_t *broken = NULL;
	char dir[256], boot_id[BOOT_ID_MAX];
	struct store store = STORE_NONE;

	breaks = "b";
	run("broke", 1, &host, false, NULL);
	breaks = NULL;
	CU_ASSERT_STRING_EQUAL(host.order, "ab");
	is_done("broke", 2, "b", 0);
	CU_ASSERT_PTR_NULL(end_of("broke", 4, "c"));

	snprintf(dir, sizeof(dir), "%s/broke", place);
	CU_ASSERT_EQUAL_FATAL(store_open_bare(dir, &store, &why), 0);
	CU_ASSERT_EQUAL_FATAL(host_broken_read(&store, &broken, &why), 0);
	CU_ASSERT_STRING_EQUAL(document_text(broken, "cell"), "b");
	CU_ASSERT_STRING_EQUAL(document_text(broken, "label"), "dom0-bug");
	CU_ASSERT_STRING_EQUAL(document_text(broken, "file"), "dom0.log");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(broken, "line")), 2);
	attempt_boot_id(boot_id);
	CU_ASSERT_STRING_EQUAL(document_text(broken, "boot_id"), boot_id);
	json_decref(broken);
	store_close(&store);
}

/* What came to no end before runs by itself: it may be what killed the host. */
static void what_was_lost_runs_alone(void)
{
	struct backend_host host = { .now = 0 }, again = { .now = 0 };

	run("lost", 4, &host, true, &again);
	CU_ASSERT_STRING_EQUAL(again.order, "ab");
	CU_ASSERT_EQUAL(again.most, 1);
	is_done("lost", 0, "a", 0);
}

static void a_run_that_has_had_enough(void)
{
	struct backend_host host = { .now = 0 };

	first = json_pack("{s:b, s:b}", "d", 1, "Y", 1);
	enough = 3;
	run("enough", 1, &host, true, NULL);
	CU_ASSERT_STRING_EQUAL(host.order, "dYa");
	json_decref((json_t *)first);
	first = NULL;
	enough = 0;
}

static volatile sig_atomic_t signalled;

static void on_test_signal(int number)
{
	(void)number;
	signalled++;
}

/* For the time of a test: signals that are not the runner's are counted. */
static void count_signals(bool count)
{
	struct sigaction action = { .sa_handler = count ? on_test_signal : SIG_DFL };

	signalled = 0;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static void open_replay(struct runner *runner)
{
	struct problem why = { "" };
	char recorded[300];

	snprintf(recorded, sizeof(recorded), "%s/results/recorded/lab-bookworm-seed-display",
		getenv("SOURCE_ROOT"));
	CU_ASSERT_EQUAL_FATAL(runner_open(runner, "replay",
				      &(struct backend_options){ .replay_dir = recorded }, &why),
		0);
}

/* Judging comes after the run, can take long, and reads no eventfd. */
static void a_signal_after_the_run_does_what_it_did_before(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	json_t *plan = json_loads(plan_text, 0, NULL), *document = document_new(DOCUMENT_RUN, 1);
	struct runner runner = { .slow = 1, .quiet = true, .only = "no such cell" };
	struct store store = STORE_NONE;
	struct problem why = { "" };
	char dir[256], yaml[256];

	snprintf(yaml, sizeof(yaml), "%s/matrix.yaml", place);
	snprintf(dir, sizeof(dir), "%s/signals", place);
	fclose(fopen(yaml, "w"));
	CU_ASSERT_EQUAL_FATAL(store_create(dir, document, plan, yaml, NULL, &store, &why), 0);
	count_signals(true);
	open_replay(&runner);
	raise(SIGINT);
	CU_ASSERT_EQUAL(signalled, 0);
	CU_ASSERT_EQUAL(runner_run(&runner, &store, plan, &why), 0);
	for (int i = 0; i < 3; i++) {
		raise(signals[i]);
		CU_ASSERT_EQUAL(signalled, i + 1);
	}
	runner_close(&runner);
	count_signals(false);
	store_close(&store);
	json_decref(plan);
	json_decref(document);
}

/* A signal after the run: its eventfd is closed, and the number is that of a different file. */
static void a_signal_behind_the_run_is_written_nowhere(void)
{
	struct runner runner = { 0 };
	char path[300];
	int number, file, fd;

	count_signals(true);
	open_replay(&runner);
	number = runner.stop_fd;
	CU_ASSERT_FATAL(number >= 0);
	runner_close(&runner);

	snprintf(path, sizeof(path), "%s/a-file", place);
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	CU_ASSERT_FATAL(file >= 0);
	fd = file == number ? file : dup2(file, number);
	CU_ASSERT_EQUAL_FATAL(fd, number);
	raise(SIGINT);
	CU_ASSERT_EQUAL(signalled, 1);
	count_signals(false);
	CU_ASSERT_EQUAL(lseek(fd, 0, SEEK_END), 0);
	close(fd);
	if (fd != file)
		close(file);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "one after the other", one_after_the_other },
		{ "side by side", side_by_side },
		{ "no more than the host has room for", no_more_than_the_host_has_room_for },
		{ "a host that is not whole", a_host_that_is_not_whole },
		{ "a host that broke", a_host_that_broke },
		{ "what was lost runs alone", what_was_lost_runs_alone },
		{ "a run that has had enough", a_run_that_has_had_enough },
		{ "a signal after the run does what it did before",
			a_signal_after_the_run_does_what_it_did_before },
		{ "a signal behind the run is written nowhere",
			a_signal_behind_the_run_is_written_nowhere },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(place))
		return 1;
	return suite_remove(place, suite_main("runner", tests));
}

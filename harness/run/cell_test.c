/*
 * The state machine against a back end that plays a script: what a guest writes, when it ends and
 * how. Each way a cell can go wrong has its test; the verdicts of the endings are ending_test.c's.
 */
#include "harness/base/fileio.h"
#include "harness/run/cell.h"
#include "harness/run/console/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "src/document.h"
#include "src/pack.h"
#include "src/suite.h"
#include "src/wire.h"

/* Longer than a cell waits for who has lost its line. */
#define LINGER_US 1200000

#define GOOD_REPORT                                                                                \
	"{\"format\":\"igd-harness report\",\"version\":1,\"agent\":{\"version\":\"0\","           \
	"\"request\":1,\"uptime_ms\":1,\"collect_ms\":1}}"

/* What the guest of a test does. */
struct script {
	int start_error; /* start() fails so */
	bool never_created;
	const char *at_first; /* raw bytes it writes once it runs */
	size_t noise;         /* then so many bytes 'x' and newlines */
	bool hello;           /* then says hello */
	const char *report;   /* its answer to the request, framed */
	int lose_part; /* the first time, this part of it is lost; 0 for none (part 0 never is) */
	const char *packed;     /* or this, framed as a packed one */
	bool stores;            /* its hello says so, and it is not one of before */
	const char *stored;     /* its answer to who reads memory, framed as a place in it */
	bool unasked;           /* also to who does not */
	const char *memory;     /* the page 1 of that guest; NULL: the back end reads none */
	const char *raw_report; /* or this, raw */
	unsigned int
		blocks_ms; /* keeps the harness itself from running for so long, then is silent */
	bool hang_up;      /* closes the console after its answer */
	enum ending ends;  /* ending it tells after its answer, unless DONE */
	const char *panic; /* last words before that */
	bool stays;        /* does not power off when asked */
	bool lingers;      /* says bye, closes the console, and is gone only long after that */
	const char *leftover;
	bool never_gone;
	enum { NO_SCREEN, AT_ONCE, LATER, NEVER } picture;
};

struct backend_guest {
	const struct script *script;
	const struct guest_handler *handler;
	void *data;
	sd_event *loop;
	sd_event_source *sources[8];
	int source_count;
	int fd, console_fd;
	struct wire_decoder decoder;
	bool lost_once;
};

struct backend_host {
	const struct script *script;
	sd_event *loop;
};

static int later(struct backend_guest *guest, int (*what)(sd_event_source *, void *))
{
	return sd_event_add_defer(guest->loop, &guest->sources[guest->source_count++], what, guest);
}

static void say(struct backend_guest *guest, const char *text)
{
	CU_ASSERT_EQUAL(write(guest->fd, text, strlen(text)), (ssize_t)strlen(text));
}

static int put(void *data, const char *line, size_t length)
{
	struct backend_guest *guest = data;

	if (guest->script->lose_part && !guest->lost_once) {
		unsigned int part = 0;

		sscanf(line, "@IGD1 R %*4x %4x/", &part);
		if (part == (unsigned int)guest->script->lose_part) {
			guest->lost_once = true;
			return 0;
		}
	}
	return write(guest->fd, line, length) == (ssize_t)length ? 0 : -EIO;
}

static int tell_end(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	guest->handler->ended(guest->data, guest->script->ends, "so it says");
	return 0;
}

static int tell_off(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	guest->handler->ended(guest->data, ENDING_GUEST_OFF, "powered off");
	return 0;
}

static int on_lingered(sd_event_source *source, uint64_t usec, void *data)
{
	return tell_off(source, data);
}

/* Returns whether that was the answer. */
static bool store(struct backend_guest *guest, const struct wire_frame *frame)
{
	const struct script *script = guest->script;

	if (!script->stored || (!script->unasked && strcmp(frame->payload, "packed memory") != 0))
		return false;
	wire_send(WIRE_STORED, 7, script->stored, strlen(script->stored), NULL, put, guest);
	return true;
}

static void answer(struct backend_guest *guest, const struct wire_frame *frame)
{
	const struct script *script = guest->script;

	if (frame->type == WIRE_OFF && script->lingers) {
		wire_send(WIRE_BYE, 2, "", 0, NULL, put, guest);
		shutdown(guest->fd, SHUT_RDWR);
		sd_event_add_time_relative(guest->loop, &guest->sources[guest->source_count++],
			CLOCK_MONOTONIC, LINGER_US, 1000, on_lingered, guest);
	} else if (frame->type == WIRE_OFF && !script->stays) {
		later(guest, tell_off);
	}
	if (frame->type == WIRE_AGAIN)
		wire_send(WIRE_REPORT, frame->message, script->report, strlen(script->report),
			frame, put, guest);
	if (frame->type != WIRE_ASK || store(guest, frame))
		return;
	if (script->report)
		wire_send(WIRE_REPORT, 1, script->report, strlen(script->report), NULL, put, guest);
	if (script->packed)
		wire_send(WIRE_PACKED, 1, script->packed, strlen(script->packed), NULL, put, guest);
	if (script->raw_report)
		say(guest, script->raw_report);
	if (script->panic)
		say(guest, script->panic);
	if (script->ends != ENDING_DONE) {
		later(guest, tell_end);
		/* As the qemu back end does: after what the dying guest still wrote. */
		sd_event_source_set_priority(
			guest->sources[guest->source_count - 1], SD_EVENT_PRIORITY_IDLE);
	}
	if (script->hang_up)
		shutdown(guest->fd, SHUT_RDWR);
}

static int on_request(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct backend_guest *guest = data;
	char bytes[512];
	ssize_t n = read(fd, bytes, sizeof(bytes)), at = 0;

	if (n <= 0)
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
	while (at < n) {
		enum wire_event event;
		struct wire_frame frame;

		at += (ssize_t)wire_feed(
			&guest->decoder, bytes + at, (size_t)(n - at), &event, &frame);
		if (event == WIRE_FRAME)
			answer(guest, &frame);
	}
	return 0;
}

static void make_noise(struct backend_guest *guest, size_t length)
{
	char line[80];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	/* The socket is smaller than the noise: what does not fit is not missed. */
	for (size_t sent = 0; sent < length; sent += sizeof(line)) {
		if (write(guest->fd, line, sizeof(line)) < 0)
			break;
	}
}

static int on_noise(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	make_noise(data, 65536);
	return 0;
}

static int on_begin(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;
	const struct script *script = guest->script;
	struct wire_frame hello = { WIRE_HELLO, 0, 0, 1, script->stores ? 16 : 9,
		"igd-agent memory" };
	char line[WIRE_LINE_MAX + 1];

	if (script->never_created)
		return 0;
	if (script->ends == ENDING_CREATE_FAILED)
		return tell_end(source, data);
	guest->handler->created(guest->data, guest->console_fd);
	if (script->blocks_ms)
		usleep(script->blocks_ms * 1000);
	if (script->at_first)
		say(guest, script->at_first);
	if (script->noise)
		sd_event_add_io(guest->loop, &guest->sources[guest->source_count++], guest->fd,
			EPOLLOUT, on_noise, guest);
	else
		sd_event_add_io(guest->loop, &guest->sources[guest->source_count++], guest->fd,
			EPOLLIN, on_request, guest);
	if (script->hello && wire_encode(&hello, line) > 0)
		say(guest, line);
	if (!script->hello && script->ends != ENDING_DONE)
		later(guest, tell_end);
	return 0;
}

static int start(struct backend_host *host, const struct guest_request *request,
	struct backend_guest **guest_r, struct problem *why)
{
	struct backend_guest *guest;
	int pair[2];

	if (host->script->start_error)
		return problem_set(why, host->script->start_error, "the script refuses");
	guest = calloc(1, sizeof(*guest));
	if (!guest || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0)
		abort();
	guest->script = host->script;
	guest->handler = request->handler;
	guest->data = request->data;
	guest->loop = host->loop;
	guest->fd = pair[0];
	guest->console_fd = pair[1];
	later(guest, on_begin);
	*guest_r = guest;
	return 0;
}

static int tell_gone(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;
	json_t *leftovers = json_array();

	if (guest->script->leftover)
		json_array_append_new(leftovers, json_string(guest->script->leftover));
	guest->handler->gone(guest->data, leftovers);
	json_decref(leftovers);
	return 0;
}

static struct backend_guest *never_gone; /* freed by the test: the cell gives such a guest up */

static void destroy(struct backend_guest *guest)
{
	for (int i = 0; i < guest->source_count; i++)
		sd_event_source_set_enabled(guest->sources[i], SD_EVENT_OFF);
	if (guest->script->never_gone)
		never_gone = guest;
	else
		later(guest, tell_gone);
}

static void release(struct backend_guest *guest)
{
	for (int i = 0; i < guest->source_count; i++)
		sd_event_source_disable_unref(guest->sources[i]);
	close(guest->fd);
	close(guest->console_fd);
	free(guest);
}

static int tell_pictured(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	guest->handler->pictured(guest->data);
	return 0;
}

static bool picture(struct backend_guest *guest)
{
	if (guest->script->picture == AT_ONCE)
		tell_pictured(NULL, guest);
	if (guest->script->picture == LATER)
		later(guest, tell_pictured);
	return guest->script->picture != NO_SCREEN;
}

static int read_memory(struct backend_guest *guest, const uint64_t *frames, size_t count,
	void *bytes, struct problem *why)
{
	if (count != 1 || frames[0] != 1)
		return problem_set(why, -ERANGE, "there is no such page");
	memset(bytes, 0, 4096);
	memcpy(bytes, guest->script->memory, strlen(guest->script->memory));
	return 0;
}

static void reach(const struct backend_guest *guest, FILE *stream)
{
	fputs("  by a script\n", stream);
}

static const struct backend scripted = { .name = "scripted",
	.start = start,
	.picture = picture,
	.reach = reach,
	.destroy = destroy,
	.release = release };

/* The same, of a guest whose memory can be read. */
static struct backend readable;

static void on_entered(void *data, enum cell_state state, uint64_t limit_ms)
{
}

static void on_over(void *data, const json_t *end)
{
	json_t **end_r = data;

	CU_ASSERT_PTR_NULL(*end_r); /* once */
	*end_r = json_incref((json_t *)end);
}

/* Limits long enough for a guest that answers, short where the test waits for one to pass. */
#define LONG_MS  60000
#define SHORT_MS 200

/* What the host says when it is to be made ready, and what it has not got back afterwards. */
static const char *not_ready, *not_back;

static int on_prepare(void *data, struct problem *why)
{
	return not_ready ? problem_set(why, -EBUSY, "%s", not_ready) : 0;
}

static void on_inspect(void *data, json_t *leftovers)
{
	if (not_back)
		json_array_append_new(leftovers, json_string(not_back));
}

/* What the host is known to lack, or NULL. */
static json_t *lacks;

/* With `keep`: the cell, and what was said of its guest, which is released a moment later. */
#define KEPT_US 20000
static bool keep;
static struct cell *playing;
static sd_event *playing_loop;
static char said_of_kept[400];
static sd_event_source *released;

static int on_release(sd_event_source *source, uint64_t usec, void *data)
{
	CU_ASSERT_TRUE(cell_release(playing));
	return 0;
}

static void on_kept(void *data, const char *text)
{
	snprintf(said_of_kept, sizeof(said_of_kept), "%s", text);
	sd_event_add_time_relative(
		playing_loop, &released, CLOCK_MONOTONIC, KEPT_US, 1000, on_release, NULL);
}

static json_t *play_in(const struct script *script, json_t *plan_cell, int dir_fd)
{
	json_t *identities = json_pack("{s:s, s:[s]}", "acts_as", "libxl", "capabilities", "hvm");
	struct backend_host host = { .script = script };
	struct cell *cell = NULL;
	struct problem why = { 0 };
	json_t *end = NULL;
	int r = json_object_set(identities, "lacking", lacks);
	struct cell_watcher watcher = { on_prepare, on_inspect, on_entered, on_kept, on_over,
		&end };

	CU_ASSERT_EQUAL(r, lacks ? 0 : -1);
	CU_ASSERT_FATAL(sd_event_new(&host.loop) >= 0);
	readable = scripted;
	readable.read_memory = read_memory;
	CU_ASSERT_EQUAL_FATAL(
		cell_begin(
			&(struct cell_request){ .backend = script->memory ? &readable : &scripted,
				.host = &host,
				.loop = host.loop,
				.plan = plan_cell,
				.identities = identities,
				.dir_fd = dir_fd,
				.slow = 1,
				.keep = keep },
			&watcher, &cell, &why),
		0);
	playing = cell;
	playing_loop = host.loop;
	while (!end && sd_event_run(host.loop, UINT64_MAX) >= 0)
		;
	sd_event_source_disable_unref(released);
	released = NULL;
	cell_free(cell);
	if (never_gone)
		release(never_gone);
	never_gone = NULL;
	sd_event_unref(host.loop);
	json_decref(identities);
	return end;
}

static char place[] = "/tmp/igd-cell-XXXXXX";
static int place_fd;

/* Plays the script with the limit of `brief` short, and gives end.json as read from disk. */
static json_t *play(const struct script *script, const char *brief)
{
	json_t *cell = json_pack("{s:s, s:{s:{}}, s:{s:[s]}, s:{s:i, s:i, s:i, s:i, s:i}}", "name",
		"c", "settings", "libxl", "requires", "libxl", "hvm", "limits_ms", "create",
		LONG_MS, "first-frame", LONG_MS, "report", LONG_MS, "power-off", LONG_MS,
		"clean-up", LONG_MS);
	json_t *end, *stored = NULL;
	struct problem why = { 0 };

	unlinkat(place_fd, "end.json", 0);
	unlinkat(place_fd, "report.json", 0);
	unlinkat(place_fd, "console.log", 0);
	if (brief)
		json_object_set_new(
			json_object_get(cell, "limits_ms"), brief, json_integer(SHORT_MS));
	end = play_in(script, cell, place_fd);
	CU_ASSERT_EQUAL_FATAL(
		fileio_read_json(place_fd, "end.json", DOCUMENT_END, &stored, &why), 0);
	CU_ASSERT(json_equal(end, stored));
	json_decref(end);
	json_decref(cell);
	return stored;
}

static void expect(const struct script *script, const char *brief, const char *ending,
	const char *state, const char *in_detail)
{
	json_t *end = play(script, brief);
	const char *detail = json_string_value(json_object_get(end, "detail"));

	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "ending")), ending);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "state")), state);
	CU_ASSERT_PTR_NOT_NULL(strstr(detail, in_detail));
	if (!strstr(detail, in_detail))
		fprintf(stderr, "detail: %s\n", detail);
	json_decref(end);
}

/* As expect(), of a cell whose guest is to be left running; `said` is in what the user reads, NULL
 * if there is no guest to leave. */
static void expect_kept(const struct script *script, const char *brief, const char *ending,
	const char *state, const char *said)
{
	json_t *end;

	keep = true;
	said_of_kept[0] = '\0';
	end = play(script, brief);
	keep = false;
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "ending")), ending);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "state")), state);
	CU_ASSERT_PTR_NULL(json_object_get(json_object_get(end, "times_ms"), "kept"));
	if (said) {
		CU_ASSERT_PTR_NOT_NULL(strstr(said_of_kept, said));
		CU_ASSERT_PTR_NOT_NULL(strstr(said_of_kept, "  by a script\n"));
		CU_ASSERT_PTR_NOT_NULL(strstr(said_of_kept, "/console.log\n"));
	} else {
		CU_ASSERT_STRING_EQUAL(said_of_kept, "");
	}
	json_decref(end);
}

/* A kept guest waits for its release, and the verdict is the same as without. */
static void a_guest_is_kept_until_it_is_released(void)
{
	const struct script good = { .hello = true, .report = GOOD_REPORT },
			    silent = { .at_first = "" }, wordless = { .hello = true },
			    dead = { .hello = true, .ends = ENDING_MODEL_DIED },
			    refused = { .start_error = -EINVAL },
			    crashed = { .hello = true,
				    .ends = ENDING_GUEST_CRASHED,
				    .panic = "Kernel panic\n" },
			    stuck = { .hello = true, .report = GOOD_REPORT, .stays = true };

	expect_kept(&good, NULL, "done", "power-off", "is left running after its report");
	expect_kept(&silent, "first-frame", "silent", "first-frame", "the cell ended as silent");
	expect_kept(&wordless, "report", "agent-silent", "report", "ended as agent-silent");
	/* The report was there, so the guest was kept before it would not power off. */
	expect_kept(&stuck, "power-off", "stuck-off", "power-off", "after its report");
	/* There is no guest any more. */
	expect_kept(&dead, NULL, "model-died", "report", NULL);
	expect_kept(&crashed, NULL, "guest-crashed", "report", NULL);
	expect_kept(&refused, NULL, "bad-cell", "create", NULL);
}

static void a_guest_that_behaves_is_done(void)
{
	struct script script = { .at_first = "SeaBIOS\r\n", .hello = true, .report = GOOD_REPORT };
	char *report = NULL;
	size_t length = 0;
	json_t *end = play(&script, NULL);

	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "ending")), "done");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(end, "leftovers")), 0);
	CU_ASSERT_PTR_NOT_NULL(json_object_get(json_object_get(end, "times_ms"), "power-off"));
	CU_ASSERT_EQUAL(fileio_read(place_fd, "report.json", &report, &length, NULL), 0);
	CU_ASSERT_STRING_EQUAL(report, GOOD_REPORT);
	free(report);
	json_decref(end);
}

static void a_lost_part_is_asked_for_again(void)
{
	char long_report[2000];
	struct script script = { .hello = true, .report = long_report, .lose_part = 2 };
	json_t *end;

	snprintf(long_report, sizeof(long_report),
		"{\"format\":\"igd-harness report\",\"version\":1,\"agent\":{\"version\":\"0\","
		"\"request\":1,\"uptime_ms\":1,\"collect_ms\":1},\"padding\":\"%0900d\"}",
		1);
	end = play(&script, NULL);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "ending")), "done");
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(end, "console"), "asked_again")),
		1);
	json_decref(end);
}

/* In report.json it is what it was before it was packed. */
static void a_packed_report_is_unpacked(void)
{
	size_t length = 0, size = WIRE_MESSAGE_MAX + 1;
	char *packed = pack(GOOD_REPORT, strlen(GOOD_REPORT), &length), *report = NULL;
	char *spaces = malloc(size);
	struct script script = { .hello = true, .packed = packed };
	json_t *end = play(&script, NULL);

	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "ending")), "done");
	CU_ASSERT_EQUAL(fileio_read(place_fd, "report.json", &report, &length, NULL), 0);
	CU_ASSERT_STRING_EQUAL(report, GOOD_REPORT);
	free(report);
	free(packed);
	json_decref(end);
	script.packed = GOOD_REPORT;
	expect(&script, NULL, "bad-report", "report", "not a valid compressed report");
	CU_ASSERT_PTR_NOT_NULL_FATAL(spaces);
	memset(spaces, ' ', size);
	script.packed = packed = pack(spaces, size, &length);
	expect(&script, NULL, "bad-report", "report", "larger than the limit");
	free(packed);
	free(spaces);
}

/* Is it in the journal? Which begins anew. */
static bool noted(const char *words)
{
	char *journal = NULL;
	size_t length = 0;
	bool is;

	CU_ASSERT_EQUAL_FATAL(fileio_read(place_fd, "journal.jsonl", &journal, &length, NULL), 0);
	is = strstr(journal, words) != NULL;
	free(journal);
	return is;
}

static void expect_report(const struct script *script, const char *by)
{
	char *report = NULL, words[64];
	size_t length = 0;

	unlinkat(place_fd, "journal.jsonl", 0);
	expect(script, NULL, "done", "power-off", "");
	CU_ASSERT_EQUAL_FATAL(fileio_read(place_fd, "report.json", &report, &length, NULL), 0);
	CU_ASSERT_STRING_EQUAL(report, GOOD_REPORT);
	free(report);
	snprintf(words, sizeof(words), "\"what\":\"report\",\"by\":\"%s\"", by);
	CU_ASSERT_TRUE(noted(words));
}

/* The length and checksum of GOOD_REPORT, by Python's len() and zlib.crc32(). */
#define GOOD_PLACE "0000006c cca20594 1"
#define NOT_READ   "\"what\":\"report-not-read\",\"why\":\"the 1 pages"

static void a_report_may_be_in_memory(void)
{
	struct script script = { .hello = true,
		.stores = true,
		.stored = GOOD_PLACE,
		.memory = GOOD_REPORT,
		.report = GOOD_REPORT };

	expect_report(&script, "memory");
	CU_ASSERT_FALSE(noted("\"by\":\"serial\""));
	/* The page is no longer that. It is asked for again, to come by the line. */
	script.memory = "{}";
	expect_report(&script, "serial");
	CU_ASSERT_TRUE(noted(NOT_READ));
	CU_ASSERT_FALSE(noted("\"by\":\"memory\""));
	/* An agent that does not say that it can, and a back end that cannot: no such request. */
	script.memory = GOOD_REPORT;
	script.stores = false;
	expect_report(&script, "serial");
	CU_ASSERT_FALSE(noted("report-not-read"));
	script.stores = true;
	script.memory = NULL;
	expect_report(&script, "serial");
}

static void a_report_that_is_nowhere(void)
{
	struct script script = { .hello = true,
		.stores = true,
		.stored = "00000010 00000000 2",
		.memory = GOOD_REPORT,
		.report = GOOD_REPORT };

	expect(&script, NULL, "bad-report", "report", "cannot be: there is no such page");
	script.stored = "ffffffff 00000000 1";
	expect(&script, NULL, "bad-report", "report", "cannot be: a length that is not that");
	/* Its page holds no report. */
	script.stored = "00000009 cbf43926 1";
	script.memory = "123456789";
	expect(&script, NULL, "bad-report", "report", "9 bytes that are not a valid report");
	/* It is repeated when the line was asked for, or nobody asked for it at all. */
	script.unasked = true;
	script.memory = "{}";
	expect(&script, "report", "agent-silent", "report", "but no report within");
	script.memory = NULL;
	expect(&script, "report", "agent-silent", "report", "but no report within");
}

static void silence_is_told_from_text_and_halves(void)
{
	struct script silent = { 0 };
	struct script text = { .at_first = "Booting\nno init found\n" };
	struct script half = { .at_first = "@IGD1 H 0000 0000/0001 0000" };
	struct script claims = { .at_first = "@IGD1 R 0001 0000/0001 ffffffff 00000000 x\n" };

	expect(&silent, "first-frame", "silent", "first-frame", "nothing on the console");
	expect(&text, "first-frame", "no-agent", "first-frame", "no init found");
	expect(&half, "first-frame", "half-frame", "first-frame", "cut off");
	expect(&claims, "first-frame", "half-frame", "first-frame", "more payload");
}

static void a_report_that_does_not_come_whole(void)
{
	struct script nothing = { .hello = true };
	struct script half = { .hello = true,
		.raw_report = "@IGD1 R 0001 0000/0002 00000001 00000000" };

	expect(&nothing, "report", "agent-silent", "report", "no report");
	expect(&half, "report", "half-frame", "report", "partial frame");
}

static void a_report_that_is_none(void)
{
	struct script prose = { .hello = true, .report = "hello world" };
	struct script newer = { .hello = true,
		.report = "{\"format\":\"igd-harness report\",\"version\":9}" };
	char deep[6001]; /* jansson's limit is 2048; 100,000 is document_test.c's */
	struct script nested = { .hello = true, .report = deep };

	memset(deep, '[', 3000);
	memset(deep + 3000, ']', 3000);
	deep[6000] = 0;
	expect(&prose, NULL, "bad-report", "report", "not JSON");
	expect(&newer, NULL, "bad-report", "report", "version 9");
	expect(&nested, NULL, "bad-report", "report", "depth");
}

static void noise_ends_in_bounded_memory(void)
{
	struct script script = { .noise = 100u << 20 };
	struct stat st;

	expect(&script, NULL, "garbage", "first-frame", "the limit is 4194304 bytes");
	CU_ASSERT_EQUAL(fstatat(place_fd, "console.log", &st, 0), 0);
	CU_ASSERT(st.st_size <= (off_t)CONSOLE_MAX);
}

static void deaths_have_their_names(void)
{
	struct script model = { .hello = true, .ends = ENDING_MODEL_DIED };
	struct script crash = { .hello = true, .ends = ENDING_GUEST_CRASHED };
	struct script off = { .ends = ENDING_GUEST_OFF };
	struct script create = { .ends = ENDING_CREATE_FAILED };
	struct script init = { .hello = true,
		.ends = ENDING_GUEST_CRASHED,
		.panic = "Kernel panic - not syncing: Attempted to kill init! exitcode=0x0\n"
			 "Rebooting in 1 seconds..\n" };
	struct script panic = { .hello = true,
		.ends = ENDING_GUEST_REBOOTED,
		.panic = "Kernel panic - not syncing: VFS: Unable to mount root\n" };

	expect(&model, NULL, "model-died", "report", "so it says");
	expect(&crash, NULL, "guest-crashed", "report", "so it says");
	expect(&off, NULL, "guest-off", "first-frame", "so it says");
	expect(&create, NULL, "create-failed", "create", "so it says");
	expect(&init, NULL, "agent-died", "report", "Attempted to kill init");
	expect(&panic, NULL, "guest-crashed", "report", "Unable to mount root");
}

static void a_lost_line_is_the_hosts_unless_somebody_died(void)
{
	struct script line = { .hello = true, .hang_up = true };
	struct script both = { .hello = true, .hang_up = true, .ends = ENDING_MODEL_DIED };
	/* Seen of a QEMU that had a fiftieth of a processor: 0.8 s were not enough to exit. */
	struct script late = { .hello = true, .report = GOOD_REPORT, .lingers = true };
	/* So much at once that the line is read as it comes, from then on. */
	char much[512] = { 0 };

	expect(&line, NULL, "console-lost", "report", "serial line broke");
	expect(&both, NULL, "model-died", "report", "so it says");
	expect(&late, NULL, "done", "power-off", "");
	memset(much, 'x', sizeof(much) - 1);
	line.at_first = both.at_first = much;
	expect(&line, NULL, "console-lost", "report", "serial line broke");
	expect(&both, NULL, "model-died", "report", "so it says");
}

/* It is no part of the answer: the guest is asked to power off whatever became of it. */
static void a_picture_is_waited_for_and_not_needed(void)
{
	struct script script = { .hello = true, .report = GOOD_REPORT };

	script.picture = AT_ONCE;
	expect(&script, NULL, "done", "power-off", "");
	script.picture = LATER;
	expect(&script, NULL, "done", "power-off", "");
	script.picture = NEVER;
	expect(&script, "screenshot", "done", "power-off", "");
	/* A guest that goes away meanwhile went away unasked. */
	script.ends = ENDING_GUEST_OFF;
	expect(&script, NULL, "guest-off", "screenshot", "");
}

static void power_off_has_a_limit(void)
{
	struct script script = { .hello = true, .report = GOOD_REPORT, .stays = true };

	expect(&script, "power-off", "stuck-off", "power-off", "did not power off");
}

static void a_host_that_cannot(void)
{
	struct script refuses = { .start_error = -ENOMEM };
	struct script wrong = { .start_error = -EINVAL }, old = { .start_error = -ENOTSUP };
	struct script late = { .never_created = true };

	expect(&refuses, NULL, "host-failed", "create", "the script refuses");
	expect(&wrong, NULL, "bad-cell", "create", "the script refuses");
	expect(&old, NULL, "not-supported", "create", "the script refuses");
	expect(&late, "create", "create-late", "create", "not created");
}

static void a_host_that_stalls_is_not_the_guests_fault(void)
{
	struct script script = { .blocks_ms = 5 * SHORT_MS };

	expect(&script, "first-frame", "host-stalled", "first-frame", "not scheduled");
}

static void what_is_left_behind_is_written_down(void)
{
	struct script leaves = { .hello = true, .report = GOOD_REPORT, .leftover = "domain 7" };
	struct script never = { .hello = true, .report = GOOD_REPORT, .never_gone = true };
	json_t *end = play(&leaves, NULL);

	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_array_get(json_object_get(end, "leftovers"), 0)),
		"domain 7");
	json_decref(end);
	end = play(&never, "clean-up");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(end, "leftovers")), 1);
	json_decref(end);
}

static void a_host_that_is_not_ready_or_not_whole(void)
{
	struct script good = { .hello = true, .report = GOOD_REPORT };
	json_t *end;

	not_ready = "the device is leased";
	expect(&good, NULL, "host-failed", "create", "the device is leased");
	not_ready = NULL;
	not_back = "the device did not come back";
	end = play(&good, NULL);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "ending")), "done");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(end, "leftovers")), 1);
	json_decref(end);
	not_back = NULL;
}

static void requirements_are_named(void)
{
	struct script script = { 0 };
	json_t *cell = json_pack("{s:s, s:{s:{}}, s:{s:[s,s]}}", "name", "c", "settings", "libxl",
		"requires", "libxl", "hvm", "iommu");
	json_t *other = json_pack("{s:s, s:{s:{}}}", "name", "c", "settings", "qemu");
	json_t *end = play_in(&script, cell, place_fd);

	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "ending")), "not-supported");
	CU_ASSERT_PTR_NOT_NULL(strstr(json_string_value(json_object_get(end, "detail")), "iommu"));
	json_decref(end);
	end = play_in(&script, other, place_fd);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "ending")), "not-supported");
	CU_ASSERT_PTR_NOT_NULL(strstr(json_string_value(json_object_get(end, "detail")), "libxl"));
	json_decref(end);
	json_decref(cell);
	json_decref(other);
}

/* A reason is SKIP, and not knowing MISS (harness/store/ending.c); what is known goes first. */
static void a_lack_gives_its_reason(void)
{
	struct script script = { 0 };
	json_t *cell = json_pack("{s:s, s:{s:{}}, s:{s:[s,s]}}", "name", "c", "settings", "libxl",
		"requires", "libxl", "igd", "iommu");
	json_t *end;

	lacks = json_pack("{s:{s:s, s:s, s:s}, s:{s:s, s:s, s:s}}", "igd", "check", "igd/present",
		"verdict", "UNKNOWN", "why", "nobody looked", "iommu", "check", "xen/iommu",
		"verdict", "FAIL", "why", "iommu=0 is there");
	end = play_in(&script, cell, place_fd);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "ending")), "not-supported");
	CU_ASSERT_PTR_NOT_NULL(strstr(json_string_value(json_object_get(end, "detail")),
		"iommu=0 is there (check xen/iommu)"));
	json_decref(end);
	json_object_set_new(json_object_get(lacks, "iommu"), "verdict", json_string("UNKNOWN"));
	end = play_in(&script, cell, place_fd);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(end, "ending")), "host-failed");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(json_string_value(json_object_get(end, "detail")), "nobody looked"));
	json_decref(end);
	json_decref(cell);
	json_decref(lacks);
	lacks = NULL;
}

static CU_TestInfo tests[] = {
	{ "a guest is kept until it is released", a_guest_is_kept_until_it_is_released },
	{ "a guest that behaves is done", a_guest_that_behaves_is_done },
	{ "a lost part is asked for again", a_lost_part_is_asked_for_again },
	{ "a packed report is unpacked", a_packed_report_is_unpacked },
	{ "a report may be in memory", a_report_may_be_in_memory },
	{ "a report that is nowhere", a_report_that_is_nowhere },
	{ "silence is told from text and halves", silence_is_told_from_text_and_halves },
	{ "a report that does not come whole", a_report_that_does_not_come_whole },
	{ "a report that is none", a_report_that_is_none },
	{ "noise ends in bounded memory", noise_ends_in_bounded_memory },
	{ "deaths have their names", deaths_have_their_names },
	{ "a lost line is the host's unless somebody died",
		a_lost_line_is_the_hosts_unless_somebody_died },
	{ "a picture is waited for and not needed", a_picture_is_waited_for_and_not_needed },
	{ "power-off has a limit", power_off_has_a_limit },
	{ "a host that cannot", a_host_that_cannot },
	{ "a host that stalls is not the guest's fault",
		a_host_that_stalls_is_not_the_guests_fault },
	{ "what is left behind is written down", what_is_left_behind_is_written_down },
	{ "a host that is not ready or not whole", a_host_that_is_not_ready_or_not_whole },
	{ "requirements are named", requirements_are_named },
	{ "a lack gives its reason", a_lack_gives_its_reason },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(place))
		return 1;
	place_fd = open(place, O_RDONLY | O_DIRECTORY);
	status = suite_main("cell", tests);
	close(place_fd);
	return suite_remove(place, status);
}

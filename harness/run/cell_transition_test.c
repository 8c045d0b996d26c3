/*
 * Cells that are transitions, against a back end that plays a script: how it saves the first guest,
 * and what becomes of the second. Whatever happens, each guest is let go once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/plan/transition.h"
#include "harness/run/cell.h"
#include "harness/store/run_dir.h"
#include "src/document.h"
#include "src/suite.h"
#include "src/wire.h"

#define REPORT(request)                                                                            \
	"{\"format\":\"igd-harness report\",\"version\":1,\"agent\":{\"version\":\"0\","           \
	"\"request\":" request ",\"uptime_ms\":1,\"collect_ms\":1}}"

enum how { WELL, FAILS, HANGS, DIES };

static struct script {
	enum how save, restore;
	bool again;           /* the second guest is started, not restored */
	bool hotplug;         /* the guest keeps running with other devices */
	bool deaf;            /* the restored guest answers nothing */
	unsigned int deaf_to; /* or not the first so many requests */
	const char *leftover; /* of the first guest */
} script;

static unsigned int made, let_go, asked;
static char settings[2][32];

struct backend_guest {
	const struct guest_handler *handler;
	void *data;
	struct guest_parts parts;
	bool changed; /* its devices */
	sd_event_source *sources[8];
	int count, fd, console_fd;
	struct wire_decoder decoder;
};

struct backend_host {
	sd_event *loop;
};

static sd_event *loop;

static void later(struct backend_guest *guest, int (*what)(sd_event_source *, void *))
{
	sd_event_add_defer(loop, &guest->sources[guest->count++], what, guest);
}

static int put(void *data, const char *line, size_t length)
{
	const struct backend_guest *guest = data;

	return write(guest->fd, line, length) == (ssize_t)length ? 0 : -EIO;
}

static int tell_off(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	guest->handler->ended(guest->data, ENDING_GUEST_OFF, "powered off");
	return 0;
}

static void answer(struct backend_guest *guest, enum wire_type type)
{
	const char *report = guest->parts.restored || guest->changed ? REPORT("2") : REPORT("1");

	if (type == WIRE_OFF)
		later(guest, tell_off);
	if (type != WIRE_ASK)
		return;
	asked++;
	if ((guest->parts.restored || guest->changed) &&
		(script.deaf || asked - 1 <= script.deaf_to))
		return;
	wire_send(WIRE_REPORT, 1, report, strlen(report), NULL, put, guest);
}

static int on_request(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct backend_guest *guest = data;
	char bytes[512];
	ssize_t n = read(fd, bytes, sizeof(bytes)), at = 0;

	while (at < n) {
		enum wire_event event;
		struct wire_frame frame;

		at += (ssize_t)wire_feed(
			&guest->decoder, bytes + at, (size_t)(n - at), &event, &frame);
		if (event == WIRE_FRAME)
			answer(guest, frame.type);
	}
	return 0;
}

static int on_begin(sd_event_source *source, void *data)
{
	struct wire_frame hello = { WIRE_HELLO, 0, 0, 1, 9, "igd-agent" };
	struct backend_guest *guest = data;
	char line[WIRE_LINE_MAX + 1];

	if (guest->parts.second && script.restore == FAILS)
		guest->handler->ended(guest->data, ENDING_CREATE_FAILED, "no such section");
	if (guest->parts.second && script.restore == DIES)
		guest->handler->ended(guest->data, ENDING_MODEL_DIED, "assertion");
	if (guest->parts.second && script.restore != WELL)
		return 0;
	guest->handler->created(guest->data, guest->console_fd);
	sd_event_add_io(
		loop, &guest->sources[guest->count++], guest->fd, EPOLLIN, on_request, guest);
	if (!guest->parts.restored && wire_encode(&hello, line) > 0)
		put(guest, line, strlen(line));
	return 0;
}

static int start(struct backend_host *host, const struct guest_request *request,
	struct backend_guest **guest_r, struct problem *why)
{
	const json_t *mine = json_object_get(json_object_get(request->cell, "settings"), "libxl");
	const struct guest_parts *parts = request->parts;
	struct backend_guest *guest = calloc(1, sizeof(*guest));
	char saved[16] = "";
	int pair[2];

	if (!guest || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0)
		abort();
	*guest = (struct backend_guest){ .handler = request->handler,
		.data = request->data,
		.parts = *parts,
		.fd = pair[0],
		.console_fd = pair[1] };
	CU_ASSERT_EQUAL(parts->second, made == 1);
	CU_ASSERT_EQUAL(parts->restored, made == 1 && !script.again);
	snprintf(settings[made++ & 1], sizeof(settings[0]), "%s", document_text(mine, "vga"));
	if (parts->second)
		CU_ASSERT_EQUAL(let_go, 1); /* there are never two */
	if (parts->restored) {
		CU_ASSERT(read(parts->saved_fd, saved, sizeof(saved) - 1) >= 0);
		CU_ASSERT_STRING_EQUAL(saved, "its memory");
	}
	later(guest, on_begin);
	*guest_r = guest;
	return 0;
}

static int on_save(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	if (script.save == WELL && write(guest->parts.saved_fd, "its memory", 10) == 10)
		guest->handler->saved(guest->data);
	if (script.save == FAILS)
		guest->handler->ended(guest->data, ENDING_SAVE_FAILED, "it has a device");
	if (script.save == DIES)
		guest->handler->ended(guest->data, ENDING_MODEL_DIED, "assertion");
	return 0;
}

static void save(struct backend_guest *guest)
{
	later(guest, on_save);
}

static int on_hotplug(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	if (script.restore == FAILS)
		guest->handler->ended(guest->data, ENDING_HOTPLUG_FAILED, "no such device");
	if (script.restore == DIES)
		guest->handler->ended(guest->data, ENDING_MODEL_DIED, "assertion");
	if (script.restore != WELL)
		return 0;
	guest->changed = true;
	guest->handler->changed(guest->data);
	return 0;
}

static void hotplug(struct backend_guest *guest, const json_t *side, int evidence_fd)
{
	const json_t *mine = json_object_get(json_object_get(side, "settings"), "libxl");

	CU_ASSERT(evidence_fd >= 0);
	snprintf(settings[1], sizeof(settings[1]), "%s", document_text(mine, "vga"));
	later(guest, on_hotplug);
}

/* A guest that is being recorded is not asked for the time that it has to find a device. */
static json_int_t asked_ms(const struct backend_guest *guest)
{
	return 1000 * (1 + guest->changed);
}

static int tell_gone(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;
	json_t *leftovers = json_array();

	if (script.leftover && !guest->parts.second)
		json_array_append_new(leftovers, json_string(script.leftover));
	guest->handler->gone(guest->data, leftovers);
	json_decref(leftovers);
	return 0;
}

static void destroy(struct backend_guest *guest)
{
	for (int i = 0; i < guest->count; i++)
		sd_event_source_set_enabled(guest->sources[i], SD_EVENT_OFF);
	later(guest, tell_gone);
}

static void release(struct backend_guest *guest)
{
	for (int i = 0; i < guest->count; i++)
		sd_event_source_disable_unref(guest->sources[i]);
	close(guest->fd);
	close(guest->console_fd);
	free(guest);
	let_go++;
}

static struct backend scripted = {
	.name = "scripted",
	.start = start,
	.hotplug = hotplug,
	.save = save,
	.destroy = destroy,
	.release = release,
};

static void on_entered(void *data, enum cell_state state, uint64_t limit_ms)
{
}

static void on_over(void *data, const json_t *end)
{
	json_t **end_r = data;

	*end_r = json_incref((json_t *)end);
}

static char place[] = "/tmp/igd-move-XXXXXX";
static int place_fd;

static void tidy(int fd)
{
	static const char *const names[] = { "end.json", "report.json", "console.log",
		"journal.jsonl" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlinkat(fd, names[i], 0);
}

/* Plays a transition with the limit of `brief` short. Returns end.json. */
static json_t *play(const char *brief)
{
	static const char text[] =
		"{\"name\": \"c\", \"requires\": {\"libxl\": []}, \"limits_ms\": {\"create\": 60000,"
		" \"first-frame\": 60000, \"report\": 60000, \"save\": 60000, \"restore\": 60000,"
		" \"power-off\": 60000, \"clean-up\": 60000},"
		" \"settings\": {\"libxl\": {\"vga\": \"one\", \"disk\": 1}},"
		" \"to\": {\"settings\": {\"libxl\": {\"vga\": \"other\"}}}}";
	json_t *plan_cell = json_loads(text, 0, NULL), *end = NULL;
	json_t *identities = json_pack("{s:s, s:[]}", "acts_as", "libxl", "capabilities");
	struct cell_watcher watcher = { NULL, NULL, on_entered, NULL, on_over, &end };
	struct backend_host host = { 0 };
	struct problem why = { 0 };
	struct cell *cell = NULL;
	int restored = transition_folder(place_fd, false);

	if (restored >= 0) {
		tidy(restored);
		close(restored);
		unlinkat(place_fd, TRANSITION_FOLDER, AT_REMOVEDIR);
	}
	tidy(place_fd);
	made = let_go = asked = 0;
	if (script.again)
		json_object_set_new(
			json_object_get(json_object_get(plan_cell, "settings"), "libxl"), "again",
			json_true());
	if (script.hotplug)
		json_object_set_new(
			json_object_get(json_object_get(plan_cell, "settings"), "libxl"), "hotplug",
			json_true());
	if (brief)
		json_object_set_new(
			json_object_get(plan_cell, "limits_ms"), brief, json_integer(200));
	CU_ASSERT_FATAL(sd_event_new(&loop) >= 0);
	CU_ASSERT_EQUAL_FATAL(cell_begin(&(struct cell_request){ .backend = &scripted,
						 .host = &host,
						 .loop = loop,
						 .plan = plan_cell,
						 .identities = identities,
						 .dir_fd = place_fd,
						 .slow = 1 },
				      &watcher, &cell, &why),
		0);
	while (!end && sd_event_run(loop, UINT64_MAX) >= 0)
		;
	cell_free(cell);
	sd_event_unref(loop);
	CU_ASSERT_EQUAL(made, let_go);
	json_decref(identities);
	json_decref(plan_cell);
	return end;
}

static void expect(struct script how, const char *brief, const char *ending, const char *state,
	unsigned int guests)
{
	json_t *end;

	script = how;
	end = play(brief);
	CU_ASSERT_STRING_EQUAL(document_text(end, "ending"), ending);
	CU_ASSERT_STRING_EQUAL(document_text(end, "state"), state);
	CU_ASSERT_EQUAL(made, guests);
	json_decref(end);
}

static void a_guest_that_goes_on(void)
{
	json_t *end, *report = NULL;
	const json_t *transition;
	struct problem why = { 0 };
	int fd;

	script = (struct script){ WELL, WELL };
	end = play(NULL);
	transition = json_object_get(end, "transition");
	CU_ASSERT_STRING_EQUAL(document_text(end, "ending"), "done");
	CU_ASSERT_EQUAL(made, 2);
	CU_ASSERT_STRING_EQUAL(settings[0], "one");
	CU_ASSERT_STRING_EQUAL(settings[1], "other");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(transition, "saved_bytes")), 10);
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(end, "console"), "frames")), 2);
	CU_ASSERT(json_is_object(json_object_get(transition, "console")));
	fd = transition_folder(place_fd, false);
	CU_ASSERT_EQUAL(store_read_report(place_fd, &report, &why), 0);
	json_decref(report);
	CU_ASSERT_EQUAL(store_read_report(fd, &report, &why), 0);
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(report, "agent"), "request")),
		2);
	json_decref(report);
	/* What was saved, and the disk, had no names. */
	CU_ASSERT_EQUAL(faccessat(place_fd, ".saved", F_OK, 0), -1);
	close(fd);
	json_decref(end);
}

static void a_request_that_was_lost(void)
{
	expect((struct script){ .deaf_to = 1 }, NULL, "done", "power-off", 2);
	CU_ASSERT_EQUAL(asked, 3);
}

static void the_ways_to_fail(void)
{
	expect((struct script){ .save = FAILS }, NULL, "save-failed", "save", 1);
	expect((struct script){ .save = DIES }, NULL, "model-died", "save", 1);
	expect((struct script){ .save = HANGS }, "save", "save-hung", "save", 1);
	expect((struct script){ .restore = FAILS }, NULL, "restore-refused", "restore", 2);
	expect((struct script){ .restore = DIES }, NULL, "model-died", "restore", 2);
	expect((struct script){ .restore = HANGS }, "restore", "restore-hung", "restore", 2);
	expect((struct script){ .deaf = true }, "report", "not-back", "report-again", 2);
}

static void what_the_first_leaves_keeps_the_second_away(void)
{
	expect((struct script){ .leftover = "domain 7" }, NULL, "host-failed", "restore", 1);
}

static void a_back_end_that_saves_none(void)
{
	scripted.save = NULL;
	expect((struct script){ WELL }, NULL, "not-supported", "save", 1);
	scripted.save = save;
}

static void a_guest_that_is_started_again(void)
{
	json_t *end, *report = NULL;
	const json_t *transition;
	struct problem why = { 0 };
	int fd;

	script = (struct script){ .again = true };
	end = play(NULL);
	transition = json_object_get(end, "transition");
	CU_ASSERT_STRING_EQUAL(document_text(end, "ending"), "done");
	CU_ASSERT_EQUAL(made, 2);
	CU_ASSERT_STRING_EQUAL(settings[1], "other");
	CU_ASSERT(json_is_true(json_object_get(transition, "again")));
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(transition, "saved_bytes")), 0);
	/* Each said hello and reported. */
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(end, "console"), "frames")), 2);
	CU_ASSERT_EQUAL(json_integer_value(
				json_object_get(json_object_get(transition, "console"), "frames")),
		2);
	fd = transition_folder(place_fd, false);
	CU_ASSERT_EQUAL(store_read_report(fd, &report, &why), 0);
	json_decref(report);
	close(fd);
	json_decref(end);
}

static void a_guest_that_gets_other_devices(void)
{
	json_t *end, *report = NULL;
	const json_t *transition;
	struct problem why = { 0 };
	int fd;

	script = (struct script){ .hotplug = true };
	scripted.asked_ms = asked_ms;
	end = play(NULL);
	scripted.asked_ms = NULL;
	transition = json_object_get(end, "transition");
	CU_ASSERT_STRING_EQUAL(document_text(end, "ending"), "done");
	CU_ASSERT_EQUAL(made, 1);
	CU_ASSERT_STRING_EQUAL(settings[1], "other");
	CU_ASSERT(json_is_true(json_object_get(transition, "hotplug")));
	CU_ASSERT_PTR_NULL(json_object_get(transition, "again"));
	CU_ASSERT_EQUAL(
		json_integer_value(json_array_get(json_object_get(transition, "asked_ms"), 1)),
		2000);
	/* What it said before and after is in two logs. */
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(end, "console"), "frames")), 2);
	CU_ASSERT_EQUAL(json_integer_value(
				json_object_get(json_object_get(transition, "console"), "frames")),
		1);
	fd = transition_folder(place_fd, false);
	CU_ASSERT_EQUAL(store_read_report(fd, &report, &why), 0);
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(report, "agent"), "request")),
		2);
	json_decref(report);
	CU_ASSERT_EQUAL(faccessat(fd, "console.log", F_OK, 0), 0);
	close(fd);
	json_decref(end);
}

static void the_ways_in_which_devices_stay(void)
{
	scripted.asked_ms = asked_ms;
	expect((struct script){ .hotplug = true, .restore = FAILS }, NULL, "hotplug-failed",
		"hotplug", 1);
	expect((struct script){ .hotplug = true, .restore = DIES }, NULL, "model-died", "hotplug",
		1);
	expect((struct script){ .hotplug = true, .restore = HANGS }, "restore", "hotplug-hung",
		"hotplug", 1);
	expect((struct script){ .hotplug = true, .deaf = true }, "report", "not-back",
		"report-again", 1);
	scripted.hotplug = NULL;
	expect((struct script){ .hotplug = true }, NULL, "not-supported", "hotplug", 1);
	scripted.hotplug = hotplug;
	scripted.asked_ms = NULL;
}

static void the_ways_to_fail_again(void)
{
	json_t *end;

	expect((struct script){ .again = true, .restore = FAILS }, NULL, "create-failed", "create",
		2);
	expect((struct script){ .again = true, .restore = DIES }, NULL, "model-died", "create", 2);
	expect((struct script){ .again = true, .leftover = "domain 7" }, NULL, "host-failed",
		"create", 1);
	script = (struct script){ .again = true, .restore = HANGS };
	end = play("create");
	CU_ASSERT_STRING_EQUAL(document_text(end, "ending"), "create-late");
	CU_ASSERT_EQUAL(strncmp(document_text(end, "detail"), "started again: ", 15), 0);
	json_decref(end);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a guest that goes on", a_guest_that_goes_on },
		{ "a request that was lost", a_request_that_was_lost },
		{ "the ways to fail", the_ways_to_fail },
		{ "what the first leaves keeps the second away",
			what_the_first_leaves_keeps_the_second_away },
		{ "a back end that saves none", a_back_end_that_saves_none },
		{ "a guest that is started again", a_guest_that_is_started_again },
		{ "the ways to fail, started again", the_ways_to_fail_again },
		{ "a guest that gets other devices", a_guest_that_gets_other_devices },
		{ "the ways in which devices stay", the_ways_in_which_devices_stay },
		CU_TEST_INFO_NULL,
	};
	int failed, restored;

	if (!mkdtemp(place) || (place_fd = open(place, O_RDONLY | O_DIRECTORY)) < 0)
		return 1;
	failed = suite_main("cell_transition", tests);
	restored = transition_folder(place_fd, false);
	if (restored >= 0) {
		tidy(restored);
		close(restored);
		unlinkat(place_fd, TRANSITION_FOLDER, AT_REMOVEDIR);
	}
	tidy(place_fd);
	close(place_fd);
	rmdir(place);
	return failed;
}

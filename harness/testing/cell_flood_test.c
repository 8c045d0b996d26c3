/* The limits of a cell whose guest says something all the time. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/fileio.h"
#include "harness/run/cell.h"
#include "src/document.h"
#include "src/suite.h"
#include "src/wire.h"

#define LONG_MS  60000
#define SHORT_MS 200

/* Longer than a cell with a short limit may last; a cell that is not ended ends then. */
#define BUSY_US 6000000

/* After the guest's first hello. */
struct backend_host {
	sd_event *loop;
	enum wire_type type;
	unsigned int frames; /* it writes so many of that type */
	bool busy;           /* keeps the loop from ever being idle, for BUSY_US */
};

struct backend_guest {
	const struct backend_host *host;
	const struct guest_handler *handler;
	void *data;
	sd_event_source *begin, *writable, *gone;
	int fd, console_fd;
	uint64_t busy_until_us;
};

static int put(void *data, const char *line, size_t length)
{
	const struct backend_guest *guest = data;

	return write(guest->fd, line, length) == (ssize_t)length ? 0 : -EIO;
}

/* There is always room to write. */
static int on_writable(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	const struct backend_guest *guest = data;

	return clock_us() > guest->busy_until_us ? sd_event_source_set_enabled(source, SD_EVENT_OFF)
						 : 0;
}

static int on_begin(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;
	const struct backend_host *host = guest->host;

	guest->handler->created(guest->data, guest->console_fd);
	wire_send(WIRE_HELLO, 1, "igd-agent", 9, NULL, put, guest);
	for (unsigned int i = 0; i < host->frames; i++)
		wire_send(host->type, 2, "", 0, NULL, put, guest);
	guest->busy_until_us = clock_us() + BUSY_US;
	return host->busy ? sd_event_add_io(host->loop, &guest->writable, guest->fd, EPOLLOUT,
				    on_writable, guest)
			  : 0;
}

static int start(struct backend_host *host, const struct guest_request *request,
	struct backend_guest **guest_r, struct problem *why)
{
	struct backend_guest *guest = calloc(1, sizeof(*guest));
	int pair[2];

	if (!guest || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0)
		abort();
	guest->host = host;
	guest->handler = request->handler;
	guest->data = request->data;
	guest->fd = pair[0];
	guest->console_fd = pair[1];
	sd_event_add_defer(host->loop, &guest->begin, on_begin, guest);
	*guest_r = guest;
	return 0;
}

static int tell_gone(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;
	json_t *nothing = json_array();

	guest->handler->gone(guest->data, nothing);
	json_decref(nothing);
	return 0;
}

static void destroy(struct backend_guest *guest)
{
	sd_event_source_set_enabled(guest->writable, SD_EVENT_OFF);
	sd_event_add_defer(guest->host->loop, &guest->gone, tell_gone, guest);
}

static void release(struct backend_guest *guest)
{
	sd_event_source_disable_unref(guest->begin);
	sd_event_source_disable_unref(guest->writable);
	sd_event_source_disable_unref(guest->gone);
	close(guest->fd);
	close(guest->console_fd);
	free(guest);
}

static const struct backend flooding = {
	.name = "flooding", .start = start, .destroy = destroy, .release = release
};

static void on_entered(void *data, enum cell_state state, uint64_t limit_ms)
{
}

static void on_over(void *data, const json_t *end)
{
	*(json_t **)data = json_incref((json_t *)end);
}

static char place[] = "/tmp/igd-flood-XXXXXX";
static int place_fd;

/* Plays a guest with a short limit of the report, and gives end.json. */
static json_t *play(struct backend_host host)
{
	json_t *identities = json_pack("{s:s, s:[]}", "acts_as", "libxl", "capabilities");
	json_t *plan = json_pack("{s:s, s:{s:{}}, s:{s:i, s:i, s:i, s:i, s:i}}", "name", "c",
		"settings", "libxl", "limits_ms", "create", LONG_MS, "first-frame", LONG_MS,
		"report", SHORT_MS, "power-off", LONG_MS, "clean-up", LONG_MS);
	json_t *end = NULL;
	const struct cell_watcher watcher = { NULL, NULL, on_entered, NULL, on_over, &end };
	struct cell *cell = NULL;
	struct problem why = { 0 };

	unlinkat(place_fd, "journal.jsonl", 0);
	CU_ASSERT_FATAL(sd_event_new(&host.loop) >= 0);
	CU_ASSERT_EQUAL_FATAL(cell_begin(&(struct cell_request){ .backend = &flooding,
						 .host = &host,
						 .loop = host.loop,
						 .plan = plan,
						 .identities = identities,
						 .dir_fd = place_fd,
						 .slow = 1 },
				      &watcher, &cell, &why),
		0);
	while (!end && sd_event_run(host.loop, UINT64_MAX) >= 0)
		;
	cell_free(cell);
	sd_event_unref(host.loop);
	json_decref(identities);
	json_decref(plan);
	return end;
}

/* What keeps the loop from ever being idle is no reason to wait longer for a report. */
static void a_limit_holds_while_something_is_always_ready(void)
{
	json_t *end = play((struct backend_host){ .busy = true });
	json_int_t ms =
		json_integer_value(json_object_get(json_object_get(end, "times_ms"), "report"));

	CU_ASSERT_STRING_EQUAL(document_text(end, "ending"), "agent-silent");
	CU_ASSERT(ms >= SHORT_MS);
	CU_ASSERT(ms < BUSY_US / 2000);
	json_decref(end);
}

/* Each line of the journal is synced: a guest must not decide how many there are. */
static void a_flood_of_frames_is_noted_a_few_times(void)
{
	const enum wire_type types[] = { WIRE_HELLO, WIRE_BYE };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		char *text = NULL;
		size_t length = 0, lines = 0;

		json_decref(play((struct backend_host){ .type = types[i], .frames = 3000 }));
		CU_ASSERT_EQUAL_FATAL(
			fileio_read(place_fd, "journal.jsonl", &text, &length, NULL), 0);
		for (const char *c = text; *c; c++)
			lines += *c == '\n';
		free(text);
		CU_ASSERT(lines > 5);
		CU_ASSERT(lines < 60);
	}
}

static CU_TestInfo tests[] = {
	{ "a limit holds while something is always ready",
		a_limit_holds_while_something_is_always_ready },
	{ "a flood of frames is noted a few times", a_flood_of_frames_is_noted_a_few_times },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(place))
		return 1;
	place_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	status = suite_main("cell_flood", tests);
	close(place_fd);
	return suite_remove(place, status);
}

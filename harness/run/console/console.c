#include "harness/run/console/console.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "harness/run/console/tail.h"
#include "src/pack.h"

/*
 * A report whose next part is this late has lost one: ask for what is missing. Under TCG a byte of
 * serial line takes 2.6 ms, and a pause of a second was seen in a report that came whole.
 */
#define QUIET_US 5000000

/*
 * A line so bad that this many requests did not help is not worth a further one; each is noted in
 * the journal, and synced.
 */
#define ASK_AGAIN_MAX 32

#define READ_MAX 65536

/*
 * QEMU writes each byte of a serial line by itself. Read as they come, a report would wake the
 * harness thousands of times, and on one CPU, as in the lab, keep QEMU from going on. A pty holds 4
 * KiB; no serial line fills that meanwhile.
 */
#define GATHER_US 20000

/* A host on which so much comes in that time is quick enough to read it as it comes; waiting would
 * slow the line down. */
#define GATHER_FAST 128

struct console {
	sd_event *loop;
	const struct console_handler *handler;
	void *data;
	int fd;     /* the back end's; -1 while it is closed */
	int log_fd; /* console.log */
	sd_event_source *source;
	bool fast;               /* the line is: bytes are read as they come */
	sd_event_source *gather; /* bytes are there: read them a moment later, all at once */
	sd_event_source *quiet;  /* no part of the report for a while: ask again */
	bool waiting;            /* for a report */
	bool takes_stored;       /* the owner can read the guest's memory */
	bool agent_stores;       /* its hello said so; one that was saved says none when restored */
	bool line_only;          /* what was stored could not be read */
	struct wire_decoder decoder;
	struct wire_message report;
	uint64_t kept; /* bytes in console.log */
	unsigned int asked_again;
	unsigned int hellos; /* that were answered by the request once more */
	bool lost;           /* end of file or an error */
	struct tail tail;
};

static int put(void *data, const char *line, size_t length)
{
	struct console *console = data;
	ssize_t n = write(console->fd, line, length);

	/*
	 * A request is shorter than any tty's buffer; one that does not fit at once is lost, and
	 * then asked again like any other lost frame.
	 */
	return n < 0 && errno != EAGAIN ? -errno : 0;
}

static bool may_store(const struct console *console)
{
	return console->takes_stored && console->agent_stores && !console->line_only;
}

static void request(struct console *console, enum wire_type type)
{
	const char *payload = type != WIRE_ASK ? "" : may_store(console) ? WIRE_READS : WIRE_PACKS;

	console->handler->request(console->data, type);
	if (wire_send(type, 1, payload, strlen(payload), NULL, put, console) < 0)
		console->handler->lost(console->data);
}

static int on_quiet(sd_event_source *source, uint64_t usec, void *data)
{
	struct console *console = data;
	struct wire_frame again;
	char line[WIRE_LINE_MAX + 1];
	int length;

	if (!console->waiting || console->asked_again >= ASK_AGAIN_MAX)
		return 0;
	console->asked_again++;
	if (console->report.parts == 0)
		request(console, WIRE_ASK); /* that was lost: the guest was just restored */
	if (wire_message_again(&console->report, &again) == 0) {
		length = wire_encode(&again, line);
		if (length > 0)
			put(console, line, (size_t)length);
		console->handler->asked_again(console->data, console->report.missing);
	}
	sd_event_source_set_time_relative(source, QUIET_US);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

static void restart_quiet(struct console *console)
{
	if (!console->quiet)
		sd_event_add_time_relative(console->loop, &console->quiet, CLOCK_MONOTONIC,
			QUIET_US, 1000, on_quiet, console);
	else {
		sd_event_source_set_time_relative(console->quiet, QUIET_US);
		sd_event_source_set_enabled(console->quiet, SD_EVENT_ONESHOT);
	}
}

void console_power_off(struct console *console)
{
	console->waiting = false;
	request(console, WIRE_OFF);
}

void console_ask(struct console *console, bool repeat)
{
	console->waiting = true;
	request(console, WIRE_ASK);
	if (repeat)
		restart_quiet(console);
}

void console_take_stored(struct console *console)
{
	console->takes_stored = true;
}

static void give_up_report(struct console *console, int error, const char *sentence)
{
	console->waiting = false;
	console->handler->no_report(console->data, error, sentence);
}

/* The report lies in memory. What cannot be read there comes by the line. */
static void take_stored(struct console *console)
{
	const struct wire_message *message = &console->report;

	if (console->handler->stored(console->data, message->text, message->length))
		return;
	console->line_only = true;
	wire_message_finish(&console->report);
	console_ask(console, true);
}

static void take_packed(struct console *console)
{
	const struct wire_message *message = &console->report;
	size_t length = 0;
	char *text = NULL, sentence[128];
	int r;

	r = unpack(message->text, message->length, WIRE_MESSAGE_MAX, &text, &length);
	if (r == 0) {
		console->handler->report(console->data, text, length);
		free(text);
		return;
	}
	if (r == -ENOMEM)
		snprintf(sentence, sizeof(sentence), "cannot unpack the report: %s", strerror(-r));
	else
		snprintf(sentence, sizeof(sentence),
			"%zu bytes that are not a valid compressed report%s", message->length,
			r == -EFBIG ? ": it is larger than the limit" : "");
	give_up_report(console, r, sentence);
}

/* The whole message is here. */
static void take_report(struct console *console)
{
	const struct wire_message *message = &console->report;

	console->waiting = false;
	if (message->type == WIRE_STORED)
		take_stored(console);
	else if (message->type == WIRE_PACKED)
		take_packed(console);
	else
		console->handler->report(console->data, message->text, message->length);
}

static void take_part(struct console *console, const struct wire_frame *frame)
{
	char sentence[128];
	int r;

	if (!console->waiting)
		return;
	r = wire_message_add(&console->report, frame);
	if (r < 0) {
		snprintf(sentence, sizeof(sentence), "cannot keep the report: %s", strerror(-r));
		give_up_report(console, r, sentence);
	} else if (r == 1) {
		take_report(console);
	} else {
		restart_quiet(console);
	}
}

/* Does the hello end with WIRE_STORES? */
static bool says_stores(const char *agent)
{
	size_t length = strlen(agent), word = strlen(WIRE_STORES);

	return length >= word && strcmp(agent + length - word, WIRE_STORES) == 0;
}

static void take_frame(struct console *console, const struct wire_frame *frame)
{
	switch (frame->type) {
	case WIRE_HELLO:
		console->agent_stores = says_stores(frame->payload);
		if (!console->waiting)
			console->handler->hello(console->data, frame->payload);
		else if (console->report.parts == 0 && console->hellos++ < ASK_AGAIN_MAX)
			request(console, WIRE_ASK); /* it says hello again: the request was lost */
		break;
	case WIRE_REPORT:
	case WIRE_PACKED:
		take_part(console, frame);
		break;
	case WIRE_STORED:
		if (may_store(console)) /* else nobody asked for it */
			take_part(console, frame);
		break;
	case WIRE_TROUBLE:
		if (!console->waiting)
			break;
		console->waiting = false;
		console->handler->trouble(console->data, frame->payload);
		break;
	case WIRE_BYE:
		console->handler->bye(console->data);
		break;
	case WIRE_ASK:
	case WIRE_AGAIN:
	case WIRE_OFF:
		break; /* a host's words: an echo of ours, or a strange guest */
	}
}

static void keep_log(struct console *console, const char *bytes, size_t length)
{
	size_t room = CONSOLE_MAX - console->kept;

	if (length > room)
		length = room;
	while (length > 0) {
		ssize_t n = write(console->log_fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			console->handler->not_recorded(console->data, errno);
			return;
		}
		console->kept += (uint64_t)n;
		bytes += n;
		length -= (size_t)n;
	}
}

static bool is_open(const struct console *console)
{
	return console->fd >= 0;
}

static void take_bytes(struct console *console, const char *bytes, size_t length)
{
	keep_log(console, bytes, length);
	tail_keep(&console->tail, bytes, length);
	while (length > 0 && is_open(console)) {
		enum wire_event event;
		struct wire_frame frame;
		size_t used = wire_feed(&console->decoder, bytes, length, &event, &frame);

		if (event == WIRE_FRAME)
			take_frame(console, &frame);
		bytes += used;
		length -= used;
	}
	if (is_open(console) && console->decoder.bytes >= CONSOLE_MAX)
		console->handler->flooded(console->data);
}

/* Reads once. Returns the bytes, 0 when there is nothing now, -EPIPE when there will be nothing. */
static int read_some(struct console *console)
{
	static char bytes[READ_MAX]; /* one thread, and used up before it returns */
	ssize_t n = read(console->fd, bytes, sizeof(bytes));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) /* a pty whose other side closed says EIO */
		return -EPIPE;
	take_bytes(console, bytes, (size_t)n);
	return (int)n;
}

/* What has gathered is read; then the next byte is waited for. */
static int on_gathered(sd_event_source *source, uint64_t usec, void *data)
{
	struct console *console = data;
	int n = read_some(console);

	if (n < 0) {
		/* At its end it is readable for ever, and would keep the loop from hearing why. */
		sd_event_source_set_enabled(console->source, SD_EVENT_OFF);
		console->lost = true;
		console->handler->lost(console->data);
		return 0;
	}
	console->fast = console->fast || n >= GATHER_FAST;
	/* Unless what was read ended all reading. */
	return console->source ? sd_event_source_set_enabled(console->source, SD_EVENT_ON) : 0;
}

/* Something is there, and more of it a moment later. */
static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct console *console = data;

	if (console->fast)
		return on_gathered(source, 0, data);
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	sd_event_source_set_time_relative(console->gather, GATHER_US);
	return sd_event_source_set_enabled(console->gather, SD_EVENT_ONESHOT);
}

struct console *console_new(sd_event *loop, const struct console_handler *handler, void *data)
{
	struct console *console = calloc(1, sizeof(*console));

	if (!console)
		return NULL;
	console->loop = loop;
	console->handler = handler;
	console->data = data;
	console->fd = console->log_fd = -1;
	wire_message_init(&console->report);
	return console;
}

void console_free(struct console *console)
{
	if (!console)
		return;
	console_close(console);
	wire_message_finish(&console->report);
	free(console);
}

int console_open(struct console *console, int fd, int log_fd)
{
	int r;

	console->log_fd = log_fd;
	console->fd = fd;
	r = sd_event_add_time_relative(console->loop, &console->gather, CLOCK_MONOTONIC, GATHER_US,
		1000, on_gathered, console);
	if (r >= 0)
		r = sd_event_source_set_enabled(console->gather, SD_EVENT_OFF);
	if (r < 0)
		return r;
	r = sd_event_add_io(console->loop, &console->source, fd, EPOLLIN, on_readable, console);
	return r < 0 ? r : 0;
}

void console_drain(struct console *console)
{
	/* Bounded: its owner closes it when CONSOLE_MAX bytes came. */
	while (is_open(console) && !console->lost && read_some(console) > 0)
		;
}

int console_close(struct console *console)
{
	int r = 0;

	sd_event_source_disable_unref(console->source);
	sd_event_source_disable_unref(console->quiet);
	sd_event_source_disable_unref(console->gather);
	console->source = console->quiet = console->gather = NULL;
	if (console->log_fd >= 0) {
		if (fsync(console->log_fd) < 0)
			r = -errno;
		close(console->log_fd);
	}
	console->log_fd = console->fd = -1;
	return r;
}

json_t *console_describe(const struct console *console)
{
	const struct wire_decoder *decoder = &console->decoder;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:s, s:i}", "bytes", (json_int_t)decoder->bytes,
		"kept", (json_int_t)console->kept, "text_bytes", (json_int_t)decoder->text_bytes,
		"frames", (json_int_t)decoder->frames, "bad_frames",
		(json_int_t)decoder->bad_frames, "first_bad", decoder->first_bad, "asked_again",
		(int)console->asked_again);
}

struct console_count console_count(const struct console *console)
{
	return (struct console_count){
		.bytes = console->decoder.bytes,
		.frames = console->decoder.frames,
		.bad_frames = console->decoder.bad_frames,
		.first_bad = console->decoder.first_bad,
		.half = wire_half(&console->decoder),
		.parts = console->report.parts,
		.missing = console->report.missing,
		.asked_again = console->asked_again,
	};
}

void console_reset(struct console *console)
{
	wire_message_finish(&console->report);
	*console = (struct console){
		.loop = console->loop,
		.handler = console->handler,
		.data = console->data,
		.fd = -1,
		.log_fd = -1,
		.takes_stored = console->takes_stored,
		.agent_stores = console->agent_stores,
	};
}

bool console_said(const struct console *console, const char *words)
{
	return strstr(console->tail.text, words) != NULL;
}

void console_last_line(const struct console *console, char *line, size_t size)
{
	tail_last_line(&console->tail, line, size);
}

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/fileio.h"
#include "harness/run/cell_private.h"
#include "src/pack.h"
#include "src/report.h"

/*
 * A report whose next part is this late has lost one: ask for what is missing. Under TCG a byte of
 * serial line takes 2.6 ms, and a pause of a second was seen in a report that came whole.
 */
#define QUIET_US 5000000

/* A line so bad that this many requests did not help is not worth a further one. */
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

static int put(void *data, const char *line, size_t length)
{
	struct cell *cell = data;
	ssize_t n = write(cell->console.fd, line, length);

	/*
	 * A request is shorter than any tty's buffer; one that does not fit at once is lost, and
	 * then asked again like any other lost frame.
	 */
	return n < 0 && errno != EAGAIN ? -errno : 0;
}

static void request(struct cell *cell, enum wire_type type)
{
	const char *payload = type == WIRE_ASK ? WIRE_PACKS : "";

	journal_note(&cell->journal, json_pack("{s:s, s:s}", "what", "request", "type",
					     type == WIRE_ASK ? "report" : "power-off"));
	if (type == WIRE_ASK)
		cell->asked_ms[cell->restored] =
			cell->backend->asked_ms
				? cell->backend->asked_ms(cell->guest)
				: (json_int_t)((clock_us() - cell->journal.began_us) / 1000);
	if (wire_send(type, 1, payload, strlen(payload), NULL, put, cell) < 0)
		cell_console_lost(cell);
}

static bool is_reporting(const struct cell *cell)
{
	return cell->state == CELL_REPORT || cell->state == CELL_REPORT_AGAIN;
}

static int on_quiet(sd_event_source *source, uint64_t usec, void *data)
{
	struct cell *cell = data;
	struct wire_frame again;
	char line[WIRE_LINE_MAX + 1];
	int length;

	if (!is_reporting(cell) || cell->console.asked_again >= ASK_AGAIN_MAX)
		return 0;
	cell->console.asked_again++;
	if (cell->console.report.parts == 0)
		request(cell, WIRE_ASK); /* that was lost: the guest was just restored */
	if (wire_message_again(&cell->console.report, &again) == 0) {
		length = wire_encode(&again, line);
		if (length > 0)
			put(cell, line, (size_t)length);
		journal_note(&cell->journal, json_pack("{s:s, s:i}", "what", "ask-again", "missing",
						     (int)cell->console.report.missing));
	}
	sd_event_source_set_time_relative(source, QUIET_US);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

static void restart_quiet(struct cell *cell)
{
	if (!cell->console.quiet)
		sd_event_add_time_relative(cell->loop, &cell->console.quiet, CLOCK_MONOTONIC,
			QUIET_US, 1000, on_quiet, cell);
	else {
		sd_event_source_set_time_relative(cell->console.quiet, QUIET_US);
		sd_event_source_set_enabled(cell->console.quiet, SD_EVENT_ONESHOT);
	}
}

void console_power_off(struct cell *cell)
{
	cell_enter(cell, CELL_POWER_OFF);
	request(cell, WIRE_OFF);
}

void console_ask(struct cell *cell)
{
	request(cell, WIRE_ASK);
	restart_quiet(cell);
}

/* Keeps a report as it came, then sees whether it is one. */
static void keep_report(struct cell *cell, const char *text, size_t length)
{
	struct problem why = { 0 };
	json_t *report = NULL;
	int r;

	r = fileio_write(cell->record_fd, "report.json", text, length, &why);
	if (r < 0) {
		cell_end(cell, ENDING_NOT_RECORDED, "%s", why.text);
		return;
	}
	r = report_parse(text, length, &report, &why);
	json_decref(report);
	if (r < 0) {
		cell_end(cell, ENDING_BAD_REPORT, "%zu bytes that are no report: %s", length,
			why.text);
		return;
	}
	cell_enter(cell, CELL_SCREENSHOT);
	if (!cell->backend->picture || !cell->backend->picture(cell->guest))
		cell_go_on(cell);
}

/* The whole message is here. */
static void take_report(struct cell *cell)
{
	const struct wire_message *message = &cell->console.report;
	size_t length = 0;
	char *text = NULL;
	int r;

	if (message->type != WIRE_PACKED) {
		keep_report(cell, message->text, message->length);
		return;
	}
	r = unpack(message->text, message->length, WIRE_MESSAGE_MAX, &text, &length);
	if (r == -ENOMEM)
		cell_end(cell, ENDING_HOST_FAILED, "cannot unpack the report: %s", strerror(-r));
	else if (r < 0)
		cell_end(cell, ENDING_BAD_REPORT, "%zu bytes that are no packed report%s",
			message->length, r == -EFBIG ? ": there is more in it than may be" : "");
	else
		keep_report(cell, text, length);
	free(text);
}

static void take_part(struct cell *cell, const struct wire_frame *frame)
{
	int r;

	if (!is_reporting(cell))
		return;
	r = wire_message_add(&cell->console.report, frame);
	if (r < 0)
		cell_end(cell, ENDING_HOST_FAILED, "cannot keep the report: %s", strerror(-r));
	else if (r == 1)
		take_report(cell);
	else
		restart_quiet(cell);
}

static void take_frame(struct cell *cell, const struct wire_frame *frame)
{
	switch (frame->type) {
	case WIRE_HELLO:
		if (cell->state == CELL_FIRST_FRAME) {
			journal_note(&cell->journal,
				json_pack("{s:s, s:s}", "what", "hello", "agent", frame->payload));
			cell_enter(cell, CELL_REPORT);
			request(cell, WIRE_ASK);
		} else if (is_reporting(cell) && cell->console.report.parts == 0) {
			/* It says hello again: the request was lost. */
			request(cell, WIRE_ASK);
		}
		break;
	case WIRE_REPORT:
	case WIRE_PACKED:
		take_part(cell, frame);
		break;
	case WIRE_TROUBLE:
		if (is_reporting(cell))
			cell_end(cell, ENDING_BAD_REPORT, "the agent could make no report: %s",
				frame->payload);
		break;
	case WIRE_BYE:
		journal_note(&cell->journal, json_pack("{s:s}", "what", "bye"));
		cell->console.bye = cell->state == CELL_POWER_OFF;
		break;
	case WIRE_ASK:
	case WIRE_AGAIN:
	case WIRE_OFF:
		break; /* a host's words: an echo of ours, or a strange guest */
	}
}

static void keep_tail(struct cell_console *console, const char *bytes, size_t length)
{
	size_t keep;

	if (length > CELL_TAIL_MAX) {
		bytes += length - CELL_TAIL_MAX;
		length = CELL_TAIL_MAX;
	}
	keep = console->tail_used;
	if (keep + length > CELL_TAIL_MAX) {
		size_t drop = keep + length - CELL_TAIL_MAX;

		memmove(console->tail, console->tail + drop, keep - drop);
		keep -= drop;
	}
	for (size_t i = 0; i < length; i++) /* no 0 inside: strstr() shall see all of it */
		console->tail[keep + i] = bytes[i] ? bytes[i] : ' ';
	console->tail_used = keep + length;
	console->tail[console->tail_used] = 0;
}

static void unwritten(struct cell *cell, int error)
{
	problem_set(&cell->unwritten, -error, "cannot write console.log in the run directory: %s",
		strerror(error));
}

static void keep_log(struct cell *cell, const char *bytes, size_t length)
{
	struct cell_console *console = &cell->console;
	size_t room = CELL_CONSOLE_MAX - console->kept;

	if (length > room)
		length = room;
	while (length > 0) {
		ssize_t n = write(console->log_fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			unwritten(cell, errno);
			cell_end(cell, ENDING_NOT_RECORDED, "%s", cell->unwritten.text);
			return;
		}
		console->kept += (uint64_t)n;
		bytes += n;
		length -= (size_t)n;
	}
}

static void take_bytes(struct cell *cell, const char *bytes, size_t length)
{
	struct cell_console *console = &cell->console;

	keep_log(cell, bytes, length);
	keep_tail(console, bytes, length);
	while (length > 0 && cell->state < CELL_CLEAN_UP) {
		enum wire_event event;
		struct wire_frame frame;
		size_t used = wire_feed(&console->decoder, bytes, length, &event, &frame);

		if (event == WIRE_FRAME)
			take_frame(cell, &frame);
		bytes += used;
		length -= used;
	}
	if (cell->state < CELL_CLEAN_UP && console->decoder.bytes >= CELL_CONSOLE_MAX)
		cell_end(cell, ENDING_GARBAGE,
			"%llu bytes on the console, %llu good frames among them; a guest has no reason for more than %u",
			(unsigned long long)console->decoder.bytes,
			(unsigned long long)console->decoder.frames, CELL_CONSOLE_MAX);
}

/* Reads once. Returns the bytes, 0 when there is nothing now, -EPIPE when there will be nothing. */
static int read_some(struct cell *cell)
{
	static char bytes[READ_MAX]; /* one thread, and used up before it returns */
	ssize_t n = read(cell->console.fd, bytes, sizeof(bytes));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) /* a pty whose other side closed says EIO */
		return -EPIPE;
	take_bytes(cell, bytes, (size_t)n);
	return (int)n;
}

/* What has gathered is read; then the next byte is waited for. */
static int on_gathered(sd_event_source *source, uint64_t usec, void *data)
{
	struct cell *cell = data;
	int n = read_some(cell);

	if (n < 0) {
		/* At its end it is readable for ever, and would keep the loop from hearing why. */
		sd_event_source_set_enabled(cell->console.source, SD_EVENT_OFF);
		cell->console.lost = true;
		cell_console_lost(cell);
		return 0;
	}
	cell->console.fast = cell->console.fast || n >= GATHER_FAST;
	/* Unless what was read ended all reading. */
	return cell->console.source ? sd_event_source_set_enabled(cell->console.source, SD_EVENT_ON)
				    : 0;
}

/* Something is there, and more of it a moment later. */
static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct cell *cell = data;

	if (cell->console.fast)
		return on_gathered(source, 0, data);
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	sd_event_source_set_time_relative(cell->console.gather, GATHER_US);
	return sd_event_source_set_enabled(cell->console.gather, SD_EVENT_ONESHOT);
}

int console_open(struct cell *cell, int fd)
{
	int r;

	cell->console.log_fd = openat(
		cell->record_fd, "console.log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (cell->console.log_fd < 0) {
		unwritten(cell, errno);
		return -EIO;
	}
	cell->console.fd = fd;
	r = sd_event_add_time_relative(cell->loop, &cell->console.gather, CLOCK_MONOTONIC,
		GATHER_US, 1000, on_gathered, cell);
	if (r >= 0)
		r = sd_event_source_set_enabled(cell->console.gather, SD_EVENT_OFF);
	if (r < 0)
		return r;
	return sd_event_add_io(cell->loop, &cell->console.source, fd, EPOLLIN, on_readable, cell);
}

void console_drain(struct cell *cell)
{
	if (cell->console.fd < 0 || cell->console.lost)
		return;
	/* Bounded: CELL_CONSOLE_MAX ends the cell, and with it the reading. */
	while (cell->state < CELL_CLEAN_UP && read_some(cell) > 0)
		;
}

void console_close(struct cell *cell)
{
	sd_event_source_disable_unref(cell->console.source);
	sd_event_source_disable_unref(cell->console.quiet);
	sd_event_source_disable_unref(cell->console.gather);
	cell->console.source = cell->console.quiet = cell->console.gather = NULL;
	if (cell->console.log_fd >= 0) {
		if (fsync(cell->console.log_fd) < 0)
			unwritten(cell, errno);
		close(cell->console.log_fd);
	}
	cell->console.log_fd = cell->console.fd = -1;
}

json_t *console_describe(const struct cell *cell)
{
	const struct wire_decoder *decoder = &cell->console.decoder;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:s, s:i}", "bytes", (json_int_t)decoder->bytes,
		"kept", (json_int_t)cell->console.kept, "text_bytes",
		(json_int_t)decoder->text_bytes, "frames", (json_int_t)decoder->frames,
		"bad_frames", (json_int_t)decoder->bad_frames, "first_bad", decoder->first_bad,
		"asked_again", (int)cell->console.asked_again);
}

void console_reset(struct cell *cell)
{
	sd_event_source_disable_unref(cell->grace);
	cell->grace = NULL;
	wire_message_finish(&cell->console.report);
	cell->console = (struct cell_console){ .fd = -1, .log_fd = -1 };
	wire_message_init(&cell->console.report);
}

/* The line that begins at `begin`, up to its end, cut and printable. */
static void copy_line(const char *begin, char *line, size_t size)
{
	size_t used = 0;

	for (; *begin && *begin != '\n' && used + 1 < size; begin++) {
		if (*begin >= 0x20 && *begin <= 0x7e)
			line[used++] = *begin;
	}
	line[used] = 0;
}

void console_last_line(const struct cell *cell, char *line, size_t size)
{
	const char *tail = cell->console.tail, *panic = strstr(tail, "Kernel panic");
	size_t end = cell->console.tail_used;

	if (panic) {
		copy_line(panic, line, size);
		return;
	}
	while (end > 0 && isspace((unsigned char)tail[end - 1]))
		end--;
	while (end > 0 && tail[end - 1] != '\n')
		end--;
	copy_line(tail + end, line, size);
}

/*
 * A console without a cell: one end of a socket pair is the guest, and an owner that only counts
 * what it is told. The frames are src/wire.h's, which has its own suite.
 */
#include "harness/run/console/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "src/pack.h"
#include "src/suite.h"

/* More than the 5 s after which a lost part is asked for. */
#define PATIENCE_US 10000000

/* Long enough for a second call that should not be. */
#define MOMENT_US 200000

#define AGENT "igd-agent 1.2.3"

struct line {
	sd_event *loop;
	struct console *console;
	int guest_fd, fd, log_fd;
	struct wire_decoder decoder; /* the guest's */

	/* What the owner was told, and how often. */
	unsigned int asks, offs, asked_again, hellos, reports, stored, no_reports, troubles, byes,
		losses, floods, not_recorded;
	bool unreadable; /* what it does with a report in memory */
	unsigned int missing;
	int error;
	char text[1024]; /* of the last call that has one */
};

static void keep(struct line *line, const char *text, size_t length)
{
	CU_ASSERT_TRUE_FATAL(length < sizeof(line->text));
	memcpy(line->text, text, length);
	line->text[length] = 0;
}

static void on_request(void *data, enum wire_type type)
{
	struct line *line = data;

	*(type == WIRE_ASK ? &line->asks : &line->offs) += 1;
}

static void on_asked_again(void *data, unsigned int missing)
{
	struct line *line = data;

	line->asked_again++;
	line->missing = missing;
}

static void on_hello(void *data, const char *agent)
{
	struct line *line = data;

	line->hellos++;
	keep(line, agent, strlen(agent));
	console_ask(line->console, false);
}

static void on_report(void *data, const char *text, size_t length)
{
	struct line *line = data;

	line->reports++;
	keep(line, text, length);
}

static bool on_stored(void *data, const char *text, size_t length)
{
	struct line *line = data;

	line->stored++;
	keep(line, text, length);
	return !line->unreadable;
}

static void on_no_report(void *data, int error, const char *sentence)
{
	struct line *line = data;

	line->no_reports++;
	line->error = error;
	keep(line, sentence, strlen(sentence));
}

static void on_trouble(void *data, const char *sentence)
{
	struct line *line = data;

	line->troubles++;
	keep(line, sentence, strlen(sentence));
}

static void on_bye(void *data)
{
	struct line *line = data;

	line->byes++;
}

static void on_lost(void *data)
{
	struct line *line = data;

	line->losses++;
}

static void on_flooded(void *data)
{
	struct line *line = data;

	line->floods++;
	console_close(line->console);
}

static void on_not_recorded(void *data, int error)
{
	struct line *line = data;

	line->not_recorded++;
	line->error = error;
	console_close(line->console);
}

static const struct console_handler handler = {
	.request = on_request,
	.asked_again = on_asked_again,
	.hello = on_hello,
	.report = on_report,
	.stored = on_stored,
	.no_report = on_no_report,
	.trouble = on_trouble,
	.bye = on_bye,
	.lost = on_lost,
	.flooded = on_flooded,
	.not_recorded = on_not_recorded,
};

static void connect_line(struct line *line, int log_fd)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	line->guest_fd = pair[0];
	line->fd = pair[1];
	line->log_fd = log_fd;
	CU_ASSERT_TRUE_FATAL(log_fd >= 0);
	CU_ASSERT_EQUAL_FATAL(console_open(line->console, line->fd, dup(log_fd)), 0);
}

static void begin_with_log(struct line *line, int log_fd)
{
	*line = (struct line){ 0 };
	CU_ASSERT_TRUE_FATAL(sd_event_new(&line->loop) >= 0);
	line->console = console_new(line->loop, &handler, line);
	CU_ASSERT_PTR_NOT_NULL_FATAL(line->console);
	connect_line(line, log_fd);
}

static void begin(struct line *line)
{
	begin_with_log(line, memfd_create("console.log", 0));
}

static void disconnect(struct line *line)
{
	if (line->guest_fd >= 0)
		close(line->guest_fd);
	close(line->fd);
	close(line->log_fd);
}

static void finish(struct line *line)
{
	console_free(line->console);
	disconnect(line);
	sd_event_unref(line->loop);
}

static void run_for(struct line *line, uint64_t us)
{
	uint64_t until = clock_us() + us;

	while (clock_us() < until)
		CU_ASSERT_TRUE_FATAL(sd_event_run(line->loop, 10000) >= 0);
}

/* Runs the loop until `count` is `wanted`. */
static void wait_for(struct line *line, const unsigned int *count, unsigned int wanted)
{
	uint64_t until = clock_us() + PATIENCE_US;

	while (*count != wanted && clock_us() < until)
		CU_ASSERT_TRUE_FATAL(sd_event_run(line->loop, 10000) >= 0);
	CU_ASSERT_EQUAL_FATAL(*count, wanted);
}

static int put(void *data, const char *text, size_t length)
{
	struct line *line = data;

	return write(line->guest_fd, text, length) == (ssize_t)length ? 0 : -EIO;
}

static void say(struct line *line, const char *text)
{
	CU_ASSERT_EQUAL(put(line, text, strlen(text)), 0);
}

static void send_message(struct line *line, enum wire_type type, const char *text)
{
	CU_ASSERT_EQUAL(wire_send(type, 1, text, strlen(text), NULL, put, line), 0);
}

/* The next frame that the harness has written, or false. */
static bool next_request(struct line *line, struct wire_frame *frame)
{
	enum wire_event event = WIRE_NOTHING;
	char byte;

	while (event != WIRE_FRAME && read(line->guest_fd, &byte, 1) == 1)
		wire_feed(&line->decoder, &byte, 1, &event, frame);
	return event == WIRE_FRAME;
}

/* 450 bytes: three parts of at most WIRE_PAYLOAD_MAX, which is 200. */
static const char *three_parts(void)
{
	static char text[451];

	for (size_t i = 0; i < 450; i++)
		text[i] = (char)('a' + i % 26);
	return text;
}

static void test_hello(void)
{
	struct wire_frame frame;
	struct line line;

	begin(&line);
	say(&line, "Linux version 6.1\r\n");
	send_message(&line, WIRE_HELLO, AGENT);
	wait_for(&line, &line.hellos, 1);
	CU_ASSERT_STRING_EQUAL(line.text, AGENT);
	CU_ASSERT_EQUAL(line.asks, 1);
	CU_ASSERT_TRUE_FATAL(next_request(&line, &frame));
	CU_ASSERT_EQUAL(frame.type, WIRE_ASK);
	CU_ASSERT_STRING_EQUAL(frame.payload, "packed");

	/* The request was lost: it is repeated, and its owner heard the first hello already. */
	send_message(&line, WIRE_HELLO, AGENT);
	wait_for(&line, &line.asks, 2);
	CU_ASSERT_EQUAL(line.hellos, 1);
	CU_ASSERT_TRUE_FATAL(next_request(&line, &frame));
	CU_ASSERT_EQUAL(frame.type, WIRE_ASK);

	console_power_off(line.console);
	CU_ASSERT_EQUAL(line.offs, 1);
	CU_ASSERT_TRUE_FATAL(next_request(&line, &frame));
	CU_ASSERT_EQUAL(frame.type, WIRE_OFF);
	send_message(&line, WIRE_BYE, "");
	wait_for(&line, &line.byes, 1);
	finish(&line);
}

static void test_report(void)
{
	const char *text = three_parts();
	struct line line;

	begin(&line);
	send_message(&line, WIRE_REPORT, "nobody asked");
	send_message(&line, WIRE_TROUBLE, "nobody asked");
	run_for(&line, MOMENT_US);
	CU_ASSERT_EQUAL(line.reports + line.troubles, 0);

	console_ask(line.console, false);
	send_message(&line, WIRE_REPORT, text);
	wait_for(&line, &line.reports, 1);
	CU_ASSERT_STRING_EQUAL(line.text, text);
	CU_ASSERT_EQUAL(console_count(line.console).parts, 3);
	CU_ASSERT_EQUAL(console_count(line.console).missing, 0);

	send_message(&line, WIRE_REPORT, text); /* no longer waited for */
	run_for(&line, MOMENT_US);
	CU_ASSERT_EQUAL(line.reports, 1);
	CU_ASSERT_EQUAL(line.no_reports + line.troubles + line.losses, 0);
	finish(&line);
}

static void test_packed(void)
{
	const char *text = three_parts();
	size_t length = 0;
	char *packed = pack(text, strlen(text), &length);
	struct line line;

	begin(&line);
	console_ask(line.console, false);
	send_message(&line, WIRE_PACKED, packed);
	wait_for(&line, &line.reports, 1);
	CU_ASSERT_STRING_EQUAL(line.text, text);
	finish(&line);
	free(packed);

	begin(&line);
	console_ask(line.console, false);
	send_message(&line, WIRE_PACKED, "junk");
	wait_for(&line, &line.no_reports, 1);
	CU_ASSERT_EQUAL(line.error, -EINVAL);
	CU_ASSERT_STRING_EQUAL(line.text, "4 bytes that are not a valid compressed report");
	CU_ASSERT_EQUAL(line.reports, 0);
	finish(&line);

	begin(&line);
	console_ask(line.console, false);
	send_message(&line, WIRE_TROUBLE, "no /sys");
	wait_for(&line, &line.troubles, 1);
	CU_ASSERT_STRING_EQUAL(line.text, "no /sys");
	finish(&line);
}

/* The payload of the next request, which must be one for a report. */
static const char *next_ask(struct line *line)
{
	static struct wire_frame frame;

	CU_ASSERT_TRUE_FATAL(next_request(line, &frame));
	CU_ASSERT_EQUAL(frame.type, WIRE_ASK);
	return frame.payload;
}

static void test_stored(void)
{
	struct line line;

	/* Who cannot read it does not ask for it, and does not hear of it. */
	begin(&line);
	send_message(&line, WIRE_HELLO, AGENT " memory");
	wait_for(&line, &line.asks, 1);
	CU_ASSERT_STRING_EQUAL(next_ask(&line), "packed");
	send_message(&line, WIRE_STORED, "anywhere");
	run_for(&line, MOMENT_US);
	CU_ASSERT_EQUAL(line.stored, 0);
	CU_ASSERT_EQUAL(console_count(line.console).parts, 0);
	finish(&line);

	/* Neither is an agent asked for it that does not say that it can. */
	begin(&line);
	console_take_stored(line.console);
	send_message(&line, WIRE_HELLO, AGENT);
	wait_for(&line, &line.asks, 1);
	CU_ASSERT_STRING_EQUAL(next_ask(&line), "packed");
	send_message(&line, WIRE_STORED, "anywhere");
	run_for(&line, MOMENT_US);
	CU_ASSERT_EQUAL(line.stored, 0);
	finish(&line);

	begin(&line);
	console_take_stored(line.console);
	send_message(&line, WIRE_HELLO, AGENT " memory");
	wait_for(&line, &line.asks, 1);
	CU_ASSERT_STRING_EQUAL(next_ask(&line), "packed memory");
	send_message(&line, WIRE_STORED, three_parts());
	wait_for(&line, &line.stored, 1);
	CU_ASSERT_STRING_EQUAL(line.text, three_parts());
	send_message(&line, WIRE_STORED, "anywhere"); /* no longer waited for */
	run_for(&line, MOMENT_US);
	CU_ASSERT_EQUAL(line.stored, 1);
	CU_ASSERT_EQUAL(line.asks, 1);
	finish(&line);
}

static void test_stored_unreadable(void)
{
	struct line line;

	begin(&line);
	line.unreadable = true;
	console_take_stored(line.console);
	send_message(&line, WIRE_HELLO, AGENT " memory");
	wait_for(&line, &line.asks, 1);
	CU_ASSERT_STRING_EQUAL(next_ask(&line), "packed memory");
	send_message(&line, WIRE_STORED, "anywhere");
	wait_for(&line, &line.asks, 2);
	CU_ASSERT_STRING_EQUAL(next_ask(&line), "packed");
	send_message(&line, WIRE_STORED, "anywhere"); /* nobody asked for that */
	run_for(&line, MOMENT_US);
	CU_ASSERT_EQUAL(line.stored, 1);
	CU_ASSERT_EQUAL(line.asks, 2);
	/* The request was lost. */
	wait_for(&line, &line.asks, 3);
	CU_ASSERT_STRING_EQUAL(next_ask(&line), "packed");
	send_message(&line, WIRE_REPORT, "{}");
	wait_for(&line, &line.reports, 1);
	CU_ASSERT_STRING_EQUAL(line.text, "{}");

	/* The next guest, restored, says no hello; it is the same agent, and another memory. */
	CU_ASSERT_EQUAL(console_close(line.console), 0);
	console_reset(line.console);
	disconnect(&line);
	line.unreadable = false;
	connect_line(&line, memfd_create("console.log", 0));
	console_ask(line.console, true);
	CU_ASSERT_STRING_EQUAL(next_ask(&line), "packed memory");
	send_message(&line, WIRE_STORED, "elsewhere");
	wait_for(&line, &line.stored, 2);
	CU_ASSERT_STRING_EQUAL(line.text, "elsewhere");
	finish(&line);
}

static void test_lost_part(void)
{
	struct wire_frame but_one = { .type = WIRE_AGAIN,
		.parts = 1,
		.length = 9,
		.payload = "0000 0002" },
			  frame;
	const char *text = three_parts();
	struct line line;

	begin(&line);
	console_ask(line.console, false);
	CU_ASSERT_TRUE_FATAL(next_request(&line, &frame));
	CU_ASSERT_EQUAL(wire_send(WIRE_REPORT, 1, text, 450, &but_one, put, &line), 0);
	wait_for(&line, &line.asked_again, 1);
	CU_ASSERT_EQUAL(line.missing, 1);
	CU_ASSERT_EQUAL(line.reports, 0);
	CU_ASSERT_TRUE_FATAL(next_request(&line, &frame));
	CU_ASSERT_EQUAL(frame.type, WIRE_AGAIN);
	CU_ASSERT_STRING_EQUAL(frame.payload, "0001");
	CU_ASSERT_EQUAL(wire_send(WIRE_REPORT, 1, text, 450, &frame, put, &line), 0);
	wait_for(&line, &line.reports, 1);
	CU_ASSERT_STRING_EQUAL(line.text, text);
	CU_ASSERT_EQUAL(console_count(line.console).asked_again, 1);
	finish(&line);
}

static void test_noise(void)
{
	static const char noise[] = "\0\377\033[2J\r\n@IGD1 H short\nKernel panic - not \a"
				    "syncing: oops\nlast";
	char last[64], kept[sizeof(noise)];
	struct console_count count;
	struct line line;

	begin(&line);
	CU_ASSERT_EQUAL(put(&line, noise, sizeof(noise) - 1), 0);
	run_for(&line, MOMENT_US);
	count = console_count(line.console);
	CU_ASSERT_EQUAL(count.bytes, sizeof(noise) - 1);
	CU_ASSERT_EQUAL(count.frames, 0);
	CU_ASSERT_EQUAL(count.bad_frames, 1);
	CU_ASSERT_STRING_NOT_EQUAL(count.first_bad, "");
	CU_ASSERT_FALSE(count.half);
	CU_ASSERT_EQUAL(line.hellos + line.losses + line.floods, 0);

	CU_ASSERT_TRUE(console_said(line.console, "Kernel panic"));
	CU_ASSERT_FALSE(console_said(line.console, "Attempted to kill init"));
	console_last_line(line.console, last, sizeof(last));
	CU_ASSERT_STRING_EQUAL(last, "Kernel panic - not syncing: oops");

	/* The log is what came, byte for byte. */
	CU_ASSERT_EQUAL(pread(line.log_fd, kept, sizeof(kept), 0), (ssize_t)sizeof(noise) - 1);
	CU_ASSERT_EQUAL(memcmp(kept, noise, sizeof(noise) - 1), 0);

	say(&line, "\n@IGD1 H 00");
	run_for(&line, MOMENT_US);
	CU_ASSERT_TRUE(console_count(line.console).half);
	finish(&line);
}

static void test_flood(void)
{
	static char block[65536];
	uint64_t until = clock_us() + PATIENCE_US;
	struct line line;
	struct stat st;

	memset(block, 'x', sizeof(block));
	begin(&line);
	say(&line, "odd"); /* by itself: the log is full in the middle of a block */
	console_drain(line.console);
	while (line.floods == 0 && clock_us() < until) {
		(void)!write(line.guest_fd, block, sizeof(block));
		CU_ASSERT_TRUE_FATAL(sd_event_run(line.loop, 10000) >= 0);
	}
	CU_ASSERT_EQUAL_FATAL(line.floods, 1);
	CU_ASSERT_TRUE(console_count(line.console).bytes >= 4u << 20);
	CU_ASSERT_TRUE(console_count(line.console).bytes < (4u << 20) + sizeof(block));
	CU_ASSERT_EQUAL_FATAL(fstat(line.log_fd, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, 4 << 20);

	/* It is closed: nothing more is heard. */
	(void)!write(line.guest_fd, block, sizeof(block));
	console_drain(line.console);
	run_for(&line, MOMENT_US);
	CU_ASSERT_EQUAL(line.floods, 1);
	CU_ASSERT_EQUAL(line.losses, 0);
	finish(&line);
}

static void test_end_of_file(void)
{
	struct line line;

	begin(&line);
	send_message(&line, WIRE_HELLO, AGENT);
	wait_for(&line, &line.asks, 1);
	send_message(&line, WIRE_REPORT, three_parts()); /* a fast line: read as it comes */
	wait_for(&line, &line.reports, 1);
	say(&line, "its last words");
	close(line.guest_fd);
	line.guest_fd = -1;
	wait_for(&line, &line.losses, 1);
	CU_ASSERT_TRUE(console_said(line.console, "its last words"));
	console_drain(line.console);
	run_for(&line, MOMENT_US);
	CU_ASSERT_EQUAL(line.losses, 1);
	finish(&line);
}

static void test_drain(void)
{
	const char *text = three_parts();
	struct line line;

	begin(&line);
	console_ask(line.console, false);
	send_message(&line, WIRE_REPORT, text);
	CU_ASSERT_EQUAL(line.reports, 0); /* the loop did not run */
	console_drain(line.console);
	CU_ASSERT_EQUAL(line.reports, 1);
	CU_ASSERT_STRING_EQUAL(line.text, text);
	finish(&line);
}

static void test_not_recorded(void)
{
	struct line line;

	begin_with_log(&line, open("/dev/full", O_WRONLY));
	send_message(&line, WIRE_HELLO, AGENT);
	wait_for(&line, &line.not_recorded, 1);
	CU_ASSERT_EQUAL(line.error, ENOSPC); /* full(4) */
	CU_ASSERT_EQUAL(line.hellos, 0);
	finish(&line);
}

/* The next guest's line, as after a restore. */
static void test_reset(void)
{
	json_t *said;
	struct line line;

	begin(&line);
	send_message(&line, WIRE_HELLO, AGENT);
	wait_for(&line, &line.asks, 1);
	CU_ASSERT_EQUAL(console_close(line.console), 0);
	said = console_describe(line.console);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(said, "frames")), 1);
	/* WIRE_HEADER is 41, then the payload and a newline. */
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(said, "kept")), 41 + (int)strlen(AGENT) + 1);
	json_decref(said);
	console_reset(line.console);
	disconnect(&line);
	CU_ASSERT_EQUAL(console_count(line.console).bytes, 0);
	CU_ASSERT_FALSE(console_said(line.console, AGENT));

	connect_line(&line, memfd_create("console.log", 0));
	console_ask(line.console, true);
	send_message(&line, WIRE_REPORT, "{}");
	wait_for(&line, &line.reports, 1);
	CU_ASSERT_STRING_EQUAL(line.text, "{}");
	finish(&line);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "hello", test_hello },
		{ "a report in parts", test_report },
		{ "a packed report", test_packed },
		{ "a report in memory", test_stored },
		{ "a report that is not there", test_stored_unreadable },
		{ "a lost part", test_lost_part },
		{ "noise", test_noise },
		{ "a flood", test_flood },
		{ "end of file", test_end_of_file },
		{ "drain", test_drain },
		{ "a full disk", test_not_recorded },
		{ "reset", test_reset },
		CU_TEST_INFO_NULL,
	};

	return suite_main("console", tests);
}

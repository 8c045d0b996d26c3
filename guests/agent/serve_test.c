/*
 * The agent's side of the wire, over a socket pair. What it must say is in src/wire.h.
 *
 * All requests are written before serve() runs, so that one thread is enough: a socket holds them,
 * and the answers.
 */
#include "guests/agent/serve.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/pack.h"
#include "src/report.h"
#include "src/stored.h"
#include "src/suite.h"
#include "src/wire.h"

static int put(void *data, const char *line, size_t length)
{
	const int *fd = data;

	return write(*fd, line, length) == (ssize_t)length ? 0 : -1;
}

/* Runs serve() on the requests; what it answered is in `text`, which has room for all of it. */
static int run(
	const struct wire_frame *requests, size_t count, char *text, size_t room, size_t *length_r)
{
	int pair[2], size = 1 << 20, r;
	struct work work;
	char line[WIRE_LINE_MAX + 1];
	ssize_t got;

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	put(&pair[0], "console text without an end ", 28);
	for (size_t i = 0; i < count; i++) {
		int length = wire_encode(&requests[i], line);

		CU_ASSERT_FATAL(length > 0);
		CU_ASSERT_EQUAL_FATAL(put(&pair[0], line, (size_t)length), 0);
	}
	shutdown(pair[0], SHUT_WR);
	work_begin(&work, "");
	r = serve(pair[1], NULL, &work);
	close(pair[1]);
	*length_r = 0;
	while ((got = read(pair[0], text + *length_r, room - *length_r)) > 0)
		*length_r += (size_t)got;
	close(pair[0]);
	return r;
}

static char answers[1 << 20];

/* The next good frame of `length` bytes of answers, of which *used are over; false at the end. */
static bool next_frame(
	struct wire_decoder *decoder, size_t length, size_t *used, struct wire_frame *frame_r)
{
	enum wire_event event = WIRE_NOTHING;

	while (*used < length && event != WIRE_FRAME)
		*used += wire_feed(decoder, answers + *used, length - *used, &event, frame_r);
	return event == WIRE_FRAME;
}

static void test_conversation(void)
{
	static const struct wire_frame requests[] = {
		{ .type = WIRE_ASK, .parts = 1 },
		/* The hello is message 1, the report 2. One part, one that is not there, one more.
		 */
		{ .type = WIRE_AGAIN,
			.message = 2,
			.parts = 1,
			.length = 14,
			.payload = "0000 ffff 0001" },
		{ .type = WIRE_AGAIN, .message = 1, .parts = 1, .length = 4, .payload = "0000" },
		{ .type = WIRE_OFF, .parts = 1 },
	};
	struct wire_decoder decoder = { .used = 0 };
	struct wire_message message;
	struct wire_frame frame;
	unsigned int counts[256] = { 0 }, parts = 0;
	struct problem why = { "" };
	size_t length, used = 0;
	json_t *report = NULL;

	wire_message_init(&message);
	CU_ASSERT_EQUAL(run(requests, 4, answers, sizeof(answers), &length), 0);
	while (next_frame(&decoder, length, &used, &frame)) {
		counts[frame.type & 0xff]++;
		if (frame.type != WIRE_REPORT)
			continue;
		CU_ASSERT_EQUAL(frame.message, 2);
		parts = frame.parts;
		if (wire_message_add(&message, &frame) == 1 && !report)
			report_parse(message.text, message.length, &report, &why);
	}
	CU_ASSERT_EQUAL(counts[WIRE_HELLO], 1);
	CU_ASSERT_EQUAL(counts[WIRE_BYE], 1);
	CU_ASSERT(parts > 1);
	CU_ASSERT_EQUAL(counts[WIRE_REPORT], parts + 2);
	CU_ASSERT_EQUAL(decoder.bad_frames, 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT_PTR_NOT_NULL(json_object_get(report, "kernel"));
	json_decref(report);
	wire_message_finish(&message);
}

/* What was asked for packed is packed, and is asked for again as it was sent. */
static void test_packed(void)
{
	static const struct wire_frame requests[] = {
		{ .type = WIRE_ASK, .parts = 1, .length = 6, .payload = WIRE_PACKS },
		{ .type = WIRE_AGAIN, .message = 2, .parts = 1, .length = 4, .payload = "0000" },
		{ .type = WIRE_OFF, .parts = 1 },
	};
	struct wire_decoder decoder = { .used = 0 };
	struct wire_message message;
	struct wire_frame frame;
	unsigned int packed = 0, parts = 0;
	size_t length, used = 0, unpacked = 0;
	struct problem why = { "" };
	json_t *report = NULL;
	char *text = NULL;

	wire_message_init(&message);
	CU_ASSERT_EQUAL(run(requests, 3, answers, sizeof(answers), &length), 0);
	while (next_frame(&decoder, length, &used, &frame)) {
		CU_ASSERT_NOT_EQUAL(frame.type, WIRE_REPORT);
		if (frame.type != WIRE_PACKED)
			continue;
		packed++;
		parts = frame.parts;
		if (wire_message_add(&message, &frame) == 1 && !text)
			unpack(message.text, message.length, WIRE_MESSAGE_MAX, &text, &unpacked);
	}
	CU_ASSERT_EQUAL(packed, parts + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT(message.length < unpacked);
	CU_ASSERT_EQUAL(report_parse(text, unpacked, &report, &why), 0);
	CU_ASSERT_PTR_NOT_NULL(json_object_get(report, "kernel"));
	json_decref(report);
	free(text);
	wire_message_finish(&message);
}

/* It lies in memory, where the answer says; or is packed, for who is shown no frames. */
static void test_stored(void)
{
	static const struct wire_frame requests[] = {
		{ .type = WIRE_ASK, .parts = 1, .length = 13, .payload = WIRE_READS },
		{ .type = WIRE_OFF, .parts = 1 },
	};
	struct wire_decoder decoder = { .used = 0 };
	struct wire_message message;
	struct wire_frame frame;
	size_t length, used = 0;
	struct stored stored;
	bool stores = false, whole = false;

	wire_message_init(&message);
	CU_ASSERT_EQUAL(run(requests, 2, answers, sizeof(answers), &length), 0);
	while (next_frame(&decoder, length, &used, &frame)) {
		if (frame.type == WIRE_HELLO)
			stores = strcmp(frame.payload, "igd-agent " IGD_VERSION " memory") == 0;
		if (frame.type != WIRE_STORED && frame.type != WIRE_PACKED)
			continue;
		CU_ASSERT_EQUAL(frame.type, stores ? WIRE_STORED : WIRE_PACKED);
		whole = wire_message_add(&message, &frame) == 1;
	}
	CU_ASSERT_TRUE_FATAL(whole);
	if (stores) {
		CU_ASSERT_PTR_NULL(stored_read(message.text, message.length, &stored));
		CU_ASSERT(stored.length > 100);
	}
	wire_message_finish(&message);
}

/* The console ends without WIRE_OFF: that is no reason to power off. */
static void test_hangup(void)
{
	size_t length;

	CU_ASSERT(run(NULL, 0, answers, sizeof(answers), &length) < 0);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "ask, again, off", test_conversation },
		{ "ask for a packed one", test_packed },
		{ "ask for one in memory", test_stored },
		{ "a console that ends", test_hangup },
		CU_TEST_INFO_NULL,
	};

	return suite_main("serve", tests);
}

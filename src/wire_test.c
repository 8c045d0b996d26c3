#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"
#include "src/wire.h"

/*
 * A frame made by hand from the drawing in wire.h; its CRC-32 is from another program:
 *   printf 'H 0001 0000/0001 00000003abc' | gzip -c | tail -c8 | head -c4 | xxd -e
 */
#define HAND_MADE     "@IGD1 H 0001 0000/0001 00000003 " HAND_MADE_CRC " abc\n"
#define HAND_MADE_CRC "1234dbae"

struct heard {
	int frames, bad;
	struct wire_frame last;
};

/* Feeds in pieces of `step` bytes. */
static struct heard hear(
	struct wire_decoder *decoder, const char *bytes, size_t length, size_t step)
{
	struct heard heard = { 0 };

	while (length > 0) {
		size_t piece = length < step ? length : step, used = 0;

		while (used < piece) {
			enum wire_event event;
			struct wire_frame frame;

			used += wire_feed(decoder, bytes + used, piece - used, &event, &frame);
			if (event == WIRE_FRAME) {
				heard.frames++;
				heard.last = frame;
			}
			heard.bad += event == WIRE_BAD;
		}
		bytes += piece;
		length -= piece;
	}
	return heard;
}

static struct heard hear_text(const char *text)
{
	struct wire_decoder decoder = { 0 };

	return hear(&decoder, text, strlen(text), 1000);
}

static void a_hand_made_frame_is_read_and_written(void)
{
	struct wire_frame frame = { WIRE_HELLO, 1, 0, 1, 3, "abc" };
	char line[WIRE_LINE_MAX + 1];
	struct heard heard = hear_text(HAND_MADE);

	CU_ASSERT_EQUAL(heard.frames, 1);
	CU_ASSERT_EQUAL(heard.last.type, WIRE_HELLO);
	CU_ASSERT_EQUAL(heard.last.message, 1);
	CU_ASSERT_STRING_EQUAL(heard.last.payload, "abc");
	CU_ASSERT_EQUAL(wire_encode(&frame, line), (int)strlen(HAND_MADE));
	CU_ASSERT_STRING_EQUAL(line, HAND_MADE);
}

static void text_around_a_frame_is_text(void)
{
	struct wire_decoder decoder = { 0 };
	const char *text = "[    0.5] kernel\r\n[    0.6] no newline " HAND_MADE "[    0.7] more\n";
	struct heard heard = hear(&decoder, text, strlen(text), 1);

	CU_ASSERT_EQUAL(heard.frames, 1);
	CU_ASSERT_EQUAL(heard.bad, 0);
	CU_ASSERT_EQUAL(decoder.bytes, strlen(text));
	CU_ASSERT_EQUAL(decoder.text_bytes, strlen("[    0.5] kernel") +
						    strlen("[    0.6] no newline ") +
						    strlen("[    0.7] more"));
}

static void a_message_inside_a_frame_spoils_only_that_frame(void)
{
	struct heard heard = hear_text(
		"@IGD1 H 0001 0000/00[ 1.0] oops\n01 00000003 " HAND_MADE_CRC " abc\n" HAND_MADE);

	CU_ASSERT_EQUAL(heard.bad, 1);
	CU_ASSERT_EQUAL(heard.frames, 1);
}

static void every_flipped_bit_is_noticed(void)
{
	size_t length = strlen(HAND_MADE);

	for (size_t i = 0; i + 1 < length; i++) {
		for (int bit = 0; bit < 8; bit++) {
			char text[] = HAND_MADE;

			text[i] = (char)(text[i] ^ (1 << bit));
			CU_ASSERT_EQUAL(hear_text(text).frames, 0);
		}
	}
}

static void claims_are_not_believed(void)
{
	struct wire_decoder decoder = { 0 };
	const char *giant = "@IGD1 R 0001 0000/0001 ffffffff 00000000 x\n";

	CU_ASSERT_EQUAL(hear(&decoder, giant, strlen(giant), 7).bad, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(decoder.first_bad, "more payload"));
}

static void a_line_without_end_takes_no_memory(void)
{
	struct wire_decoder decoder = { 0 };
	char *noise = malloc(1 << 20);

	CU_ASSERT_PTR_NOT_NULL_FATAL(noise);
	memset(noise, 'x', 1 << 20);
	CU_ASSERT_EQUAL(hear(&decoder, noise, 1 << 20, 4096).frames, 0);
	CU_ASSERT_EQUAL(hear(&decoder, HAND_MADE, strlen(HAND_MADE), 4096).frames, 1);
	/* With the magic in front it is a bad frame, once, and the next line is good again. */
	memcpy(noise, WIRE_MAGIC, strlen(WIRE_MAGIC));
	noise[(1 << 20) - 1] = '\n';
	CU_ASSERT_EQUAL(hear(&decoder, noise, 1 << 20, 4096).bad, 1);
	CU_ASSERT_EQUAL(hear(&decoder, HAND_MADE, strlen(HAND_MADE), 4096).frames, 1);
	free(noise);
}

static void half_a_frame_is_known(void)
{
	struct wire_decoder decoder = { 0 };

	CU_ASSERT(!wire_half(&decoder));
	hear(&decoder, HAND_MADE, strlen(HAND_MADE) - 2, 5);
	CU_ASSERT(wire_half(&decoder));
	hear(&decoder, "c\n", 2, 5);
	CU_ASSERT(!wire_half(&decoder));
}

static void unprintable_payload_is_not_sent(void)
{
	struct wire_frame frame = { WIRE_REPORT, 1, 0, 1, 3, "a\033c" };
	char line[WIRE_LINE_MAX + 1];

	CU_ASSERT_EQUAL(wire_encode(&frame, line), -EINVAL);
	frame.length = WIRE_PAYLOAD_MAX + 1;
	CU_ASSERT_EQUAL(wire_encode(&frame, line), -EINVAL);
}

struct collected {
	char text[65536];
	size_t used;
	int lines, refuse_after;
};

static int collect(void *data, const char *line, size_t length)
{
	struct collected *collected = data;

	if (collected->refuse_after && collected->lines == collected->refuse_after)
		return -EIO;
	memcpy(collected->text + collected->used, line, length);
	collected->used += length;
	collected->lines++;
	return 0;
}

static struct collected collected;

/* Decodes what was collected but for line `lost`, and adds it to the message. */
static int receive(struct wire_message *message, int lost)
{
	struct wire_decoder decoder = { 0 };
	size_t at = 0;
	int line = 0, r = 0;

	while (at < collected.used) {
		enum wire_event event;
		struct wire_frame frame;

		at += wire_feed(&decoder, collected.text + at, collected.used - at, &event, &frame);
		if (event == WIRE_FRAME && line++ != lost)
			r = wire_message_add(message, &frame);
	}
	return r;
}

static void a_long_message_survives_the_loss_of_a_part(void)
{
	struct wire_message message;
	struct wire_frame again;
	char text[1001];

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = (char)('a' + i % 26);
	text[sizeof(text) - 1] = 0;
	wire_message_init(&message);
	memset(&collected, 0, sizeof(collected));
	CU_ASSERT_EQUAL(wire_send(WIRE_REPORT, 7, text, 1000, NULL, collect, &collected), 0);
	CU_ASSERT_EQUAL(collected.lines, 5);
	CU_ASSERT_EQUAL(receive(&message, 2), 0);
	CU_ASSERT_EQUAL(message.missing, 1);
	CU_ASSERT_EQUAL(wire_message_again(&message, &again), 0);
	CU_ASSERT_STRING_EQUAL(again.payload, "0002");
	CU_ASSERT_EQUAL(again.message, 7);

	memset(&collected, 0, sizeof(collected));
	CU_ASSERT_EQUAL(wire_send(WIRE_REPORT, 7, text, 1000, &again, collect, &collected), 0);
	CU_ASSERT_EQUAL(collected.lines, 1);
	CU_ASSERT_EQUAL(receive(&message, -1), 1);
	CU_ASSERT_EQUAL(message.length, 1000);
	CU_ASSERT_STRING_EQUAL(message.text, text);
	CU_ASSERT_EQUAL(wire_message_again(&message, &again), -ENOENT);
	/* A part that comes twice changes nothing. */
	CU_ASSERT_EQUAL(receive(&message, -1), 1);
	CU_ASSERT_STRING_EQUAL(message.text, text);
	wire_message_finish(&message);
}

static void a_newer_message_starts_over(void)
{
	struct wire_frame first = { WIRE_REPORT, 1, 0, 2, 1, "a" };
	struct wire_frame second = { WIRE_REPORT, 2, 0, 1, 1, "b" };
	struct wire_frame wrong = { WIRE_REPORT, 2, 3, 3, 1, "b" };
	struct wire_message message;

	wire_message_init(&message);
	CU_ASSERT_EQUAL(wire_message_add(&message, &first), 0);
	CU_ASSERT_EQUAL(wire_message_add(&message, &second), 1);
	CU_ASSERT_STRING_EQUAL(message.text, "b");
	CU_ASSERT_EQUAL(wire_message_add(&message, &wrong), -EINVAL);
	wrong.parts = WIRE_PARTS_MAX + 1;
	CU_ASSERT_EQUAL(wire_message_add(&message, &wrong), -EINVAL);
	wire_message_finish(&message);
}

static void sending_has_its_limits(void)
{
	char *text = calloc(1, WIRE_MESSAGE_MAX + 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(&collected, 0, sizeof(collected));
	CU_ASSERT_EQUAL(
		wire_send(WIRE_REPORT, 1, text, WIRE_MESSAGE_MAX + 1, NULL, collect, &collected),
		-EMSGSIZE);
	collected.refuse_after = 1;
	memset(text, 'x', 500);
	CU_ASSERT_EQUAL(wire_send(WIRE_REPORT, 1, text, 500, NULL, collect, &collected), -EIO);
	CU_ASSERT_EQUAL(collected.lines, 1);
	free(text);
}

static CU_TestInfo tests[] = {
	{ "a hand-made frame is read and written", a_hand_made_frame_is_read_and_written },
	{ "text around a frame is text", text_around_a_frame_is_text },
	{ "a message inside a frame spoils only that frame",
		a_message_inside_a_frame_spoils_only_that_frame },
	{ "every flipped bit is noticed", every_flipped_bit_is_noticed },
	{ "claims are not believed", claims_are_not_believed },
	{ "a line without end takes no memory", a_line_without_end_takes_no_memory },
	{ "half a frame is known", half_a_frame_is_known },
	{ "unprintable payload is not sent", unprintable_payload_is_not_sent },
	{ "a long message survives the loss of a part",
		a_long_message_survives_the_loss_of_a_part },
	{ "a newer message starts over", a_newer_message_starts_over },
	{ "sending has its limits", sending_has_its_limits },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("wire", tests);
}

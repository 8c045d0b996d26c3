#include "src/wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Where the fields stand in a line; the drawing is in wire.h. */
#define MAGIC_LENGTH (sizeof(WIRE_MAGIC) - 1)
#define AT_TYPE      MAGIC_LENGTH
#define AT_MESSAGE   (AT_TYPE + 2)
#define AT_PART      (AT_MESSAGE + 5)
#define AT_PARTS     (AT_PART + 5)
#define AT_LENGTH    (AT_PARTS + 5)
#define AT_CRC       (AT_LENGTH + 9)
#define AT_PAYLOAD   (AT_CRC + 9)

_Static_assert(AT_PAYLOAD == WIRE_HEADER, "wire.h draws a header of a different size");

static const char types[] = { WIRE_HELLO, WIRE_ASK, WIRE_REPORT, WIRE_PACKED, WIRE_STORED,
	WIRE_AGAIN, WIRE_OFF, WIRE_BYE, WIRE_TROUBLE, 0 };

static uint32_t checksum(const char *line, size_t payload_length)
{
	uLong crc = crc32(0, Z_NULL, 0);

	crc = crc32(crc, (const Bytef *)line + AT_TYPE, AT_CRC - 1 - AT_TYPE);
	crc = crc32(crc, (const Bytef *)line + AT_PAYLOAD, (uInt)payload_length);
	return (uint32_t)crc;
}

static bool printable(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	}
	return true;
}

int wire_encode(const struct wire_frame *frame, char line[static WIRE_LINE_MAX + 1])
{
	char crc[9];

	if (frame->length > WIRE_PAYLOAD_MAX || !printable(frame->payload, frame->length))
		return -EINVAL;
	snprintf(line, WIRE_LINE_MAX + 1, WIRE_MAGIC "%c %04x %04x/%04x %08x %08x ",
		(char)frame->type, frame->message, frame->part, frame->parts,
		(unsigned int)frame->length, 0u);
	memcpy(line + AT_PAYLOAD, frame->payload, frame->length);
	snprintf(crc, sizeof(crc), "%08x", checksum(line, frame->length));
	memcpy(line + AT_CRC, crc, 8);
	line[AT_PAYLOAD + frame->length] = '\n';
	line[AT_PAYLOAD + frame->length + 1] = 0;
	return (int)(AT_PAYLOAD + frame->length + 1);
}

/* Reads `digits` lower-case hexadecimal digits, as wire_encode() writes them. */
static bool read_hex(const char *text, int digits, uint32_t *value_r)
{
	uint32_t value = 0;

	for (int i = 0; i < digits; i++) {
		if (text[i] >= '0' && text[i] <= '9')
			value = value << 4 | (uint32_t)(text[i] - '0');
		else if (text[i] >= 'a' && text[i] <= 'f')
			value = value << 4 | (uint32_t)(text[i] - 'a' + 10);
		else
			return false;
	}
	*value_r = value;
	return true;
}

/* Takes a line apart that begins with the magic. Returns NULL, or why it is no good frame. */
static const char *decode(const char *line, size_t length, struct wire_frame *frame_r)
{
	uint32_t message, part, parts, payload, crc;

	if (length < WIRE_HEADER)
		return "shorter than a header";
	if (line[AT_TYPE + 1] != ' ' || line[AT_PART - 1] != ' ' || line[AT_PARTS - 1] != '/' ||
		line[AT_LENGTH - 1] != ' ' || line[AT_CRC - 1] != ' ' ||
		line[AT_PAYLOAD - 1] != ' ' || !read_hex(line + AT_MESSAGE, 4, &message) ||
		!read_hex(line + AT_PART, 4, &part) || !read_hex(line + AT_PARTS, 4, &parts) ||
		!read_hex(line + AT_LENGTH, 8, &payload) || !read_hex(line + AT_CRC, 8, &crc))
		return "header is malformed";
	if (payload > WIRE_PAYLOAD_MAX)
		return "claims more payload than a frame may have";
	if (length != WIRE_HEADER + payload)
		return "payload length differs from its header";
	if (crc != checksum(line, payload))
		return "checksum is wrong";
	if (!line[AT_TYPE] || !strchr(types, line[AT_TYPE]))
		return "type is unknown";
	if (parts == 0 || parts > WIRE_PARTS_MAX || part >= parts)
		return "part number is invalid";
	if (!printable(line + AT_PAYLOAD, payload))
		return "payload is not printable";
	*frame_r = (struct wire_frame){
		.type = (enum wire_type)line[AT_TYPE],
		.message = (uint16_t)message,
		.part = (uint16_t)part,
		.parts = (uint16_t)parts,
		.length = (uint16_t)payload,
	};
	memcpy(frame_r->payload, line + AT_PAYLOAD, payload);
	frame_r->payload[payload] = 0;
	return NULL;
}

/* The last magic in the line, or NULL: console text without a newline may stand before a frame. */
static const char *find_magic(const char *line, size_t length)
{
	const char *found = NULL;

	while (length >= MAGIC_LENGTH) {
		const char *next = memmem(line, length, WIRE_MAGIC, MAGIC_LENGTH);

		if (!next)
			break;
		found = next;
		length -= (size_t)(next + 1 - line);
		line = next + 1;
	}
	return found;
}

static void remember_bad(struct wire_decoder *decoder, const char *reason)
{
	decoder->bad_frames++;
	if (!decoder->first_bad[0])
		snprintf(decoder->first_bad, sizeof(decoder->first_bad), "%s", reason);
}

/* A newline has come: what was the line? */
static enum wire_event end_line(struct wire_decoder *decoder, struct wire_frame *frame_r)
{
	size_t length = decoder->used;
	const char *line = decoder->line, *magic, *reason;
	bool overlong = decoder->overlong;

	decoder->used = 0;
	decoder->overlong = false;
	while (length > 0 && line[length - 1] == '\r')
		length--;
	magic = find_magic(line, length);
	if (!magic) {
		decoder->text_bytes += length;
		return WIRE_NOTHING;
	}
	decoder->text_bytes += (uint64_t)(magic - line);
	reason = overlong ? "longer than a frame can be"
			  : decode(magic, length - (size_t)(magic - line), frame_r);
	if (reason) {
		remember_bad(decoder, reason);
		return WIRE_BAD;
	}
	decoder->frames++;
	return WIRE_FRAME;
}

/*
 * The line is full. Console text in front of a magic makes room; a line that is full with the magic
 * at its start is kept so that end_line() sees it, and the rest is dropped.
 */
static void make_room(struct wire_decoder *decoder)
{
	const char *magic = find_magic(decoder->line, decoder->used);
	size_t drop;

	if (magic == decoder->line) {
		decoder->overlong = true;
		return;
	}
	/* Without a magic the last few bytes stay: they may be the beginning of one. */
	drop = magic ? (size_t)(magic - decoder->line) : decoder->used - (MAGIC_LENGTH - 1);
	memmove(decoder->line, decoder->line + drop, decoder->used - drop);
	decoder->used -= drop;
	decoder->text_bytes += drop;
}

size_t wire_feed(struct wire_decoder *decoder, const char *bytes, size_t length,
	enum wire_event *event_r, struct wire_frame *frame_r)
{
	*event_r = WIRE_NOTHING;
	for (size_t i = 0; i < length; i++) {
		decoder->bytes++;
		if (bytes[i] == '\n') {
			*event_r = end_line(decoder, frame_r);
			if (*event_r != WIRE_NOTHING)
				return i + 1;
			continue;
		}
		if (decoder->used == sizeof(decoder->line) && !decoder->overlong)
			make_room(decoder);
		if (!decoder->overlong)
			decoder->line[decoder->used++] = bytes[i];
	}
	return length;
}

bool wire_half(const struct wire_decoder *decoder)
{
	return find_magic(decoder->line, decoder->used) != NULL;
}

void wire_message_init(struct wire_message *message)
{
	*message = (struct wire_message){ 0 };
}

void wire_message_finish(struct wire_message *message)
{
	free(message->lengths);
	free(message->text);
	wire_message_init(message);
}

static int begin(struct wire_message *message, const struct wire_frame *frame)
{
	wire_message_finish(message);
	message->lengths = calloc(frame->parts, sizeof(*message->lengths));
	message->text = malloc((size_t)frame->parts * WIRE_PAYLOAD_MAX + 1);
	if (!message->lengths || !message->text) {
		wire_message_finish(message);
		return -ENOMEM;
	}
	for (int i = 0; i < frame->parts; i++)
		message->lengths[i] = WIRE_PART_ABSENT;
	message->type = frame->type;
	message->number = frame->message;
	message->parts = frame->parts;
	message->missing = frame->parts;
	return 0;
}

/* All parts are there: moves them together. */
static void join(struct wire_message *message)
{
	size_t at = 0;

	for (size_t i = 0; i < message->parts; i++) {
		memmove(message->text + at, message->text + i * WIRE_PAYLOAD_MAX,
			message->lengths[i]);
		at += message->lengths[i];
	}
	message->text[at] = 0;
	message->length = at;
}

int wire_message_add(struct wire_message *message, const struct wire_frame *frame)
{
	int r;

	if (frame->parts == 0 || frame->parts > WIRE_PARTS_MAX || frame->part >= frame->parts ||
		frame->length > WIRE_PAYLOAD_MAX)
		return -EINVAL;
	if (message->parts != frame->parts || message->type != frame->type ||
		message->number != frame->message) {
		r = begin(message, frame);
		if (r < 0)
			return r;
	}
	if (message->missing == 0)
		return 1; /* a part sent twice, after the message was joined */
	if (message->lengths[frame->part] == WIRE_PART_ABSENT)
		message->missing--;
	message->lengths[frame->part] = frame->length;
	memcpy(message->text + (size_t)frame->part * WIRE_PAYLOAD_MAX, frame->payload,
		frame->length);
	if (message->missing > 0)
		return 0;
	join(message);
	return 1;
}

int wire_message_again(const struct wire_message *message, struct wire_frame *frame_r)
{
	if (message->missing == 0)
		return -ENOENT;
	*frame_r =
		(struct wire_frame){ .type = WIRE_AGAIN, .message = message->number, .parts = 1 };
	for (unsigned int i = 0; i < message->parts; i++) {
		if (message->lengths[i] != WIRE_PART_ABSENT)
			continue;
		if (frame_r->length + 5 > WIRE_PAYLOAD_MAX)
			break;
		frame_r->length += (uint16_t)snprintf(frame_r->payload + frame_r->length, 6,
			"%s%04x", frame_r->length ? " " : "", i);
	}
	return 0;
}

/* Does the WIRE_AGAIN frame name this part? */
static bool wanted(const struct wire_frame *only, unsigned int part)
{
	for (size_t at = 0; at + 4 <= only->length; at += 5) {
		uint32_t value;

		if (read_hex(only->payload + at, 4, &value) && value == part)
			return true;
	}
	return false;
}

int wire_send(enum wire_type type, uint16_t number, const char *text, size_t length,
	const struct wire_frame *only, int (*put)(void *data, const char *line, size_t length),
	void *data)
{
	size_t parts = length ? (length + WIRE_PAYLOAD_MAX - 1) / WIRE_PAYLOAD_MAX : 1;

	if (parts > WIRE_PARTS_MAX)
		return -EMSGSIZE;
	for (size_t part = 0; part < parts; part++) {
		struct wire_frame frame = {
			.type = type,
			.message = number,
			.part = (uint16_t)part,
			.parts = (uint16_t)parts,
		};
		size_t at = part * WIRE_PAYLOAD_MAX, left = length - at;
		char line[WIRE_LINE_MAX + 1];
		int r;

		if (only && !wanted(only, (unsigned int)part))
			continue;
		frame.length = (uint16_t)(left < WIRE_PAYLOAD_MAX ? left : WIRE_PAYLOAD_MAX);
		memcpy(frame.payload, text + at, frame.length);
		r = wire_encode(&frame, line);
		if (r < 0)
			return r;
		r = put(data, line, (size_t)r);
		if (r < 0)
			return r;
	}
	return 0;
}

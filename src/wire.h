/*
 * The wire between the harness and the agent: frames of printable text over the serial console.
 *
 * The console is shared: the guest's kernel, its firmware and whoever else write on it too, between
 * frames and in the middle of one. So a frame is one line, short, numbered and checksummed; what is
 * not a whole good frame is console text; and a lost part is asked for again.
 *
 *   @IGD1 T ssss pppp/nnnn llllllll cccccccc PAYLOAD\n
 *
 *   T         one letter, enum wire_type
 *   ssss      number of the message, hexadecimal; the parts of one message share it
 *   pppp/nnnn part, from 0, and number of parts
 *   llllllll  bytes of PAYLOAD, at most WIRE_PAYLOAD_MAX
 *   cccccccc  CRC-32 (zlib's) of everything from T through llllllll, then PAYLOAD
 *   PAYLOAD   printable ASCII only, 0x20 to 0x7e: no terminal and no line discipline changes it
 *
 * Both directions use the same frames. Nothing here allocates by what the other side claims.
 */
#ifndef IGD_WIRE_H
#define IGD_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION     1
#define WIRE_MAGIC       "@IGD1 "
#define WIRE_HEADER      41  /* bytes before PAYLOAD: magic 6, then the fields drawn above */
#define WIRE_PAYLOAD_MAX 200 /* a part is short: a kernel message in its middle costs little */
#define WIRE_LINE_MAX    (WIRE_HEADER + WIRE_PAYLOAD_MAX + 1)
#define WIRE_PARTS_MAX   5120                                /* parts of a message, hence */
#define WIRE_MESSAGE_MAX (WIRE_PARTS_MAX * WIRE_PAYLOAD_MAX) /* 1,024,000 bytes */

enum wire_type {
	/* agent: "igd-agent VERSION", and WIRE_STORES of one that can; until the first request */
	WIRE_HELLO = 'H',
	/* host: report, please. Payload WIRE_PACKS or WIRE_READS: so, if you can; or none */
	WIRE_ASK = 'Q',
	WIRE_REPORT = 'R', /* agent: the report document, compact JSON */
	WIRE_PACKED = 'P', /* agent: the same, packed (src/pack.h) */
	WIRE_STORED = 'M', /* agent: the same as WIRE_REPORT is in these pages (src/stored.h) */
	WIRE_AGAIN =
		'N', /* host: message ssss lacks parts; payload "pppp pppp ...", as many as fit */
	WIRE_OFF = 'O',    /* host: power off. No payload */
	WIRE_BYE = 'B',    /* agent: powering off now. No payload */
	WIRE_TROUBLE = 'E' /* agent: could not make a report; payload is the sentence */
};

struct wire_frame {
	enum wire_type type;
	uint16_t message;
	uint16_t part, parts;
	uint16_t length;
	char payload[WIRE_PAYLOAD_MAX + 1]; /* ends with a 0 that is not counted */
};

/* Of a host that takes a packed report. Agents that pack none do not look at it. */
#define WIRE_PACKS "packed"

/*
 * The end of the hello of an agent that can put its report in its guest's memory, and what such an
 * agent alone is asked by a host that can read it there: agents of before compare the whole payload
 * with WIRE_PACKS. If it comes to nothing the agent packs its report.
 */
#define WIRE_STORES " memory"
#define WIRE_READS  WIRE_PACKS " memory"

/*
 * Writes one frame, with its newline and a final 0, into `line`.
 * Returns the bytes before the 0, or -EINVAL for a payload that is too long or not printable.
 */
int wire_encode(const struct wire_frame *frame, char line[static WIRE_LINE_MAX + 1]);

/* Takes a console apart into frames, bad frames and text. Zeroed is initialised; owns nothing. */
struct wire_decoder {
	char line[WIRE_LINE_MAX];
	size_t used;
	bool overlong;       /* the line outgrew `line`: dropped up to its newline */
	uint64_t bytes;      /* all bytes seen */
	uint64_t text_bytes; /* bytes of lines that hold no frame */
	uint64_t frames;     /* good ones */
	uint64_t bad_frames; /* lines that have the magic but are no good frame */
	char first_bad[96];  /* why the first bad one was bad; "" if none was */
};

enum wire_event {
	WIRE_NOTHING, /* all bytes were taken, no frame came of them */
	WIRE_FRAME,   /* a good frame is in *frame_r */
	WIRE_BAD      /* a bad frame ended here */
};

/*
 * Takes bytes until an event. Returns how many were taken (all of them with WIRE_NOTHING): call
 * again with the rest. Memory and time per byte are bounded whatever the bytes are.
 */
size_t wire_feed(struct wire_decoder *decoder, const char *bytes, size_t length,
	enum wire_event *event_r, struct wire_frame *frame_r);

/* Is the decoder in the middle of a frame: magic seen, newline not yet? */
bool wire_half(const struct wire_decoder *decoder);

/* One message being put together from its parts. Made by wire_message_init(). */
struct wire_message {
	enum wire_type type;
	uint16_t number;
	uint16_t parts; /* 0: nothing has come yet */
	uint16_t missing;
	size_t length;     /* bytes of all parts, once `missing` is 0 */
	uint16_t *lengths; /* by part; WIRE_PART_ABSENT until it came */
	char *text;        /* part i at i * WIRE_PAYLOAD_MAX; joined when complete */
};

#define WIRE_PART_ABSENT 0xffff

void wire_message_init(struct wire_message *message);

/* Frees what it holds and leaves it initialised. */
void wire_message_finish(struct wire_message *message);

/*
 * Adds a part. A part of another message, or one that contradicts what came before, starts over:
 * the agent is answering a newer request. Allocates WIRE_PAYLOAD_MAX bytes for each part that is
 * claimed, hence at most WIRE_MESSAGE_MAX.
 * Returns 1 when the message is complete (message->text, message->length, a 0 behind it; owned by
 * the message), 0 when parts are missing, -ENOMEM, or -EINVAL for a part that cannot be.
 */
int wire_message_add(struct wire_message *message, const struct wire_frame *frame);

/*
 * Fills a WIRE_AGAIN frame that asks for the first missing parts.
 * Returns 0, or -ENOENT if nothing is missing or nothing has come yet.
 */
int wire_message_again(const struct wire_message *message, struct wire_frame *frame_r);

/*
 * Cuts `text` into frames and gives each encoded line to `put`, which returns 0 or a negative
 * errno that ends the sending. `only`, if not NULL, is a WIRE_AGAIN frame: only the parts it
 * names are sent. Returns 0, -EMSGSIZE for more than WIRE_MESSAGE_MAX bytes, or what put said.
 */
int wire_send(enum wire_type type, uint16_t number, const char *text, size_t length,
	const struct wire_frame *only, int (*put)(void *data, const char *line, size_t length),
	void *data);

#endif

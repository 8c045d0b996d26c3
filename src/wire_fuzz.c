#include <stdint.h>
#include <stdlib.h>

#include "src/wire.h"

/*
 * Any bytes as a console: the decoder and the putting together of messages hold their bounds. The
 * sanitizers watch the memory; what is checked here is what the header promises.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct wire_decoder decoder = { 0 };
	struct wire_message message;
	size_t at = 0;

	wire_message_init(&message);
	while (at < length) {
		enum wire_event event;
		struct wire_frame frame;
		size_t used =
			wire_feed(&decoder, (const char *)bytes + at, length - at, &event, &frame);

		if (used == 0 || used > length - at)
			abort();
		at += used;
		if (event != WIRE_FRAME)
			continue;
		if (frame.length > WIRE_PAYLOAD_MAX || frame.part >= frame.parts)
			abort();
		if (wire_message_add(&message, &frame) == 1 && message.length > WIRE_MESSAGE_MAX)
			abort();
	}
	if (decoder.bytes != length)
		abort();
	wire_message_finish(&message);
	return 0;
}

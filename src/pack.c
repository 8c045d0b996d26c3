#include "src/pack.h"

#include <errno.h>
#include <nettle/base64.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#define ROOM_FIRST 16384

char *pack(const char *text, size_t length, size_t *packed_r)
{
	uLong bound = compressBound((uLong)length);
	Bytef *deflated = malloc(bound);
	char *packed = NULL;

	if (deflated && compress2(deflated, &bound, (const Bytef *)text, (uLong)length, 9) == Z_OK)
		packed = malloc(BASE64_ENCODE_RAW_LENGTH(bound) + 1);
	if (packed) {
		base64_encode_raw(packed, bound, deflated);
		*packed_r = BASE64_ENCODE_RAW_LENGTH(bound);
		packed[*packed_r] = 0;
	}
	free(deflated);
	return packed;
}

/* Inflates all of it, into memory that grows as it is needed. */
static int inflate_all(z_stream *stream, size_t max, char **text_r, size_t *length_r)
{
	size_t room = 0, used = 0;
	char *text = NULL;
	int r = Z_OK;

	/* With room left, what it wants is more that is not there. */
	while (r == Z_OK && stream->avail_out == 0) {
		size_t next = room ? room * 2 : ROOM_FIRST;
		char *more;

		if (room > max) {
			free(text);
			return -EFBIG;
		}
		/* One more than may be: by that it is seen. */
		room = next > max + 1 ? max + 1 : next;
		more = realloc(text, room + 1);
		if (!more) {
			free(text);
			return -ENOMEM;
		}
		text = more;
		stream->next_out = (Bytef *)text + used;
		stream->avail_out = (uInt)(room - used);
		r = inflate(stream, Z_NO_FLUSH);
		used = room - stream->avail_out;
	}
	if (r != Z_STREAM_END || stream->avail_in > 0 || used > max) {
		free(text);
		return r == Z_STREAM_END && used > max ? -EFBIG : -EINVAL;
	}
	text[used] = 0;
	*text_r = text;
	*length_r = used;
	return 0;
}

int unpack(const char *packed, size_t length, size_t max, char **text_r, size_t *length_r)
{
	uint8_t *deflated = malloc(BASE64_DECODE_LENGTH(length) + 1);
	struct base64_decode_ctx base64;
	z_stream stream = { .zalloc = Z_NULL }; /* and no room yet */
	size_t count = 0;
	int r = -EINVAL;

	if (!deflated)
		return -ENOMEM;
	base64_decode_init(&base64);
	if (!base64_decode_update(&base64, &count, deflated, length, packed) ||
		!base64_decode_final(&base64))
		goto out;
	stream.next_in = deflated;
	stream.avail_in = (uInt)count;
	if (inflateInit(&stream) != Z_OK) {
		r = -ENOMEM;
		goto out;
	}
	r = inflate_all(&stream, max, text_r, length_r);
	inflateEnd(&stream);
out:
	free(deflated);
	return r;
}

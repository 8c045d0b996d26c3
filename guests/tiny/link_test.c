/*
 * Linked by meson.build alone, never run: what the tiny agent calls of each archive of this system.
 * If this program links, the agent does.
 */
#include <jansson.h>
#include <nettle/base16.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <zlib.h>

#include "guests/tiny/fortify.c"

int main(int argc, char **argv)
{
	json_error_t error;
	json_t *value =
		argc > 2 ? json_load_file(argv[1], 0, &error) : json_loads(argv[1], 0, &error);
	char *text = json_dumps(value, JSON_COMPACT);
	struct base64_decode_ctx base64;
	struct sha256_ctx sha256;
	uint8_t bytes[SHA256_DIGEST_SIZE] = { 0 };
	char hex[BASE16_ENCODE_LENGTH(sizeof(bytes))];
	uLongf length = sizeof(hex);
	size_t size = sizeof(bytes);
	int number;

	json_unpack(value, "{s:i}", "a", &number);
	json_object_set_new(value, "b", json_sprintf("%d", number));
	sha256_init(&sha256);
	sha256_update(&sha256, sizeof(bytes), bytes);
	sha256_digest(&sha256, sizeof(bytes), bytes);
	base16_encode_update(hex, sizeof(bytes), bytes);
	base64_encode_raw(hex, 3, bytes);
	base64_decode_init(&base64);
	base64_decode_update(&base64, &size, bytes, sizeof(hex), hex);
	compress2((Bytef *)hex, &length, bytes, sizeof(bytes), 9);
	uncompress(bytes, &length, (const Bytef *)hex, sizeof(hex));
	return text ? (int)crc32(0, bytes, sizeof(bytes)) : 0;
}

/* An EDID as JSON: its bytes, their digest, and the fields that src/edid.c parses. */
#include "src/edid_json.h"

#include <nettle/base16.h>
#include <nettle/sha2.h>

#include "src/edid.h"

static json_t *hex_string(const uint8_t *bytes, size_t length)
{
	char text[BASE16_ENCODE_LENGTH(EDID_MAX) + 1];

	base16_encode_update(text, length, bytes);
	text[BASE16_ENCODE_LENGTH(length)] = '\0';
	return json_string(text);
}

static json_t *preferred_json(const struct edid *edid)
{
	if (!edid->width)
		return json_null();
	return json_pack("{s:i, s:i, s:I}", "width", edid->width, "height", edid->height,
		"refresh_mhz", (json_int_t)edid->refresh_mhz);
}

json_t *edid_json(const uint8_t *bytes, size_t length)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha256;
	struct edid edid = { 0 };
	json_t *object;
	int r;

	if (length > EDID_MAX)
		length = EDID_MAX;
	sha256_init(&sha256);
	sha256_update(&sha256, length, bytes);
	sha256_digest(&sha256, sizeof(digest), digest);
	r = edid_parse(bytes, length, &edid);
	object = json_pack("{s:s, s:I, s:o, s:o, s:s?, s:s?, s:o}", "observer", "edid", "bytes",
		(json_int_t)length, "hex", hex_string(bytes, length), "sha256",
		hex_string(digest, sizeof(digest)), "vendor", r < 0 ? NULL : edid.vendor, "name",
		edid.name[0] ? edid.name : NULL, "preferred", preferred_json(&edid));
	if (object && r < 0 &&
		json_object_set_new(object, "error",
			json_string("no EDID: too short, no header or a wrong checksum"))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

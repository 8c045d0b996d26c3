/* An EDID of a connector as an object of the "display" section. */
#ifndef IGD_EDID_JSON_H
#define IGD_EDID_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Returns the EDID's bytes in hex, their SHA-256 and the fields that src/edid.c parses; "error"
 * instead of the fields if the bytes are no valid EDID. Bytes after EDID_MAX are ignored. The
 * caller owns the object; NULL without memory.
 */
json_t *edid_json(const uint8_t *bytes, size_t length);

#endif

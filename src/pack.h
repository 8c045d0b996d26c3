/*
 * A message packed for a slow line: deflated (zlib's format, RFC 1950), as base64 (RFC 4648,
 * section 4, with padding). A report becomes a third.
 */
#ifndef IGD_PACK_H
#define IGD_PACK_H

#include <stddef.h>

/* Packs a text. Returns the packed one with a 0 behind it, to be freed by the caller, and its
 * length; NULL without memory. */
char *pack(const char *text, size_t length, size_t *packed_r);

/*
 * Unpacks what may come from anybody, into at most `max` bytes: nothing is allocated by what the
 * other side claims. Returns 0 and the text with a 0 behind it, to be freed by the caller, and its
 * length; -EINVAL for what is not packed whole and without more behind it, -EFBIG for more than
 * `max` bytes, -ENOMEM.
 */
int unpack(const char *packed, size_t length, size_t max, char **text_r, size_t *length_r);

#endif

/*
 * A report that lies in the guest's memory, where a back end can read it: what WIRE_STORED
 * (src/wire.h) says of it.
 *
 *   llllllll cccccccc FRAME FRAME ...
 *
 *   llllllll  bytes of the report, 1 to WIRE_MESSAGE_MAX, hexadecimal
 *   cccccccc  CRC-32 (zlib's) of these bytes: the guest's kernel may move a page before it is read
 *   FRAME     numbers of guest-physical pages, hexadecimal without leading zeros: those that the
 *             report fills, in order, and no more
 */
#ifndef IGD_STORED_H
#define IGD_STORED_H

#include <stddef.h>
#include <stdint.h>

#include "src/wire.h"

#define STORED_PAGE       4096
#define STORED_FRAMES_MAX ((WIRE_MESSAGE_MAX + STORED_PAGE - 1) / STORED_PAGE) /* 250 */
/* A physical address of x86 has at most 52 bits, of which a page takes 12. */
#define STORED_DIGITS_MAX 10
#define STORED_TEXT_MAX   (17 + STORED_FRAMES_MAX * (1 + STORED_DIGITS_MAX))

struct stored {
	size_t length;
	uint32_t crc;
	size_t count;
	uint64_t frames[STORED_FRAMES_MAX];
};

/* How many pages that many bytes fill. */
size_t stored_count(size_t length);

uint32_t stored_crc(const char *bytes, size_t length);

/* Writes the form above and a final 0. Returns the bytes before the 0; -EINVAL for what cannot be
 * written so. */
int stored_write(const struct stored *stored, char text[static STORED_TEXT_MAX + 1]);

/*
 * Reads what may come from anybody. Returns NULL, or why it is not exactly what stored_write()
 * writes; the frames may be any numbers.
 */
const char *stored_read(const char *text, size_t length, struct stored *stored_r);

#endif

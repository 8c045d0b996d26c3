/*
 * A text that somebody recorded on a host and sent: the output of lspci, Xen's messages. It comes
 * as mail, journal, serial line and paste made it, so its lines are read here without what those
 * add. The bytes may be anything.
 */
#ifndef IGD_HOST_RECORD_H
#define IGD_HOST_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "src/problem.h"

/* The most that is read of a record. Xen's ring has 16 KiB to a few MiB (conring_size=), the output
 * of `lspci -xxxx` 16 KiB for a function; a log of many boots may have more. */
#define RECORD_MAX      (16u << 20)
#define RECORD_LINE_MAX 512 /* bytes of a line that are kept, with the 0 */

struct record {
	const char *name; /* of the file, borrowed */
	char *text;       /* owned, with a 0 behind it */
	size_t length;
	bool cut; /* the file has more than RECORD_MAX bytes, and the rest was not read */
};

/* Reads a plain file. Returns 0, to be freed with record_free(), or a negative errno with the
 * sentence, which names the file. -EINVAL if it is not a regular file. */
int record_read(const char *name, struct record *record_r, struct problem *why);

/* A record with nothing in it is fine. */
void record_free(struct record *record);

/* A position in a record: {.record = RECORD}. */
struct record_reader {
	const struct record *record;
	size_t at;
	unsigned int wide; /* bytes of a character: 0 before the first line */
	bool big_endian;
};

/*
 * Reads the next line: printable ASCII, with blanks in place of tabs and "?" for any other byte,
 * without escape sequences of a terminal, cut to RECORD_LINE_MAX. A CR ends a line too. A byte
 * order mark is skipped, and after that of UTF-16 the characters are those of UTF-16. Returns false
 * behind the last line.
 */
bool record_line(struct record_reader *reader, char line[static RECORD_LINE_MAX]);

/*
 * The line without what stands before it in a log or a mail: blanks, quotation marks ("> ", "| "),
 * times in brackets, dates and times, "host program[pid]:". Borrowed from the line.
 */
const char *record_skip_prefix(const char *line);

#endif

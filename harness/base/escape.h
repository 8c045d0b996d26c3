/*
 * Text that may come from a guest or from a foreign run directory, made safe for a terminal.
 */
#ifndef IGD_BASE_ESCAPE_H
#define IGD_BASE_ESCAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Writes printable ASCII as it is and every other byte as \xNN, so that no guest moves a cursor,
 * sets a title or adds a line. The "<" of a signal of LAVA is written as \x3c.
 */
void escape_text(FILE *stream, const char *text);

/* Writes a JSON value as one piece of escaped text: a string without quotes, null as "nothing". */
void escape_value(FILE *stream, const json_t *value);

/* Replaces each byte that is not printable ASCII by '?', so that the text fits into a sentence. */
void escape_printable(char *text);

/* Is the text of 1 to `max` characters of printable ASCII, so that it may be shown as it is? */
bool escape_is_needless(const char *text, size_t max);

#endif

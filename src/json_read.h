/*
 * JSON text into jansson's values, in a quarter of jansson's time for what documents are made of:
 * objects, lists, whole numbers and texts in printable ASCII. All else is jansson's to read, and so
 * is each text that is not taken: what is accepted, and what is said of an error, is jansson's.
 */
#ifndef IGD_JSON_READ_H
#define IGD_JSON_READ_H

#include <jansson.h>
#include <stddef.h>

/*
 * Reads one text, list or object from its first byte on; behind it there may be anything, also the
 * end of what is known of the text. Returns a new reference and in *used_r its bytes; NULL if this
 * reader does not take it, or it is not whole: then jansson has to be asked.
 */
json_t *json_read_value(const char *text, size_t length, size_t *used_r);

/*
 * Reads a whole text. As json_loadb(), with its flags and errors; without JSON_DECODE_ANY and
 * JSON_DISABLE_EOF_CHECK. Returns a new reference, or NULL with *error_r if that is not NULL.
 */
json_t *json_read(const char *text, size_t length, size_t flags, json_error_t *error_r);

#endif

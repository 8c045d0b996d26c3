/*
 * JSON documents that pass between the parts: bounded, and each says what it is.
 *
 * Every document is an object with "format" (a name below) and "version" (a whole number).
 */
#ifndef IGD_DOCUMENT_H
#define IGD_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "src/problem.h"

#define DOCUMENT_REPORT     "igd-harness report"
#define DOCUMENT_PLAN       "igd-harness plan"
#define DOCUMENT_RUN        "igd-harness run"
#define DOCUMENT_END        "igd-harness end"
#define DOCUMENT_FINDINGS   "igd-harness findings"
#define DOCUMENT_DM         "igd-harness dm"
#define DOCUMENT_LEASE      "igd-harness lease"
#define DOCUMENT_BEGAN      "igd-harness began"
#define DOCUMENT_DIFFERENCE "igd-harness difference"
#define DOCUMENT_COMPARISON "igd-harness comparison"
#define DOCUMENT_LIBXL      "igd-harness libxl"
#define DOCUMENT_SEAL       "igd-harness seal"
#define DOCUMENT_PRUNED     "igd-harness pruned"
#define DOCUMENT_HOST       "igd-harness host"
#define DOCUMENT_ABI        "igd-harness abi"
#define DOCUMENT_PLACE      "igd-harness place"
#define DOCUMENT_STATUS     "igd-harness status"
#define DOCUMENT_HOSTS      "igd-harness hosts"
#define DOCUMENT_STOPPED    "igd-harness stopped"

#define DOCUMENT_HISTORY       "igd-harness history"
#define DOCUMENT_QUALIFICATION "igd-harness qualification"
#define DOCUMENT_HOST_BROKEN   "igd-harness host broken"

#define DOCUMENT_BISECT_STATE "igd-harness bisect state"
#define DOCUMENT_BISECT_THING "igd-harness bisect thing"
#define DOCUMENT_BISECT_BUILD "igd-harness bisect build"
#define DOCUMENT_BISECTION    "igd-harness bisection"

/* All documents are at their first version. */
#define DOCUMENT_VERSION 1

/*
 * Parses `length` bytes that claim to be the document `format`, at most version `version`.
 * jansson bounds the depth (2048, JSON_PARSER_MAX_DEPTH); the caller bounds the length.
 * Duplicate keys are refused: two readers could believe different ones.
 * Returns 0 and a new reference in *document_r; -EINVAL for anything that is not JSON or not that
 * format; -EPROTO for a newer version. `why` then says so, with line and column, in
 * printable ASCII whatever the text was.
 */
int document_parse(const char *text, size_t length, const char *format, int version,
	json_t **document_r, struct problem *why);

/* The last two of these, of what is parsed already. */
int document_check(const json_t *document, const char *format, int version, struct problem *why);

/* The text of that key, "" if there is none or it is no text. Borrowed; `object` may be NULL. */
const char *document_text(const json_t *object, const char *key);

/* Is that value, or that text, an entry of the array? False if it is no array. */
bool document_has(const json_t *array, const json_t *value);
bool document_has_text(const json_t *array, const char *text);

/* A value as compact JSON, with more of jansson's flags, "nothing" if it is NULL. The caller frees;
 * NULL without memory. */
char *document_dump(const json_t *value, size_t flags);

/* A value for people: a string as it is, "nothing" for NULL and null, everything else as compact
 * JSON in ASCII. Not escaped. The caller frees; NULL without memory. */
char *document_shown(const json_t *value);

/* Adds one to the whole number at that key, which is 0 before. */
void document_count(json_t *counts, const char *key);

/* Returns a new object with format and version in place, or NULL without memory. */
json_t *document_new(const char *format, int version);

#endif

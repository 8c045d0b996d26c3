/*
 * What lines of logs mean: a reviewed data file, results/data/patterns.yaml, and its search.
 *
 * Each pattern says in which logs a text is looked for, which layer is at fault, what the line
 * means and what to do. docs/use/patterns.md describes the file. The order in the file is the order
 * in which matches are given, so the pattern that knows best stands first.
 *
 * docs/schema/patterns.json describes the file, "match" in findings.json there a match as it goes
 * into findings. Its "text" has at most PATTERNS_TEXT_MAX bytes.
 */
#ifndef IGD_LOGS_PATTERNS_H
#define IGD_LOGS_PATTERNS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "src/problem.h"

#define PATTERNS_FORMAT   "igd-harness patterns"
#define PATTERNS_VERSION  1
#define PATTERNS_FILE_MAX (1u << 20) /* bytes */
#define PATTERNS_MAX      512        /* in a file */

#define PATTERNS_LOG_MAX  (1u << 20) /* bytes of a log that are searched */
#define PATTERNS_LINE_MAX 1024       /* bytes of a line that are searched */
#define PATTERNS_TEXT_MAX 400        /* bytes of a line that are kept */

enum pattern_log {
	PATTERN_LIBXL,
	PATTERN_QEMU,
	PATTERN_XEN,
	PATTERN_DOM0,
	PATTERN_CONSOLE,
	PATTERN_LOGS
};

/* As in the file and in matches: "libxl", "qemu", "xen", "dom0", "console". */
extern const char *const pattern_log_names[PATTERN_LOGS];

struct patterns;    /* opaque: a data file that was read and checked */
struct log_subject; /* harness/logs/subject.h */

/*
 * Reads a data file. Returns 0 and the patterns, to be freed with patterns_free(); -EINVAL for a
 * file that is wrong, with "FILE:LINE:COLUMN: what, and what to do"; another negative errno, with a
 * sentence, if it cannot be read: -ENOENT if it is not there.
 */
int patterns_load(const char *file, struct patterns **patterns_r, struct problem *why);

/* The same of a file of a run directory, as fileio_read_head(); `file` is for the sentences. */
int patterns_load_at(int dir_fd, const char *name, const char *file, struct patterns **patterns_r,
	struct problem *why);

/* The same from memory; `file` is for the sentences. */
int patterns_parse(const char *file, const char *text, size_t length, struct patterns **patterns_r,
	struct problem *why);

/*
 * The data file to use: the one `named` by the user (or NULL), or by IGD_PATTERNS; else the one
 * installed with the program, which knows more than a run that was stored; else that of the run
 * (`run_dir`, or NULL). Returns 0 and the patterns. With none of these, that is said on stderr, and
 * there are no patterns: 0 and NULL, for a verdict needs none. Errors as patterns_load(): a file
 * that was named must be there, and any that is there must be right.
 */
int patterns_choose(
	const char *named, const char *run_dir, struct patterns **patterns_r, struct problem *why);

/* NULL is fine. */
void patterns_free(struct patterns *patterns);

/* The file as it was read, for a run directory. Borrowed. */
const char *patterns_text(const struct patterns *patterns, size_t *length_r);

/* {"file": ..., "sha256": ...}: which file it was. New reference, or NULL without memory. */
json_t *patterns_identity(const struct patterns *patterns);

/* Their labels, in order. New reference, or NULL without memory. */
json_t *patterns_labels(const struct patterns *patterns);

/* The samples of the pattern of that label; borrowed, NULL if there is no such pattern. */
const json_t *patterns_samples(const struct patterns *patterns, const char *label);

/* One log of a cell, or a part of it. */
struct pattern_input {
	enum pattern_log log;
	const char *file; /* its name in the cell's folder */
	const char *bytes;
	size_t length; /* of which the bounds above are searched */
};

/*
 * Searches the logs. The bytes may be anything: they come from guests. A frame of the wire, which a
 * console is full of, is no line of it. `versions` (as in identities, or NULL) decides which
 * patterns are looked for: one whose range a detected version is not in is left out; a version that
 * was not detected leaves nothing out. Lines that are of `subject` (or NULL) go before those that
 * name a different domain or device: a match has a line of the latter only if there is none of the
 * former, its severity is then "note", and "doubt" says why.
 * Returns a new list of matches, one for each pattern and log, or NULL without memory.
 */
json_t *patterns_match(const struct patterns *patterns, const struct pattern_input *inputs,
	size_t count, const json_t *versions, const struct log_subject *subject);

/* The same, of those patterns alone that show that the host broke (`breaks_host`), whichever domain
 * a line names. */
json_t *patterns_match_breaking_host(const struct patterns *patterns,
	const struct pattern_input *inputs, size_t count, const json_t *versions);

/* Lowers the severity of a match, and says why in its "doubt". Returns 0 or -ENOMEM. */
int pattern_doubt(json_t *match, const char *severity, const char *reason);

/*
 * Can this match explain a cell with that ending on its own? Its "explains" has the ending; a
 * pattern of a file that was written before there was this key explains every ending.
 */
bool pattern_explains(const json_t *match, const char *ending);

/*
 * The first of the matches that makes a cell fail that would pass: one of severity "grave", or a
 * cause whose "explains" has the ending "done". NULL if there is none.
 */
const json_t *patterns_first_grave(const json_t *matches);

/* Is this match of severity "cause"? */
static inline bool pattern_is_cause(const json_t *match)
{
	const char *severity = json_string_value(json_object_get(match, "severity"));

	return severity && strcmp(severity, "cause") == 0;
}

/* Is this match of severity "grave"? */
static inline bool pattern_is_grave(const json_t *match)
{
	const char *severity = json_string_value(json_object_get(match, "severity"));

	return severity && strcmp(severity, "grave") == 0;
}

/* Is it one of those that a reader has to see whole: a cause or a grave line? */
static inline bool pattern_decides(const json_t *match)
{
	return pattern_is_cause(match) || pattern_is_grave(match);
}

/* Is it of severity "sign"? Where a cell does not pass it accompanies what decides. */
static inline bool pattern_is_sign(const json_t *match)
{
	const char *severity = json_string_value(json_object_get(match, "severity"));

	return severity && strcmp(severity, "sign") == 0;
}

/* The first of the matches that is a cause, or NULL. */
static inline const json_t *patterns_first_cause(const json_t *matches)
{
	const json_t *match;
	size_t i;

	json_array_foreach(matches, i, match)
	{
		if (pattern_is_cause(match))
			return match;
	}
	return NULL;
}

#endif

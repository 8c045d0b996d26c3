/*
 * What counts as bad: the matrix, or a signature: the one deviation that is looked for. Pure.
 *
 * A signature is a list of what is seen where, all of which must be seen:
 *   [ {"cell": "pc-none-std-linux", "field": "display/edid_bytes", "seen": 0},
 *     {"cell": ..., "field": "ending", "seen": "create-failed: machine-unknown"} ]
 * "field" is a sight (harness/evidence/fields.h); "seen" is compared as JSON. As text:
 * CELL:FIELD=VALUE.
 */
#ifndef IGD_BISECT_STEP_SIGNATURE_H
#define IGD_BISECT_STEP_SIGNATURE_H

#include <jansson.h>
#include <stdio.h>

#include "harness/bisect/bisect.h"

/*
 * Appends what such a text says; VALUE is JSON if it can be read as that, "nothing" for null, else
 * a text. Returns 0, or -EINVAL with the sentence.
 */
int bisect_signature_add(json_t *signature, const char *text, struct problem *why);

/*
 * The deviations in findings (harness/judge/judge.h): what every cell that is FAIL saw instead of
 * what was expected, or how it ended. Empty if there is none. A new reference, or NULL without
 * memory.
 */
json_t *bisect_signature_of(const json_t *findings);

/* The same of the cells that are XFAIL: the deviations that are known. */
json_t *bisect_known_of(const json_t *findings);

/* Writes one part as the option that names it, quoted for a shell: --signature 'CELL:FIELD=VALUE'.
 */
void bisect_signature_option_print(const json_t *part, FILE *stream);

/* Writes one part as text, or all with ", " between; escaped. */
void bisect_signature_part_print(const json_t *part, FILE *stream);
void bisect_signature_print(const json_t *signature, FILE *stream);

/*
 * What a cell of the findings saw in that field, for those that no finding is about: a new
 * reference, or NULL if nobody looked.
 */
typedef json_t *bisect_look(void *data, const char *cell, const char *field);

/*
 * What one run says. With a signature: bad if all of it is seen, good if none of it is and its
 * cells are as expected, or their deviation is a known one. Without: bad if a cell FAILs, good if
 * none does and one was tested. BISECT_SKIP for all else: a cell that FAILs otherwise, a part of
 * the signature only, a configuration that this revision does not know, a broken test. BISECT_STOP
 * if a cell is MISS or did not run: then nothing else counts. `why_r` is given one sentence, which
 * the caller frees.
 */
enum bisect_answer bisect_judge(const json_t *findings, const json_t *signature, bisect_look *look,
	void *data, char **why_r);

/*
 * What the answers to repeated runs come to: bad if `need` are, BISECT_UNKNOWN if more runs can
 * change it, of `repeat`; BISECT_SKIP if those that said so could have made it bad.
 */
enum bisect_answer bisect_count(
	const size_t counts[static BISECT_ANSWERS], unsigned int repeat, unsigned int need);

#endif

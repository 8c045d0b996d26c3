/*
 * The verdicts, in order: of several the worst, the greatest, is the verdict of the whole.
 * The words and the order are KCIDB's where it has them (KCIDB submitter guide, "status"): FAIL is
 * about the thing under test, ERROR about the test, MISS about the host or the lab.
 */
#ifndef IGD_VERDICT_H
#define IGD_VERDICT_H

#include <stdbool.h>

enum verdict {
	VERDICT_PASS,
	VERDICT_DONE,
	VERDICT_SKIP,
	VERDICT_XFAIL,
	VERDICT_FLAKY, /* of a cell that ran several times; KCIDB has no word for it */
	VERDICT_FAIL,
	VERDICT_ERROR,
	VERDICT_MISS,
	VERDICT_COUNT
};

/* "PASS" ... "MISS". */
const char *verdict_name(enum verdict verdict);

/* The meaning of a verdict, for people: "no answer: the test is at fault". The tables in README.md
 * and docs/use/verdicts.md have these words, and so has every report. */
const char *verdict_meaning(enum verdict verdict);

/* Returns 0, or -EINVAL for a word that is no verdict. */
int verdict_parse(const char *name, enum verdict *verdict_r);

/* Was a deviation seen of the thing under test that is not known: FLAKY or FAIL? */
bool verdict_is_deviation(enum verdict verdict);

enum verdict verdict_worst(enum verdict a, enum verdict b);

/* Exit status of a program whose worst verdict this is: 0 as expected, 1 deviation, 3 no answer. */
int verdict_exit_status(enum verdict worst);

#endif

/*
 * The answer of one check of a host (harness/host/check.h): a verdict, the value, its source and
 * one sentence.
 */
#ifndef IGD_HOST_ANSWER_H
#define IGD_HOST_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

enum host_verdict { HOST_PASS, HOST_FAIL, HOST_UNKNOWN, HOST_NOT_APPLICABLE };

#define HOST_TEXT_MAX 320

struct host_answer {
	enum host_verdict verdict;
	json_t *value;              /* owned; NULL: none */
	char source[HOST_TEXT_MAX]; /* the file or call that the value was read from */
	char why[HOST_TEXT_MAX];    /* one sentence, "" if the value says it */
	const char *advice;         /* what the user can do; NULL: the check's own advice */
	/* The capability that the host lacks because of this answer, if it is FAIL; NULL: that of
	 * the check (`blocks`). */
	const char *blocks;
	bool grave; /* UNKNOWN is then the host's verdict, as for a check that is needed */
};

/* "PASS", "FAIL", "UNKNOWN", "N/A". */
const char *host_verdict_name(enum host_verdict verdict);

/*
 * Sets the answer. `value` is stolen and may be NULL; an earlier value is released. `source` is
 * copied, the sentence is formatted; both are cut to HOST_TEXT_MAX bytes and made printable.
 */
void host_answer(struct host_answer *answer, enum host_verdict verdict, json_t *value,
	const char *source, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif

/*
 * Checks of a host: is an IGD passthrough test of any meaning here, and if not, why? A table in
 * each of host_check_*.c; to add a check is one function and one line there. They look at a struct
 * host_view and change nothing.
 *
 * What nobody can tell, because Xen's ring has overflowed or only root may read, is UNKNOWN and
 * never FAIL.
 */
#ifndef IGD_HOST_CHECK_H
#define IGD_HOST_CHECK_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/host_view.h"

enum host_verdict { HOST_PASS, HOST_FAIL, HOST_UNKNOWN, HOST_NOT_APPLICABLE };

#define HOST_TEXT_MAX 320

struct host_answer {
	enum host_verdict verdict;
	json_t *value;              /* NULL: none */
	char source[HOST_TEXT_MAX]; /* where it was read */
	char why[HOST_TEXT_MAX];    /* one sentence, "" if the value says it */
	const char *advice;         /* what to do, NULL: the check's */
};

struct host_check {
	const char *id; /* NULL ends a table */
	const char *about;
	/* The capability of the host that it decides (docs/matrix.md, `requires`), or NULL; and one
	 * that is not there if this fails. */
	const char *decides, *blocks;
	const char *advice; /* what to do about FAIL or UNKNOWN */
	void (*look)(const struct host_view *view, struct host_answer *answer);
	bool needs_igd; /* not applicable without an Intel display function at 0000:00:02.0 */
	bool needed;    /* no IGD passthrough without it: UNKNOWN is then the host's verdict */
};

struct host_group {
	const char *name; /* NULL ends the table */
	const struct host_check *checks;
};
extern const struct host_group host_groups[];

extern const struct host_check host_checks_xen[];
extern const struct host_check host_checks_vtd[];
extern const struct host_check host_checks_igd[];
extern const struct host_check host_checks_memory[];
extern const struct host_check host_checks_qemu[];
extern const struct host_check host_checks_guest[];

/* "PASS", "FAIL", "UNKNOWN", "N/A". */
const char *host_verdict_name(enum host_verdict verdict);

/* Answers: takes over `value`, copies `source`, writes the sentence. */
void host_answer(struct host_answer *answer, enum host_verdict verdict, json_t *value,
	const char *source, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif

/*
 * How long a run will take, from what its cells took before: in an earlier run, and in this one.
 */
#ifndef IGD_RUN_ESTIMATE_H
#define IGD_RUN_ESTIMATE_H

#include <jansson.h>
#include <stddef.h>

#include "harness/store/run_dir.h"

struct estimate {
	json_t *took;       /* {NAME: seconds}, of an earlier run */
	double took_s;      /* their sum, of */
	size_t took_count;  /* so many */
	double left_s;      /* of the cells after this one, those that are in `took` */
	size_t left_others; /* and the number of those that are not */
	double now_s;       /* of the cells that run, those that are in `took` */
	size_t now_others;  /* and the number of those that are not */
	size_t now_count;   /* of all of them */
	double done_s;      /* what the cells of this run that are over took, */
	size_t done_count;  /* so many, */
	double expected_s;  /* and what those of them that are in `took` took then, */
	double known_s;     /* and now */
};

/*
 * Begins one from the cells of an earlier run that are over: a run directory, or NULL or one that
 * cannot be read for none. What is left is the cells of `plan` that this run has to do
 * (harness/plan/shard.h) and that are not over in `store`. To be freed with estimate_free().
 */
void estimate_begin(struct estimate *estimate, const char *earlier, const struct store *store,
	const json_t *plan);

/* The cell of that name begins; and is over after so many seconds. */
void estimate_cell(struct estimate *estimate, const char *name);
void estimate_over(struct estimate *estimate, const char *name, double seconds);

/*
 * Seconds that are left, the cell that runs for `seconds` included; of several that run, `seconds`
 * is the sum, and as many are taken to run until the end. A host that is slower than then by the
 * cells so far is taken to stay so. Negative if nothing is known.
 */
double estimate_left(const struct estimate *estimate, double seconds);

#define ESTIMATE_TEXT_MAX 40

/* ", about 14 min left", or "" if nothing is known. */
void estimate_text(
	const struct estimate *estimate, double seconds, char text[static ESTIMATE_TEXT_MAX]);

void estimate_free(struct estimate *estimate);

/*
 * The newest of the run directories beside `out` that is of the matrix of that name, for whoever
 * names none. The caller frees; NULL if there is none.
 */
char *estimate_earlier(const char *out, const char *matrix);

#endif

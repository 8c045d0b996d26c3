/*
 * The one sentence a person reads when something did not work: what, where, and what to do.
 *
 * Functions that can fail in ways a user must understand return a negative errno and fill a
 * struct problem. The first writer wins: a deeper layer knows best, outer layers do not overwrite.
 */
#ifndef IGD_PROBLEM_H
#define IGD_PROBLEM_H

#define PROBLEM_TEXT_MAX 512

struct problem {
	char text[PROBLEM_TEXT_MAX];
};

/*
 * Writes the sentence unless one is there already. `why` may be NULL: nobody wants to know.
 * Returns `error`, so that a caller can write `return problem_set(why, -EINVAL, "...")`.
 * Text that does not fit is cut.
 */
int problem_set(struct problem *why, int error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif

/*
 * The known name that a misspelt one was meant to be, for "did you mean".
 */
#ifndef IGD_BASE_SUGGEST_H
#define IGD_BASE_SUGGEST_H

#include <stddef.h>

#define SUGGEST_WORD_MAX 64 /* bytes; nothing is near a longer word */

struct suggestion {
	const char *word;
	const char *best; /* NULL while nothing is near; borrowed from the offers */
	size_t distance;
};

/* Starts the search for what `word` (borrowed) was meant to be. */
struct suggestion suggest_for(const char *word);

/*
 * Offers a known name. It is near if at most a third of the word's letters, and at least one, would
 * have to be added, left out or changed (Levenshtein's distance). The first of equals stays.
 */
void suggest_candidate(struct suggestion *suggestion, const char *name);

#endif

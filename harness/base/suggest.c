#include "harness/base/suggest.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t row[SUGGEST_WORD_MAX + 1];

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(change, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[b_length];
}

struct suggestion suggest_for(const char *word)
{
	size_t third = strnlen(word, SUGGEST_WORD_MAX) / 3;

	/* One more than what is still near. */
	return (struct suggestion){ .word = word, .distance = (third > 0 ? third : 1) + 1 };
}

void suggest_candidate(struct suggestion *suggestion, const char *name)
{
	size_t word_length = strlen(suggestion->word), name_length = strlen(name), distance;

	if (word_length > SUGGEST_WORD_MAX || name_length > SUGGEST_WORD_MAX)
		return;
	distance = edit_distance(suggestion->word, word_length, name, name_length);
	if (distance < suggestion->distance) {
		suggestion->distance = distance;
		suggestion->best = name;
	}
}

/* The texts of all patterns by a hash of their last bytes: one pass over a line finds those that it
 * has. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/logs/private.h"

#define KEY  4u /* bytes of a text that its hash is of */
#define BITS 12
#define NONE UINT16_MAX
#define TEXTS                                                                                      \
	(PATTERNS_MAX * (EXPRESSION_MAX + 1) / (KEY + 1)) /* at most, so that NONE is none         \
							   */

_Static_assert(TEXTS < NONE, "a number of a text has 16 bits");

struct text {
	const char *bytes; /* of the pattern */
	size_t length;
	size_t pattern;
	uint32_t tail; /* the last bytes, which are compared before all */
	uint16_t next; /* the next text with the same hash */
};

struct literal_index {
	uint16_t heads[1 << BITS];
	struct text *texts;
	size_t count;
	struct pattern_set always; /* without a text, or with a short one */
};

static uint32_t word_of(const char *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, KEY);
	return word;
}

static size_t hash_of(uint32_t word)
{
	/* Fibonacci hashing: the upper bits of a product with 2^32 / phi. */
	return word * UINT32_C(2654435769) >> (32 - BITS);
}

static void add_text(struct literal_index *index, const char *bytes, size_t length, size_t pattern)
{
	uint32_t tail = word_of(bytes + length - KEY);
	uint16_t *head = &index->heads[hash_of(tail)];

	index->texts[index->count] = (struct text){ bytes, length, pattern, tail, *head };
	*head = (uint16_t)index->count++;
}

/* The texts of a pattern, as of expression_literals(): of a fixed text itself. */
static const char *texts_of(const struct pattern *pattern, size_t *count_r, size_t *shortest_r)
{
	const char *first = pattern->text ? json_string_value(pattern->text) : pattern->literals;

	*count_r = 0;
	*shortest_r = SIZE_MAX;
	for (const char *text = first; *text; text += strlen(text) + 1) {
		*shortest_r = strlen(text) < *shortest_r ? strlen(text) : *shortest_r;
		++*count_r;
		if (pattern->text)
			break;
	}
	if (*count_r == 0)
		*shortest_r = 0;
	return first;
}

static void add_pattern(struct literal_index *index, const struct pattern *pattern, size_t number)
{
	size_t count, shortest;
	const char *text = texts_of(pattern, &count, &shortest);

	if (shortest < KEY) {
		pattern_set_add(&index->always, number);
		return;
	}
	for (; count > 0; count--, text += strlen(text) + 1)
		add_text(index, text, strlen(text), number);
}

int literal_index_make(const struct pattern *list, size_t count, struct literal_index **index_r)
{
	struct literal_index *index = calloc(1, sizeof(*index));
	size_t texts = 0;

	if (!index)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		size_t own, shortest;

		texts_of(&list[i], &own, &shortest);
		texts += own;
	}
	memset(index->heads, 0xff, sizeof(index->heads)); /* NONE */
	index->texts = calloc(texts + 1, sizeof(*index->texts));
	if (!index->texts) {
		literal_index_free(index);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++)
		add_pattern(index, &list[i], i);
	*index_r = index;
	return 0;
}

void literal_index_find(const struct literal_index *index, const char *line, size_t length,
	struct pattern_set *found_r)
{
	struct pattern_set found = index->always;

	for (size_t end = KEY; end <= length; end++) {
		uint32_t word = word_of(line + end - KEY);
		uint16_t at = index->heads[hash_of(word)];

		for (; at != NONE; at = index->texts[at].next) {
			const struct text *text = &index->texts[at];

			if (text->tail == word && text->length <= end &&
				memcmp(line + end - text->length, text->bytes, text->length) == 0)
				pattern_set_add(&found, text->pattern);
		}
	}
	*found_r = found;
}

void literal_index_free(struct literal_index *index)
{
	if (!index)
		return;
	free(index->texts);
	free(index);
}

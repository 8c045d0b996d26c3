/* The patterns in memory. Private to harness/logs. */
#ifndef IGD_LOGS_PRIVATE_H
#define IGD_LOGS_PRIVATE_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/digest.h"
#include "harness/logs/patterns.h"

/* SHA-256 of the file that is shipped, in hexadecimal; made by the build. */
extern const char shipped_patterns[];

#define EXPRESSION_MAX 200 /* bytes of a text or an expression */
#define LITERALS_SIZE  (EXPRESSION_MAX + 2)

struct pattern {
	json_t *about;     /* what a match says of its pattern; owned */
	unsigned int logs; /* a mask of 1 << enum pattern_log */
	json_t *text;      /* a fixed text; NULL: the expression; owned */
	regex_t expression;
	char literals[LITERALS_SIZE]; /* expression_literals() */
	bool compiled;
	json_t *versions; /* name -> range, or NULL; owned */
	json_t *samples;  /* list of lines; owned */
};

/* Some of the patterns of a list: bit i % 64 of bits[i / 64] is of pattern i. */
struct pattern_set {
	uint64_t bits[PATTERNS_MAX / 64];
};

static inline void pattern_set_add(struct pattern_set *set, size_t i)
{
	set->bits[i / 64] |= UINT64_C(1) << i % 64;
}

struct patterns {
	char *file, *text;
	size_t length;
	char sha256[DIGEST_TEXT_MAX];
	bool is_shipped; /* the unit suites have tried its samples */
	struct pattern *list;
	size_t count;
	struct literal_index *index; /* of the list */
};

/*
 * Is it an expression whose compilation and search take little time and memory, whatever the line
 * is? If not, `sentence` says why not and what to do. An expression of at most EXPRESSION_MAX bytes
 * that is not one at all may pass: regcomp() refuses it.
 */
bool expression_check(const char *text, char *sentence, size_t size);

/* The place behind a bracket expression, or its end if it has no "]", which regcomp() tells. */
const char *expression_behind_bracket(const char *begin);

/*
 * Texts of which each line has one that an expression of at most EXPRESSION_MAX bytes matches: each
 * with a 0 behind it, and a 0 behind the last. None is known of some expressions: then there is the
 * last 0 alone.
 */
void expression_literals(const char *text, char literals[static LITERALS_SIZE]);

/*
 * An index of the texts of `count` patterns, which have to outlive it: by it a line is read once,
 * and not once for each pattern. Returns 0 and the index, or -ENOMEM.
 */
struct literal_index;
int literal_index_make(const struct pattern *list, size_t count, struct literal_index **index_r);
void literal_index_free(struct literal_index *index);

/*
 * The patterns that the line of `length` bytes may match: it has one of their texts, or none is
 * known.
 */
void literal_index_find(const struct literal_index *index, const char *line, size_t length,
	struct pattern_set *found_r);

/* Does a line match? It is printable and ends with 0. */
bool pattern_hits(const struct pattern *pattern, const char *line);

/*
 * Makes a line of a log fit to be searched and shown: cut at PATTERNS_LINE_MAX, without line end,
 * and whatever is not printable ASCII becomes "?". Returns the length of the line.
 */
size_t pattern_clean(const char *bytes, size_t length, char line[static PATTERNS_LINE_MAX + 1]);

#endif

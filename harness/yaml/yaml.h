/*
 * A YAML file as a tree of nodes that know their place, and typed, bounded access to it.
 *
 * libfyaml reads the file, as events; what this adds is the place of every node, the refusal of
 * what no file here has use for (aliases, anchors, tags, several documents, keys said twice) and
 * the bounds. The tree is made here because libfyaml's own documents find doubled keys in quadratic
 * time (80,000 keys: over a minute).
 */
#ifndef IGD_YAML_YAML_H
#define IGD_YAML_YAML_H

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "src/problem.h"

#define YAML_DEPTH_MAX 16

/* From 1, as editors count; a column is a character. */
struct yaml_place {
	int line, column;
};

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	struct yaml_place place;
	char *key; /* its name, if it is an entry of a mapping */
	struct yaml_place key_place;
	char *text; /* of a scalar: UTF-8, no 0 within */
	bool plain; /* a scalar without quotes, which may be a number, a truth value or null */
	struct yaml_node *first, *last; /* what is in it, in the file's order */
	struct yaml_node *next;
	struct yaml_node *parent; /* NULL for the root */
	size_t count;
};

/* Where a tree came from, and where the sentence about what is wrong with it goes. */
struct yaml_source {
	const char *file;
	const char *manual; /* the page of docs/ that describes such a file */
	struct problem *why;
};

/*
 * Parses `length` bytes of YAML 1.2. Returns 0 and the tree, to be freed with yaml_free(); -EINVAL
 * with the sentence if it is not YAML or not in these bounds; -ENOMEM.
 */
int yaml_parse(const struct yaml_source *source, const char *text, size_t length,
	struct yaml_node **root_r);

/* NULL is fine. */
void yaml_free(struct yaml_node *node);

/*
 * Write "FILE:LINE:COLUMN: sentence", in which what could move a terminal's cursor becomes "?", and
 * that there is no memory. Macros, so that whoever reads the caller alone, as gcc -fanalyzer does,
 * sees that they are never 0.
 */
#define yaml_wrong(...)        (yaml_say_wrong(__VA_ARGS__), -EINVAL)
#define yaml_no_memory(source) (yaml_say_no_memory(source), -ENOMEM)

void yaml_say_wrong(const struct yaml_source *source, struct yaml_place place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void yaml_say_no_memory(const struct yaml_source *source);

enum yaml_shape { YAML_A_SCALAR, YAML_A_LIST, YAML_A_MAP, YAML_ITEMS }; /* ITEMS: either of two */

/* A key that a mapping may have. */
struct yaml_key {
	const char *name; /* NULL ends a table */
	enum yaml_shape shape;
	bool required;
};

/*
 * Checks a mapping against the table, and gives the node of keys[i] in found[i], NULL if it is not
 * there. `what` names the mapping in sentences: "an expectation". Returns 0 or -EINVAL.
 */
int yaml_keys(const struct yaml_source *source, const struct yaml_node *map, const char *what,
	const struct yaml_key *keys, const struct yaml_node **found);

/* What a file is: "igd-harness matrix", "the matrix", the newest version that is understood. */
struct yaml_head {
	const char *format, *what;
	int version;
};

/* Checks the nodes `format` and `version` of a file. Returns 0 or -EINVAL. */
int yaml_check_head(const struct yaml_source *source, const struct yaml_node *format,
	const struct yaml_node *version, const struct yaml_head *head);

/* Checks the shape; `name` names the node in sentences. Returns 0 or -EINVAL. */
int yaml_check_shape(const struct yaml_source *source, const struct yaml_node *node,
	const char *name, enum yaml_shape shape);

/*
 * One item or a list of them: a scalar is a list of itself. Every item is checked to be a scalar by
 * YAML_ITEMS.
 */
const struct yaml_node *yaml_first_item(const struct yaml_node *items);
const struct yaml_node *yaml_next_item(const struct yaml_node *items, const struct yaml_node *item);

/*
 * Checks that a name consists of `allowed` characters and is 1 to `max` bytes long; `what` says
 * what it is the name of. Returns 0 or -EINVAL.
 */
int yaml_check_name(const struct yaml_source *source, struct yaml_place place, const char *what,
	const char *name, const char *allowed, size_t max);

/* A word that a scalar may be, and how the program says it. */
struct yaml_word {
	const char *in_file, *said; /* NULL ends a table */
};

/* Gives what the program says for the scalar's word, or -EINVAL with a list of those there are. */
int yaml_word(const struct yaml_source *source, const struct yaml_node *node,
	const struct yaml_word *words, const char **said_r);

/* Checks that a scalar is a sentence: not empty, one line, at most `max` bytes. 0 or -EINVAL. */
int yaml_check_words(const struct yaml_source *source, const struct yaml_node *node, size_t max);

/*
 * The JSON value of a scalar by YAML's core schema (YAML 1.2.2, 10.3.2), or of a list of scalars.
 * A plain scalar that the schema takes for a fraction or for a number in another base is refused:
 * nothing in these files is one, and who writes 0xff8000 means the text. New reference. Returns 0,
 * -EINVAL or -ENOMEM.
 */
int yaml_value(const struct yaml_source *source, const struct yaml_node *node, json_t **value_r);

/*
 * The JSON value of a node with all that is in it: mappings are objects, lists arrays, and scalars
 * what yaml_value() makes of them. New reference. Returns as yaml_value().
 */
int yaml_tree(const struct yaml_source *source, const struct yaml_node *node, json_t **value_r);

/* A whole number within the limits, or -EINVAL. */
int yaml_whole(const struct yaml_source *source, const struct yaml_node *node, json_int_t min,
	json_int_t max, json_int_t *value_r);

#endif

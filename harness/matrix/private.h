/*
 * A matrix in memory, between the file and the plan. Only harness/matrix*.c include this.
 *
 * file -> yaml_parse() -> matrix_axes_read(), matrix_cells_read(), matrix_expect_read() -> plan.
 * Strings are borrowed from the tree, which the matrix owns.
 */
#ifndef IGD_MATRIX_PRIVATE_H
#define IGD_MATRIX_PRIVATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/plan/cell_state.h"
#include "harness/plan/plan.h"
#include "harness/plan/settings.h"
#include "harness/yaml/yaml.h"

#define MATRIX_FORMAT  "igd-harness matrix"
#define MATRIX_VERSION 1

#define MATRIX_FILE_MAX   (1u << 20) /* bytes */
#define MATRIX_AXES_MAX   16
#define MATRIX_WORDS_MAX  4096 /* of one axis */
#define MATRIX_CELLS_MAX  20000
#define MATRIX_EXPECT_MAX 4096 /* each is tried on every cell: 80 million tries at most */
#define MATRIX_WORD_MAX   32
#define MATRIX_TAGS_MAX   64
/* Bytes of the plan as compact JSON, about: a run must be able to read it back (FILEIO_MAX). */
#define MATRIX_PLAN_MAX (48u << 20)

/* The back ends that take settings; a set of them is a mask of 1 << index in setting_backends. */
#define MATRIX_BACKENDS     SETTING_BACKENDS
#define MATRIX_BACKENDS_ALL ((1u << MATRIX_BACKENDS) - 1)
#define MATRIX_LIBXL        (1u << 0)

/* What a word, or `defaults`, says about a cell. */
struct matrix_layer {
	const char *guest;                 /* NULL: not said */
	json_int_t limits_ms[CELL_LIMITS]; /* in the order of cell_limits; 0: not said */
	json_t *needs[MATRIX_BACKENDS];    /* array of strings, or NULL */
	json_t *settings[MATRIX_BACKENDS]; /* object, or NULL */
	unsigned int backends;             /* which can do it */
	/* What it says of the other side of a transition in place of settings and requires; NULL:
	 * the same. */
	struct matrix_layer *to;
	size_t bytes; /* of its share in a cell of the plan, at most */
};

struct matrix_word {
	const char *name;
	struct matrix_layer layer;
};

struct matrix_axis {
	const char *name;
	struct matrix_word *words;
	size_t count;
	size_t first;  /* how many words the axes before it have */
	json_t *index; /* word -> its place in `words` */
};

struct matrix_cell {
	uint16_t words[MATRIX_AXES_MAX];
	struct yaml_place place; /* of the item in `cells` that it is made from */
	unsigned int backends;
	json_t *json;
};

struct matrix_expectation {
	struct yaml_place place;
	bool about[MATRIX_AXES_MAX]; /* is it about certain words of that axis? */
	bool *asked;                 /* those: [axis.first + word]; borrowed from the matrix */
	unsigned int backends;
	size_t rival; /* equal for those that could contradict each other in a cell */
	size_t bytes;
	bool used;
	json_t *json;
};

struct matrix {
	struct yaml_source source;
	struct yaml_node *root;
	struct matrix_layer defaults;
	struct matrix_axis axes[MATRIX_AXES_MAX];
	size_t axis_count;
	size_t word_count; /* of all axes */
	struct matrix_cell *cells;
	size_t cell_count;
	struct matrix_expectation *expect;
	size_t expect_count;
	bool *asked; /* `word_count` for each expectation */
	size_t rival_count;
	size_t plan_bytes;
};

/* A file that is in memory already; `name` is what sentences and the plan call it. */
struct matrix_file {
	const char *name, *text;
	size_t length;
};

/* matrix_plan() of such; `known` may be NULL. Errors as matrix_plan(). */
int matrix_plan_text(const struct matrix_file *file, const struct matrix_file *known,
	json_t **plan_r, struct problem *why);

/* The functions below return 0, -EINVAL with the sentence, or -ENOMEM. What they got before an
 * error is in the struct as well, and freed with it. */

enum matrix_layer_kind { MATRIX_WORD, MATRIX_DEFAULTS, MATRIX_TO };

/* Reads what a word, `defaults` or `to` says; `what` names it in sentences, `layer` is zeroed. */
int matrix_layer_read(const struct yaml_source *source, const struct yaml_node *node,
	const char *what, enum matrix_layer_kind kind, struct matrix_layer *layer);
void matrix_layer_finish(struct matrix_layer *layer);

/* Reads a word or a list of names of back ends into a mask. */
int matrix_backends_read(
	const struct yaml_source *source, const struct yaml_node *items, unsigned int *mask_r);

int matrix_axes_read(struct matrix *matrix, const struct yaml_node *node);
void matrix_axes_finish(struct matrix *matrix);

/* Finds an axis or a word by name, or says which is near. `at` is where the name stands. */
int matrix_find_axis(
	const struct matrix *matrix, struct yaml_place at, const char *name, size_t *axis_r);
int matrix_find_word(const struct matrix *matrix, size_t axis, struct yaml_place at,
	const char *name, uint16_t *word_r);

/* Refuses a plan that grows too large; `at` is what made it grow. */
int matrix_check_plan_bytes(const struct matrix *matrix, struct yaml_place at);

/* Expands `cells`; each cell's json is then complete but for "expect", an empty array. */
int matrix_cells_read(struct matrix *matrix, const struct yaml_node *node);
void matrix_cells_finish(struct matrix *matrix);

/* Reads `tags`, which may be NULL, and gives the cells those that they have. */
int matrix_tags_read(struct matrix *matrix, const struct yaml_node *node);

/* Is that the name of something whose version a back end detects? */
bool matrix_is_versioned(const char *name);

/* The nodes of an expectation that say when it holds; each may be NULL. */
struct matrix_conditions {
	const struct yaml_node *when, *backends, *versions, *on_host, *not_on_host;
};

/* Reads them into the expectation and its json. */
int matrix_conditions_read(struct matrix *matrix, struct matrix_expectation *expectation,
	const struct matrix_conditions *nodes);

/* Is this cell one that the expectation is about, by `when` alone? */
bool matrix_is_about(const struct matrix *matrix, const struct matrix_expectation *expectation,
	const struct matrix_cell *cell);

/*
 * Reads the known deviations of the matrix `name` into the cells' expectations, which are there
 * already. *identity_r is what the plan says of the file.
 */
int matrix_known_read(struct matrix *matrix, const char *name, const struct matrix_file *file,
	json_t **identity_r);

/* Reads `expect`, which may be NULL, and gives every cell its expectations. */
int matrix_expect_read(struct matrix *matrix, const struct yaml_node *node);
void matrix_expect_finish(struct matrix *matrix);

#endif

/*
 * The plan: every cell of a matrix, worked out and frozen, as one JSON document:
 * docs/schema/plan.json.
 */
#ifndef IGD_PLAN_PLAN_H
#define IGD_PLAN_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "src/problem.h"

/* MiB of a guest whose cell gives no `memory`, in every back end: our choice, not xl's. */
#define PLAN_MEMORY_MIB 512

/* "seed-igd.yaml" to "seed-igd.known.yaml". The caller frees; NULL without memory. */
char *matrix_known_beside(const char *file);

/* Bytes of a cell's name: a folder and a domain are named after it. */
#define PLAN_NAME_MAX 200

/*
 * Checks that a document of format "igd-harness plan" has the shape above, as far as anybody relies
 * on it. Returns 0, or -EINVAL with the sentence.
 */
int plan_check(json_t *plan, struct problem *why);

/* The same of one of its cells, which stands at that place. */
int plan_check_cell(json_t *cell, size_t index, struct problem *why);

/*
 * Reads a frozen plan document back and checks its shape. Returns 0 and a new reference; errors as
 * document_parse() and plan_check().
 */
int plan_parse(const char *text, size_t length, json_t **plan_r, struct problem *why);

/*
 * Repeats: a cell that runs several times is as often in the plan, one entry behind the other, each
 * with "repeat", its number from 1, and so with a folder of its own. Findings have one cell for
 * all.
 */
#define PLAN_REPEATS_MAX 1000
#define PLAN_CELLS_MAX   20000

/* Repeats each cell so often; 1 changes nothing. Returns 0; -EINVAL with the sentence if that makes
 * too many cells; -ENOMEM. */
int plan_repeat(json_t *plan, unsigned int times, struct problem *why);

#define PLAN_KEY_MAX (PLAN_NAME_MAX + 16)

/* What tells a cell from its repeats: "NAME/3", or the name of a cell that is not repeated. */
void plan_key(const json_t *cell, char key[static PLAN_KEY_MAX]);

/*
 * Where each cell of a plan, or of findings, stands in "cells": {NAME: index}, of a name that comes
 * twice the first; repeats by their key, too. Among thousands of cells one does not look for each.
 * A new reference, or NULL without memory.
 */
json_t *plan_places(const json_t *document);

/* Adds the cell, which stands there, to such places. */
void plan_places_add(json_t *places, const json_t *cell, size_t at);

/* The index there; -1 if there is no such cell. */
ssize_t plan_place(const json_t *places, const char *name);

/*
 * Keeps only the cells that `other`, a plan or findings, has too, by name. Returns 0 or -ENOMEM.
 */
int plan_keep(json_t *plan, const json_t *other);

/*
 * Gives every cell the guest image of that name, in place of the matrix's own; words, names and
 * expectations stay. Returns 0, or -EINVAL for what is no name of an image.
 */
int plan_guest(json_t *plan, const char *guest, struct problem *why);

#endif

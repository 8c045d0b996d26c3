/*
 * Other device models than the run's own, by name: those of `run --model NAME=PATH`, for cells with
 * the setting `device_model`.
 */
#ifndef IGD_BACKEND_DEVICE_MODELS_H
#define IGD_BACKEND_DEVICE_MODELS_H

#include <jansson.h>

#include "harness/backend/backend.h"
#include "src/problem.h"

/*
 * Reads "NAME=PATH" texts into {NAME: PATH}. Returns 0 and a new object, -EINVAL for what is not of
 * that form or comes twice, or -ENOMEM, with the sentence.
 */
int device_models_parse(char *const *texts, size_t count, json_t **models_r, struct problem *why);

/* The path of that name; borrowed. NULL with the sentence if there is none. `models` may be NULL.
 */
const char *device_models_path(const json_t *models, const char *name, struct problem *why);

/*
 * Has the run each device model that its cells ask for on that back end? Returns 0; -EINVAL with
 * the sentence for a cell that would start without. A cell that requires model-NAME is SKIP in a
 * run that has none of that name: NAME is then in *lacking_r, which has each once and is the
 * caller's. `models` may be NULL.
 */
int device_models_check(const json_t *plan, const char *backend, const json_t *models,
	json_t **lacking_r, struct problem *why);

/*
 * Adds to identities what they are, {"models": {NAME: {"path": ..., "sha256": ..., "text": what
 * --version says}}}, and to its "capabilities" "model-NAME" of each. Returns 0, or a negative errno
 * with the sentence if one cannot be run. `models` may be NULL.
 */
int device_models_identify(const json_t *models, json_t *identities, struct problem *why);

/*
 * Are the programs that the settings of a stored run name, "device_model" and "models", those that
 * its identities have the SHA-256 of? Executes none of them. Returns 0; -ESTALE with the sentence
 * if one is different, or nothing is known of it; -ENOENT if it does not exist.
 */
int device_models_unchanged(
	const struct backend_options *options, const json_t *identities, struct problem *why);

#endif

/* igd-dm as the device model of a guest with a policy: its folder below /run. */
#ifndef IGD_BACKEND_LIBXL_WRAPPER_H
#define IGD_BACKEND_LIBXL_WRAPPER_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/backend/libxl/names.h"
#include "harness/store/ending.h"
#include "src/problem.h"

#define WRAPPER_FOLDER   "/run"
#define WRAPPER_PREFIX   NAME_PREFIX "qemu-"
#define WRAPPER_PATH_MAX 128

/* The folder with igd-dm's orders, and the path in it that libxl starts; "" without a folder. */
struct wrapper {
	char folder[WRAPPER_PATH_MAX - 16], model[WRAPPER_PATH_MAX];
};

struct wrapper_request {
	const char *below;   /* WRAPPER_FOLDER; tests use a folder of their own */
	const char *policy;  /* its name, docs/topics/policies.md */
	const char *qemu;    /* the QEMU that igd-dm executes */
	int evidence_fd;     /* the cell's folder */
	unsigned int serial; /* of the guest, for the folder's name */
};

/*
 * Makes the folder; the caller removes it with wrapper_remove(). Returns 0, or a negative errno
 * with the sentence and without a folder: -EINVAL for an unknown policy, -ENOENT if igd-dm or the
 * QEMU is not installed.
 */
int wrapper_make(
	struct wrapper *wrapper, const struct wrapper_request *request, struct problem *why);

/*
 * Removes the folder. Returns true, and clears the wrapper, if the folder does not exist any more;
 * false if it could not be removed.
 */
bool wrapper_remove(struct wrapper *wrapper);

/* Removes the folders of killed runs in `below`; appends a string for each to the array `tidied`.
 */
void wrapper_tidy(const char *below, json_t *tidied);

/*
 * Returns the ending of a guest by the last line of its device model's log: an error of igd-dm is
 * not one of the thing under test. Returns `how` if the line is not igd-dm's.
 */
enum ending wrapper_ending(const char *last_words, enum ending how);

#endif

/* A report that lies in the guest's memory. */
#ifndef IGD_RUN_STORED_REPORT_H
#define IGD_RUN_STORED_REPORT_H

#include <stddef.h>

#include "harness/backend/backend.h"
#include "src/problem.h"

/*
 * Copies the report from where the guest says that it lies (src/stored.h), of a back end that has
 * read_memory(). What the guest says is hostile; what is copied is compared with its checksum once,
 * and is a guest's text like any other.
 *
 * Returns 0 and the text with a 0 behind it, to be freed by the caller, and its length. -EINVAL for
 * a place that no agent names; -EAGAIN if it cannot be read there, or is no longer there; -ENOMEM.
 * Each error with the sentence.
 */
int stored_report_read(const struct backend *backend, struct backend_guest *guest, const char *said,
	size_t said_length, char **text_r, size_t *length_r, struct problem *why);

#endif

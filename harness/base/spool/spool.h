/*
 * What is put aside until its place in the output is known, and is too much for memory: bytes in a
 * file without a name, which is gone with the program however that ends. The file is in the folder
 * that TMPDIR names, else in /var/tmp, which is on a disk where /tmp is often memory, else in /tmp.
 */
#ifndef IGD_BASE_SPOOL_H
#define IGD_BASE_SPOOL_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "src/problem.h"

struct spool {
	FILE *stream; /* what is written to it is put aside; NULL: the spool is not open */
	int fd;
	int error;          /* of the file: the first one, a negative errno */
	uint64_t end;       /* where the next document of spool_put() begins */
	const char *folder; /* that the file is in */
};

#define SPOOL_NONE ((struct spool){ .fd = -1 })

/*
 * Opens an empty one, to be closed with spool_close(); it must stay where it is in memory. Returns
 * 0, or a negative errno with the sentence.
 */
int spool_open(struct spool *spool_r, struct problem *why);

/* Did all that was written reach the file, as far as it had to by now? Returns 0, or a negative
 * errno with the sentence. A check for each cell keeps a full disk from being found at the end. */
int spool_check(const struct spool *spool, struct problem *why);

/* Writes a document as one line behind those that are there, in a spool that has nothing else;
 * *at_r is where it begins. Returns 0, or a negative errno with the sentence. */
int spool_put(struct spool *spool, const json_t *document, uint64_t *at_r, struct problem *why);

/* Reads the document that begins there, a new reference, and moves *at behind it, up to `end`.
 * Nothing is written after the first is read. Returns 0; -EINVAL if none begins there; or a
 * different negative errno; with the sentence. */
int spool_get(struct spool *spool, uint64_t *at, json_t **document_r, struct problem *why);

/* Forgets what was put aside. Returns 0, or a negative errno with the sentence. */
int spool_clear(struct spool *spool, struct problem *why);

/* Writes all that was put aside to a stream. Returns 0; -EIO if that stream failed; or a different
 * negative errno, with the sentence, if the spool did. */
int spool_copy(struct spool *spool, FILE *stream, struct problem *why);

/* One that is SPOOL_NONE, or closed already, is fine. */
void spool_close(struct spool *spool);

#endif

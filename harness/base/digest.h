/*
 * SHA-256 of a file, by nettle: how a run says which binary, matrix or patterns it was.
 */
#ifndef IGD_BASE_DIGEST_H
#define IGD_BASE_DIGEST_H

#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

#include "src/problem.h"

#define DIGEST_TEXT_MAX 65 /* 64 hexadecimal digits and the end */

/*
 * Returns 0, or a negative errno with the sentence if the file cannot be read; -EINVAL if it is not
 * a regular file.
 */
int digest_file(const char *path, char text[static DIGEST_TEXT_MAX], struct problem *why);

/*
 * The same of an open file, from where it stands to its end, and how many bytes that were. Returns
 * 0 or a negative errno.
 */
int digest_fd(int fd, char text[static DIGEST_TEXT_MAX], uint64_t *bytes_r);

/* The text of what was hashed so far, for who hashes bytes as they pass; the context is as new. */
void digest_finish(struct sha256_ctx *context, char text[static DIGEST_TEXT_MAX]);

/* The same of bytes in memory. */
void digest_bytes(const void *bytes, size_t length, char text[static DIGEST_TEXT_MAX]);

#endif

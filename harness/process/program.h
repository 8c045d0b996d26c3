/*
 * Other programs, asked a short question: QEMU's version, and what its binary
 * is.
 */
#ifndef IGD_PROCESS_PROGRAM_H
#define IGD_PROCESS_PROGRAM_H

#include <jansson.h>

#include "src/problem.h"

#define PROGRAM_LINE_MAX 256

/* A program that has not answered and exited after this long is not going to. */
#define PROGRAM_LIMIT_MS 10000

/*
 * Runs argv (found along PATH) with nothing on its stdin and gives the first line it prints, cut at
 * PROGRAM_LINE_MAX - 1. Waits until the program exits, and kills all that it leaves.
 * Returns 0, or a negative errno with the sentence: no such program (-ENOENT), it printed nothing
 * (-EIO), it did not print or exit within PROGRAM_LIMIT_MS (-ETIMEDOUT).
 */
int program_line(char *const argv[], char line[static PROGRAM_LINE_MAX], struct problem *why);

/* program_line() with a limit of the caller's. */
int command_line_within(char *const argv[], unsigned int limit_ms,
	char line[static PROGRAM_LINE_MAX], struct problem *why);

/*
 * The same for all that it prints, cut at size - 1.
 */
int program_text(char *const argv[], char *text, size_t size, struct problem *why);

/*
 * Finds an executable along PATH as execvp() would, and follows links. The caller frees. NULL if
 * there is none.
 */
char *program_find(const char *program);

/*
 * Adds {"device_model": {"path": resolved along PATH, "sha256": ...}} to identities.
 */
int program_identify(const char *program, json_t *identities, struct problem *why);

#endif

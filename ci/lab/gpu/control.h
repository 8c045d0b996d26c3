/*
 * The control socket: one command a connection, a line of text, answered with a line of JSON. The
 * answer to a command that failed is {"error": "a sentence"}.
 */
#ifndef IGD_GPU_CONTROL_H
#define IGD_GPU_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "ci/lab/gpu/gpu.h"

#define CONTROL_LINE_MAX 4096u

struct control_command {
	const char *name;
	const char *argument; /* what it takes, or NULL */
	const char *about;
	json_t *(*run)(struct gpu *gpu, const char *argument);
};

/* Ends with a row without a name. */
extern const struct control_command control_commands[];

/* Carries out a line, without its newline. Returns a new object, or NULL without memory. */
json_t *control_answer(struct gpu *gpu, const char *line);

/*
 * The other end: sends a command and copies the answer, without its newline. Returns 0; 1 if the
 * answer is an error; -errno if no server answers within `seconds`.
 */
int control_ask(
	const char *path, const char *line, int seconds, char answer[static CONTROL_LINE_MAX]);

#endif

/*
 * The command line of igd-gpu: which command, and its settings.
 */
#ifndef IGD_GPU_SETTINGS_H
#define IGD_GPU_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "ci/lab/gpu/gpu.h"
#include "src/problem.h"

struct settings {
	const char *socket, *control; /* paths, or NULL */
	const struct generation *generation;
	const struct fault *fault; /* NULL: none */
	enum port_kind port;
	bool no_port; /* --port none */
	bool no_monitor;
	uint32_t width, height;
	const char *edid_file, *rom_file, *out; /* paths, or NULL */
	uint32_t asls, bdsm;
	bool once, no_vbt;
};

/* A command of the program's. */
struct gpu_command {
	const char *name;
	const char *usage; /* its arguments */
	const char *about;
	int (*run)(const struct settings *settings, int argc, char **argv);
};

/* Ends with a row without a name; in main.c. */
extern const struct gpu_command gpu_commands[];

/*
 * Reads the options of a command; argv[0] is its name. Permutes the arguments to argv[*first_r] and
 * on. Returns 0; 1 if --help was among them; -EINVAL with a sentence for wrong usage.
 */
int settings_parse(
	int argc, char **argv, struct settings *settings_r, int *first_r, struct problem *why);

/* Writes the text of --help, from the tables of commands, options, generations and faults. */
void settings_help(void);

#endif

/*
 * The configuration files: names of hosts under test, and defaults of options by command.
 * docs/use/config.md and docs/schema/config.json describe them. /etc/igd-harness/config.yaml is
 * read first, then igd-harness/config.yaml in $XDG_CONFIG_HOME or ~/.config, of which each entry
 * takes the place of one for the same thing. IGD_CONFIG names one file instead of both; if it is
 * empty, there is none.
 *
 *   format: igd-harness config
 *   version: 1
 *   hosts:
 *     rack-3: ssh:root@rack-3       # what --dut rack-3 means
 *     rack-4:
 *       dut: ssh:root@rack-4
 *       labels: [coffee-lake, uefi] # for --dut label=coffee-lake
 *       known_good: {matrix: seed-display, cell: pc-none-std-linux}
 *   options:
 *     run:
 *       slow: 2                     # as --slow 2
 *       quiet: true                 # as --quiet
 *
 * What an option may be is the command line's to say (harness/cli/options.h).
 */
#ifndef IGD_CONFIG_CONFIG_H
#define IGD_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/yaml/yaml.h"
#include "src/problem.h"

#define CONFIG_FILE_MAX (256u << 10) /* bytes of a file */
#define CONFIG_FILES    2

struct config_file {
	char *path; /* NULL: there is no such place */
	bool read;  /* false: it does not exist */
	struct yaml_node *root;
};

/* A host, or a default of an option; borrowed from the configuration. */
struct config_entry {
	const char *command; /* NULL: a host */
	const char *name;    /* of the host or option */
	/* The value: one scalar, or of an option a list of them; yaml_first_item() goes through. */
	const struct yaml_node *value;
	/* Of a host, or NULL: its labels, for yaml_first_item(); a matrix and the cell of it that
	 * is known to end as expected there. */
	const struct yaml_node *labels;
	const char *known_good_matrix, *known_good_cell;
	const char *file;
	struct yaml_place command_place, place; /* of the command's key, and of the entry's own */
};

struct config {
	struct config_file files[CONFIG_FILES];
	struct config_entry *entries; /* without those that a later file took the place of */
	size_t count;
};

/*
 * Reads the files that there are. Returns 0, to be freed with config_free() as on failure; -EINVAL
 * with "FILE:LINE:COLUMN: sentence"; -EFBIG, -ENOMEM or the errno of a file that cannot be read.
 */
int config_load(struct config *config_r, struct problem *why);

/* What the host of that name is: a word for dut_find(); NULL for a name that no file has. */
const char *config_host(const struct config *config, const char *name);

/* The first label of a host, for yaml_next_item() with `labels`; NULL if it has none. */
const struct yaml_node *config_first_label(const struct config_entry *entry);

void config_free(struct config *config);

#endif

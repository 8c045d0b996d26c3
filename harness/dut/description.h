/*
 * The description of a host under test, as a controller needs it: how to reach the host, read its
 * console and switch its power. harness/dut/dut.h finds one by name; harness/dut/load.c reads it
 * from YAML (docs/labs/hosts-under-test.md).
 */
#ifndef IGD_DUT_DESCRIPTION_H
#define IGD_DUT_DESCRIPTION_H

#include <jansson.h>

/* Defaults of `tree` and `work`. */
#define DUT_TREE "/opt/igd-harness"
#define DUT_WORK "/var/tmp/igd-harness"

/* In seconds; dut_new() sets the defaults. */
enum dut_limit {
	DUT_ANSWER,  /* a short command on a host that is up */
	DUT_BOOT,    /* from power-on to the first answer */
	DUT_POWER,   /* a power command */
	DUT_COPY,    /* copying the tree (about 20 MB) or the result of a cell */
	DUT_SILENCE, /* no output while a cell runs: then the connection is checked */
	DUT_PLACE,   /* waiting for a labgrid place that is held by somebody else; 0: do not wait */
	DUT_LIMITS
};

/* A labgrid place provides the lock, the power switch and the console of a host. */
struct dut_labgrid {
	char *place;       /* its full name; NULL: the host has no place */
	char *coordinator; /* the argument of `labgrid-client -x`; NULL: labgrid's default */
	char *config;      /* labgrid's configuration file for power and console; NULL: none */
};

struct dut {
	char *given;    /* the name to find it by again: an absolute path or a built-in name */
	char *name;     /* for messages and run.json */
	json_t *labels; /* array of strings */
	char **reach;   /* argv before the line for the host's shell; ends with NULL */
	/* Lines for the controller's shell; NULL: none. All of power_*, only status, or none. */
	char *console, *power_on, *power_off, *power_status;
	struct dut_labgrid labgrid;
	char *prepare; /* line for the host's shell, run in the tree after each boot; NULL: none */
	char *tree, *work; /* absolute directories on the host */
	char *folder;      /* working directory of the controller's lines: that of the file */
	unsigned int limits[DUT_LIMITS];
};

/*
 * A description with the default limits and directories. Returns NULL without memory; `labels`,
 * `tree` and `work` are NULL if only they could not be allocated. Free with dut_free().
 */
struct dut *dut_new(void);

/* NULL is fine. */
void dut_free(struct dut *dut);

/*
 * The argv of `ssh` for `address`, with our own options: no prompts, and time limits for a dead
 * peer. `options` stand before them, because ssh takes the first value of each option. Returns a
 * new list that ends with NULL, or NULL without memory. Free with dut_free_words().
 */
char **dut_ssh(const char *const *options, size_t count, const char *address);

/* Frees `count` words and their list. NULL is fine. */
void dut_free_words(char **words, size_t count);

#endif

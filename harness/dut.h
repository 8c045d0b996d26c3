/*
 * A host under test, as a controller knows it: how to reach it, to hear its console and to switch
 * it on and off. People write it as YAML, docs/hosts.md; two are built in: "lab:NAME", the virtual
 * lab, and "ssh:USER@HOST", which has neither console nor switch.
 */
#ifndef IGD_DUT_H
#define IGD_DUT_H

#include <jansson.h>

#include "src/problem.h"

#define DUT_FORMAT   "igd-harness host-description"
#define DUT_VERSION  1
#define DUT_FILE_MAX (64u << 10)

/* In seconds; those of a description replace these. */
enum dut_limit {
	DUT_ANSWER,  /* a short question to a host that is up */
	DUT_BOOT,    /* from power-on to the first answer */
	DUT_POWER,   /* a power command */
	DUT_COPY,    /* the tree, which is some 20 MB, or a cell */
	DUT_SILENCE, /* without a word while a cell runs: then the host is asked whether it lives */
	DUT_PLACE, /* for a place of labgrid's that somebody else holds; 0: it is not waited for */
	DUT_LIMITS
};

/* A place of labgrid's, which is its lock for a host, its switch and its console. */
struct dut_labgrid {
	char *place;       /* by its whole name; NULL: the host is none of labgrid's */
	char *coordinator; /* as `labgrid-client -x` takes it; NULL: labgrid's own default */
	char *config;      /* a file of labgrid's, for power and console; NULL: likewise */
};

struct dut {
	char *given; /* as it can be named again: an absolute path, or one of the built-in names */
	char *name;  /* for sentences and run.json */
	json_t *labels; /* a list of texts */
	char **reach;   /* the words before the line that the host's shell is to run; ends with NULL
			 */
	/* Lines for the shell here; NULL if there is none. All three of power or at most status. */
	char *console, *power_on, *power_off, *power_status;
	struct dut_labgrid labgrid;
	char *prepare; /* a line for the host's shell, in the tree, after each power-on; or NULL */
	char *tree, *work; /* absolute folders on the host */
	char *folder;      /* in which the lines for the shell here run: the file's */
	unsigned int limits[DUT_LIMITS];
};

/* Where to look for what a name means; NULLs are fine. */
struct dut_places {
	const char *hosts; /* the folder of the descriptions: default IGD_HOSTS, or "hosts" here */
	const char *lab;   /* the folder of the lab's commands: default ci/lab above the program */
};

/*
 * What `word` means: "lab:NAME", "ssh:USER@HOST", a path of a file (it has a "/"), or NAME for
 * NAME.yaml in the folder of the descriptions. Returns 0 and the host, to be given to dut_free();
 * -EINVAL with "FILE:LINE:COLUMN: what, and what to do"; -ENOENT if there is no such description.
 */
int dut_find(
	const char *word, const struct dut_places *places, struct dut **dut_r, struct problem *why);

/* Reads a description. Errors as above. */
int dut_parse(
	const char *file, const char *text, size_t length, struct dut **dut_r, struct problem *why);

/* NULL is fine. */
void dut_free(struct dut *dut);

/*
 * The words for `ssh` that every host is reached with, so that no connection waits for somebody at
 * a terminal, or for ever; `options` come first, because of each option ssh takes the first. A new
 * list, ending with NULL, or NULL without memory.
 */
char **dut_ssh(const char *const *options, size_t count, const char *address);

/* `text` in single quotes, for a shell. The caller frees; NULL without memory. */
char *dut_quote(const char *text);

#endif

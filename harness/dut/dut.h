/*
 * Finds the description of a host under test (harness/dut/description.h). Users write descriptions
 * in YAML (docs/labs/hosts-under-test.md). Two are built in: "lab:NAME", the virtual lab, and
 * "ssh:USER@HOST", a host without console and power control.
 */
#ifndef IGD_DUT_DUT_H
#define IGD_DUT_DUT_H

#include <stddef.h>

#include "harness/dut/description.h"
#include "src/problem.h"

#define DUT_FORMAT   "igd-harness host-description"
#define DUT_VERSION  1
#define DUT_FILE_MAX (64u << 10)

/* Where dut_find() looks; NULL: the default. */
struct dut_places {
	const char *hosts; /* directory of descriptions: default $IGD_HOSTS, or "hosts" */
	const char *lab;   /* directory of the lab's commands: default ci/lab above the program */
};

/*
 * Finds the host that `word` names: "lab:NAME", "ssh:USER@HOST", the path of a file (it has a "/"),
 * or NAME for NAME.yaml in the directory of descriptions. Returns 0 and the host, which the caller
 * frees with dut_free(); -EINVAL with "FILE:LINE:COLUMN: problem and remedy" for a wrong
 * description; -ENOENT if there is none.
 */
int dut_find(
	const char *word, const struct dut_places *places, struct dut **dut_r, struct problem *why);

/* Reads a description; `file` is for messages. Returns as dut_find(). */
int dut_parse(
	const char *file, const char *text, size_t length, struct dut **dut_r, struct problem *why);

/* `text` in single quotes, for a shell. The caller frees; NULL without memory. */
char *dut_quote(const char *text);

#endif

/*
 * What a qualification is made of, read from where it lies: run directories, documents, bundles.
 */
#ifndef IGD_QUALIFY_COLLECT_H
#define IGD_QUALIFY_COLLECT_H

#include "harness/base/string_list.h"
#include "harness/qualify/qualify.h"
#include "src/problem.h"

/* What the user named; all borrowed. */
struct qualify_given {
	char *const
		*runs; /* DIR, which is of the release that its last part names, or RELEASE=DIR */
	size_t count;
	const struct string_list *matrices;     /* which judge the runs of their names */
	const struct string_list *hosts, *abis; /* RELEASE=FILE */
	const struct string_list *bundles;
};

/* As struct qualify_sources, and owned. */
struct qualify_collected {
	json_t *runs, *hosts, *abis, *bundles;
};

/*
 * Judges the runs and reads the documents. A release without a document of its host gets what its
 * first run recorded of it. Bundles are checked. Returns 0, to be freed with
 * qualify_collected_free() as after an error; a negative errno with the sentence: -EINVAL for what
 * is no such document, bundle or run.
 */
int qualify_collect(const struct qualify_given *given, struct qualify_collected *collected,
	struct problem *why);

void qualify_collected_free(struct qualify_collected *collected);

/* Reads a document of that format from a file that may have any path. A new reference. Returns 0 or
 * a negative errno with the sentence, which names the file. */
int qualify_read(const char *path, const char *format, json_t **document_r, struct problem *why);

#endif

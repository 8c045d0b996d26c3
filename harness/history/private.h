/*
 * The runs in memory, between the directories and the document: a cell of a run is a few bytes, so
 * that 10,000 runs of 40 cells fit. Only harness/history includes this.
 */
#ifndef IGD_HISTORY_PRIVATE_H
#define IGD_HISTORY_PRIVATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/bundle/bundle.h"
#include "src/problem.h"
#include "src/verdict.h"

/* What was under test, and what judged it; identity_names[] has them for people. */
enum history_identity {
	IDENTITY_XEN,
	IDENTITY_LIBXL,
	IDENTITY_QEMU,
	IDENTITY_QEMU_BINARY,
	IDENTITY_FIRMWARE,
	IDENTITY_KERNEL,
	IDENTITY_GUESTS,
	IDENTITY_MATRIX,
	IDENTITY_HARNESS,
	IDENTITIES
};

extern const char *const identity_names[IDENTITIES];

#define HISTORY_CELLS_MAX 20000         /* of a run: as many as a matrix has */
#define HISTORY_TEXT_MAX  256           /* bytes that are kept of a text of a run */
#define HISTORY_ABSENT    VERDICT_COUNT /* the run does not have the cell */

/* A number of a text in history.texts. */
typedef uint32_t text_id;

struct history_cell {
	text_id name;
	uint32_t ms;     /* from its first state to its last */
	uint8_t verdict; /* enum verdict */
};

struct history_run {
	char *dir, *page; /* the page is beside it; NULL: there is none */
	text_id started, host, matrix, backend, place; /* place: "" on hardware, or why it is not */
	text_id identities[IDENTITIES];
	text_id run; /* the digest of its run.json */
	bool is_bundle;
	uint8_t verdict;
	struct history_cell *cells;
	size_t cell_count;
	json_t *gone; /* {KNOWN: [CELL]}: deviations that were not seen any more; or NULL */
	json_t *left; /* {CELL: CAUSE}: devices and other things that did not come back; or NULL */
};

struct history {
	struct history_run *runs;
	size_t count, room;
	json_t *ids; /* {TEXT: its number} */
	char **texts;
	size_t text_count, text_room;
};

/* The first HISTORY_TEXT_MAX - 1 bytes of a text, whole characters of UTF-8. The caller frees; NULL
 * without memory. */
char *history_cut(const char *text);

/* Puts "?" for each byte beyond ASCII of a text that is not UTF-8: a path may be in no encoding. */
void history_plain(char *text);

/* The number of a text, of which HISTORY_TEXT_MAX bytes are kept. Returns 0 or -ENOMEM. */
int history_text(struct history *history, const char *text, text_id *id_r);

/* The document of runs that are in order. Returns 0 and a new reference, or -ENOMEM. */
int history_document(const struct history *history, json_t **document_r);

void history_free(struct history *history);
void history_run_free(struct history_run *run); /* what is in it */

/*
 * What the history keeps of the run directory, as a document of format HISTORY_EXTRACT. A new
 * reference. Errors as store_open() and judge_stream().
 */
#define HISTORY_EXTRACT "igd-harness history extract"
int history_extract(const char *dir, json_t **extract_r, struct problem *why);

/*
 * The same of a bundle, which is checked and not unpacked; `path` is for sentences. Errors as
 * bundle_pick(); -ENOENT if it is not the bundle of a run; -EINVAL for a run that was not judged.
 */
int history_extract_bundle(const struct bundle_module *module, int fd, const char *path,
	json_t **extract_r, struct problem *why);

/* The same of a run.json and its findings, whoever made them. A new reference, or NULL without
 * memory. */
json_t *history_extract_documents(const json_t *run, const json_t *findings);

/* The end of the names of bundles. */
#define HISTORY_BUNDLE ".tar.zst"

/* Leaves out the bundles of runs that are there as run directories or in an earlier bundle. Returns
 * 0 or -ENOMEM. */
int history_leave_out_copies(struct history *history);

/*
 * Takes such a document, whoever made it, into the history. Returns 0; -EINVAL if it is not one,
 * and the history is as before; -ENOMEM.
 */
int history_take(struct history *history, const char *dir, const json_t *extract);

/* Reads all runs of the request into a zeroed history, in the order in which they began. */
struct history_request;
int history_load(
	const struct history_request *request, struct history *history, struct problem *why);

/* The runs of one host and one matrix, by one back end, on hardware or not: only those are
 * compared. */
struct history_group {
	size_t *runs; /* indexes, in the order in which they began; in one list with the other
			 groups' */
	size_t count;
	text_id *cells; /* names */
	size_t cell_count;
	uint8_t *verdicts; /* [cell * count + run], HISTORY_ABSENT for one that is not there */
	uint32_t *ms;      /* likewise */
};

/* Divides the runs; *groups_r is to be freed with history_groups_free(). Returns 0 or -ENOMEM. */
int history_groups(const struct history *history, struct history_group **groups_r, size_t *count_r);
void history_groups_free(struct history_group *groups, size_t count);

/* Do two runs have the same identities? */
bool history_same(const struct history_run *a, const struct history_run *b);

/* [{"what": "qemu", "from": "7.2.22", "to": "8.0.2"}], of those that differ. New reference. */
json_t *history_differences(
	const struct history *history, const struct history_run *a, const struct history_run *b);

/* Is it as expected, or a deviation? What is neither gave no answer. */
bool history_is_good(uint8_t verdict);
bool history_is_bad(uint8_t verdict);

/*
 * What is worth knowing, the gravest first: "notable" of the document. A new array, NULL without
 * memory.
 */
json_t *history_notable(
	const struct history *history, const struct history_group *groups, size_t count);

/* Part of it: cells that take longer than they did, by group. */
void history_drift(
	const struct history *history, const struct history_group *group, json_t *notable);

/* The median of a cell's times in the runs where it was as expected; 0 if there are none. */
uint32_t history_median(const struct history_group *group, size_t cell);

#endif
